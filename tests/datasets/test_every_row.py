"""Rows shown + rows reported = rows in the file, whatever is broken in it, in any dialect."""

import csv
import io
import json
import tempfile
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sponde_server.core.errors import Invalid
from sponde_server.datasets.files.as_table import read_whole, see
from sponde_server.datasets.files.by_hand import Hand
from sponde_server.datasets.files.noting import Notes, listing_of, rejects_of
from sponde_server.datasets.profile.profile import _lines

WORDS = st.text(st.sampled_from("abcæø 12.,-/'"), max_size=8)
VALUES = st.one_of(
    WORDS,
    st.integers(-999, 99_999).map(str),
    st.sampled_from(["", "NA", "1,5", "1.5", "01/02/2024", "31/12/2024", "12/31/2024", "x\ny"]),
)
SAID = st.fixed_dictionaries(
    {},
    optional={
        "decimal_comma": st.booleans(),
        "day_first": st.booleans(),
        "missing": st.just(["NA", "-"]),
        "left_out": st.lists(st.sampled_from(["short", "quote", "encoding", "nul"]), unique=True),
        "whole_columns": st.just(["n0", "n1"]),
        "text_columns": st.just(["n2"]),
    },
)


def written(rows, delimiter, quote, end):
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=delimiter, quotechar=quote, lineterminator=end, quoting=csv.QUOTE_MINIMAL
    )
    writer.writerows(rows)
    return out.getvalue()


@st.composite
def broken_files(draw):
    """Make a table's bytes, broken here and there, how it is written, and its number of records."""
    width = draw(st.integers(2, 5))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    quote = draw(st.sampled_from(['"', "'"]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    encoding = draw(st.sampled_from(["utf-8", "cp1252", "utf-16"]))
    comment = draw(st.sampled_from(["", "#"]))
    lines = [written([[f"n{place}" for place in range(width)]], delimiter, quote, end)]
    comments = 0
    for _ in range(draw(st.integers(1, 25))):
        row = draw(st.lists(VALUES, min_size=width, max_size=width))
        row[0] = row[0] or "k"
        damage = draw(st.sampled_from([None] * 4 + ["short", "long", "quote", "nul", "comment"]))
        if damage == "short":
            row = row[: draw(st.integers(2, width))] if width > 2 else row
        elif damage == "long":
            row += draw(st.lists(VALUES, min_size=1, max_size=3))
        line = written([row], delimiter, quote, end)
        if damage == "quote":
            line = f"k{delimiter}{quote}open{delimiter}x{end}"
        elif damage == "nul":
            line = f"k\0{delimiter}x{end}"
        elif damage == "comment" and comment:
            lines.append(f"# said{delimiter}by hand{end}")
            comments += 1
            continue
        lines.append(line)
    said = {
        **draw(SAID), "delimiter": delimiter, "quote": quote, "escape": quote,
        "header_rows": 1, "skip_lines": 0, "comment": comment, "encoding": encoding,
    }  # fmt: skip
    return "".join(lines).encode(encoding), said, lines, comments


def total_of(content, said):
    """Count the lines as Python does: each of the three kinds of line end ends one."""
    return len(list(io.StringIO(content.decode(said["encoding"]), newline="")))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(broken_files())
def test_rows_shown_and_rows_reported_are_the_rows_of_the_file(made):
    content, said, lines, comments = made
    with tempfile.TemporaryDirectory() as folder:
        path, copy = Path(folder) / "file.csv", Path(folder) / "copy.csv"
        path.write_bytes(content)
        hand = Hand.of(said)
        notes = Notes(rejects_path=rejects_of(copy), names="names")
        with duckdb.connect(config={"threads": 1}) as con:
            try:
                looked = see(con, path, hand)
            except Invalid as refused:
                # More NULs than text has: the whole file is refused, in a sentence.
                event(refused.message)
                return
            seen, layout = looked.scan, looked.layout
            _, words, found = read_whole(con, path, copy, looked, notes, hand, {})
            shown = words.rows
        told = notes.told(listing_of(copy))
        inner = sum(line.rstrip("\r\n").count("\n") for line in lines[1:])
        # Every line of the file is somewhere, and only there, also where a quote never ends.
        if found.total:
            taken = found.above + shown + found.left_out + found.comments
            assert taken + found.blank + found.within == found.total == total_of(content, said)
        lines_told = _lines(seen, layout, shown, found)
        assert lines_told["total"] == total_of(content, said)
        assert lines_told["rest"] >= 0
        counted = shown + found.left_out + found.comments + found.blank
        if any("open" in line for line in lines):
            # Who opens a quote and never closes it says not where its record ends.
            assert counted <= len(lines) - 1 + inner
        else:
            assert counted == len(lines) - 1
            assert found.comments == comments
        # Each row that is left out is a problem, listed, and kept as it is written.
        listed = listing_of(copy)
        problems = listed.read_text("utf-8").splitlines() if listed.exists() else []
        assert len(problems) == told["problem_count"]
        kept = rejects_of(copy)
        assert notes.rejects == found.left_out
        assert kept.exists() == (found.left_out > 0)
        reasons = [one for one in map(json.loads, problems) if one.get("row") is None]
        assert len(reasons) >= found.left_out
