"""What a model reads: a few instructions, what the person named, and the conversation so far.

Pure. The turns made here are what is sent, word by word; the receipt shows the same tuple.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from sponde_server.models.records import Role, Turn

from .records import Message, NamedBlock

INSTRUCTIONS = (
    "You help a person analyse data in JupyterLab. Answer in Markdown. Put code into fenced "
    "blocks that name their language. Cells run in Python with pandas and matplotlib; a dataset "
    'is read by its name: `import sponde` and `sponde.dataset("name").df()` gives a DataFrame.'
)
CHARACTERS_PER_TOKEN = 4


def build(
    branch: Sequence[Message],
    question: Message,
    datasets: Iterable[str] = (),
    blocks: Iterable[NamedBlock] = (),
    history_tokens: int = 8000,
) -> tuple[Turn, ...]:
    """Make the turns for a question that follows `branch` (oldest first)."""
    parts = [INSTRUCTIONS]
    parts += [description.strip() for description in datasets]
    parts += [
        f"Code block `{block.name}`:\n\n{fenced(block.code, block.language)}" for block in blocks
    ]
    past = _recent(_pairs(branch), history_tokens * CHARACTERS_PER_TOKEN)
    return (
        Turn(role=Role.SYSTEM, content="\n\n".join(parts)),
        *past,
        Turn(role=Role.USER, content=question.text),
    )


def tokens(turns: Iterable[Turn]) -> int:
    """Estimate how many tokens turns have."""
    return sum(-(-len(turn.content) // CHARACTERS_PER_TOKEN) for turn in turns)


def fenced(code: str, language: str) -> str:
    """Put code between fences that are longer than any inside it."""
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}{language}\n{code}\n{fence}"


def _pairs(branch: Sequence[Message]) -> list[tuple[Turn, Turn]]:
    """Give the questions that were answered, with their answers: turns must alternate."""
    pairs: list[tuple[Turn, Turn]] = []
    for before, after in pairwise(branch):
        if before.role is Role.USER and after.role is Role.ASSISTANT and after.text.strip():
            pairs.append(
                (
                    Turn(role=Role.USER, content=before.text),
                    Turn(role=Role.ASSISTANT, content=after.text),
                )
            )
    return pairs


def _recent(pairs: list[tuple[Turn, Turn]], characters: int) -> list[Turn]:
    """Keep as many of the latest pairs as fit, without a gap."""
    kept: list[Turn] = []
    for asked, answered in reversed(pairs):
        characters -= len(asked.content) + len(answered.content)
        if characters < 0:
            break
        kept[:0] = [asked, answered]
    return kept
