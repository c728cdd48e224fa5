"""Where in a person's SQL DuckDB's message points to. Reads text; runs nothing."""

import json
import re
from typing import Any

ADVICE = "Correct the SQL and run it again."
TRY = "TRY_CAST(… AS …) gives no value where a text does not fit."
CSV = re.compile(
    r'CSV Error on Line: (\d+).*?converting column "(.*?)"\. (Could not convert .*? to \S+?)\.?\n',
    re.DOTALL,
)


def failure(text: str, ran: str, sql: str) -> dict[str, Any]:
    """Make DuckDB's message, as JSON, a QueryFailure at its place in a person's SQL.

    What ran has that SQL within it, or itself is it.
    """
    from sponde_server.datasets.sandbox.child import sentence

    told = _told(text)
    if told is None:
        return {"message": sentence(text), "hint": ADVICE}
    if told.get("exception_type") == "Permission":
        return {
            "message": "This SQL reaches for a file or an address outside the datasets.",
            "hint": "Queries read datasets only, each by its name.",
        }
    raw = str(told.get("exception_message", ""))
    if found := CSV.search(raw):
        raw = f'Column "{found[2]}", line {found[1]} of the file: {found[3]}.'
    message = sentence(raw)
    place, length = _place(told, ran, sql)
    return {
        "message": message if message.endswith((".", "!", "?")) else f"{message}.",
        "hint": TRY if "ould not convert" in message else ADVICE,
        "place": place,
        "length": length,
    }


def _told(text: str) -> dict[str, Any] | None:
    _, brace, rest = text.partition("{")
    try:
        found = json.loads(brace + rest)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _place(told: dict[str, Any], ran: str, sql: str) -> tuple[int | None, int]:
    """Count in characters of the person's text; DuckDB counts in bytes of what ran."""
    from .ask import body_of

    try:
        begin, length = json.loads(str(told["location"]))
    except (KeyError, ValueError):
        return None, 0
    raw = ran.encode()
    place = len(raw[:begin].decode("utf-8", "ignore"))
    size = len(raw[begin : begin + length].decode("utf-8", "ignore"))
    if ran != sql:
        own = body_of(sql)
        place -= ran.index(own)
        if not 0 <= place <= len(own):
            return None, 0
        place += sql.index(own)
    return place, max(1, min(size, len(sql) - place))
