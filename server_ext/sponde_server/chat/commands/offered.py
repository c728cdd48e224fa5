"""The commands as tools of a model: schemas from the one table, results as policies let them."""

import re
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from sponde_server.chat.records import Argument, ArgumentKind, Command, CommandAnswer
from sponde_server.core.errors import Invalid, SpondeError
from sponde_server.datasets.records import Policy
from sponde_server.tools.records import Tool, ToolResult
from sponde_server.tools.service import Asker, Run, SpondeTools

from . import run
from .desk import Desk
from .table import COMMANDS


def offer(tools: SpondeTools, desk: Callable[[], Desk]) -> None:
    """Offer every command that models may ask for."""
    for command in COMMANDS:
        if command.description:
            tools.add(
                Tool(
                    name=command.name,
                    label=LABELS.get(command.name, command.name.title()),
                    description=f"{command.description} Like the command {command.usage}.",
                    parameters=schema(command),
                    brief=BRIEFS.get(command.name, ""),
                    is_read_only=command.is_read_only,
                ),
                _runner(command, desk),
            )


LABELS = {
    "profile": "Profile a dataset",
    "plot": "Draw a picture",
    "clean": "Find what is wrong in a dataset",
    "join": "Find how two datasets join",
    "compare": "Compare two datasets",
    "schedule": "Schedule a notebook",
    "export": "Write a file",
}
BRIEFS = {
    "profile": "Rows, gaps and ranges of a dataset.",
    "plot": "Draw a column, or one by another.",
    "clean": "Find what is wrong in a dataset; gives code that mends it.",
    "join": "How two datasets join; on: key columns.",
    "compare": "What differs between two datasets; on: key columns.",
    "schedule": "Run a notebook by itself; when: words or cron; with: name=value.",
    "export": "Write this conversation, or rows as csv, into a file.",
}
"""The same for models that read it with every question."""
_TYPES: dict[ArgumentKind, dict[str, Any]] = {
    ArgumentKind.DATASET: {"type": "string", "description": "A dataset's name, without the @."},
    ArgumentKind.COLUMN: {"type": "string", "description": "A column's name, exactly."},
    ArgumentKind.NOTEBOOK: {"type": "string", "description": "A notebook's path."},
    ArgumentKind.SQL: {"type": "string", "description": "One SELECT in DuckDB's SQL."},
    ArgumentKind.TEXT: {"type": "string"},
    ArgumentKind.WORD: {"type": "string"},
}


def schema(command: Command) -> dict[str, Any]:
    """Write a command's arguments as a JSON schema."""
    properties: dict[str, Any] = {}
    for one in command.arguments:
        kind = dict(_TYPES[one.kind])
        kind["description"] = f"{one.summary}. {kind.get('description', '')}".strip()
        if one.kind is ArgumentKind.WORD:
            kind["enum"] = list(one.words)
        elif one.words:
            kind["examples"] = list(one.words)
        if one.repeats:
            kind = {
                "type": "array",
                "items": {"type": "string"},
                "description": (f"{one.summary}. Each a column of both, or `one = other`."),
            }
        properties[one.name] = kind
    return {
        "type": "object",
        "properties": properties,
        "required": [one.name for one in command.arguments if one.is_required],
        "additionalProperties": False,
    }


def line(command: Command, arguments: dict[str, Any]) -> str:
    """Write a call's arguments as a person would write the command."""
    known = {one.name for one in command.arguments}
    strange = [name for name in arguments if name not in known]
    if strange:
        raise Invalid(
            f"{command.name} takes no {strange[0]}.", f"It takes {', '.join(sorted(known))}."
        )
    parts = [f"/{command.name}"]
    for one in command.arguments:
        value = arguments.get(one.name)
        if value in (None, "", []):
            if one.is_required:
                raise Invalid(f"{command.name} needs {one.name}.", f"{one.summary}.")
            continue
        parts.append(_part(one, value))
    return " ".join(parts)


def _part(one: Argument, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    if any(not isinstance(each, str) for each in values):
        raise Invalid(f"{one.name} must be text.", f"{one.summary}.")
    if one.kind is ArgumentKind.DATASET:
        text = f"@{values[0].lstrip('@')}"
    elif one.kind is ArgumentKind.COLUMN:
        text = ", ".join(_column(each) for each in values)
    elif one.kind is ArgumentKind.NOTEBOOK:
        text = f'"{values[0]}"' if " " in values[0] else values[0]
    else:
        text = values[0]
    return f"{one.lead} {text}" if one.lead else text


def _column(name: str) -> str:
    first, equals, second = name.partition("=")
    if equals and first.strip() and second.strip():
        return f"{_column(first.strip())} = {_column(second.strip())}"
    return f'"{name}"'


def _runner(command: Command, desk: Callable[[], Desk]) -> Run:
    async def answer(arguments: dict[str, Any], asker: Asker) -> ToolResult:
        here = replace(desk(), conversation_id=asker.conversation_id, message_id=asker.message_id)
        try:
            text = line(command, arguments)
            if command.is_read_only:
                said = await run(text, here)
            else:
                # The person has allowed this very call: it is done, not offered.
                module = import_module(f".{command.name}", __package__)
                said = await module.carry_out(text.partition(" ")[2], here)
        except SpondeError as error:
            known = f"{arguments} {error.hint}"
            message = error.message if asker.is_local else _without_values(error.message, known)
            return ToolResult(text=f"{message} {error.hint}".strip(), is_failure=True)
        return ToolResult(
            text=await _read(command, said, here, asker), shown=said.text, outputs=said.outputs
        )

    return answer


def _without_values(message: str, known: str) -> str:
    """Take out what is quoted and was not in the call: an error may quote a row's value."""
    return re.sub(
        r"'[^']*'|\"[^\"]*\"",
        lambda found: found[0] if found[0][1:-1] in known else "'…'",
        message,
    )


async def _read(command: Command, said: CommandAnswer, desk: Desk, asker: Asker) -> str:
    """Write what the model reads: counts where its policy lets it, rows as far as it does."""
    if not said.datasets:
        return said.told
    known = {one.name: one for one in await desk.datasets.list_all()}
    strict = [
        name for name in said.datasets
        if name in known and known[name].policy is Policy.SCHEMA
    ]  # fmt: skip
    parts = [said.told]
    if strict and not asker.is_local and command.name != "profile":
        parts = [
            f"The result is shown to the person. Of @{strict[0]} only names and types may be read "
            "by a model that runs elsewhere."
        ]
    if said.table is not None:
        parts.append(await desk.datasets.policies.sift(said.datasets, said.table, asker.is_local))
    return "\n\n".join(part for part in parts if part)
