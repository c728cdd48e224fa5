"""Keeps code with the places that it came from, and its facts up to date in the background.

Does not know the chat, the datasets or the models: what it asks of them is handed in by app.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, replace
from logging import Logger
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import Unavailable, UpstreamFailed
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.library import keeping, store
from sponde_server.library.code.describing import (
    description_of,
    first_sentence,
    sentence_before,
    suggest_tags,
)
from sponde_server.library.code.facts import VERSION, facts_of, language_of, tidy
from sponde_server.library.code.splitting_records import CodePiece, WholeText
from sponde_server.library.records import (
    CodeBlock,
    CodeBlockChanged,
    CodeBlockRemoved,
    CodeBlockSaved,
    NewCodeBlock,
)

from . import store as source_store
from .near import signature
from .near_records import CodeSuggestion, Described, Merged, SavedBlock
from .records import BlockSource, NewSource, SourceKind

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_AT_ONCE = 50
_LISTED = 20_000
_LONGEST_ASKED = 6000
_INSTRUCTION = (
    "Say in one sentence of at most 20 words what this code does, beginning with a verb. "
    "Answer with the sentence alone."
)


@dataclass(frozen=True)
class Answer:
    """An answer of the chat, as far as a block's past needs it."""

    text: str = ""
    title: str = ""
    """Its conversation's."""


async def _no_answer(message_id: str) -> Answer:
    return Answer()


async def _no_datasets() -> Collection[str]:
    return ()


async def _no_model(model_id: str, instruction: str, text: str) -> tuple[str, str]:
    raise Unavailable("No model is connected here.", "Connect one in the Models panel.")


