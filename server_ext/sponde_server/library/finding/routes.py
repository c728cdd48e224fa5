"""Addresses of the search."""

from sponde_server.core.http import Routes
from sponde_server.library.service import SpondeLibrary

from .records import FilterOffer, FindBlocks, FoundBlocks

routes = Routes("library")


@routes("GET", "/found-blocks")
async def find_blocks(
    library: SpondeLibrary,
    query: str = "",
    limit: int = 50,
    offset: int = 0,
    by_meaning: bool = False,
    typing: bool = False,
) -> FoundBlocks:
    """Find code blocks: words, "exact text", /regular expression/ and filters; the best first."""
    return await library.find(
        FindBlocks(query=query, limit=limit, offset=offset, by_meaning=by_meaning, typing=typing)
    )


@routes("GET", "/found-block-filters")
async def list_filter_offers(library: SpondeLibrary, typed: str = "") -> list[FilterOffer]:
    """Say what a word that is being typed into the search can become, such as `imports:pa`."""
    if typed.lower().startswith("fits:"):
        return await library.fits.offers(typed)
    return await library.finder.offers(typed)
