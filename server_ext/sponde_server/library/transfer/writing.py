"""Writes blocks into one file: a bundle, a zip of files, a notebook, Markdown or plain JSON.

Each writer takes blocks a few at a time and holds no more than those. Knows no database.
"""

import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from sponde_server.core.record import now
from sponde_server.core.wire import encode, plain
from sponde_server.library.folder import front_matter
from sponde_server.library.records import CodeBlock

from .bundle import head_of_bundle, tail_of_bundle
from .records import BundleBlock, ExportFormat

_TICKS = re.compile(r"`{3,}")


class Writer(Protocol):
    """Takes blocks, and makes a file of them."""

    def add(self, blocks: Sequence[tuple[CodeBlock, BundleBlock]]) -> None:
        """Write some blocks."""

    def finish(self, beside: dict[str, list[Any]]) -> None:
        """Write the end, and close the file."""

    def close(self) -> None:
        """Close the file, whatever is in it."""


def writer_for(format: ExportFormat, path: Path) -> Writer:
    """Open a file for a format."""
    made: Writer = _WRITERS[format](path)
    return made


def filename_for(format: ExportFormat, name: str) -> str:
    """Name the file."""
    return f"{name}{_ENDINGS[format]}"


class _Text:
    """A file of text that is written from its beginning to its end."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._count = 0
        self._begin()

    def _begin(self) -> None: ...

    def close(self) -> None:
        self._file.close()


class _Bundle(_Text):
    def _begin(self) -> None:
        self._file.write(head_of_bundle(now().isoformat(timespec="seconds")))

    def add(self, blocks: Sequence[tuple[CodeBlock, BundleBlock]]) -> None:
        for _, block in blocks:
            self._file.write((",\n" if self._count else "") + encode(block).decode())
            self._count += 1

    def finish(self, beside: dict[str, list[Any]]) -> None:
        self._file.write(tail_of_bundle(beside))
        self.close()


class _Json(_Text):
    def _begin(self) -> None:
        self._file.write("[")

    def add(self, blocks: Sequence[tuple[CodeBlock, BundleBlock]]) -> None:
        for _, block in blocks:
            said = {key: plain(block)[key] for key in _PLAIN}
            text = json.dumps(said, ensure_ascii=False, indent=2)
            self._file.write((",\n" if self._count else "\n") + text)
            self._count += 1

    def finish(self, beside: dict[str, list[Any]]) -> None:
        self._file.write("\n]\n")
        self.close()


class _Markdown(_Text):
    def _begin(self) -> None:
        self._file.write("# Code blocks\n")

    def add(self, blocks: Sequence[tuple[CodeBlock, BundleBlock]]) -> None:
        for _, block in blocks:
            said = f"{block.description}\n\n" if block.description else ""
            tags = f"Tags: {', '.join(block.tags)}\n\n" if block.tags else ""
            self._file.write(f"\n## {block.name}\n\n{said}{tags}{_fenced(block)}\n")

    def finish(self, beside: dict[str, list[Any]]) -> None:
        self.close()


class _Notebook(_Text):
    def _begin(self) -> None:
        self._file.write('{"cells": [\n')

    def add(self, blocks: Sequence[tuple[CodeBlock, BundleBlock]]) -> None:
        for _, block in blocks:
            for cell in _cells(block):
                text = json.dumps(cell, ensure_ascii=False)
                self._file.write((",\n" if self._count else "") + text)
                self._count += 1

    def finish(self, beside: dict[str, list[Any]]) -> None:
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        self._file.write(
            f'\n], "metadata": {json.dumps(metadata)}, "nbformat": 4, "nbformat_minor": 5}}\n'
        )
        self.close()


class _Folder:
    """A zip with a file for each block."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    def add(self, blocks: Sequence[tuple[CodeBlock, BundleBlock]]) -> None:
        for block, _ in blocks:
            self._zip.writestr(front_matter.filename(block), front_matter.write(block))

    def finish(self, beside: dict[str, list[Any]]) -> None:
        self._zip.close()

    def close(self) -> None:
        self._zip.close()


_PLAIN = ("name", "language", "description", "tags", "code")
_WRITERS: dict[ExportFormat, type[Any]] = {
    ExportFormat.BUNDLE: _Bundle,
    ExportFormat.FOLDER: _Folder,
    ExportFormat.NOTEBOOK: _Notebook,
    ExportFormat.MARKDOWN: _Markdown,
    ExportFormat.JSON: _Json,
}
_ENDINGS = {
    ExportFormat.BUNDLE: ".blocks.json",
    ExportFormat.FOLDER: ".zip",
    ExportFormat.NOTEBOOK: ".ipynb",
    ExportFormat.MARKDOWN: ".md",
    ExportFormat.JSON: ".json",
}
MEDIA_TYPES = {
    ExportFormat.BUNDLE: "application/json",
    ExportFormat.FOLDER: "application/zip",
    ExportFormat.NOTEBOOK: "application/x-ipynb+json",
    ExportFormat.MARKDOWN: "text/markdown; charset=utf-8",
    ExportFormat.JSON: "application/json",
}


def _cells(block: BundleBlock) -> list[dict[str, Any]]:
    """Make a heading and a cell; what Python cannot run stands as Markdown."""
    said = f"## {block.name}" + (f"\n\n{block.description}" if block.description else "")
    mark = {key: plain(block)[key] for key in _PLAIN if key != "code"}
    is_run = block.language == "python" or block.code.startswith("%%")
    cell: dict[str, Any] = {
        "cell_type": "code" if is_run else "markdown",
        "id": f"b-{block.id[-32:]}" if block.id else "b",
        "metadata": {"sponde_block": mark},
        "source": (block.code if is_run else _fenced(block)).splitlines(keepends=True),
    }
    if is_run:
        cell |= {"execution_count": None, "outputs": []}
    head = {
        "cell_type": "markdown",
        "id": f"h-{block.id[-32:]}",
        "metadata": {},
        "source": said.splitlines(keepends=True),
    }
    return [head, cell]


def _fenced(block: BundleBlock) -> str:
    longest = max((len(found) for found in _TICKS.findall(block.code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{block.language}\n{block.code}\n{fence}\n"
