"""Addresses of what does not fit in a dataset's file, and of how it is to be read."""

from sponde_server.core.http import Download, Routes
from sponde_server.datasets.records import Dataset

from .records import LinesAround, ProblemCode, ProblemKind, ProblemPage, ReadingPreview, Writing
from .service import DatasetProblems

routes = Routes("datasets")


@routes("POST", "/datasets/{dataset_id}/writing/preview", action="read")
async def preview_writing(
    problems: DatasetProblems, dataset_id: str, body: Writing
) -> ReadingPreview:
    """Read the first rows as a person says that the file is written; nothing of it is kept."""
    return await problems.preview(dataset_id, body)


@routes("PUT", "/datasets/{dataset_id}/writing")
async def say_writing(problems: DatasetProblems, dataset_id: str, body: Writing) -> Dataset:
    """Keep how a file is written and read it again so; an empty one is: as detected."""
    return await problems.say(dataset_id, body)


@routes("GET", "/datasets/{dataset_id}/problems")
async def list_problems(
    problems: DatasetProblems,
    dataset_id: str,
    kind: str = "",
    column: str = "",
    offset: int = 0,
    limit: int = 100,
) -> ProblemPage:
    """Give what does not fit, in the order of lines."""
    return await problems.page(dataset_id, kind, column, offset, limit)


@routes("GET", "/datasets/{dataset_id}/problems/code")
async def get_problem_code(
    problems: DatasetProblems, dataset_id: str, kind: ProblemKind, column: str = ""
) -> ProblemCode:
    """Write code that mends the problems of one kind."""
    return await problems.code(dataset_id, kind, column)


@routes("GET", "/datasets/{dataset_id}/problems/download")
async def download_problems(problems: DatasetProblems, dataset_id: str) -> Download:
    """Give the list of problems as a CSV file."""
    name, content = await problems.listing(dataset_id)
    return Download(name, "text/csv", content)


@routes("GET", "/datasets/{dataset_id}/rejects")
async def download_rejects(problems: DatasetProblems, dataset_id: str) -> Download:
    """Give the rows that are left out, as they are written in the file, below their names."""
    name, path = await problems.rejects(dataset_id)
    return Download(name, "text/csv", path)


@routes("GET", "/datasets/{dataset_id}/lines")
async def get_lines(
    problems: DatasetProblems, dataset_id: str, line: int = 1, around: int = 4
) -> LinesAround:
    """Give the lines of the file around one, as they are."""
    return await problems.around(dataset_id, line, around)
