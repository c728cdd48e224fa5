"""Reads files of others: bundles, code with a head, notebooks, Markdown, and zips of all these.

A file of a stranger is nothing but text here: names in a zip are never paths, nothing is unpacked
to disk, and what is read is counted as it comes, whatever the zip says of itself. Pure.
"""

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sponde_server.core.errors import Invalid, SpondeError, TooLarge
from sponde_server.library.code.extract import fences
from sponde_server.library.code.facts import tidy
from sponde_server.library.code.splitting import split_notebook, split_python
from sponde_server.library.folder.front_matter import LANGUAGES, Page
from sponde_server.library.folder.front_matter import read as read_page

from .bundle import Beside, Piece, block_of, read_bundle
from .records import BundleBlock

_MOST_FILES = 20_000
_MOST_RATIO = 200
"""A zip whose content is so many times its size holds nothing that a person wrote."""
_DAMAGE = (zipfile.BadZipFile, EOFError, RuntimeError, OSError, ValueError)
_SMALL = 1_000_000
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_ENDINGS = frozenset(LANGUAGES) | {"ipynb", "markdown", "json"}
_HINT = "Sponde reads bundles, .py and other code, notebooks, Markdown, JSON, and zips of these."


@dataclass(frozen=True)
class Limits:
    """What a file may hold."""

    bytes: int
    """Most bytes, also of all that is in a zip together."""


def read_file(path: Path, filename: str, limits: Limits) -> Iterator[Piece | Beside]:
    """Read a file a block at a time; refuse it in a sentence where it is none that can be read."""
    size = path.stat().st_size
    if limits.bytes and size > limits.bytes:
        raise TooLarge(
            f"'{filename}' has {size:,} bytes; an import may have {limits.bytes:,}.",
            "Import it in parts, or raise SpondeTransfers.max_import_bytes.",
        )
    if zipfile.is_zipfile(path):
        return _read_zip(path, filename, limits)
    return read_text(path.read_bytes(), filename)


def read_text(data: bytes, filename: str) -> Iterator[Piece | Beside]:
    """Read the content of one file."""
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    text = _decoded(data)
    if text is None:
        raise Invalid(f"'{filename}' is no text in UTF-8.", _HINT)
    if not text.strip():
        raise Invalid(f"'{filename}' is empty.", "Choose another file.")
    if ending == "ipynb":
        return _read_notebook(text)
    if ending == "json":
        return _read_notebook(text) if _is_notebook(text) else read_bundle(text)
    page = read_page(text, ending)
    if page.is_ours:
        return iter([_of_page(page)])
    if ending in ("md", "markdown"):
        return _read_markdown(text)
    if ending not in _ENDINGS:
        raise Invalid(f"'{filename}' is of a kind that is not read here.", _HINT)
    if ending == "py":
        return _read_python(text, filename)
    return iter([_of_page(page, _stem(filename))])


# -- the kinds --------------------------------------------------------------------------------


def _of_page(page: Page, name: str = "") -> Piece:
    given = {
        "code": page.code,
        "id": page.text("id"),
        "name": page.text("name") or name,
        "language": page.text("language"),
        "description": page.text("description"),
        "tags": [tag for tag in page.texts("tags") if tag],
    }
    piece = block_of(given)
    if not page.fields or piece.block is None:
        return piece
    from sponde_server.library.fields.lines import fields_or_none
    from sponde_server.library.records import CodeBlock

    code, language = tidy(page.code), page.text("language")
    fields, said = fields_or_none(page.fields, CodeBlock(name=name, language=language, code=code))
    note = f"{piece.note} {said}".strip()
    return Piece(replace(piece.block, code=code, fields=fields), piece.name, piece.place, note)


def _read_python(text: str, filename: str) -> Iterator[Piece]:
    pieces = split_python(text)
    if not pieces:
        yield Piece(BundleBlock(code=text, name=_stem(filename), language="python"))
    for one in pieces:
        block = BundleBlock(code=one.code, name=one.name, language="python")
        yield Piece(block, one.name, f"line {one.line}")


def _read_notebook(text: str) -> Iterator[Piece]:
    marked = _marked_cells(text)
    if marked is None:
        raise Invalid("This is no notebook that can be read.", "Open it in JupyterLab and save it.")
    if marked:
        yield from marked
        return
    pieces = split_notebook(text)
    if not pieces:
        yield Piece(None, note="The notebook has no code cell with code in it.")
    for one in pieces:
        block = BundleBlock(code=one.code, name=one.name, language=one.language)
        yield Piece(block, one.name, f"cell {one.line}")


