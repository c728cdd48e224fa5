"""Gives blocks their fields: offers them, makes them of twins with an undo, fills them in."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library import keeping, store
from sponde_server.library.code.literals import shape_of
from sponde_server.library.naming import clean_tags
from sponde_server.library.records import (
    CodeBlock,
    CodeBlockChanged,
    CodeBlockRemoved,
    CodeBlockSaved,
    RevisionCause,
)
from sponde_server.library.revising import Replaced, revision_of
from sponde_server.library.sources import store as source_store
from sponde_server.library.sources.near_records import Merge
from sponde_server.library.trials.sampling import Data, Samples

from . import store as fields_store
from .filling import check_fields, checked_values, filled
from .records import (
    BlockField,
    FieldChange,
    FieldKind,
    FieldOffers,
    FieldPreset,
    FieldsMade,
    FieldsOfBlock,
    FieldValues,
    FilledCode,
    NewFieldOffers,
    NewFields,
    TwinOf,
)
from .twins import differing, offers_of, presets_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_MOST_TWINS = 20
_MOST_PRESETS = 20


class Fielding:
    """The fields of the library's blocks. One of each library."""

    def __init__(
        self, *, database: Database, bus: Bus, feed: Feed, samples: Callable[[], Samples]
    ) -> None:
        self._database = database
        self._bus = bus
        self._feed = feed
        self._samples = samples

    async def offers(self, block_id: str, asked: NewFieldOffers) -> FieldOffers:
        """Say what could become a field of a block, and which twins it has."""
        block, twins = await self._database.read(_with_twins, block_id, asked.twin_ids)
        counted = [
            (differing(block.code, twin.code, block.language), twin)
            for twin in twins
            if twin.language == block.language
        ]
        same = sorted(((count, twin) for count, twin in counted if count), key=lambda one: one[0])[
            :_MOST_TWINS
        ]
        told = tuple(TwinOf(block_id=twin.id, name=twin.name, values=n) for n, twin in same)
        if asked.twin_ids and len(told) < len(set(asked.twin_ids) - {block_id}):
            other = next(one for one in twins if one.id not in {twin.block_id for twin in told})
            raise Conflict(
                f"'{other.name}' differs from '{block.name}' in more than values.",
                "Choose blocks that differ in nothing but values: texts, numbers, dates.",
            )
        if not told and not asked.alone:
            return FieldOffers()
        mates = [] if asked.alone else [twin for _, twin in same]
        offers = await asyncio.to_thread(offers_of, block, mates)
        return FieldOffers(twins=told, offers=offers)

    async def of(self, block_id: str) -> FieldsOfBlock:
        """Give what the form shows that asks for the values."""
        block, changes, last = await self._database.read(_known, block_id)
        presets = {
            preset.name: preset
            for change in changes
            for preset in change.presets
            if set(preset.values) == {field.name for field in block.fields}
        }
        data = await self._data(block)
        return FieldsOfBlock(
            fields=block.fields,
            last={field.name: last[field.name] for field in block.fields if field.name in last},
            presets=tuple(presets.values())[:_MOST_PRESETS],
            columns={one.name: one.columns for one in data if one.columns},
            datasets=tuple(one.name for one in data),
            undo_id=changes[0].id if changes else "",
        )

    async def fill(self, block_id: str, asked: FieldValues) -> FilledCode:
        """Give a block's code with these values."""
        block = await self._database.read(_there, block_id)
        names = None
        if any(field.kind is FieldKind.DATASET for field in block.fields):
            names = [one.name for one in await self._samples().list_all()]
        code = await asyncio.to_thread(filled, block, asked.values, names)
        values = checked_values(block, asked.values)
        if asked.remembers:
            await self._database.write(fields_store.put_values, block_id, values)
        return FilledCode(code=code, values=values)

    async def make(self, block_id: str, new: NewFields) -> FieldsMade:
        """Give a block its fields; twins become revisions of it."""
        change, block = await self._database.write(_make, block_id, new)
        for twin_id in change.twin_ids:
            self._feed.tell(CodeBlockRemoved(block_id=twin_id))
        self._told(block)
        return FieldsMade(change_id=change.id, fields=block.fields, twins=len(change.twin_ids))

    async def undo(self, change_id: str) -> CodeBlock:
        """Take back what was made last: the twins are blocks of their own again."""
        block, twins = await self._database.write(_undo, change_id)
        for one in (*twins, block):
            self._told(one)
        return block

    def _told(self, block: CodeBlock) -> None:
        self._feed.tell(CodeBlockChanged(block=block))
        self._bus.tell(CodeBlockSaved(block_id=block.id))

    async def _data(self, block: CodeBlock) -> list[Data]:
        """List the datasets that a block's fields may mean, those that it touches first."""
        kinds = {field.kind for field in block.fields}
        if not kinds & {FieldKind.COLUMN, FieldKind.DATASET}:
            return []
        wanted = set(block.facts.columns)
        named = {name.lower() for name in block.facts.datasets}
        data = await self._samples().list_all()
        return sorted(
            data,
            key=lambda one: (one.name.lower() not in named, -len(wanted & set(one.columns))),
        )


# -- what happens within one transaction ----------------------------------------------------


