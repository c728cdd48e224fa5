"""Finds conversations: by what is known of them, by words in them, by what they mean."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from logging import Logger
from typing import TYPE_CHECKING, Any

from sponde_server.chat.records import Conversation
from sponde_server.core.database import Database
from sponde_server.core.errors import SpondeError
from sponde_server.core.tasks import Tasks
from sponde_server.meaning.records import MeaningStatus
from sponde_server.meaning.service import SpondeMeaning
from sponde_server.models.records import Role

from . import store
from .passages import passage
from .query import Query, State, parse
from .records import ConversationPage, ConversationRow, Hit
from .words import Said, Words

if TYPE_CHECKING:
    from .meaning import MeantMessages

AT_ONCE = 400
MOST_FOUND = 300
SOON = 2_000


class Search:
    """What was said, read into an index beside the history and looked up there."""

    def __init__(
        self,
        database: Database,
        tasks: Tasks,
        log: Logger,
        meaning: SpondeMeaning | None,
    ) -> None:
        self._database = database
        self._log = log
        self._meaning = meaning
        self._messages: MeantMessages | None = None
        self._tasks = tasks
        self._words = Words(database.path.with_name("search.sqlite"))
        self._waiting: set[str] = set()
        self._reached = ""
        self._lock = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        """Close the index."""
        await self._words.close()

    def read_again(self, message_id: str) -> None:
        """Note that a message ended: it is read in before the next search, whatever it was."""
        self._waiting.add(message_id)

    async def page(
        self, text: str, folder_id: str | None, offset: int, limit: int, by_meaning: bool
    ) -> ConversationPage:
        """Give a part of the list: everything, or what a search finds."""
        query = parse(text)
        limit = max(1, min(limit, 500))
        note = " ".join(query.notes)
        if not query.asks_messages:
            part, total = await self._database.read(store.page, query, folder_id, offset, limit)
            hits = await self._rated(query, part)
            return _page(
                [ConversationRow(conversation=c, hit=hits.get(c.id)) for c in part], total, note
            )
        fitting = await self._database.read(store.fitting, query, folder_id, MOST_FOUND + 1)
        if by_meaning and query.words:
            return await self._meant(query, fitting, offset, limit, note)
        titled = fitting.titled
        try:
            behind = await self._catch_up()
            found, is_more = await self._find(query, fitting)
        except SpondeError as error:
            behind, is_more = 0, False
            found = dict.fromkeys(titled, "")
            note = " ".join([note, str(error)]).strip()
        if behind:
            note = f"{note} {behind:,} messages are still being read in; they come later.".strip()
        elif is_more or len(titled) > MOST_FOUND:
            note = (
                f"{note} Only the newest {MOST_FOUND} are listed; add a word or a filter.".strip()
            )
        shown, total = await self._database.read(store.in_order, list(found), offset, limit)
        rows = await self._rows(query, shown, found)
        return replace(_page(rows, total, note), is_reading=bool(behind))

    async def _meant(
        self, query: Query, fitting: store.Fitting, offset: int, limit: int, note: str
    ) -> ConversationPage:
        """Find by meaning; filters hold as they do for words."""
        among: set[str] = set()
        if fitting.only is not None:
            among.update(fitting.only)
        else:
            among.update(await self._database.read(store.all_ids))
        among -= fitting.without
        if query.models or query.datasets or query.has_code:
            await self._catch_up()
            held, _ = await self._words.find(replace(query, words=()), among, len(among) or 1)
            among = set(held)
        text = " ".join(query.words)
        found = await self._by_meaning().find(text, among, MOST_FOUND)
        shown = await self._database.read(store.of_ids, list(found)[offset : offset + limit])
        nearest = {one: place for place, one in enumerate(found)}
        shown.sort(key=lambda conversation: nearest[conversation.id])
        return _page(await self._rows(query, shown, found), len(found), note)

    async def _find(self, query: Query, fitting: store.Fitting) -> tuple[dict[str, str], bool]:
        """Give conversations with the message that fits; an empty one where only the title does."""
        only = set(fitting.only) if fitting.only is not None else None
        found, is_more = await self._words.find(query, only, MOST_FOUND, fitting.without)
        titled = [one for one in fitting.titled if one not in found][:MOST_FOUND]
        if titled and (query.models or query.datasets or query.has_code):
            held, _ = await self._words.find(replace(query, words=()), set(titled), MOST_FOUND)
            titled = list(held)
        return {**dict.fromkeys(titled, ""), **found}, is_more

    async def _rows(
        self, query: Query, shown: Sequence[Conversation], found: Mapping[str, str]
    ) -> list[ConversationRow]:
        """Add to the conversations of a page the passages that were found."""
        hits = await self._hits([found[c.id] for c in shown if found[c.id]], query.words)
        return [ConversationRow(conversation=c, hit=hits.get(found[c.id])) for c in shown]

    async def _hits(self, ids: Sequence[str], words: Sequence[str]) -> dict[str, Hit]:
        known = await self._words.texts(ids)
        if missing := [one for one in ids if one not in known]:
            for message in await self._database.read(store.messages_of, missing):
                known[message.id] = (message.role is Role.USER, message.text)
        hits: dict[str, Hit] = {}
        for message_id, (is_question, text) in known.items():
            shown, marks = passage(text, words)
            hits[message_id] = Hit(
                message_id=message_id, is_question=is_question, passage=shown, marks=marks
            )
        return hits

    async def _rated(self, query: Query, found: Sequence[Conversation]) -> dict[str, Hit]:
        """Where liked answers are asked for, open a conversation at one."""
        asked = next((s for s in (State.LIKED, State.DISLIKED) if s in query.states), None)
        if asked is None or not found:
            return {}
        at = await self._database.read(store.rated, [c.id for c in found], asked.value)
        hits = await self._hits(list(at.values()), ())
        return {one: hits[message_id] for one, message_id in at.items() if message_id in hits}

    async def meaning_status(self) -> MeaningStatus:
        """Say whether conversations can be searched by meaning, and how they could."""
        return await self._by_meaning().status()

    def _by_meaning(self) -> "MeantMessages":
        if self._messages is None:
            from .meaning import MeantMessages

            meaning = self._meaning or SpondeMeaning(beside=self._database.path.parent)
            self._messages = MeantMessages(self._database, self._tasks, meaning)
        return self._messages

    # -- reading in -----------------------------------------------------------------------------

    async def _catch_up(self) -> int:
        """Read in what is new, at once where it is little; give how many messages are left."""
        if self._reading is None or self._reading.done():
            async with self._lock:
                if await self._read_some():
                    return 0
        behind = await self._database.read(store.count_after, self._reached)
        if behind <= SOON:
            await self._read_in()
            return 0
        if self._reading is None or self._reading.done():
            self._reading = self._tasks.start(self._read_in())
        return behind

    async def _read_in(self) -> None:
        async with self._lock:
            while not await self._read_some():
                pass

    async def _read_some(self) -> bool:
        """Read one portion in; true where nothing is left.

        Messages that are being written are looked at again until they end; a server that starts
        anew begins before the first of them.
        """
        if not self._reached:
            self._reached = await self._words.reached()
        waiting = list(self._waiting)
        rows, texts = await self._database.read(store.unread_in, self._reached, AT_ONCE, waiting)
        growing = {message_id for message_id, is_growing in rows if is_growing}
        if texts:
            unsure = growing.union(waiting).difference(text[0] for text in texts)
            sure = min(unsure, default="~")
            kept = max((one for one, _ in rows if one < sure), default="")
            await self._words.add([_said(text) for text in texts], kept)
        self._waiting.difference_update(text[0] for text in texts)
        self._waiting |= growing
        self._reached = rows[-1][0] if rows else self._reached
        return len(rows) < AT_ONCE


def _said(row: tuple[str, ...]) -> Said:
    import json

    message_id, conversation_id, role, text, references, receipt, model_id = row
    sent: dict[str, Any] = json.loads(receipt) if receipt else {}
    named = [one["name"] for one in json.loads(references or "[]") if one["kind"] == "dataset"]
    return Said(
        id=message_id,
        conversation_id=conversation_id,
        is_question=role == Role.USER,
        text=text,
        model=f"{sent.get('model', '')} {sent.get('model_id', '') or model_id}".strip().lower(),
        datasets="".join("\n" + name.lower() for name in named),
    )


def _page(rows: Sequence[ConversationRow], total: int, note: str) -> ConversationPage:
    return ConversationPage(rows=tuple(rows), total=total, unread=0, note=note)
