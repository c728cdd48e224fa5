"""Says what is in a training set: the file itself, and the card that goes with it. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence

from .records import (
    LeftOutReason,
    LeftOutRows,
    NamedCount,
    SetPart,
    TrainingCard,
    TrainingRow,
    TrainingSet,
)

SENTENCES = {
    LeftOutReason.PERSON: "taken out by hand",
    LeftOutReason.CUT: "stopped, cut or unfinished answers",
    LeftOutReason.FAILED: "failed answers",
    LeftOutReason.DISLIKED: "disliked answers",
    LeftOutReason.NO_MODEL: "answers of commands, which no model wrote",
    LeftOutReason.EMPTY: "empty questions or answers",
    LeftOutReason.ROLES: "rows whose roles do not alternate",
    LeftOutReason.TOO_LONG: "question and answer longer than the limit",
    LeftOutReason.SECRET: "rows with what looks like a secret",
    LeftOutReason.DUPLICATE: "said twice in the same words",
    LeftOutReason.NEAR_DUPLICATE: "said twice in nearly the same words",
}


def line(row: TrainingRow) -> str:
    """Write a row as one line of chat JSONL."""
    messages = [{"role": one.role, "content": one.content} for one in row.messages]
    return json.dumps({"messages": messages}, ensure_ascii=False)


def jsonl(rows: Iterable[TrainingRow], part: SetPart) -> str:
    """Write the rows of a part that are in the set."""
    chosen = (row for row in rows if row.reason is None and row.part is part)
    return "".join(line(row) + "\n" for row in chosen)


def make(rows: Sequence[TrainingRow]) -> TrainingCard:
    """NamedCount what is in a set and what is not."""
    kept = [row for row in rows if row.reason is None]
    train = [row for row in kept if row.part is SetPart.TRAIN]
    validation = [row for row in kept if row.part is SetPart.VALIDATION]
    reasons = Counter(row.reason for row in rows if row.reason is not None)
    return TrainingCard(
        train=len(train),
        validation=len(validation),
        conversations=len({row.conversation_id for row in kept}),
        train_tokens=sum(row.tokens for row in train),
        validation_tokens=sum(row.tokens for row in validation),
        longest_tokens=max((row.tokens for row in kept), default=0),
        languages=_counts(name for row in kept for name in row.languages),
        models=_counts(row.model for row in kept),
        datasets=_counts(name for row in kept for name in row.datasets),
        secrets=_counts(leak.partition(":")[0] for row in kept for leak in row.secrets),
        left_out=tuple(
            LeftOutRows(reason=reason, count=reasons[reason], sentence=sentence)
            for reason, sentence in SENTENCES.items()
            if reasons[reason]
        ),
        licences=tuple(_licences(kept)),
        first_at=min((row.at for row in kept), default=None),
        last_at=max((row.at for row in kept), default=None),
        digest=hashlib.sha256(jsonl(rows, SetPart.TRAIN).encode()).hexdigest() if train else "",
    )


def _counts(names: Iterable[str]) -> tuple[NamedCount, ...]:
    return tuple(NamedCount(name=name, count=count) for name, count in Counter(names).most_common())


def _licences(kept: Sequence[TrainingRow]) -> list[str]:
    """Say which rights to mind: of those who wrote the answers, and of the data in them."""
    said: list[str] = []
    remote = sorted({row.model for row in kept if not row.is_local})
    if remote:
        said.append(
            f"{', '.join(remote)} answered from elsewhere: read whether its provider's terms "
            "allow training on its answers."
        )
    local = sorted({row.model for row in kept if row.is_local})
    if local:
        said.append(
            f"{', '.join(local)} answered on this machine: mind the licence of those weights."
        )
    named = sorted({name for row in kept for name in row.datasets})
    if named:
        said.append(
            f"Rows speak of the data in {', '.join(named)}: an adapter may repeat what they say."
        )
    return said


def text(made: TrainingSet) -> str:
    """Write the card as Markdown, to go with the files."""
    card, rules = made.card, made.settings
    lines = [
        f"# {made.name}, version {made.version}",
        "",
        'Chat JSONL: one conversation a line, `{"messages": [{"role", "content"}, …]}`. The '
        "last message of a row is what is to be learned; the others are its context.",
        "",
        f"- {card.train:,} rows to train on (about {card.train_tokens:,} tokens), "
        f"{card.validation:,} kept back to measure with (about {card.validation_tokens:,}), "
        f"of {card.conversations:,} conversations; the longest row has about "
        f"{card.longest_tokens:,} tokens",
        f"- Split by conversation and question, seed {rules.seed}: no question is in both files",
    ]
    if card.first_at and card.last_at:
        lines.append(f"- Written from {card.first_at:%Y-%m-%d} to {card.last_at:%Y-%m-%d}")
    for label, counts in (
        ("Answers by", card.models),
        ("Languages of code", card.languages),
        ("Datasets named", card.datasets),
        ("Looked like secrets", card.secrets),
    ):
        if counts:
            listed = ", ".join(f"{one.name} ({one.count:,})" for one in counts)
            lines.append(f"- {label}: {listed}")
    lines.append(f"- What looked like a secret: {rules.secrets.value.replace('_', ' ')}")
    if card.digest:
        lines.append(f"- SHA-256 of train.jsonl: `{card.digest}`")
    if card.left_out:
        lines += ["", "## Left out", ""]
        lines += [f"- {one.sentence}: {one.count:,}" for one in card.left_out]
    if card.licences:
        lines += ["", "## Rights to mind", ""]
        lines += [f"- {sentence}" for sentence in card.licences]
    return "\n".join(lines) + "\n"
