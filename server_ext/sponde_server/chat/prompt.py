"""What a model reads: a few instructions, what the person named, and the conversation so far.

Pure. The turns made here are what is sent, word by word; the receipt shows the same tuple. What
does not fit is left out in one order: what tools gave earlier, rows, older turns, what only earlier
questions named, statistics, paragraphs of notebooks and conversations; never a part of a code
block, never the question, and nothing that it names itself: then it is refused in a sentence.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from sponde_server.core.errors import TooLarge
from sponde_server.models.records import Role, ToolOffer, Turn

from . import measure
from .blocks import blocks_of, is_code
from .blocks import fenced as fenced
from .exposure import Past, Policies, exposures, joined
from .measure import Rate
from .records import Cut, CutKind, Exposure, Passage, Reference, SentPart, SentPartKind

INSTRUCTIONS = (
    "You help a person analyse data in JupyterLab. Answer in Markdown. Put code into fenced "
    "blocks that name their language. Cells run in Python with pandas and matplotlib; a dataset "
    'is read by its name: `import sponde` and `sponde.dataset("name").df()` gives a DataFrame.'
)
WHOLE_SHARE = 0.75
"""So much of the room for earlier turns is for whole ones, where not all of them fit."""
HISTORY_SHARE = 0.5
"""So much of a model's room earlier turns take at most, while there is something else."""
SENTENCE_CHARACTERS = 240
CALLED = "Tools that were called for this answer, and what they gave:"
GAP = "\n\n[…]\n\n"
_END = re.compile(r"[.!?](?=\s|$)")


@dataclass(frozen=True)
class Instruction:
    """A text of someone who may say how to answer."""

    kind: SentPartKind
    """Whose."""
    name: str
    """What it is called: a persona's name, a file's path."""
    text: str
    """What it says."""
    left_out: int = 0
    """How many characters of it were too many."""


@dataclass(frozen=True)
class Prompt:
    """What is sent, of what it is made, and what was left out."""

    turns: tuple[Turn, ...]
    """What is sent, word by word."""
    parts: tuple[SentPart, ...]
    """What it is made of."""
    cuts: tuple[Cut, ...]
    """What was left out."""
    pieces: int
    """How large it is by our own count."""
    tokens: int
    """About how many tokens the model reads."""
    exposed: tuple[Exposure, ...]
    """What it holds of datasets."""
    room: int = 0
    """How many tokens it might have; 0: any number."""
    policies: Policies | None = None
    """The policies that it obeys."""
    named: tuple[Reference, ...] = ()
    """What the branch names."""


@dataclass(frozen=True)
class Room:
    """How much a model reads."""

    tokens: int | None = None
    """Most tokens of all turns and tools together; None: whatever it is."""
    history: int = 8000
    """Most tokens of earlier turns."""
    rate: Rate = field(default_factory=Rate)
    """The model's tokens by our pieces."""
    who: str = "The model"
    """What it is called, for a sentence."""

    @property
    def pieces(self) -> int:
        """Most pieces of all."""
        return 1 << 60 if self.tokens is None else int(self.tokens / self.rate.rate)

    @property
    def history_pieces(self) -> int:
        """Most pieces of earlier turns."""
        return int(self.history / self.rate.rate)


