"""/help: what can be asked without a model, and how each command is written."""

from sponde_server.chat.records import Command, CommandAnswer
from sponde_server.chat.references import near
from sponde_server.core.errors import Invalid

from .desk import Desk
from .quoting import code
from .table import COMMANDS


async def answer(rest: str, desk: Desk) -> CommandAnswer:
    """List the commands, or tell all of one."""
    known = [dataset.name for dataset in await desk.datasets.list_all()]
    wanted = rest.strip().lstrip("/").partition(" ")[0].lower()
    if wanted:
        return _one(wanted, known)
    lines = ["These work at once, without a model:", ""]
    lines += [f"- `{command.usage}`: {command.summary}." for command in COMMANDS]
    if known:
        names = ", ".join(f"`@{name}`" for name in known[:10])
        tried = " or ".join(
            f"`{_fitted(example, known)}`"
            for example in ("/profile @sales", "/clean @sales", "/join @sales @shops")
            if example.count("@") <= len(known)
        )
        lines += ["", f"Datasets here: {names}. Try {tried}."]
    else:
        lines += ["", "There is no dataset yet: drop a CSV file on the Data panel."]
    templates = await desk.templates() if desk.templates else []
    if templates:
        shown = ", ".join(f"`/{template.name}`" for template in templates[:10])
        lines += ["", f"Templates of yours, chosen from the list behind a slash: {shown}."]
    lines += [
        "",
        "`/help clean` tells all of one command. With a model connected, ask in your own words; "
        "an `@name` tells it which dataset or code block you mean.",
    ]
    return CommandAnswer(text="\n".join(lines))


def _one(wanted: str, known: list[str]) -> CommandAnswer:
    command = next((one for one in COMMANDS if one.name == wanted), None)
    if command is None:
        close = near(wanted, [one.name for one in COMMANDS], 1)
        raise Invalid(
            f"There is no command /{wanted}.",
            f"Did you mean /{close[0]}? /help lists them all."
            if close
            else "/help lists them all.",
        )
    lines = [f"`{command.usage}`: {command.summary}.", ""]
    lines += [f"- **{one.name}**: {one.summary}." for one in command.arguments]
    if command.examples:
        lines += ["", "For example:", ""]
        lines += [f"- {code(_fitted(example, known))}" for example in command.examples]
    return CommandAnswer(text="\n".join(lines))


def _fitted(example: str, known: list[str]) -> str:
    """Put the names of what is there into an example."""
    for stand_in, name in zip(("@sales", "@shops"), known, strict=False):
        example = example.replace(stand_in, f"@{name}")
    return example


def usage(command: Command) -> str:
    """Say how a command is written."""
    return f"Write {command.usage}. /help {command.name} tells more."
