"""Asks, answers, and keeps what was said. An answer belongs to the server, not to its reader.

Whoever reads may leave and come back: the answer goes on, its text is told over the feed and kept
every 250 ms. Only `stop_answer` stops it. Does not know HTTP.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Bool, Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import (
    Conflict,
    Invalid,
    NotFound,
    TooLarge,
)
from sponde_server.core.events import Bus
from sponde_server.core.record import new_id, now
from sponde_server.core.streams import Feed
from sponde_server.meaning.service import SpondeMeaning
from sponde_server.models.records import Model, Role
from sponde_server.models.service import SpondeModels
from sponde_server.tools.service import Asker, SpondeTools

from . import commands, context, continuing, files, references, store
from .answering import SERVER_ENDED
from .calling import SHARE, Calling, fitting
from .conversations.service import UNNAMED, SpondeConversations
from .conversations.titles import first
from .personas import Personas
from .queue import Queue
from .ratings import Ratings
from .receipts import Receipts
from .records import (
    Asked,
    Command,
    Conversation,
    FoundFile,
    Message,
    MessageChanged,
    MessageStatus,
    NamedBlock,
    NewComparison,
    NewConversation,
    NewMessage,
    NewRating,
    NewReplay,
    Opinion,
    ProjectInstructions,
    Rating,
    Receipt,
    Reference,
    ReferenceKind,
    Replay,
)
from .replay import Replays
from .templates import Templates
from .underway import Underway

if TYPE_CHECKING:
    from sponde_server.datasets.service import SpondeDatasets

    from .conversations.records import Opening

MOST_MODELS = 4
NO_CONVERSATION = "new"
RECENT_CHARACTERS = 200_000
RECENT_MESSAGES = 160
SERVER_ENDED_CALL = "The server ended before this came to its end; nothing goes on with it."

FindBlock = Callable[[str], Awaitable[NamedBlock | None]]


class SpondeChat(LoggingConfigurable):
    """Conversations with models and with the workbench itself."""

    history_tokens = Int(
        8000,
        min=0,
        help="How much of the conversation so far a model reads with a question, in tokens "
        "(estimated). What is older is shortened or left out. 0: the question alone.",
    ).tag(config=True)
    context_tokens = Int(
        32_768,
        min=512,
        help="How many tokens a model reads and writes together, where neither its engine, its "
        "provider nor its name says so.",
    ).tag(config=True)
    longest_instructions = Int(
        8000,
        min=0,
        help="Most characters of a file .sponde/instructions.md that are sent with a question. "
        "0: none are.",
    ).tag(config=True)
    describes_datasets = Bool(
        True,
        help="Whether a model reads anything of the datasets that a question names with @: what "
        "each one's policy lets through (SpondeDatasets.policy). False: nothing, not even their "
        "columns' names.",
    ).tag(config=True)
    longest_question = Int(200_000, min=1, help="Most characters that a question may have.").tag(
        config=True
    )

    longest_file = Int(
        500_000, min=1, help="Most bytes of a file that a question may name with @."
    ).tag(config=True)

    most_rounds = Int(
        12,
        min=1,
        help="How many times in one answer a model may ask for tools before the answer is ended.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        models: SpondeModels,
        datasets: "SpondeDatasets",
        tools: SpondeTools | None = None,
        desk: commands.Desk | None = None,
        find_block: FindBlock | None = None,
        root: Path | None = None,
        shuffle: Callable[[list[str]], None] = random.shuffle,
        meaning: SpondeMeaning | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._bus = bus
        self._feed = feed
        self._models = models
        self.datasets = datasets
        self._tools = tools
        self.personas = Personas(database, feed)
        self.templates = Templates(database, feed)
        self.desk = replace(desk or commands.Desk(datasets), templates=self.templates.list_all)
        self._find_block = find_block
        self.root = root
        self._shuffle = shuffle
        self._receipts = Receipts(self, database, models)
        self.underway = Underway(self, database, bus, feed, models, self._receipts, self.log)
        self._ratings = Ratings(database, bus, feed)
        self._replays = Replays(self, database, feed, self.log)
        self.conversations = SpondeConversations(
            database=database,
            bus=bus,
            feed=feed,
            models=models,
            fresh=self.underway.fresh,
            end_work=self._end_work,
            meaning=meaning,
            parent=self,
        )
        self.queue = Queue(self, database, bus, feed, self.log)
        if meaning is not None:
            meaning.is_busy = lambda: self.underway.is_busy
        self._recovery: asyncio.Task[None] | None = None

    # -- conversations --------------------------------------------------------------------------

    async def list_all(self, query: str = "", limit: int = 200) -> list[Conversation]:
        """Give the conversations that hold a text, the latest first."""
        await self._recovered()
        return await self.conversations.list_all(query, limit)

    async def begin(self, new: NewConversation) -> Conversation:
        """Begin a conversation."""
        return await self.conversations.begin(new)

    async def get(self, conversation_id: str) -> Conversation:
        """Give one conversation."""
        return await self.conversations.get(conversation_id)

    async def _end_work(self, conversation_id: str) -> None:
        """End what is under way in a conversation, because it is deleted."""
        self._replays.stop_soon(conversation_id)
        await self.stop_answers(conversation_id)

    # -- messages -------------------------------------------------------------------------------

    async def messages(self, conversation_id: str, ids: str = "") -> list[Message]:
        """Give a conversation's messages (or those named), growing answers as far as they are."""
        await self._recovered()
        some = await self.conversations.messages(conversation_id, ids)
        if some is not None:
            return some
        found = await self._database.read(store.list_messages, conversation_id)
        # After the read and without a pause: what is told from now on continues these texts.
        return [self.underway.fresh(message) for message in found]

    async def opened(self, conversation_id: str, most: int) -> "Opening":
        """Give a conversation as it is opened, growing answers as far as they are."""
        await self._recovered()
        return await self.conversations.opened(conversation_id, most)

    async def transcript(self, conversation_id: str, leaf_id: str = "") -> list[Message]:
        """Give the branch that ends in a message, from its first question on; else the latest."""
        found = await self.messages(conversation_id)
        by_id = {message.id: message for message in found}
        step = by_id.get(leaf_id) if leaf_id else _latest(found, by_id)
        branch: list[Message] = []
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
        return self.underway.fresh(found)

    async def receipt(self, message_id: str) -> Receipt:
        """Give what was sent for an answer, word by word."""
        found = self.underway.receipt(message_id)
        found = found or await self._database.read(store.find_receipt, message_id)
        if found is None:
            await self.get_message(message_id)
            raise NotFound(
                "Nothing was sent for this message.", "Only answers of models have a receipt."
            )
        return found

    async def instructions(self, notebook: str = "") -> list[ProjectInstructions]:
        """Give the instructions that hold for a notebook, or for none, those that could be too."""
        return await self._receipts.instructions(notebook)

    async def write_instructions(self, new: ProjectInstructions) -> ProjectInstructions:
        """Write a folder's instructions; without text they go."""
        return await self._receipts.write_instructions(new)

    def commands(self) -> list[Command]:
        """Give the slash commands."""
        return list(commands.COMMANDS)

    async def find_files(self, typed: str, limit: int) -> list[FoundFile]:
        """Find files that a question can name."""
        if self.root is None:
            return []
        return await asyncio.to_thread(files.find, self.root, typed, max(1, min(limit, 200)))

    # -- asking ---------------------------------------------------------------------------------

    async def ask(
        self, conversation_id: str, new: NewMessage, person: str = "", question_id: str = ""
    ) -> Asked:
        """Keep a question and begin its answers, which go on by themselves.

        `new` as the conversation: it is the first question of one that begins with it.
        """
        text = self._checked(new.text)
        new = await self.personas.meant(new)
        model_ids = self._chosen(new, text)
        await self._recovered()
        is_first = conversation_id == NO_CONVERSATION
        conversation = Conversation(title=UNNAMED) if is_first else await self.get(conversation_id)
        branch = await self._branch(conversation.id, new.parent_id)
        await self._go_on_from(branch)
        question = await self.question(conversation.id, new, question_id)
        title = conversation.title
        if title == UNNAMED:
            title = first(text)
        grown = replace(conversation, title=title, updated_at=now(), persona_id=new.persona_id)
        round_id = new_id() if len(model_ids) > 1 else ""
        keep = store.add_begun if is_first else store.add_asked
        asked = [(one, round_id) for one in model_ids]
        answers = await self.underway.begin(
            grown, branch, question, asked, person, (question,), keep=keep
        )
        return Asked(
            question=question, answer=answers[0], answers=tuple(answers), conversation=grown
        )

    async def question(
        self, conversation_id: str, new: NewMessage, question_id: str = ""
    ) -> Message:
        """Make a question of what a person wrote and named; nothing is kept."""
        text = self._checked(new.text)
        return Message(
            conversation_id=conversation_id,
            role=Role.USER,
            text=text,
            parent_id=new.parent_id,
            references=context.joined(
                new.references,
                await self._references(references.without(text, new.references)),
                self.longest_question,
            ),
            is_blind=new.is_blind and len(new.model_ids) > 1,
            notebook=new.notebook,
            persona_id=new.persona_id,
            without_tools=new.without_tools,
            id=question_id or new_id(),
        )

    async def receipt_before(
        self, conversation_id: str, new: NewMessage, person: str = "", *, is_brief: bool = False
    ) -> Receipt:
        """Give what would be sent for a question, as it would be sent now; `new`: without one."""
        if commands.is_command(self._checked(new.text)):
            raise Invalid("No model reads a command.", "It is answered here, at once.")
        new = await self.personas.meant(new)
        question = await self.question(conversation_id, new)
        branch: list[Message] = []
        if conversation_id != NO_CONVERSATION:
            await self._recovered()
            branch = await self._branch(conversation_id, new.parent_id, is_draft=True)
        model = await self._models.get_model(new.model_id)
        calling = await self.calling(model, question, person)
        return await self._receipts.before(
            branch,
            question,
            model,
            calling.offers if calling else (),
            await self.personas.instruction(question.persona_id),
            left_out=calling.left_out if calling else 0,
            is_brief=is_brief,
        )

    def _checked(self, text: str) -> str:
        text = text.strip()
        if not text:
            raise Invalid("The question is empty.", "Write something first.")
        if len(text) > self.longest_question:
            raise TooLarge(
                f"The question has {len(text):,} characters; {self.longest_question:,} are "
                "allowed (SpondeChat.longest_question).",
                "Put long text into a file and add it as a dataset.",
            )
        return text

    async def compare(self, message_id: str, new: NewComparison, person: str = "") -> list[Message]:
        """Ask further models the question that an answer answers, to stand beside it."""
        answer = await self.get_message(message_id)
        if answer.role is not Role.ASSISTANT:
            raise Invalid("A question cannot be compared.", "Compare the answer below it.")
        if answer.status is MessageStatus.STREAMING:
            raise Conflict(
                "This answer is still being written.", "Stop it first, or wait until it ends."
            )
        branch = await self._recent(answer.parent_id)
        if not branch or commands.is_command(branch[-1].text):
            raise Invalid(
                "No model gave this answer.", "Compare answers to questions in your own words."
            )
        question = branch.pop()
        model_id = answer.model_id or (answer.receipt.model_id if answer.receipt else "")
        round_id = answer.round_id or new_id()
        siblings = await self._database.read(store.list_answers, question.id)
        there = {one.model_id for one in siblings if one.round_id == round_id} | {model_id}
        _check_models((*there, *new.model_ids))
        if not new.model_ids:
            raise Invalid("No model is chosen.", "Choose one to compare with.")
        conversation = await self.get(answer.conversation_id)
        joined = replace(answer, round_id=round_id, model_id=model_id)
        await self._database.write(store.join_round, joined)
        if (live := self.underway.find(answer.id)) is not None:
            live.answer = joined
        self._feed.tell(MessageChanged(message=joined))
        if question.kept_id:
            await self._keep(question, "")
        grown = replace(conversation, updated_at=now())
        asked = [(one, round_id) for one in new.model_ids]
        return await self.underway.begin(grown, branch, question, asked, person, ())

    async def keep(self, message_id: str) -> Message:
        """Let the conversation go on from an answer; those beside it stay. Gives the question."""
        answer = await self.get_message(message_id)
        if answer.role is not Role.ASSISTANT or answer.parent_id is None:
            raise Invalid("Only an answer can be kept.", "Choose one of the answers.")
        return await self._keep(await self.get_message(answer.parent_id), answer.id)

    async def go_on(self, message_id: str, person: str = "") -> Message:
        """Go on with an answer that was cut: a sibling that begins with the text that came."""
        cut = await self.get_message(message_id)
        continuing.check_cut(cut)
        return await self.retry(message_id, person=person, cut=cut)

    async def retry(
        self, message_id: str, model_id: str = "", person: str = "", cut: Message | None = None
    ) -> Message:
        """Answer a question again: the new answer is a sibling of the one given."""
        message = await self.get_message(message_id)
        if message.status is MessageStatus.STREAMING:
            raise Conflict(
                "This answer is still being written.", "Stop it first, or wait until it ends."
            )
        conversation = await self.get(message.conversation_id)
        branch = await self._recent(message.id)
        while branch and branch[-1].role is not Role.USER:
            branch.pop()
        if not branch:
            raise Invalid(
                "There is no question above this message.", "Ask a question in the conversation."
            )
        question = branch.pop()
        again = model_id
        if not model_id and message.receipt:
            known = {model.id for model in await self._models.list_models()}
            again = message.receipt.model_id if message.receipt.model_id in known else ""
        # While answers stand side by side the new one takes the old one's place among them.
        round_id = "" if question.kept_id or model_id else message.round_id
        if round_id:
            again = message.model_id
        grown = replace(conversation, updated_at=now())
        asked = [(again, round_id)]
        (answer,) = await self.underway.begin(grown, branch, question, asked, person, (), cut)
        if question.kept_id:
            await self._keep(question, answer.id)
        return answer

    async def stop_answer(self, message_id: str) -> Message:
        """End an answer now, also before its first word; one that has ended stays as it is."""
        await self.underway.stop(message_id)
        return await self.get_message(message_id)

    async def stop_answers(self, conversation_id: str) -> None:
        """End every answer of a conversation that is being written."""
        await self.underway.stop_all(conversation_id)

    async def ended(self, message_id: str) -> Message:
        """Wait for an answer's end, and give it."""
        await self.underway.ended(message_id)
        return await self.get_message(message_id)

    async def stop(self) -> None:
        """End every answer, because the server ends."""
        await self.queue.end()
        await self._replays.end()
        await self.underway.end()
        # After the answers: what their ends set going would read from a history that is closed.
        await self.conversations.stop()

    # -- ratings --------------------------------------------------------------------------------

    async def rate(self, message_id: str, new: NewRating, person: str = "") -> Rating:
        """Keep what a person thinks of an answer."""
        return await self._ratings.rate(await self.get_message(message_id), new, person)

    async def unrate(self, message_id: str) -> None:
        """Take an answer's rating back."""
        await self._ratings.remove(await self.get_message(message_id))

    async def ratings(self, conversation_id: str) -> list[Rating]:
        """Give the ratings of a conversation's answers."""
        await self.get(conversation_id)
        return await self._ratings.of(conversation_id)

    async def rated(
        self, since: datetime | None = None, verdict: Opinion | None = None, limit: int = 10_000
    ) -> list[Rating]:
        """Give the ratings since a moment, the latest first; none of deleted conversations."""
        return await self._ratings.rated(since, verdict, limit)

    # -- replays --------------------------------------------------------------------------------

    async def replay(self, conversation_id: str, new: NewReplay, person: str = "") -> Replay:
        """Ask a conversation's questions again of another model, in a new conversation."""
        return await self._replays.begin(conversation_id, new, person)

    async def replays(self, conversation_id: str) -> list[Replay]:
        """Give the replays that a conversation is a part of, as a copy or as the source."""
        await self._recovered()
        return await self._replays.of(conversation_id)

    async def stop_replay(self, conversation_id: str) -> Replay:
        """End a replay; what came so far stays."""
        return await self._replays.stop(conversation_id)

    async def resume_replay(self, conversation_id: str, person: str = "") -> Replay:
        """Go on with a replay that did not come to its end."""
        await self._recovered()
        return await self._replays.resume(conversation_id, person)

    async def find_model(self, model_id: str) -> Model:
        """Give a model by its id or alias."""
        return await self._models.get_model(model_id)

    # -- one answer -----------------------------------------------------------------------------

    async def calling(self, model: Model, question: Message, person: str) -> Calling | None:
        """Say what a model may call for a question; nothing where nobody is there to be asked."""
        if self._tools is None or question.without_tools:
            return None
        if self._replays.fills(question.conversation_id):
            return None
        persona = await self.personas.find(question.persona_id)
        only = persona.tools if persona else None
        offered = await self._tools.offered(question.conversation_id, only)
        asker = Asker(person, question.conversation_id, model.is_local, model.provider_name)
        room = await self._receipts.room(model)
        fits = fitting(offered, question.text, room.pieces // SHARE)
        missing = len(offered) - len(fits)
        calling = Calling(self._tools, asker, fits, self.most_rounds, missing)
        return calling if offered else None

    def sources(self) -> context.Sources:
        return context.Sources(
            datasets=self.datasets,
            find_block=self._find_block,
            transcript=self.transcript,
            branch_of=self._recent,
            root=self.root,
            describes_datasets=self.describes_datasets,
            longest_file=self.longest_file,
        )

    # -- smaller things -------------------------------------------------------------------------

    def _chosen(self, new: NewMessage, text: str) -> list[str]:
        """Give the models to ask, in the order in which their answers are shown."""
        if commands.is_command(text):
            return [""]
        if not new.model_ids:
            return [new.model_id]
        _check_models(new.model_ids)
        chosen = list(new.model_ids)
        if new.is_blind:
            self._shuffle(chosen)
        return chosen

    async def _go_on_from(self, branch: list[Message]) -> None:
        """Whoever asks on below one of several answers keeps that one."""
        if len(branch) < 2:
            return
        question, answer = branch[-2:]
        if question.kept_id != answer.id and (question.kept_id or answer.round_id):
            branch[-2] = await self._keep(question, answer.id)

    async def _keep(self, question: Message, answer_id: str) -> Message:
        kept = replace(question, kept_id=answer_id)
        await self._database.write(store.set_kept, question.id, answer_id)
        self._feed.tell(MessageChanged(message=kept))
        self.queue.look_soon(kept.conversation_id)
        return kept

    async def _recent(self, message_id: str | None) -> store.Branch:
        """Give the end of a branch: as much as may be sent, and the references of all of it."""
        characters = max(RECENT_CHARACTERS, 6 * self.history_tokens)
        return await self._database.read(
            store.find_recent, message_id, characters, max(RECENT_MESSAGES, characters // 1000)
        )

    async def _branch(
        self, conversation_id: str, parent_id: str | None, *, is_draft: bool = False
    ) -> list[Message]:
        """Give what a question follows; it must be an answer here that has ended."""
        if parent_id is None:
            return []
        branch = await self._recent(parent_id)
        if not branch or branch[-1].conversation_id != conversation_id:
            raise Invalid(
                f"This conversation has no message {parent_id}.", "Reload it and ask again."
            )
        if branch[-1].role is not Role.ASSISTANT:
            raise Invalid(
                "A question can only follow an answer.", "Try the question again instead."
            )
        branch[-1] = self.underway.fresh(branch[-1])
        if branch[-1].status is MessageStatus.STREAMING and not is_draft:
            raise Conflict(
                "The answer above is still being written.", "Stop it first, or wait until it ends."
            )
        return branch

    async def _references(self, text: str) -> tuple[Reference, ...]:
        """Find what the @names of a text name; one that names nothing stays text."""
        names = references.names(text)
        if not names:
            return ()
        known = {dataset.name.casefold(): dataset for dataset in await self.datasets.list_all()}
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

    async def _recovered(self) -> None:
        """Before anything is read for the first time: mark what a dead server left unfinished."""
        if self._recovery is None or (self._recovery.done() and self._recovery.exception()):
            self._recovery = asyncio.get_running_loop().create_task(self._recover())
        await asyncio.shield(self._recovery)

    async def _recover(self) -> None:
        count = await self._database.write(store.interrupt_streaming, SERVER_ENDED)
        await self._database.write(store.stop_calls, SERVER_ENDED_CALL)
        await self._database.write(store.interrupt_replays)
        if count:
            self.log.info("%d answers were cut when the server ended; they are marked so.", count)


def _latest(found: list[Message], by_id: dict[str, Message]) -> Message | None:
    """Give the message that came last; of several answers to one question the one kept."""
    last = found[-1] if found else None
    question = by_id.get(last.parent_id or "") if last else None
    if question is not None and question.role is Role.USER:
        return by_id.get(question.kept_id, last)
    return last


def _check_models(model_ids: Sequence[str]) -> None:
    if len(model_ids) > MOST_MODELS:
        raise Invalid(
            f"{len(model_ids)} models are chosen; at most {MOST_MODELS} can answer at once.",
            "Choose fewer.",
        )
    if len(set(model_ids)) < len(model_ids):
        raise Invalid("A model is chosen twice.", "Choose different ones to compare.")
