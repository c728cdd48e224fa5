"""What earlier messages may say again: what came from a dataset obeys its policy as it is today.

An answer knows which policies stood behind it (`Sent.exposed`): its own passages', and those of
whatever earlier answers it could read. Where one of them has become stricter since, the answer is
left out and a sentence stands in its place. What a command said of a dataset is let through where
the policy lets that kind of content through. Pure.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sponde_server.datasets.policies.describe import RANKS, allows, strictest
from sponde_server.datasets.policies.sift import masked
from sponde_server.datasets.records import Dataset, Policy
from sponde_server.tools.records import ToolCall, ToolPlace

from .blocks import blocks_of, fenced, is_code
from .records import Exposure, Message, MessageStatus, Reference, ReferenceKind

NEEDS: Mapping[str, Policy | None] = {
    "help": None,
    "profile": Policy.STATISTICS,
    "plot": Policy.STATISTICS,
    "sql": Policy.STATISTICS,
    "clean": Policy.STATISTICS,
    "join": Policy.STATISTICS,
    "compare": Policy.STATISTICS,
}
"""What the text of a command's answer holds; of others it may be anything."""
NAMING = frozenset({"join", "compare"})
"""Commands whose code holds columns' names and nothing else of a dataset."""
_COUNTED = re.compile(r"^ *validate=.*\n|^# A missing key.*\n.*\.dropna\(.*\n", re.MULTILINE)
"""What of that code says more: whether a key is there twice, or missing."""
WHOLE = frozenset({MessageStatus.COMPLETE, MessageStatus.TRUNCATED})
"""How an answer ends after a request, never amid its calls."""
LISTING = "list_datasets"
"""The tool that tells how many rows datasets have."""
CALLS = 8
"""So many calls of an answer are said again at most."""
ASKED_CHARACTERS = 400
"""So much of what a tool was asked."""
READ_CHARACTERS = 800
"""So much of what it gave."""
_ADDRESS = re.compile(r"\]\([^()\n]*\)")
_ERROR = re.compile(r"\w*(?:Error|Exception|Interrupt|Exit)\b: ?")
_RAISED = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception)\b: ?\S")
"""A line that says what went wrong, wherever a person has copied it to."""
_WORD = re.compile(r"\w+")
_SUCH_AS = re.compile(r", such as '[\s\S]{0,42}'\.(?=\n|$)")


@dataclass(frozen=True)
class Past:
    """A question that was answered, as it may be said again."""

    question: str
    """What was asked."""
    answer: str
    """What may be said of the answer."""
    withheld: tuple[str, ...] = ()
    """The datasets whose policies keep the answer back."""
    exposed: tuple[Exposure, ...] = ()
    """What the answer may hold of datasets."""
    calls: tuple[str, ...] = ()
    """The tools that it called, each in short: what was asked, and what its model read."""
    calls_left_out: int = 0
    """How many of them there is no space for, or a policy keeps back."""
    calls_withheld: tuple[str, ...] = ()
    """The datasets whose policies keep them back."""


