"""One look at all bytes of a file: what it is, its encoding, its line ends, its longest line.

Refuses in a sentence what is no table. Does not look for delimiters: dialect.py does.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sponde_server.core.errors import Invalid, NotFound, TooLarge

CHUNK = 4_000_000
SAMPLE_BYTES = 512_000
LONGEST_LINE = 16_000_000
LONG = 1_000_000
"""Lines from this length are read with more room than others."""
SHORT_LINE = 65_536
"""Lines up to this length are not measured one by one."""
MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive", "Save the sheet as CSV, or unpack it."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Open it and save the sheet as CSV."),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it (gunzip) and add the file inside."),
    (b"BZh", "compressed with bzip2", "Unpack it (bunzip2) and add the file inside."),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "Unpack it (unzstd) and add the file inside."),
    (b"%PDF", "a PDF document", "Export its tables as CSV."),
    (b"\x89PNG", "a picture", "Add a table: CSV, TSV, Parquet or JSON."),
    (b"\xff\xd8\xff", "a picture", "Add a table: CSV, TSV, Parquet or JSON."),
    (b"GIF8", "a picture", "Add a table: CSV, TSV, Parquet or JSON."),
    (b"\x89HDF", "an HDF5 file", "Export the table as CSV or Parquet."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV."),
    (b"ARROW1", "an Arrow file", "Save it as Parquet."),
    (b"\x80\x04\x95", "a Python pickle", "Save the table as Parquet or CSV."),
)
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass
class Scan:
    """What one pass over all bytes of a text file shows."""

    size: int = 0
    encoding: str = "utf-8"
    guessed: bool = False
    """Whether the encoding is a guess and not shown by the bytes."""
    breaks: int = 0
    """Line feeds."""
    ends_open: bool = False
    """Whether the last line has no line end."""
    returns: int = 0
    windows: int = 0
    """Line ends of two characters."""
    quotes: int = 0
    nuls: int = 0
    has_controls: bool = False
    """Whether there are control characters where Windows-1252 has letters and signs."""
    longest: int = 0
    """The length of the longest line, where it is not a short one; else at least that."""
    is_valid: bool = True
    """Whether every byte fits the encoding."""

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return self.breaks + self.ends_open

    @property
    def is_plain(self) -> bool:
        """Whether DuckDB can read it as it is."""
        regular = self.returns == self.windows and self.windows in (0, self.breaks)
        return (
            self.encoding in ("utf-8", "utf-8-sig")
            and self.is_valid
            and not (self.nuls or self.has_controls)
            and regular
        )


def kind_of(path: Path) -> str:
    """Say csv, parquet or json, or refuse the file in a sentence."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError as error:
        raise NotFound(
            f"The file '{path.name}' is not there.",
            "Put it back, or remove the dataset from the list.",
        ) from error
    except IsADirectoryError as error:
        raise Invalid(f"'{path.name}' is a folder.", "Add the files in it one by one.") from error
    except PermissionError as error:
        raise Invalid(
            f"The file '{path.name}' may not be read.", "Change its permissions."
        ) from error
    if not head:
        raise Invalid(f"The file '{path.name}' is empty.", "Add a file with at least one line.")
    if head.startswith(b"PAR1"):
        return "parquet"
    for magic, what, hint in MAGIC:
        if head.startswith(magic):
            raise Invalid(f"'{path.name}' is {what}, not a table in text.", hint)
    suffix = path.suffix.lower()
    if suffix in (".json", ".jsonl", ".ndjson"):
        return "json"
    if suffix == ".parquet":
        raise Invalid(
            f"'{path.name}' is named .parquet but does not begin like a Parquet file.",
            "Make the file again; it may be cut or damaged.",
        )
    return "csv"


def scan(path: Path) -> Scan:
    """Look at every byte once: encoding, line ends, the longest line."""
    found = Scan(size=path.stat().st_size)
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
        found.encoding, found.guessed = encoding_of(head, path.name)
        file.seek(0)
        if found.encoding.startswith(("utf-16", "utf-32")):
            # Bytes say nothing about lines here; mend.py reads it as text.
            found.is_valid = False
            return found
        _pass(file, found)
        if not found.is_valid and found.encoding == "utf-8":
            file.seek(0)
            found.encoding, found.guessed = legacy_encoding(file)
    if found.longest > LONGEST_LINE:
        raise TooLarge(
            f"A line of '{path.name}' is {found.longest / 1e6:.0f} MB long or longer: "
            "that does not look like a table.",
            f"Lines may have {LONGEST_LINE // 1_000_000} MB. Check how the file was made.",
        )
    return found


def _pass(file: Iterable[bytes], found: Scan) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_open = 0
    last = b""
    read = getattr(file, "read")  # noqa: B009 - an open binary file
    while chunk := read(CHUNK):
        if found.is_valid and not (chunk.isascii() and not decoder.getstate()[0]):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                found.is_valid = False
        if b"\r" in chunk:
            found.returns += chunk.count(b"\r")
            found.windows += chunk.count(b"\r\n")
        found.windows += last == b"\r" and chunk.startswith(b"\n")
        if b'"' in chunk:
            found.quotes += chunk.count(b'"')
        if b"\0" in chunk:
            found.nuls += chunk.count(b"\0")
        if not found.has_controls and b"\xc2" in chunk:
            found.has_controls = _CONTROL_BYTES.search(chunk) is not None
        last = chunk[-1:]
        is_open = _count_lines(chunk, is_open, found)
        found.longest = max(found.longest, is_open)
        if is_open > LONGEST_LINE:
            if found.returns == found.windows:
                return
            # Line ends of one character: it is no line.
            is_open = 1
    if found.is_valid:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            found.is_valid = False
    found.ends_open = bool(is_open)
    if found.breaks == 0 and found.returns:
        # Line ends of old Macs: one character, not the one that was counted.
        found.longest = 0


