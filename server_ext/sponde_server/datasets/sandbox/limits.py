"""What one piece of work in a child may take, as SpondeDatasets is set."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of queries and profiles."""

    memory: int
    """Bytes of memory of one child."""
    query_seconds: float
    """How long one query may take."""
    profile_seconds: float
    """How long profiling one file may take."""
    unpacked: int
    """Bytes that a packed file may unpack to."""
    rows: int
    """Rows of one answer."""
