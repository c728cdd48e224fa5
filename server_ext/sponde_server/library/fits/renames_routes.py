"""Addresses of how a block fits into a notebook, and of its code under the names there."""

import asyncio

from sponde_server.core.errors import NotFound, TooLarge
from sponde_server.core.http import Routes
from sponde_server.library.records import CodeBlock
from sponde_server.library.service import SpondeLibrary

from .renames_records import CodeBlockIds, NewFit, NewNames, RenamedCode, Renames

routes = Routes("library")
_MOST_NAMES = 2_000
_MOST_BLOCKS = 500


@routes("POST", "/code-blocks/{block_id}/fit", "read")
async def fit_block(library: SpondeLibrary, block_id: str, body: NewFit) -> Renames:
    """Say which variables a block's needed names may mean, and what must be installed."""
    from .fitting import fit

    if len(body.names) > _MOST_NAMES:
        raise TooLarge(
            f"{len(body.names):,} variables at once are more than {_MOST_NAMES:,}.",
            "Send the newest only.",
        )
    block = await library.get(block_id)
    return await asyncio.to_thread(fit, block.code, block.language, block.facts, body)


@routes("POST", "/code-names", "read")
async def rename_code(body: NewNames) -> RenamedCode:
    """Give Python code with other names and columns; a refusal says which cannot be."""
    from .renames import renamed

    code = await asyncio.to_thread(renamed, body.code, body.names, body.columns, body.of)
    return RenamedCode(code=code)


@routes("POST", "/code-blocks-by-id", "read")
async def list_blocks_by_id(library: SpondeLibrary, body: CodeBlockIds) -> list[CodeBlock]:
    """Give the blocks of these ids that are there; deleted ones are left out."""
    if len(body.ids) > _MOST_BLOCKS:
        raise TooLarge(
            f"{len(body.ids):,} blocks at once are more than {_MOST_BLOCKS}.", "Ask in pieces."
        )
    found = await asyncio.gather(*(_present(library, one) for one in dict.fromkeys(body.ids)))
    return [block for block in found if block is not None]


async def _present(library: SpondeLibrary, block_id: str) -> CodeBlock | None:
    try:
        return await library.get(block_id)
    except NotFound:
        return None
