"""Keeps code blocks: saves, revises, finds them, and notes how their uses went."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from traitlets import Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, TooLarge
from sponde_server.core.events import Bus
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.meaning.service import SpondeMeaning

from . import keeping, store
from .bulk.service import ManyBlocks
from .code.facts import code_hash, facts_of, language_of, tidy
from .code.needs import needs_of
from .fields.records import BlockField
from .finding.records import FindBlocks, FoundBlocks
from .naming import check_name, clean_tags, either, free_name, near
from .proof import service as proof
from .records import (
    CellNeeds,
    CodeBlock,
    CodeBlockChanged,
    CodeBlockEdit,
    CodeBlockRemoved,
    CodeBlockSaved,
    CodeBlockUsed,
    KnownCode,
    LanguageCount,
    NewCellNeeds,
    NewCodeBlock,
    NewUse,
    Revision,
    RevisionCause,
    Use,
    UseOutcome,
)
from .revising import Replaced, revision_of
from .sources.service import BlockSources
from .trials.sampling import NoSamples, Samples

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

    from .fields.service import Fielding
    from .finding.meant import MeantBlocks
    from .finding.service import Finder
    from .fits.service import Fits

_MOST_CODES = 200


DatasetStates = Callable[[tuple[str, ...]], Awaitable[dict[str, str]]]
"""Says of datasets, by name, what state they are in: rows, bytes, when they changed."""


async def _no_states(names: tuple[str, ...]) -> dict[str, str]:
    return {}


class SpondeLibrary(LoggingConfigurable):
    """The code that a person keeps. The same code twice is one block."""

    max_code_bytes = Int(
        200_000,
        help="Longest code that a block may hold, in bytes of UTF-8. 0 means no limit. A block "
        "is shown, searched and put into a cell as a whole, so keep it small.",
    ).tag(config=True)
    max_results = Int(
        200, help="Most blocks that one search gives. A reader asks for the rest by offset."
    ).tag(config=True)

    deleted_days = Int(
        30,
        help="How many days a deleted block can be brought back; after that it is deleted for "
        "good, with its revisions. 0 means for ever.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        meaning: SpondeMeaning | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._meaning = meaning or SpondeMeaning(beside=database.path.parent)
        self._database = database
        self._bus = bus
        self._feed = feed
        self.many = ManyBlocks(
            database=database, bus=bus, feed=feed, deleted_days=self.deleted_days
        )
        self.sources = BlockSources(
            database=database, bus=bus, feed=feed, log=self.log, change=_take_code
        )
        self.dataset_states: DatasetStates = _no_states
        self.samples: Samples = NoSamples()
        bus.on(CodeBlockSaved, self._read_meaning)

    async def save(self, body: NewCodeBlock) -> CodeBlock:
        """Keep a code block; where its code is kept already, give that block."""
        return (await self.keep(body)).block

    async def keep(self, body: NewCodeBlock) -> keeping.Kept:
        """Keep a code block, and say what it is near to."""
        code = self._checked(body.code)
        if body.name:
            check_name(body.name)
        return await self.sources.keep(replace(body, code=code))

    async def get(self, block_id: str) -> CodeBlock:
        """Give a block."""
        return _there(await self._database.read(store.find, block_id), block_id)

    async def find_by_name(self, name: str) -> CodeBlock | None:
        """Find a block by its name."""
        return await self._database.read(store.find_by_name, name)

    async def get_by_name(self, name: str) -> CodeBlock:
        """Give the block of this name, or say which names are near it."""
        found = await self.find_by_name(name)
        if found is not None:
            return found
        names = await self._database.read(store.list_names)
        close = near(name, names)
        hint = (
            f"Did you mean {either(close)}?"
            if close
            else "Look in the Library panel, or keep a cell with %%keep name."
        )
        raise NotFound(f"There is no code block named '{name}'.", hint)

    @cached_property
    def finder(self) -> "Finder":
        """The search; made when somebody looks for something."""
        from .finding.service import Finder

        return Finder(self._database, self.log)

    @cached_property
    def meant(self) -> "MeantBlocks":
        """The search by meaning; made when there is an encoder, or somebody asks for one."""
        from .finding.meant import MeantBlocks

        return MeantBlocks(self._database, self._meaning, self.log)

    @cached_property
    def fielding(self) -> "Fielding":
        """The fields of blocks; made when somebody asks for one."""
        from .fields.service import Fielding

        return Fielding(
            database=self._database, bus=self._bus, feed=self._feed, samples=lambda: self.samples
        )

    @cached_property
    def fits(self) -> "Fits":
        """Which blocks fit a dataset; made when somebody asks."""
        from .fits.service import Fits

        return Fits(self._database, lambda: self.samples)

    async def stop(self) -> None:
        """End what goes on in the background."""
        if "meant" in self.__dict__:
            await self.meant.stop()
        if "finder" in self.__dict__:
            await self.finder.stop()

    async def find(self, asked: FindBlocks) -> FoundBlocks:
        """Find blocks by words, exact text, expressions and filters, and say why."""
        asked = replace(asked, limit=min(asked.limit, self.max_results))
        if "fits:" in asked.query.lower() and self.fits.are_asked(asked.query):
            return await self.fits.find(asked)
        if asked.by_meaning:
            return await self.meant.find(asked, self.finder)
        return await self.finder.find(asked)

    async def search(self, query: str = "", limit: int = 50, offset: int = 0) -> list[CodeBlock]:
        """Find blocks, without the reasons."""
        found = await self.find(FindBlocks(query=query, limit=limit, offset=offset))
        return [one.block for one in found.blocks]

    async def languages(self) -> list[LanguageCount]:
        """Count the blocks of each language."""
        return await self._database.read(store.count_languages)

    async def needs(self, asked: NewCellNeeds) -> CellNeeds:
        """Say which earlier cells of a notebook a cell depends on."""
        return await asyncio.to_thread(needs_of, asked)

    async def known(self, codes: tuple[str, ...]) -> list[KnownCode]:
        """Say which of these texts are kept."""
        if len(codes) > _MOST_CODES:
            raise TooLarge(
                f"{len(codes)} texts at once are more than {_MOST_CODES}.", "Ask in smaller pieces."
            )
        return await self._database.read(store.list_known, codes)

    async def revise(
        self,
        block_id: str,
        edit: CodeBlockEdit,
        by: str = "",
        fields: tuple[BlockField, ...] | None = None,
    ) -> CodeBlock:
        """Change a block; what it was is kept as a revision. Its fields follow its code if None."""
        if edit.code is not None:
            edit = replace(edit, code=self._checked(edit.code))
        if edit.name is not None:
            check_name(edit.name)
        return self._saved(await self._database.write(_revise, block_id, edit, by, fields))

    async def revisions(self, block_id: str) -> list[Revision]:
        """List what a block was, latest first."""
        await self.get(block_id)
        return await self._database.read(store.list_revisions, block_id)

    async def restore_revision(self, block_id: str, revision_id: str, by: str = "") -> CodeBlock:
        """Make a block what it was, but for its name; what it is now becomes a revision."""
        return self._saved(await self._database.write(_restore_revision, block_id, revision_id, by))

    async def remove(self, block_id: str) -> None:
        """Delete a block; it can be restored."""
        await self._database.write(_remove, block_id)
        self._feed.tell(CodeBlockRemoved(block_id=block_id))

    async def restore(self, block_id: str) -> CodeBlock:
        """Bring a deleted block back."""
        return self._changed(await self._database.write(_restore, block_id))

    async def note_use(self, block_id: str, body: NewUse) -> Use:
        """Note that a block was put into a cell."""
        block, use = await self._database.write(_note_use, block_id, body)
        self._used(block, use)
        return use

    async def note_outcome(self, block_id: str, use_id: str, body: UseOutcome) -> Use:
        """Note how a use went; it may be run again and go otherwise."""
        known = await self._database.read(store.find, block_id)
        touched = (*getattr(known.facts, "datasets", ()), *body.datasets) if known else ()
        states = await self.dataset_states(tuple(dict.fromkeys(touched)))
        block, use = await self._database.write(proof.note_outcome, block_id, use_id, body, states)
        self._used(block, use)
        return use

    async def uses(self, block_id: str, limit: int = 20) -> list[Use]:
        """List a block's uses, latest first."""
        await self.get(block_id)
        return await self._database.read(store.list_uses, block_id, limit)

    def _checked(self, code: str) -> str:
        size = len(code.encode("utf-8", "replace"))
        if self.max_code_bytes and size > self.max_code_bytes:
            raise TooLarge(
                f"The code has {size:,} bytes; a block may have {self.max_code_bytes:,}.",
                "Keep its parts as blocks of their own, or raise SpondeLibrary.max_code_bytes.",
            )
        tidied = tidy(code)
        if not tidied:
            raise Invalid("There is no code to keep.", "Write some code first.")
        return tidied

    def _read_meaning(self, event: CodeBlockSaved) -> None:
        if not self._meaning.lacks():
            self.meant.saved()

    def _changed(self, block: CodeBlock) -> CodeBlock:
        self._feed.tell(CodeBlockChanged(block=block))
        return block

    def _saved(self, block: CodeBlock) -> CodeBlock:
        self._bus.tell(CodeBlockSaved(block_id=block.id))
        return self._changed(block)

    def _used(self, block: CodeBlock | None, use: Use) -> None:
        if block is not None:
            self._changed(block)
        self._bus.tell(CodeBlockUsed(block_id=use.block_id, use_id=use.id, outcome=use.outcome))


