"""Addresses of conversations."""

from datetime import datetime

from sponde_server.core.http import Person, Reader, Routes

from .completer import SpondeCompleter
from .records import (
    AnswerRated,
    AnswerWaits,
    Asked,
    Command,
    Continuation,
    Conversation,
    ConversationChanged,
    ConversationRemoved,
    FoundFile,
    Message,
    MessageChanged,
    MessageGrew,
    MessageThought,
    NewComparison,
    NewContinuation,
    NewConversation,
    NewMessage,
    NewPlace,
    NewQueuedQuestion,
    NewRating,
    NewReplay,
    Opinion,
    ProjectInstructions,
    QueueChanged,
    QueuedQuestion,
    Rating,
    RatingRemoved,
    Receipt,
    Replay,
    ReplayChanged,
)
from .service import SpondeChat

routes = Routes(
    "chat",
    events=(
        ConversationChanged,
        ConversationRemoved,
        MessageChanged,
        MessageGrew,
        MessageThought,
        AnswerWaits,
        AnswerRated,
        RatingRemoved,
        ReplayChanged,
        QueueChanged,
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


@routes("DELETE", "/conversations/{conversation_id}")
async def remove_conversation(chat: SpondeChat, conversation_id: str) -> None:
    """Delete a conversation; it can be restored."""
    await chat.conversations.remove(conversation_id)


@routes("POST", "/conversations/{conversation_id}/restore")
async def restore_conversation(chat: SpondeChat, conversation_id: str) -> Conversation:
    """Bring a deleted conversation back."""
    return await chat.conversations.restore(conversation_id)


@routes("GET", "/conversations/{conversation_id}/messages")
async def list_messages(chat: SpondeChat, conversation_id: str, ids: str = "") -> list[Message]:
    """List a conversation's messages, oldest first, with growing answers as far as they are.

    `ids`: only these, with commas between.
    """
    return await chat.messages(conversation_id, ids)


@routes("POST", "/conversations/{conversation_id}/messages")
async def send_message(
    chat: SpondeChat, conversation_id: str, body: NewMessage, person: Person
) -> Asked:
    """Ask one model or several; the answers come over the stream, whoever leaves."""
    return await chat.ask(conversation_id, body, person.name)


@routes("GET", "/conversations/{conversation_id}/queue")
async def list_queue(chat: SpondeChat, conversation_id: str) -> list[QueuedQuestion]:
    """List the questions that wait in a conversation, the next one first."""
    return await chat.queue.of(conversation_id)


@routes("POST", "/conversations/{conversation_id}/queue")
async def queue_question(
    chat: SpondeChat, conversation_id: str, body: NewQueuedQuestion, person: Person
) -> QueuedQuestion:
    """Let a question wait for an answer; the server asks it then, whoever leaves."""
    return await chat.queue.add(conversation_id, body, person.name)


@routes("POST", "/conversations/{conversation_id}/queue/send")
async def send_queued(chat: SpondeChat, conversation_id: str) -> None:
    """Ask the next waiting question now, however the answer before it ended."""
    await chat.queue.send(conversation_id)


@routes("PATCH", "/queued-questions/{queued_id}")
async def move_queued(chat: SpondeChat, queued_id: str, body: NewPlace) -> QueuedQuestion:
    """Let a question wait at another place."""
    return await chat.queue.move(queued_id, body.place)


@routes("DELETE", "/queued-questions/{queued_id}")
async def drop_queued(chat: SpondeChat, queued_id: str) -> QueuedQuestion:
    """Take a question out of the queue, and give it; one that was asked is not found."""
    return await chat.queue.drop(queued_id)


@routes("POST", "/conversations/{conversation_id}/receipt", action="read")
async def prepare_receipt(
    chat: SpondeChat,
    conversation_id: str,
    body: NewMessage,
    person: Person,
    is_brief: bool = False,
) -> Receipt:
    """What would be sent for a question, word by word (in short: sizes); `new`: no conversation."""
    return await chat.receipt_before(conversation_id, body, person.name, is_brief=is_brief)


@routes("GET", "/instructions")
async def list_instructions(chat: SpondeChat, notebook: str = "") -> list[ProjectInstructions]:
    """The instructions of this project, those of a notebook's folder last; empty: none yet."""
    return await chat.instructions(notebook)


@routes("PUT", "/instructions")
async def write_instructions(chat: SpondeChat, body: ProjectInstructions) -> ProjectInstructions:
    """Write a folder's instructions, which every model reads; without text they go."""
    return await chat.write_instructions(body)


@routes("GET", "/conversations/{conversation_id}/ratings")
async def list_conversation_ratings(chat: SpondeChat, conversation_id: str) -> list[Rating]:
    """List what people think of a conversation's answers."""
    return await chat.ratings(conversation_id)


@routes("GET", "/conversations/{conversation_id}/replays")
async def list_replays(chat: SpondeChat, conversation_id: str) -> list[Replay]:
    """List the replays that a conversation is a part of, as a copy or as the source."""
    return await chat.replays(conversation_id)


@routes("POST", "/conversations/{conversation_id}/replays")
async def begin_replay(
    chat: SpondeChat, conversation_id: str, body: NewReplay, person: Person
) -> Replay:
    """Ask a conversation's questions again of another model, in a new conversation."""
    return await chat.replay(conversation_id, body, person.name)


@routes("POST", "/replays/{conversation_id}/stop")
async def stop_replay(chat: SpondeChat, conversation_id: str) -> Replay:
    """Stop a replay; what came so far stays."""
    return await chat.stop_replay(conversation_id)


@routes("POST", "/replays/{conversation_id}/resume")
async def resume_replay(chat: SpondeChat, conversation_id: str, person: Person) -> Replay:
    """Go on with a replay that did not come to its end."""
    return await chat.resume_replay(conversation_id, person.name)


@routes("GET", "/ratings")
async def list_ratings(
    chat: SpondeChat,
    since: datetime | None = None,
    verdict: Opinion | None = None,
    limit: int = 200,
) -> list[Rating]:
    """List what people think of answers, the latest first."""
    return await chat.rated(since, verdict, limit)


@routes("GET", "/messages/{message_id}")
async def get_message(chat: SpondeChat, message_id: str) -> Message:
    """One message, as far as it is."""
    return await chat.get_message(message_id)


@routes("GET", "/messages/{message_id}/receipt")
async def get_receipt(chat: SpondeChat, message_id: str) -> Receipt:
    """What was sent for an answer, word by word."""
    return await chat.receipt(message_id)


@routes("POST", "/messages/{message_id}/stop")
async def stop_message(chat: SpondeChat, message_id: str) -> Message:
    """Stop an answer; what it said so far stays."""
    return await chat.stop_answer(message_id)


@routes("POST", "/messages/{message_id}/retry")
async def retry_message(
    chat: SpondeChat, message_id: str, person: Person, model_id: str = ""
) -> Message:
    """Answer the same question again, beside the answer that is there."""
    return await chat.retry(message_id, model_id, person.name)


@routes("POST", "/messages/{message_id}/continue")
async def continue_message(chat: SpondeChat, message_id: str, person: Person) -> Message:
    """Go on with an answer that was cut, in an answer beside it that begins with what came."""
    return await chat.go_on(message_id, person.name)


@routes("POST", "/messages/{message_id}/compare")
async def compare_message(
    chat: SpondeChat, message_id: str, body: NewComparison, person: Person
) -> list[Message]:
    """Ask further models the same question, to stand beside this answer."""
    return await chat.compare(message_id, body, person.name)


@routes("POST", "/messages/{message_id}/keep")
async def keep_message(chat: SpondeChat, message_id: str) -> Message:
    """Let the conversation go on from this answer; gives the question with that choice."""
    return await chat.keep(message_id)


@routes("PUT", "/messages/{message_id}/rating")
async def rate_message(
    chat: SpondeChat, message_id: str, body: NewRating, person: Person
) -> Rating:
    """Say what you think of an answer, or change it."""
    return await chat.rate(message_id, body, person.name)


@routes("DELETE", "/messages/{message_id}/rating")
async def unrate_message(chat: SpondeChat, message_id: str) -> None:
    """Take an answer's rating back."""
    await chat.unrate(message_id)


@routes("GET", "/commands")
async def list_commands(chat: SpondeChat) -> list[Command]:
    """List the slash commands, which need no model."""
    return chat.commands()


@routes("POST", "/completions")
async def complete_code(
    completer: SpondeCompleter, body: NewContinuation, person: Person, reader: Reader
) -> Continuation:
    """Go on with the code in a cell; whoever leaves ends the request at the provider."""
    return await reader.waits_for(completer.go_on(body, person.name))


@routes("GET", "/nameable-files")
async def find_files(chat: SpondeChat, query: str = "", limit: int = 50) -> list[FoundFile]:
    """Find the files under the root folder that a question can name."""
    return await chat.find_files(query, limit)
