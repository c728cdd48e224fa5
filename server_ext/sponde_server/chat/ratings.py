"""What people think of answers. Does not know HTTP."""

from datetime import datetime

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.models.records import Role

from . import store
from .records import (
    AnswerRated,
    Message,
    MessageStatus,
    NewRating,
    Opinion,
    Rating,
    RatingRemoved,
)

MOST_REASONS = 10
LONGEST_REASON = 60
LONGEST_TEXT = 4000


class Ratings:
    """The ratings of answers: one each, changed as often as one likes."""

    def __init__(self, database: Database, bus: Bus, feed: Feed) -> None:
        self._database = database
        self._bus = bus
        self._feed = feed

    async def rate(self, answer: Message, new: NewRating, person: str) -> Rating:
        """Keep what a person thinks of an answer that has ended."""
        if answer.role is not Role.ASSISTANT:
            raise Invalid("A question cannot be rated.", "Rate the answer below it.")
        if answer.status is MessageStatus.STREAMING:
            raise Conflict(
                "This answer is still being written.", "Rate it when it has come to its end."
            )
        text = new.text.strip()
        if len(text) > LONGEST_TEXT:
            raise Invalid(
                f"The reason has {len(text):,} characters; {LONGEST_TEXT:,} are allowed.",
                "Say it in fewer words.",
            )
        reasons = tuple(dict.fromkeys(reason.strip() for reason in new.reasons if reason.strip()))
        if len(reasons) > MOST_REASONS or any(len(reason) > LONGEST_REASON for reason in reasons):
            raise Invalid(
                f"At most {MOST_REASONS} reasons of {LONGEST_REASON} characters can be chosen.",
                "Write the rest into the text.",
            )
        sent = answer.receipt
        rating = Rating(
            id=answer.id,
            conversation_id=answer.conversation_id,
            verdict=new.verdict,
            reasons=reasons,
            text=text,
            model_id=sent.model_id if sent else "",
            model=sent.model if sent else "",
            person=person,
        )
        await self._database.write(store.put_rating, rating)
        self._feed.tell(AnswerRated(rating=rating))
        self._bus.tell(AnswerRated(rating=rating))
        return rating

    async def remove(self, answer: Message) -> None:
        """Take a rating back."""
        await self._database.write(store.remove_rating, answer.id)
        removed = RatingRemoved(conversation_id=answer.conversation_id, message_id=answer.id)
        self._feed.tell(removed)
        self._bus.tell(removed)

    async def of(self, conversation_id: str) -> list[Rating]:
        """Give the ratings of a conversation's answers."""
        return await self._database.read(store.list_ratings, conversation_id)

    async def rated(
        self, since: datetime | None, verdict: Opinion | None, limit: int
    ) -> list[Rating]:
        """Give ratings, the latest first."""
        return await self._database.read(store.list_rated, since, verdict, limit)