class Policies:
    """The datasets' policies of today, for one who reads."""

    def __init__(self, datasets: Sequence[Dataset], *, is_local: bool) -> None:
        self._by_id = {one.id: one for one in datasets}
        self._by_word: dict[str, list[Dataset]] = {}
        for one in datasets:
            self._by_word.setdefault(one.name.casefold(), []).append(one)
        self._is_local = is_local

    def mentioned(self, text: str) -> list[Dataset]:
        """Give the datasets that a text names, by name or by file."""
        words = {word.casefold() for word in _WORD.findall(text)}
        found = [one for word in words for one in self._by_word.get(word, ())]
        found += [one for one in self._by_id.values() if _file(one.path) in text]
        return sorted({one.id: one for one in found}.values(), key=lambda one: one.id)

    def of_command(self, question: Message, answer: Message) -> Past:
        """Say what may be said of a command's answer, and what that holds."""
        name = question.text[1:].split(maxsplit=1)[0].lower() if len(question.text) > 1 else ""
        need = NEEDS.get(name, Policy.EVERYTHING)
        if need is None:
            return Past(question=question.text, answer=answer.text)
        meant = self._meant(question)
        if allows(strictest([one.policy for one in meant]), need):
            is_cut = need is Policy.STATISTICS
            text = _SUCH_AS.sub(".", answer.text) if is_cut else answer.text
            return Past(question=question.text, answer=text, exposed=_as(need, meant))
        names = tuple(one.name for one in meant if not allows(one.policy, need))
        code = [_COUNTED.sub("", one) for one in blocks_of(answer.text) if is_code(one)]
        kept = code if name in NAMING else []
        return Past(
            question=question.text,
            answer="\n\n".join((stands_for(names), *kept)),
            withheld=names,
            exposed=_as(Policy.SCHEMA, meant) if kept else (),
        )

    def _meant(self, question: Message) -> list[Dataset]:
        """Give the datasets that a command is about; where it names none it may be any."""
        named = {one.id for one in self.mentioned(question.text)}
        named |= {one.id for one in question.references if one.kind is ReferenceKind.DATASET}
        return [self._by_id[one] for one in named if one in self._by_id] or [*self._by_id.values()]

    def against(self, exposed: Iterable[Exposure]) -> tuple[str, ...]:
        """Name the datasets whose policies withhold today what was exposed then."""
        return tuple(dict.fromkeys(one.name for one in exposed if not self._lets(one)))

    def _lets(self, exposure: Exposure) -> bool:
        if exposure.is_local_only and self._is_local:
            return True
        today = self._by_id.get(exposure.dataset_id)
        if today is None:
            return exposure.policy is Policy.SCHEMA
        if exposure.policy is Policy.ROWS and today.policy is Policy.ROWS:
            return exposure.rows <= today.policy_rows
        return allows(today.policy, exposure.policy)

    def of_calls(
        self, answer: Message, named: Iterable[Reference], *, was_local: bool
    ) -> tuple[Exposure, ...]:
        """Say what the tools that an answer called have shown its model of datasets."""
        found: dict[str, Dataset] = {}
        seen: dict[str, Dataset] = {}
        listed: list[Dataset] = []
        for call in answer.calls:
            if call.result is None:
                continue
            found |= {one.id: one for one in self.mentioned(str(call.arguments))}
            if call.tool == LISTING:
                listed += self.mentioned(call.result.text)
            if call.place is ToolPlace.TAB:
                # A kernel's variables do not say which file they came from.
                ids = [one.id for one in named if one.kind is ReferenceKind.DATASET]
                seen |= {one: self._by_id[one] for one in ids if one in self._by_id}
                seen |= found
        counts = tuple(
            Exposure(dataset_id=one.id, name=one.name, policy=Policy.STATISTICS)
            for one in listed
            if allows(one.policy, Policy.STATISTICS)
        )
        if was_local:
            return joined(counts, _all({**found, **seen}.values(), is_local_only=True))
        return joined(counts, exposures(found.values()), _all(seen.values(), is_local_only=False))

    def of_named(
        self, named: Iterable[Reference], meant: Iterable[Dataset]
    ) -> tuple[Exposure, ...]:
        """Say that rows of datasets that are named, or meant, were shown to the person."""
        ids = [one.id for one in named if one.kind is ReferenceKind.DATASET]
        found = {one.id: one for one in meant}
        found |= {one: self._by_id[one] for one in ids if one in self._by_id}
        return _all(found.values(), is_local_only=True)

    def of_outputs(self, text: str) -> "Outputs":
        """Say what may be said of cells with outputs: those of code that names a dataset obey it.

        A model of this machine reads them. One elsewhere reads no output where a policy lets no
        row through, but for the kind of an error and what of its message the code holds itself.
        """
        meant = self.mentioned(text) if "\nOutput:\n" in f"\n{text}" else []
        if not meant:
            return Outputs(text=text)
        if self._is_local:
            return Outputs(text=text, exposed=_all(meant, is_local_only=True))
        strict = tuple(one.name for one in meant if not allows(one.policy, Policy.ROWS))
        if not strict:
            return Outputs(text=text, exposed=exposures(meant))
        blocks = blocks_of(text)
        source = "\n".join(one for place, one in enumerate(blocks) if not _is_output(blocks, place))
        count = 0
        for place in range(len(blocks)):
            if _is_output(blocks, place):
                count += 1
                blocks[place] = _errors(blocks[place], source) or (
                    f"(left out: the policy of {', '.join(strict[:5])})"
                )
        return Outputs(
            text="\n\n".join(blocks), withheld=strict, left_out=count, exposed=exposures(meant)
        )

    def of_errors(self, text: str, named: Iterable[str] = ()) -> "Outputs":
        """Say what may be said of errors that a person copied: their messages may quote values.

        They are of a dataset that the text names, or of one that was `named` (by its id).
        """
        lines = text.split("\n")
        places = _raised(lines)
        if not places:
            return Outputs(text=text)
        found = {one.id: one for one in self.mentioned(text)}
        found |= {one: self._by_id[one] for one in named if one in self._by_id}
        meant = tuple(found.values())
        if self._is_local:
            return Outputs(text=text, exposed=_all(meant, is_local_only=True))
        strict = tuple(one.name for one in meant if not allows(one.policy, Policy.ROWS))
        if not strict:
            return Outputs(text=text, exposed=exposures(meant))
        source = "\n".join(line for at, line in enumerate(lines) if at not in places)
        told = [masked(one, source) if at in places else one for at, one in enumerate(lines)]
        count = sum(one != other for one, other in zip(told, lines, strict=True))
        return Outputs(
            text="\n".join(told),
            withheld=strict if count else (),
            left_out=count,
            exposed=exposures(meant),
        )


