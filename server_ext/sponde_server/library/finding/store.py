"""The rows of a search: what SQL says of a query, over all blocks or over a few of them.

A scan asks it of all blocks. An index decides by checking.py, which says the same of texts.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sponde_server.core.rows import columns, many
from sponde_server.library.records import CodeBlock

from .query import ALTERNATIVES, Filter, Kind, Query, Term, bounds
from .words import keys_line, quality_of, words_line

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_BLOCK = columns(CodeBlock)
_LOOKED_AT = (
    "id, name, lower_name, code, description, tags, lower_text, lower_defines, words, "
    '"keys", sources, uses, updated_at, quality, removed_at'
)
ELSEWHERE = 7
"""The last level: somewhere inside the code."""


@dataclass(frozen=True)
class Hit:
    """A block that a search has found."""

    id: str
    level: int
    """Where: 0 it is the name, 1 the name begins so, 2 in the name, 3 among what it defines,
    4 in a tag, 5 in the description, 6 as a word of the code, 7 inside one."""
    quality: int
    """What orders equal levels."""

    @property
    def place(self) -> tuple[int, int]:
        """What hits are ordered by, smallest first."""
        return (self.level, -self.quality)


def scan(
    con: "Connection", query: Query, limit: int, offset: int = 0, *, changed_after: int = -1
) -> list[Hit]:
    """Look through all blocks, or through those that were written since."""
    condition, values = _condition(query)
    level, level_values = _level(query)
    since = f"change > {changed_after} AND " if changed_after >= 0 else ""
    rows = con.execute(
        f"SELECT id, {level} AS level, quality FROM code_block "
        f"WHERE {since}removed_at IS NULL AND words IS NOT NULL AND {condition} "
        "ORDER BY level, quality DESC, id DESC LIMIT ? OFFSET ?",
        [*level_values, *values, limit, offset],
    ).fetchall()
    return [Hit(*row) for row in rows]


def among(con: "Connection", query: Query, ids: Sequence[str]) -> list[Hit]:
    """Say which of these blocks are meant; best first."""
    if not ids:
        return []
    condition, values = _condition(query)
    level, level_values = _level(query)
    marks = ", ".join("?" * len(ids))
    rows = con.execute(
        # First the rows by their key, then the conditions: together DuckDB reads every row.
        f"WITH few AS MATERIALIZED (SELECT {_LOOKED_AT} FROM code_block WHERE id IN ({marks})) "
        f"SELECT id, {level} AS level, quality FROM few "
        f"WHERE removed_at IS NULL AND {condition} ORDER BY level, quality DESC, id DESC",
        [*ids, *level_values, *values],
    ).fetchall()
    return [Hit(*row) for row in rows]


def matching(
    con: "Connection", terms: Sequence[Term], texts: Sequence[tuple[str, str, str]]
) -> list[int]:
    """Say which texts (code, name, description of a block each) all regular expressions match."""
    parts, values = zip(*(_term(term) for term in terms), strict=True)
    rows = con.execute(
        "SELECT place FROM (SELECT unnest(?) AS code, unnest(?) AS name, unnest(?) AS description, "
        f"unnest(range({len(texts)})) AS place) WHERE {' AND '.join(parts)} ORDER BY place",
        [*(list(column) for column in zip(*texts, strict=True)), *itertools.chain(*values)],
    ).fetchall()
    return [row[0] for row in rows]


def blocks(con: "Connection", ids: Sequence[str]) -> list[CodeBlock]:
    """Give blocks in this order."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    found = {
        block.id: block
        for block in many(
            con, CodeBlock, f"SELECT {_BLOCK} FROM code_block WHERE id IN ({marks})", ids
        )
    }
    return [found[block_id] for block_id in ids if block_id in found]


def count(con: "Connection") -> int:
    """Count the blocks, deleted ones too: how much there is to look through."""
    return int(con.execute("SELECT count(*) FROM code_block").fetchall()[0][0])


def wrong_pattern(con: "Connection", query: Query) -> str:
    """Say what is wrong with a regular expression, in DuckDB's words; nothing where none is."""
    import duckdb

    for term in query.terms:
        if term.kind is Kind.PATTERN:
            try:
                con.execute("SELECT regexp_matches('', ?)", [_pattern(term)]).fetchall()
            except duckdb.InvalidInputException as error:
                return str(error).removeprefix("Invalid Input Error: ")
    return ""


