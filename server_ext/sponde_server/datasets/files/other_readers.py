"""Readers that other packages bring, found by the entry point `sponde.readers` (docs/readers.md).

A reader has `extensions` and `to_parquet(source, target)`. It is imported and run in the sandbox's
child only: the server knows no more than its name and its extensions.
"""

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol

from sponde_server.core.errors import Invalid, SpondeError

GROUP = "sponde.readers"


class Reader(Protocol):
    """What an entry point of the group gives."""

    extensions: tuple[str, ...]
    """Endings of the files that it reads, such as '.dbf'."""

    def to_parquet(self, source: Path, target: Path) -> None:
        """Write the table in `source`, which stays as it is, to `target` as Parquet."""


def are_there() -> bool:
    """Say whether any package brings a reader; imports none."""
    return bool(entry_points(group=GROUP))


def list_all() -> list[dict[str, Any]]:
    """Give every reader's name and extensions; why one cannot be used in its `trouble`."""
    found: list[dict[str, Any]] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            extensions = [_cleaned(one) for one in _load(entry).extensions]
            found.append({"name": entry.name, "extensions": extensions, "trouble": ""})
        except SpondeError as error:
            found.append({"name": entry.name, "extensions": [], "trouble": error.message})
    return found


def find(suffix: str) -> str:
    """Name the reader of files that end so; empty where there is none."""
    for one in list_all():
        if suffix.lower() in one["extensions"]:
            return str(one["name"])
    return ""


def to_parquet(reader: str, source: Path, target: Path, name: str) -> None:
    """Let a reader write the file as Parquet."""
    entry = next(one for one in entry_points(group=GROUP) if one.name == reader)
    try:
        _load(entry).to_parquet(source, target)
    except (SpondeError, MemoryError):
        raise
    except Exception as error:
        said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise Invalid(
            f"The reader '{reader}' cannot read '{name}': {said}",
            f"Check the file; if it is whole, tell the makers of {_package(entry)}.",
        ) from error
    if not target.is_file():
        raise Invalid(
            f"The reader '{reader}' has written nothing for '{name}'.",
            f"Tell the makers of {_package(entry)}: to_parquet(source, target) writes the target.",
        )


def _load(entry: EntryPoint) -> Any:
    try:
        reader = entry.load()
        if isinstance(reader, type):
            reader = reader()
        list(map(_cleaned, reader.extensions))
        assert callable(reader.to_parquet)
    except Exception as error:
        raise Invalid(
            f"The reader '{entry.name}' of {_package(entry)} cannot be used: "
            f"{type(error).__name__}: {str(error)[:200]}",
            "Install it again, or remove it.",
        ) from error
    return reader


def _cleaned(extension: str) -> str:
    return f".{extension.lower().lstrip('.')}"


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "its package"