def _marked_cells(text: str) -> list[Piece] | None:
    """Give the cells that an export of ours has marked; None where it is no notebook."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells", []), list):
        return None
    found = []
    for number, cell in enumerate(notebook.get("cells", []), 1):
        told = cell.get("metadata") if isinstance(cell, dict) else None
        said = told.get("sponde_block") if isinstance(told, dict) else None
        if isinstance(said, dict):
            source = cell.get("source", "")
            text = "".join(map(str, source)) if isinstance(source, list) else str(source)
            if cell.get("cell_type") != "code":
                inner = fences(text)
                text = inner[0].code if inner else text
            found.append(block_of({**said, "code": text}, f"cell {number}"))
    return found


def _read_markdown(text: str) -> Iterator[Piece]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    after, count = 0, 0
    for fence in fences(text):
        between = text[after : fence.start]
        after = fence.end
        if not fence.code.strip():
            continue
        count += 1
        headings = list(_HEADING.finditer(between))
        title = headings[-1][1] if headings else ""
        said = between[headings[-1].end() :] if headings else ""
        tags, words = _tags_in(said)
        yield block_of(
            {
                "code": fence.code,
                "language": fence.language,
                "name": title.strip("`"),
                "description": words,
                "tags": tags,
            },
            f"line {text.count(chr(10), 0, fence.start) + 1}",
        )
    if not count:
        yield Piece(None, note="This Markdown has no fenced code.")


def _tags_in(said: str) -> tuple[list[str], str]:
    """Take the line `Tags: …` out of what stands above a fence."""
    tags: list[str] = []
    lines = []
    for line in said.strip().split("\n"):
        if line.startswith("Tags: "):
            tags = [part.strip() for part in line[6:].split(",") if part.strip()]
        else:
            lines.append(line)
    return tags, "\n".join(lines).strip()


def _read_zip(path: Path, filename: str, limits: Limits) -> Iterator[Piece | Beside]:
    try:
        with zipfile.ZipFile(path) as packed:
            members = [one for one in packed.infolist() if not one.is_dir()]
            if len(members) > _MOST_FILES:
                raise TooLarge(
                    f"'{filename}' holds {len(members):,} files; {_MOST_FILES:,} are read at most.",
                    "Import it in parts.",
                )
            yield from _read_members(packed, members, path.stat().st_size, limits)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError) as error:
        raise Invalid(f"'{filename}' is a damaged zip.", "Make it again, and import it.") from error


def _read_members(
    packed: zipfile.ZipFile, members: list[zipfile.ZipInfo], size: int, limits: Limits
) -> Iterator[Piece | Beside]:
    left = min(limits.bytes or size * _MOST_RATIO, max(size * _MOST_RATIO, _SMALL))
    for one in members:
        place = one.filename.encode("utf-8", "replace").decode()[-200:]
        ending = place.rpartition(".")[2].lower() if "." in place else ""
        if place.startswith("__MACOSX/") or place.rpartition("/")[2].startswith("."):
            continue
        if ending not in _ENDINGS:
            yield Piece(None, place=place, note="It is of a kind that is not read here.")
            continue
        if one.flag_bits & 1:
            yield Piece(None, place=place, note="It is locked by a password.")
            continue
        try:
            with packed.open(one) as file:
                data = file.read(left + 1)
        except (*_DAMAGE, zlib.error):
            yield Piece(None, place=place, note="It is damaged in the zip.")
            continue
        left -= len(data)
        if left < 0:
            raise TooLarge(
                "The zip unpacks to far more than it says: it may be made to fill the memory.",
                "Import only what comes from people whom you trust.",
            )
        try:
            for piece in read_text(data, place.rpartition("/")[2]):
                if isinstance(piece, Piece):
                    where = f"{place}, {piece.place}" if piece.place else place
                    yield Piece(piece.block, piece.name, where, piece.note)
                else:
                    yield piece
        except SpondeError as error:
            yield Piece(None, place=place, note=error.message)


def _decoded(data: bytes) -> str | None:
    codec = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_notebook(text: str) -> bool:
    return '"nbformat"' in text and '"cells"' in text and '"blocks"' not in text[:200]


def _stem(filename: str) -> str:
    return filename.rpartition("/")[2].rpartition(".")[0] or filename
