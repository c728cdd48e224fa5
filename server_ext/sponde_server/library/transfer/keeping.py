"""What an import does with blocks: recognises them, keeps many at once, and takes that back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sponde_server.core.record import new_id, now
from sponde_server.core.wire import encode
from sponde_server.library import store
from sponde_server.library.bulk import store as bulk_store
from sponde_server.library.code.describing import description_of
from sponde_server.library.code.facts import (
    clean_name,
    code_hash,
    facts_of,
    language_of,
    language_said,
    name_for,
    tidy,
)
from sponde_server.library.fields.records import BlockField
from sponde_server.library.naming import clean_tags
from sponde_server.library.records import CodeBlock, CodeFacts, Revision
from sponde_server.library.sources import store as source_store
from sponde_server.library.sources.near import NEAR, Signature, likeness, signature
from sponde_server.library.sources.records import BlockSource, SourceKind

from . import store as transfer_store
from .bundle import Piece
from .records import (
    BlockClaim,
    BlockImport,
    BundleBlock,
    ImportPart,
    ImportRow,
    PartDeed,
    RowChoice,
    RowState,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_LONGEST_NAME = 60
_LONGEST_TEXT = 10_000
_MOST_TAGS = 50
_MOST_REVISIONS = 1000


@dataclass(frozen=True)
class Ready:
    """A block that was read, before it is compared with those that are here."""

    at: int
    piece: Piece
    block: BundleBlock | None
    note: str = ""
    digest: str = ""
    measured: Signature = field(default_factory=Signature)
    offset: int = -1


@dataclass(frozen=True)
class Made:
    """A block that is to be kept, with what its text says."""

    row: ImportRow
    block: BundleBlock
    digest: str
    facts: CodeFacts
    measured: Signature


def prepare(pieces: Sequence[Piece], spool: Path, first: int, longest: int) -> list[Ready]:
    """Tidy what was read and lay it aside; reads and writes files, so not on the event loop."""
    found: list[Ready] = []
    with spool.open("ab") as file:
        for at, piece in enumerate(pieces, first):
            block, note = _tidied(piece, longest)
            if block is None:
                found.append(Ready(at, piece, None, note))
                continue
            offset = file.tell()
            file.write(encode(block) + b"\n")
            found.append(
                Ready(
                    at,
                    piece,
                    block,
                    note,
                    code_hash(block.code),
                    signature(block.code, block.language),
                    offset,
                )
            )
    return found


def recognise(con: "Connection", ready: Sequence[Ready], seen: dict[str, str]) -> list[ImportRow]:
    """Say of each block what it is here; `seen` are the codes of the same file."""
    there = [one for one in ready if one.block]
    known = transfer_store.known_codes(con, [one.digest for one in there])
    fresh = [one for one in there if one.digest not in known and one.digest not in seen]
    ids = transfer_store.names_of(con, [one.block.id for one in fresh if one.block])
    alike = dict(
        zip(
            [one.at for one in fresh],
            transfer_store.list_alike(con, [one.measured for one in fresh]),
            strict=True,
        )
    )
    wanted = {block_id for found in alike.values() for block_id, _ in found} | set(ids)
    codes = {row[0]: row for row in source_store.list_codes(con, list(wanted))}
    rows = []
    for one in ready:
        rows.append(_row(con, one, known, seen, alike.get(one.at, []), codes))
        if one.block:
            seen.setdefault(one.digest, one.block.name)
    return rows


def facts_for(
    rows: Sequence[tuple[ImportRow, BundleBlock]],
    measured: Sequence[Signature],
    datasets: Collection[str],
) -> list[Made]:
    """Read the facts of blocks; takes a while, so not on the event loop."""
    return [
        Made(
            row,
            block,
            code_hash(block.code),
            facts_of(block.code, block.language, datasets),
            measured[row.at],
        )
        for row, block in rows
    ]


def keep_batch(con: "Connection", transfer: BlockImport, made: Sequence[Made]) -> list[ImportPart]:
    """Keep blocks with their past; where the code is here already, note the source."""
    known = {d: i for d, (i, _) in transfer_store.known_codes(con, _digests(made)).items()}
    removed = transfer_store.removed_codes(con, _digests(made))
    gone = {one.id: one for one in bulk_store.find_gone(con, list(removed.values()))}
    names = _Names(con, [*(one.block.name for one in made), *(one.name for one in gone.values())])
    taken = transfer_store.taken_ids(con, [one.block.id for one in made if one.block.id])
    blocks: list[CodeBlock] = []
    back: list[CodeBlock] = []
    measured: list[Signature] = []
    revisions: list[Revision] = []
    sources: list[BlockSource] = []
    claims: list[BlockClaim] = []
    parts: list[ImportPart] = []
    for one in made:
        source = None
        if one.digest in known:
            block_id, deed, updated_at = known[one.digest], PartDeed.NOTED, now()
        elif one.digest in removed:
            was = gone[removed[one.digest]]
            back.append(replace(was, name=names.free(was.name)))
            block_id, deed, updated_at = was.id, PartDeed.ADDED, was.updated_at
        else:
            block = _block(one, names, taken)
            taken.add(block.id)
            blocks.append(block)
            measured.append(one.measured)
            revisions += _revisions(block, one.block)
            sources += _sources(block, one.block)
            if one.block.proof:
                claims.append(
                    BlockClaim(
                        block_id=block.id,
                        code_hash=one.digest,
                        label=transfer.filename,
                        proof=one.block.proof,
                    )
                )
            block_id, deed, updated_at = block.id, PartDeed.ADDED, block.updated_at
        known[one.digest] = block_id
        source = import_source(transfer, block_id)
        sources.append(source)
        parts.append(
            ImportPart(
                import_id=transfer.id,
                block_id=block_id,
                deed=deed,
                source_id=source.id,
                code_hash=one.digest,
                updated_at=updated_at,
            )
        )
    bulk_store.mark_removed(con, [one.id for one in back], None)
    store.update_many(con, [one for one in back if one.name != gone[one.id].name])
    transfer_store.add_many(con, blocks, measured, revisions, claims)
    transfer_store.add_sources(con, sources)
    transfer_store.add_parts(con, parts)
    return parts


def undo_import(con: "Connection", parts: Sequence[ImportPart]) -> tuple[list[str], list[str]]:
    """Take back what was added and noted: ids of what changed, and why something stays."""
    added = {part.block_id: part for part in parts if part.deed is PartDeed.ADDED}
    there = bulk_store.find_many(con, list(added))
    gone, refused = [], []
    for block in there:
        part = added[block.id]
        if block.updated_at == part.updated_at and code_hash(block.code) == part.code_hash:
            gone.append(block.id)
        else:
            refused.append(f"'{block.name}' was changed since; it stays.")
    bulk_store.mark_removed(con, gone, now())
    kept = set(gone)
    transfer_store.remove_sources(
        con,
        {
            part.source_id: part.block_id
            for part in parts
            if part.deed is not PartDeed.REVISED and part.block_id not in kept
        },
    )
    return gone, refused


def import_source(transfer: BlockImport, block_id: str) -> BlockSource:
    """Say that a block came out of an import."""
    return BlockSource(block_id=block_id, kind=SourceKind.IMPORT, label=transfer.filename)


# -- inside -----------------------------------------------------------------------------------


def _tidied(piece: Piece, longest: int) -> tuple[BundleBlock | None, str]:
    block = piece.block
    if block is None:
        return None, piece.note or "It cannot be read."
    code = tidy(block.code)
    if not code:
        return None, "It holds no code."
    size = len(code.encode())
    if longest and size > longest:
        return None, f"Its code has {size:,} bytes; a block may have {longest:,}."
    notes = [piece.note] if piece.note else []
    language = language_said(block.language)[:40] or language_of(code)
    is_ours = bool(block.id and block.created_at)
    description = block.description.replace("\0", "").strip()
    if not description and not is_ours:
        description = description_of(code, language)
    if len(description) > _LONGEST_TEXT:
        description = description[:_LONGEST_TEXT]
        notes.append(f"Its description is cut to {_LONGEST_TEXT:,} characters.")
    tags = clean_tags(tuple(tag.replace("\0", "") for tag in block.tags))
    if len(tags) > _MOST_TAGS:
        notes.append(f"Of its {len(tags)} tags the first {_MOST_TAGS} are kept.")
    revisions = tuple(one for one in block.revisions if tidy(one.code))
    if len(revisions) > _MOST_REVISIONS:
        notes.append(f"Of its {len(revisions):,} revisions the last {_MOST_REVISIONS:,} are kept.")
    if block.fields and not _fit(block.fields, code, block.code):
        notes.append("Its fields do not fit its code and are left out.")
    name, said = _name(block, code, language, description)
    notes += [said] if said else []
    clean = replace(
        block,
        code=code,
        language=language,
        name=name,
        description=description,
        tags=tags[:_MOST_TAGS],
        fields=block.fields if _fit(block.fields, code, block.code) else (),
        id=_id(block.id),
        revisions=tuple(
            replace(
                one,
                code=one.code.replace("\0", ""),
                name=one.name.replace("\0", "")[:64] or name,
                language=one.language.replace("\0", "")[:40] or language,
                description=one.description.replace("\0", "")[:_LONGEST_TEXT],
                tags=clean_tags(tuple(tag.replace("\0", "") for tag in one.tags))[:_MOST_TAGS],
                fields=one.fields if _fit(one.fields, one.code, one.code) else (),
                changed_by=one.changed_by.replace("\0", "")[:200],
            )
            for one in revisions[-_MOST_REVISIONS:]
        ),
        sources=tuple(
            replace(one, label=one.label.replace("\0", "").strip()[:200])
            for one in block.sources[:100]
        ),
    )
    return clean, " ".join(notes)


def _name(block: BundleBlock, code: str, language: str, description: str) -> tuple[str, str]:
    from sponde_server.core.errors import Invalid
    from sponde_server.library.naming import check_name

    if not block.name.strip():
        facts = facts_of(code, language)
        return name_for(code, language, description, facts), ""
    try:
        check_name(block.name)
        return block.name, ""
    except Invalid:
        name = clean_name(block.name) or name_for(code, language, description, CodeFacts())
        return name, f"'{block.name[:60]}' cannot be a name here: it becomes '{name}'."


def _fit(given: Sequence[BlockField], code: str, was: str) -> bool:
    """Whether fields lie within the code that they are of."""
    spots = [spot for one in given for spot in one.spots]
    return not given or (
        code == was and all(0 <= spot.start < spot.end <= len(code) for spot in spots)
    )


def _id(said: str) -> str:
    """Take an id as it is where it is one."""
    try:
        return said if str(UUID(said)) == said else ""
    except ValueError:
        return ""


def _row(
    con: "Connection",
    one: Ready,
    known: dict[str, tuple[str, str]],
    seen: dict[str, str],
    alike: Sequence[tuple[str, bool]],
    codes: dict[str, tuple[str, str, str, str]],
) -> ImportRow:
    block = one.block
    if block is None:
        name = one.piece.name or "?"
        return ImportRow(
            at=one.at,
            state=RowState.BROKEN,
            name=name,
            place=one.piece.place,
            note=one.note,
            choice=RowChoice.SKIP,
        )
    row = ImportRow(
        at=one.at,
        state=RowState.NEW,
        name=block.name,
        language=block.language,
        description=block.description[:200],
        place=one.piece.place,
        note=one.note,
    )
    if one.digest in known:
        block_id, name = known[one.digest]
        return replace(row, state=RowState.SAME, block_id=block_id, block_name=name)
    if one.digest in seen:
        note = f"The same code as '{seen[one.digest]}' of this file: kept once. {row.note}".strip()
        return replace(row, state=RowState.SAME, note=note)
    if block.id in codes:
        _, name, _, code = codes[block.id]
        mine = store.find(con, block.id)
        is_newer = bool(
            mine
            and block.updated_at
            and block.updated_at.tzinfo
            and block.updated_at > mine.updated_at
        )
        said = "newer" if is_newer else "other"
        return replace(
            row,
            state=RowState.NEAR,
            block_id=block.id,
            block_name=name,
            likeness=likeness(code, block.code),
            note=f"The {said} text of this very block. {row.note}".strip(),
            choice=RowChoice.REVISE if is_newer else RowChoice.KEEP,
        )
    best: tuple[bool, float, str, str] | None = None
    for block_id, same_tree in alike:
        if block_id not in codes or codes[block_id][2] != block.language:
            continue
        share = likeness(codes[block_id][3], block.code)
        if share < NEAR and not same_tree:
            continue
        if best is None or (same_tree, share) > best[:2]:
            best = (same_tree, share, block_id, codes[block_id][1])
    if best is None:
        return row
    return replace(row, state=RowState.NEAR, likeness=best[1], block_id=best[2], block_name=best[3])


class _Names:
    """Gives names that are free, also among the blocks of the same batch."""

    def __init__(self, con: "Connection", wanted: Sequence[str]) -> None:
        self._con = con
        self._taken = transfer_store.taken_names(con, [_plain(name) for name in wanted])
        self._given: set[str] = set()

    def free(self, wanted: str) -> str:
        name, number = wanted, 2
        if _plain(name) in self._taken | self._given:
            near = store.list_names(self._con, wanted[:_LONGEST_NAME])
            taken = {_plain(one) for one in near} | self._given
            while _plain(name) in taken:
                name, number = f"{wanted[:_LONGEST_NAME]}_{number}", number + 1
        self._given.add(_plain(name))
        return name


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _digests(made: Sequence[Made]) -> list[str]:
    return [one.digest for one in made]


def _block(one: Made, names: _Names, taken: set[str]) -> CodeBlock:
    told = one.block
    moment = now()
    return CodeBlock(
        id=told.id if told.id and told.id not in taken else new_id(),
        name=names.free(told.name),
        language=told.language,
        code=told.code,
        description=told.description,
        tags=told.tags,
        fields=told.fields,
        facts=one.facts,
        created_at=told.created_at or moment,
        updated_at=told.updated_at or told.created_at or moment,
    )


def _revisions(block: CodeBlock, told: BundleBlock) -> list[Revision]:
    return [
        Revision(
            block_id=block.id,
            name=was.name,
            language=was.language,
            code=was.code,
            description=was.description,
            tags=was.tags,
            fields=was.fields,
            written_at=was.written_at,
            replaced_at=was.replaced_at,
            changed_by=was.changed_by,
            cause=was.cause,
        )
        for was in told.revisions
    ]


def _sources(block: CodeBlock, told: BundleBlock) -> list[BlockSource]:
    return [
        BlockSource(
            block_id=block.id,
            kind=source.kind,
            label=source.label,
            line=source.line,
            noted_at=source.noted_at,
        )
        for source in told.sources
    ]
