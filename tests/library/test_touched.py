"""Datasets, columns, packages and names that code touches, in Python, SQL and other languages."""

import argparse
import ast
import inspect
import json.decoder
import random
import statistics
import sys
import sysconfig
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sponde_server.library.code.facts import facts_of, language_of, name_for
from sponde_server.library.code.packages import distribution_of
from sponde_server.library.code.splitting import is_worth, split_python
from sponde_server.library.code.sql import is_query, read_sql
from sponde_server.library.sources.near import signature


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ('df["price"]', ("price",)),
        ('df[["a", "b"]].sum()', ("a", "b")),
        ('df.loc[df["x"] > 1, ["u", "v"]]', ("x", "u", "v")),
        ('df.groupby(["state", "year"])["n"].sum()', ("state", "year", "n")),
        ('df.groupby("s").agg(total=("amount", "sum"))', ("s", "amount", "total")),
        ('df.agg({"x": "sum"}).sort_values(by="y")', ("x", "y")),
        ('df.merge(other, left_on="a", right_on="b")', ("a", "b")),
        ('df.query("price > @most and `unit cost` < 3 and name.str.len() > 2")',
         ("unit cost", "price", "name")),
        ('sns.lineplot(data=df, x="month", y="n")', ("month", "n")),
        ('df.plot(x="a", y="b", color="red")', ("a", "b")),
        ('pl.col("a") + pl.col("b")', ("a", "b")),
        ('df.rename(columns={"a": "b"})', ("a", "b")),
        ('os.environ["HOME"]; plt.rcParams["figure.dpi"]; x: Literal["a"]', ()),
        ("df.x", ()),
    ],
)  # fmt: skip
def test_the_columns_are_the_texts_that_name_them(code, columns):
    assert facts_of(code, "python").columns == columns


def test_a_column_that_the_code_makes_need_not_be_there():
    code = 'df["total"] = df["price"] * df["n"]\ndf["n"] = df["n"].fillna(0)\ndf["total"].mean()'
    facts = facts_of(code, "python")
    assert facts.columns == ("price", "n", "total")
    assert facts.makes == ("total",)


@pytest.mark.parametrize(
    ("code", "datasets"),
    [
        ('sponde.dataset("sales").df()', ("sales",)),
        ('pd.read_csv("data/Bird Strikes.csv")', ("bird_strikes",)),
        ('pd.read_csv("data/other.csv")', ()),
        ('con.sql("SELECT region FROM Bird_Strikes b JOIN shops USING (id)")',
         ("bird_strikes", "shops")),
        ('q = f"select a from sales where b = {value} and c in ({more})"', ("sales",)),
        ('df = 1\nduckdb.sql("select a from df")', ()),
        ('"Select the cell from above and run it"', ()),
        ("duckdb.sql(\"select a from read_csv('x/bird_strikes.csv')\")", ("bird_strikes",)),
    ],
)  # fmt: skip
def test_the_datasets_are_named_asked_for_or_read_from_known_files(code, datasets):
    assert facts_of(code, "python", {"bird_strikes"}).datasets == datasets


@pytest.mark.parametrize(
    ("sql", "tables", "columns"),
    [
        ("select a, s.b from sales s where c > 1", ("sales",), ("a", "b", "c")),
        ("with q as (select z from w) select z from q", ("w",), ("z",)),
        ("create table t as select a from b", ("b",), ("a",)),
        ("insert into t select c from d; select e from f", ("t", "d", "f"), ("c", "e")),
        ("select sum(n) as total from x order by total", ("x",), ("n",)),
        ("select TOP 5 `a` FROM [db].[sales] WHERE x", ("sales",), ()),
        ("select a from information_schema.tables", (), ("a",)),
        ("FROM 'data/sales.parquet' SELECT a", ("data/sales.parquet",), ("a",)),
    ],
)
def test_sql_is_read_by_its_parser_and_other_dialects_by_their_words(sql, tables, columns):
    said = read_sql(sql)
    assert (said.tables, said.columns) == (tables, columns)


def test_reading_sql_opens_no_file(tmp_path):
    outside = tmp_path / "made.csv"
    read_sql(f"COPY (SELECT 1) TO '{outside}'; SELECT a FROM read_csv('{outside}')")
    assert not outside.exists()
    assert not is_query("From the docs we know that it works")


def test_a_package_is_what_is_installed_for_an_import():
    facts = facts_of("import sklearn.linear_model, cv2, os, yaml, pandas\nimport mine", "python")
    assert facts.packages == ("scikit-learn", "opencv-python", "PyYAML", "pandas")
    assert distribution_of("jupyter_server") == "jupyter_server"
    assert distribution_of("json") == ""


