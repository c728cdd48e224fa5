"""Addresses of which blocks fit a dataset."""

from sponde_server.core.http import Routes
from sponde_server.library.service import SpondeLibrary

from .records import BlockFits, FittedBlock, NewFitted

routes = Routes("library")
_MOST = 100


@routes("GET", "/dataset-fits/{name}")
async def list_fits(
    library: SpondeLibrary, name: str, limit: int = 20, offset: int = 0
) -> BlockFits:
    """List the code blocks that fit a dataset, best first, each with its reason and renames."""
    return await library.fits.of(name, max(0, min(limit, _MOST)), max(0, offset))


@routes("POST", "/code-blocks/{block_id}/fitted", action="read")
async def fit_to_dataset(library: SpondeLibrary, block_id: str, body: NewFitted) -> FittedBlock:
    """A code block's code under the names of a dataset, with the lines that load it."""
    return await library.fits.fitted(await library.get(block_id), body)
