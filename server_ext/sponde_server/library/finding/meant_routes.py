"""The address that says whether blocks can be found by meaning."""

from sponde_server.core.http import Routes
from sponde_server.library.service import SpondeLibrary
from sponde_server.meaning.records import MeaningStatus

routes = Routes("library")


@routes("GET", "/found-block-meaning")
async def get_block_meaning(library: SpondeLibrary) -> MeaningStatus:
    """Say whether blocks can be searched by meaning, and how they could."""
    return await library.meant.status()
