"""Goes on with an answer that was cut: the new one begins with the text that came.

A model that can be given an answer's beginning writes on from there; any other is asked in words to
go on, and what it repeats of the beginning all the same is left out (`Joint`).
Does not ask: answering.py does.
"""

import re

from sponde_server.core.errors import Conflict, Invalid
from sponde_server.models.records import GO_ON, Role, Turn

from .records import Message, MessageStatus

CUT = frozenset(
    {
        MessageStatus.TRUNCATED,
        MessageStatus.INTERRUPTED,
        MessageStatus.STOPPED,
        MessageStatus.FAILED,
    }
)
LOOKED_AT = 600
"""How many characters of the beginning's end may be said again."""
SURELY_SAID_AGAIN = 12
"""So many equal characters are no chance."""
SEVERAL_WORDS = 7
"""So many, where they are whole words, are none either."""
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n`]*$", re.MULTILINE)
_OPENING = re.compile(r"\s*(`{3,}|~{3,})[^\n]*\n")


def check_cut(message: Message) -> None:
    """Refuse to go on with what was not cut."""
    if message.role is not Role.ASSISTANT:
        raise Invalid("A question cannot be continued.", "Continue the answer below it.")
    if message.status is MessageStatus.STREAMING:
        raise Conflict("This answer is still being written.", "Wait until it ends.")
    if message.status not in CUT or not message.text.strip() or message.receipt is None:
        raise Conflict("This answer was not cut.", "Ask for more in a new question.")


def going_on(turns: tuple[Turn, ...], begun: str, takes_beginning: bool) -> tuple[Turn, ...]:
    """Add what lets a model go on with an answer that began so."""
    turns += (Turn(role=Role.ASSISTANT, content=begun),)
    return turns if takes_beginning else (*turns, Turn(role=Role.USER, content=GO_ON))


def is_joined(answer: Message, turns: tuple[Turn, ...]) -> bool:
    """Whether what is said next goes on with the answer's beginning (not after a tool's result)."""
    said = [turn for turn in turns[-2:] if turn.role is Role.ASSISTANT]
    return bool(answer.continues_id) and bool(said) and turns[-1].role is not Role.TOOL


class Joint:
    """Joins what a model says to what it said before, without what it says again.

    Text is held back only while it may still be a repetition.
    """

    def __init__(self, begun: str) -> None:
        self._tail = begun[-LOOKED_AT:]
        self._is_in_fence = len(_FENCE.findall(begun)) % 2 == 1
        self._held: str | None = ""

    def push(self, text: str) -> str:
        """Take a piece; give what is to be added."""
        if self._held is None:
            return text
        self._held += text
        return "" if self._may_repeat(self._held) else self.end()

    def end(self) -> str:
        """Give what was held back."""
        held, self._held = self._held, None
        if not held:
            return ""
        if self._is_in_fence and (opening := _OPENING.match(held)):
            # It opened the block again in which it was cut.
            held = held[opening.end() :]
        return held[self._said_again(held) :]

    def _may_repeat(self, held: str) -> bool:
        if self._is_in_fence and re.fullmatch(r"\s*[`~]{0,3}|\s*(`{3,}|~{3,})[^\n]*", held):
            return True
        if self._is_in_fence and (opening := _OPENING.match(held)):
            held = held[opening.end() :]
        return held in self._tail

    def _said_again(self, held: str) -> int:
        """Count how many characters say the beginning's end again."""
        for length in range(min(len(held), len(self._tail)), 0, -1):
            if not self._tail.endswith(held[:length]):
                continue
            if (
                length >= SURELY_SAID_AGAIN
                or self._are_words_again(held, length)
                or self._is_word_again(held, length)
            ):
                return length
        return 0

    def _are_words_again(self, held: str, length: int) -> bool:
        """Whether several whole words are said again."""
        before = self._tail[-length - 1 : -length]
        return length >= SEVERAL_WORDS and " " in held[1:length] and not before.isalnum()

    def _is_word_again(self, held: str, length: int) -> bool:
        """Whether a word that was cut is begun again: 'for i in ran' and then 'range(10)'."""
        before = self._tail[-length - 1 : -length]
        is_whole_start = length > 2 and not (before.isalnum() or before == "_")
        goes_on = held[length : length + 1]
        return is_whole_start and (goes_on.isalnum() or goes_on == "_")