@dataclass(frozen=True)
class Outputs:
    """Cells with what may be said of their outputs."""

    text: str
    """The cells."""
    withheld: tuple[str, ...] = ()
    """The datasets whose policies keep outputs back."""
    left_out: int = 0
    """How many outputs."""
    exposed: tuple[Exposure, ...] = ()
    """What is left may hold of datasets."""


def _is_output(blocks: Sequence[str], place: int) -> bool:
    return place > 0 and blocks[place - 1].strip() == "Output:" and is_code(blocks[place])


def _errors(block: str, source: str) -> str:
    """Keep an error's kind, and of its message what stands in the code; values are masked."""
    lines = [line for line in block.split("\n")[1:-1] if _ERROR.match(line)]
    return masked("\n".join(lines), source)


def _raised(lines: Sequence[str]) -> set[int]:
    """Find the lines of errors' messages, each to its paragraph's end."""
    found: set[int] = set()
    for at, line in enumerate(lines):
        is_going_on = at - 1 in found and line.strip() and not line.startswith(("```", "~~~"))
        if _RAISED.match(line.lstrip(" >")) or is_going_on:
            found.add(at)
    return found


def _all(datasets: Iterable[Dataset], *, is_local_only: bool) -> tuple[Exposure, ...]:
    return tuple(
        Exposure(
            dataset_id=one.id,
            name=one.name,
            policy=Policy.EVERYTHING,
            rows=one.policy_rows,
            is_local_only=is_local_only,
        )
        for one in datasets
    )


def _as(content: Policy, datasets: Iterable[Dataset]) -> tuple[Exposure, ...]:
    return tuple(
        Exposure(dataset_id=one.id, name=one.name, policy=content, rows=one.policy_rows)
        for one in datasets
    )


def exposures(datasets: Iterable[Dataset]) -> tuple[Exposure, ...]:
    """Say what datasets let through today."""
    return tuple(
        Exposure(dataset_id=one.id, name=one.name, policy=one.policy, rows=one.policy_rows)
        for one in datasets
    )


def joined(*groups: Iterable[Exposure]) -> tuple[Exposure, ...]:
    """Put exposures together: of each dataset the one that says most."""
    found: dict[tuple[str, bool], Exposure] = {}
    for one in (one for group in groups for one in group):
        key = (one.dataset_id, one.is_local_only)
        known = found.get(key)
        if known is None or (RANKS[one.policy], one.rows) > (RANKS[known.policy], known.rows):
            found[key] = one
    return tuple(found.values())


def past(
    branch: Sequence[Message], policies: Policies, is_command: Callable[[str], bool]
) -> list[Past]:
    """Give the questions that were answered, each answer as far as policies let it be said."""
    found: list[Past] = []
    named: dict[str, Reference] = {}
    for place, question in enumerate(branch[:-1]):
        named |= {one.id: one for one in question.references}
        answer = branch[place + 1]
        if question.role.value != "user" or answer.role.value != "assistant":
            continue
        if not answer.text.strip() and not answer.calls:
            continue
        found.append(_past(question, answer, named, policies, is_command))
    return found


