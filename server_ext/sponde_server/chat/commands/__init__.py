"""Slash commands: real answers over real columns, at once, with no model.

Every answer carries Python that does the same in a notebook, as it stands. Each command has a
file of its own, fetched when it is first used; `table` says how each is written.
"""

import re
from importlib import import_module

from sponde_server.chat.records import CommandAnswer
from sponde_server.chat.references import near
from sponde_server.core.errors import Invalid

from .desk import Desk
from .table import COMMANDS

__all__ = ["COMMANDS", "Desk", "is_command", "run"]

_COMMAND = re.compile(r"/([A-Za-z]+)(?=\s|$)")


def is_command(text: str) -> bool:
    """Tell whether a question is a command."""
    return _COMMAND.match(text) is not None


async def run(text: str, desk: Desk) -> CommandAnswer:
    """Answer a command, or say in a sentence what does not fit."""
    found = _COMMAND.match(text)
    name, rest = (found[1].lower(), text[found.end() :].strip()) if found else ("", text)
    if name in {command.name for command in COMMANDS}:
        module = import_module(f".{name}", __name__)
        answer: CommandAnswer = await module.answer(rest, desk)
        return answer
    templates = [one.name for one in await desk.templates()] if desk.templates else []
    if name in templates:
        raise Invalid(
            f"/{name} is a template, and its places are not filled.",
            f"Write /{name} and choose it from the list above the input: it asks for each place.",
        )
    close = near(name, [*(command.name for command in COMMANDS), *templates], 1)
    raise Invalid(
        f"There is no command /{name}.",
        f"Did you mean /{close[0]}? /help lists them all." if close else "/help lists them all.",
    )
