import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sponde_server.library.code.facts import (
    clean_name,
    code_hash,
    facts_of,
    language_of,
    name_for,
    tidy,
)


@pytest.mark.parametrize(
    ("code", "imports", "defines", "needs"),
    [
        ("df = df.dropna()", (), ("df",), ("df",)),
        ("import pandas as pd\ndf = pd.read_csv(path)", ("pandas",), ("df",), ("path",)),
        ("from __future__ import annotations\nimport os.path", ("os",), (), ()),
        ("total += 1", (), ("total",), ("total",)),
        ("def f(a, b=c):\n    return a + d + g\ng = 1", (), ("f", "g"), ("c", "d")),
        ("class A(B):\n    x = 1\n    def m(self):\n        return y", (), ("A",), ("B", "y")),
        ("squares = [n * n for n in numbers]", (), ("squares",), ("numbers",)),
        ("key = lambda row: row[column]", (), ("key",), ("column",)),
        ("try:\n    pass\nexcept ValueError as error:\n    print(error)", (), (), ()),
        ("match v:\n    case [first, *more]:\n        print(first, more)", (), (), ("v",)),
        ("if (n := len(rows)) > 3:\n    print(n)", (), ("n",), ("rows",)),
        ("print(f'{name!r:>{width}}')", (), (), ("name", "width")),
        ("from pylab import *\nplot(x)", ("pylab",), (), ()),
        ("%matplotlib inline\nfiles = !ls\ndf?\nprint(files, where)", (), ("files",), ("where",)),
        ("%%time\nmodel.fit(x)", (), (), ("model", "x")),
        ("this cannot be Python", (), (), ()),
    ],
)  # fmt: skip
def test_what_a_block_imports_defines_and_needs(code, imports, defines, needs):
    facts = facts_of(code, "python")
    assert (facts.imports, facts.defines, facts.needs) == (imports, defines, needs)


def test_other_languages_have_no_facts():
    assert facts_of("x = 1", "r").defines == ()


@pytest.mark.parametrize(
    ("code", "said", "language"),
    [
        ("x = 1", "", "python"),
        ("x = 1", "Py", "python"),
        ("x <- 1", "R", "r"),
        ("SELECT 1", "duckdb", "sql"),
        ('{"a": true}', "", "json"),
        ('[{"a": 1}]', "", "json"),
        ("[1, 2]", "", "python"),
        ("-- strikes\nselect * from x", "", "sql"),
        ("with a as (select 1) select * from a", "", "sql"),
        ("ls -la", "", "bash"),
        ("pip install pandas", "", "bash"),
        ("%%bash\nls", "", "bash"),
        ("%%time\nx = 1", "", "python"),
        ("!ls\nx = 1", "", "python"),
        ("<div>x</div>", "", "html"),
        ("Some words that say nothing.", "", "text"),
    ],
)
def test_the_language_is_what_was_said_else_what_the_text_can_be(code, said, language):
    assert language_of(code, said) == language


@pytest.mark.parametrize(
    ("code", "description", "name"),
    [
        ("x = 1", "Strikes, by month!", "strikes_by_month"),
        ("# Load the strikes\nimport pandas", "", "load_the_strikes"),
        ("# x = 1\ny = 2", "", "y"),
        ("def clean(df):\n    return df", "", "clean"),
        ("ax = df.groupby('a').size().plot()", "", "plot_ax"),
        ("df = sponde.dataset('sales').df()\ndf.describe()", "", "describe_sales"),
        (
            "df = sponde.dataset('sales').df()\ncounts = df['Sold at'].value_counts()\n"
            "fig, ax = plt.subplots()\ncounts.plot.barh(ax=ax)\nax.set_ylabel('Shop')\nplt.show()",
            "",
            "plot_sales_sold_at",
        ),
        ("1 + 1", "", "block_1_1"),
        ("...", "", "python_block"),
        ("x = 1", "Übersicht der Vögel", "block_übersicht_der_vögel"),
    ],
)
def test_a_name_is_made_from_what_there_is(code, description, name):
    assert name_for(code, "python", description, facts_of(code, "python")) == name


def test_a_long_description_gives_whole_words_only():
    assert clean_name("Count the strikes of each species by airport and by month of the year") == (
        "count_the_strikes_of_each_species_by"
    )


def test_an_indented_block_is_moved_to_the_margin_and_kept_inside():
    assert tidy("\r\n    if x:\r\n        y = '''\r\n\r\n  '''\r\n\r\n  ") == (
        "  if x:\n      y = '''\n\n'''"
    )
    assert tidy("\n\nx = 1\n\n\ny = '''\n   \n'''\n") == "x = 1\n\n\ny = '''\n   \n'''"


def test_codes_that_differ_in_trailing_white_space_are_the_same():
    assert code_hash("x = 1  \ny = 2\n\n") == code_hash("\nx = 1\r\ny = 2")
    assert code_hash("x = 1") != code_hash("x = 2")


@settings(max_examples=200, deadline=None)
@given(some.text(some.sampled_from("x=1%!?()[]{}:'\n\t .#fordefimport lambda\\@é"), max_size=80))
def test_no_text_breaks_the_reading(code):
    tidied = tidy(code)
    assert tidy(tidied) == tidied
    language = language_of(code)
    facts = facts_of(code, language)
    name = name_for(code, language, "", facts)
    assert name
    assert len(name) <= 64
