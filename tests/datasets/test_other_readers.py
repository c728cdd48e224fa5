"""A reader of another package, as docs/readers.md shows it, installed and used."""

import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from sponde_server.core.errors import Conflict

DOCS = Path(__file__).parents[2] / "docs" / "readers.md"


def code(language):
    found = re.search(rf"```{language}\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the example of the docs into a folder of its own."""
    target = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps",
         "--no-index", "--target", str(target), str(wheel(tmp_path_factory.mktemp("wheel")))],
        check=True, capture_output=True,
    )  # fmt: skip
    return target


def wheel(folder):
    """Pack the example as what its pyproject.toml says, without a build tool."""
    said = tomllib.loads(code("toml"))
    project, entries = said["project"], said["project"]["entry-points"]
    base = f"{project['name'].replace('-', '_')}-{project['version']}"
    lines = [f"[{group}]\n" + "\n".join(f"{name} = {where}" for name, where in those.items())
             for group, those in entries.items()]  # fmt: skip
    files = {
        f"{said['tool']['setuptools']['py-modules'][0]}.py": code("python"),
        f"{base}.dist-info/METADATA": (
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        ),
        f"{base}.dist-info/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
        f"{base}.dist-info/entry_points.txt": "\n".join(lines) + "\n",
    }
    path = folder / f"{base}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
        record = "".join(f"{name},,\n" for name in (*files, f"{base}.dist-info/RECORD"))
        packed.writestr(f"{base}.dist-info/RECORD", record)
    return path


@pytest.fixture
def reader(installed, monkeypatch):
    """Let the server and its children find what is installed there."""
    monkeypatch.setenv("PYTHONPATH", str(installed))
    monkeypatch.syspath_prepend(str(installed))


def database_of(path, rows):
    with sqlite3.connect(path) as database:
        if rows:
            database.execute("CREATE TABLE birds (name TEXT, n INTEGER)")
            database.executemany("INSERT INTO birds VALUES (?, ?)", rows)
    database.close()
    return path.read_bytes()


async def test_the_example_of_the_docs_reads_its_files(reader, take, datasets, tmp_path):
    content = database_of(tmp_path / "b.sqlite", [("Wren", 3), ("Robin", 4)])
    dataset, profile = await take(content, "birds.sqlite")
    assert (profile.dialect.kind.value, profile.dialect.reader) == ("other", "sqlite")
    assert [(one.name, one.type) for one in profile.columns] == [
        ("name", "VARCHAR"),
        ("n", "BIGINT"),
    ]
    assert (await datasets.rows(dataset.id)).rows == (("Wren", 3), ("Robin", 4))
    assert (await datasets.query("SELECT sum(n) FROM birds")).rows[0][0] in (7, 7.0, "7")


async def test_readers_and_their_endings_are_listed(reader, datasets):
    kinds = await datasets.profiles.kinds()
    assert [(one.name, one.extensions, one.trouble) for one in kinds.readers] == [
        ("sqlite", (".sqlite", ".db"), "")
    ]
    assert {".csv", ".xlsx", ".feather", ".zst", ".db"} <= set(kinds.extensions)


async def test_what_a_reader_raises_is_told(reader, take, tmp_path):
    with pytest.raises(
        Conflict, match=r"The reader 'sqlite' cannot read 'none\.db': file is not a"
    ):
        await take(b"SQLite format 3\0" + b"x" * 2000, "none.db")


async def test_a_reader_that_cannot_be_imported_is_named(
    reader, installed, take, datasets, tmp_path, monkeypatch
):
    broken = tmp_path / "broken"
    shutil.copytree(installed, broken)
    (broken / "sponde_sqlite.py").write_text("raise ImportError('no libfoo')\n")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    kinds = await datasets.profiles.kinds()
    assert "ImportError: no libfoo" in kinds.readers[0].trouble
    with pytest.raises(Conflict, match="SQLite database"):
        await take(b"SQLite format 3\0" + b"x" * 2000, "none.db")


async def test_without_readers_no_child_is_asked(datasets):
    kinds = await datasets.profiles.kinds()
    assert kinds.readers == ()
    assert datasets._sandbox._running == set()
