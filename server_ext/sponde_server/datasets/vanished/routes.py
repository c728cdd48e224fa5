"""Addresses of what is left of datasets whose files are gone."""

from sponde_server.core.http import Routes
from sponde_server.datasets.records import Profile

from .records import Found, NewWhereabout, Whereabouts
from .service import VanishedDatasets

routes = Routes("datasets")


@routes("GET", "/datasets/{dataset_id}/last-profile")
async def get_last_profile(vanished: VanishedDatasets, dataset_id: str) -> Profile:
    """Give what was last known of a dataset's contents; its file is not looked at."""
    return await vanished.last_profile(dataset_id)


@routes("GET", "/datasets/{dataset_id}/whereabouts")
async def find_whereabouts(vanished: VanishedDatasets, dataset_id: str) -> Whereabouts:
    """Look where the file of a dataset may be that is gone."""
    return await vanished.find(dataset_id)


@routes("POST", "/datasets/{dataset_id}/whereabouts")
async def set_whereabouts(
    vanished: VanishedDatasets, dataset_id: str, body: NewWhereabout
) -> Found:
    """Point a dataset whose file is gone at where that is now; others that moved along follow."""
    return await vanished.point(dataset_id, body.path)
