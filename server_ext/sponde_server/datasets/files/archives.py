"""What is in a ZIP archive: which of its files are data, and one of them taken out.

Runs in the sandbox's child. Names in an archive are never used as paths.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from sponde_server.core.errors import Invalid

from .packing import Bounds, copy, name_inside

TEXT = (".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".data", ".asc")
JSON = (".json", ".jsonl", ".ndjson", ".geojson")
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ARROW = (".arrow", ".arrows", ".feather", ".ipc")
DATA = (*TEXT, *JSON, *WORKBOOKS, *ARROW, ".parquet", ".pq", ".parq")
PERHAPS = (".txt", ".dat", ".data", ".asc")
"""What may be data, and may be a note beside it."""
ARCHIVES = (".zip", ".tar", ".tgz", ".7z", ".rar")
MOST_FILES = 100_000


@contextmanager
def reading(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive; what is wrong with it is said in a sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MOST_FILES:
                raise Invalid(
                    f"'{name}' holds {len(archive.infolist()):,} files.",
                    "Unpack it and add the files that are data.",
                )
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, ValueError) as error:
        raise Invalid(
            f"'{name}' cannot be unpacked: the archive is cut or damaged.",
            "Fetch the file again, or make it again.",
        ) from error


def what_it_is(archive: zipfile.ZipFile) -> str:
    """Say what an archive is: a workbook, a document, or an archive of files ('')."""
    names = {one.filename for one in archive.infolist()}
    if any(name.startswith("xl/") for name in names) and "[Content_Types].xml" in names:
        return "workbook"
    if "mimetype" in names:
        with archive.open("mimetype") as file:
            said = file.read(200)
        return "workbook" if b"opendocument.spreadsheet" in said else "document"
    if any(name.startswith(("word/", "ppt/")) for name in names):
        return "document"
    return ""


def files_of_data(archive: zipfile.ZipFile, name: str, others: tuple[str, ...]) -> list[str]:
    """Name the files in it that are data, in the archive's order."""
    files = [one for one in archive.infolist() if not one.is_dir() and not _is_noise(one.filename)]
    named = [one.filename for one in files]
    sure = [one for one in named if _ends(one, (*DATA, *others)) and not _ends(one, PERHAPS)]
    found = sure or [one for one in named if _ends(one, PERHAPS)]
    if not found and len(named) == 1 and not _ends(named[0], ARCHIVES):
        found = named
    if found:
        return list(dict.fromkeys(found))
    if not named:
        raise Invalid(f"'{name}' is an archive without a file.", "Add one with a table in it.")
    shown = ", ".join(f"'{PurePosixPath(one).name}'" for one in named[:3])
    if all(_ends(one, ARCHIVES) for one in named):
        raise Invalid(
            f"'{name}' holds other archives only ({shown}).", "Unpack it and add what is inside."
        )
    raise Invalid(
        f"'{name}' holds no file that is a table: {shown}{', …' if len(named) > 3 else ''}.",
        "Add an archive with a CSV, JSON, Parquet, Excel or Arrow file in it.",
    )


def take_out(
    archive: zipfile.ZipFile, member: str, target: Path, bounds: Bounds, parts: list[str]
) -> None:
    """Write one file of the archive to the target."""
    try:
        found = archive.getinfo(member)
    except KeyError:
        shown = ", ".join(f"'{one}'" for one in parts[:5])
        raise Invalid(
            f"There is no file '{member}' in '{bounds.name}' any more.",
            f"There is {shown}: add one of these.",
        ) from None
    if found.flag_bits & 1:
        raise Invalid(
            f"'{member}' in '{bounds.name}' is protected by a password.",
            "Unpack it with its password, and add the file inside.",
        )
    bounds.promise(found.file_size, target.parent)
    try:
        with archive.open(found) as stream:
            copy(stream, target, "ZIP", bounds)
    except NotImplementedError as error:
        raise Invalid(
            f"'{member}' in '{bounds.name}' is packed in a way that is not known here.",
            "Unpack it and add the file inside.",
        ) from error


def _is_noise(name: str) -> bool:
    pieces = PurePosixPath(name).parts
    return not pieces or "__MACOSX" in pieces or pieces[-1].startswith(".")


def _ends(name: str, endings: tuple[str, ...]) -> bool:
    return name_inside(name).lower().endswith(endings)
