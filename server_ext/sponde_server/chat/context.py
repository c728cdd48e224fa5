"""What a question names, as text: datasets, code, notebooks, files, conversations, passages.

Gathers, and does not decide what of it fits: the prompt orders and cuts. What vanished says so
where the question itself names it; what only earlier questions named is left out in silence.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sponde_server.core.errors import Invalid, NotFound, SpondeError, TooLarge

from . import files
from .commands import is_command
from .exposure import Outputs, Policies, of_quote, past
from .exposure import joined as exposures_joined
from .records import Exposure, Message, NamedBlock, Passage, Reference, ReferenceKind

if TYPE_CHECKING:
    from sponde_server.datasets.service import SpondeDatasets

MOST_REFERENCES = 50
TURN_CHARACTERS = 2_000
CONVERSATION_CHARACTERS = 24_000
PROSE = frozenset({"", "text", "markdown"})
"""Languages in which an error's message may stand as a person copied it."""

Key = tuple[ReferenceKind, str, str]


@dataclass(frozen=True)
class Sources:
    """Where the text of what is named comes from."""

    datasets: "SpondeDatasets"
    find_block: Callable[[str], Awaitable[NamedBlock | None]] | None
    transcript: Callable[[str], Awaitable[list[Message]]]
    root: Path | None
    """The folder that JupyterLab serves; None: no files are read."""
    describes_datasets: bool = True
    longest_file: int = 500_000
    """Most bytes of a file."""
    branch_of: Callable[[str], Awaitable[list[Message]]] | None = None
    """Gives a message and what it follows; empty where it is gone."""
    policies: Policies = field(default_factory=lambda: Policies((), is_local=False))
    """The datasets' policies of today, for the model that reads."""
    named: tuple[str, ...] = ()
    """The ids of the datasets that are named."""


async def gather(
    question: Message, branch: Sequence[Message], sources: Sources
) -> tuple[Passage, ...]:
    """Give what a question and those before it name, the first named first."""
    named: dict[Key, Reference] = {}
    for message in (*branch, question):
        # What was named again is what it was the last time.
        named |= {_key(reference): reference for reference in message.references}
    now = {_key(reference) for reference in question.references}
    datasets = [one.id for one in named.values() if one.kind is ReferenceKind.DATASET]
    sources = replace(sources, named=tuple(datasets))
    passages: list[Passage] = []
    for key, reference in named.items():
        try:
            passage = await _passage(reference, sources, is_past=key not in now)
        except SpondeError:
            # One that was only named earlier may be gone: the talk goes on without it.
            if key in now:
                raise
            continue
        passages += [passage] if passage else []
    return tuple(passages)


def joined(
    given: Sequence[Reference], named: Sequence[Reference], longest: int
) -> tuple[Reference, ...]:
    """Give what hangs on a question and what its text names, each once; refuse too much."""
    both = {_key(reference): reference for reference in (*named, *given)}
    if len(both) > MOST_REFERENCES:
        raise Invalid(
            f"The question names {len(both)} things; {MOST_REFERENCES} are allowed.",
            "Remove some of them.",
        )
    size = sum(len(reference.text) for reference in both.values())
    if size > longest:
        raise TooLarge(
            f"What hangs on the question has {size:,} characters; {longest:,} are allowed "
            "(SpondeChat.longest_question).",
            "Remove some of it, or name the file that it is in.",
        )
    return tuple(both.values())


async def _passage(reference: Reference, sources: Sources, *, is_past: bool) -> Passage | None:
    kind = reference.kind
    if kind is ReferenceKind.DATASET:
        if not sources.describes_datasets:
            return None
        description = await sources.datasets.policies.description(reference.id)
        made = _made(reference, "", description.text(), "", is_past)
        return replace(made, description=description)
    if kind is ReferenceKind.CODE_BLOCK:
        find = sources.find_block
        found = await find(reference.name) if find else None
        if found is None:
            raise NotFound(
                f"There is no code block '{reference.name}' any more.",
                "Name another one, or ask without it.",
            )
        return _made(reference, f"Code block `{found.name}`", found.code, found.language, is_past)
    if kind is ReferenceKind.CONVERSATION:
        text, withheld, exposed = await _talk(reference, sources)
        made = _made(reference, f"Earlier conversation “{reference.name}”", text, "", is_past)
        return replace(made, withheld=withheld, exposed=exposed)
    if kind in (ReferenceKind.FILE, ReferenceKind.NOTEBOOK) and not reference.text:
        return await _file(reference, sources, is_past=is_past)
    made = _made(reference, _title(reference), reference.text, reference.language, is_past)
    if kind is ReferenceKind.QUOTE:
        return await _quote(made, reference, sources)
    return _obeying(made, sources)


