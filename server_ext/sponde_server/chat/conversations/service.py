"""Lists, finds, files, copies and carries conversations. Does not ask models for answers.

Does not know HTTP. What is being written stays the chat's: it is asked for the newest state.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from traitlets import Bool, Int
from traitlets.config import LoggingConfigurable

from sponde_server.chat.records import (
    Conversation,
    ConversationChanged,
    ConversationRemoved,
    Message,
    MessageCompleted,
    NewConversation,
)
from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound, SpondeError
from sponde_server.core.events import Bus
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.meaning.service import SpondeMeaning
from sponde_server.models.service import SpondeModels

from . import opening, store
from .filing import Folders
from .records import (
    CarriedConversation,
    ConversationChange,
    ConversationPage,
    ConversationsChange,
    ConversationsImport,
    ConversationsImported,
    NewCopy,
    NewTitle,
    Opening,
    Outline,
    UnreadChanged,
)
from .search import Search
from .titles import better, first

UNNAMED = Conversation().title
MOST_AT_ONCE = 5_000


class SpondeConversations(LoggingConfigurable):
    """Conversations as things to keep."""

    longest_file = Int(
        200_000_000,
        min=1,
        help="Most bytes that a file of conversations may have that is read in.",
    ).tag(config=True)
    suggests_titles = Bool(
        False,
        help="Whether the model that answers on this machine also names the conversation after its "
        "first answer. False: the title follows from the question by rule, until a person asks "
        "for a suggestion.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        models: SpondeModels,
        fresh: Callable[[Message], Message],
        end_work: Callable[[str], Awaitable[None]],
        meaning: SpondeMeaning | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._models = models
        self._fresh = fresh
        self._end_work = end_work
        self._tasks = Tasks(self.log)
        self.folders = Folders(database, feed)
        self.search = Search(database, self._tasks, self.log, meaning)
        bus.on(MessageCompleted, self._answered)

    async def stop(self) -> None:
        """End what works in the background."""
        await self._tasks.stop()
        await self.search.stop()

    # -- one conversation -----------------------------------------------------------------------

    async def get(self, conversation_id: str) -> Conversation:
        """Give one conversation."""
        found = await self._database.kept(store.find, conversation_id)
        if found is None:
            raise NotFound(
                f"There is no conversation {conversation_id}.",
                "It may have been deleted; choose another one or begin a new one.",
            )
        return found

    async def begin(self, new: NewConversation) -> Conversation:
        """Begin a conversation."""
        title = first(new.title) or UNNAMED
        conversation = Conversation(title=title, is_named=title != UNNAMED)
        await self._database.write(store.add, conversation)
        self._feed.tell(ConversationChanged(conversation=conversation))
        return conversation

    async def change(self, conversation_id: str, new: ConversationChange) -> Conversation:
        """Rename, file, pin or put away a conversation."""
        await self.get(conversation_id)
        values = _values(new)
        if new.title is not None:
            title = first(new.title)
            if not title:
                raise Invalid("The title is empty.", "Give it at least one letter.")
            values |= {"title": title, "is_named": True}
        await self.folders.check(new.folder_id)
        (changed,) = await self._database.write(store.change, [conversation_id], values)
        self._feed.tell(ConversationChanged(conversation=changed))
        return changed

    async def remove(self, conversation_id: str) -> None:
        """Delete a conversation so that it can be restored; its growing answers are stopped."""
        await self.get(conversation_id)
        await self.change_all(ConversationsChange(ids=(conversation_id,), is_removed=True))

    async def restore(self, conversation_id: str) -> Conversation:
        """Bring a deleted conversation back."""
        await self.change_all(ConversationsChange(ids=(conversation_id,), is_removed=False))
        return await self.get(conversation_id)

    async def change_all(self, new: ConversationsChange) -> list[Conversation]:
        """Change several conversations alike, all or none; give those that are there then."""
        if len(new.ids) > MOST_AT_ONCE:
            raise Invalid(
                f"{len(new.ids):,} conversations are chosen; {MOST_AT_ONCE:,} can be changed at "
                "once.",
                "Choose fewer.",
            )
        values = _values(new)
        await self.folders.check(new.folder_id)
        if new.is_removed is not None:
            values |= store.removal(now() if new.is_removed else None)
        if new.is_removed:
            for conversation_id in new.ids:
                await self._end_work(conversation_id)
        changed = await self._database.write(store.change, new.ids, values)
        for conversation in changed:
            self._feed.tell(ConversationChanged(conversation=conversation))
        if new.is_removed:
            for conversation_id in new.ids:
                self._feed.tell(ConversationRemoved(conversation_id=conversation_id))
        if new.is_removed is not None:
            await self._tell_unread()
        return changed

    # -- the list -------------------------------------------------------------------------------

    async def list_all(self, query: str = "", limit: int = 200) -> list[Conversation]:
        """Give the conversations that hold a text, the latest first."""
        return await self._database.read(store.list_conversations, query.strip(), limit)

    async def page(
        self, text: str, folder_id: str | None, offset: int, limit: int, by_meaning: bool
    ) -> ConversationPage:
        """Give a part of the list: everything, or what a search finds."""
        page, unread = await asyncio.gather(
            self.search.page(text, folder_id, offset, limit, by_meaning),
            self._database.read(store.count_unread),
        )
        return replace(page, unread=unread)

    async def seen(self, conversation_id: str) -> Conversation:
        """Note that a tab shows a conversation to its end."""
        changed, count = await self._database.write(store.set_unread, conversation_id, False)
        if changed is not None:
            self._feed.tell(ConversationChanged(conversation=changed))
            self._feed.tell(UnreadChanged(count=count))
        return changed or await self.get(conversation_id)

    async def opened(self, conversation_id: str, most: int) -> Opening:
        """Give a conversation with its messages; where they are more than `most`, the newest."""
        found = await self._database.read(opening.ending, conversation_id, most)
        # After the read and without a pause: what is told from now on continues these texts.
        return replace(found, messages=tuple(self._fresh(message) for message in found.messages))

    async def outline(self, conversation_id: str) -> Outline:
        """Give the shape of a conversation."""
        _, rows = await asyncio.gather(
            self.get(conversation_id), self._database.read(store.outline, conversation_id)
        )
        return opening.outlined(rows)

    async def messages(self, conversation_id: str, ids: str) -> list[Message] | None:
        """Give some messages; None: all are wanted."""
        await self.get(conversation_id)
        if ids:
            found = await self._database.read(store.messages_of, ids.split(",")[:1000])
            return [self._fresh(m) for m in found if m.conversation_id == conversation_id]
        return None

    # -- titles ---------------------------------------------------------------------------------

    async def suggest_title(self, conversation_id: str, new: NewTitle, person: str) -> Conversation:
        """Ask a model for a title, because a person asked for it."""
        from . import naming

        question, answer = await self._beginning(conversation_id)
        if question is None:
            raise Invalid("Nothing has been asked here yet.", "Ask a question first.")
        title = await naming.ask(
            self._models, new.model_id, question, answer, person, conversation_id
        )
        return await self.change(conversation_id, ConversationChange(title=title))

    def _answered(self, event: MessageCompleted) -> None:
        self.search.read_again(event.message_id)
        self._tasks.start(self._note_answer(event.conversation_id, event.message_id))

    async def _note_answer(self, conversation_id: str, message_id: str) -> None:
        """Mark the conversation until a tab has shown the answer; name it by its first one."""
        found = await self._database.kept(store.find, conversation_id)
        if found is None:
            return
        is_titled = not found.is_named and await self._name_by_first(found, message_id)
        changed, count = await self._database.write(store.set_unread, conversation_id, True)
        # Here again for the next question, which would wait for it.
        now_there = await self._database.kept(store.find, conversation_id)
        if now_there is not None and (changed is not None or is_titled):
            self._feed.tell(ConversationChanged(conversation=now_there))
        if changed is not None:
            self._feed.tell(UnreadChanged(count=count))

    async def _name_by_first(self, found: Conversation, message_id: str) -> bool:
        """Name a conversation where the answer is its first; tell whether its name changed."""
        if not await self._database.read(store.is_first_answer, message_id):
            return False
        question, answer = await self._beginning(found.id)
        if question is None or answer is None or answer.id != message_id:
            return False
        datasets = tuple(r.name for r in question.references if r.kind == "dataset")
        title = better(question.text, answer.text, datasets)
        if is_new := title != found.title:
            await self._database.write(store.set_title, found.id, title, False)
        self._suggest_soon(found, question, answer)
        return is_new

    def _suggest_soon(self, found: Conversation, question: Message, answer: Message) -> None:
        """Let the model that answered name the conversation, where nothing leaves by that."""
        if self.suggests_titles and answer.receipt is not None and answer.receipt.is_local:
            self._tasks.start(self._suggest(found.id, question, answer))

    async def _suggest(self, conversation_id: str, question: Message, answer: Message) -> None:
        from . import naming

        model_id = answer.receipt.model_id if answer.receipt else ""
        try:
            title = await naming.ask(self._models, model_id, question, answer, "", conversation_id)
        except SpondeError as error:
            self.log.info("No title was suggested: %s", error)
            return
        await self._database.write(store.set_title, conversation_id, title, False)
        self._feed.tell(ConversationChanged(conversation=await self.get(conversation_id)))

    async def _beginning(self, conversation_id: str) -> tuple[Message | None, Message | None]:
        """Give the first question and its first answer."""
        question = await self._database.read(store.first_question, conversation_id)
        answer = question and await self._database.read(store.first_answer, question.id)
        return question, answer or None

    async def _tell_unread(self) -> None:
        count = await self._database.read(store.count_unread)
        self._feed.tell(UnreadChanged(count=count))

    # -- copies and files -----------------------------------------------------------------------

    async def duplicate(self, conversation_id: str, new: NewCopy) -> Conversation:
        """Copy a conversation: the whole tree, or the branch that ends in a message."""
        from . import transfer

        conversation = await self.get(conversation_id)
        carried = await self._carry(conversation_id, [])
        if new.leaf_id:
            ids = [row[0] for row in await self._database.read(store.outline, conversation_id)]
            if new.leaf_id not in ids:
                raise Invalid(
                    f"This conversation has no message {new.leaf_id}.", "Reload it and copy again."
                )
            carried = transfer.branch(carried, ids.index(new.leaf_id) + 1)
        title = first(f"Copy of {conversation.title}")
        whole = transfer.arrive([transfer.copied(title, now(), carried)], [])
        filed = replace(whole.conversations[0], folder_id=conversation.folder_id, created_at=now())
        await self._add(replace(whole, conversations=(filed,)))
        return filed

    async def export(self, ids: tuple[str, ...]) -> tuple[str, bytes]:
        """Write conversations into a file, exactly; give what to call it."""
        from . import transfer

        chosen = list(ids) or await self._database.read(store.all_ids)
        folders = await self.folders.list_all()
        carried = [await self._carry(one, folders) for one in chosen]
        data = await asyncio.to_thread(transfer.write, carried)
        name = carried[0].title if len(carried) == 1 else f"{len(carried)} conversations"
        return f"{_file_name(name)}.json", data

    async def import_file(self, new: ConversationsImport) -> ConversationsImported:
        """Read a file of conversations in: all of it, or nothing."""
        from . import transfer

        carried, source = await asyncio.to_thread(
            transfer.read, new.text, new.name, self.longest_file
        )
        folders = await self.folders.list_all()
        whole = await asyncio.to_thread(transfer.arrive, carried, folders, source)
        await self._add(whole)
        if whole.folders:
            await self.folders.tell()
        return ConversationsImported(
            conversations=whole.conversations, messages=len(whole.messages), source=source
        )

    async def _carry(self, conversation_id: str, folders: list[Any]) -> CarriedConversation:
        from . import transfer

        conversation = await self.get(conversation_id)
        messages = await self._database.read(store.list_messages, conversation_id)
        receipts = await self._database.read(store.receipts, conversation_id)
        ratings = await self._database.read(store.ratings, conversation_id)
        return await asyncio.to_thread(
            transfer.carry,
            conversation,
            self.folders.path(conversation.folder_id, folders),
            [self._fresh(message) for message in messages],
            receipts,
            {rating.id: rating for rating in ratings},
        )

    async def _add(self, whole: Any) -> None:
        await self._database.write(
            store.add_whole,
            whole.conversations,
            whole.folders,
            whole.messages,
            whole.receipts,
            whole.ratings,
        )
        for conversation in whole.conversations[:MOST_AT_ONCE]:
            self._feed.tell(ConversationChanged(conversation=conversation))


def _values(new: ConversationChange | ConversationsChange) -> dict[str, Any]:
    given = {
        "folder_id": new.folder_id,
        "is_pinned": new.is_pinned,
        "is_archived": new.is_archived,
    }
    return {name: value for name, value in given.items() if value is not None}


def _file_name(title: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in " -_." else " " for letter in title)
    return " ".join(kept.split())[:80].strip(" .") or "conversation"
