"""Rows of where blocks came from, what they are like, and which were made one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one
from sponde_server.library.finding.store import note_sources

from .near import BANDS, Signature
from .near_records import Merge
from .records import BlockSource

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

    from sponde_server.library.code.wants import Wants

_BANDS = [f"band{number}" for number in range(1, BANDS + 1)]
_MOST_ALIKE = 200


def add_source(con: "Connection", source: BlockSource) -> None:
    """Note a source, unless the block has it already."""
    known = con.execute(
        "SELECT 1 FROM block_source WHERE block_id = ? AND kind = ? AND path = ? AND cell_id = ? "
        "AND line = ? AND message_id IS NOT DISTINCT FROM ? LIMIT 1",
        [
            source.block_id,
            source.kind.value,
            source.path,
            source.cell_id,
            source.line,
            source.message_id,
        ],
    ).fetchone()
    if not known:
        insert(con, "block_source", source)
        note_sources(con, source.block_id)


def list_sources(con: "Connection", block_id: str) -> list[BlockSource]:
    """List where a block came from, first place first."""
    return many(
        con,
        BlockSource,
        f"SELECT {columns(BlockSource)} FROM block_source WHERE block_id = ? "
        "ORDER BY noted_at, id LIMIT 100",
        [block_id],
    )


def put_signature(
    con: "Connection",
    block_id: str,
    measured: Signature,
    version: int,
    shape: int | None,
    wants: "Wants",
) -> None:
    """Note what a block is looked up by: by what is near it, its twins, and what it fits."""
    bands = measured.bands or (None,) * BANDS
    con.execute(
        "INSERT OR REPLACE INTO block_near (block_id, version, tree, shape, wants, lacks, "
        f"{', '.join(_BANDS)}) VALUES ({', '.join('?' * (BANDS + 6))})",
        [block_id, version, measured.tree, shape, wants.line, len(wants.also), *bands],
    )


def list_alike(con: "Connection", measured: Signature) -> list[tuple[str, bool]]:
    """List blocks that may be near, and whether their trees are the same."""
    wanted: list[str] = []
    values: list[int] = []
    if measured.tree is not None:
        wanted, values = ["tree = ?"], [measured.tree]
    if measured.bands:
        wanted += [f"{name} = ?" for name in _BANDS]
        values += measured.bands
    if not wanted:
        return []
    rows = con.execute(
        f"SELECT block_id, coalesce(tree = ?, false) FROM block_near WHERE {' OR '.join(wanted)} "
        f"LIMIT {_MOST_ALIKE}",
        [measured.tree, *values],
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def list_codes(con: "Connection", ids: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Give id, name, language and code of those of these blocks that are not deleted."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = con.execute(
        "WITH few AS MATERIALIZED (SELECT id, name, language, code, removed_at FROM code_block "
        f"WHERE id IN ({marks})) SELECT id, name, language, code FROM few WHERE removed_at IS NULL",
        list(ids),
    ).fetchall()
    return [tuple(row) for row in rows]


def list_old(con: "Connection", version: int, limit: int) -> list[str]:
    """List blocks whose facts were read by an older version, deleted ones too."""
    rows = con.execute(
        "SELECT c.id FROM code_block c LEFT JOIN block_near n ON n.block_id = c.id "
        "WHERE n.version IS NULL OR n.version <> ? LIMIT ?",
        [version, limit],
    ).fetchall()
    return [row[0] for row in rows]


def list_mentioning(con: "Connection", words: Sequence[str]) -> list[str]:
    """List blocks in whose text one of these words stands, whatever the case."""
    if not words:
        return []
    wanted = " OR ".join(["contains(lower_text, ?)"] * len(words))
    rows = con.execute(
        f"SELECT id FROM code_block WHERE removed_at IS NULL AND ({wanted}) LIMIT 10000",
        [word.lower() for word in words],
    ).fetchall()
    return [row[0] for row in rows]


def move(con: "Connection", block_id: str, into_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give a block's sources and uses to another; tell which they were."""
    moved = []
    for table in ("block_source", "use"):
        rows = con.execute(f"SELECT id FROM {table} WHERE block_id = ?", [block_id]).fetchall()
        con.execute(f"UPDATE {table} SET block_id = ? WHERE block_id = ?", [into_id, block_id])
        moved.append(tuple(row[0] for row in rows))
    note_sources(con, block_id)
    note_sources(con, into_id)
    return moved[0], moved[1]


def move_back(con: "Connection", merge: Merge) -> None:
    """Give sources and uses back to the block that they were of."""
    for table, ids in (("block_source", merge.source_ids), ("use", merge.use_ids)):
        if ids:
            marks = ", ".join("?" * len(ids))
            con.execute(
                f"UPDATE {table} SET block_id = ? WHERE id IN ({marks})", [merge.block_id, *ids]
            )
    note_sources(con, merge.block_id)
    note_sources(con, merge.into_id)


def add_merge(con: "Connection", merge: Merge) -> None:
    """Note a merge."""
    insert(con, "block_merge", merge)


def find_merge(con: "Connection", merge_id: str) -> Merge | None:
    """Find a merge that was not undone."""
    return one(con, Merge, f"SELECT {columns(Merge)} FROM block_merge WHERE id = ?", [merge_id])


def remove_merge(con: "Connection", merge_id: str) -> None:
    """Forget a merge that was undone."""
    con.execute("DELETE FROM block_merge WHERE id = ?", [merge_id])


def list_tags(con: "Connection", ids: Sequence[str]) -> list[str]:
    """List the tags of these blocks, those of most blocks first."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = con.execute(
        f"WITH few AS MATERIALIZED (SELECT tags, removed_at FROM code_block WHERE id IN ({marks})),"
        " said AS (SELECT unnest(from_json(tags, '[\"VARCHAR\"]')) AS tag FROM few "
        "WHERE removed_at IS NULL) SELECT tag FROM said GROUP BY tag ORDER BY count(*) DESC, tag "
        "LIMIT 6",
        list(ids),
    ).fetchall()
    return [row[0] for row in rows]