def first_matches(con: "Connection", term: Term, ids: Sequence[str]) -> dict[str, str]:
    """Give the first text in each block's code that a regular expression matches."""
    marks = ", ".join("?" * len(ids))
    rows = con.execute(
        f"WITH few AS MATERIALIZED (SELECT id, code FROM code_block WHERE id IN ({marks})) "
        "SELECT id, regexp_extract(code, ?) FROM few",
        [*ids, _pattern(term)],
    ).fetchall()
    return dict(rows)


# -- what completes a filter ------------------------------------------------------------------


def values(con: "Connection", beginning: str, limit: int) -> list[tuple[str, int]]:
    """List what filters could ask for that begin so, `imports:pa`, with how many blocks have it."""
    return con.execute(
        "SELECT key, count(*) AS blocks FROM ("
        'SELECT unnest(string_split("keys", chr(10))) AS key FROM code_block '
        'WHERE removed_at IS NULL AND contains("keys", chr(10) || ?)) '
        "WHERE starts_with(key, ?) GROUP BY key ORDER BY blocks DESC, key LIMIT ?",
        [beginning, beginning, limit],
    ).fetchall()


# -- what an index is made of -----------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A block as an index takes it."""

    id: str
    change: int
    is_removed: bool
    name: str
    description: str
    tags: str
    code: str
    lower_name: str
    lower_text: str
    lower_defines: str
    lower_tags: str
    lower_description: str
    words: str
    keys: str
    uses: int
    quality: int


def rows_after(con: "Connection", change: int, limit: int) -> list[Row]:
    """List some of what was written after a change, the oldest first; none where nothing was."""
    # By a range of changes, which are nearly dense: DuckDB reads only where they lie.
    while True:
        rows = con.execute(
            "SELECT id, change, removed_at IS NOT NULL, name, description, tags, code, lower_name, "
            "lower_text, lower_defines, lower(tags), lower(description), words, "
            '"keys" || sources, uses, quality FROM code_block '
            "WHERE change > ? AND change <= ? AND words IS NOT NULL ORDER BY change",
            [change, change + limit],
        ).fetchall()
        if rows:
            return [Row(*row) for row in rows]
        [(following,)] = con.execute(
            "SELECT min(change) FROM code_block WHERE change > ? AND words IS NOT NULL",
            [change + limit],
        ).fetchall()
        if following is None:
            return []
        change = following - 1


@dataclass(frozen=True)
class Newer:
    """A block that was written after the index."""

    id: str
    is_there: bool
    """Whether it is not deleted, and meets the filters."""
    quality: int
    texts: tuple[str, ...]
    """As checking.py takes them."""


def list_newer(con: "Connection", query: Query, change: int, limit: int) -> list[Newer]:
    """List some of what was written, or deleted, after a change."""
    condition, values = _condition(replace(query, terms=()))
    rows = con.execute(
        f"SELECT id, removed_at IS NULL AND words IS NOT NULL AND {condition}, quality, "
        "name, description, tags, code, lower_name, lower_defines, lower(tags), "
        "lower(description), words FROM code_block WHERE change > ? LIMIT ?",
        [*values, change, limit],
    ).fetchall()
    return [Newer(row[0], bool(row[1]), row[2], row[3:]) for row in rows]


def ids_after(con: "Connection", change: int) -> set[str]:
    """Name the blocks that were written, or deleted, after a change."""
    rows = con.execute("SELECT id FROM code_block WHERE change > ?", [change]).fetchall()
    return {row[0] for row in rows}


def newest_change(con: "Connection") -> int:
    """Give the latest change."""
    return int(con.execute("SELECT coalesce(max(change), -1) FROM code_block").fetchall()[0][0])


def change_of(con: "Connection", block_id: str) -> int | None:
    """Give a block's latest change."""
    found = con.execute("SELECT change FROM code_block WHERE id = ?", [block_id]).fetchone()
    return found[0] if found else None


def unprepared(con: "Connection", limit: int) -> list[str]:
    """Name blocks that were written before searches looked at words."""
    rows = con.execute("SELECT id FROM code_block WHERE words IS NULL LIMIT ?", [limit]).fetchall()
    return [row[0] for row in rows]


def prepare(con: "Connection", ids: Sequence[str]) -> None:
    """Make what searches look at."""
    for block in blocks(con, ids):
        note(con, block)


def note(con: "Connection", block: CodeBlock) -> None:
    """Write what searches look at beside a block that was written."""
    con.execute(
        'UPDATE code_block SET words = ?, "keys" = ?, lower_defines = ?, quality = ?, '
        "change = nextval('code_block_change') WHERE id = ?",
        [*noted(block), block.id],
    )