def _with_twins(
    con: "Connection", block_id: str, twin_ids: tuple[str, ...]
) -> tuple[CodeBlock, list[CodeBlock]]:
    block = _there(con, block_id)
    ids = [one for one in dict.fromkeys(twin_ids) if one != block_id]
    if not twin_ids:
        shape = shape_of(block.code, block.language)
        ids = fields_store.list_same_shape(con, block_id, shape) if shape is not None else []
    found = [store.find(con, one) for one in ids[:_MOST_TWINS]]
    return block, [one for one in found if one is not None]


def _known(con: "Connection", block_id: str) -> tuple[CodeBlock, list[FieldChange], dict[str, str]]:
    block = _there(con, block_id)
    return (
        block,
        fields_store.list_changes(con, block_id),
        fields_store.find_values(con, block_id),
    )


def _make(con: "Connection", block_id: str, new: NewFields) -> tuple[FieldChange, CodeBlock]:
    block = _there(con, block_id)
    fields = check_fields(block, new.fields)
    twins = [_there(con, one) for one in dict.fromkeys(new.twin_ids)]
    _refuse(block, fields, twins)
    made = replace(block, fields=_with_choices(fields, twins, block))
    revisions, sources, uses = [], {}, {}
    for twin in twins:
        was = revision_of(replace(twin, id=block.id), Replaced("", RevisionCause.TWIN))
        store.add_revision(con, was)
        revisions.append(was.id)
        sources[twin.id], uses[twin.id] = source_store.move(con, twin.id, block.id)
        store.remove(con, twin.id, was.replaced_at)
        made = replace(
            made,
            uses=made.uses + twin.uses,
            tags=clean_tags((*made.tags, *twin.tags)),
            description=made.description or twin.description,
        )
    presets = [FieldPreset(name=one.name, values=presets_of(made, one)) for one in (block, *twins)]
    change = FieldChange(
        block_id=block.id,
        before=block.fields,
        presets=tuple(presets) if twins else (),
        twin_ids=tuple(twin.id for twin in twins),
        source_ids=sources,
        use_ids=uses,
        revision_ids=tuple(revisions),
        tags=block.tags,
    )
    store.update(con, made)
    fields_store.add_change(con, change)
    return change, made


def _refuse(block: CodeBlock, fields: tuple[BlockField, ...], twins: list[CodeBlock]) -> None:
    for twin in twins:
        if twin.id == block.id:
            raise Invalid(f"'{block.name}' is no twin of itself.", "Choose other blocks.")
        if differing(block.code, twin.code, block.language) is None:
            raise Conflict(
                f"'{twin.name}' differs from '{block.name}' in more than values.",
                "Make the field without it.",
            )
    if twins and not fields:
        raise Invalid("No field is left.", "Keep at least one value that differs.")


def _with_choices(
    fields: tuple[BlockField, ...], twins: list[CodeBlock], block: CodeBlock
) -> tuple[BlockField, ...]:
    """Let every choice hold what the twins have there."""
    from sponde_server.library.code.literals import read

    from .filling import choice_of

    own = read(block.code, block.language)
    at = {(one.start, one.end): number for number, one in enumerate(own.values)}
    others = [read(twin.code, twin.language) for twin in twins]
    made = []
    for field in fields:
        if field.kind is FieldKind.CHOICE:
            number = at[field.spots[0].start, field.spots[0].end]
            there = [choice_of(one.values[number]) for one in others]
            every = {one.text: one for one in (*field.choices, *there)}
            field = replace(field, choices=tuple(every.values()))
        made.append(field)
    return tuple(made)


def _undo(con: "Connection", change_id: str) -> tuple[CodeBlock, list[CodeBlock]]:
    change = fields_store.find_change(con, change_id)
    if change is None:
        raise NotFound("This was undone already.", "Look at the block in the library.")
    latest = fields_store.list_changes(con, change.block_id)[0]
    if latest.id != change.id:
        raise Conflict(
            "The block's fields were changed again since.", "Undo the later change first."
        )
    block = _there(con, change.block_id)
    back = []
    uses = 0
    for twin_id in change.twin_ids:
        removed = store.find_removed(con, twin_id)
        if removed is None:
            raise NotFound(
                "A block that went up in this one is not among the deleted ones any more.",
                f"Its code is a revision of '{block.name}'.",
            )
        source_store.move_back(
            con,
            Merge(
                block_id=twin_id,
                into_id=block.id,
                revision_id=None,
                source_ids=change.source_ids.get(twin_id, ()),
                use_ids=change.use_ids.get(twin_id, ()),
            ),
        )
        uses += removed.uses
        back.append(keeping.bring_back(con, removed, removed.name))
    twin_tags = {tag for one in back for tag in one.tags} - set(change.tags)
    try:
        before = check_fields(block, change.before)
    except Conflict:
        before = ()  # its code was edited since: what they stood for is elsewhere now
    block = replace(
        block,
        fields=before,
        uses=max(0, block.uses - uses),
        tags=tuple(tag for tag in block.tags if tag not in twin_tags),
    )
    store.update(con, block)
    fields_store.remove_change(con, change)
    return block, back


def _there(con: "Connection", block_id: str) -> CodeBlock:
    block = store.find(con, block_id)
    if block is None:
        raise NotFound(
            f"There is no code block {block_id}.", "It may have been deleted; look in the library."
        )
    return block
