"""Asks, answers, and keeps what was said. An answer belongs to the server, not to its reader.

Whoever reads may leave and come back: the answer goes on, its text is told over the feed and kept
every 250 ms. Only `stop_answer` stops it. Does not know HTTP.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from traitlets import Bool, Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError, TooLarge
from sponde_server.core.events import Bus
from sponde_server.core.record import new_id, now
from sponde_server.core.streams import Feed, GrowingText
from sponde_server.models.records import Completion, Delta, Finished, Model, Role, Turn
from sponde_server.models.service import SpondeModels
from sponde_server.usage.records import Caller, CallerKind

from . import commands, prompt, references, store
from .records import (
    Asked,
    Command,
    Conversation,
    ConversationChanged,
    ConversationRemoved,
    Failure,
    Message,
    MessageChanged,
    MessageCompleted,
    MessageGrew,
    MessageStatus,
    NamedBlock,
    NewConversation,
    NewMessage,
    Receipt,
    Reference,
    ReferenceKind,
)

if TYPE_CHECKING:
    from sponde_server.datasets.service import SpondeDatasets

SAVE_SECONDS = 0.25
SAVE_TOKENS = 64
AT_ONCE_SECONDS = 0.4
LINGER_SECONDS = 5.0
TITLE_CHARACTERS = 60
SERVER_ENDED = Failure(
    message="The server ended in the middle of this answer.",
    code="unavailable",
    hint="What it had said so far is kept. Press Try again to ask again.",
)
UNNAMED = Conversation().title

FindBlock = Callable[[str], Awaitable[NamedBlock | None]]


class _Live:
    """An answer that is growing."""

    def __init__(self, answer: Message, feed: Feed) -> None:
        self.answer = answer
        self.is_stopped = False
        self.is_ended = False
        self.is_told = asyncio.Event()
        self.many = asyncio.Event()
        self.waiting = 0
        self.growing = GrowingText(
            lambda at, text: feed.tell(
                MessageGrew(
                    conversation_id=answer.conversation_id,
                    message_id=answer.id,
                    at=at,
                    text=text,
                )
            )
        )
        self.task: asyncio.Task[None] | None = None

    def add(self, text: str) -> None:
        """Append a piece, and ask for a save when many have come."""
        self.growing.add(text)
        self.waiting += 1
        if self.waiting >= SAVE_TOKENS:
            self.many.set()

    def now(self) -> Message:
        """Give the answer as far as readers of the feed know it."""
        return self.answer if self.is_ended else replace(self.answer, text=self.growing.text)


class SpondeChat(LoggingConfigurable):
    """Conversations with models and with the workbench itself."""

    history_tokens = Int(
        8000,
        min=0,
        help="How much of the conversation so far a model reads with a question, in tokens "
        "(estimated as a quarter of the characters). 0: the question alone.",
    ).tag(config=True)
    describes_datasets = Bool(
        True,
        help="Whether a model reads the columns, types and statistics of the datasets that a "
        "question names with @. Never their rows. False: only the question itself is sent.",
    ).tag(config=True)
    longest_question = Int(200_000, min=1, help="Most characters that a question may have.").tag(
        config=True
    )

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        models: SpondeModels,
        datasets: "SpondeDatasets",
        find_block: FindBlock | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._bus = bus
        self._feed = feed
        self._models = models
        self._datasets = datasets
        self._find_block = find_block
        self._live: dict[str, _Live] = {}
        self._recovery: asyncio.Task[None] | None = None

    # -- conversations --------------------------------------------------------------------------

    async def list_all(self, query: str = "", limit: int = 200) -> list[Conversation]:
        """Give the conversations that hold a text, the latest first."""
        await self._recovered()
        return await self._database.read(store.list_conversations, query.strip(), limit)

    async def begin(self, new: NewConversation) -> Conversation:
        """Begin a conversation."""
        conversation = Conversation(title=_title(new.title) or UNNAMED)
        await self._database.write(store.add_conversation, conversation)
        self._feed.tell(ConversationChanged(conversation=conversation))
        return conversation

    async def get(self, conversation_id: str) -> Conversation:
        """Give one conversation."""
        found = await self._database.read(store.find_conversation, conversation_id)
        if found is None:
            raise NotFound(
                f"There is no conversation {conversation_id}.",
                "It may have been deleted; choose another one or begin a new one.",
            )
        return found

    async def rename(self, conversation_id: str, new: NewConversation) -> Conversation:
        """Give a conversation another title."""
        title = _title(new.title)
        if not title:
            raise Invalid("The title is empty.", "Give it at least one letter.")
        conversation = replace(await self.get(conversation_id), title=title)
        await self._database.write(store.update_conversation, conversation)
        self._feed.tell(ConversationChanged(conversation=conversation))
        return conversation

    async def remove(self, conversation_id: str) -> None:
        """Delete a conversation so that it can be restored; its growing answers are stopped."""
        await self.get(conversation_id)
        for live in list(self._live.values()):
            if live.answer.conversation_id == conversation_id:
                await self.stop_answer(live.answer.id)
        await self._database.write(store.set_removed, conversation_id, now())
        self._feed.tell(ConversationRemoved(conversation_id=conversation_id))

    async def restore(self, conversation_id: str) -> Conversation:
        """Bring a deleted conversation back."""
        await self._database.write(store.set_removed, conversation_id, None)
        conversation = await self.get(conversation_id)
        self._feed.tell(ConversationChanged(conversation=conversation))
        return conversation

    # -- messages -------------------------------------------------------------------------------

    async def messages(self, conversation_id: str) -> list[Message]:
        """Give a conversation's messages, growing answers as far as they are."""
        await self._recovered()
        await self.get(conversation_id)
        found = await self._database.read(store.list_messages, conversation_id)
        # After the read and without a pause: what is told from now on continues these texts.
        return [self._fresh(message) for message in found]

    async def transcript(self, conversation_id: str) -> list[Message]:
        """Give the latest branch of a conversation, from its first question on."""
        found = await self.messages(conversation_id)
        by_id = {message.id: message for message in found}
        branch: list[Message] = []
        step = found[-1] if found else None
        while step is not None:
            branch.insert(0, step)
            step = by_id.get(step.parent_id or "")
        return branch

    async def get_message(self, message_id: str) -> Message:
        """Give one message."""
        await self._recovered()
        found = await self._database.read(store.find_message, message_id)
        if found is None:
            raise NotFound(
                f"There is no message {message_id}.", "Reload the conversation and try again."
            )
        return self._fresh(found)

    def commands(self) -> list[Command]:
        """Give the slash commands."""
        return list(commands.COMMANDS)

    # -- asking ---------------------------------------------------------------------------------

    async def ask(self, conversation_id: str, new: NewMessage) -> Asked:
        """Keep a question and begin its answer, which goes on by itself."""
        text = new.text.strip()
        if not text:
            raise Invalid("The question is empty.", "Write something first.")
        if len(text) > self.longest_question:
            raise TooLarge(
                f"The question has {len(text):,} characters; {self.longest_question:,} are "
                "allowed (SpondeChat.longest_question).",
                "Put long text into a file and add it as a dataset.",
            )
        await self._recovered()
        conversation = await self.get(conversation_id)
        branch = await self._branch(conversation_id, new.parent_id)
        question = Message(
            conversation_id=conversation_id,
            role=Role.USER,
            text=text,
            parent_id=new.parent_id,
            references=await self._references(text),
        )
        title = conversation.title
        if title == UNNAMED:
            title = _title(text)
        grown = replace(conversation, title=title, updated_at=now())
        answer = await self._begin(grown, branch, question, new.model_id, (question,))
        return Asked(question=question, answer=answer)

    async def retry(self, message_id: str, model_id: str = "") -> Message:
        """Answer a question again: the new answer is a sibling of the one given."""
        message = await self.get_message(message_id)
        if message.status is MessageStatus.STREAMING:
            raise Conflict(
                "This answer is still being written.", "Stop it first, or wait until it ends."
            )
        conversation = await self.get(message.conversation_id)
        branch = await self._database.read(store.find_branch, message.id)
        while branch and branch[-1].role is not Role.USER:
            branch.pop()
        if not branch:
            raise Invalid(
                "There is no question above this message.", "Ask a question in the conversation."
            )
        question = branch.pop()
        if not model_id and message.receipt:
            known = {model.id for model in await self._models.list_models()}
            model_id = message.receipt.model_id if message.receipt.model_id in known else ""
        grown = replace(conversation, updated_at=now())
        return await self._begin(grown, branch, question, model_id, ())

    async def stop_answer(self, message_id: str) -> Message:
        """End an answer now, also before its first word; one that has ended stays as it is."""
        live = self._live.get(message_id)
        if live is not None and live.task is not None:
            if not live.is_ended and not live.is_stopped:
                live.is_stopped = True
                live.task.cancel()
            await asyncio.wait([live.task])
        return await self.get_message(message_id)

    async def stop(self) -> None:
        """End every answer, because the server ends."""
        tasks = [live.task for live in self._live.values() if live.task is not None]
        for live in self._live.values():
            if live.task is not None and not live.is_ended:
                live.task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    # -- one answer -----------------------------------------------------------------------------

    async def _begin(
        self,
        conversation: Conversation,
        branch: list[Message],
        question: Message,
        model_id: str,
        added: tuple[Message, ...],
    ) -> Message:
        answer = Message(
            conversation_id=conversation.id,
            role=Role.ASSISTANT,
            text="",
            parent_id=question.id,
            status=MessageStatus.STREAMING,
        )
        live = _Live(answer, self._feed)
        self._live[answer.id] = live
        loop = asyncio.get_running_loop()
        kept = loop.create_task(self._database.write(store.add_asked, conversation, *added, answer))
        # Both at once: the first word does not wait for the disk.
        work = self._answer(live, kept, branch, question, model_id)
        live.task = loop.create_task(work)
        await asyncio.wait([kept])
        if kept.exception() is not None:
            live.task.cancel()
            await asyncio.wait([live.task])
            kept.result()
        self._feed.tell(ConversationChanged(conversation=conversation))
        for message in added:
            self._feed.tell(MessageChanged(message=message))
        if not live.is_ended:
            self._feed.tell(MessageChanged(message=live.now()))
        live.is_told.set()
        if commands.is_command(question.text):
            # Most commands end before anyone could see them work.
            await asyncio.wait([live.task], timeout=AT_ONCE_SECONDS)
        return live.now()

    async def _answer(
        self,
        live: _Live,
        kept: "asyncio.Task[None]",
        branch: list[Message],
        question: Message,
        model_id: str,
    ) -> None:
        """Find an answer, keep it as it ended and tell of it; failures are part of it."""
        saving = asyncio.get_running_loop().create_task(self._keep_saving(live))
        saving.add_done_callback(_note_nothing)
        try:
            ended = await self._outcome(live, branch, question, model_id)
        except asyncio.CancelledError:
            ended = self._cancelled(live)
        live.is_ended = True
        saving.cancel()
        live.growing.close()
        live.answer = replace(ended, text=live.growing.text)
        try:
            await asyncio.wait([kept])
            await self._database.write(store.finish, live.answer)
        except Exception as error:  # the stream's edge: a full disk, mostly
            self.log.exception("The answer %s could not be kept.", live.answer.id)
            live.answer = _failed(
                live.answer,
                Failure(
                    message=f"The answer could not be kept: {error}",
                    code="internal",
                    hint="Copy what you need from it; then check the disk's free space.",
                ),
            )
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
        self, live: _Live, branch: list[Message], question: Message, model_id: str
    ) -> Message:
        try:
            if commands.is_command(question.text):
                said = await commands.run(question.text, self._datasets)
                live.growing.add(said.text)
                return replace(live.answer, status=MessageStatus.COMPLETE, outputs=said.outputs)
            return await self._from_model(live, branch, question, model_id)
        except SpondeError as error:
            return _failed(live.answer, Failure(**error.body()))
        except Exception:  # the stream's edge: whatever broke, the person is told
            name = new_id()[-8:]
            self.log.exception("The answer %s failed (%s).", live.answer.id, name)
            return _failed(
                live.answer,
                Failure(
                    message=f"Something in Sponde broke ({name}).",
                    code="internal",
                    hint=f"The server's log says more under {name}.",
                ),
            )

    async def _from_model(
        self, live: _Live, branch: list[Message], question: Message, model_id: str
    ) -> Message:
        model = await self._models.get_model(model_id)
        turns = await self._turns(branch, question)
        live.answer = replace(live.answer, receipt=_receipt(model, turns))
        end: Finished | None = None
        caller = Caller(kind=CallerKind.CHAT, conversation_id=question.conversation_id)
        completion = Completion(model_id=model.id, turns=turns)
        async for piece in self._models.complete(completion, caller):
            if isinstance(piece, Delta):
                live.add(piece.text)
            else:
                end = piece
        live.growing.flush()
        return _ended(live, end, model)

    async def _turns(self, branch: list[Message], question: Message) -> tuple[Turn, ...]:
        """Gather what the model reads: the datasets and blocks that this branch has named."""
        named = {
            (reference.kind, reference.id): reference
            for message in (*branch, question)
            for reference in message.references
        }
        descriptions: list[str] = []
        blocks: list[NamedBlock] = []
        for reference in named.values():
            if reference.kind is ReferenceKind.CODE_BLOCK:
                found = await self._find_block(reference.name) if self._find_block else None
                blocks += [found] if found else []
            elif self.describes_datasets:
                try:
                    descriptions.append(await self._datasets.describe(reference.id))
                except SpondeError:
                    # One that was only named earlier may be gone: the talk goes on without it.
                    if reference in question.references:
                        raise
        return prompt.build(branch, question, descriptions, blocks, self.history_tokens)

    def _cancelled(self, live: _Live) -> Message:
        if live.is_stopped:
            return replace(live.answer, status=MessageStatus.STOPPED)
        return replace(live.answer, status=MessageStatus.INTERRUPTED, failure=SERVER_ENDED)

    async def _keep_saving(self, live: _Live) -> None:
        saved = live.now()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(live.many.wait(), SAVE_SECONDS)
            live.many.clear()
            live.waiting = 0
            reached = live.now()
            if reached != saved:
                await self._database.write(store.save_progress, reached)
                saved = reached

    # -- smaller things -------------------------------------------------------------------------

    async def _branch(self, conversation_id: str, parent_id: str | None) -> list[Message]:
        """Give what a question follows; it must be an answer here that has ended."""
        if parent_id is None:
            return []
        branch = await self._database.read(store.find_branch, parent_id)
        if not branch or branch[-1].conversation_id != conversation_id:
            raise Invalid(
                f"This conversation has no message {parent_id}.", "Reload it and ask again."
            )
        if branch[-1].role is not Role.ASSISTANT:
            raise Invalid(
                "A question can only follow an answer.", "Try the question again instead."
            )
        branch[-1] = self._fresh(branch[-1])
        if branch[-1].status is MessageStatus.STREAMING:
            raise Conflict(
                "The answer above is still being written.", "Stop it first, or wait until it ends."
            )
        return branch

    async def _references(self, text: str) -> tuple[Reference, ...]:
        """Find what the @names of a text name; one that names nothing stays text."""
        names = references.names(text)
        if not names:
            return ()
        known = {dataset.name.casefold(): dataset for dataset in await self._datasets.list_all()}
        found: list[Reference] = []
        for name in names:
            dataset = known.get(name.casefold()) or known.get(name.partition("-")[0].casefold())
            if dataset is not None:
                found.append(
                    Reference(kind=ReferenceKind.DATASET, name=dataset.name, id=dataset.id)
                )
            elif self._find_block is not None and (block := await self._find_block(name)):
                found.append(Reference(kind=ReferenceKind.CODE_BLOCK, name=name, id=block.id))
        return tuple(dict.fromkeys(found))

    def _fresh(self, message: Message) -> Message:
        live = self._live.get(message.id)
        return message if live is None else live.now()

    async def _recovered(self) -> None:
        """Before anything is read for the first time: mark what a dead server left unfinished."""
        if self._recovery is None or (self._recovery.done() and self._recovery.exception()):
            self._recovery = asyncio.get_running_loop().create_task(self._recover())
        await asyncio.shield(self._recovery)

    async def _recover(self) -> None:
        count = await self._database.write(store.interrupt_streaming, SERVER_ENDED)
        if count:
            self.log.info("%d answers were cut when the server ended; they are marked so.", count)