def _count_lines(chunk: bytes, is_open: int, found: Scan) -> int:
    """Count line ends, and find the longest line of those that are not short.

    `is_open` is how much of a line stands before the chunk; gives how much stands at its end.
    """
    breaks = chunk.count(b"\n")
    found.breaks += breaks
    place = chunk.index(b"\n") + 1 if breaks else 0
    found.longest = max(found.longest, is_open + (place - 1 if breaks else len(chunk)))
    if not breaks:
        return is_open + len(chunk)
    last = chunk.rindex(b"\n") + 1
    while place < last:
        end = chunk.rfind(b"\n", place, place + SHORT_LINE)
        if end < 0:
            end = chunk.index(b"\n", place)
            found.longest = max(found.longest, end - place)
        else:
            found.longest = max(found.longest, min(end - place, SHORT_LINE))
        place = end + 1
    return len(chunk) - last


def count_blank(path: Path) -> int:
    """Count the lines that hold nothing."""
    blank = 0
    before = b"\n"
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            text = before + chunk
            if b"\n\n" in text or b"\n\r\n" in text:
                blank += len(_BLANK.findall(text)) - len(_BLANK.findall(before))
            before = text[-2:]
    return blank


_BLANK = re.compile(rb"\n(?=\r?\n)")


def encoding_early(path: Path) -> str | None:
    """Tell UTF-8 by a file's beginning; None where that is not so, or not sure."""
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    encoding, _ = encoding_of(head, path.name)
    if not encoding.startswith("utf-8"):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return None
    return encoding


def encoding_of(head: bytes, name: str) -> tuple[str, bool]:
    """Tell the encoding from a byte order mark or the pattern of NULs; else UTF-8 for now."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding, False
    zeros = head.count(b"\0")
    if zeros > len(head) * 0.2:
        even, odd = head[0::2].count(b"\0"), head[1::2].count(b"\0")
        if odd > 10 * (even + 1) or (odd and not even):
            return "utf-16-le", True
        if even > 10 * (odd + 1) or (even and not odd):
            return "utf-16-be", True
    controls = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 27)))
    if zeros > max(2, len(head) * 0.01) or controls > len(head) * 0.02:
        raise Invalid(
            f"'{name}' is not text: it holds bytes that no text has.",
            "Add a table: CSV, TSV, Parquet or JSON.",
        )
    return "utf-8", False


def legacy_encoding(file: Iterable[bytes]) -> tuple[str, bool]:
    """Guess the encoding of text that is not UTF-8, from the lines that show it."""
    telling: list[bytes] = []
    size = good = bad = 0
    for line in file:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
            if size < 64_000:
                telling.append(line)
                size += len(line)
        if good + bad > 20_000:
            break
    if good > 4 * bad:
        # UTF-8 with a few lines from elsewhere: those are mended one by one.
        return "utf-8", False
    return _guess(b"".join(telling)), True


_RUN = re.compile(rb"[\x80-\xff]+")
_BESIDE = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f]|[^\x00-\x7f](?=[^\W\d_])")


def _guess(sample: bytes) -> str:
    """Guess the encoding: single letters among ASCII are Western, whole words are not."""
    runs = _RUN.findall(sample)
    if sum(map(len, runs)) < 1.8 * len(runs):
        # Polish read as Western has symbols inside its words: the one with fewest is right.
        scores = {encoding: _symbols(sample, encoding) for encoding in ("cp1252", "cp1250")}
        best = min(scores, key=lambda encoding: scores[encoding])
        return best if scores[best] < float("inf") else "latin-1"
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_exclusion=["utf_16", "utf_32", "utf_7"]).best()
    return found.encoding.replace("_", "-") if found else "cp1252"


def _symbols(sample: bytes, encoding: str) -> float:
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return float("inf")
    return sum(not letter.isalpha() for letter in _BESIDE.findall(text))


_CONTROL_BYTES = re.compile(rb"\xc2[\x80-\x9f]")
_CONTROLS = re.compile("[\x80-\x9f]")


def without_controls(text: str) -> str:
    """Give what was meant by text that became UTF-8 as if Windows-1252 were Latin-1.

    No text has the control characters that this leaves where dashes and curly quotes stood.
    """
    return _CONTROLS.sub(lambda found: found[0].encode("latin-1").decode("cp1252", "ignore"), text)


def sample_lines(path: Path, encoding: str) -> list[str]:
    """Give the first lines of a text file, whole ones only, with their ends."""
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
        whole = len(head) < SAMPLE_BYTES
        if not whole and b"\n" not in head and b"\r" not in head:
            head += file.readline(LONGEST_LINE)
    # Incremental: the sample may end within a character.
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    text = without_controls(text.lstrip("\ufeff"))
    lines = [line for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text) if line]
    return lines if whole or len(lines) < 2 else lines[:-1]
