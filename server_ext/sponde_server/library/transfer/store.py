"""Rows of what travels: whole blocks with their past, many new blocks at once, and imports."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from sponde_server.core.rows import columns, insert, insert_many, many, one, replace
from sponde_server.library import store
from sponde_server.library.bulk import store as bulk_store
from sponde_server.library.code.facts import VERSION, code_hash
from sponde_server.library.records import CodeBlock, Revision
from sponde_server.library.sources.near import BANDS, Signature
from sponde_server.library.sources.records import BlockSource

from .records import (
    BlockClaim,
    BlockImport,
    BundleBlock,
    BundleProof,
    BundleRevision,
    BundleSource,
    ImportPart,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

T = TypeVar("T")
_BANDS = [f"band{number}" for number in range(1, BANDS + 1)]
_MOST_ALIKE = 20
_LISTED = 20


def list_ids(con: "Connection") -> list[str]:
    """List every block that is not deleted, the oldest first."""
    return [
        row[0]
        for row in con.execute(
            "SELECT id FROM code_block WHERE removed_at IS NULL ORDER BY id"
        ).fetchall()
    ]


def whole(
    con: "Connection", ids: Sequence[str], has_past: bool
) -> list[tuple[CodeBlock, BundleBlock]]:
    """Give blocks as they travel."""
    blocks = bulk_store.find_many(con, ids)
    there = [block.id for block in blocks]
    revisions: dict[str, list[Revision]] = {}
    sources: dict[str, list[BlockSource]] = {}
    claims: dict[str, BlockClaim] = {}
    if has_past:
        for revision in _of(con, Revision, "revision", there, "id"):
            revisions.setdefault(revision.block_id, []).append(revision)
        for source in _of(con, BlockSource, "block_source", there, "noted_at, id"):
            sources.setdefault(source.block_id, []).append(source)
        claims = {
            claim.block_id: claim
            for claim in _of(con, BlockClaim, "block_claim", there, "block_id")
        }
    return [
        (
            block,
            _bundled(
                block,
                revisions.get(block.id, []),
                sources.get(block.id, []),
                claims.get(block.id),
                has_past,
            ),
        )
        for block in blocks
    ]


def known_codes(con: "Connection", digests: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Say which codes are here, by their hash: the block's id and name."""
    rows = con.execute(
        "SELECT code_hash, id, name FROM code_block WHERE removed_at IS NULL "
        "AND code_hash IN (SELECT unnest(?))",
        [list(digests)],
    ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def removed_codes(con: "Connection", digests: Sequence[str]) -> dict[str, str]:
    """Say which codes lie among the deleted blocks, by their hash: the latest block's id."""
    rows = con.execute(
        "SELECT code_hash, id FROM code_block WHERE removed_at IS NOT NULL "
        "AND code_hash IN (SELECT unnest(?)) ORDER BY removed_at, id",
        [list(digests)],
    ).fetchall()
    return dict(rows)


def list_alike(con: "Connection", measured: Sequence[Signature]) -> list[list[tuple[str, bool]]]:
    """For each code, list blocks that may be near, and whether their trees are the same."""
    found: list[dict[str, bool]] = [{} for _ in measured]
    trees = [(at, one.tree) for at, one in enumerate(measured) if one.tree is not None]
    if trees:
        for at, block_id in _joined(con, "tree", trees):
            if len(found[at]) < _MOST_ALIKE:
                found[at][block_id] = True
    for place, name in enumerate(_BANDS):
        banded = [(at, one.bands[place]) for at, one in enumerate(measured) if one.bands]
        for at, block_id in _joined(con, name, banded) if banded else ():
            if len(found[at]) < _MOST_ALIKE:
                found[at].setdefault(block_id, False)
    return [list(each.items()) for each in found]


def add_many(
    con: "Connection",
    blocks: Sequence[CodeBlock],
    measured: Sequence[Signature],
    revisions: Sequence[Revision],
    claims: Sequence[BlockClaim],
) -> None:
    """Add many blocks with their past."""
    store.add_many(con, blocks)
    if blocks:
        rows = [
            (block.id, VERSION, near.tree, *(near.bands or (None,) * BANDS))
            for block, near in zip(blocks, measured, strict=True)
        ]
        marks = ["unnest(?)", "unnest(?)", *["unnest(?::UBIGINT[])"] * (BANDS + 1)]
        con.execute(
            f"INSERT OR REPLACE INTO block_near (block_id, version, tree, {', '.join(_BANDS)}) "
            f"SELECT {', '.join(marks)}",
            [list(column) for column in zip(*rows, strict=True)],
        )
    insert_many(con, "revision", revisions)
    if claims:
        con.execute(
            "DELETE FROM block_claim WHERE block_id IN (SELECT unnest(?))",
            [[claim.block_id for claim in claims]],
        )
        insert_many(con, "block_claim", claims)


def add_sources(con: "Connection", sources: Sequence[BlockSource]) -> None:
    """Note many sources, and write what `from:` asks for."""
    insert_many(con, "block_source", sources)
    note_sources(con, [source.block_id for source in sources])


def remove_sources(con: "Connection", sources: dict[str, str]) -> None:
    """Forget sources; given are their ids, each with its block's."""
    con.execute("DELETE FROM block_source WHERE id IN (SELECT unnest(?))", [list(sources)])
    note_sources(con, list(sources.values()))


def note_sources(con: "Connection", block_ids: Iterable[str]) -> None:
    """Write what `from:` asks for beside blocks whose sources have changed."""
    ids = sorted(set(block_ids))
    if ids:
        con.execute(
            "UPDATE code_block SET sources = coalesce(said.line, ''), "
            "change = nextval('code_block_change') FROM (SELECT given.id, "
            "chr(10) || string_agg(DISTINCT 'from:' || kind, chr(10)) || chr(10) AS line "
            "FROM (SELECT unnest(?) AS id) AS given LEFT JOIN block_source "
            "ON block_source.block_id = given.id GROUP BY given.id) AS said "
            "WHERE code_block.id = said.id",
            [ids],
        )


def taken_names(con: "Connection", names: Sequence[str]) -> set[str]:
    """Say which of these names a block has (given and told in lower case, with _ for -)."""
    rows = con.execute(
        "SELECT DISTINCT replace(lower_name, '-', '_') AS plain FROM code_block "
        "WHERE removed_at IS NULL AND plain IN (SELECT unnest(?))",
        [list(names)],
    ).fetchall()
    return {row[0] for row in rows}


def taken_ids(con: "Connection", ids: Sequence[str]) -> set[str]:
    """Say which ids a block has, deleted ones too."""
    rows = con.execute(
        "SELECT id FROM code_block WHERE id IN (SELECT unnest(?))", [list(ids)]
    ).fetchall()
    return {row[0] for row in rows}


def names_of(con: "Connection", ids: Sequence[str]) -> dict[str, str]:
    """Give the names of blocks that are there."""
    rows = con.execute(
        "SELECT id, name FROM code_block WHERE removed_at IS NULL AND id IN (SELECT unnest(?))",
        [list(ids)],
    ).fetchall()
    return dict(rows)


def put_import(con: "Connection", transfer: BlockImport) -> None:
    """Write how far an import is."""
    if find_import(con, transfer.id):
        replace(con, "block_import", transfer)
    else:
        insert(con, "block_import", transfer)


def find_import(con: "Connection", import_id: str) -> BlockImport | None:
    """Find an import that has kept something."""
    return one(
        con,
        BlockImport,
        f"SELECT {columns(BlockImport)} FROM block_import WHERE id = ?",
        [import_id],
    )


def list_imports(con: "Connection") -> list[BlockImport]:
    """List the last imports that kept something, latest first."""
    return many(
        con,
        BlockImport,
        f"SELECT {columns(BlockImport)} FROM block_import ORDER BY id DESC LIMIT {_LISTED}",
    )


def add_parts(con: "Connection", parts: Sequence[ImportPart]) -> None:
    """Note what an import did."""
    insert_many(con, "block_import_part", parts)


def list_parts(con: "Connection", import_id: str) -> list[ImportPart]:
    """List what an import did."""
    return many(
        con,
        ImportPart,
        f"SELECT {columns(ImportPart)} FROM block_import_part WHERE import_id = ?",
        [import_id],
    )


def find_claim(con: "Connection", block_id: str) -> BlockClaim | None:
    """Find what a bundle says of a block's runs elsewhere."""
    return one(
        con,
        BlockClaim,
        f"SELECT {columns(BlockClaim)} FROM block_claim WHERE block_id = ?",
        [block_id],
    )


def _joined(
    con: "Connection", name: str, wanted: Sequence[tuple[int, int]]
) -> list[tuple[int, str]]:
    return con.execute(
        "SELECT given.at, block_near.block_id FROM "
        "(SELECT unnest(?) AS at, unnest(?::UBIGINT[]) AS value) AS given "
        f"JOIN block_near ON block_near.{name} = given.value ORDER BY given.at",
        [[at for at, _ in wanted], [value for _, value in wanted]],
    ).fetchall()


def _of(con: "Connection", kind: type[T], table: str, ids: list[str], order: str) -> list[T]:
    return many(
        con,
        kind,
        f"SELECT {columns(kind)} FROM {table} WHERE block_id IN (SELECT unnest(?)) "
        f"ORDER BY {order}",
        [ids],
    )


def _bundled(
    block: CodeBlock,
    revisions: Sequence[Revision],
    sources: Sequence[BlockSource],
    claim: BlockClaim | None,
    has_past: bool,
) -> BundleBlock:
    return BundleBlock(
        id=block.id,
        name=block.name,
        language=block.language,
        code=block.code,
        description=block.description,
        tags=block.tags,
        fields=block.fields,
        created_at=block.created_at,
        updated_at=block.updated_at,
        revisions=tuple(
            BundleRevision(
                code=was.code,
                name=was.name,
                language=was.language,
                description=was.description,
                tags=was.tags,
                fields=was.fields,
                written_at=was.written_at,
                replaced_at=was.replaced_at,
                changed_by=was.changed_by,
                cause=was.cause,
            )
            for was in revisions
        ),
        sources=tuple(
            BundleSource(
                kind=source.kind,
                # A folder's name is nobody's business; the file's own says where it was.
                label=source.label or source.path.rpartition("/")[2],
                line=source.line,
                noted_at=source.noted_at,
            )
            for source in sources
        ),
        proof=_proof(block, claim) if has_past else None,
    )


def _proof(block: CodeBlock, claim: BlockClaim | None) -> BundleProof | None:
    if block.last_outcome is None:
        return claim.proof if claim and claim.code_hash == code_hash(block.code) else None
    return BundleProof(
        ok_runs=block.ok_runs,
        failed_runs=block.failed_runs,
        last_outcome=block.last_outcome,
        last_error=block.last_error.partition(":")[0][:80],
        last_run_at=block.last_run_at,
        packages=block.proven_with,
    )
