"""Addresses of what is done to many code blocks at once, and of deleted ones."""

from sponde_server.core.http import Person, Routes
from sponde_server.library.service import SpondeLibrary

from .records import CodeBlocksChanged, DeletedBlocks, ManyChanged, NewManyChange

routes = Routes("library", events=(CodeBlocksChanged,))


@routes("POST", "/code-blocks-many")
async def change_many(library: SpondeLibrary, person: Person, body: NewManyChange) -> ManyChanged:
    """Tag many code blocks, delete them or bring them back; with the answer's id it is undone."""
    return await library.many.change(body, person.name)


@routes("POST", "/code-blocks-many/{change_id}/undo")
async def undo_many(library: SpondeLibrary, change_id: str) -> ManyChanged:
    """Make the code blocks of a change what they were."""
    return await library.many.undo(change_id)


@routes("GET", "/code-blocks-deleted")
async def list_deleted(
    library: SpondeLibrary, query: str = "", limit: int = 50, offset: int = 0
) -> DeletedBlocks:
    """List deleted code blocks that hold every word of the query, the latest first."""
    return await library.many.deleted(query, limit, offset)
