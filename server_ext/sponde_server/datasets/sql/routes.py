"""Addresses of SQL over datasets, run by people, and of files to download."""

from sponde_server.core.http import Download, Person, Reader, Routes
from sponde_server.datasets.grid.records import NewPage, NewValues, ViewPage, ViewValue
from sponde_server.datasets.records import Table

from .downloads import SpondeDownloads
from .records import DatasetDownload, DatasetQuery, NewDatasetDownload, NewDatasetQuery, SqlWords
from .service import SpondeQueries

routes = Routes("datasets")


@routes("POST", "/dataset-queries", action="read")
async def begin_query(
    queries: SpondeQueries, person: Person, body: NewDatasetQuery
) -> DatasetQuery:
    """Begin to run one SELECT over datasets, each a table by its name; its result is kept."""
    return await queries.begin(body, person.owner)


@routes("GET", "/dataset-queries")
async def list_queries(
    queries: SpondeQueries, person: Person, search: str = "", before: str = "", limit: int = 50
) -> list[DatasetQuery]:
    """List your queries, newest first: those whose text has all the words of a search."""
    return await queries.list_some(person.owner, search, before, limit)


@routes("DELETE", "/dataset-queries", action="read")
async def clear_queries(queries: SpondeQueries, person: Person) -> None:
    """Forget all your queries that have ended, and their results."""
    await queries.clear(person.owner)


@routes("GET", "/dataset-queries/{query_id}")
async def get_query(
    queries: SpondeQueries, person: Person, reader: Reader, query_id: str, wait: float = 0
) -> DatasetQuery:
    """Give one of your queries; with `wait`, when it has ended or so many seconds have passed."""
    return await reader.waits_for(queries.ended(query_id, person.owner, wait))


@routes("POST", "/dataset-queries/{query_id}/cancel", action="read")
async def cancel_query(queries: SpondeQueries, person: Person, query_id: str) -> DatasetQuery:
    """Stop a query; what works on it is killed."""
    return await queries.cancel(query_id, person.owner)


@routes("DELETE", "/dataset-queries/{query_id}", action="read")
async def forget_query(queries: SpondeQueries, person: Person, query_id: str) -> None:
    """Forget a query and its result."""
    await queries.forget(query_id, person.owner)


@routes("GET", "/dataset-queries/{query_id}/rows")
async def get_result(
    queries: SpondeQueries, person: Person, query_id: str, offset: int = 0, limit: int = 500
) -> Table:
    """Give some rows of a query's result."""
    return await queries.rows(query_id, person.owner, offset, limit)


@routes("POST", "/dataset-queries/{query_id}/page", action="read")
async def get_result_page(
    queries: SpondeQueries, person: Person, reader: Reader, query_id: str, body: NewPage
) -> ViewPage:
    """Give some rows of a view of a query's result: sorted, filtered, searched."""
    return await reader.waits_for(queries.page(query_id, person.owner, body))


@routes("POST", "/dataset-queries/{query_id}/values", action="read")
async def get_result_values(
    queries: SpondeQueries, person: Person, reader: Reader, query_id: str, body: NewValues
) -> list[ViewValue]:
    """Give a column's values in a view of a query's result, the most frequent first."""
    return await reader.waits_for(queries.values(query_id, person.owner, body))


@routes("GET", "/dataset-query-words")
async def list_words(queries: SpondeQueries) -> SqlWords:
    """List the keywords and functions that SQL over datasets may use."""
    return await queries.words()


@routes("POST", "/dataset-downloads", action="read")
async def make_download(
    downloads: SpondeDownloads, person: Person, reader: Reader, body: NewDatasetDownload
) -> DatasetDownload:
    """Make a file of a dataset, a query's result or SQL; fetch it within an hour, once."""
    return await reader.waits_for(downloads.make(body, person.owner))


@routes("GET", "/dataset-downloads/{download_id}")
async def fetch_download(downloads: SpondeDownloads, person: Person, download_id: str) -> Download:
    """Give the file that was made; it is deleted when it was sent."""
    made, media_type, path = await downloads.take(download_id, person.owner)
    return Download(made.filename, media_type, path, is_deleted=True)