def test_the_part_that_parses_has_facts():
    code = "def ok():\n    return x\n\nif broken(\n\nimport pandas\ny = (1,\n     2)\nno no"
    facts = facts_of(code, "python")
    assert (facts.functions, facts.imports, facts.needs) == (("ok",), ("pandas",), ("x",))
    assert "y" in facts.defines


@pytest.mark.parametrize(
    ("language", "code", "imports", "functions", "classes"),
    [
        ("r", "library(dplyr)\nclean <- function(x) { ggplot2::ggplot(x) }",
         ("dplyr", "ggplot2"), ("clean",), ()),
        ("javascript", "import x from 'lodash';\n// class No\nexport const f = async (a) => a;\n"
         "class K {}", ("lodash",), ("f",), ("K",)),
        ("julia", "using DataFrames\nfunction go(x)\n  x\nend", ("DataFrames",), ("go",), ()),
        ("bash", "backup() {\n  cp a b\n}", (), ("backup",), ()),
        ("rust", "use std::fs;\nstruct A;\nfn main() {}", ("std",), ("main",), ("A",)),
        ("nonsense", "x", (), (), ()),
    ],
)  # fmt: skip
def test_other_languages_tell_what_their_words_say(language, code, imports, functions, classes):
    facts = facts_of(code, language)
    assert (facts.imports, facts.functions, facts.classes) == (imports, functions, classes)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("import pandas as pd\nprint('a'", "python"),
        ("x <- c(1, 2)", "r"),
        ("const x = 1;", "javascript"),
        ("a: 1\nb:\n  - c\n", "yaml"),
        ("#include <vector>\nint main() {}", "cpp"),
        ("FROM python:3\nRUN pip install x", "docker"),
        ("from sales select x", "sql"),
        ("From the docs we know", "text"),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@", "diff"),
        ("%%R\nx <- 1", "r"),
        ("x <- 5\ny <- x", "r"),
        ("name: 1\nsize: 2\n", "yaml"),
        ("x: int\ny: str = ''", "python"),
        ("try:\n    go()\nfinally:\n    stop()\n", "python"),
        ('def f(a):\n    """Do.\n\n    Args:\n        a: b <- c\n    """\n', "python"),
    ],
)
def test_a_language_that_nobody_named_is_recognised(code, language):
    assert language_of(code) == language


def test_pieces_of_real_code_are_recognised():
    for module in (argparse, json.decoder, statistics, textwrap):
        tree = ast.parse(inspect.getsource(module))
        pieces = [ast.get_source_segment(inspect.getsource(module), one) for one in tree.body]
        defined = [one for one in pieces if one and one.startswith(("def ", "class "))]
        assert len(defined) > 1
        assert {language_of(one) for one in defined} == {"python"}


# -- everything that is installed -----------------------------------------------------------------

PACKAGES = ("nbformat", "jupyter_server", "papermill")
PIECES = 24
"""All of it takes long: each part is a test of its own, to be gone on with where it stopped."""


def files():
    found = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
    for name in PACKAGES:
        spec = find_spec(name)
        assert spec is not None
        found += sorted(Path(str(spec.origin)).parent.rglob("*.py"))
    return [path for path in found if "site-packages/pip" not in str(path)]


def read_all(text, language="python"):
    """Do everything with a text that keeping it does; nothing may break."""
    for piece in [text, *(piece.code for piece in split_python(text))]:
        facts = facts_of(piece, language)
        assert name_for(piece, language, "", facts)
        signature(piece, language)


def test_some_of_the_code_that_is_installed_is_read():
    chosen = random.Random(7).sample(files(), 8)
    for path in chosen:
        read_all(path.read_bytes()[:10_000].decode("utf-8", "replace"))


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("piece", range(PIECES))
def test_all_of_the_code_that_is_installed_is_read(piece):
    for path in files()[piece::PIECES]:
        read_all(path.read_bytes().decode("utf-8", "replace")[:1_000_000])


def test_code_that_a_program_wrote_is_read_as_far_as_it_goes():
    deep = "x = " + "+".join(["a"] * (sys.getrecursionlimit() * 3))
    read_all(deep)
    read_all("[" * 300 + "]" * 300)


WORDS = some.sampled_from(
    ["import a", "def f(", "):", "%%sql", "!ls \\", "select ", " from ", '"""', "'", "\\", "\n",
     "    ", "df['x']", "{", "}", "->", ">>> ", "async ", "é", "\x00", "\ud800", "with q as (",
     "<-", "::", "#", "--", "/*", "SELECT", "f'{", "class K", "@", "\t", "0x", "lambda: "]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    pieces=some.lists(WORDS | some.text(max_size=5), max_size=25),
    language=some.sampled_from(["python", "sql", "r", "javascript", "bash", "yaml", "text", ""]),
)
def test_no_text_breaks_the_reading_in_any_language(pieces, language):
    text = "".join(pieces)
    language_of(text)
    is_worth(text)
    read_all(text, language)
