import json
from pathlib import Path

import pytest
from jobs.notebooks import write_notebook

from sponde_server.core.errors import Invalid
from sponde_server.jobs import parameters
from sponde_server.jobs.given import check_given
from sponde_server.jobs.parameters import Notebook


def notebook(cell: str | None, language: str = "python") -> Notebook:
    """Make what is known of a notebook with this parameters cell."""
    return Notebook(kernel="python3", language=language, cell=cell)


def read(cell: str) -> dict[str, parameters.Parameter]:
    """Read a cell's parameters by name."""
    return {item.name: item for item in parameters.read(notebook(cell))}


def wrong(cell: str, **given: object) -> list[str]:
    """Say what is wrong with given values."""
    return [problem.message for problem in check_given(read(cell).values(), given)[1]]


def value(cell: str, given: object) -> object:
    """Read a value for the cell's only name."""
    (name,) = read(cell)
    values, problems = check_given(read(cell).values(), {name: given})
    assert problems == []
    return values[name]


@pytest.mark.parametrize(
    ("cell", "kind", "default"),
    [
        ("a = 3", "int", 3),
        ("a = -3", "int", -3),
        ("a = 60 * 60", "int", 3600),
        ("a = 0.5", "float", 0.5),
        ("a: float = 1", "float", 1),
        ("a = 'x'", "str", "x"),
        ("a = 'two ' 'words'", "str", "two words"),
        ("a = True", "bool", True),
        ("a = '2026-01-31'", "date", "2026-01-31"),
        ("a: str = '2026-01-31'", "date", "2026-01-31"),
        ("a = '2026-02-31'", "str", "2026-02-31"),
        ("a = date(2026, 1, 31)", "date", "2026-01-31"),
        ("a = datetime.date(2026, month=1, day=31)", "date", "2026-01-31"),
        ("a = [1, 'b']", "list", [1, "b"]),
        ("a = (1, 2)", "list", [1, 2]),
        ("a: list[int] = []", "list", []),
        ("a = {'x': 1}", "dict", {"x": 1}),
        ("a = None", "any", None),
        ("a: int | None = None", "int", None),
        ("a: 'Optional[str]' = None", "str", None),
        ("a: typing.Optional[float] = 2.5", "float", 2.5),
        ("a: int | float = 2", "float", 2),
        ("a: Annotated[int, 'rows'] = 2", "int", 2),
    ],
)
def test_types_come_from_annotations_and_values(cell, kind, default):
    assert (read(cell)["a"].type, read(cell)["a"].default) == (kind, default)


def test_literals_are_choices():
    item = read("mode: Literal['fast', 'exact'] = 'fast'")["mode"]
    assert (item.type, item.choices) == ("str", ("fast", "exact"))
    assert wrong("mode: Literal['fast', 'exact'] = 'fast'", mode="slow") == [
        "mode takes one of fast, exact; 'slow' does not fit."
    ]


def test_tuple_and_chained_assignments_are_read():
    found = read("low, (high, name) = 1, (2.5, 'x')\nfirst = second = 7")
    assert {name: item.default for name, item in found.items()} == {
        "low": 1,
        "high": 2.5,
        "name": "x",
        "first": 7,
        "second": 7,
    }


def test_comments_beside_and_above_are_help():
    found = read("# how many rows\n# to show\ntop = 10\nname = 'a # b'  # whose report\nbare = 1")
    assert found["top"].help == "how many rows to show"
    assert found["name"].help == "whose report"
    assert found["bare"].help == ""


def test_an_expression_is_shown_and_kept_unless_a_value_is_given():
    item = read("import os\nhome = os.environ['HOME']")["home"]
    assert (item.type, item.default, item.expression) == ("any", None, "os.environ['HOME']")
    assert not item.is_required


def test_a_name_without_a_value_is_required():
    assert wrong("rows: int") == ["rows needs a whole number, such as 10: the notebook has none."]


def test_magics_are_passed_over():
    assert list(read("%matplotlib inline\n!ls\na = 1")) == ["a"]


def test_a_cell_that_is_not_python_is_a_sentence():
    with pytest.raises(Invalid, match="Line 2 of the parameters cell is not Python"):
        read("a = 1\nb = = 2")


@pytest.mark.parametrize(
    ("cell", "given", "read_as"),
    [
        ("a = 1", "42", 42),
        ("a = 1", 42.0, 42),
        ("a = 0.5", "1e3", 1000.0),
        ("a = 0.5", 2, 2.0),
        ("a = True", "false", False),
        ("a = 'x'", "01234", "01234"),
        ("a = 'x'", "", ""),
        ("a = [1]", "[1, 2]", [1, 2]),
        ("a = {}", '{"k": null}', {"k": None}),
        ("a: int | None = None", None, None),
        ("a = None", "12", 12),
        ("a = None", "plain text", "plain text"),
        ("a = '2026-01-31'", "2027-02-28", "2027-02-28"),
    ],
)
def test_text_is_read_as_the_parameter_s_type(cell, given, read_as):
    found = value(cell, given)
    assert (found, type(found)) == (read_as, type(read_as))


@pytest.mark.parametrize(
    ("cell", "given"),
    [
        ("a = 1", "1.5"),
        ("a = 1", True),
        ("a = 1", "０x1"),
        ("a = 1", ""),
        ("a = 1", None),
        ("a = 0.5", "nan"),
        ("a = 0.5", "inf"),
        ("a = 0.5", "1_000 rows"),
        ("a = True", 1),
        ("a = 'x'", 5),
        ("a = [1]", '{"k": 1}'),
        ("a = [1]", "[1,"),
        ("a = '2026-01-31'", "31.1.2026"),
        ("a: Literal[1, 2] = 1", True),
    ],
)
def test_values_that_do_not_fit_are_a_sentence(cell, given):
    (message,) = wrong(cell, a=given)
    assert message.startswith("a takes ")
    assert message.endswith(("does not fit.", "it is empty."))


def test_a_name_that_is_not_in_the_cell_is_refused():
    assert wrong("a = 1", **{"b\nimport os": 1}) == [
        "The parameters cell has no 'b\nimport os' (it has: a)."
    ]


def test_a_notebook_without_the_cell_says_how_to_make_one(tmp_path):
    found = parameters.read_notebook(write_notebook(tmp_path / "a.ipynb", "x = 1"))
    assert "no parameters cell" in parameters.note(found)
    assert "Cell Tags" in parameters.note(found)


def test_a_notebook_in_another_language_runs_as_it_stands():
    assert "this one is in R" in parameters.note(notebook("a <- 1", "r"))
    assert parameters.read(notebook("a <- 1", "r")) == ()


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 3}', '{"worksheets": []}'])
def test_a_file_that_is_no_notebook_is_a_sentence(tmp_path: Path, content: str):
    path = tmp_path / "a.ipynb"
    path.write_text(content)
    with pytest.raises(Invalid, match="cannot be read as a notebook"):
        parameters.read_notebook(path)


def test_a_source_in_lines_is_joined(tmp_path: Path):
    path = write_notebook(tmp_path / "a.ipynb", "# parameters\na = 1\nb = 2")
    content = json.loads(path.read_text())
    content["cells"][0]["source"] = ["# parameters\n", "a = 1\n", "b = 2"]
    path.write_text(json.dumps(content))
    assert len(parameters.read(parameters.read_notebook(path))) == 2


def test_dates_that_are_objects_in_the_cell_are_known():
    cell = "a = date(2026, 1, 1)\nb = '2026-01-01'\nc: date = date.today()"
    assert parameters.date_objects(notebook(cell)) == {"a", "c"}
