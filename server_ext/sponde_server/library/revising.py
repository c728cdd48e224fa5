"""Makes the revision of a block that is replaced: what it was, who changed it and how."""

from dataclasses import dataclass

from .records import CodeBlock, Revision, RevisionCause


@dataclass(frozen=True)
class Replaced:
    """Who replaces a text, and how."""

    by: str = ""
    """As Jupyter knows them."""
    cause: RevisionCause = RevisionCause.EDIT
    """How."""


def revision_of(block: CodeBlock, replaced: Replaced) -> Revision:
    """Keep what a block is, before it is another."""
    return Revision(
        block_id=block.id,
        name=block.name,
        language=block.language,
        code=block.code,
        description=block.description,
        tags=block.tags,
        written_at=block.updated_at,
        changed_by=replaced.by,
        cause=replaced.cause,
        fields=block.fields,
    )