# -- what happens within one transaction ----------------------------------------------------


def _revise(
    con: "Connection",
    block_id: str,
    edit: CodeBlockEdit,
    by: str,
    its_fields: tuple[BlockField, ...] | None,
) -> CodeBlock:
    block = _there(store.find(con, block_id), block_id)
    given = {f.name: getattr(edit, f.name) for f in fields(edit)} | {"fields": its_fields}
    changes = {name: value for name, value in given.items() if value is not None}
    if "tags" in changes:
        changes["tags"] = clean_tags(changes["tags"])
    if "description" in changes:
        changes["description"] = changes["description"].strip()
    if "language" in changes:
        changes["language"] = language_of(changes.get("code", block.code), changes["language"])
    return _change(con, block, changes, Replaced(by, RevisionCause.EDIT))


def _take_code(con: "Connection", block: CodeBlock, code: str) -> CodeBlock:
    return _change(con, block, {"code": code}, Replaced("", RevisionCause.EDIT))


def _restore_revision(con: "Connection", block_id: str, revision_id: str, by: str) -> CodeBlock:
    block = _there(store.find(con, block_id), block_id)
    old = store.find_revision(con, block_id, revision_id)
    if old is None:
        raise NotFound(
            f"The block '{block.name}' has no revision {revision_id}.", "Open the block again."
        )
    return _change(
        con,
        block,
        {
            "code": old.code,
            "language": old.language,
            "description": old.description,
            "tags": old.tags,
            "fields": old.fields,
        },
        Replaced(by, RevisionCause.RESTORE),
    )


