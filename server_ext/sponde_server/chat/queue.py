"""Questions that wait for the answer before them. They belong to the server: no tab need be open.

A question is asked once: the id that it will have is noted before it is asked, so that a server
that ended in between knows whether it was. Does not know HTTP.
"""

import asyncio
from dataclasses import fields, replace
from logging import Logger
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError
from sponde_server.core.events import Bus
from sponde_server.core.record import new_id
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks

from . import queue_store as store
from . import store as messages
from .records import (
    Message,
    MessageCompleted,
    MessageStatus,
    NewMessage,
    NewQueuedQuestion,
    QueueChanged,
    QueuedMessage,
    QueuedQuestion,
)

if TYPE_CHECKING:
    from .service import SpondeChat

MOST_WAITING = 20


class Queue:
    """The questions that wait, in every conversation."""

    def __init__(
        self, chat: "SpondeChat", database: Database, bus: Bus, feed: Feed, log: Logger
    ) -> None:
        self._chat = chat
        self._database = database
        self._feed = feed
        self._tasks = Tasks(log)
        self._turn = asyncio.Lock()
        bus.on(MessageCompleted, lambda event: self.look_soon(event.conversation_id))

    async def of(self, conversation_id: str) -> list[QueuedQuestion]:
        """Give the questions that wait in a conversation, the next one first."""
        found = await self._database.read(store.list_queued, conversation_id)
        if found:
            self.look_soon(conversation_id)
        return found

    async def add(
        self, conversation_id: str, new: NewQueuedQuestion, person: str = ""
    ) -> QueuedQuestion:
        """Let a question wait for an answer; where that is there already it is asked at once."""
        if not new.message.text.strip():
            raise Invalid("The question is empty.", "Write something first.")
        async with self._turn:
            after = await self._chat.get_message(new.after_id)
            if after.conversation_id != conversation_id:
                raise Invalid(
                    f"This conversation has no question {new.after_id}.",
                    "Reload it and ask again.",
                )
            waiting = await self._database.read(store.list_queued, conversation_id)
            if len(waiting) >= MOST_WAITING:
                raise Conflict(
                    f"{len(waiting)} questions wait here already; more are not kept.",
                    "Wait for the next answer, or drop one of them.",
                )
            queued = QueuedQuestion(
                conversation_id=conversation_id,
                after_id=waiting[-1].after_id if waiting else new.after_id,
                message=_waiting(new.message),
                place=waiting[-1].place + 1 if waiting else 0,
                person=person,
            )
            await self._database.write(store.add_queued, queued)
            await self._tell(conversation_id)
        self.look_soon(conversation_id)
        return queued

    async def move(self, queued_id: str, place: int) -> QueuedQuestion:
        """Let a question wait at another place: 0 is the next one."""
        async with self._turn:
            moved = await self._get(queued_id)
            others = [
                one
                for one in await self._database.read(store.list_queued, moved.conversation_id)
                if one.id != queued_id
            ]
            others.insert(max(0, min(place, len(others))), moved)
            await self._database.write(store.order_queued, [one.id for one in others])
            await self._tell(moved.conversation_id)
        return await self._get(queued_id)

    async def drop(self, queued_id: str) -> QueuedQuestion:
        """Take a question out of the queue, and give it; one that was asked is not there."""
        async with self._turn:
            dropped = await self._get(queued_id)
            await self._database.write(store.remove_queued, queued_id)
            await self._tell(dropped.conversation_id)
        return dropped

    async def send(self, conversation_id: str) -> None:
        """Ask the next question now, though the answer before it did not come to its end."""
        async with self._turn:
            waiting = await self._database.read(store.list_queued, conversation_id)
            if waiting:
                answer = await self._answer(waiting[0], is_forced=True)
                if answer is None:
                    raise Conflict(
                        "The answer before it is still being written.",
                        "Wait until it ends, or stop it.",
                    )
                await self._ask(waiting, answer)
            await self._tell(conversation_id)

    def look_soon(self, conversation_id: str) -> None:
        """Ask the next question if its turn has come."""
        self._tasks.start(self._look(conversation_id))

    async def end(self) -> None:
        """Ask nothing more, because the server ends; what waits stays."""
        await self._tasks.stop()

    # -- inside ---------------------------------------------------------------------------------

    async def _look(self, conversation_id: str) -> None:
        async with self._turn:
            waiting = await self._database.read(store.list_queued, conversation_id)
            answer = await self._answer(waiting[0]) if waiting else None
            if answer is None:
                return
            try:
                await self._ask(waiting, answer)
            except SpondeError:
                return  # it stays in the queue; whoever sends it by hand is told why
            await self._tell(conversation_id)

    async def _ask(self, waiting: list[QueuedQuestion], answer: Message) -> None:
        """Ask the first of them below an answer; the others wait for its answer then."""
        first, *rest = waiting
        asked_id = first.asked_id
        known = None
        if asked_id:
            known = await self._database.read(messages.find_message, asked_id)
        if known is None:
            asked_id = asked_id or new_id()
            await self._database.write(store.note_asked, first.id, asked_id)
            new = replace(first.message, parent_id=answer.id)
            await self._chat.ask(first.conversation_id, new, first.person, question_id=asked_id)
        await self._database.write(
            store.finish_queued, first.id, asked_id, [one.id for one in rest]
        )

    async def _answer(self, queued: QueuedQuestion, *, is_forced: bool = False) -> Message | None:
        """Give the answer that a question would follow; None while its turn has not come."""
        try:
            question = await self._chat.get_message(queued.after_id)
        except NotFound:
            return None
        answers = [
            await self._chat.get_message(one.id)
            for one in await self._database.read(messages.list_answers, question.id)
        ]
        if not answers:
            return None
        kept = next((one for one in answers if one.id == question.kept_id), None)
        chosen = kept or answers[-1]
        round_id = "" if kept else chosen.round_id
        beside = [one for one in answers if round_id and one.round_id == round_id]
        if chosen.status is MessageStatus.STREAMING:
            return None
        if is_forced:
            return chosen
        # Where several stand side by side, it waits until one of them is kept.
        if len({one.model_id for one in beside}) > 1:
            return None
        return chosen if chosen.status is MessageStatus.COMPLETE else None

    async def _get(self, queued_id: str) -> QueuedQuestion:
        found = await self._database.read(store.find_queued, queued_id)
        if found is None:
            raise NotFound(
                "This question does not wait any more.", "It was asked or dropped meanwhile."
            )
        return found

    async def _tell(self, conversation_id: str) -> None:
        """Tell who waits, before the queue changes again: what is told last is how it is."""
        found = await self._database.read(store.list_queued, conversation_id)
        self._feed.tell(QueueChanged(conversation_id=conversation_id, questions=tuple(found)))


def _waiting(new: NewMessage) -> QueuedMessage:
    return QueuedMessage(**{field.name: getattr(new, field.name) for field in fields(new)})
