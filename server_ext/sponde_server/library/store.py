"""Rows of the library, and the search over them.

Up to some twenty thousand blocks no index is needed: `contains` over a stored lower-cased column.
Ids first, then the rows with nothing but `id IN (…)` in the WHERE.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace, stamp, to_row

from .code.facts import code_hash
from .finding.store import noted
from .finding.words import text_of
from .records import CodeBlock, KnownCode, LanguageCount, Outcome, Revision, Use

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_BLOCK = columns(CodeBlock)
_SEARCHED = (
    "code_hash", "lower_name", "lower_text", "words", '"keys"', "lower_defines", "quality",
    "plain_name",
)  # fmt: skip
_NEXT = "nextval('code_block_change')"


def add(con: "Connection", block: CodeBlock) -> None:
    """Add a block."""
    row = [*to_row(block), *_searched(block)]
    con.execute(
        f"INSERT INTO code_block ({_BLOCK}, {', '.join(_SEARCHED)}, change) "
        f"VALUES ({', '.join('?' * len(row))}, {_NEXT})",
        row,
    )


def add_many(con: "Connection", blocks: Sequence[CodeBlock]) -> None:
    """Add many blocks at once."""
    if blocks:
        rows = [[*to_row(block), *_searched(block)] for block in blocks]
        con.execute(
            f"INSERT INTO code_block ({_BLOCK}, {', '.join(_SEARCHED)}, change) "
            f"SELECT {', '.join(['unnest(?)'] * len(rows[0]))}, {_NEXT}",
            [list(column) for column in zip(*rows, strict=True)],
        )


def update(con: "Connection", block: CodeBlock) -> None:
    """Write a block over the one with its id."""
    replace(con, "code_block", block)
    con.execute(
        f"UPDATE code_block SET {', '.join(f'{name} = ?' for name in _SEARCHED)}, "
        f"change = {_NEXT} WHERE id = ?",
        [*_searched(block), block.id],
    )


def update_many(con: "Connection", blocks: Sequence[CodeBlock]) -> None:
    """Write the names, tags and moments of many blocks; nothing else of them may have changed."""
    if not blocks:
        return
    names = ["name", "tags", "updated_at", *_SEARCHED]
    at = {field.name: place for place, field in enumerate(fields(CodeBlock))}
    rows = [
        [row[at["id"]], *(row[at[name]] for name in names[:3]), *_searched(block)]
        for block, row in ((block, to_row(block)) for block in blocks)
    ]
    sets = ", ".join(f"{name} = given.c{place}" for place, name in enumerate(names, 1))
    given = ", ".join(f"unnest(?) AS c{place}" for place in range(len(names) + 1))
    con.execute(
        f"UPDATE code_block SET {sets}, change = {_NEXT} FROM (SELECT {given}) AS given "
        "WHERE code_block.id = given.c0",
        [list(column) for column in zip(*rows, strict=True)],
    )


def find(con: "Connection", block_id: str) -> CodeBlock | None:
    """Find a block that is not deleted."""
    return one(
        con,
        CodeBlock,
        f"SELECT {_BLOCK} FROM code_block WHERE id = ? AND removed_at IS NULL",
        [block_id],
    )


def find_removed(con: "Connection", block_id: str) -> CodeBlock | None:
    """Find a block that was deleted."""
    return one(
        con,
        CodeBlock,
        f"SELECT {_BLOCK} FROM code_block WHERE id = ? AND removed_at IS NOT NULL",
        [block_id],
    )


def find_by_name(con: "Connection", name: str) -> CodeBlock | None:
    """Find a block by its name: as written, else whatever the case, with - and _ alike."""
    # Nothing else in the condition, here and below: only then DuckDB uses its index.
    rows = con.execute(
        "SELECT id, name, removed_at FROM code_block WHERE plain_name = ?", [plain_name(name)]
    ).fetchall()
    there = [
        (given != name, given.lower() != name.lower(), found) for found, given, at in rows if not at
    ]
    return find(con, min(there)[2]) if there else None


def has_name(con: "Connection", name: str) -> bool:
    """Whether a block has this name, whatever the case, with - and _ alike."""
    rows = con.execute(
        "SELECT removed_at FROM code_block WHERE plain_name = ?", [plain_name(name)]
    ).fetchall()
    return any(at is None for (at,) in rows)


def plain_name(name: str) -> str:
    """Give a name as names are compared."""
    return name.lower().replace("-", "_")


def find_by_code(con: "Connection", code: str, *, removed: bool = False) -> CodeBlock | None:
    """Find the block that holds this code; with `removed` the latest deleted one that does."""
    rows = con.execute(
        "SELECT id, removed_at FROM code_block WHERE code_hash = ?", [code_hash(code)]
    ).fetchall()
    if removed:
        gone = [(at, found) for found, at in rows if at is not None]
        return find_removed(con, max(gone)[1]) if gone else None
    there = [found for found, at in rows if at is None]
    return find(con, min(there)) if there else None


def list_known(con: "Connection", codes: Sequence[str]) -> list[KnownCode]:
    """Say which of these texts the library holds, and in which block."""
    texts = {code: code_hash(code) for code in codes}
    if not texts:
        return []
    marks = ", ".join("?" * len(texts))
    found = {
        digest: (block_id, name)
        for digest, block_id, name in con.execute(
            "SELECT code_hash, id, name FROM code_block "
            f"WHERE removed_at IS NULL AND code_hash IN ({marks})",
            list(texts.values()),
        ).fetchall()
    }
    return [
        KnownCode(code=code, block_id=found[digest][0], name=found[digest][1])
        for code, digest in texts.items()
        if digest in found
    ]


def list_names(con: "Connection", beginning: str = "") -> list[str]:
    """List the names in use that begin so (- and _ alike), in lower case."""
    rows = con.execute(
        "SELECT lower_name FROM code_block WHERE removed_at IS NULL "
        "AND starts_with(replace(lower_name, '-', '_'), replace(lower(?), '-', '_'))",
        [beginning],
    ).fetchall()
    return [row[0] for row in rows]


def count_languages(con: "Connection") -> list[LanguageCount]:
    """Count the blocks of each language, most first."""
    return many(
        con,
        LanguageCount,
        "SELECT language, count(*) AS blocks FROM code_block WHERE removed_at IS NULL "
        "GROUP BY language ORDER BY blocks DESC, language",
    )


def remove(con: "Connection", block_id: str, moment: datetime) -> None:
    """Mark a block as deleted."""
    con.execute(
        f"UPDATE code_block SET removed_at = ?, change = {_NEXT} WHERE id = ?",
        [stamp(moment), block_id],
    )


def restore(con: "Connection", block_id: str) -> None:
    """Take the mark away again."""
    con.execute(
        f"UPDATE code_block SET removed_at = NULL, change = {_NEXT} WHERE id = ?", [block_id]
    )


def add_revision(con: "Connection", revision: Revision) -> None:
    """Keep what a block was."""
    insert(con, "revision", revision)


def find_revision(con: "Connection", block_id: str, revision_id: str) -> Revision | None:
    """Find one earlier state of a block."""
    return one(
        con,
        Revision,
        f"SELECT {columns(Revision)} FROM revision WHERE id = ? AND block_id = ?",
        [revision_id, block_id],
    )


def list_revisions(con: "Connection", block_id: str) -> list[Revision]:
    """List what a block was, latest first."""
    return many(
        con,
        Revision,
        f"SELECT {columns(Revision)} FROM revision WHERE block_id = ? ORDER BY id DESC",
        [block_id],
    )


def add_use(con: "Connection", use: Use) -> None:
    """Add a use."""
    insert(con, "use", use)


def update_use(con: "Connection", use: Use) -> None:
    """Write a use over the one with its id."""
    replace(con, "use", use)


def find_use(con: "Connection", block_id: str, use_id: str) -> Use | None:
    """Find a use of a block."""
    return one(
        con,
        Use,
        f"SELECT {columns(Use)} FROM use WHERE id = ? AND block_id = ?",
        [use_id, block_id],
    )


def list_uses(con: "Connection", block_id: str, limit: int) -> list[Use]:
    """List a block's uses, latest first."""
    return many(
        con,
        Use,
        f"SELECT {columns(Use)} FROM use WHERE block_id = ? ORDER BY id DESC LIMIT ?",
        [block_id, limit],
    )


def find_last_run(con: "Connection", block_id: str, digest: str) -> Use | None:
    """Find the last use that ran this very code of the block."""
    return one(
        con,
        Use,
        f"SELECT {columns(Use)} FROM use WHERE block_id = ? AND code_hash = ? AND outcome <> ? "
        "ORDER BY ended_at DESC, id DESC LIMIT 1",
        [block_id, digest, Outcome.WAITING.value],
    )


def _searched(block: CodeBlock) -> list[object]:
    return [
        code_hash(block.code),
        block.name.lower(),
        text_of(block).lower(),
        *noted(block),
        plain_name(block.name),
    ]
