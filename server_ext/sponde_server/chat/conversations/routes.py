"""Addresses of the list of conversations, its folders and its files."""

from sponde_server.chat.records import Conversation
from sponde_server.chat.service import SpondeChat
from sponde_server.core.http import Download, Person, Routes
from sponde_server.meaning.records import MeaningStatus

from .records import (
    ConversationChange,
    ConversationPage,
    ConversationsChange,
    ConversationsImport,
    ConversationsImported,
    Folder,
    FolderChange,
    FoldersChanged,
    NewCopy,
    NewExportFile,
    NewTitle,
    Opening,
    Outline,
    UnreadChanged,
)

routes = Routes("chat", events=(FoldersChanged, UnreadChanged))


@routes("GET", "/conversations/page")
async def list_page(
    chat: SpondeChat,
    text: str = "",
    folder_id: str | None = None,
    offset: int = 0,
    limit: int = 100,
    by_meaning: bool = False,
) -> ConversationPage:
    """List a part of the conversations: all that are not put away, or what a search finds."""
    return await chat.conversations.page(text, folder_id, offset, limit, by_meaning)


@routes("GET", "/conversations/{conversation_id}")
async def get_conversation(chat: SpondeChat, conversation_id: str) -> Conversation:
    """Give one conversation."""
    return await chat.get(conversation_id)


@routes("PATCH", "/conversations/{conversation_id}")
async def change_conversation(
    chat: SpondeChat, conversation_id: str, body: ConversationChange
) -> Conversation:
    """Rename, file, pin or put away a conversation."""
    return await chat.conversations.change(conversation_id, body)


@routes("POST", "/conversations/change")
async def change_conversations(chat: SpondeChat, body: ConversationsChange) -> list[Conversation]:
    """Change several conversations alike; those that are there then are given."""
    return await chat.conversations.change_all(body)


@routes("POST", "/conversations/{conversation_id}/seen")
async def see_conversation(chat: SpondeChat, conversation_id: str) -> Conversation:
    """Note that a tab shows a conversation to its end."""
    return await chat.conversations.seen(conversation_id)


@routes("POST", "/conversations/{conversation_id}/title")
async def suggest_title(
    chat: SpondeChat, conversation_id: str, body: NewTitle, person: Person
) -> Conversation:
    """Ask a model for a title, from the first question and the first answer."""
    return await chat.conversations.suggest_title(conversation_id, body, person.name)


@routes("POST", "/conversations/{conversation_id}/duplicate")
async def duplicate_conversation(
    chat: SpondeChat, conversation_id: str, body: NewCopy
) -> Conversation:
    """Copy a conversation: the whole tree, or the branch that ends in a message."""
    return await chat.conversations.duplicate(conversation_id, body)


@routes("GET", "/conversations/{conversation_id}/opening")
async def open_conversation(chat: SpondeChat, conversation_id: str, most: int = 400) -> Opening:
    """Give a conversation with all its messages; where there are more than `most`, the newest."""
    return await chat.opened(conversation_id, most)


@routes("GET", "/conversations/{conversation_id}/outline")
async def get_outline(chat: SpondeChat, conversation_id: str) -> Outline:
    """Give the shape of a long conversation, without its texts."""
    return await chat.conversations.outline(conversation_id)


@routes("POST", "/conversations/file", action="read")
async def export_conversations(chat: SpondeChat, body: NewExportFile) -> Download:
    """Write conversations into one file, exactly; it can be imported again."""
    name, content = await chat.conversations.export(body.ids)
    # Not as JSON: a browser that read it as such would write its numbers in its own way.
    return Download(name, "application/vnd.sponde.conversations+json", content)


@routes("POST", "/conversations/import")
async def import_conversations(
    chat: SpondeChat, body: ConversationsImport
) -> ConversationsImported:
    """Read in a file of Sponde, Open WebUI or ChatGPT: all of it, or nothing."""
    return await chat.conversations.import_file(body)


@routes("GET", "/conversations/meaning")
async def get_meaning(chat: SpondeChat) -> MeaningStatus:
    """Say whether conversations can be searched by meaning, and how they could."""
    return await chat.conversations.search.meaning_status()


@routes("GET", "/folders")
async def list_folders(chat: SpondeChat) -> list[Folder]:
    """List the folders by name."""
    return await chat.conversations.folders.list_all()


@routes("POST", "/folders")
async def make_folder(chat: SpondeChat, body: FolderChange) -> Folder:
    """Make a folder."""
    return await chat.conversations.folders.make(body)


@routes("PATCH", "/folders/{folder_id}")
async def change_folder(chat: SpondeChat, folder_id: str, body: FolderChange) -> Folder:
    """Rename or move a folder."""
    return await chat.conversations.folders.change(folder_id, body)


@routes("DELETE", "/folders/{folder_id}")
async def remove_folder(chat: SpondeChat, folder_id: str) -> None:
    """Delete a folder; what lies in it goes up."""
    await chat.conversations.folders.remove(folder_id)
