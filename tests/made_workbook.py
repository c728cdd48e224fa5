"""Workbooks made by hand, small and odd ones: sheets of values as the bytes of an xlsx file."""

import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SPREAD = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DAY, MOMENT, TIME = 1, 2, 3
"""Styles: (45000, DAY) is a day, as Excel keeps it."""

Sheet = Sequence[Sequence[Any]]


def workbook(
    sheets: Mapping[str, Sheet],
    merged: Mapping[str, Sequence[str]] | None = None,
    hidden: Collection[str] = (),
) -> bytes:
    """Give the bytes of a workbook; `merged` has ranges such as A1:B2 by sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        kinds = "".join(
            f'<Default Extension="{ending}" ContentType="{kind}"/>'
            for ending, kind in (
                ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
                ("xml", "application/xml"),
            )
        )
        types = f"{PACKAGE}/content-types"
        book.writestr("[Content_Types].xml", f'{HEAD}<Types xmlns="{types}">{kinds}</Types>')
        book.writestr("_rels/.rels", _links([("r1", "officeDocument", "xl/workbook.xml")]))
        listed = "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"'
            f"{' state=' + chr(34) + 'hidden' + chr(34) if name in hidden else ''}/>"
            for number, name in enumerate(sheets, 1)
        )
        book.writestr(
            "xl/workbook.xml",
            f'{HEAD}<workbook xmlns="{SPREAD}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
            "</workbook>",
        )
        links = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in _numbers(sheets)]
        book.writestr("xl/_rels/workbook.xml.rels", _links([*links, ("s", "styles", "styles.xml")]))
        styles = "".join(f'<xf numFmtId="{kind}"/>' for kind in (0, 14, 22, 21))
        book.writestr(
            "xl/styles.xml",
            f'{HEAD}<styleSheet xmlns="{SPREAD}"><cellXfs count="4">{styles}</cellXfs>'
            "</styleSheet>",
        )
        for number, (name, rows) in enumerate(sheets.items(), 1):
            body = "".join(
                f'<row r="{at}">{"".join(_cell(at, place, one) for place, one in enumerate(row))}'
                "</row>"
                for at, row in enumerate(rows, 1)
            )
            ranges = "".join(f'<mergeCell ref="{one}"/>' for one in (merged or {}).get(name, ()))
            below = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
            book.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'{HEAD}<worksheet xmlns="{SPREAD}"><sheetData>{body}</sheetData>{below}'
                "</worksheet>",
            )
    return out.getvalue()


def _numbers(sheets: Mapping[str, Sheet]) -> range:
    return range(1, len(sheets) + 1)


def _links(links: Sequence[tuple[str, str, str]]) -> str:
    all_ = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, kind, target in links
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{all_}</Relationships>'


def _cell(row: int, place: int, value: Any) -> str:
    where = f"{_letters(place)}{row}"
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f'<c r="{where}" s="{value[1]}"><v>{value[0]}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{where}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{where}"><v>{value!r}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _letters(place: int) -> str:
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
