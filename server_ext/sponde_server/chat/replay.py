"""Asks a conversation's questions again, in their order, of another model. Does not know HTTP.

A replay belongs to the server as an answer does: it goes on when its reader leaves, is stopped on
request, and can be gone on with after a failure, a stop or the server's end.
"""

from dataclasses import replace
from logging import Logger
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.models.records import Role

from . import commands, store
from .records import (
    Message,
    MessageStatus,
    NewConversation,
    NewMessage,
    NewReplay,
    Replay,
    ReplayChanged,
    ReplayStatus,
)

if TYPE_CHECKING:
    from .service import SpondeChat

GOES_ON = (MessageStatus.COMPLETE, MessageStatus.TRUNCATED)


class Replays:
    """The replays of conversations."""

    def __init__(self, chat: "SpondeChat", database: Database, feed: Feed, log: Logger) -> None:
        self._chat = chat
        self._database = database
        self._feed = feed
        self._tasks = Tasks(log)
        self._running: dict[str, Replay] = {}
        self._stopping: set[str] = set()

    async def begin(self, source_id: str, new: NewReplay, person: str) -> Replay:
        """Begin a conversation that asks the same questions of another model."""
        source = await self._chat.get(source_id)
        branch = await self._chat.transcript(source_id, new.message_id)
        questions = _questions(branch)
        if not questions:
            raise Invalid(
                "There is no question in this conversation yet.", "Ask one; then replay it."
            )
        model = await self._chat.find_model(new.model_id)
        conversation = await self._chat.begin(
            NewConversation(title=f"{source.title} on {model.name}")
        )
        replay = Replay(
            id=conversation.id,
            source_id=source_id,
            leaf_id=branch[-1].id,
            model_id=new.model_id,
            model=model.name,
            total=len(questions),
        )
        await self._keep(replay)
        self._start(replay, person)
        return replay

    async def resume(self, conversation_id: str, person: str) -> Replay:
        """Go on with a replay that did not come to its end."""
        replay = await self.get(conversation_id)
        if replay.status is ReplayStatus.RUNNING:
            raise Conflict("This replay is still running.", "Wait until it ends, or stop it.")
        if replay.status is ReplayStatus.COMPLETE:
            raise Conflict("This replay is complete.", "Replay the conversation once more.")
        replay = replace(replay, status=ReplayStatus.RUNNING, failure="")
        await self._keep(replay)
        self._start(replay, person)
        return replay

    async def stop(self, conversation_id: str) -> Replay:
        """End a replay, and the answer that it waits for; what came so far stays."""
        self.stop_soon(conversation_id)
        await self._chat.stop_answers(conversation_id)
        return await self.get(conversation_id)

    def stop_soon(self, conversation_id: str) -> None:
        """Let a replay ask nothing more; whoever says so stops the answer that it waits for."""
        if conversation_id in self._running:
            self._stopping.add(conversation_id)

    async def get(self, conversation_id: str) -> Replay:
        """Give the replay that fills a conversation."""
        running = self._running.get(conversation_id)
        found = running or await self._database.read(store.find_replay, conversation_id)
        if found is None:
            raise NotFound(
                f"The conversation {conversation_id} is no replay.",
                "Replay it on another model from its menu.",
            )
        return found

    async def of(self, conversation_id: str) -> list[Replay]:
        """Give the replays that a conversation is a part of, as a copy or as the source."""
        found = await self._database.read(store.list_replays, conversation_id)
        return [self._running.get(replay.id, replay) for replay in found]

    def fills(self, conversation_id: str) -> bool:
        """Whether a replay asks in this conversation now, without a person who reads along."""
        return conversation_id in self._running

    async def end(self) -> None:
        """Leave the running replays, because the server ends; the next one marks them."""
        await self._tasks.stop()

    # -- inside ---------------------------------------------------------------------------------

    def _start(self, replay: Replay, person: str) -> None:
        self._running[replay.id] = replay
        self._stopping.discard(replay.id)
        self._tasks.start(self._run(replay, person))

    async def _run(self, replay: Replay, person: str) -> None:
        try:
            ended = await self._ask_all(replay, person)
        except SpondeError as error:
            ended = replace(
                self._running[replay.id], status=ReplayStatus.FAILED, failure=str(error)
            )
        finally:
            replay = self._running.pop(replay.id)
            self._stopping.discard(replay.id)
        await self._keep(ended)

    async def _ask_all(self, replay: Replay, person: str) -> Replay:
        """Ask what is left, one question after the other's answer."""
        source = await self._chat.transcript(replay.source_id, replay.leaf_id)
        questions = _questions(source)
        there = [
            message
            for message in await self._chat.transcript(replay.id)
            if message.role is Role.ASSISTANT
        ]
        parent_id = there[replay.done - 1].id if replay.done and there else None
        # An answer that did not come to its end is tried again, not asked for twice.
        cut = there[replay.done] if len(there) > replay.done else None
        for question in questions[replay.done :]:
            if replay.id in self._stopping:
                return replace(replay, status=ReplayStatus.STOPPED)
            if cut is not None:
                answer = await self._chat.retry(cut.id, replay.model_id, person)
                cut = None
            else:
                new = NewMessage(text=question.text, parent_id=parent_id, model_id=replay.model_id)
                answer = (await self._chat.ask(replay.id, new, person)).answer
            answer = await self._chat.ended(answer.id)
            if answer.status not in GOES_ON and not commands.is_command(question.text):
                is_stopped = answer.status is MessageStatus.STOPPED
                failure = answer.failure.message if answer.failure else ""
                return replace(
                    replay,
                    status=ReplayStatus.STOPPED if is_stopped else ReplayStatus.FAILED,
                    failure="" if is_stopped else failure,
                )
            parent_id = answer.id
            replay = replace(replay, done=replay.done + 1)
            self._running[replay.id] = replay
            await self._keep(replay)
        return replace(replay, status=ReplayStatus.COMPLETE)

    async def _keep(self, replay: Replay) -> None:
        await self._database.write(store.put_replay, replay)
        self._feed.tell(ReplayChanged(replay=replay))


def _questions(branch: list[Message]) -> list[Message]:
    return [message for message in branch if message.role is Role.USER]
