"""Addresses of fetches: begin with an address, go on after a failure, cancel."""

from sponde_server.core.http import Routes

from .records import AddressFetch, AddressFetchChanged, AddressFetchRemoved, NewFetch
from .service import SpondeAddresses

routes = Routes("datasets", events=(AddressFetchChanged, AddressFetchRemoved))


@routes("GET", "/dataset-fetches")
async def list_fetches(addresses: SpondeAddresses) -> list[AddressFetch]:
    """List the files that are fetched, failed or were interrupted, the latest first."""
    return await addresses.list_all()


@routes("POST", "/dataset-fetches")
async def begin_fetch(addresses: SpondeAddresses, body: NewFetch) -> AddressFetch:
    """Begin to fetch a file from an address; it becomes a dataset when it is here."""
    return await addresses.begin(body)


@routes("POST", "/dataset-fetches/{fetch_id}/retry")
async def retry_fetch(addresses: SpondeAddresses, fetch_id: str) -> AddressFetch:
    """Go on with a fetch that failed, where it stopped if the server can."""
    return await addresses.retry(fetch_id)


@routes("DELETE", "/dataset-fetches/{fetch_id}")
async def cancel_fetch(addresses: SpondeAddresses, fetch_id: str) -> None:
    """Stop a fetch and forget what is here of it."""
    await addresses.cancel(fetch_id)
