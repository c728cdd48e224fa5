"""Addresses of where blocks came from, what is near them, and what could be said of them."""

from sponde_server.core.http import Routes
from sponde_server.library.code.splitting_records import CodePiece, WholeText
from sponde_server.library.records import CodeBlock
from sponde_server.library.service import SpondeLibrary

from .near_records import CodeSuggestion, Described, Merged, NewDescription
from .records import BlockSource

routes = Routes("library")


@routes("GET", "/code-blocks/{block_id}/sources")
async def list_sources(library: SpondeLibrary, block_id: str) -> list[BlockSource]:
    """List the places that a code block came from, the first one first."""
    await library.get(block_id)
    return await library.sources.list_sources(block_id)


@routes("GET", "/code-blocks/{block_id}/suggestion")
async def suggest_for_block(library: SpondeLibrary, block_id: str) -> CodeSuggestion:
    """Say what could be said of a code block: a description, and tags that it does not have."""
    block = await library.get(block_id)
    return await library.sources.suggest(block.code, block.language, block.tags)


@routes("POST", "/code-blocks/{block_id}/describe")
async def describe_block(library: SpondeLibrary, block_id: str, body: NewDescription) -> Described:
    """Ask a model what a code block does: a proposal, nothing is changed."""
    return await library.sources.describe(await library.get(block_id), body.model_id)


@routes("POST", "/code-blocks/{block_id}/merge-into/{other_id}")
async def merge_block(library: SpondeLibrary, block_id: str, other_id: str) -> Merged:
    """Make a code block the newest revision of another; sources and uses move along."""
    return await library.sources.merge(block_id, other_id)


@routes("POST", "/code-block-merges/{merge_id}/undo")
async def undo_merge(library: SpondeLibrary, merge_id: str) -> CodeBlock:
    """Make two code blocks of one again; the answer is the one that comes back."""
    return await library.sources.undo_merge(merge_id)


@routes("POST", "/code-pieces", action="read")
async def split_text(library: SpondeLibrary, body: WholeText) -> list[CodePiece]:
    """Take a file or a notebook apart into what could be kept; nothing is changed."""
    return await library.sources.split(body)
