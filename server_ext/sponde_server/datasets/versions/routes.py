"""Addresses of what datasets have been."""

from sponde_server.core.http import Routes
from sponde_server.datasets.records import Dataset

from .records import DatasetHistory, DatasetHistoryChanged, VersionComparison
from .service import SpondeVersions

routes = Routes("datasets", events=(DatasetHistoryChanged,))


@routes("GET", "/datasets/{dataset_id}/versions")
async def get_history(versions: SpondeVersions, dataset_id: str) -> DatasetHistory:
    """Give the contents that a dataset has had, the latest first, each with what changed."""
    return await versions.history(dataset_id)


@routes("GET", "/datasets/{dataset_id}/versions/{version_id}/changes")
async def compare_versions(
    versions: SpondeVersions, dataset_id: str, version_id: str, since: str
) -> VersionComparison:
    """Say what is different in a version from another one of the same dataset."""
    return await versions.compare(dataset_id, since, version_id)


@routes("POST", "/datasets/{dataset_id}/versions/{version_id}/put-back")
async def go_back(versions: SpondeVersions, dataset_id: str, version_id: str) -> Dataset:
    """Put an earlier version's file in its place; the one that lies there is kept."""
    return await versions.go_back(dataset_id, version_id)
