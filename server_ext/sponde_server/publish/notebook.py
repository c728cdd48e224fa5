"""Notebooks made for others: the copy that is published, and the notebook of a conversation.

Pure: bytes and records in, bytes out. Does not read the history; reads pictures through a
function that it is given.
"""

import base64
import json
import mimetypes
import re
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from urllib.parse import unquote

from sponde_server.core.errors import Invalid

from .records import Entry, Transcript

PYTHON = {"python", "python3", "py", "py3", "ipython", "ipython3"}
PICTURE_BYTES = 5_000_000
_PICTURE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?((?:\s+[\"'][^)]*)?)\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|/", re.IGNORECASE)


class Fence(Protocol):
    """A fenced code block, as library/code/extract.py finds it."""

    @property
    def language(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def closed(self) -> bool: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Fences = Callable[[str], Sequence[Fence]]
Picture = Callable[[str], bytes | None]


def publishable(data: bytes, name: str, picture: Picture) -> bytes:
    """Make the copy to publish: a title, no outputs, and the pictures beside it inside it."""
    notebook = _read(data, name)
    notebook.metadata.setdefault("title", name)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
        elif cell.cell_type == "markdown":
            _take_pictures(cell, picture)
    return _write(notebook)


def from_transcript(transcript: Transcript, fences: Fences) -> bytes:
    """Make a notebook of a conversation: text as Markdown, Python as cells that run."""
    from nbformat import v4

    cells = [v4.new_markdown_cell(f"# {transcript.title}")]
    asked = ""
    for entry in transcript.entries:
        if entry.is_question:
            asked = entry.text
            cells.append(v4.new_markdown_cell(_quoted(entry)))
        else:
            cells += _with_outputs(_answer(entry, fences), entry, asked)
    notebook = v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "title": transcript.title,
        },
    )
    return _write(notebook)


def markdown(transcript: Transcript) -> str:
    """Write a conversation as Markdown: questions as quotes, answers as they are."""
    parts = [f"# {transcript.title}"]
    for entry in transcript.entries:
        text = _quoted(entry) if entry.is_question else entry.text.strip()
        parts.append("\n\n".join(part for part in (text, _note(entry)) if part))
    return "\n\n".join(parts) + "\n"


def _answer(entry: Entry, fences: Fences) -> list[Any]:
    from nbformat import v4

    cells: list[Any] = []
    position = 0

    def say(text: str) -> None:
        text = textwrap.dedent(text).strip()
        if text:
            cells.append(v4.new_markdown_cell(text))

    for fence in fences(entry.text):
        # An open fence is a cut answer: half a program must not look like one that runs.
        if fence.closed and fence.language in PYTHON:
            say(entry.text[position : fence.start])
            cells.append(v4.new_code_cell(fence.code.rstrip()))
            position = fence.end
    say(entry.text[position:])
    say(_note(entry))
    return cells


def _with_outputs(cells: list[Any], entry: Entry, asked: str) -> list[Any]:
    """Set an answer's tables and pictures below its last code, or below the question's words."""
    from nbformat import v4

    if not entry.outputs:
        return cells
    shown = [
        v4.new_output("display_data", data={mime: data}, metadata={})
        for mime, data in entry.outputs
        # A picture is drawn again by the code below it.
        if not mime.startswith("application/vnd.vega")
    ]
    if not shown:
        return cells
    code = next((cell for cell in reversed(cells) if cell.cell_type == "code"), None)
    if code is None:
        line = " ".join(asked.split()) or "the answer's tables and pictures"
        code = v4.new_code_cell(f"# {line}")
        cells = [*cells, code]
    code.outputs = shown
    return cells


def _quoted(entry: Entry) -> str:
    lines = f"**Question:** {entry.text.strip()}".splitlines()
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _note(entry: Entry) -> str:
    return f"*{entry.note}*" if entry.note else ""


def _read(data: bytes, name: str) -> Any:
    import nbformat

    try:
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
        nbformat.validate(notebook)
        return notebook
    except (ValueError, TypeError, AttributeError, KeyError, nbformat.ValidationError) as error:
        raise Invalid(
            f"'{name}' cannot be read as a notebook.",
            "Open it in JupyterLab, save it, and publish it again.",
        ) from error


def _write(notebook: Any) -> bytes:
    import nbformat

    text: str = nbformat.writes(notebook, version=4)
    return (text + "\n").encode()


def _take_pictures(cell: Any, picture: Picture) -> None:
    attachments: dict[str, Any] = dict(cell.get("attachments") or {})

    def take(found: "re.Match[str]") -> str:
        text, address, title = found.groups()
        if _ELSEWHERE.match(address):
            return found[0]
        kind, _ = mimetypes.guess_type(address)
        data = picture(unquote(address)) if kind and kind.startswith("image/") else None
        if data is None or len(data) > PICTURE_BYTES:
            return found[0]
        label = f"picture-{len(attachments)}"
        attachments[label] = {kind: base64.b64encode(data).decode()}
        return f"![{text}](attachment:{label}{title})"

    cell.source = _PICTURE.sub(take, cell.source)
    if attachments:
        cell.attachments = attachments


def place_note(folder: str) -> str:
    """Write what child.py reads beside the copy: where the original lies."""
    return json.dumps({"folder": folder})
