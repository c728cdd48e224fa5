"""Hears what the keeper of one trial says, and tells the tabs of it."""

import asyncio
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .records import TrialOutput, TrialPrinted, TrialStatus

if TYPE_CHECKING:
    from .service import SpondeTrials


@dataclass
class Heard:
    """What the keeper said of one trial."""

    trials: "SpondeTrials"
    trial_id: str
    network: str = ""
    why: str = ""
    status: int | None = None
    peak: int = 0
    traceback: str = ""

    def __post_init__(self) -> None:
        self.error: dict[str, str] = {}
        self.done: dict[str, Any] = {}
        self._first = 0
        self._timer: asyncio.TimerHandle | None = None
        self._changed_from: int | None = None

    def hear(self, line: bytes) -> None:
        """Take one event; what is none was written by the block itself, and is left out."""
        try:
            event = json.loads(line)
            kind = event["kind"]
        except (ValueError, KeyError, TypeError):
            return
        trials, trial_id = self.trials, self.trial_id
        if kind == "boxed":
            self.network = str(event["network"])
        elif kind == "began":
            trials._tell(trial_id, status=TrialStatus.RUNNING, step="Running")
        elif kind == "step":
            trials._tell(trial_id, step=str(event["text"]))
        elif kind == "stream":
            self._print(str(event["name"]), str(event["text"]))
        elif kind == "display":
            self._add(TrialOutput(data={str(k): str(v) for k, v in event["data"].items()}))
        elif kind == "clear":
            self._set((), 0)
        elif kind == "error":
            self.error = {"name": str(event["name"]), "message": str(event["message"])}
            self.traceback = str(event["traceback"])
        elif kind == "done":
            self.done = event
        elif kind == "ended":
            self.why, self.status = str(event["why"]), event["status"]
            self.peak = int(event["peak"])

    def _print(self, name: str, text: str) -> None:
        mime = f"application/vnd.jupyter.{name}"
        outputs = self.trials._trials[self.trial_id].outputs
        if outputs and mime in outputs[-1].data:
            joined = TrialOutput(data={mime: outputs[-1].data[mime] + text})
            self._set((*outputs[:-1], joined), len(outputs) - 1)
        else:
            self._add(TrialOutput(data={mime: text}))

    def _add(self, output: TrialOutput) -> None:
        outputs = self.trials._trials[self.trial_id].outputs
        if len(outputs) < 200:
            self._set((*outputs, output), len(outputs))

    def _set(self, outputs: tuple[TrialOutput, ...], changed: int) -> None:
        trial = self.trials._trials[self.trial_id]
        self.trials._trials[self.trial_id] = replace(trial, outputs=outputs)
        before = self._changed_from
        self._changed_from = changed if before is None else min(before, changed)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(0.1, self.flush)

    def flush(self) -> None:
        """Tell the tabs what was shown since the last time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._changed_from is not None:
            at, self._changed_from = self._changed_from, None
            outputs = self.trials._trials[self.trial_id].outputs[at:]
            self.trials._feed.tell(TrialPrinted(trial_id=self.trial_id, at=at, outputs=outputs))
