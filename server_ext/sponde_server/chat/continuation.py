"""What a model reads to go on with the code in a cell, and where what it wrote sensibly ends.

Pure. A model that was trained to fill a gap is given what stands before and behind it; any other
is asked in words. Does not know who answers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sponde_server.models.records import Role, Turn

from .blocks import fenced

MARK = "<CURSOR>"
INSTRUCTIONS = (
    f"You go on with the code in a notebook cell at {MARK}. Answer with nothing but the text that "
    f"belongs there: no explanation, no fence, nothing that stands before or behind {MARK} "
    "already. Only what is surely meant, a few lines at most; nothing where nothing is missing."
)
_FENCE = re.compile(r"\A\s*(`{3,}|~{3,})[^\n]*\n(.*?)(?:\n\1[^\n]*\Z|\Z)", re.DOTALL)
_COMMENT = {"sql": "--", "javascript": "//", "java": "//", "c": "//", "rust": "//", "lua": "--"}


class Way(StrEnum):
    """How a model is asked."""

    SUFFIX = "suffix"
    """/completions with what stands behind beside the prompt."""
    MARKED = "marked"
    """/completions with the model's own marks of the gap in the prompt."""
    CHAT = "chat"
    """In words."""


@dataclass(frozen=True)
class Family:
    """Models that were trained to fill a gap, and how they want it marked."""

    names: re.Pattern[str]
    form: str
    stops: tuple[str, ...]


_QWEN = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|endoftext|>", "<|file_sep|>")
_STAR = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<|endoftext|>")
_DEEP = ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>")
FAMILIES = (
    Family(
        re.compile(r"qwen[\d.]*-?coder|codeqwen|codegemma", re.IGNORECASE),
        "<|fim_prefix|>{before}<|fim_suffix|>{after}<|fim_middle|>",
        _QWEN,
    ),
    Family(
        re.compile(r"star-?coder|santacoder|granite.*(code|fim)|stable-code", re.IGNORECASE),
        "<fim_prefix>{before}<fim_suffix>{after}<fim_middle>",
        _STAR,
    ),
    Family(
        re.compile(r"deepseek-coder|deepseek-v2", re.IGNORECASE),
        "<｜fim▁begin｜>{before}<｜fim▁hole｜>{after}<｜fim▁end｜>",
        _DEEP,
    ),
    Family(
        re.compile(r"code-?llama", re.IGNORECASE),
        "<PRE> {before} <SUF>{after} <MID>",
        ("<PRE>", "<SUF>", "<MID>", "<EOT>"),
    ),
    Family(
        re.compile(r"codestral", re.IGNORECASE),
        "[SUFFIX]{after}[PREFIX]{before}",
        ("[PREFIX]", "[SUFFIX]"),
    ),
)


def family_of(model: str) -> Family | None:
    """Find how a model wants a gap marked; None where it was not trained to fill one."""
    return next((family for family in FAMILIES if family.names.search(model)), None)


def ways(model: str, *, is_ours: bool) -> tuple[Way, ...]:
    """Name the ways to ask a model, the best first; vLLM, which we run, takes no suffix."""
    if family_of(model) is None:
        return (Way.CHAT,)
    return (Way.MARKED, Way.CHAT) if is_ours else (Way.SUFFIX, Way.MARKED, Way.CHAT)


def bounded(text: str, room: int, *, is_end: bool) -> str:
    """Keep the end of a text, or its beginning, in whole lines where there is more than one."""
    if len(text) <= room:
        return text
    if is_end:
        kept = text[len(text) - room :]
        return kept.partition("\n")[2] if "\n" in kept else kept
    kept = text[:room]
    return kept.rpartition("\n")[0] if "\n" in kept else kept


def above(cells: Iterable[str], room: int) -> str:
    """Join the cells above, as many of the nearest as there is room for."""
    kept: list[str] = []
    for cell in reversed([cell.strip() for cell in cells]):
        if not cell:
            continue
        room -= len(cell) + 2
        if room < 0:
            break
        kept.insert(0, cell)
    return "\n\n".join(kept)