class _Named:
    """A passage, and how much of it is there."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.has_statistics = bool(passage.description and passage.description.statistics)
        self.lines: list[int] = []
        if passage.description:
            self.lines = [measure.pieces(one) + 1 for one in passage.description.rows]
        self.rows = len(self.lines)
        self.blocks = blocks_of(passage.text) if _is_long_read(passage) else []
        self.kept = len(self.blocks)
        self.is_out = False
        self._measured: tuple[str, int] = ("", 0)

    def text(self) -> str:
        passage = self.passage
        if passage.description is not None:
            return passage.description.text(self.rows, has_statistics=self.has_statistics)
        if self.kept < len(self.blocks):
            # Of a conversation the latest matters, of a notebook its beginning.
            is_talk = passage.kind.value == SentPartKind.CONVERSATION.value
            shown = self.blocks[-self.kept :] if is_talk else self.blocks[: self.kept]
            body = "\n\n".join(shown if self.kept else [])
            body = f"[…]\n\n{body}" if is_talk else f"{body}\n\n[…]"
            return f"{passage.title}:\n\n{body}" if passage.title else body
        return said(passage)

    def pieces(self) -> int:
        if self.is_out:
            return 0
        text = self.text()
        if self._measured[0] != text:
            self._measured = (text, measure.pieces(text) + 2)
        return self._measured[1]

    def shrink_rows(self, over: int) -> None:
        """Leave out as few rows as make it smaller by so much; all where that is not enough."""
        before = self.pieces()
        while self.rows and before - self.pieces() < over:
            missing = over - (before - self.pieces())
            freed = 0
            while self.rows and freed < missing:
                self.rows -= 1
                freed += self.lines[self.rows]

    def cuts(self) -> Iterable[Cut]:
        passage = self.passage
        if self.is_out:
            yield Cut(kind=CutKind.PASSAGE, name=passage.name)
            return
        if passage.withheld and not passage.outputs_left_out:
            yield Cut(kind=CutKind.WITHHELD, name=", ".join(passage.withheld))
        if passage.outputs_left_out:
            yield Cut(kind=CutKind.OUTPUTS, name=passage.name, count=passage.outputs_left_out)
        if self.rows < len(self.lines):
            count = len(self.lines) - self.rows
            yield Cut(kind=CutKind.ROWS, name=passage.name, count=count)
        if passage.description and passage.description.statistics and not self.has_statistics:
            yield Cut(kind=CutKind.STATISTICS, name=passage.name)
        if self.kept < len(self.blocks):
            count = len(self.blocks) - self.kept
            yield Cut(kind=CutKind.BLOCKS, name=passage.name, count=count)

    def part(self) -> SentPart:
        passage = self.passage
        dataset = passage.description.dataset if passage.description else None
        return SentPart(
            kind=SentPartKind(passage.kind.value),
            name=passage.name,
            tokens=0,
            dataset_id=dataset.id if dataset else "",
            policy=dataset.policy if dataset else None,
            rows=self.rows,
            has_statistics=self.has_statistics,
            is_past=passage.is_past,
        )


@dataclass(frozen=True)
class _History:
    """Earlier turns as they are sent, and what of them is not."""

    pairs: tuple[Past, ...] = ()
    pieces: int = 0
    left_out: int = 0
    shortened: int = 0


def build(
    past: Sequence[Past],
    question: str,
    passages: Iterable[Passage] = (),
    instructions: Sequence[Instruction] = (),
    tools: Sequence[ToolOffer] = (),
    room: Room = Room(),
    older: int = 0,
) -> Prompt:
    """Make the turns for a question that follows `past` (oldest first).

    `older` says how many answered questions stand before those, too old to be sent.
    """
    room = room or Room()
    said_first = (Instruction(SentPartKind.INSTRUCTIONS, "", INSTRUCTIONS), *instructions)
    named = [_Named(passage) for passage in passages]
    fixed = measure.of_tools(tools) + 2 * measure.TURN + measure.pieces(question)
    fixed += sum(measure.pieces(one.text) + 2 for one in said_first)
    history = _fit(past, named, fixed, room)
    parts: list[SentPart] = []
    turns = [Turn(role=Role.SYSTEM, content=_system(said_first, named, parts, room.rate))]
    for pair in history.pairs:
        parts.append(
            _part(SentPartKind.HISTORY, Role.USER.value, pair.question, len(turns), room.rate)
        )
        turns.append(Turn(role=Role.USER, content=pair.question))
        parts += _answer_parts(pair, len(turns), room.rate)
        turns.append(Turn(role=Role.ASSISTANT, content=_answer(pair)))
    parts.append(_part(SentPartKind.QUESTION, "", question, len(turns), room.rate))
    turns.append(Turn(role=Role.USER, content=question))
    if tools:
        told = room.rate.tokens(measure.of_tools(tools))
        parts.append(SentPart(kind=SentPartKind.TOOLS, name=str(len(tools)), tokens=told))
    pieces = measure.of_turns(turns) + measure.of_tools(tools)
    return Prompt(
        turns=tuple(turns),
        parts=tuple(parts),
        cuts=(*_too_long(instructions), *_cuts(named, history, older)),
        pieces=pieces,
        tokens=room.rate.tokens(pieces),
        exposed=joined(
            *(one.exposed for one in history.pairs),
            *(_exposed(one) for one in named if not one.is_out),
        ),
        room=room.tokens or 0,
    )


def said(passage: Passage) -> str:
    """Write a passage as a model reads it: what it is, then its text."""
    text = fenced(passage.text, passage.language) if passage.language else passage.text.strip()
    return f"{passage.title}:\n\n{text}" if passage.title else text


# -- what fits --------------------------------------------------------------------------------


def _fit(past: Sequence[Past], named: list[_Named], fixed: int, room: Room) -> _History:
    """Leave out what does not fit; see the module's own words for the order."""
    most = room.pieces
    cap = room.history_pieces

    def rest() -> int:
        return fixed + sum(one.pieces() for one in named)

    # What was named longest ago goes first.
    order = sorted(named, key=lambda one: not one.passage.is_past)
    past = _lighter(past, min(cap, most - rest()))
    history = _history(past, min(cap, int(most * HISTORY_SHARE)))
    for one in order:
        if (over := rest() + history.pieces - most) > 0 and one.rows:
            one.shrink_rows(over)
    if rest() + history.pieces > most:
        history = _history(past, min(cap, max(0, most - rest())))
    for one in order:
        if rest() > most and one.passage.is_past and one.passage.description is None:
            one.is_out = True
    for one in order:
        if rest() > most:
            one.has_statistics = False
    for one in order:
        if rest() > most and one.passage.is_past:
            one.is_out = True
    for one in order:
        while rest() > most and one.kept:
            one.kept -= max(1, one.kept // 8)
    if rest() > most:
        raise _refusal(rest(), named, room)
    return _history(past, min(cap, most - rest()))


def _refusal(pieces: int, named: list[_Named], room: Room) -> TooLarge:
    large = max((one for one in named if not one.is_out), key=_Named.pieces, default=None)
    tokens = room.rate.tokens(pieces)
    what = "The question has"
    if large is not None and large.pieces() > pieces // 4:
        what = f"The question and what it names ({large.passage.name}, above all) have"
    return TooLarge(
        f"{what} about {tokens:,} tokens, and {room.who} reads {room.tokens:,} beside its answer.",
        "Ask for less at once, name a part of it, or choose a model that reads more.",
    )


def _history(past: Sequence[Past], room: int) -> _History:
    """Keep the latest turns whole, older ones shortened, without a gap."""
    whole: list[Past] = []
    sizes = 0
    for pair in reversed(past):
        size = _size(pair)
        if sizes + size > room:
            break
        whole.insert(0, pair)
        sizes += size
    if len(whole) == len(past):
        return _History(pairs=tuple(whole), pieces=sizes)
    while len(whole) > 1 and sizes > room * WHOLE_SHARE:
        sizes -= _size(whole.pop(0))
    kept = list(whole)
    shortened = 0
    for pair in reversed(past[: len(past) - len(whole)]):
        short = shorter(pair)
        size = _size(short)
        if sizes + size > room:
            break
        kept.insert(0, short)
        sizes += size
        shortened += short != pair
    return _History(
        pairs=tuple(kept), pieces=sizes, left_out=len(past) - len(kept), shortened=shortened
    )


def _lighter(past: Sequence[Past], room: int) -> Sequence[Past]:
    """Leave out what tools gave, the oldest first, as far as there is no room for all turns."""
    found = list(past)
    size = sum(map(_size, found))
    for place, pair in enumerate(found):
        if size <= room:
            break
        if pair.calls:
            found[place] = replace(pair, calls=(), calls_left_out=len(pair.calls))
            size += _size(found[place]) - _size(pair)
    return found


def _answer(pair: Past) -> str:
    """Write an answer as it is said again: its words, then what it asked of tools.

    As text, not as turns of tools: a model that takes no tools, or others, reads it as well.
    """
    return "\n\n".join(filter(None, (pair.answer, _called(pair))))


def _called(pair: Past) -> str:
    return "\n\n".join((CALLED, *pair.calls)) if pair.calls else ""


def _size(pair: Past) -> int:
    size = 2 * measure.TURN + measure.pieces(pair.question) + measure.pieces(pair.answer)
    return size + (measure.pieces(_called(pair)) + 2 if pair.calls else 0)


def shorter(pair: Past) -> Past:
    """Keep the first sentences and the code blocks of a question and its answer."""
    return replace(pair, question=_short(pair.question), answer=_short(pair.answer))


def _short(text: str) -> str:
    blocks = blocks_of(text)
    first = next((one for one in blocks if not is_code(one)), "")
    ends = [found.end() for found in islice(_END.finditer(first[: 4 * SENTENCE_CHARACTERS]), 2)]
    begin = first[: ends[-1]].strip() if ends else first.strip()
    if len(begin) > SENTENCE_CHARACTERS:
        begin = begin[:SENTENCE_CHARACTERS].rsplit(" ", 1)[0].rstrip() + " …"
    short = GAP.join(filter(None, (begin, *filter(is_code, blocks))))
    return short if len(short) + len(GAP) < len(text) else text


def _is_long_read(passage: Passage) -> bool:
    """Whether it may be shortened between its paragraphs: it is Markdown of its own."""
    kinds = (SentPartKind.NOTEBOOK.value, SentPartKind.CONVERSATION.value)
    return passage.kind.value in kinds and not passage.language


# -- the receipt's parts ------------------------------------------------------------------------


def _system(
    instructions: Sequence[Instruction], named: list[_Named], parts: list[SentPart], rate: Rate
) -> str:
    """Write the first turn, and note where each part stands in it."""
    pieces = [
        (one.text, SentPart(kind=one.kind, name=one.name, tokens=0)) for one in instructions
    ] + [(one.text(), one.part()) for one in named if not one.is_out]
    at = 0
    for text, part in pieces:
        parts.append(
            replace(
                part, turn=0, at=at, length=_units(text), tokens=rate.tokens(measure.pieces(text))
            )
        )
        at += _units(text) + 2
    return "\n\n".join(text for text, _ in pieces)


def _part(kind: SentPartKind, name: str, text: str, turn: int, rate: Rate) -> SentPart:
    tokens = rate.tokens(measure.pieces(text))
    return SentPart(kind=kind, name=name, tokens=tokens, turn=turn, at=0, length=_units(text))


def _answer_parts(pair: Past, turn: int, rate: Rate) -> Iterable[SentPart]:
    if pair.answer or not pair.calls:
        yield _part(SentPartKind.HISTORY, Role.ASSISTANT.value, pair.answer, turn, rate)
    if pair.calls:
        part = _part(SentPartKind.CALLS, str(len(pair.calls)), _called(pair), turn, rate)
        yield replace(part, at=_units(pair.answer) + 2 if pair.answer else 0)


def _too_long(instructions: Sequence[Instruction]) -> Iterable[Cut]:
    for one in instructions:
        if one.left_out:
            yield Cut(kind=CutKind.INSTRUCTIONS, name=one.name, count=one.left_out)


def _cuts(named: list[_Named], history: _History, older: int) -> Iterable[Cut]:
    for one in named:
        yield from one.cuts()
    if history.left_out + older:
        yield Cut(kind=CutKind.TURNS, count=history.left_out + older)
    is_tight = [pair.calls_left_out for pair in history.pairs if not pair.calls_withheld]
    if sum(is_tight):
        yield Cut(kind=CutKind.CALLS, count=sum(is_tight))
    if history.shortened:
        yield Cut(kind=CutKind.SHORTENED, count=history.shortened)
    for pair in history.pairs:
        if pair.withheld:
            yield Cut(kind=CutKind.WITHHELD, name=", ".join(pair.withheld))
        if pair.calls_withheld:
            names = ", ".join(pair.calls_withheld)
            yield Cut(kind=CutKind.CALLS, name=names, count=pair.calls_left_out)


def _exposed(one: _Named) -> tuple[Exposure, ...]:
    description = one.passage.description
    if description is None:
        return one.passage.exposed
    return exposures([description.dataset])


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
