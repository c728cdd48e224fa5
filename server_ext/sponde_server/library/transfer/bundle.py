"""A bundle: blocks as one JSON file that is written and read a block at a time.

Reading takes any JSON of ours or of strangers: what is wrong with a block is told of that block,
and the others are read on. Pure; nothing that is read is run.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from sponde_server.core.errors import Invalid, SpondeError
from sponde_server.core.wire import convert

from .records import BundleBlock

FORMAT = "sponde-blocks"
VERSION = 1
_SPACE = re.compile(r"[ \t\r\n]*")
_FIELDS = frozenset(one.name for one in fields(BundleBlock))
_MOST_LINE = 10_000_000


@dataclass(frozen=True)
class Piece:
    """What was read at one place: a block, or why there is none."""

    block: BundleBlock | None
    name: str = ""
    place: str = ""
    note: str = ""


@dataclass(frozen=True)
class Beside:
    """A part of a bundle beside its blocks, such as its collections."""

    key: str
    values: list[Any]


class _Broken(Exception):
    """The JSON ends, or is none, from here on."""


_scan = json.JSONDecoder(parse_constant=lambda name: _refuse(name))


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no value of JSON")


def read_bundle(text: str) -> Iterator[Piece | Beside]:
    """Read the blocks of a bundle, or of a plain list of blocks, one at a time."""
    walk = _Walk(text.removeprefix("\ufeff"))
    try:
        if walk.next_is("["):
            yield from _blocks(walk)
            return
        if not walk.next_is("{"):
            yield Piece(None, note="This is not JSON: it begins with neither { nor [.")
            return
        found = False
        seen: dict[str, Any] = {}
        for key in walk.members():
            if key == "blocks" and walk.next_is("["):
                found = True
                yield from _blocks(walk)
                continue
            seen[key] = value = walk.value()
            if key == "version" and isinstance(value, int) and value > VERSION:
                raise Invalid(
                    f"This bundle is of version {value}; this Sponde reads up to {VERSION}.",
                    "Install a newer Sponde, or export it again as plain JSON.",
                )
        if found:
            yield from (Beside(key, value) for key, value in seen.items() if _is_list(value))
        elif "code" in seen:
            yield block_of(seen)
        else:
            yield Piece(None, note="This JSON has no list of blocks.")
    except _Broken as error:
        yield Piece(None, place=f"line {walk.line}", note=str(error))
    except RecursionError:
        yield Piece(None, place=f"line {walk.line}", note="It is nested too deeply to be read.")


def block_of(raw: Any, place: str = "") -> Piece:
    """Read one block; what it says that is not known here is told."""
    if isinstance(raw, str):
        raw = {"code": raw}
    if not isinstance(raw, dict):
        return Piece(None, place=place, note=f"This is no block but {_kind(raw)}.")
    name = raw.get("name")
    name = name[:80] if isinstance(name, str) else ""
    if "code" not in raw:
        return Piece(None, _shown(name), place, "It has no code.")
    known = {key: value for key, value in raw.items() if key in _FIELDS and value is not None}
    if isinstance(known.get("tags"), str):
        known["tags"] = [part.strip() for part in known["tags"].split(",") if part.strip()]
    try:
        _check_text(known)
        block = convert(BundleBlock, known)
        _check_moments(block)
    except UnicodeEncodeError:
        return Piece(None, _shown(name), place, "It holds half a letter (a lone surrogate).")
    except SpondeError as error:
        return Piece(None, _shown(name), place, error.message)
    except RecursionError:
        return Piece(None, _shown(name), place, "It is nested too deeply.")
    strange = sorted(_shown(str(key))[:30] for key in raw if key not in _FIELDS)[:5]
    note = f"Not known here and left out: {', '.join(strange)}." if strange else ""
    return Piece(block, name, place, note)


def head_of_bundle(made_at: str) -> str:
    """Begin a bundle's text."""
    return f'{{"format": "{FORMAT}", "version": {VERSION}, "made_at": "{made_at}", "blocks": [\n'


def tail_of_bundle(beside: dict[str, list[Any]]) -> str:
    """End it."""
    rest = "".join(
        f',\n"{key}": {json.dumps(values, ensure_ascii=False)}' for key, values in beside.items()
    )
    return f"\n]{rest}}}\n"


def _blocks(walk: "_Walk") -> Iterator[Piece]:
    for number, raw in enumerate(walk.items(), 1):
        yield block_of(raw, f"block {number}")


class _Walk:
    """Goes through a JSON text a value at a time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._skip()

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def next_is(self, sign: str) -> bool:
        return self.text[self.at : self.at + 1] == sign

    def value(self) -> Any:
        try:
            value, self.at = _scan.raw_decode(self.text, self.at)
        except ValueError as error:
            said = getattr(error, "msg", str(error))
            raise _Broken(
                f"The file breaks off or is no JSON from here on ({said}); "
                "what stood before is read."
            ) from error
        self._skip()
        return value

    def items(self) -> Iterator[Any]:
        """Give the values of the list that begins here."""
        self._take("[")
        if self.next_is("]"):
            self._take("]")
            return
        while True:
            yield self.value()
            if self.next_is("]"):
                self._take("]")
                return
            self._take(",")

    def members(self) -> Iterator[str]:
        """Give the keys of the object that begins here; whoever gets one reads its value."""
        self._take("{")
        if self.next_is("}"):
            self._take("}")
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise _Broken("The file is no JSON from here on (a key is no text).")
            self._take(":")
            yield key
            if self.next_is("}"):
                self._take("}")
                return
            self._take(",")

    def _take(self, sign: str) -> None:
        if not self.next_is(sign):
            raise _Broken(
                f"The file breaks off or is no JSON from here on (no '{sign}'); "
                "what stood before is read."
            )
        self.at += 1
        self._skip()

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at


def _check_text(value: Any) -> None:
    """Refuse halves of letters wherever they stand."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)


def _check_moments(block: BundleBlock) -> None:
    moments = [block.created_at, block.updated_at]
    for revision in block.revisions:
        moments += [revision.written_at, revision.replaced_at]
    moments += [source.noted_at for source in block.sources]
    moments += [block.proof.last_run_at] if block.proof else []
    for moment in moments:
        if moment is not None and not 1970 <= moment.year <= 9000:
            raise Invalid(f"It says that something happened in the year {moment.year}.")
    for source in block.sources:
        if not 0 <= source.line <= _MOST_LINE:
            raise Invalid(f"A line cannot be number {source.line}.")
    if block.proof and not (
        0 <= block.proof.ok_runs <= _MOST_LINE and 0 <= block.proof.failed_runs <= _MOST_LINE
    ):
        raise Invalid("It counts runs that nobody can have made.")


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _kind(raw: Any) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return "nothing" if raw is None else kinds.get(type(raw), "something else")


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode()
