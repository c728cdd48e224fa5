"""Where blocks come from, what is near them, and what could be said of them."""

import asyncio

import pytest

from sponde_server.library.code.describing import description_of, sentence_before, suggest_tags
from sponde_server.library.code.facts import facts_of
from sponde_server.library.code.splitting import split_cells, split_notebook, split_python
from sponde_server.library.records import CellText
from sponde_server.library.sources.near import likeness, signature
from sponde_server.library.sources.service import Answer

PLOT = """\
import matplotlib.pyplot as plt

counts = strikes.groupby("Airport")["Damage"].sum().sort_values(ascending=False)
fig, ax = plt.subplots(figsize=(8, 4))
counts.head(10).plot.barh(ax=ax)
ax.set_xlabel("Damage in dollars")
plt.show()"""
RENAMED = PLOT.replace("strikes", "sales").replace("counts", "totals").replace("Airport", "Shop")
LONGER = PLOT.replace("plt.show()", "plt.tight_layout()\nplt.show()")


def test_a_renamed_copy_has_the_same_tree_and_another_deed_has_not():
    one = signature(PLOT, "python")
    assert one.tree is not None
    assert one.tree == signature(RENAMED, "python").tree
    assert one.tree != signature(PLOT.replace(".sum()", ".mean()"), "python").tree
    assert signature("df.head()", "python").tree is None


def test_a_copy_with_another_line_shares_a_band_and_another_code_none():
    one, other = signature(PLOT, "python"), signature(LONGER, "python")
    assert set(one.bands) & set(other.bands)
    assert likeness(PLOT, LONGER) > 0.8
    unlike = signature("def mean(values):\n    return sum(values) / max(1, len(values))", "python")
    assert not set(one.bands) & set(unlike.bands)


async def test_the_same_code_from_two_places_is_one_block_with_two_sources(api):
    first = await api("POST", "/code-blocks", {"code": PLOT, "source": {"kind": "paste"}})
    cell = {"kind": "cell", "path": "work/a.ipynb", "cell_id": "c1"}
    for _ in range(2):
        again = await api("POST", "/code-blocks", {"code": PLOT + "\n", "source": cell})
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert again["id"] == first["id"]
    sources = await api("GET", f"/code-blocks/{first['id']}/sources")
    assert [(s["kind"], s["path"], s["cell_id"]) for s in sources] == [
        ("paste", "", ""),
        ("cell", "work/a.ipynb", "c1"),
    ]


async def test_a_near_block_is_told_and_made_a_revision_and_that_undone(api):
    old = await api("POST", "/code-blocks", {"code": PLOT, "name": "damage", "tags": ["plot"]})
    assert old["near"] is None
    new = await api(
        "POST", "/code-blocks", {"code": LONGER, "source": {"kind": "file", "path": "a.py"}}
    )
    assert new["near"]["name"] == "damage"
    assert new["near"]["likeness"] > 0.8
    renamed = await api("POST", "/code-blocks", {"code": RENAMED})
    assert renamed["near"]["differs_in_names"]
    assert "plot" in renamed["suggested_tags"]

    use = await api("POST", f"/code-blocks/{new['id']}/uses", {"notebook": "n.ipynb"})
    merged = await api("POST", f"/code-blocks/{new['id']}/merge-into/{old['id']}")
    assert (merged["block"]["name"], merged["block"]["code"]) == ("damage", LONGER)
    assert merged["block"]["uses"] == 1
    address = f"/code-blocks/{old['id']}"
    assert [r["code"] for r in await api("GET", f"{address}/revisions")] == [PLOT]
    assert [s["path"] for s in await api("GET", f"{address}/sources")] == ["a.py"]
    assert [u["id"] for u in await api("GET", f"{address}/uses")] == [use["id"]]
    assert (await api("GET", f"/code-blocks/{new['id']}"))["status"] == 404

    back = await api("POST", f"/code-block-merges/{merged['merge_id']}/undo")
    assert (back["id"], back["code"]) == (new["id"], LONGER)
    assert (await api("GET", address))["code"] == PLOT
    assert await api("GET", f"{address}/sources") == []
    assert [u["id"] for u in await api("GET", f"/code-blocks/{new['id']}/uses")] == [use["id"]]
    twice = await api("POST", f"/code-block-merges/{merged['merge_id']}/undo")
    assert (twice["status"], bool(twice["hint"])) == (404, True)
    itself = await api("POST", f"{address}/merge-into/{old['id']}")
    assert itself["status"] == 400


