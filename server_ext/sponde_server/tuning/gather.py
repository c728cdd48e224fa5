"""Turns conversations into rows: each answer with what it was said in, or why it is left out.

Pure. Does not know other rows: duplicates and the split are found afterwards.
"""

import re
from collections.abc import Iterable, Sequence

from .leaks import find, mask
from .records import (
    Branch,
    LeftOutReason,
    Liking,
    Said,
    SecretRule,
    TrainingMessage,
    TrainingRow,
    TrainingSetSettings,
)

CHARACTERS_PER_TOKEN = 4
_FENCE = re.compile(r"^ {0,3}(?:```+|~~~+)[ \t]*([\w+#.-]+)", re.MULTILINE)
_ENDED = {"complete": None, "failed": LeftOutReason.FAILED}


def rows(
    branch: Branch, settings: TrainingSetSettings, *, only_liked: bool = False
) -> list[TrainingRow]:
    """Make a row of each answer of a branch, or only of the liked ones."""
    made: list[TrainingRow] = []
    earlier: list[tuple[Said, Said]] = []
    question: Said | None = None
    for message in branch.messages:
        if message.is_question:
            question = message
            continue
        if question is None:
            continue
        if not only_liked or message.rating is Liking.LIKED:
            made.append(_row(branch, earlier, question, message, settings))
        if _standing(question, message) is None:
            earlier.append((question, message))
        question = None
    return made


def tokens(messages: Iterable[TrainingMessage]) -> int:
    """Estimate how many tokens messages have."""
    return sum(-(-len(message.content) // CHARACTERS_PER_TOKEN) for message in messages)


def roles_fit(messages: Sequence[TrainingMessage]) -> bool:
    """Say whether the roles alternate: perhaps a system, then user and assistant in turn."""
    roles = [message.role for message in messages]
    if roles[:1] == ["system"]:
        roles = roles[1:]
    wanted = ["user", "assistant"] * (len(roles) // 2)
    return bool(roles) and roles == wanted


def _standing(question: Said, answer: Said) -> LeftOutReason | None:
    """Say why an answer is no example, by itself."""
    if not question.text.strip() or not answer.text.strip():
        return _ENDED.get(answer.status, LeftOutReason.CUT) or LeftOutReason.EMPTY
    if answer.status != "complete":
        return _ENDED.get(answer.status, LeftOutReason.CUT)
    if answer.rating is Liking.DISLIKED:
        return LeftOutReason.DISLIKED
    if not answer.model:
        return LeftOutReason.NO_MODEL
    return None


def _row(
    branch: Branch,
    earlier: Sequence[tuple[Said, Said]],
    question: Said,
    answer: Said,
    settings: TrainingSetSettings,
) -> TrainingRow:
    reason = _standing(question, answer)
    asked = [
        TrainingMessage(role="user", content=question.text.strip()),
        TrainingMessage(role="assistant", content=answer.text.strip()),
    ]
    if reason is None and tokens(asked) > settings.most_tokens:
        reason = LeftOutReason.TOO_LONG
    messages, kept = _with_context(earlier, question, asked, settings)
    found = [leak for message in messages for leak in find(message.content)]
    if found and settings.secrets is SecretRule.MASK:
        messages = [
            TrainingMessage(role=message.role, content=mask(message.content))
            for message in messages
        ]
    if reason is None and found and settings.secrets is SecretRule.LEAVE_OUT:
        reason = LeftOutReason.SECRET
    if reason is None and not roles_fit(messages):
        reason = LeftOutReason.ROLES
    named = [name for one in (*kept, question) for name in one.datasets]
    return TrainingRow(
        set_id="",
        version=0,
        position=0,
        messages=tuple(messages),
        conversation_id=branch.conversation_id,
        title=branch.title,
        message_id=answer.id,
        model=answer.model,
        is_local=answer.is_local,
        rating=answer.rating,
        tokens=tokens(messages),
        reason=reason,
        secrets=tuple(dict.fromkeys(f"{leak.kind}: {leak.hint}" for leak in found)),
        languages=tuple(dict.fromkeys(word.lower() for word in _FENCE.findall(answer.text))),
        datasets=tuple(dict.fromkeys(named)),
        at=answer.at,
    )


def _with_context(
    earlier: Sequence[tuple[Said, Said]],
    question: Said,
    asked: list[TrainingMessage],
    settings: TrainingSetSettings,
) -> tuple[list[TrainingMessage], list[Said]]:
    """Add as much of what came before as fits: the instructions first, then the latest turns."""
    room = settings.most_tokens - tokens(asked)
    head: list[TrainingMessage] = []
    if settings.keeps_system and question.system.strip():
        system = TrainingMessage(role="system", content=question.system.strip())
        if tokens([system]) <= room:
            head, room = [system], room - tokens([system])
    before: list[TrainingMessage] = []
    kept: list[Said] = []
    for past, said in reversed(earlier[-settings.earlier :] if settings.earlier else []):
        pair = [
            TrainingMessage(role="user", content=past.text.strip()),
            TrainingMessage(role="assistant", content=said.text.strip()),
        ]
        room -= tokens(pair)
        if room < 0:
            break
        before[:0] = pair
        kept.append(past)
    return [*head, *before, *asked], kept
