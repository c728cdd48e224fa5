"""JSON and NDJSON, written as Parquet: nested values stay nested.

Runs in the sandbox's child. DuckDB reads what is right; what it stumbles over is read again record
by record, so that everything before, between and behind what is broken is there, and the rest is
a problem with its line.
"""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sponde_server.core.errors import Invalid, TooLarge

from .forms import identifier, literal
from .scan import CHUNK, SAMPLE_BYTES, encoding_of, legacy_encoding

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LARGEST = 64 * 1024 * 1024
"""How many bytes one record may have."""
KEPT_PROBLEMS = 100
SHOWN = 200


@dataclass
class Found:
    """What is to be told of a file of JSON."""

    warnings: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0
    """How many problems there are."""
    left_out: int = 0
    """How many records are left out."""

    def note(self, line: int, message: str, text: str) -> None:
        """Count a problem; the first hundred are kept in words."""
        self.count += 1
        if len(self.problems) < KEPT_PROBLEMS:
            shown = " ".join(text[:SHOWN].replace("\0", "\u2400").split())
            self.problems.append(
                {"kind": "record", "line": line, "message": message, "text": shown}
            )


def to_parquet(con: "Connection", source: Path, target: Path, name: str) -> Found:
    """Write a file of JSON as Parquet, and give what is to be told."""
    import duckdb

    found = Found()
    text = _in_utf8(source, target.with_suffix(".utf8"), name, found)
    with text.open("rb") as file:
        if not file.read(CHUNK).strip():
            raise Invalid(f"'{name}' holds no JSON: it is blank.", "Add a file with records in it.")
    try:
        _convert(con, text, target, found)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        whole = target.with_suffix(".ndjson")
        _salvage(text, whole, name, found)
        try:
            _convert(con, whole, target, found)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise Invalid(
                f"'{name}' cannot be read as JSON: {str(error).splitlines()[0][:200]}",
                "Check that the file is whole, and make it again if not.",
            ) from error
        whole.unlink()
    if text != source:
        text.unlink()
    return found


def _in_utf8(source: Path, target: Path, name: str, found: Found) -> Path:
    """Give the file itself where it is UTF-8 without a mark, else a copy that is."""
    with source.open("rb") as file:
        encoding, _ = encoding_of(file.read(SAMPLE_BYTES), name)
        file.seek(0)
        if encoding == "utf-8":
            if _is_utf8(file):
                return source
            file.seek(0)
            encoding, _ = legacy_encoding(file)
            found.warnings.append(
                f"The file does not say its encoding; it is read as {encoding.upper()}. "
                "If letters look wrong, save it as UTF-8."
            )
    with (
        source.open(encoding=encoding, errors="replace", newline="") as read,
        target.open("w", encoding="utf-8", newline="") as write,
    ):
        while chunk := read.read(CHUNK):
            write.write(chunk.lstrip("\ufeff") if not write.tell() else chunk)
    return target


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _convert(con: "Connection", source: Path, target: Path, found: Found) -> None:
    said = f"{literal(str(source))}, sample_size=-1, maximum_object_size={LARGEST}"
    if source.stat().st_size > LARGEST:
        # One object that holds all: DuckDB takes it in one piece.
        said = said.replace(str(LARGEST), str(min(source.stat().st_size + 1, 4 * LARGEST)))
    described = _described(con, said)
    if len(described) == 1 and str(described[0][1]).startswith("MAP("):
        # Records of more than two hundred members are records all the same.
        described = _described(con, f"{said}, map_inference_threshold=-1")
    what = "SELECT * FROM told"
    inner = _records_in(con, described)
    if inner:
        what = f"SELECT unnest({identifier(inner)}, max_depth := 2) FROM told"
        rest = [str(row[0]) for row in described if row[0] != inner]
        beside = f" What stands beside them is left out: {_listed(rest)}." if rest else ""
        found.warnings.append(f"The rows are the records under '{inner}'.{beside}")
    con.execute(f"COPY ({what}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)")
    con.execute("DROP VIEW told")


