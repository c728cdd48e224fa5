"""What is known of a dataset, as HTML for a notebook and as plain text. Standard library only."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Known = Mapping[str, Any]
MOST_COLUMNS = 200
BARS = "▁▂▃▄▅▆▇█"
LONGEST = 40
QUIET = "color:var(--jp-ui-font-color2,#666)"
LEFT = "text-align:left;vertical-align:top"
NAMES = ("column", "type", "empty", "different", "from", "to", "mean", "values")


def text_of(known: Known, about: str) -> str:
    """Write a profile as plain text; `about` says of which dataset."""
    lines = [_head(known, about), *(f"! {warning}" for warning in known["warnings"])]
    cells = [NAMES, *(_cells(one, known["rows"]) for one in known["columns"][:MOST_COLUMNS])]
    widths = [max(len(row[place]) for row in cells) for place in range(len(NAMES))]
    lines += ["", *("  ".join(_justified(row, widths)).rstrip() for row in cells)]
    return "\n".join(lines + _more(known))


def html_of(known: Known, about: str) -> str:
    """Draw a profile; `about` says of which dataset."""
    head = "".join(f"<th style='{LEFT}'>{name}</th>" for name in NAMES)
    body = "".join(
        "<tr>" + "".join(f"<td style='{LEFT}'>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for cells in (_cells(one, known["rows"]) for one in known["columns"][:MOST_COLUMNS])
    )
    told = "".join(f"<li>{escape(warning)}</li>" for warning in known["warnings"])
    more = "".join(f"<p style='{QUIET}'>{line}</p>" for line in _more(known))
    return (
        f"<p><b>{escape(_head(known, about))}</b></p>{f'<ul>{told}</ul>' if told else ''}"
        "<div style='max-height:40em;overflow:auto;width:fit-content;max-width:100%'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"
    )


def bars(counts: Sequence[int]) -> str:
    """Draw counts as bars of letters; what is there is never drawn as nothing."""
    most = max(counts)
    return "".join(
        BARS[round(count / most * (len(BARS) - 1))] if count else " " for count in counts
    )


def counted(number: int, word: str) -> str:
    """Write how many there are of something."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _more(known: Known) -> list[str]:
    left = len(known["columns"]) - MOST_COLUMNS
    return [f"… and {counted(left, 'more column')}"] if left > 0 else []


def _head(known: Known, about: str) -> str:
    rows, columns = known["rows"], len(known["columns"])
    sample = " (of a sample so far)" if known.get("is_sample") else ""
    return f"{about}: {counted(rows, 'row')}, {counted(columns, 'column')}{sample}"


def _cells(column: Known, rows: int) -> tuple[str, ...]:
    meaning = column["meaning"] or ""
    about = "" if column["distinct_is_exact"] else "about "
    mean = "" if column["mean"] is None else f"{column['mean']:,.6g}"
    return (
        _cut(column["name"]),
        f"{column['type']} {meaning}".strip()[:LONGEST],
        f"{_share(column['nulls'], rows)}" if column["nulls"] else "",
        f"{about}{column['distinct']:,}",
        _cut(column["minimum"] or ""),
        _cut(column["maximum"] or ""),
        mean,
        _values(column, rows),
    )


def _values(column: Known, rows: int) -> str:
    """Draw how the values are spread, or name the most frequent ones."""
    histogram = column["histogram"]
    if histogram and any(histogram["counts"]):
        return bars(histogram["counts"])
    often = [top for top in column["top"][:3] if top["count"] > 1]
    return ", ".join(f"{_cut(top['value'], 20)} {_share(top['count'], rows)}" for top in often)


def _share(part: int, whole: int) -> str:
    share = part / whole * 100 if whole else 0
    return f"{share:.0f} %" if share >= 1 or not part else "<1 %"


def _cut(text: str, longest: int = LONGEST) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _justified(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Put numbers to the right, words to the left."""
    return [
        cell.rjust(width) if place in (2, 3, 6) else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