def _title(text: str) -> str:
    """Make a title of a question's beginning, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[: TITLE_CHARACTERS - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def _receipt(model: Model, turns: tuple[Turn, ...]) -> Receipt:
    return Receipt(
        model=model.name,
        model_id=model.id,
        provider=model.provider_name,
        address=model.address,
        is_local=model.is_local,
        turns=turns,
        tokens=prompt.tokens(turns),
    )


def _ended(live: _Live, end: Finished | None, model: Model) -> Message:
    """Say how an answer of a model ended: only a finish_reason tells whole from cut."""
    answer, text = live.answer, live.growing.text
    if end is None:
        return replace(
            answer,
            status=MessageStatus.INTERRUPTED,
            failure=Failure(
                message=f"The connection to {model.provider_name} broke before the answer ended.",
                code="upstream_failed",
                hint="What came is kept. Press Try again to ask again.",
            ),
        )
    answer = replace(answer, usage=end.usage)
    if end.reason == "length":
        return replace(
            answer,
            status=MessageStatus.TRUNCATED,
            failure=Failure(
                message=f"{model.name} reached its limit of tokens before the answer ended.",
                code="too_large",
                hint="Ask it to continue, or ask for less at once.",
            ),
        )
    if end.reason == "content_filter":
        return replace(
            answer,
            status=MessageStatus.TRUNCATED,
            failure=Failure(
                message=f"{model.provider_name} cut the answer with its content filter.",
                code="upstream_failed",
                hint="Ask in other words, or choose another model.",
            ),
        )
    if not text.strip():
        return _failed(
            answer,
            Failure(
                message=f"{model.name} answered with nothing.",
                code="upstream_failed",
                hint="Try again, or choose another model.",
            ),
        )
    return replace(answer, status=MessageStatus.COMPLETE)


def _failed(answer: Message, failure: Failure) -> Message:
    return replace(answer, status=MessageStatus.FAILED, failure=failure)


def _note_nothing(task: "asyncio.Task[None]") -> None:
    """Look at a task's end, so that asyncio does not complain: the last save tells the person."""
    if not task.cancelled():
        task.exception()