async def _quote(made: Passage, reference: Reference, sources: Sources) -> Passage:
    """Let a part of an answer be said where the answer itself may be."""
    message_id = reference.id.partition(":")[0]
    branch = await sources.branch_of(message_id) if sources.branch_of and message_id else []
    found = of_quote(branch, reference.text, sources.policies, is_command)
    if not found.withheld:
        return replace(made, exposed=found.exposed)
    return replace(
        made, text=found.answer, language="", withheld=found.withheld, exposed=found.exposed
    )


def _obeying(passage: Passage, sources: Sources) -> Passage:
    """Leave out what of cells' outputs and of errors datasets' policies keep back."""
    if passage.language not in PROSE:
        return passage
    policies = sources.policies
    cells = policies.of_outputs(passage.text) if not passage.language else Outputs(passage.text)
    errors = policies.of_errors(cells.text, sources.named)
    return replace(
        passage,
        text=errors.text,
        withheld=tuple(dict.fromkeys((*cells.withheld, *errors.withheld))),
        outputs_left_out=cells.left_out + errors.left_out,
        exposed=exposures_joined(cells.exposed, errors.exposed),
    )


async def _file(reference: Reference, sources: Sources, *, is_past: bool) -> Passage | None:
    """Read a file; one that is a dataset says only what its dataset may say."""
    path = reference.path or reference.id
    for dataset in await sources.datasets.list_all():
        if dataset.path == path.lstrip("/"):
            as_dataset = Reference(kind=ReferenceKind.DATASET, name=dataset.name, id=dataset.id)
            return await _passage(as_dataset, sources, is_past=is_past)
    if sources.root is None:
        return None
    text, language = await asyncio.to_thread(files.read, sources.root, path, sources.longest_file)
    made = _made(reference, _title(reference), text, language, is_past)
    return _obeying(made, sources)


async def _talk(
    reference: Reference, sources: Sources
) -> tuple[str, tuple[str, ...], tuple[Exposure, ...]]:
    """Give a conversation in short: its latest turns, each with its beginning.

    Also whose policies keep answers back, and what the others hold of datasets.
    """
    lines: list[str] = []
    room = CONVERSATION_CHARACTERS
    withheld: list[str] = []
    exposed: list[Exposure] = []
    branch = await sources.transcript(reference.id)
    for pair in reversed(past(branch, sources.policies, is_command)):
        texts = [_begun("Answer", pair.answer), _begun("Question", pair.question)]
        room -= sum(map(len, texts))
        if room < 0:
            lines.insert(0, "(What came before is left out.)")
            break
        for text in texts:
            lines.insert(0, text)
        withheld += pair.withheld
        exposed += pair.exposed
    return "\n\n".join(lines), tuple(dict.fromkeys(withheld)), exposures_joined(exposed)


def _begun(who: str, text: str) -> str:
    text = text.strip()
    if len(text) > TURN_CHARACTERS:
        text = f"{text[:TURN_CHARACTERS]} …"
    return f"{who}:\n\n{_quoted(text)}"


def _title(reference: Reference) -> str:
    name, path = reference.name, reference.path
    at = f" of `{path}`" if path else ""
    return {
        ReferenceKind.NOTEBOOK: f"Notebook `{path or reference.id}`",
        ReferenceKind.FILE: f"File `{path or reference.id}`",
        ReferenceKind.CELL: f"Cell `{name}`{at}",
        ReferenceKind.SELECTION: f"The selected part{at}",
        ReferenceKind.VARIABLE: f"Variable `{name}` in the kernel{at}",
        ReferenceKind.QUOTE: f"Quoted: {name}",
    }.get(reference.kind, name)


def _made(reference: Reference, title: str, text: str, language: str, is_past: bool) -> Passage:
    if reference.kind is ReferenceKind.QUOTE and not language:
        text = _quoted(text)
    return Passage(
        kind=reference.kind,
        name=reference.name,
        id=reference.id,
        title=title,
        text=text,
        language=language,
        is_past=is_past,
    )


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _key(reference: Reference) -> Key:
    kind = reference.kind
    # Two cells or passages may share a name, two notebooks a variable's.
    return (kind, reference.id or PurePosixPath(reference.path).name, reference.path)
