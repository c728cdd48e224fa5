"""Notes how uses of blocks went, counts what that proves, and finds what has moved on since.

Each run is a row of its own: the first one fills the use that waited, a later one stands beside it.
Within one transaction each; does not know who ran the block.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sponde_server.core.errors import NotFound
from sponde_server.core.record import new_id, now
from sponde_server.library import store
from sponde_server.library.code.facts import code_hash
from sponde_server.library.records import CodeBlock, NewUse, Outcome, Use, UseOutcome

from . import store as proof_store
from .outputs import small
from .records import MovedPackage, Proof, StaleBlock, UseOutput

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_LONGEST_ERROR = 2000
_MOST_NAMES = 100
KEPT_OUTPUTS = 20
"""Of so many runs of a block, the latest ones, what they showed is kept."""


def note_use(con: "Connection", block: CodeBlock, body: NewUse) -> tuple[CodeBlock, Use]:
    """Note that a block is put somewhere."""
    use = Use(
        block_id=block.id,
        notebook=body.notebook,
        cell_id=body.cell_id,
        place=body.place,
        code_hash=code_hash(block.code),
    )
    store.add_use(con, use)
    block = replace(block, uses=block.uses + 1)
    store.update(con, block)
    return block, use


def note_outcome(
    con: "Connection",
    block_id: str,
    use_id: str,
    body: UseOutcome,
    datasets: Mapping[str, str],
) -> tuple[CodeBlock | None, Use]:
    """Note a run; the block is given where the run says something about its present code."""
    use = store.find_use(con, block_id, use_id)
    if use is None:
        raise NotFound(f"The block {block_id} has no use {use_id}.", "Insert the block again.")
    if body.code is not None and code_hash(body.code) != use.code_hash:
        return None, use  # the cell was edited: how it went says nothing about the block
    output = small(body.output)
    ran = replace(
        use,
        outcome=body.outcome,
        error_name=body.error_name[:_LONGEST_ERROR],
        error_message=body.error_message[:_LONGEST_ERROR],
        seconds=body.seconds,
        peak_bytes=body.peak_bytes,
        measured=body.measured[:20],
        packages=_bounded(body.packages),
        datasets=_bounded(datasets),
        note=body.note[:_LONGEST_ERROR],
        has_output=bool(output),
        ended_at=now(),
    )
    if use.outcome is Outcome.WAITING:
        store.update_use(con, ran)
    else:
        ran = replace(ran, id=new_id(), used_at=now())
        store.add_use(con, ran)
    if output:
        proof_store.put_output(con, UseOutput(use_id=ran.id, block_id=block_id, data=output))
        proof_store.forget_outputs(con, block_id, KEPT_OUTPUTS)
    block = store.find(con, block_id)
    if block is None or code_hash(block.code) != ran.code_hash:
        return None, ran
    block = with_proof(con, block)
    store.update(con, block)
    return block, ran


def with_proof(con: "Connection", block: CodeBlock) -> CodeBlock:
    """Give a block what the runs of its present code say."""
    digest = code_hash(block.code)
    last = store.find_last_run(con, block.id, digest)
    ok, failed = proof_store.count_runs(con, block.id, digest)
    proven = proof_store.find_last_ok(con, block.id, digest)
    counted = replace(
        block,
        ok_runs=ok,
        failed_runs=failed,
        proven_with=proven.packages if proven else {},
        output_id=proof_store.find_output_id(con, block.id, digest),
    )
    if last is None:
        return replace(counted, last_outcome=None, last_error="", last_run_at=None)
    error = ": ".join(part for part in (last.error_name, last.error_message) if part)
    return replace(counted, last_outcome=last.outcome, last_error=error, last_run_at=last.ended_at)


def proof_of(
    con: "Connection", block: CodeBlock, limit: int, installed: Mapping[str, str]
) -> Proof:
    """Give the runs of a block, and what has moved on since the last good one."""
    moved = moved_since(block.proven_with, installed)
    return Proof(
        block_id=block.id,
        code_hash=code_hash(block.code),
        runs=tuple(proof_store.list_runs(con, block.id, limit)),
        total=proof_store.count_all(con, block.id),
        moved=moved,
    )


def stale(con: "Connection", installed: Mapping[str, str], limit: int) -> list[StaleBlock]:
    """Find the proven blocks whose packages have moved on."""
    found = []
    for block_id, proven_with in proof_store.list_proven(con):
        moved = moved_since(proven_with, installed)
        if moved and (block := store.find(con, block_id)):
            found.append(StaleBlock(block=block, moved=moved))
            if len(found) == limit:
                break
    return found


def moved_since(
    proven_with: Mapping[str, str], installed: Mapping[str, str]
) -> tuple[MovedPackage, ...]:
    """Compare the versions that a block ran with to those that are installed."""
    there = {_plain(name): version for name, version in installed.items()}
    return tuple(
        MovedPackage(name=name, was=was, now=there.get(_plain(name), ""))
        for name, was in sorted(proven_with.items())
        if there and was and there.get(_plain(name), "") != was
    )


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _bounded(named: Mapping[str, str]) -> dict[str, str]:
    return {name[:100]: value[:200] for name, value in list(named.items())[:_MOST_NAMES]}
