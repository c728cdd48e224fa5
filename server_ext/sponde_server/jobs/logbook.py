"""What a run's log says of it: its progress, its metrics, its end. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from .records import Metric, Run, RunError, RunStatus

Event = dict[str, Any]


class Logbook:
    """Grows with each event of one run's log."""

    def __init__(self, run: Run) -> None:
        # The log is always heard from its beginning, so what it says is not in there yet.
        self._run = replace(run, cell=0, metrics=())
        self._metrics: dict[str, float] = {}
        self._ended: Event | None = None
        self._has_begun = False

    def hear(self, event: Event) -> Run:
        """Take in one event; give the run as it is then."""
        kind = event["kind"]
        if kind == "began":
            self._has_begun = True
            self._run = replace(self._run, status=RunStatus.RUNNING)
        elif kind == "cells":
            self._run = replace(self._run, cells=event["of"])
        elif kind == "cell_finished":
            self._run = replace(self._run, cell=event["cell"], cells=event["of"])
        elif kind == "metric":
            self._metrics[event["name"]] = float(event["value"])
            metrics = tuple(Metric(name=n, value=v) for n, v in self._metrics.items())
            self._run = replace(self._run, metrics=metrics)
        elif kind == "ended":
            self._ended = event
        return self._run

    def end(self, output: str, *, is_cancelled: bool) -> tuple[RunStatus, RunError | None]:
        """Say how the run ended, once its process is gone; `output` is what it printed last."""
        if self._ended is not None:
            given = self._ended.get("error")
            error = None
            if given:
                error = RunError(
                    message=given["message"],
                    name=given.get("name") or "",
                    cell=given.get("cell"),
                )
            return RunStatus(self._ended["status"]), error
        if is_cancelled:
            return RunStatus.CANCELLED, None
        last = output.splitlines()[-1] if output else ""
        if not self._has_begun:
            message = "The run's process did not begin" + (f": {last}" if last else ".")
            return RunStatus.FAILED, RunError(message=message)
        where = f" after cell [{self._run.cell}]" if self._run.cell else ""
        return RunStatus.LOST, RunError(
            message=f"The run's process disappeared{where}: it was killed, or the machine was."
        )


def summary(run: Run) -> str:
    """Say in a sentence how a run ended."""
    name = f"'{run.notebook.rsplit('/', 1)[-1]}'"
    why = ""
    if run.error is not None:
        why = ": ".join(part for part in (run.error.name, run.error.message) if part)
        if len(why) > 200:
            why = why[:199] + "…"
    if run.status is RunStatus.SUCCEEDED:
        took = ""
        if run.started_at is not None and run.ended_at is not None:
            took = f" in {(run.ended_at - run.started_at).total_seconds():.1f} s"
        return f"{name} ran to its end{took}."
    if run.status is RunStatus.FAILED:
        where = f" in cell [{run.error.cell}]" if run.error is not None and run.error.cell else ""
        return f"{name} failed{where}: {why}"
    if run.status is RunStatus.CANCELLED:
        return f"{name} was cancelled."
    words = {
        RunStatus.TIMED_OUT: "ran too long",
        RunStatus.LOST: "was lost",
        RunStatus.SKIPPED: "was skipped",
        RunStatus.MISSED: "was missed",
    }
    return f"{name} {words.get(run.status, run.status.value)}: {why}"


def readable(run: Run, events: Iterable[Event], output: str) -> str:
    """Write a log as lines with times, for a person."""
    lines = [
        f"{datetime.fromtimestamp(event['time']).astimezone():%H:%M:%S}  {text}"
        for event in events
        if (text := _line(event))
    ]
    if run.error is not None and not any("Ended" in line for line in lines):
        lines.append(run.error.message)
    if output:
        lines += ["", "Printed by the run's process and its kernel:", output]
    return "\n".join(lines) or "Nothing has been written yet."


def _line(event: Event) -> str:
    kind = event["kind"]
    if kind == "began":
        return f"Began in process {event['pid']}."
    if kind == "kernel":
        return f"Kernel in process {event['pid']}."
    if kind == "cells":
        return f"{event['of']} code cells to execute."
    if kind == "cell_started":
        return f"Cell [{event['cell']}] of {event['of']}: {event['text']}"
    if kind == "cell_finished":
        return f"Cell [{event['cell']}] finished in {event['seconds']:.1f} s."
    if kind == "metric":
        return f"Metric {event['name']} = {event['value']:g}"
    if kind == "ended":
        error = event.get("error") or {}
        why = ": ".join(part for part in (error.get("name"), error.get("message")) if part)
        return f"Ended: {event['status'].replace('_', ' ')}." + (f" {why}" if why else "")
    return ""
