"""The templates of questions that people keep, as prompts for programs."""

from collections.abc import Sequence

from sponde_server.chat.records import Template
from sponde_server.chat.templates import PLACE

from .catalogue import Json, Prompt, text


def prompts(templates: Sequence[Template]) -> list[Prompt]:
    """Offer templates; each place is an argument, needed where nothing else is said."""
    return [_prompt(template) for template in templates]


def _prompt(template: Template) -> Prompt:
    async def get(given: dict[str, str]) -> Sequence[Json]:
        defaults = {variable.name: variable.default for variable in template.variables}
        filled = PLACE.sub(lambda place: given.get(place[1], defaults[place[1]]), template.text)
        return [{"role": "user", "content": text(filled)}]

    return Prompt(
        name=template.name,
        title=template.name,
        description=template.summary or template.text[:200],
        get=get,
        arguments=tuple(
            {
                "name": variable.name,
                "description": f"Default: {variable.default}" if variable.default else "",
                "required": not variable.default,
            }
            for variable in template.variables
        ),
    )
