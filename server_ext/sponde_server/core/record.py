"""What every stored, sent or told value is made of: a frozen record, an id, a time."""

import os
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


# Read by core/wire.py for every record; a plain dict, so that records never import pydantic.
AT_THE_EDGE: dict[str, Any] = {"extra": "forbid"}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """Make a frozen, keyword-only dataclass whose unknown fields are refused at the edge."""
    made = dataclass(frozen=True, kw_only=True, slots=True)(cls)
    made.__pydantic_config__ = AT_THE_EDGE  # type: ignore[attr-defined]
    return made


_last_lock = threading.Lock()
_last_stamp = 0


def new_id() -> str:
    """Make a uuid7 (RFC 9562): ids made later in this process sort later."""
    global _last_stamp
    with _last_lock:
        # 48 bits of milliseconds and 12 bits of a fraction of one, never twice the same.
        stamp = max(time.time_ns() * 4096 // 1_000_000, _last_stamp + 1)
        _last_stamp = stamp
    milliseconds, fraction = divmod(stamp, 4096)
    tail = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return str(uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail))


def now() -> datetime:
    """Give the present moment, in UTC."""
    return datetime.now(UTC)
