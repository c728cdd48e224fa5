"""Addresses of the library."""

from sponde_server.core.http import Person, Routes

from .records import (
    CellNeeds,
    CodeBlock,
    CodeBlockChanged,
    CodeBlockEdit,
    CodeBlockRemoved,
    CodeTexts,
    KnownCode,
    LanguageCount,
    NewCellNeeds,
    NewCodeBlock,
    NewUse,
    Revision,
    Use,
    UseOutcome,
)
from .service import SpondeLibrary
from .sources.near_records import SavedBlock

routes = Routes(
    "library",
    events=(
        CodeBlockChanged,
        CodeBlockRemoved,
    ),
)


@routes("GET", "/code-blocks")
async def list_blocks(
    library: SpondeLibrary, query: str = "", limit: int = 50, offset: int = 0
) -> list[CodeBlock]:
    """Find code blocks; /found-blocks says why they were found, too."""
    return await library.search(query, limit, offset)


@routes("POST", "/code-blocks")
async def save_block(library: SpondeLibrary, body: NewCodeBlock) -> SavedBlock:
    """Keep code; where it is kept already, the answer is that block. Says what is near it."""
    return await library.sources.told(await library.keep(body))


@routes("GET", "/code-blocks/{block_id}")
async def get_block(library: SpondeLibrary, block_id: str) -> CodeBlock:
    """One code block."""
    return await library.get(block_id)


@routes("PATCH", "/code-blocks/{block_id}")
async def revise_block(
    library: SpondeLibrary, person: Person, block_id: str, body: CodeBlockEdit
) -> CodeBlock:
    """Change a code block; what it was is kept as a revision."""
    return await library.revise(block_id, body, person.name)


@routes("DELETE", "/code-blocks/{block_id}")
async def remove_block(library: SpondeLibrary, block_id: str) -> None:
    """Delete a code block; it can be restored."""
    await library.remove(block_id)


@routes("POST", "/code-blocks/{block_id}/restore")
async def restore_block(library: SpondeLibrary, block_id: str) -> CodeBlock:
    """Bring a deleted code block back."""
    return await library.restore(block_id)


@routes("GET", "/code-blocks/{block_id}/revisions")
async def list_revisions(library: SpondeLibrary, block_id: str) -> list[Revision]:
    """List what a code block was before each edit, latest first."""
    return await library.revisions(block_id)


@routes("POST", "/code-blocks/{block_id}/revisions/{revision_id}/restore")
async def restore_revision(
    library: SpondeLibrary, person: Person, block_id: str, revision_id: str
) -> CodeBlock:
    """Make a code block what it was (its name stays); what it is now becomes a revision."""
    return await library.restore_revision(block_id, revision_id, person.name)


@routes("GET", "/code-blocks/{block_id}/uses")
async def list_uses(library: SpondeLibrary, block_id: str, limit: int = 20) -> list[Use]:
    """List where a code block was used and how that went, latest first."""
    return await library.uses(block_id, limit)


@routes("POST", "/code-blocks/{block_id}/uses")
async def note_use(library: SpondeLibrary, block_id: str, body: NewUse) -> Use:
    """Note that a code block was put into a cell."""
    return await library.note_use(block_id, body)


@routes("PATCH", "/code-blocks/{block_id}/uses/{use_id}")
async def note_outcome(library: SpondeLibrary, block_id: str, use_id: str, body: UseOutcome) -> Use:
    """Note how a use went."""
    return await library.note_outcome(block_id, use_id, body)


@routes("GET", "/code-blocks-by-name/{name}")
async def get_block_by_name(library: SpondeLibrary, name: str) -> CodeBlock:
    """The code block of this name; a refusal names those that are near."""
    return await library.get_by_name(name)


@routes("GET", "/code-blocks-by-language")
async def count_languages(library: SpondeLibrary) -> list[LanguageCount]:
    """Count the code blocks of each language, most first."""
    return await library.languages()


@routes("POST", "/code-blocks-by-code", "read")
async def list_known(library: SpondeLibrary, body: CodeTexts) -> list[KnownCode]:
    """Say which of these texts the library holds, and in which blocks."""
    return await library.known(body.codes)


@routes("POST", "/cell-needs", action="read")
async def find_needs(library: SpondeLibrary, body: NewCellNeeds) -> CellNeeds:
    """Say which earlier cells of a notebook a cell depends on; nothing is run."""
    return await library.needs(body)