def _past(
    question: Message,
    answer: Message,
    named: Mapping[str, Reference],
    policies: Policies,
    is_command: Callable[[str], bool],
) -> Past:
    if is_command(question.text):
        return policies.of_command(question, answer)
    exposed = exposed_by(answer, named.values(), policies)
    names = policies.against(exposed)
    if names:
        return Past(question=question.text, answer=stands_for(names), withheld=names)
    held = _held_calls(answer, named.values(), policies)
    return Past(
        question=question.text,
        answer=answer.text,
        exposed=exposed,
        calls=() if held else called(answer.calls),
        calls_left_out=len(answer.calls) if held else 0,
        calls_withheld=held,
    )


def of_quote(
    branch: Sequence[Message], text: str, policies: Policies, is_command: Callable[[str], bool]
) -> Past:
    """Say whether a part of the answer that ends a branch may be said again.

    What stands in the answer's own words goes where those go. Anything else that was selected in
    it was shown to the person only: rows in a table, what a tool gave.
    """
    answer = branch[-1] if branch else None
    if answer is None or answer.role.value != "assistant":
        # Gone, or from elsewhere: what it may hold is what it names.
        exposed = _all(policies.mentioned(text), is_local_only=True)
        return _as_past(text, exposed, policies.against(exposed))
    question = branch[-2] if len(branch) > 1 else answer
    known = past(branch, policies, is_command)
    pair = known[-1] if known else Past(question="", answer="")
    if pair.withheld:
        return pair
    if _letters(text) in _letters(pair.answer):
        return pair
    named = [one for message in branch for one in message.references]
    meant = policies.mentioned(f"{text}\n{question.text}\n{answer.text}")
    shown = policies.of_named(named, meant)
    exposed = joined(pair.exposed, policies.of_calls(answer, named, was_local=True), shown)
    return _as_past(text, exposed, policies.against(exposed))


def _as_past(text: str, exposed: tuple[Exposure, ...], names: tuple[str, ...]) -> Past:
    if names:
        return Past(question="", answer=stands_for(names), withheld=names)
    return Past(question="", answer=text, exposed=exposed)


def _letters(text: str) -> str:
    """Give what of Markdown is read: letters and digits, without the addresses of links."""
    return re.sub(r"[\W_]+", "", _ADDRESS.sub("]", text)).casefold()


def _held_calls(answer: Message, named: Iterable[Reference], policies: Policies) -> tuple[str, ...]:
    """Name the datasets whose policies keep back what tools gave for an answer that may be said.

    What stood behind a result is noted with the request that sent it on. An answer that ended
    amid its calls has results that no request sent: they may hold anything of a dataset.
    """
    is_noted = answer.receipt is not None and answer.receipt.exposed is not None
    if is_noted and answer.status in WHOLE and not answer.continues_id:
        return ()
    return policies.against(policies.of_calls(answer, named, was_local=True))


def exposed_by(
    answer: Message, named: Iterable[Reference], policies: Policies
) -> tuple[Exposure, ...]:
    """Say what an answer may hold of datasets."""
    was_local = answer.receipt is not None and answer.receipt.is_local
    of_calls = policies.of_calls(answer, named, was_local=True) if was_local else ()
    if answer.receipt is not None and answer.receipt.exposed is not None:
        return joined(answer.receipt.exposed, of_calls)
    # From before this was kept: statistics were what a model read.
    then = [
        Exposure(dataset_id=one.id, name=one.name, policy=Policy.STATISTICS)
        for one in named
        if one.kind is ReferenceKind.DATASET
    ]
    return joined(then, of_calls)


def stands_for(names: Sequence[str]) -> str:
    """Write what stands in the place of an answer that is kept back."""
    shown = ", ".join(names[:5])
    return f"(This answer is left out: the policy of {shown} does not let its contents be sent.)"


def called(calls: Sequence[ToolCall]) -> tuple[str, ...]:
    """Write calls in short: the tool, what it was asked, what its model read."""
    found = [_called(call) for call in calls[:CALLS]]
    if len(calls) > CALLS:
        found.append(f"({len(calls) - CALLS} more calls are left out.)")
    return tuple(found)


def _called(call: ToolCall) -> str:
    asked = _cut(json.dumps(call.arguments, ensure_ascii=False), ASKED_CHARACTERS)
    read = _cut(call.result.text.strip() if call.result else "", READ_CHARACTERS)
    return f"{call.tool} {asked} ({call.status.value}):\n{fenced(read or '(nothing)', 'text')}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} …"


def _file(path: str) -> str:
    return path.rpartition("/")[2] or path
