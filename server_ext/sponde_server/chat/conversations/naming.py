"""Asks a model what to call a conversation. Only what it was asked and told there goes along."""

from sponde_server.chat.records import Message
from sponde_server.core.errors import UpstreamFailed
from sponde_server.models.records import Completion, Delta, Role, Turn
from sponde_server.models.service import SpondeModels
from sponde_server.usage.records import Caller, CallerKind

from .titles import suggested

LONGEST = 1200
INSTRUCTION = (
    "Give this conversation a title of at most six words, in the language of the question. "
    "Answer with the title alone: no quotation marks, no full stop."
)


async def ask(
    models: SpondeModels,
    model_id: str,
    question: Message,
    answer: Message | None,
    person: str,
    conversation_id: str,
) -> str:
    """Ask for a title."""
    said = f"Question: {question.text[:LONGEST]}"
    if answer is not None and answer.text:
        said += f"\n\nAnswer: {answer.text[:LONGEST]}"
    completion = Completion(
        model_id=(await models.get_model(model_id)).id,
        turns=(
            Turn(role=Role.SYSTEM, content=INSTRUCTION),
            Turn(role=Role.USER, content=said),
        ),
    )
    caller = Caller(person=person, kind=CallerKind.CHAT, conversation_id=conversation_id)
    text = ""
    async for piece in models.complete(completion, caller):
        if isinstance(piece, Delta):
            text += piece.text
    title = suggested(text)
    if not title:
        raise UpstreamFailed(
            "The model suggested no title.", "Try again, choose another model, or type one."
        )
    return title