def note_sources(con: "Connection", block_id: str) -> None:
    """Write what `from:` asks for beside a block whose sources have changed."""
    con.execute(
        "UPDATE code_block SET sources = coalesce((SELECT chr(10) || "
        "string_agg(DISTINCT 'from:' || kind, chr(10)) || chr(10) FROM block_source "
        "WHERE block_id = ?), ''), change = nextval('code_block_change') WHERE id = ?",
        [block_id, block_id],
    )


def noted(block: CodeBlock) -> list[Any]:
    """Make those columns."""
    defines = "\n".join(block.facts.defines).lower()
    return [words_line(block), keys_line(block), defines, quality_of(block)]


# -- a query as SQL ---------------------------------------------------------------------------


def _condition(query: Query) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    either: dict[str, list[str]] = {}
    held: dict[str, list[Any]] = {}
    for one in query.filters:
        sql, given = _filter(one)
        if one.is_not:
            parts.append(f"NOT ({sql})")
            values += given
        elif one.key in ALTERNATIVES:
            either.setdefault(one.key, []).append(sql)
            held.setdefault(one.key, []).extend(given)
        else:
            parts.append(sql)
            values += given
    for key, choices in either.items():
        parts.append(f"({' OR '.join(choices)})")
        values += held[key]
    for term in query.terms:
        sql, given = _term(term)
        parts.append(sql)
        values += given
    return " AND ".join(parts) or "true", values


def _filter(one: Filter) -> tuple[str, list[Any]]:
    if one.key == "used":
        return "uses BETWEEN ? AND ?", [*bounds(one.value)]
    if one.key == "after":
        return "updated_at >= ?::TIMESTAMP", [one.value[:19]]
    if one.key == "before":
        return "updated_at < ?::TIMESTAMP", [one.value[:19]]
    column = "sources" if one.key == "from" else '"keys"'
    return f"contains({column}, ?)", [f"\n{one.key}:{one.value}" + ("" if one.is_open else "\n")]


def _term(term: Term) -> tuple[str, list[Any]]:
    text = term.text
    if term.kind is Kind.WORD:
        return "contains(replace(lower_text, '_', ''), ?)", [text]
    if term.kind is Kind.BEGIN:
        return "contains(words, ?)", [f" {text}"]
    if term.kind is Kind.PATTERN:
        given = _pattern(term)
        matches = [f"regexp_matches({column}, ?)" for column in ("code", "name", "description")]
        return f"({' OR '.join(matches)})", [given] * 3
    if not term.is_cased:
        return "contains(lower_text, ?)", [text]
    # Tags are kept as JSON: only letters are the same there.
    places = ("code", "name", "description", *(("tags",) if text.isalnum() else ()))
    return f"({' OR '.join(f'contains({place}, ?)' for place in places)})", [text] * len(places)


def _pattern(term: Term) -> str:
    return f"(?{'' if term.is_cased else 'i'}m){term.text}"


def _level(query: Query) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    for term in query.terms:
        sql, given = _level_of(term)
        parts.append(sql)
        values += given
    if not parts:
        return "0", []
    deepest = f"greatest({', '.join(parts)})"
    if not query.whole:
        return deepest, values
    name = "replace(replace(lower_name, '_', ''), '-', '')"
    return (
        f"CASE WHEN {name} = ? THEN 0 WHEN starts_with({name}, ?) THEN 1 ELSE {deepest} END",
        [query.whole, query.whole, *values],
    )


_HEADS = ("lower_name", "lower_defines", "lower(tags)", "lower(description)")


def _level_of(term: Term) -> tuple[str, list[Any]]:
    text = term.text.lower()
    if term.kind is Kind.PATTERN:
        return f"{ELSEWHERE}", []
    if term.kind is Kind.BEGIN:
        tests = [f"regexp_matches({head}, ?)" for head in _HEADS]
        given: list[Any] = [f"(^|[^\\pL\\pN]){text}"] * len(_HEADS)
    elif term.kind is Kind.WORD:
        tests = [f"contains(replace({head}, '_', ''), ?)" for head in _HEADS]
        given = [text] * len(_HEADS)
    else:
        tests = [f"contains({head}, ?)" for head in _HEADS]
        given = [text] * len(_HEADS)
    if term.kind is not Kind.EXACT:
        tests.append("contains(words, ?)")
        given.append(f" {text} ")
    whens = " ".join(f"WHEN {test} THEN {number + 2}" for number, test in enumerate(tests))
    return f"CASE {whens} ELSE {ELSEWHERE} END", given
