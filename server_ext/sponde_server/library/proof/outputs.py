"""What a run showed, cut to what may be kept: text, the first rows of a table, a small picture.

Pure. Draws nothing and trusts nothing: who shows it sanitizes it.
"""

import base64
import binascii
import re
from collections.abc import Mapping

MOST_BYTES = 65_536
"""Most bytes of one picture or table."""
MOST_LETTERS = 4_000
"""Most letters of a text."""
MOST_ROWS = 12
"""Most rows of a table, its head not counted."""

_TABLE = re.compile(r"<table\b.*?</table\s*>", re.IGNORECASE | re.DOTALL)
_ROW_END = re.compile(r"</tr\s*>", re.IGNORECASE)
_HEAD_END = re.compile(r"</thead\s*>", re.IGNORECASE)


def small(output: Mapping[str, str]) -> dict[str, str]:
    """Keep of a MIME bundle what is small, and say what was too large."""
    kept: dict[str, str] = {}
    left_out = ""
    if picture := _joined(output.get("image/png")):
        if _picture_bytes(picture) <= MOST_BYTES:
            kept["image/png"] = picture
        else:
            left_out = f"A picture of {_picture_bytes(picture) // 1024} kB, too large to keep."
    elif drawing := output.get("image/svg+xml"):
        if len(drawing.encode()) <= MOST_BYTES:
            kept["image/svg+xml"] = drawing
        else:
            left_out = f"A drawing of {len(drawing.encode()) // 1024} kB, too large to keep."
    if table := small_table(output.get("text/html", "")):
        kept["text/html"] = table
    text = small_text(output.get("text/plain", ""))
    if left_out and not kept:
        text = left_out
    if text:
        kept["text/plain"] = text
    return kept


def small_text(text: str) -> str:
    """Keep the beginning and the end of a long text."""
    if len(text) <= MOST_LETTERS:
        return text
    half = MOST_LETTERS // 2
    left = len(text) - 2 * half
    return f"{text[:half]}\n… {left:,} letters left out …\n{text[-half:]}"


def small_table(html: str) -> str:
    """Keep the first rows of the first table in some HTML; nothing where there is none."""
    found = _TABLE.search(html)
    if not found:
        return ""
    table = found[0]
    head = _HEAD_END.search(table)
    ends = [end.end() for end in _ROW_END.finditer(table, head.end() if head else 0)]
    if len(ends) > MOST_ROWS:
        closing = "</tbody></table>" if "<tbody" in table.lower() else "</table>"
        table = table[: ends[MOST_ROWS - 1]] + closing
    return table if len(table.encode()) <= MOST_BYTES else ""


def _joined(picture: str | None) -> str:
    """Give base64 without its line breaks; nothing where it is none."""
    text = "".join((picture or "").split())
    if not text:
        return ""
    try:
        begins = base64.b64decode(text[:16], validate=True)
    except (binascii.Error, ValueError):
        return ""
    return text if begins.startswith(b"\x89PNG") else ""


def _picture_bytes(picture: str) -> int:
    return len(picture) * 3 // 4
