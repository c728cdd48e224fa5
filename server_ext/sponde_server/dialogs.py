"""Hands the chat's conversations to training, which knows no records of the chat.

A part of app.py, apart from it for its length.
"""

from collections.abc import Sequence
from dataclasses import replace

from sponde_server.core.errors import NotFound

from .chat.records import Message, Opinion, ReferenceKind
from .chat.service import SpondeChat
from .models.records import Role
from .tuning.records import Branch, Liking, Said


class Dialogs:
    """Branches of conversations, with what people thought of the answers."""

    def __init__(self, chat: SpondeChat) -> None:
        self._chat = chat

    async def of(self, conversation_id: str) -> Branch:
        """Give a conversation's latest branch."""
        return await self._branch(conversation_id, await self._chat.transcript(conversation_id))

    async def liked(self) -> list[Branch]:
        """Give the branch of each liked answer, up to it."""
        found: list[Branch] = []
        messages: dict[str, dict[str, Message]] = {}
        for rating in await self._chat.rated(verdict=Opinion.LIKED):
            conversation_id = rating.conversation_id
            if conversation_id not in messages:
                try:
                    listed = await self._chat.messages(conversation_id)
                except NotFound:
                    continue
                messages[conversation_id] = {message.id: message for message in listed}
            step = messages[conversation_id].get(rating.id)
            branch: list[Message] = []
            while step is not None:
                branch.insert(0, step)
                step = messages[conversation_id].get(step.parent_id or "")
            if branch:
                found.append(await self._branch(conversation_id, branch))
        return found

    async def _branch(self, conversation_id: str, messages: Sequence[Message]) -> Branch:
        conversation = await self._chat.get(conversation_id)
        likings = {
            rating.id: Liking(rating.verdict.value)
            for rating in await self._chat.ratings(conversation_id)
        }
        said: list[Said] = []
        for message in messages:
            if message.role is Role.ASSISTANT and message.receipt and said:
                # The instructions belong to the question that they were sent with.
                system = await self._system(message.id)
                said[-1] = replace(said[-1], system=system)
            said.append(_said(message, likings.get(message.id, Liking.NONE)))
        return Branch(
            conversation_id=conversation_id, title=conversation.title, messages=tuple(said)
        )

    async def _system(self, message_id: str) -> str:
        try:
            turns = (await self._chat.receipt(message_id)).turns
        except NotFound:
            return ""
        return "\n\n".join(turn.content for turn in turns if turn.role is Role.SYSTEM)


def _said(message: Message, liking: Liking) -> Said:
    named = (
        reference.name
        for reference in message.references
        if reference.kind is ReferenceKind.DATASET
    )
    return Said(
        id=message.id,
        is_question=message.role is Role.USER,
        text=message.text,
        status=message.status.value,
        rating=liking,
        model=message.receipt.model if message.receipt else "",
        is_local=message.receipt.is_local if message.receipt else True,
        datasets=tuple(named),
        at=message.created_at,
    )