async def test_what_could_be_said_of_code_is_proposed(api):
    code = '"""Sum what each shop sold."""\ntotal = df.groupby("shop")["amount"].sum()'
    bare = await api("POST", "/code-blocks", {"code": code})
    assert bare["description"] == "Sum what each shop sold."
    said = await api("GET", f"/code-blocks/{bare['id']}/suggestion")
    assert "aggregate" in said["tags"]
    tagged = await api("POST", "/code-blocks", {"code": f"{code}.max()", "tags": ["aggregate"]})
    own = await api("GET", f"/code-blocks/{tagged['id']}/suggestion")
    assert "aggregate" not in own["tags"]


async def test_a_file_is_taken_apart_and_what_is_kept_is_marked(api):
    text = "import os\n\ndef here():\n    return os.getcwd()\n\n\nclass Shop:\n    pass\n"
    pieces = await api("POST", "/code-pieces", {"python": text})
    assert [(p["name"], p["block_id"]) for p in pieces] == [("here", None), ("shop", None)]
    block = await api("POST", "/code-blocks", {"code": pieces[0]["code"]})
    again = await api("POST", "/code-pieces", {"python": text})
    assert [p["block_id"] for p in again] == [block["id"], None]


@pytest.fixture
def library(database):
    import logging

    from sponde_server.core.events import Bus
    from sponde_server.core.streams import Feed
    from sponde_server.library.service import SpondeLibrary

    return SpondeLibrary(database=database, bus=Bus(logging.getLogger("test")), feed=Feed())


def test_an_answers_sentence_becomes_the_description_and_its_title_the_source(library, run):
    from sponde_server.library.records import NewCodeBlock

    async def find_answer(message_id):
        text = f"Sure!\n\nHere's how to plot the **damage** by airport:\n\n```python\n{PLOT}\n```\n"
        return Answer(text=text, title="Bird strikes")

    async def keep():
        library.sources.find_answer = find_answer
        kept = await library.keep(NewCodeBlock(code=PLOT, message_id="m1"))
        return kept, await library.sources.list_sources(kept.block.id)

    kept, (source,) = run(keep())
    assert kept.block.description == "Plot the damage by airport"
    assert (source.kind, source.label, source.message_id) == ("answer", "Bird strikes", "m1")


def test_facts_of_a_new_block_are_read_once(library, run, monkeypatch):
    """Counted at the only place that reads them, without changing what it does."""
    from sponde_server.library import keeping
    from sponde_server.library.records import CodeBlockEdit, NewCodeBlock

    read = []

    def counted(code, *rest):
        read.append(code)
        return facts_of(code, *rest)

    monkeypatch.setattr(keeping, "facts_of", counted)

    async def keep():
        kept = await library.keep(NewCodeBlock(code=PLOT))
        await library.sources.settle()
        once = list(read)
        await library.remove(kept.block.id)
        await library.keep(NewCodeBlock(code=PLOT))  # comes back as it was, and is read again
        await library.sources.settle()
        back = list(read)
        await library.revise(kept.block.id, CodeBlockEdit(code="a = 1"))
        await library.sources.settle()
        return once, back

    once, back = run(keep())
    assert once == [PLOT.strip()]
    assert back == [PLOT.strip()] * 2
    assert read[-1] == "a = 1"
    assert len(read) == 3


def test_facts_of_an_older_version_are_read_again_in_the_background(library, run, database):
    from sponde_server.library.records import NewCodeBlock

    async def age_and_start():
        block = await library.save(NewCodeBlock(code="import pandas\ndf = pandas.DataFrame()"))
        await library.sources.settle()
        await database.write(lambda con: con.execute("UPDATE code_block SET facts = '{}'") and None)
        await database.write(lambda con: con.execute("UPDATE block_near SET version = 0") and None)
        await library.sources.start()
        await asyncio.wait_for(library.sources.settle(), 20)
        return await library.get(block.id)

    assert run(age_and_start()).facts.packages == ("pandas",)


