"""Addresses of where code blocks are used, and how often."""

from sponde_server.core.http import Routes

from .records import UsageWeeks, WhereUsed
from .service import SpondePlaces

routes = Routes("library")


@routes("GET", "/code-blocks/{block_id}/where-used")
async def where_used(places: SpondePlaces, block_id: str) -> WhereUsed:
    """Say in which notebooks, kernels, jobs, conversations and collections a block is used."""
    return await places.where(block_id)


@routes("GET", "/code-blocks/{block_id}/usage-weeks")
async def usage_weeks(places: SpondePlaces, block_id: str, weeks: int = 26) -> UsageWeeks:
    """Count a block's uses by week and outcome."""
    return await places.weeks(block_id, weeks)
