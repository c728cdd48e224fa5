"""Address of the kinds of files that become datasets."""

from sponde_server.core.http import Routes
from sponde_server.datasets.service import SpondeDatasets

from .kind_records import DatasetKinds

routes = Routes("datasets")


@routes("GET", "/dataset-kinds")
async def get_kinds(datasets: SpondeDatasets) -> DatasetKinds:
    """Say which files become datasets, and which readers other packages bring."""
    return await datasets.profiles.kinds()
