"""/schedule: a notebook that runs by itself, shown before it is made. Never makes it by itself."""

import asyncio
import re
from typing import Any

from sponde_server.chat.records import CommandAnswer
from sponde_server.core.errors import Invalid
from sponde_server.jobs.records import (
    NewJobDefinition,
    NotebookParameters,
    ParameterValues,
    Schedule,
)

from . import when
from .card import Card, Deed
from .desk import Desk
from .quoting import code
from .which import notebook_of, notebooks

_WITH = re.compile(r"(?:^|\s)with\s+(?=[A-Za-z_]\w*\s*=)", re.IGNORECASE)
_VALUE = re.compile(r"([A-Za-z_]\w*)\s*=\s*(\"[^\"]*\"|'[^']*'|[^,]*)")


async def answer(rest: str, desk: Desk) -> CommandAnswer:
    """Show what would be made, with a button that makes it."""
    new, found, note = await read(rest, desk)
    assert new.schedule is not None
    assert desk.jobs is not None
    outlook = desk.jobs.outlook(new.schedule)
    words = outlook.words[:1].lower() + outlook.words[1:]
    text = f"{code(new.notebook)} would run {words} ({code(new.schedule.cron)}). "
    text += "Nothing is scheduled yet: the button does it."
    lines = [note] if note else []
    if new.parameters:
        given = ", ".join(f"{code(name)} = {value}" for name, value in new.parameters.items())
        lines.append(f"With {given}.")
    elif found.parameters:
        names = ", ".join(code(one.name) for one in found.parameters[:8])
        lines.append(
            f"Its parameters keep the notebook's own values: {names}. "
            f"Others: {code(f'/schedule {new.notebook} … with name=value')}."
        )
    lines.append("It can be changed, paused and deleted on the Jobs panel.")
    zone = "" if not _names_zone(rest) else new.schedule.time_zone
    card = Card(
        title="Schedule",
        lines=(("Notebook", new.notebook), ("When", outlook.words)),
        deeds=(
            Deed(
                label="Schedule it",
                act="schedule",
                arguments={
                    "notebook": new.notebook,
                    "cron": new.schedule.cron,
                    "time_zone": zone,
                    "parameters": dict(new.parameters),
                },
            ),
        ),
    )
    listed = "\n".join(f"- {line}" for line in lines)
    return CommandAnswer(
        text=f"{text}\n\n{listed}", outputs=(card.output(),), told=f"{text}\n{listed}"
    )


async def carry_out(rest: str, desk: Desk) -> CommandAnswer:
    """Make the job; only after a person has allowed it."""
    new, _, _ = await read(rest, desk)
    assert desk.jobs is not None
    made = await desk.jobs.define(new)
    due = f"; next on {made.next_at:%Y-%m-%d %H:%M} UTC" if made.next_at else ""
    text = f"{made.notebook} is scheduled as “{made.name}”{due}."
    return CommandAnswer(text=text, told=text)


async def read(rest: str, desk: Desk) -> tuple[NewJobDefinition, NotebookParameters, str]:
    """Read notebook, schedule and parameters; everything is checked."""
    if desk.jobs is None or desk.root is None:
        raise Invalid("Notebooks cannot be scheduled here.", "Use the Jobs panel.")
    known = await asyncio.to_thread(notebooks, desk.root)
    notebook, left = notebook_of(rest, known, "schedule")
    given: dict[str, Any] = {}
    parts = _WITH.split(left, maxsplit=1)
    if len(parts) > 1:
        left = parts[0]
        given = {name: _plain(value) for name, value in _VALUE.findall(parts[1])}
    meant = when.read(left)
    schedule = Schedule(cron=meant.cron, time_zone=meant.zone or "UTC")
    outlook = desk.jobs.outlook(schedule)
    if outlook.problems:
        raise Invalid(" ".join(one.message for one in outlook.problems), when.WAY_OUT)
    found = await desk.jobs.read_parameters(notebook)
    values = ParameterValues(notebook=notebook, parameters=given)
    wrong = await desk.jobs.check_parameters(values)
    if wrong:
        names = ", ".join(one.name for one in found.parameters) or "none"
        raise Invalid(
            " ".join(f"{one.name}: {one.message}" for one in wrong),
            f"The parameters of {notebook} are: {names}.",
        )
    new = NewJobDefinition(notebook=notebook, parameters=given, schedule=schedule)
    return new, found, meant.note


def _plain(value: str) -> str:
    bare = value.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'" else bare


def _names_zone(rest: str) -> bool:
    return when.read(_WITH.split(_after_notebook(rest), maxsplit=1)[0]).zone != ""


def _after_notebook(rest: str) -> str:
    """Leave only what is said behind the notebook: its name may look like a zone."""
    _, found, left = rest.partition(".ipynb")
    return left.lstrip("\"'") if found else rest.partition(" ")[2]
