"""Collections: kept in an order, told what stands wrong, made into notebooks and modules."""

import ast
import json
import logging
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest

from sponde_server.core.errors import Conflict, Invalid, NotFound, TooLarge
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library.code.facts import facts_of
from sponde_server.library.code.parts import read_parts
from sponde_server.library.collections.as_module import in_order, module
from sponde_server.library.collections.as_notebook import notebook
from sponde_server.library.collections.gathering import gather, import_lines
from sponde_server.library.collections.moving import compiles
from sponde_server.library.collections.ordering import standing
from sponde_server.library.collections.records import (
    Collection,
    CollectionEdit,
    CollectionProblemKind,
    NewCollection,
)
from sponde_server.library.collections.service import SpondeCollections
from sponde_server.library.fields.records import BlockField, FieldKind, FieldSpot
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.marking import fingerprint
from sponde_server.library.outside import Outside
from sponde_server.library.records import CodeBlock, NewCodeBlock
from sponde_server.library.service import SpondeLibrary
from sponde_server.library.trials.sampling import Data, NoSamples

LOAD = """\
import csv
from pathlib import Path

folder = "."  # where the file lies
least = 2
rows = [{"n": number} for number in range(6)]
path = Path(folder)"""
CLEAN = """\
import csv

def keep(rows, least):
    return [row for row in rows if row["n"] >= least]


rows = keep(rows, least)
rows"""
SUM = """\
%matplotlib inline
total = 0
for row in rows:
    total += row["n"]
print(f"total={total}")"""


class Tables(NoSamples):
    """One dataset."""

    async def list_all(self):
        return [Data(name="sales", rows=10, columns=("price", "count"))]


@pytest.fixture
def library(database):
    return SpondeLibrary(database=database, bus=Bus(logging.getLogger("test")), feed=Feed())


@pytest.fixture
def collections(database, library):
    async def search(asked: FindBlocks):
        return [one.block for one in (await library.find(asked)).blocks]

    return SpondeCollections(
        database=database, feed=Feed(), outside=Outside(samples=Tables(), search=search)
    )


def block(name, code, description="", language="python"):
    return CodeBlock(
        id=name,
        name=name,
        language=language,
        code=code,
        description=description,
        facts=facts_of(code, language),
    )


async def saved(library, **codes):
    return [
        (await library.save(NewCodeBlock(code=code, name=name))).id for name, code in codes.items()
    ]


async def made(collections, ids, name=""):
    return await collections.make(NewCollection(block_ids=tuple(ids), name=name))


# -- keeping ----------------------------------------------------------------------------------


async def test_a_collection_keeps_its_blocks_in_their_order_each_once(library, collections):
    one, two, three = await saved(library, load=LOAD, clean=CLEAN, sum=SUM)
    kept = await made(collections, [three, one, three])
    assert kept.name == "sum and 1 more"
    assert kept.block_ids == (three, one)
    changed = await collections.change(kept.id, CollectionEdit(block_ids=(one, two, three)))
    assert [block.name for block in (await collections.view(kept.id)).blocks] == [
        "load",
        "clean",
        "sum",
    ]
    assert (await collections.list_all()) == [changed]


async def test_a_collection_is_renamed_but_never_to_the_name_of_another(library, collections):
    ids = await saved(library, load=LOAD)
    first = await made(collections, ids, "Report")
    second = await made(collections, ids, "report")
    assert second.name == "report 2"
    with pytest.raises(Conflict):
        await collections.change(second.id, CollectionEdit(name="REPORT"))
    with pytest.raises(Invalid):
        await collections.change(second.id, CollectionEdit(name="  "))
    assert (await collections.change(first.id, CollectionEdit(name="Report"))) == first


async def test_a_deleted_collection_comes_back_under_a_name_that_is_free(library, collections):
    ids = await saved(library, load=LOAD)
    first = await made(collections, ids, "Report")
    await collections.remove(first.id)
    with pytest.raises(NotFound):
        await collections.view(first.id)
    await made(collections, ids, "Report")
    assert (await collections.restore(first.id)).name == "Report 2"
    assert len(await collections.list_all()) == 2


async def test_nothing_unknown_and_no_crowd_is_collected(library, collections):
    with pytest.raises(Invalid):
        await made(collections, [])
    with pytest.raises(NotFound):
        await made(collections, ["gone"])
    with pytest.raises(TooLarge):
        await made(collections, [str(number) for number in range(501)])


