"""Conversations to make rows of."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sponde_server.tuning.records import Branch, Said

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def talk() -> Callable[..., Branch]:
    """Make a branch of questions and answers; an answer may be a text or the fields of one."""

    def make(name: str, *pairs: tuple[str, str | dict[str, Any]]) -> Branch:
        said: list[Said] = []
        for number, (question, answer) in enumerate(pairs):
            at = BEGAN + timedelta(minutes=number)
            fields = {"text": answer} if isinstance(answer, str) else answer
            extra = fields.pop("question", {}) if isinstance(answer, dict) else {}
            said.append(
                Said(id=f"{name}-q{number}", is_question=True, text=question, at=at, **extra)
            )
            answered = {"model": "tiny", "at": at, **fields}
            said.append(Said(id=f"{name}-a{number}", is_question=False, **answered))
        return Branch(conversation_id=name, title=f"About {name}", messages=tuple(said))

    return make
