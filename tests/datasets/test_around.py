"""Names, tags and folders of datasets, and what uses them."""

import json
from pathlib import Path

import pytest

from sponde_server.core.errors import Conflict, Forbidden, Invalid, NotFound
from sponde_server.core.streams import Feed
from sponde_server.datasets.labels.folders import SpondeDataFolders, is_data
from sponde_server.datasets.labels.records import NewLabel
from sponde_server.datasets.labels.service import SpondeLabels
from sponde_server.datasets.where_used.around import Around
from sponde_server.datasets.where_used.records import DatasetUse, DatasetUseKind
from sponde_server.datasets.where_used.service import SpondeDatasetUses

TABLE = "town,litres\nOslo,1\n"


@pytest.fixture
def labels(database, datasets) -> SpondeLabels:
    return SpondeLabels(database=database, feed=Feed(), datasets=datasets)


def notebook(path: Path, *cells: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [
        {"cell_type": "code", "id": f"c{number}", "source": source, "metadata": {}}
        for number, source in enumerate(cells, 1)
    ]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4}))


def test_a_dataset_is_renamed_and_tagged_and_stays_so_when_its_file_is_read_again(
    labels, datasets, take, root, run
):
    async def walk():
        dataset, _ = await take(TABLE, "sales.csv")
        await labels.change(dataset.id, NewLabel(name="Verkauf", tags=(" Raw ", "2026", "raw", "")))
        (root / "sales.csv").write_text(TABLE * 2)
        await datasets.profile(dataset.id)
        found = await datasets.get_by_name("verkauf")
        assert (found.id, found.name, found.tags) == (dataset.id, "Verkauf", ("raw", "2026"))
        assert found.path == "sales.csv"

    run(walk())


def test_a_name_that_code_cannot_write_or_another_has_is_refused_with_the_way_out(
    labels, take, run
):
    async def walk():
        dataset, _ = await take(TABLE, "sales.csv")
        await take(TABLE, "towns.csv")
        with pytest.raises(Invalid) as refused:
            await labels.change(dataset.id, NewLabel(name="my sales"))
        assert "my_sales" in refused.value.hint
        for name in ("select", " ", "1st"):
            with pytest.raises(Invalid):
                await labels.change(dataset.id, NewLabel(name=name))
        with pytest.raises(Conflict):
            await labels.change(dataset.id, NewLabel(name="Towns"))
        with pytest.raises(Invalid):
            await labels.change(dataset.id, NewLabel(tags=("a,b",)))
        with pytest.raises(Invalid):
            await labels.change(dataset.id, NewLabel(tags=tuple(str(n) for n in range(21))))

    run(walk())


def test_the_example_is_put_into_the_folder_once_and_never_over_a_file(
    datasets, root, tmp_path, run
):
    example = tmp_path / "birds.csv"
    example.write_text(TABLE)

    async def walk():
        folders = SpondeDataFolders(datasets=datasets, root=root, example=example)
        first = await folders.add_example()
        assert (await folders.add_example()).id == first.id
        assert [one.name for one in root.iterdir()] == ["birds.csv"]
        with pytest.raises(NotFound, match="No example"):
            await SpondeDataFolders(datasets=datasets, root=root).add_example()

    run(walk())


def test_the_columns_of_all_datasets_are_listed_to_be_found_by(labels, datasets, take, run):
    async def walk():
        sales, _ = await take(TABLE, "sales.csv")
        gone, _ = await take(TABLE, "gone.csv")
        await datasets.remove(gone.id)
        (found,) = await labels.list_columns()
        assert (found.dataset_id, found.names) == (sales.id, ("town", "litres"))

    run(walk())


def test_a_folders_data_files_are_listed_with_sizes_and_those_that_are_datasets(
    datasets, root, take, run
):
    for name in ("a/one.csv", "a/b/two.parquet", "a/.hidden/no.csv", "a/notes.md", "a/.no.csv"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(TABLE)
    (root / "a" / "out.csv").symlink_to("/etc/passwd")
    folders = SpondeDataFolders(datasets=datasets, root=root)

    async def walk():
        dataset, _ = await take(TABLE, "a/one.csv")
        found = await folders.list_files("a")
        assert [(one.path, one.bytes) for one in found.files] == [
            ("a/one.csv", len(TABLE)),
            ("a/b/two.parquet", len(TABLE)),
        ]
        assert [one.dataset_id for one in found.files] == [dataset.id, ""]
        assert (await folders.list_files("")).path == ""
        with pytest.raises(NotFound):
            await folders.list_files("nowhere")
        with pytest.raises(Invalid):
            await folders.list_files("a/one.csv")
        with pytest.raises(Forbidden):
            await folders.list_files("../..")

    run(walk())


def test_data_files_are_known_by_their_names():
    good = ("a.csv", "A.CSV", "a.csv.gz", "a.tsv.zst", "b.xlsx", "c.ndjson", "d.feather")
    assert [name for name in good if not is_data(name)] == []
    bad = ("a.md", ".a.csv", "package.json", "a.gz", "b.ipynb", "csv")
    assert [name for name in bad if is_data(name)] == []


def test_notebooks_are_found_by_the_name_and_by_the_file_that_their_cells_read(
    datasets, root, take, run
):
    notebook(root / "by_name.ipynb", "1", 'sponde.dataset("Sales").df()', "dataset('sales')")
    notebook(root / "by_sql.ipynb", '%%sql\nSELECT * FROM sales JOIN "towns" USING (town)')
    notebook(root / "deep" / "by_file.ipynb", 'pd.read_csv("../data/sales.csv")')
    notebook(root / "by_root.ipynb", "pd.read_csv('./data/sales.csv')")
    notebook(root / "whole.ipynb", f"pd.read_csv('{root.resolve()}/data/sales.csv')")
    notebook(root / "another.ipynb", 'dataset("sales_2")', "sales.csv", '"other/sales.csv"')
    (root / "broken.ipynb").write_text("{")
    (root / "data").mkdir()
    asked = []

    async def find_jobs(notebooks, values):
        asked.append((sorted(notebooks), sorted(values)))
        return [DatasetUse(kind=DatasetUseKind.JOB, label="Nightly")]

    async def find_blocks(name):
        return [DatasetUse(kind=DatasetUseKind.BLOCK, label=f"reads {name}")]

    uses = SpondeDatasetUses(
        datasets=datasets,
        around=Around(find_jobs=find_jobs, find_blocks=find_blocks),
        root=root,
    )

    async def walk():
        dataset, _ = await take(TABLE, "data/sales.csv")
        found = await uses.find(dataset.id)
        return found, await uses.find(dataset.id)

    found, again = run(walk())
    assert again == found
    books = ["by_name.ipynb", "by_root.ipynb", "by_sql.ipynb", "deep/by_file.ipynb", "whole.ipynb"]
    by_path = {one.path: one for one in found.uses if one.kind is DatasetUseKind.NOTEBOOK}
    assert sorted(by_path) == books
    first = by_path["by_name.ipynb"]
    assert (first.cell, first.cell_id, first.cells) == (2, "c2", 2)
    assert [one.label for one in found.uses[5:]] == ["Nightly", "reads sales"]
    assert asked[0] == (books, ["data/sales.csv", "sales"])
    uses.max_notebooks = 2
    assert run(uses.find(found.dataset_id)).is_cut
    uses.max_notebooks = 0
    assert len(run(uses.find(found.dataset_id)).uses) == 2