class BlockSources:
    """What a block is made of and from. One of each library."""

    def __init__(
        self, *, database: Database, bus: Bus, feed: Feed, log: Logger, change: keeping.Change
    ) -> None:
        self._database = database
        self._bus = bus
        self._feed = feed
        self._log = log
        self._change = change
        self._tasks = Tasks(log)
        self._unread: set[str] = set()
        self._reading: asyncio.Task[None] | None = None
        self.find_answer: Callable[[str], Awaitable[Answer]] = _no_answer
        self.dataset_names: Callable[[], Awaitable[Collection[str]]] = _no_datasets
        self.ask: Callable[[str, str, str], Awaitable[tuple[str, str]]] = _no_model
        bus.on(CodeBlockSaved, self._saved)

    async def start(self) -> None:
        """Begin to read again what an older version has read."""
        self._tasks.start(self._reread_old())

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._tasks.stop()

    async def settle(self) -> None:
        """Wait until what runs in the background has ended by itself."""
        await self._tasks.settle()

    async def keep(self, body: NewCodeBlock) -> keeping.Kept:
        """Keep code; what an answer says of it is its description where nobody wrote one."""
        source = body.source or NewSource(kind=SourceKind.ANSWER)
        message_id = source.message_id or body.message_id
        if message_id:
            answer = await self.find_answer(message_id)
            said = "" if body.description else sentence_before(answer.text, body.code)
            body = replace(
                body,
                message_id=message_id,
                source=replace(source, message_id=message_id, label=source.label or answer.title),
            )
        else:
            said = ""
        names = await self.dataset_names()
        kept = await self._database.write(keeping.keep, body, names)
        if said and kept.is_new and not kept.block.description:
            kept = replace(kept, block=replace(kept.block, description=said))
            await self._database.write(store.update, kept.block)
        if kept.is_new:
            self._feed.tell(CodeBlockChanged(block=kept.block))
            self._bus.tell(CodeBlockSaved(block_id=kept.block.id))
            if kept.is_read:
                self._unread.discard(kept.block.id)
        return kept

    async def told(self, kept: keeping.Kept) -> SavedBlock:
        """Say of a save what a person may want to do next."""
        values = {name: getattr(kept.block, name) for name in CodeBlock.__dataclass_fields__}
        block = kept.block
        near = await self._database.read(_tags_near, block.code, block.language)
        return SavedBlock(
            **values,
            is_new=kept.is_new,
            near=kept.near,
            suggested_tags=suggest_tags(block.code, block.language, block.facts, near, block.tags),
        )

    async def list_sources(self, block_id: str) -> list[BlockSource]:
        """List where a block came from, first place first."""
        return await self._database.read(source_store.list_sources, block_id)

    async def suggest(
        self, code: str, language: str = "", had: Iterable[str] = ()
    ) -> CodeSuggestion:
        """Say what could be said of code that may not be kept yet."""
        text = tidy(code)
        known = await asyncio.to_thread(language_of, text, language)
        names = await self.dataset_names()
        facts = await asyncio.to_thread(facts_of, text, known, names)
        near = await self._database.read(_tags_near, text, known)
        return CodeSuggestion(
            description=await asyncio.to_thread(description_of, text, known),
            tags=suggest_tags(text, known, facts, near, had),
        )

    async def split(self, whole: WholeText) -> list[CodePiece]:
        """Take a file or a notebook apart, and say what of it is kept already."""
        from sponde_server.library.code.splitting import pieces_of

        pieces = await asyncio.to_thread(pieces_of, whole)
        known = await self._database.read(store.list_known, [piece.code for piece in pieces])
        ids = {one.code: one.block_id for one in known}
        return [replace(piece, block_id=ids.get(piece.code)) for piece in pieces]

    async def describe(self, block: CodeBlock, model_id: str = "") -> Described:
        """Ask a model what a block does; nothing is changed by it."""
        text = f"```{block.language}\n{block.code[:_LONGEST_ASKED]}\n```"
        said, model = await self.ask(model_id, _INSTRUCTION, text)
        sentence = first_sentence(said.strip().strip("\"'`"))
        if not sentence:
            raise UpstreamFailed(
                "The model said nothing of this code.", "Try again, or choose another model."
            )
        return Described(description=sentence, model=model)

    async def merge(self, block_id: str, into_id: str) -> Merged:
        """Make a block's code the newest revision of another block."""
        done = await self._database.write(keeping.merge, block_id, into_id, self._change)
        self._feed.tell(CodeBlockRemoved(block_id=block_id))
        block = await self._database.read(store.find, into_id)
        assert block is not None
        self._told(block)
        return Merged(merge_id=done.id, block=block)

    async def undo_merge(self, merge_id: str) -> CodeBlock:
        """Make two blocks of one again; the answer is the one that comes back."""
        back, into = await self._database.write(keeping.unmerge, merge_id, self._change)
        self._told(into)
        self._told(back)
        return back

    def datasets_changed(self) -> None:
        """Read again the blocks that mention a dataset: its name may be a file's."""
        self._tasks.start(self._reread_mentioning())

    # -- inside ---------------------------------------------------------------------------------

    def _told(self, block: CodeBlock) -> None:
        self._feed.tell(CodeBlockChanged(block=block))
        self._bus.tell(CodeBlockSaved(block_id=block.id))

    def _saved(self, event: CodeBlockSaved) -> None:
        """Read a block again that was saved by whatever way."""
        self._unread.add(event.block_id)
        if self._reading is None or self._reading.done():
            self._reading = self._tasks.start(self._read_unread())

    async def _read_unread(self) -> None:
        while self._unread:
            ids = list(self._unread)[:_AT_ONCE]
            self._unread.difference_update(ids)
            await self._reread(ids)

    async def _reread_old(self) -> None:
        while ids := await self._database.read(source_store.list_old, VERSION, _LISTED):
            for at in range(0, len(ids), _AT_ONCE):
                await self._reread(ids[at : at + _AT_ONCE])
                await asyncio.sleep(0.02)  # a person's own writes go first

    async def _reread_mentioning(self) -> None:
        names = await self.dataset_names()
        ids = await self._database.read(source_store.list_mentioning, tuple(names))
        for at in range(0, len(ids), _AT_ONCE):
            await self._reread(ids[at : at + _AT_ONCE])

    async def _reread(self, ids: list[str]) -> None:
        names = await self.dataset_names()
        for block in await self._database.write(keeping.reread, ids, names):
            self._feed.tell(CodeBlockChanged(block=block))


def _tags_near(con: "Connection", code: str, language: str) -> list[str]:
    """List the tags of the blocks that have something in common with this code."""
    alike = [block_id for block_id, _ in source_store.list_alike(con, signature(code, language))]
    return source_store.list_tags(con, alike)
