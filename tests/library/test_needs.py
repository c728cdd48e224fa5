import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sponde_server.library.code.needs import needs_of
from sponde_server.library.records import CellText, NewCellNeeds

LOAD = "import pandas as pd\ndf = pd.read_csv(path)"


def needs(*codes: str, at: int = -1, longest: int = 16_000):
    cells = tuple(CellText(id=f"c{i}", code=code) for i, code in enumerate(codes))
    return needs_of(NewCellNeeds(cell_id=cells[at].id, cells=cells, longest=longest))


def found(*codes: str, **options):
    return {cell.id: cell.names for cell in needs(*codes, **options).cells}


@pytest.mark.parametrize(
    ("codes", "brought"),
    [
        (("path = 'a.csv'", LOAD, "df.head()"), {"c0": ("path",), "c1": ("df",)}),
        (("other = 1", LOAD, "df.head()"), {"c1": ("df",)}),
        (("x = 1", "x = 2", "print(x)"), {"c1": ("x",)}),
        (("x = 1", "x = x + 1", "print(x)"), {"c0": ("x",), "c1": ("x",)}),
        (("import numpy as np", "np.zeros(3)"), {"c0": ("np",)}),
        (("def f():\n    return g()", "g = len", "f()"), {"c0": ("f",)}),
        (("g = len", "def f():\n    return g()", "f()"), {"c0": ("g",), "c1": ("f",)}),
        (("df = 1", "df['a'] = 2", "df.b.c = 1", "df"), {f"c{i}": ("df",) for i in range(3)}),
        (("rows = []", "rows.append(1)", "rows"), {"c0": ("rows",), "c1": ("rows",)}),
        (("df = 1", "df.dropna(inplace=True)", "df.head()", "df"), {"c0": ("df",), "c1": ("df",)}),
        (("_secret = 1", "_secret + 1"), {"c0": ("_secret",)}),
        (("from pylab import *", "plot(1)"), {"c0": ()}),
        (("%load_ext x\nfiles = !ls", "files[0]"), {"c0": ("files",)}),
        (("%%time\nm = 1", "%timeit m\nm"), {"c0": ("m",)}),
        (("%%bash\nx=1", "x"), {}),
        (("x = (", "y = 1", "x + y"), {"c1": ("y",)}),
        (("x = 1", "x ="), {}),
        (("print(1)",), {}),
    ],
)
def test_the_cells_that_bring_what_a_cell_needs_are_found_through_others(codes, brought):
    assert found(*codes) == brought


def test_cells_below_do_not_matter():
    assert found("x = 1", "print(x)", "x = 2", at=1) == {"c0": ("x",)}


def test_names_that_nothing_brings_are_told():
    said = needs("a = 1", "a + b + len([])")
    assert (said.names, said.missing) == (("a", "b"), ("b",))


def test_an_unknown_cell_needs_nothing():
    assert needs_of(NewCellNeeds(cell_id="gone", cells=())).cells == ()


def test_the_nearest_cells_are_taken_where_there_is_no_room_for_all():
    long = "path = '" + "x" * 300 + "'"
    said = needs(long, LOAD, "df", longest=100)
    assert [cell.id for cell in said.cells] == ["c1"]
    assert said.is_cut


def test_deep_code_is_read_as_none():
    deep = "x = " + "+".join(["1"] * 20_000)
    assert found(deep, "x") in ({}, {"c0": ("x",)})
    assert found("x = 1", "x" + "[0]" * 3000) in ({}, {"c0": ("x",)})


PIECES = some.sampled_from(
    ["x", "=", " ", "\n", "1", "(", ")", "def f():", "\n  ", "%m", "!", "?", "%%c", "import ", "as",
     "[", "]", ".", "é", "\0", "\ud800", "lambda:", "*", ",", "'", "del ", "match x:", "case _:"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(some.lists(some.lists(PIECES).map("".join) | some.text(), min_size=1, max_size=6))
def test_it_breaks_on_nothing_and_names_only_cells_above(codes):
    said = needs(*codes)
    assert {cell.id for cell in said.cells} <= {f"c{i}" for i in range(len(codes) - 1)}
