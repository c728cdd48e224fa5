"""Questions to ask again, with places to fill such as `{{dataset}}` or `{{limit=10}}`."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound
from sponde_server.core.record import now
from sponde_server.core.rows import columns, insert, many
from sponde_server.core.streams import Feed

from .records import (
    NewTemplate,
    Template,
    TemplateChanged,
    TemplateFile,
    TemplateRemoved,
    Variable,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LONGEST_NAME = 40
LONGEST_TEXT = 20_000
MOST = 500
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
PLACE = re.compile(r"\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*(?:=[ \t]*([^{}\n]*?)[ \t]*)?\}\}")


def variables(text: str) -> tuple[Variable, ...]:
    """Give the places of a text in their order, each name once, the first default that is said."""
    found: dict[str, str] = {}
    for place in PLACE.finditer(text):
        if not found.get(place[1]):
            found[place[1]] = place[2] or ""
    return tuple(Variable(name=name, default=default) for name, default in found.items())


class Templates:
    """The templates of this history."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed

    async def list_all(self) -> list[Template]:
        """Give the templates by their names."""
        found = await self._database.read(_list)
        return sorted(
            (one for one in found if one.removed_at is None), key=lambda one: one.name.casefold()
        )

    async def get(self, template_id: str) -> Template:
        """Give a template."""
        for one in await self.list_all():
            if one.id == template_id:
                return one
        raise NotFound(f"There is no template {template_id}.", "It may have been deleted.")

    async def add(self, new: NewTemplate) -> Template:
        """Make a template."""
        known = await self.list_all()
        if len(known) >= MOST:
            raise Invalid(f"There are {len(known)} templates already.", "Delete some first.")
        made = _made(Template(name="", text=""), new, known)
        await self._put(made)
        return made

    async def change(self, template_id: str, new: NewTemplate) -> Template:
        """Change a template."""
        old = await self.get(template_id)
        others = [one for one in await self.list_all() if one.id != template_id]
        made = _made(old, new, others)
        await self._put(made)
        return made

    async def remove(self, template_id: str) -> None:
        """Delete a template so that it can be restored."""
        await self._put(replace(await self.get(template_id), removed_at=now()))

    async def restore(self, template_id: str) -> Template:
        """Bring a deleted template back; its name gets a number where it is taken meanwhile."""
        removed = [one for one in await self._database.read(_list) if one.id == template_id]
        if removed and removed[0].removed_at is not None:
            name = _free(removed[0].name, await self.list_all())
            await self._put(replace(removed[0], name=name, removed_at=None))
        return await self.get(template_id)

    async def export(self) -> TemplateFile:
        """Give all templates as a file holds them."""
        return TemplateFile(
            templates=tuple(
                NewTemplate(name=one.name, text=one.text, summary=one.summary)
                for one in await self.list_all()
            )
        )

    async def take(self, file: TemplateFile) -> list[Template]:
        """Add the templates of a file; one that is there already in the same words stays alone."""
        if file.sponde != "templates":
            raise Invalid("This file holds no templates.", "Choose one that was exported here.")
        taken: list[Template] = []
        # All are checked before the first is kept: a file is taken whole or not at all.
        known = await self.list_all()
        for new in file.templates:
            if any(one.name == new.name and one.text == new.text.strip() for one in known):
                continue
            name = _free(new.name, known)
            made = _made(Template(name="", text=""), replace(new, name=name), known)
            known.append(made)
            taken.append(made)
        if len(known) > MOST:
            raise Invalid(f"These would be {len(known)} templates; {MOST} are allowed.", "")
        for made in taken:
            await self._put(made)
        return taken

    async def _put(self, template: Template) -> None:
        await self._database.write(_put, template)
        if template.removed_at is None:
            self._feed.tell(TemplateChanged(template=template))
        else:
            self._feed.tell(TemplateRemoved(template_id=template.id))


def _made(old: Template, new: NewTemplate, others: list[Template]) -> Template:
    """Check a template, and find its places."""
    from .commands import COMMANDS

    name, text = new.name.strip().lstrip("/"), new.text.strip()
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise Invalid(
            f"“{name[:60]}” cannot be written behind a slash.",
            f"Use letters, digits and hyphens, at most {LONGEST_NAME}, such as weekly-report.",
        )
    if name.lower() in {command.name for command in COMMANDS}:
        raise Invalid(f"/{name} is a command.", "Choose another name.")
    if any(one.name.casefold() == name.casefold() for one in others):
        raise Invalid(f"There is a template /{name}.", "Choose another name, or change that one.")
    if not text or len(text) > LONGEST_TEXT:
        raise Invalid(
            f"The text has {len(text):,} characters; it has 1 to {LONGEST_TEXT:,}.",
            "Write the question, with places such as {{dataset}}.",
        )
    return replace(
        old,
        name=name,
        text=text,
        summary=" ".join(new.summary.split())[:200],
        variables=variables(text),
        updated_at=now(),
    )


def _free(name: str, known: list[Template]) -> str:
    taken = {one.name.casefold() for one in known}
    free, number = name, 2
    while free.casefold() in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def _list(con: "Connection") -> list[Template]:
    return many(con, Template, f"SELECT {columns(Template)} FROM template")


def _put(con: "Connection", template: Template) -> None:
    con.execute("DELETE FROM template WHERE id = ?", [template.id])
    insert(con, "template", template)