def _described(con: "Connection", said: str) -> list[Any]:
    con.execute(f"CREATE OR REPLACE VIEW told AS SELECT * FROM read_json_auto({said})")
    return con.execute("DESCRIBE told").fetchall()


def _records_in(con: "Connection", described: list[Any]) -> str:
    """Name the member that holds the records, where the file is one object around them."""
    lists = [str(row[0]) for row in described if str(row[1]).startswith("STRUCT")
             and str(row[1]).endswith("[]")]  # fmt: skip
    if len(lists) != 1:
        return ""
    rows = con.execute("SELECT count(*) FROM told").fetchone()
    return lists[0] if rows and rows[0] == 1 else ""


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:5]) + (", …" if len(names) > 5 else "")


# -- record by record ---------------------------------------------------------------------------


def _salvage(source: Path, target: Path, name: str, found: Found) -> None:
    """Write every record that is whole on a line of its own."""
    with source.open(encoding="utf-8", errors="replace", newline="\n") as file:
        first = file.read(CHUNK).lstrip()[:1]
        file.seek(0)
        records = _of_array(file, found) if first == "[" else _of_lines(file, found, name)
        rows = 0
        with target.open("w", encoding="utf-8") as written:
            for record in records:
                written.write(json.dumps(record, ensure_ascii=False) + "\n")
                rows += 1
    if not rows:
        said: dict[str, Any] = found.problems[0] if found.problems else {"line": 1, "text": ""}
        raise Invalid(
            f"'{name}' is not JSON; line {said['line']} begins with '{said['text'][:60]}'.",
            "Check how the file was made; JSON has an array, or an object on each line.",
        )


def _decoder() -> json.JSONDecoder:
    # NaN and Infinity are no JSON, and written all the same: no value.
    return json.JSONDecoder(parse_constant=lambda _: None)


def _of_lines(file: IO[str], found: Found, name: str) -> Iterator[dict[str, Any]]:
    decoder, number = _decoder(), 0
    while line := file.readline(LARGEST):
        number += 1
        if len(line) >= LARGEST and not line.endswith("\n"):
            raise TooLarge(
                f"Line {number} of '{name}' is longer than {LARGEST // 1_000_000} MB.",
                "Write one record on each line.",
            )
        if not line.strip():
            continue
        try:
            value = decoder.decode(line.strip())
        except (ValueError, RecursionError) as error:
            found.left_out += 1
            found.note(number, f"This line is left out: {_why(error)}", line)
            continue
        if isinstance(value, dict):
            yield value
        else:
            found.left_out += 1
            found.note(number, "This line is left out: it holds a value and no record.", line)


def _of_array(file: IO[str], found: Found) -> Iterator[dict[str, Any]]:
    decoder, number = _decoder(), 1
    rest, is_end, wanted = file.read(CHUNK), False, CHUNK
    place = rest.find("[") + 1
    number += rest.count("\n", 0, place)
    while True:
        while place < len(rest) and rest[place] in " \t\r\n,":
            number += rest[place] == "\n"
            place += 1
        if place < len(rest) and rest[place] == "]":
            return
        try:
            value, end = decoder.raw_decode(rest, place)
            if end == len(rest) and not is_end:
                raise ValueError("A number may go on.")
        except (ValueError, RecursionError) as error:
            left = len(rest) - place
            if not is_end and left < LARGEST and not isinstance(error, RecursionError):
                more = file.read(wanted)
                is_end, wanted = not more, min(wanted * 2, LARGEST)
                rest, place = rest[place:] + more, 0
                continue
            if place >= len(rest):
                found.note(number, "The file ends before its array does.", "")
                return
            found.left_out += 1
            found.note(
                number,
                f"This record and everything behind it are left out: {_why(error)}",
                rest[place:],
            )
            return
        if isinstance(value, dict):
            yield value
        else:
            found.left_out += 1
            found.note(number, "This value is left out: it is no record.", rest[place:end])
        number += rest.count("\n", place, end)
        place = end
        if place > CHUNK:
            rest, place = rest[place:], 0


def _why(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply."
    said = getattr(error, "msg", "it is not JSON")
    return f"{said[:1].lower()}{said[1:]}."
