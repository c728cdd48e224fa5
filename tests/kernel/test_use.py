import pytest

PLOT = "total = df['amount'].sum()\ntotal"
FRAMES = """
import pandas as pd
other = pd.DataFrame({'id': [1], 'city': ['x']})
sales = pd.DataFrame({'Amt': [1, 2], 'month': [1, 2]})
"""


@pytest.fixture
def keep(api):
    def save(name, code, language="python"):
        kept = api("POST", "/code-blocks", {"code": code, "name": name, "language": language})
        if kept["name"] == name:
            return kept
        return api("PATCH", f"/code-blocks/{kept['id']}", {"name": name})

    return save


@pytest.fixture
def said(cell):
    """Run a cell that is to end in our own error, and give its sentence."""

    def run(code):
        (error,) = cell(code).errors
        return error["traceback"][-1]

    return run


def test_use_renames_and_says_what_is_not_here(keep, cell, said):
    block = keep("sum_up", PLOT)
    cell(FRAMES)
    ran = cell("%use sum_up")
    assert ran.inputs[0]["text"] == PLOT
    assert "It needs df, not in this notebook." in ran.text
    assert "Perhaps sales is meant: %use sum_up df=sales" in ran.text

    ran = cell("%use sum_up df=sales amount=Amt")
    assert ran.inputs[0]["text"] == "total = sales['Amt'].sum()\ntotal"
    assert ran.text == ""
    assert cell("%use sum_up df=sales amount=Amt --run").value.endswith("3)")
    assert "has no dg: it needs df and touches the columns amount." in said("%use sum_up dg=sales")
    assert "'df' cannot become 'total'" in said("%use sum_up df=total")
    assert block["facts"]["needs"] == ["df"]


def test_a_wrong_line_behind_use_says_how_it_is_written(cell):
    said = cell("%use plot df").text
    assert "Write needed=here or field=value, such as %use plot df=sales" in said
    assert "has no option --ran: it has --run" in cell("%use plot --ran").text
    assert "the block's name is missing" in cell("%use").text


def test_use_tells_of_missing_packages_before_it_runs(keep, cell):
    keep("lacks", "import surely_not_here_1\nprint('ran')")
    ran = cell("%use lacks --run")
    assert "does not find surely_not_here_1: %pip install surely_not_here_1" in ran.text
    assert ran.errors[0]["ename"] == "ModuleNotFoundError"


def test_use_writes_sql_as_python_over_its_dataset(keep, cell):
    keep("count_birds", "select count(*) as n from birds", "sql")
    assert cell("%use count_birds").inputs[0]["text"] == (
        'import sponde\n\nsponde.dataset("birds").sql("""\nselect count(*) as n from birds\n""")'
    )
    keep("one_row", "select 1 as one", "sql")
    ran = cell("%use one_row --run")
    assert "one" in ran.results[-1]["text/plain"]


def test_tab_completes_names_needs_and_variables(keep, cell):
    keep("tab_first", "tab_needed + 1")
    keep("tab_second", "1 + 1 == 2")
    cell("tab_mine = 1\ntab_needy = 2")
    cell("from IPython.core.completer import provisionalcompleter")

    def completed(line):
        """Ask as the kernel does when Tab is pressed."""
        ran = cell(
            f"with provisionalcompleter():\n"
            f"    print(*(one.text for one in get_ipython().Completer.completions({line!r}, "
            f"{len(line)})))"
        )
        return set(ran.text.split())

    assert completed("%use tab_") == {"tab_first", "tab_second"}
    assert completed("%use tab_first tab") == {"tab_needed="}
    assert "--run" in completed("x = 1\n%use tab_first --")
    assert {"tab_mine", "tab_needy"} <= completed("%use tab_first tab_needed=tab_")


def test_a_block_runs_among_nothing_but_what_it_is_given(api, keep, cell):
    block = keep("add_up", "big = n + 1\nhelper = lambda: big\nbig * 2")
    cell("import sponde\nbig = 'mine'\nn = 7")
    ran = cell("got = sponde.block('add_up').run(n=1)\ngot")
    assert ran.value == "4"
    assert cell("got.big, got.helper(), big").value == "(2, 2, 'mine')"
    assert cell("dir(got)").value == "['big', 'helper']"
    assert "defines no nothing: it has big and helper" in cell("got.nothing").errors[0]["evalue"]
    (use,) = api("GET", f"/code-blocks/{block['id']}/uses")
    assert use["outcome"] == "ok"


def test_what_a_run_lacks_is_named_with_what_may_be_meant(keep, cell, said):
    keep("sum_it", "df['amount'].sum()")
    cell(FRAMES + "import sponde")
    assert said("sponde.block('sum_it').run()") == (
        "SpondeError: The block 'sum_it' needs df (sales may be meant by df): "
        "sponde.block('sum_it').run(df=sales)"
    )
    assert said("sponde.block('sum_it').run(data=sales)") == (
        "SpondeError: The block 'sum_it' takes df, not data and needs df (sales may be meant by "
        "df): sponde.block('sum_it').run(df=sales)"
    )
    cell("def inside():\n    df = sales\n    return sponde.block('sum_it').run()")
    assert "df is here" in said("inside()")


def test_an_error_within_a_run_shows_the_blocks_own_line(api, keep, cell):
    block = keep("breaks_here", "one = 1\none / zero")
    (error,) = cell("import sponde\nsponde.block('breaks_here').run(zero=0)").errors
    shown = "\n".join(error["traceback"])
    assert error["ename"] == "ZeroDivisionError"
    assert "zero" in shown
    assert "breaks_here" in shown
    assert api("GET", f"/code-blocks/{block['id']}")["last_outcome"] == "failed"


def test_fields_are_filled_in_by_use_and_by_a_call(api, keep, cell, said):
    block = keep("add_many", "word = 'a'\nnumbers = [n for n in range(3)]\nword * len(numbers)")
    offered = api("POST", f"/code-blocks/{block['id']}/field-offers", {"alone": True})["offers"]
    api("PUT", f"/code-blocks/{block['id']}/fields", {"fields": [one["field"] for one in offered]})

    ran = cell("%use add_many")
    assert ran.inputs[0]["text"] == block["code"]
    assert "Its fields, as they are: word=a count=3" in ran.text
    ran = cell('%use add_many word="it\'s" count=2')
    assert ran.inputs[0]["text"] == block["code"].replace("'a'", '"it\'s"').replace("3", "2")
    assert ran.text == ""
    assert cell("%use add_many count=4 --run").value == "'aaaa'"
    assert "“x” is no number for 'count'." in said("%use add_many count=x")
    assert "has no colour: it has the fields word and count" in said("%use add_many colour=1")

    cell("import sponde, datetime")
    assert cell("sponde.block('add_many').fields").value == "{'word': 'a', 'count': '3'}"
    assert cell("sponde.block('add_many').run(word='b', count=2)").value == "'bb'"
    assert "takes a text, a number or a date, not list." in said(
        "sponde.block('add_many').run(word=[1])"
    )
    assert "takes word and count, not wrd" in said("sponde.block('add_many').run(wrd='x')")
    assert cell("sponde.sql_value(\"it's\"), sponde.sql_name('a b')").value == (
        "(\"'it''s'\", '\"a b\"')"
    )