def prompt_of(
    family: Family, way: Way, said: str, before: str, after: str, language: str
) -> dict[str, str]:
    """Write the body of a request to /completions."""
    mark = _COMMENT.get(language, "#")
    notes = "".join(f"{mark} {line}\n" for line in said.splitlines() if line.strip())
    # What would be read as a mark must not come from the cell.
    clean = re.compile("|".join(re.escape(stop) for stop in family.stops))
    before, after = clean.sub("", notes + before), clean.sub("", after)
    if way is Way.SUFFIX:
        return {"prompt": before, "suffix": after}
    return {"prompt": family.form.replace("{after}", after).replace("{before}", before)}


def turns_of(said: str, cells: str, before: str, after: str, language: str) -> tuple[Turn, ...]:
    """Ask in words."""
    parts = [said.strip()] if said.strip() else []
    if cells:
        parts.append(f"The cells above:\n\n{fenced(cells, language)}")
    parts.append(f"The cell:\n\n{fenced(before + MARK + after, language)}")
    return (
        Turn(role=Role.SYSTEM, content=INSTRUCTIONS),
        Turn(role=Role.USER, content="\n\n".join(parts)),
    )


def is_enough(text: str, before: str, after: str, lines: int) -> bool:
    """Tell whether what came already holds the end."""
    body = unfenced(text)
    return body.count("\n") > lines or (is_inside(after) and "\n" in body.lstrip("\n"))


def is_inside(after: str) -> bool:
    """Tell whether the cursor stands in the middle of a line."""
    return bool(after.partition("\n")[0].strip(" \t)]}:,;\"'"))


def ended(text: str, before: str, after: str, lines: int, *, is_cut: bool = False) -> str:
    """Give what goes into the cell: no fence, nothing that stands there already, a sensible end."""
    body = unfenced(text).replace("\r\n", "\n").replace("\r", "\n")
    body = body.replace(MARK, "")
    body = _without_beginning(body, before)
    kept = body.split("\n")
    if is_inside(after):
        kept = kept[:1]
    elif is_cut and len(kept) > 1:
        kept.pop()  # half a line helps nobody
    kept = _one_piece(kept, before)[:lines]
    while kept and not kept[-1].strip():
        kept.pop()
    return _without_end("\n".join(kept), after)


def unfenced(text: str) -> str:
    """Take code out of the fence that it came in."""
    found = _FENCE.match(text)
    return found[2] if found else text


def _without_beginning(body: str, before: str) -> str:
    """Take off what the model repeated of the text before the cursor."""
    line = before.rpartition("\n")[2]
    for repeated in (before, before.lstrip("\n"), line, line.lstrip()):
        if repeated.strip() and body.startswith(repeated):
            return body[len(repeated) :]
    if not line.strip():
        # The cell's indentation stands there already.
        return body[len(line) :] if line and body.startswith(line) else body
    return body


def _without_end(body: str, after: str) -> str:
    """Take off what the model repeated of the text behind the cursor."""
    for behind in (after.strip(), after.partition("\n")[0].strip()):
        for size in range(min(len(body), len(behind)), 0, -1):
            if len(behind[:size].strip()) > 0 and body.endswith(behind[:size]):
                whole = size == len(behind) or size > 8
                if whole:
                    return body[: len(body) - size].rstrip("\n")
                break
    return body


def _one_piece(lines: list[str], before: str) -> list[str]:
    """End at an empty line, unless what follows still belongs to the block that was begun."""
    line = before.rpartition("\n")[2]
    own = len(line) - len(line.lstrip())
    for at, text in enumerate(lines[1:], 1):
        if text.strip():
            continue
        following = next((more for more in lines[at:] if more.strip()), "")
        if len(following) - len(following.lstrip()) <= own and any(
            one.strip() for one in lines[:at]
        ):
            return lines[:at]
    return lines
