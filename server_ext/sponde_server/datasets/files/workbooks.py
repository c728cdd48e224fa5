"""One sheet of a workbook (xlsx, xlsm, xlsb, xls, ods) as plain text, row by row.

Runs in the sandbox's child. Lines of the text are rows of the sheet: titles and names are then
found as in any table of text, and what is told of a line is told of the row with its number.
"""

import csv
import datetime as dt
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sponde_server.core.errors import Invalid

from .packing import Bounds

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

COMPOUND = b"\xd0\xcf\x11\xe0"
"""How old workbooks begin, and new ones that are encrypted."""
LOOKED_INTO = 20_000_000
"""Larger workbooks are not looked through for sheets without a value."""
EXACT = 10**15


@dataclass
class Sheet:
    """A sheet that became text."""

    name: str
    parts: list[str]
    """The sheets with values, in the workbook's order."""
    shown: list[str]
    """Those of them that are not hidden."""
    warnings: list[str] = field(default_factory=list)


def is_old(head: bytes) -> bool:
    """Say whether a file that begins like this is an old workbook, or an encrypted one."""
    return head.startswith(COMPOUND)


def check_archive(archive: zipfile.ZipFile, folder: Path, bounds: Bounds) -> None:
    """Refuse a workbook that unpacks to too much: a reader takes all of it into memory."""
    if any(one.flag_bits & 1 for one in archive.infolist()):
        raise _protected(bounds.name)
    bounds.promise(sum(one.file_size for one in archive.infolist()), folder)


def write_sheet(source: Path, wanted: str, target: Path, name: str) -> Sheet:
    """Write one sheet as text: the one that is wanted, or the first with values."""
    import python_calamine as calamine

    # What Rust panics with is no Exception.
    panics = (calamine.CalamineError, OSError, ValueError)
    try:
        with calamine.CalamineWorkbook.from_path(str(source)) as book:
            return _write(book, wanted, target, name, source.stat().st_size <= LOOKED_INTO)
    except calamine.PasswordError as error:
        raise _protected(name) from error
    except panics as error:
        if is_encrypted(source):
            raise _protected(name) from error
        raise _broken(name, error) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise _broken(name, error) from None
        raise


def is_encrypted(source: Path) -> bool:
    """Say whether a new workbook lies encrypted in an old one's file."""
    with source.open("rb") as file:
        head = file.read(1_000_000)
    return is_old(head) and "EncryptedPackage".encode("utf-16-le") in head


def _protected(name: str) -> Invalid:
    return Invalid(
        f"The workbook '{name}' is protected by a password.",
        "Save it without one (File, Info, Protect Workbook), or save the sheet as CSV.",
    )


def _broken(name: str, error: BaseException) -> Invalid:
    said = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
    return Invalid(
        f"The workbook '{name}' cannot be read: it is cut or damaged, or no workbook ({said}).",
        "Open it in a spreadsheet program and save it again.",
    )


def _write(book: "CalamineWorkbook", wanted: str, target: Path, name: str, is_small: bool) -> Sheet:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    names = [one.name for one in tables]
    visible = {one.name for one in tables if one.visible == SheetVisibleEnum.Visible}
    if wanted and wanted not in names:
        shown = ", ".join(f"'{one}'" for one in names[:5])
        raise Invalid(
            f"There is no sheet '{wanted}' in the workbook '{name}' any more.",
            f"There is {shown}: add one of these." if names else "Put it back.",
        )
    # A hidden sheet holds what helps the others: it is the first only where there is no other.
    order = [wanted] if wanted else sorted(names, key=lambda one: one not in visible)
    sheet = next((one for one in map(book.get_sheet_by_name, order) if _has_values(one)), None)
    if sheet is None:
        what = f"The sheet '{wanted}' of" if wanted else "Every sheet of"
        raise Invalid(f"{what} the workbook '{name}' is empty.", "Add one with a table in it.")
    parts = [
        one
        for one in names
        if one == sheet.name or not is_small or _has_values(book.get_sheet_by_name(one))
    ]
    found = Sheet(sheet.name, parts, [one for one in parts if one in visible])
    with target.open("w", encoding="utf-8", newline="") as file:
        _write_rows(sheet, file)
    found.warnings += _merged(sheet)
    return found


def _has_values(sheet: "CalamineSheet") -> bool:
    return sheet.start is not None and sheet.height > 0 and sheet.width > 0


def _write_rows(sheet: "CalamineSheet", file: Any) -> None:
    # Rows are given from the sheet's first on, columns from the first with a value.
    moments = _moments(sheet.iter_rows())
    # A single column is quoted throughout: nothing else tells its commas from delimiters.
    how: Literal[0, 1] = csv.QUOTE_ALL if sheet.width == 1 else csv.QUOTE_MINIMAL
    writer = csv.writer(file, lineterminator="\n", quoting=how)
    for row in sheet.iter_rows():
        cells = [_text(value, place in moments) for place, value in enumerate(row)]
        if any(cells):
            writer.writerow(cells)
        else:
            file.write("\n")


def _moments(rows: Iterable[list[Any]]) -> set[int]:
    """Name the columns in which a day has a time: all their days are written with one."""
    found: set[int] = set()
    for row in rows:
        for place, value in enumerate(row):
            if isinstance(value, dt.datetime) and value.time() != dt.time():
                found.add(place)
    return found


def _text(value: Any, has_time: bool) -> str:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ") if has_time else value.date().isoformat()
    if isinstance(value, dt.date):
        return f"{value.isoformat()} 00:00:00" if has_time else value.isoformat()
    if isinstance(value, dt.timedelta):
        return _length(value)
    return str(value)


def _length(value: dt.timedelta) -> str:
    seconds = int(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _merged(sheet: "CalamineSheet") -> list[str]:
    """Say where merged cells stand among the rows: only their first has the value."""
    ranges = sheet.merged_cell_ranges or []
    tall = [one for one in ranges if one[1][0] > one[0][0]]
    if not tall:
        return []
    row = min(one[0][0] for one in tall) + 1
    return [
        f"{len(tall)} {'groups of cells are' if len(tall) > 1 else 'group of cells is'} merged "
        f"over several rows, the first in row {row}: the value stands in the upper row, and "
        "those below it are empty."
    ]
