"""Addresses of views of datasets."""

from sponde_server.core.http import Reader, Routes

from .records import NewPage, NewValues, NewViewCode, ViewCode, ViewPage, ViewValue
from .service import SpondeViews

routes = Routes("datasets")


@routes("POST", "/datasets/{dataset_id}/page", action="read")
async def get_page(views: SpondeViews, reader: Reader, dataset_id: str, body: NewPage) -> ViewPage:
    """Give some rows of a view of a dataset; who leaves ends the work on it."""
    return await reader.waits_for(views.page(dataset_id, body))


@routes("POST", "/datasets/{dataset_id}/values", action="read")
async def get_values(
    views: SpondeViews, reader: Reader, dataset_id: str, body: NewValues
) -> list[ViewValue]:
    """Give a column's values in a view, the most frequent first."""
    return await reader.waits_for(views.values(dataset_id, body))


@routes("POST", "/datasets/{dataset_id}/code", action="read")
async def get_code(views: SpondeViews, dataset_id: str, body: NewViewCode) -> ViewCode:
    """Write a view, or a plot of it, as code."""
    return await views.code(dataset_id, body)
