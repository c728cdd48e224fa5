"""What comes beside an answer's text: what its model thinks first, and that it is waited for.

Thoughts are kept with the answer and shown folded; they are no part of what is sent on.
"""

import time
from dataclasses import replace

from sponde_server.core.streams import Feed, GrowingText
from sponde_server.models.records import Piece, Remark, Thought, Waiting

from .records import AnswerWaits, Message, MessageThought

LONGEST_THOUGHTS = 1_000_000
"""Most characters of thoughts that are kept."""


class Beside:
    """What is known of one answer besides its text."""

    def __init__(self, answer: Message, feed: Feed) -> None:
        self._id, self._conversation_id = answer.id, answer.conversation_id
        self._feed = feed
        self._thoughts = GrowingText(self._tell_thoughts)
        self._began: float | None = None
        self._took = 0.0
        self._length = 0
        self.is_thinking = False
        """Whether the last that came was a thought."""

    def hear(self, answer: Message, piece: Piece) -> Message:
        """Take a piece that is no text; give the answer with it."""
        if isinstance(piece, Thought):
            self._think(piece.text)
        elif isinstance(piece, Remark):
            said = f"{answer.remark} {piece.text}".strip()
            return replace(answer, remark=said)
        elif isinstance(piece, Waiting):
            self._feed.tell(
                AnswerWaits(
                    conversation_id=self._conversation_id,
                    message_id=self._id,
                    seconds=piece.seconds,
                    why=piece.why,
                )
            )
        return answer

    def spoke(self, answer: Message) -> Message:
        """Note that the thinking ended, because the answer goes on or has ended."""
        if not self.is_thinking:
            return answer
        self.is_thinking = False
        self._thoughts.flush()
        if self._began is not None:
            self._took += time.perf_counter() - self._began
        return replace(answer, thoughts=self._thoughts.text, thought_ms=1000 * self._took)

    def now(self, answer: Message) -> Message:
        """Give the answer with its thoughts so far."""
        return replace(answer, thoughts=self._thoughts.text) if self.is_thinking else answer

    def close(self) -> None:
        """Stop the clock."""
        self._thoughts.close()

    def _think(self, text: str) -> None:
        if not self.is_thinking:
            self.is_thinking = True
            self._began = time.perf_counter()
            if self._length:
                # After a tool has answered, it thinks once more.
                text = "\n\n" + text
        if self._length < LONGEST_THOUGHTS:
            self._length += len(text)
            self._thoughts.add(text)

    def _tell_thoughts(self, at: int, text: str) -> None:
        self._feed.tell(
            MessageThought(
                conversation_id=self._conversation_id, message_id=self._id, at=at, text=text
            )
        )