async def test_a_deleted_block_is_counted_and_left_out(library, collections):
    ids = await saved(library, load=LOAD, clean=CLEAN)
    kept = await made(collections, ids)
    await library.remove(ids[0])
    view = await collections.view(kept.id)
    assert (view.gone, [block.name for block in view.blocks]) == (1, ["clean"])
    assert [one.name for one in view.parameters] == ["rows", "least"]


# -- order ------------------------------------------------------------------------------------


async def test_what_a_block_needs_of_a_later_one_is_told_and_put_in_order(library, collections):
    load, clean, total = await saved(library, load=LOAD, clean=CLEAN, sum=SUM)
    kept = await made(collections, [total, clean, load])
    view = await collections.view(kept.id)
    late = [one for one in view.problems if one.kind is CollectionProblemKind.LATE]
    assert {(one.block_id, one.other_name, one.names) for one in late} == {
        (total, "load", ("rows",)),
        (clean, "load", ("rows",)),
    }
    assert (await collections.sort(kept.id)).block_ids[0] == load
    assert (await collections.view(kept.id)).problems == ()


def test_the_order_changes_no_more_than_needs_ask_for():
    parts = read_parts(
        [block("a", "x = 1 + 1"), block("b", "print(y)"), block("c", "y = x"), block("d", "z = 3")]
    )
    assert standing(parts).sorted_ids == ("a", "c", "b", "d")


def test_blocks_that_need_each_other_are_told():
    parts = read_parts([block("z", "print(a)"), block("a", "a = b + 1"), block("b", "b = a + 1")])
    stands = standing(parts)
    assert len(stands.stuck_ids) == 1
    assert set(stands.stuck_ids) <= {"a", "b"}
    assert sorted(stands.sorted_ids) == ["a", "b", "z"]


async def test_a_function_that_is_missing_names_the_block_that_defines_it(library, collections):
    helper, user = await saved(library, helper="def tidy(x):\n    return x", user="print(tidy(3))")
    kept = await made(collections, [user])
    (problem,) = (await collections.view(kept.id)).problems
    assert (problem.kind, problem.other_id) == (CollectionProblemKind.OPEN, helper)
    assert problem.names == ("tidy",)


async def test_a_table_that_nothing_makes_is_read_from_the_dataset_that_fits(library, collections):
    ids = await saved(library, total='print(df["price"].sum() * factor)')
    kept = await made(collections, ids)
    table, factor = (await collections.view(kept.id)).parameters
    assert (table.name, table.is_table, table.dataset) == ("df", True, "sales")
    assert (factor.name, factor.is_table, factor.value) == ("factor", False, "")


# -- imports and values on top ----------------------------------------------------------------


def test_imports_are_gathered_once_and_sorted():
    parts = read_parts(
        [
            block("a", "import numpy as np, os\nfrom json import loads\nx = np.zeros(3)"),
            block("b", "from __future__ import annotations\nimport os\nfrom json import dumps"),
        ]
    )
    assert import_lines(gather(parts).imports) == (
        "from __future__ import annotations\n\n"
        "import os\nfrom json import dumps, loads\n\n"
        "import numpy as np"
    )


def test_an_import_whose_name_means_two_things_stays_where_it_was():
    parts = read_parts(
        [
            block("a", "from json import load\nimport os"),
            block("b", "from pickle import load"),
            block("c", "os = 3"),
        ]
    )
    gathered = gather(parts)
    assert gathered.imports == ()
    assert {clash.name for clash in gathered.clashes} == {"load", "os"}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('a = 1\nb = -2.5\nc = "x"\nd = [1, 2]\ne = True', ["a", "b", "c", "d", "e"]),
        ("total = 0\nfor n in range(3):\n    total += n", []),
        ("a = 1; b = 2", []),
        ("rows = [1]\nrows.append(2)", []),
        ("_a = 1\nb = None\nc = {}\nd = 1 + 1\ne = '''x\ny'''", []),
        ("def f():\n    global a\n    a = 2\na = 1", []),
        ("a = 1\ndel a", []),
        ("if True:\n    a = 1", []),
    ],
)
def test_plain_values_that_never_change_move_up(code, names):
    gathered = gather(read_parts([block("one", code)]))
    assert [one.name for one in gathered.constants] == names


# -- the notebook -----------------------------------------------------------------------------


