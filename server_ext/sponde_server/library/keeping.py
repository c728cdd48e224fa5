"""What happens in the database when code is kept, and when two blocks are made one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sponde_server.core.errors import Invalid, NotFound
from sponde_server.core.record import now

from . import store
from .code.describing import description_of
from .code.facts import VERSION, facts_of, language_of, name_for
from .naming import clean_tags, free_name
from .records import CodeBlock, NewCodeBlock
from .sources import store as source_store
from .sources.near import NEAR, likeness, signature
from .sources.near_records import Merge, NearBlock
from .sources.records import BlockSource, NewSource, SourceKind

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

Change = Callable[["Connection", CodeBlock, str], CodeBlock]
"""Gives a block another code; what it was is kept as a revision."""


@dataclass(frozen=True)
class Kept:
    """What a save did."""

    block: CodeBlock
    is_new: bool
    near: NearBlock | None = None
    is_read: bool = False
    """Whether its facts are of this very moment."""


def keep(con: "Connection", body: NewCodeBlock, datasets: Collection[str] = ()) -> Kept:
    """Keep code with the place that it came from; the same code twice is one block."""
    kept = store.find_by_code(con, body.code)
    if kept is not None:
        note_source(con, kept.id, body)
        return Kept(kept, is_new=False)
    removed = store.find_by_code(con, body.code, removed=True)
    if removed is not None:
        # Saved again after it was deleted: its past and its uses come back with it.
        block = bring_back(con, removed, body.name or removed.name)
        note_source(con, block.id, body)
        return Kept(block, is_new=True)
    language = language_of(body.code, body.language)
    facts = facts_of(body.code, language, datasets)
    wanted = body.name or name_for(body.code, language, body.description, facts)
    block = CodeBlock(
        name=free_name(con, wanted),
        language=language,
        code=body.code,
        description=body.description.strip() or description_of(body.code, language),
        tags=clean_tags(body.tags),
        facts=facts,
        message_id=body.message_id,
    )
    near = find_near(con, block)
    store.add(con, block)
    note_source(con, block.id, body)
    measure(con, block)
    return Kept(block, is_new=True, near=near, is_read=True)


def note_source(con: "Connection", block_id: str, body: NewCodeBlock) -> None:
    """Note where code came from, where somebody said."""
    source = body.source
    if source is None and body.message_id:
        source = NewSource(kind=SourceKind.ANSWER)
    if source is None:
        return
    source_store.add_source(
        con,
        BlockSource(
            block_id=block_id,
            kind=source.kind,
            label=source.label.strip()[:200],
            message_id=source.message_id or body.message_id,
            path=source.path,
            cell_id=source.cell_id,
            line=source.line,
        ),
    )


def bring_back(con: "Connection", removed: CodeBlock, name: str) -> CodeBlock:
    """Take a block out of the deleted ones, under a name that is free."""
    block = replace(removed, name=free_name(con, name))
    store.restore(con, block.id)
    store.update(con, block)
    return block


def measure(con: "Connection", block: CodeBlock) -> None:
    """Note what a block is looked up by when something near it is kept."""
    from .code.literals import shape_of
    from .code.wants import wants_of

    shape = shape_of(block.code, block.language)
    near = signature(block.code, block.language)
    source_store.put_signature(con, block.id, near, VERSION, shape, wants_of(block))


def find_near(con: "Connection", block: CodeBlock) -> NearBlock | None:
    """Find the block that is nearest to this one, where one is near."""
    alike = dict(source_store.list_alike(con, signature(block.code, block.language)))
    alike.pop(block.id, None)
    best: NearBlock | None = None
    text = ""
    for block_id, name, language, code in source_store.list_codes(con, list(alike)):
        share = likeness(code, block.code)
        same_tree = alike[block_id]
        if language != block.language or (share < NEAR and not same_tree) or code == block.code:
            continue
        found = NearBlock(block_id=block_id, name=name, likeness=share, differs_in_names=same_tree)
        if best is None or (found.differs_in_names, share) > (best.differs_in_names, best.likeness):
            best = found
            text = code
    if best is not None:
        from .fields.twins import differing

        is_twin = differing(block.code, text, block.language) is not None
        best = replace(best, differs_in_values=is_twin)
    return best


def reread(con: "Connection", ids: Collection[str], datasets: Collection[str]) -> list[CodeBlock]:
    """Read the facts of blocks again; tell which blocks have other ones now."""
    changed = []
    for block_id in ids:
        block = store.find(con, block_id) or store.find_removed(con, block_id)
        if block is None:
            continue
        measure(con, block)
        facts = facts_of(block.code, block.language, datasets)
        if facts != block.facts:
            block = replace(block, facts=facts)
            store.update(con, block)
            changed.append(block)
    return changed


def merge(con: "Connection", block_id: str, into_id: str, change: Change) -> Merge:
    """Make a block's code the newest revision of another; sources and uses move along."""
    block, into = _there(con, block_id), _there(con, into_id)
    if block.id == into.id:
        raise Invalid(f"'{block.name}' is this block itself.", "Choose another block.")
    store.remove(con, block.id, now())
    sources, uses = source_store.move(con, block.id, into.id)
    moved = replace(
        into,
        uses=into.uses + block.uses,
        tags=clean_tags((*into.tags, *block.tags)),
        description=into.description or block.description,
    )
    store.update(con, moved)
    before = {revision.id for revision in store.list_revisions(con, into.id)}
    change(con, moved, block.code)
    made = [r.id for r in store.list_revisions(con, into.id) if r.id not in before]
    done = Merge(
        block_id=block.id,
        into_id=into.id,
        revision_id=made[0] if made else None,
        source_ids=sources,
        use_ids=uses,
    )
    source_store.add_merge(con, done)
    return done


def unmerge(con: "Connection", merge_id: str, change: Change) -> tuple[CodeBlock, CodeBlock]:
    """Make two blocks of one again: the block that came back, and the one that it was in."""
    done = source_store.find_merge(con, merge_id)
    if done is None:
        raise NotFound("This was undone already.", "Look at both blocks in the library.")
    into = _there(con, done.into_id)
    removed = store.find_removed(con, done.block_id)
    if removed is None:
        raise NotFound(
            "The block that was made a revision is not among the deleted ones.",
            f"Its code is a revision of '{into.name}'.",
        )
    source_store.move_back(con, done)
    into = replace(into, uses=max(0, into.uses - removed.uses))
    store.update(con, into)
    old = store.find_revision(con, into.id, done.revision_id) if done.revision_id else None
    if old is not None and into.code == removed.code:
        into = change(con, into, old.code)
    back = bring_back(con, removed, removed.name)
    source_store.remove_merge(con, merge_id)
    return back, into


def _there(con: "Connection", block_id: str) -> CodeBlock:
    block = store.find(con, block_id)
    if block is None:
        raise NotFound(
            f"There is no code block {block_id}.", "It may have been deleted; look in the library."
        )
    return block
