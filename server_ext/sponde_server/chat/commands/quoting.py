"""Names and values as SQL, Python and Markdown write them, whatever is in them. Pure."""

import json

from sponde_server.chat.columns import code

__all__ = ["code", "comment", "identifier", "literal", "many", "plain", "python"]


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a value for SQL."""
    return "'" + text.replace("'", "''") + "'"


def python(value: object) -> str:
    """Write a value as Python does, texts in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(python(part) for part in value)}]"
    return repr(value)


def plain(name: str) -> str:
    """Write a name on one line, as text shows it."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())


def comment(text: str) -> str:
    """Write a line of a comment: nothing in it can end it."""
    return f"# {plain(text)}"


def many(count: int, noun: str, plural: str = "") -> str:
    """Say a number of things."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
