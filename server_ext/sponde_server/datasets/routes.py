"""Addresses of datasets."""

from sponde_server.core.http import Routes

from .records import (
    Dataset,
    DatasetChanged,
    DatasetRemoved,
    NewDataset,
    NewPolicy,
    Profile,
    Query,
    Reading,
    Table,
)
from .service import SpondeDatasets

routes = Routes(
    "datasets",
    events=(
        DatasetChanged,
        DatasetRemoved,
    ),
)


@routes("GET", "/datasets")
async def list_datasets(datasets: SpondeDatasets) -> list[Dataset]:
    """List the datasets, newest first."""
    return await datasets.list_all()


@routes("POST", "/datasets")
async def add_dataset(datasets: SpondeDatasets, body: NewDataset) -> Dataset:
    """Register a file as a dataset; it is profiled in the background."""
    return await datasets.add(body.path, body.name, body.part)


@routes("GET", "/datasets/{dataset_id}")
async def get_dataset(datasets: SpondeDatasets, dataset_id: str) -> Dataset:
    """Give one dataset."""
    return await datasets.get(dataset_id)


@routes("PATCH", "/datasets/{dataset_id}")
async def set_policy(datasets: SpondeDatasets, dataset_id: str, body: NewPolicy) -> Dataset:
    """Say what a language model may read of it, from the next question on."""
    return await datasets.policies.set(dataset_id, body)


@routes("DELETE", "/datasets/{dataset_id}")
async def remove_dataset(datasets: SpondeDatasets, dataset_id: str) -> None:
    """Take a dataset off the list; its file stays."""
    await datasets.remove(dataset_id)


@routes("POST", "/datasets/{dataset_id}/restore")
async def restore_dataset(datasets: SpondeDatasets, dataset_id: str) -> Dataset:
    """Bring a removed dataset back."""
    return await datasets.restore(dataset_id)


@routes("GET", "/datasets/{dataset_id}/profile")
async def get_profile(datasets: SpondeDatasets, dataset_id: str) -> Profile:
    """Give what is known of its contents; waits while it is read, reads again what changed."""
    return await datasets.profile(dataset_id)


@routes("GET", "/datasets/{dataset_id}/first-view")
async def get_first_view(datasets: SpondeDatasets, dataset_id: str) -> Profile | None:
    """Profile a large file's first rows while all of it is read; nothing where that is as soon."""
    return await datasets.first_view(dataset_id)


@routes("GET", "/datasets/{dataset_id}/rows")
async def get_rows(
    datasets: SpondeDatasets, dataset_id: str, offset: int = 0, limit: int = 100
) -> Table:
    """Give some rows as they are written in the file."""
    return await datasets.rows(dataset_id, offset, limit)


@routes("GET", "/datasets/{dataset_id}/reading")
async def get_reading(datasets: SpondeDatasets, dataset_id: str) -> Reading:
    """Say how another process on this machine reads the dataset."""
    return await datasets.reading(dataset_id)


@routes("GET", "/datasets-by-name/{name}")
async def get_dataset_by_name(datasets: SpondeDatasets, name: str) -> Dataset:
    """Give the dataset of this name."""
    return await datasets.get_by_name(name)


@routes("POST", "/query", action="read")
async def run_query(datasets: SpondeDatasets, body: Query) -> Table:
    """Run one SELECT over datasets, each a view by its name."""
    return await datasets.query(body.sql, body.datasets, body.limit)
