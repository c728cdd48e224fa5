"""The answers that are under way: begun, told of, kept as they end, and stopped.

Does not decide what is asked of whom: the service does; nor how a model's answer grows.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import SpondeError
from sponde_server.core.events import Bus
from sponde_server.core.record import new_id
from sponde_server.core.streams import Feed
from sponde_server.models.records import Role
from sponde_server.models.service import SpondeModels
from sponde_server.tools.records import stopped
from sponde_server.usage.records import Caller, CallerKind

from . import commands, continuing, store
from .answering import SERVER_ENDED, Live, failed, from_model
from .conversations.store import find as find_conversation
from .receipts import Receipts
from .records import (
    Conversation,
    ConversationChanged,
    Failure,
    Message,
    MessageChanged,
    MessageCompleted,
    MessageStatus,
    Receipt,
)
from .saving import Saving

if TYPE_CHECKING:
    from .service import SpondeChat

AT_ONCE_SECONDS = 0.4
LINGER_SECONDS = 5.0
LEAVES_SECONDS = 0.05
"""How long at most keeping a question waits for its request to leave."""
STOPPED_CALL = "The answer was stopped before this came to its end."

Keep = Callable[..., None]
"""A store's function that keeps a conversation as it grew and its new messages."""


class Underway:
    """The answers of all conversations that have not ended, or just did."""

    def __init__(
        self,
        chat: "SpondeChat",
        database: Database,
        bus: Bus,
        feed: Feed,
        models: SpondeModels,
        receipts: Receipts,
        log: logging.Logger,
    ) -> None:
        self._chat = chat
        self._database = database
        self._bus = bus
        self._feed = feed
        self._models = models
        self._receipts = receipts
        self.log = log
        self._live: dict[str, Live] = {}
        self._saving = Saving(database)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being written."""
        return any(not live.is_ended for live in self._live.values())

    def find(self, message_id: str) -> Live | None:
        """Give an answer that is under way."""
        return self._live.get(message_id)

    def receipt(self, message_id: str) -> Receipt | None:
        """Give what was sent for an answer that is under way."""
        live = self._live.get(message_id)
        return live.receipt if live else None

    def fresh(self, message: Message) -> Message:
        """Give a message as far as it is now."""
        live = self._live.get(message.id)
        return message if live is None else live.now()

    async def stop(self, message_id: str) -> None:
        """End an answer now, also before its first word; one that has ended stays as it is."""
        live = self._live.get(message_id)
        if live is not None and live.task is not None:
            if not live.is_ended and not live.is_stopped:
                live.is_stopped = True
                live.task.cancel()
            await asyncio.wait([live.task])

    async def stop_all(self, conversation_id: str) -> None:
        """End every answer of a conversation that is being written."""
        await asyncio.gather(
            *[
                self.stop(live.answer.id)
                for live in list(self._live.values())
                if live.answer.conversation_id == conversation_id
            ]
        )

    async def ended(self, message_id: str) -> None:
        """Wait for an answer's end."""
        live = self._live.get(message_id)
        if live is not None and live.task is not None:
            await asyncio.wait([live.task])

    async def end(self) -> None:
        """End every answer, because the server ends."""
        tasks = [live.task for live in self._live.values() if live.task is not None]
        for live in self._live.values():
            if live.task is not None and not live.is_ended:
                live.task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._saving.stop()

    async def begin(
        self,
        conversation: Conversation,
        branch: list[Message],
        question: Message,
        asked: Sequence[tuple[str, str]],
        person: str,
        added: tuple[Message, ...],
        cut: Message | None = None,
        keep: Keep = store.add_asked,
    ) -> list[Message]:
        """Begin one answer for each model (with its round), or go on with one that was cut."""
        answers = [
            Message(
                conversation_id=conversation.id,
                role=Role.ASSISTANT,
                text=cut.text if cut else "",
                calls=cut.calls if cut else (),
                continues_id=cut.id if cut else "",
                parent_id=question.id,
                status=MessageStatus.STREAMING,
                model_id=model_id,
                round_id=round_id,
                persona_id=question.persona_id,
            )
            for model_id, round_id in asked
        ]
        lives = [Live(answer, self._feed) for answer in answers]
        loop = asyncio.get_running_loop()
        leaves = asyncio.Event()
        kept = loop.create_task(self._keep_asked(keep, leaves, conversation, *added, *answers))
        # All at once: the first word does not wait for the disk.
        for live in lives:
            self._live[live.answer.id] = live
            live.leaves = leaves
            live.task = loop.create_task(self._answer(live, kept, branch, question, person))
        tasks = [live.task for live in lives if live.task is not None]
        # Told while the request is on its way: before its first word, and before the disk works.
        await _left(leaves)
        self._feed.tell(ConversationChanged(conversation=conversation))
        for message in added:
            self._feed.tell(MessageChanged(message=message))
        for live in lives:
            if not live.is_ended:
                self._feed.tell(MessageChanged(message=live.now()))
            live.is_told.set()
        await asyncio.wait([kept])
        self._database.forget(find_conversation)
        if (broken := kept.exception()) is not None:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for live in lives:
                self._feed.tell(MessageChanged(message=failed(live.answer, _not_kept(broken))))
            kept.result()
        if commands.is_command(question.text):
            # Most commands end before anyone could see them work.
            await asyncio.wait(tasks, timeout=AT_ONCE_SECONDS)
        return [live.now() for live in lives]

    async def _keep_asked(
        self, keep: Keep, leaves: asyncio.Event, conversation: Conversation, *messages: Message
    ) -> None:
        """Keep a question while its model reads it: the request leaves before the disk works."""
        await _left(leaves)
        await self._database.write(keep, conversation, *messages)

    async def _answer(
        self,
        live: Live,
        kept: "asyncio.Task[None]",
        branch: list[Message],
        question: Message,
        person: str,
    ) -> None:
        """Find an answer, keep it as it ended and tell of it; failures are part of it."""
        self._saving.begin(live)
        try:
            ended = await self._outcome(live, branch, question, person)
        except asyncio.CancelledError:
            ended = self._cancelled(live)
        live.is_ended = True
        live.leaves.set()
        self._saving.end(live)
        live.growing.close()
        live.beside.close()
        live.answer = replace(
            ended,
            text=live.growing.text,
            took=live.took() if live.receipt else None,
            calls=stopped(ended.calls, STOPPED_CALL),
        )
        try:
            await asyncio.wait([kept])
            await self._database.write(store.finish, live.answer, live.unkept_receipt())
        except Exception as error:  # the stream's edge: a full disk, mostly
            self.log.exception("The answer %s could not be kept.", live.answer.id)
            live.answer = failed(live.answer, _not_kept(error))
        if kept.exception() is None:
            await live.is_told.wait()
            self._feed.tell(MessageChanged(message=live.answer))
            self._bus.tell(
                MessageCompleted(
                    conversation_id=live.answer.conversation_id, message_id=live.answer.id
                )
            )
        # Stays a while: a reader's query may have begun before the answer ended.
        asyncio.get_running_loop().call_later(LINGER_SECONDS, self._live.pop, live.answer.id, None)

    async def _outcome(
        self, live: Live, branch: list[Message], question: Message, person: str
    ) -> Message:
        try:
            if commands.is_command(question.text):
                live.leaves.set()
                desk = replace(self._chat.desk, conversation_id=question.conversation_id)
                said = await commands.run(question.text, desk)
                live.growing.add(said.text)
                return replace(live.answer, status=MessageStatus.COMPLETE, outputs=said.outputs)
            return await self._from_model(live, branch, question, person)
        except SpondeError as error:
            return failed(live.answer, Failure(**error.body()))
        except Exception:  # the stream's edge: whatever broke, the person is told
            name = new_id()[-8:]
            self.log.exception("The answer %s failed (%s).", live.answer.id, name)
            return failed(
                live.answer,
                Failure(
                    message=f"Something in Sponde broke ({name}).",
                    code="internal",
                    hint=f"The server's log says more under {name}.",
                ),
            )

    async def _from_model(
        self, live: Live, branch: list[Message], question: Message, person: str
    ) -> Message:
        model = await self._models.get_model(live.answer.model_id)
        caller = Caller(
            person=person, kind=CallerKind.CHAT, conversation_id=question.conversation_id
        )
        calling = await self._chat.calling(model, question, person)
        offers = calling.offers if calling else ()
        live.prompt = made = await self._receipts.prompt(
            branch,
            question,
            model,
            offers,
            await self._chat.personas.instruction(question.persona_id),
            left_out=calling.left_out if calling else 0,
        )
        turns = made.turns
        if live.answer.continues_id:
            await self._receipts.check(
                await self._chat.get_message(live.answer.continues_id), question, model
            )
            takes_beginning = await self._models.takes_beginning(model.id)
            turns = continuing.going_on(turns, live.growing.text, takes_beginning)
        ended = await from_model(live, model, turns, self._models, caller, calling)
        await self._receipts.learn(live.receipt, ended.usage)
        return ended

    def _cancelled(self, live: Live) -> Message:
        if live.is_stopped:
            return replace(live.answer, status=MessageStatus.STOPPED)
        return replace(live.answer, status=MessageStatus.INTERRUPTED, failure=SERVER_ENDED)


async def _left(leaves: asyncio.Event) -> None:
    """Wait until a request has left for its model, or a moment where none does."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LEAVES_SECONDS):
            await leaves.wait()


def _not_kept(error: BaseException) -> Failure:
    return Failure(
        message=f"The answer could not be kept: {error}",
        code="internal",
        hint="Copy what you need from it; then check the disk's free space.",
    )
