"""Addresses of conversations."""

from sponde_server.core.http import Routes

from .records import (
    Asked,
    Command,
    Conversation,
    ConversationChanged,
    ConversationRemoved,
    Message,
    MessageChanged,
    MessageGrew,
    NewConversation,
    NewMessage,
)
from .service import SpondeChat

routes = Routes(
    "chat",
    events=(
        ConversationChanged,
        ConversationRemoved,
        MessageChanged,
        MessageGrew,
    ),
)


@routes("GET", "/conversations")
async def list_conversations(
    chat: SpondeChat, query: str = "", limit: int = 200
) -> list[Conversation]:
    """List the conversations that hold a text (all where it is empty), the latest first."""
    return await chat.list_all(query, limit)


@routes("POST", "/conversations")
async def begin_conversation(chat: SpondeChat, body: NewConversation) -> Conversation:
    """Begin a conversation."""
    return await chat.begin(body)


@routes("PATCH", "/conversations/{conversation_id}")
async def rename_conversation(
    chat: SpondeChat, conversation_id: str, body: NewConversation
) -> Conversation:
    """Give a conversation another title."""
    return await chat.rename(conversation_id, body)


@routes("DELETE", "/conversations/{conversation_id}")
async def remove_conversation(chat: SpondeChat, conversation_id: str) -> None:
    """Delete a conversation; it can be restored."""
    await chat.remove(conversation_id)


@routes("POST", "/conversations/{conversation_id}/restore")
async def restore_conversation(chat: SpondeChat, conversation_id: str) -> Conversation:
    """Bring a deleted conversation back."""
    return await chat.restore(conversation_id)


@routes("GET", "/conversations/{conversation_id}/messages")
async def list_messages(chat: SpondeChat, conversation_id: str) -> list[Message]:
    """List a conversation's messages, oldest first, with growing answers as far as they are."""
    return await chat.messages(conversation_id)


@routes("POST", "/conversations/{conversation_id}/messages")
async def send_message(chat: SpondeChat, conversation_id: str, body: NewMessage) -> Asked:
    """Ask; the answer comes over the stream and goes on if the reader leaves."""
    return await chat.ask(conversation_id, body)


@routes("GET", "/messages/{message_id}")
async def get_message(chat: SpondeChat, message_id: str) -> Message:
    """One message, as far as it is."""
    return await chat.get_message(message_id)


@routes("POST", "/messages/{message_id}/stop")
async def stop_message(chat: SpondeChat, message_id: str) -> Message:
    """Stop an answer; what it said so far stays."""
    return await chat.stop_answer(message_id)


@routes("POST", "/messages/{message_id}/retry")
async def retry_message(chat: SpondeChat, message_id: str, model_id: str = "") -> Message:
    """Answer the same question again, beside the answer that is there."""
    return await chat.retry(message_id, model_id)


@routes("GET", "/commands")
async def list_commands(chat: SpondeChat) -> list[Command]:
    """List the slash commands, which need no model."""
    return chat.commands()