async def test_the_notebook_has_imports_parameters_and_a_cell_for_each_block(library, collections):
    ids = await saved(library, load=LOAD, clean=CLEAN, sum=SUM)
    file = await collections.as_notebook((await made(collections, ids, "Sum of rows")).id)
    assert (file.name, file.notes) == ("sum_of_rows.ipynb", ())
    cells = json.loads(file.text)["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    texts = ["".join(cell["source"]) for cell in code]
    assert texts[0] == "import csv\nfrom pathlib import Path"
    assert code[1]["metadata"]["tags"] == ["parameters"]
    assert texts[1] == 'folder = "."  # where the file lies\nleast = 2'
    assert texts[2].startswith("rows = [")
    assert "import" not in "".join(texts[2:])
    assert [cell["metadata"]["sponde"]["block_id"] for cell in code[2:]] == ids
    assert code[3]["metadata"]["sponde"]["above"] == "import csv"
    assert code[3]["metadata"]["sponde"]["text"] == fingerprint(texts[3])
    assert "## Clean" in ["".join(cell["source"]) for cell in cells]


async def test_the_notebook_is_valid_and_runs_through_papermill_with_other_parameters(
    library, collections, tmp_path
):
    import nbformat
    import papermill

    ids = await saved(library, load=LOAD, clean=CLEAN, sum=SUM)
    file = await collections.as_notebook((await made(collections, ids)).id)
    nbformat.validate(nbformat.reads(file.text, as_version=4))
    path = tmp_path / file.name
    path.write_text(file.text)
    ran = papermill.execute_notebook(
        path, None, parameters={"least": 4}, kernel_name="python3", progress_bar=False
    )
    printed = [
        output["text"]
        for cell in ran.cells
        for output in cell.get("outputs", ())
        if output["output_type"] == "stream"
    ]
    assert "total=9\n" in printed


def with_field(name, code, value, called, language="python"):
    start = code.index(value)
    one = BlockField(
        name=called,
        kind=FieldKind.NUMBER,
        default=value,
        about="how many",
        spots=(FieldSpot(start=start, end=start + len(value)),),
    )
    return replace(block(name, code, language=language), fields=(one,))


def test_fields_become_parameters_with_names_of_their_own():
    parts = read_parts(
        [
            with_field("a", "rows = list(range(5))", "5", "count"),
            with_field("b", "print(rows[:3])", "3", "count"),
            with_field("c", "SELECT * FROM rows LIMIT 7", "7", "most", "sql"),
        ]
    )
    gathered = gather(parts)
    assert [one.text for one in gathered.constants] == [
        "count = 5  # how many",
        "count_2 = 3  # how many",
        "most = 7  # how many",
    ]
    assert "range(count)" in parts[0].code
    assert "rows[:count_2]" in parts[1].code
    assert 'duckdb.sql(f"""' in parts[2].code
    assert parts[2].needs == ("most", "rows")
    text, notes = module(Collection(name="Fields"), parts)
    assert "def b(rows, count_2=count_2):" in text
    assert notes == ()


async def test_what_is_no_python_is_kept_readable_in_the_notebook(library, collections):
    ids = [
        (await library.save(NewCodeBlock(code=code, language=language, name=name))).id
        for name, language, code in [
            ("shell", "bash", "echo hi"),
            ("words", "markdown", "# Read me"),
            ("in_r", "r", "library(dplyr)"),
            ("asked", "sql", "SELECT 1 AS one"),
            ("broken", "python", "def f(:"),
        ]
    ]
    file = await collections.as_notebook((await made(collections, ids)).id)
    texts = ["".join(cell["source"]) for cell in json.loads(file.text)["cells"]]
    assert "%%bash\necho hi" in texts
    assert "# Read me" in texts
    assert "## In r\n\n```r\nlibrary(dplyr)\n```" in texts
    assert 'duckdb.sql("""\nSELECT 1 AS one\n""").df()' in texts
    assert "def f(:" in texts
    assert len(file.notes) == 2


# -- the module -------------------------------------------------------------------------------


async def module_of(collections, ids, name="Report"):
    return await collections.as_module((await made(collections, ids, name)).id)


def run_module(path, *lines):
    code = "\n".join(["import sys", f"sys.path.insert(0, {str(path.parent)!r})", *lines])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


async def test_the_module_imports_and_runs(library, collections, tmp_path):
    ids = await saved(library, clean=CLEAN, sum=SUM, load=LOAD)
    file = await module_of(collections, ids)
    path = tmp_path / file.name
    path.write_text(file.text)
    assert file.name == "report.py"
    assert "def keep(rows, least):" in file.text
    assert "def clean(rows, least=least):" in file.text
    assert "    return rows" in file.text
    assert run_module(path, "import report", "print(report.main(least=4))") == ["total=9", "9"]


async def test_functions_of_one_name_are_told_and_both_work(library, collections, tmp_path):
    ids = await saved(
        library,
        one="def shape(x):\n    return x + 1\n\n\nfirst = shape(1)",
        two="def shape(x):\n    return x * 10\n\n\nsecond = shape(first)",
        three="third = shape(second)",
    )
    file = await module_of(collections, ids)
    assert "Two blocks define 'shape': that of 'two' is 'shape_2' here." in file.notes
    path = tmp_path / file.name
    path.write_text(file.text)
    assert run_module(path, "import report", "print(report.main())") == ["200"]


async def test_texts_over_lines_stay_as_they_are(library, collections, tmp_path):
    ids = await saved(library, words='import os\n\ntext = f"""a\n  b {os.sep}\nc"""\nlen(text)')
    file = await module_of(collections, ids)
    path = tmp_path / file.name
    path.write_text(file.text)
    out = run_module(path, "import report", "print(report.words() == 'a\\n  b /\\nc')")
    assert out == ["True"]


async def test_a_function_that_uses_what_its_block_makes_stays_inside(
    library, collections, tmp_path
):
    ids = await saved(
        library,
        rate="rate = float('1.5')\n\ndef times(x):\n    return x * rate",
        use="print(times(2))",
    )
    file = await module_of(collections, ids)
    path = tmp_path / file.name
    path.write_text(file.text)
    assert "def use(times):" in file.text
    assert run_module(path, "import report", "report.main()") == ["3.0"]


async def test_imports_that_clash_stay_in_their_functions(library, collections, tmp_path):
    ids = await saved(
        library,
        one="from json import dumps\na = dumps([1])",
        two="from pickle import dumps\nb = len(dumps([1])) > 3\nprint(a, b)",
        three="from math import *\nc = floor(sqrt(17.5))",
    )
    file = await module_of(collections, ids)
    path = tmp_path / file.name
    path.write_text(file.text)
    assert run_module(path, "import report", "print(report.main())") == ["[1]", "True", "4"]
    assert len(file.notes) == 2


async def test_code_that_waits_becomes_a_function_that_waits(library, collections, tmp_path):
    ids = await saved(library, wait="import asyncio\n\nawait asyncio.sleep(0)\ndone = 1 + 2")
    file = await module_of(collections, ids)
    path = tmp_path / file.name
    path.write_text(file.text)
    assert "async def wait():" in file.text
    out = run_module(path, "import asyncio, report", "print(asyncio.run(report.main()))")
    assert out == ["3"]


def test_code_of_python_itself_becomes_modules_that_compile():
    folder = Path(sysconfig.get_path("stdlib"))
    for name in ("types", "textwrap", "heapq", "shlex", "colorsys", "contextlib"):
        source = (folder / f"{name}.py").read_text("utf-8")
        lines = source.split("\n")
        starts = [
            min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) - 1
            for node in ast.parse(source).body
        ]
        ends = [*starts[3::3], len(lines)]
        blocks = [
            block(f"part_{at}", "\n".join(lines[start:end]))
            for at, (start, end) in enumerate(zip(starts[::3], ends, strict=False))
        ]
        parts = read_parts(blocks)
        text, _ = module(Collection(name=name), in_order(parts))
        assert compiles(text)
        written = json.loads(notebook(Collection(name=name), parts, gather(parts), []))
        assert len(written["cells"]) > len(blocks)


async def test_what_cannot_be_in_a_module_is_left_out_and_told(library, collections, tmp_path):
    ids = await saved(library, broken="def f(:", shell="!ls", fine="x = 1 + 1")
    file = await module_of(collections, ids)
    path = tmp_path / file.name
    path.write_text(file.text)
    assert "# !ls" not in file.text or "def shell" not in file.text
    assert any("'broken' is left out" in note for note in file.notes)
    assert run_module(path, "import report", "print(report.main())") == ["2"]


@pytest.mark.parametrize("text", ["import csv", "", "é😀 \nx"])
def test_fingerprints_have_fourteen_letters_and_ignore_white_space_at_line_ends(text):
    found = fingerprint(text)
    assert len(found) == 14
    assert fingerprint(text.replace("\n", "  \r\n") + "\n\n") == found
