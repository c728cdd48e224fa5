"""Who can be asked to answer: the built-in personas, and those that a person made."""

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound
from sponde_server.core.record import now
from sponde_server.core.rows import columns, insert, many
from sponde_server.core.streams import Feed

from .prompt import Instruction
from .records import (
    NewMessage,
    NewPersona,
    Persona,
    PersonaChanged,
    PersonaRemoved,
    SentPartKind,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

COLOURS = ("grey", "blue", "green", "purple", "orange", "red", "teal")
LONGEST_NAME = 40
LONGEST_TEXT = 20_000
LONGEST_ICON = 16
MOST_TOOLS = 200


class Personas:
    """The personas of this history."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed

    async def list_all(self) -> list[Persona]:
        """Give the personas: those that come with Sponde first, then one's own by name."""
        from .personas_built_in import BUILT_IN

        kept = {one.id: one for one in await self._database.read(_list)}
        first = [kept.get(one.id, one) for one in BUILT_IN]
        known = {one.id for one in BUILT_IN}
        own = sorted(
            (one for one in kept.values() if one.id not in known),
            key=lambda one: one.name.casefold(),
        )
        return [one for one in (*first, *own) if one.removed_at is None]

    async def find(self, persona_id: str) -> Persona | None:
        """Give a persona; None where there is none, or where nobody is asked in particular."""
        if not persona_id:
            return None
        found = [one for one in await self.list_all() if one.id == persona_id]
        return found[0] if found else None

    async def get(self, persona_id: str) -> Persona:
        """Give a persona."""
        found = await self.find(persona_id)
        if found is None:
            raise NotFound(
                f"There is no persona {persona_id}.",
                "It may have been deleted; choose another one beside the model.",
            )
        return found

    async def meant(self, new: NewMessage) -> NewMessage:
        """Let a persona's model answer where no other is chosen; one that is gone is refused."""
        if not new.persona_id:
            return new
        persona = await self.get(new.persona_id)
        if persona.model_id and not new.model_id and not new.model_ids:
            return replace(new, model_id=persona.model_id)
        return new

    async def instruction(self, persona_id: str) -> Instruction | None:
        """Give what a model reads of a persona; one that was deleted since says nothing."""
        persona = await self.find(persona_id)
        if persona is None or not persona.instructions:
            return None
        return Instruction(SentPartKind.PERSONA, persona.name, persona.instructions)

    async def add(self, new: NewPersona) -> Persona:
        """Make a persona."""
        persona = Persona(**await self._checked(new))
        await self._put(persona)
        return persona

    async def change(self, persona_id: str, new: NewPersona) -> Persona:
        """Change a persona; one that comes with Sponde can be brought back as it was."""
        old = await self.get(persona_id)
        fields = await self._checked(new, persona_id)
        changed = replace(old, **fields, is_changed=old.is_built_in, updated_at=now())
        await self._put(changed)
        return changed

    async def duplicate(self, persona_id: str) -> Persona:
        """Make a persona of one's own like another."""
        old = await self.get(persona_id)
        taken = {one.name.casefold() for one in await self.list_all()}
        name, number = f"{old.name} copy", 2
        while name.casefold() in taken:
            name, number = f"{old.name} copy {number}", number + 1
        return await self.add(
            NewPersona(
                name=name[:LONGEST_NAME],
                instructions=old.instructions,
                summary=old.summary,
                icon=old.icon,
                colour=old.colour,
                model_id=old.model_id,
                tools=old.tools,
            )
        )

    async def remove(self, persona_id: str) -> None:
        """Delete a persona so that it can be restored."""
        await self._put(replace(await self.get(persona_id), removed_at=now()))

    async def restore(self, persona_id: str) -> Persona:
        """Bring a deleted persona back."""
        kept = {one.id: one for one in await self._database.read(_list)}
        if persona_id in kept:
            await self._put(replace(kept[persona_id], removed_at=None))
        return await self.get(persona_id)

    async def reset(self, persona_id: str) -> Persona:
        """Bring one that comes with Sponde back as it came."""
        if not (await self.get(persona_id)).is_built_in:
            raise Invalid("This persona does not come with Sponde.", "Change it as you like.")
        await self._database.write(_remove, persona_id)
        original = await self.get(persona_id)
        self._feed.tell(PersonaChanged(persona=original))
        return original

    async def _put(self, persona: Persona) -> None:
        await self._database.write(_put, persona)
        if persona.removed_at is None:
            self._feed.tell(PersonaChanged(persona=persona))
        else:
            self._feed.tell(PersonaRemoved(persona_id=persona.id))

    async def _checked(self, new: NewPersona, persona_id: str = "") -> dict[str, Any]:
        name = " ".join(new.name.split())
        if not name or len(name) > LONGEST_NAME:
            raise Invalid(
                f"The name has {len(name)} characters; it has 1 to {LONGEST_NAME}.",
                "Choose another name.",
            )
        for other in await self.list_all():
            if other.id != persona_id and other.name.casefold() == name.casefold():
                raise Invalid(f"There is a persona called {other.name}.", "Choose another name.")
        if len(new.instructions) > LONGEST_TEXT:
            raise Invalid(
                f"The instructions have {len(new.instructions):,} characters; "
                f"{LONGEST_TEXT:,} are allowed.",
                "Say it in fewer words: a model reads them with every question.",
            )
        if new.colour not in COLOURS:
            raise Invalid(f"There is no colour {new.colour}.", f"Choose {', '.join(COLOURS)}.")
        icon = "".join(sign for sign in new.icon.strip() if unicodedata.category(sign) != "Cc")
        tools = None if new.tools is None else tuple(dict.fromkeys(new.tools))[:MOST_TOOLS]
        return {
            "name": name,
            "instructions": new.instructions.strip(),
            "summary": " ".join(new.summary.split())[:200],
            "icon": icon[:LONGEST_ICON] or name[:1].upper(),
            "colour": new.colour,
            "model_id": new.model_id,
            "tools": tools,
        }


def _list(con: "Connection") -> list[Persona]:
    return many(con, Persona, f"SELECT {columns(Persona)} FROM persona")


def _put(con: "Connection", persona: Persona) -> None:
    _remove(con, persona.id)
    insert(con, "persona", persona)


def _remove(con: "Connection", persona_id: str) -> None:
    con.execute("DELETE FROM persona WHERE id = ?", [persona_id])