def _change(
    con: "Connection", block: CodeBlock, changes: dict[str, Any], replaced: Replaced
) -> CodeBlock:
    changed = replace(block, **changes)
    if changed == block:
        return block
    if changed.name != block.name:
        other = store.find_by_name(con, changed.name)
        if other is not None and other.id != block.id:
            raise Conflict(
                f"Another code block is named '{other.name}'.",
                f"Choose another name, such as '{free_name(con, changed.name)}'.",
            )
    digest = code_hash(changed.code)
    if digest != code_hash(block.code):
        other = store.find_by_code(con, changed.code)
        if other is not None and other.id != block.id:
            raise Conflict(
                f"The block '{other.name}' holds this code already.",
                "Use that block, or delete it first.",
            )
        changed = proof.with_proof(con, changed)
        if block.fields and "fields" not in changes:
            from .fields.filling import follow

            kept = follow(block.fields, block.code, changed.code, changed.language)
            changed = replace(changed, fields=kept)
    changed = replace(changed, facts=facts_of(changed.code, changed.language), updated_at=now())
    store.add_revision(con, revision_of(block, replaced))
    store.update(con, changed)
    return changed


def _remove(con: "Connection", block_id: str) -> None:
    _there(store.find(con, block_id), block_id)
    store.remove(con, block_id, now())


def _restore(con: "Connection", block_id: str) -> CodeBlock:
    present = store.find(con, block_id)
    if present is not None:
        return present
    removed = _there(store.find_removed(con, block_id), block_id)
    other = store.find_by_code(con, removed.code)
    if other is not None:
        raise Conflict(
            f"The block '{other.name}' holds the same code now.", "Use that block instead."
        )
    return keeping.bring_back(con, removed, removed.name)


def _note_use(con: "Connection", block_id: str, body: NewUse) -> tuple[CodeBlock, Use]:
    return proof.note_use(con, _there(store.find(con, block_id), block_id), body)


def _there(block: CodeBlock | None, block_id: str) -> CodeBlock:
    if block is None:
        raise NotFound(
            f"There is no code block {block_id}.", "It may have been deleted; look in the library."
        )
    return block