def test_a_dataset_that_is_added_later_is_found_in_the_blocks_that_read_its_file(library, run):
    from sponde_server.library.records import NewCodeBlock

    async def names():
        return ["sales"]

    async def add():
        block = await library.save(NewCodeBlock(code="df = pd.read_csv('data/sales.csv')"))
        before = block.facts.datasets
        library.sources.dataset_names = names
        library.sources.datasets_changed()
        await asyncio.wait_for(library.sources.settle(), 20)
        return before, (await library.get(block.id)).facts.datasets

    assert run(add()) == ((), ("sales",))


@pytest.mark.parametrize(
    ("code", "language", "said"),
    [
        ('def f():\n    """Clean it. Then more."""', "python", "Clean it."),
        ("# Load the strikes\nimport pandas", "python", "Load the strikes"),
        ("-- Sales by month\nselect 1", "sql", "Sales by month"),
        ("x = 1", "python", ""),
    ],
)
def test_code_says_what_it_does_in_its_own_words(code, language, said):
    assert description_of(code, language) == said


def test_the_sentence_before_a_code_is_the_one_of_its_own_paragraph():
    before = "# Title\n\nFirst we load. Then we count:\n\n```\na\n```\n\n"
    answer = f"{before}- This drops rows\n\n```\nb\n```"
    assert sentence_before(answer, "a") == "Then we count"
    assert sentence_before(answer, "b") == "Drops rows"
    assert sentence_before(answer, "c") == ""


def test_tags_come_from_near_blocks_calls_imports_and_datasets():
    facts = facts_of(PLOT, "python")
    assert suggest_tags(PLOT, "python", facts, near=["birds"], had=["Plot"]) == (
        "birds",
        "aggregate",
    )


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("import matplotlib.pyplot as plt\nplt.figure(figsize=(8, 5))", "plot"),
        ("import matplotlib.pyplot as plt", "plot"),
        ("plt.show()", "plot"),
        ("sns.heatmap(table)", "plot"),
        ("sales.plot(kind='bar')", "plot"),
        ("sales.amount.plot.hist()", "plot"),
        ("fig, ax = subplots()\nax.set_title('x')", "plot"),
        ("names.str.lower()", "text"),
        ("sales['day'] = sales.when.dt.date", "time"),
        ("from statsmodels.formula.api import ols", "statistics"),
        ("duckdb.sql('select 1')", "sql"),
    ],
)
def test_what_code_uses_is_a_tag_wherever_it_is_imported(code, tag):
    assert tag in suggest_tags(code, "python", facts_of(code, "python"))


def test_a_word_that_only_looks_like_a_use_is_no_tag():
    code = "subplot_count = 3\nplot_of_land = 'x'"
    assert suggest_tags(code, "python", facts_of(code, "python")) == ()


def test_a_function_brings_the_imports_that_it_needs_and_its_comment():
    above = "import os, sys\nfrom a import b as c\n\n# Says where.\n"
    text = f"{above}@deco\ndef f():\n    return os.name\n"
    (piece,) = split_python(text)
    assert piece.code == "import os\n\n\n# Says where.\n@deco\ndef f():\n    return os.name"
    assert piece.line == 5


def test_cells_that_say_nothing_are_left_out_and_looks_are_not_chosen():
    codes = [
        "",
        "%matplotlib inline",
        "# only words",
        "df.head()",
        "import os",
        "x = f(1)",
        "%%sql\nselect 1",
    ]
    pieces = split_cells([CellText(id=str(n), code=code) for n, code in enumerate(codes)])
    assert [(p.cell_id, p.language, p.is_worth) for p in pieces] == [
        ("3", "python", False),
        ("4", "python", False),
        ("5", "python", True),
        ("6", "sql", True),
    ]


def test_a_notebook_of_any_format_or_none_is_taken_apart():
    cells = '[{"cell_type": "code", "id": "a", "source": ["x = 1\\n", "y"]}]'
    new = f'{{"cells": {cells}, "metadata": {{"kernelspec": {{"language": "R"}}}}}}'
    old = '{"worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1"}]}]}'
    assert [(p.code, p.language, p.cell_id) for p in split_notebook(new)] == [
        ("x = 1\ny", "r", "a")
    ]
    assert [p.code for p in split_notebook(old)] == ["x = 1"]
    assert split_notebook("[1]") == split_notebook("no") == split_notebook('{"cells": 3}') == []
