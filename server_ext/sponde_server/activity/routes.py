"""Addresses of what happened."""

from sponde_server.core.http import Events, Routes
from sponde_server.core.streams import Feed

from .records import (
    Activity,
    Notice,
)
from .service import SpondeActivity

routes = Routes("activity", events=(Notice,))


@routes("GET", "/activity")
async def list_activity(activity: SpondeActivity, limit: int = 100) -> list[Activity]:
    """List what happened, newest first."""
    return await activity.latest(limit)


@routes("GET", "/stream")
async def follow(feed: Feed, after: str = "") -> Events:
    """Follow everything that happens, from after the event named, in one stream for each tab."""
    return Events(feed.follow(after))
