"""Addresses of what is around datasets: their names and tags, their folders, their uses."""

from sponde_server.core.http import Routes
from sponde_server.datasets.labels.folders import SpondeDataFolders
from sponde_server.datasets.labels.records import DataFolder, DatasetColumns, NewLabel
from sponde_server.datasets.labels.service import SpondeLabels
from sponde_server.datasets.records import Dataset

from .records import DatasetUses
from .service import SpondeDatasetUses

routes = Routes("datasets")


@routes("PATCH", "/datasets/{dataset_id}/label")
async def change_label(labels: SpondeLabels, dataset_id: str, body: NewLabel) -> Dataset:
    """Call a dataset otherwise, or give it other tags."""
    return await labels.change(dataset_id, body)


@routes("POST", "/dataset-example")
async def add_example(folders: SpondeDataFolders) -> Dataset:
    """Put the example that comes with Sponde into the folder, and register it."""
    return await folders.add_example()


@routes("GET", "/dataset-columns")
async def list_columns(labels: SpondeLabels) -> list[DatasetColumns]:
    """List what the columns of every dataset are called, for a search over all of them."""
    return await labels.list_columns()


@routes("GET", "/datasets/{dataset_id}/uses")
async def find_uses(uses: SpondeDatasetUses, dataset_id: str) -> DatasetUses:
    """Say which notebooks, jobs, dashboards, blocks and conversations use a dataset."""
    return await uses.find(dataset_id)


@routes("GET", "/data-files")
async def list_data_files(folders: SpondeDataFolders, folder: str = "") -> DataFolder:
    """List the data files in a folder and below it."""
    return await folders.list_files(folder)
