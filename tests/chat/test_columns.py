import pytest

from sponde_server.chat.columns import code, find
from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Column, ColumnKind

NAMES = ["Cost Total $", "Cost Other", "Wildlife Species", "Origin State", "Day by day", "a,b", "x"]
COLUMNS = [Column(name=name, type="VARCHAR", kind=ColumnKind.TEXT) for name in NAMES]


def found(written):
    meant = find(written, COLUMNS, "sales")
    return [column.name for column in meant.columns]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Cost Total $", ["Cost Total $"]),
        ("cost total $", ["Cost Total $"]),
        ("cost total", ["Cost Total $"]),
        ("cost_total", ["Cost Total $"]),
        ('"Cost Total $"', ["Cost Total $"]),
        ("`Cost Total $`", ["Cost Total $"]),
        ("“Cost Total $”", ["Cost Total $"]),
        ("species", ["Wildlife Species"]),
        ("wildlive species", ["Wildlife Species"]),
        ("Day by day", ["Day by day"]),
        ("a,b", ["a,b"]),
        ("Cost Total $ by Origin State", ["Cost Total $", "Origin State"]),
        ("'Cost Total $' BY 'Origin State'", ["Cost Total $", "Origin State"]),
        ("cost total by state", ["Cost Total $", "Origin State"]),
        ("Day by day by x", ["Day by day", "x"]),
        ("x by Day by day", ["x", "Day by day"]),
        ("x, cost other", ["x", "Cost Other"]),
        ("x vs species", ["x", "Wildlife Species"]),
        ("cost total over origin state", ["Cost Total $", "Origin State"]),
    ],
)
def test_a_column_is_found_as_people_write_it(written, meant):
    assert found(written) == meant


def test_a_guess_is_said():
    assert find("species", COLUMNS, "sales").guesses == ("I took “species” as `Wildlife Species`.",)
    assert find("cost total", COLUMNS, "sales").guesses == ()


@pytest.mark.parametrize("written", ["nonsense", "x by nonsense", "$$$"])
def test_what_is_no_column_is_told_with_the_names_that_there_are(written):
    with pytest.raises(Invalid, match="@sales has no column") as caught:
        find(written, COLUMNS, "sales")
    assert "Cost Total $" in caught.value.hint


def test_nearly_right_but_too_far_is_asked_back():
    with pytest.raises(Invalid) as caught:
        find("qqqq", COLUMNS, "sales")
    assert caught.value.hint.startswith("Its columns are")


@pytest.mark.parametrize(
    ("name", "written"),
    [("a $x$ b", "`a $x$ b`"), ("a`b", "``a`b``"), ("`a`", "`` `a` ``"), ("a\nb", "`a b`")],
)
def test_names_are_written_so_that_nothing_in_them_is_markdown(name, written):
    assert code(name) == written
