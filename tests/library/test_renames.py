import ast
import sysconfig
from pathlib import Path

import pytest

from sponde_server.core.errors import Conflict, Invalid
from sponde_server.library.code.facts import facts_of
from sponde_server.library.fits.fitting import fit, likeness
from sponde_server.library.fits.renames import renamed
from sponde_server.library.fits.renames_records import HereName, NewFit

SALES = {"df": "sales"}
AMT = {"amount": "Amt"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("df = df.dropna()", "sales = sales.dropna()"),
        ("print(f'{df.shape[0]:>{len(df)}} {df!r} {{df}} df')", None),
        ("def f(df):\n    return df\nf(df=df)", "def f(df):\n    return df\nf(df=sales)"),
        ("def f():\n    return df\ndf.df", "def f():\n    return sales\nsales.df"),
        ("[df for df in df]", "[df for df in sales]"),
        ("def f():\n    global df, z\n    df = 1", "def f():\n    global sales, z\n    sales = 1"),
        ("ü = 'df'; x = df  # df", "ü = 'df'; x = sales  # df"),
        ("%matplotlib inline\ndf.plot()\n!ls df", "%matplotlib inline\nsales.plot()\n!ls df"),
        ("%timeit -n 3 df.sum()", "%timeit -n 3 sales.sum()"),
        ("%%time\ndf.head()", "%%time\nsales.head()"),
        ("x.df = df[df.x > 1]", "x.df = sales[sales.x > 1]"),
        ("f = lambda df: df\ng = lambda: df", "f = lambda df: df\ng = lambda: sales"),
    ],
)
def test_only_the_module_s_own_name_is_changed(code, expected):
    if expected is None:
        expected = "print(f'{sales.shape[0]:>{len(sales)}} {sales!r} {{df}} df')"
    assert renamed(code, SALES, {}) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("df['amount']", "df['Amt']"),
        ('df[["a", "amount"]]', 'df[["a", "Amt"]]'),
        ("df.loc[:, 'amount']", "df.loc[:, 'Amt']"),
        ("df.groupby('amount').agg({'amount': 'sum'})", "df.groupby('Amt').agg({'Amt': 'sum'})"),
        ("sns.barplot(data=df, x='amount')", "sns.barplot(data=df, x='Amt')"),
        ("df.amount.sum()", "df.Amt.sum()"),
        ("df.amount()", "df.amount()"),
        ("other.amount", "other.amount"),
        ("df[df['kind'] == 'amount']", "df[df['kind'] == 'amount']"),
        ("plt.title('amount')\nprint('amount')", "plt.title('amount')\nprint('amount')"),
        ("x = {'amount': 1}", "x = {'amount': 1}"),
        ("df.query('amount > 3 and kind == \"amount\"')", None),
        ("f\"{df['amount']}\"", "f\"{df['Amt']}\""),
    ],
)
def test_only_strings_that_stand_where_a_column_stands_are_changed(code, expected):
    if expected is None:
        expected = "df.query('Amt > 3 and kind == \"amount\"')"
    assert renamed(code, {}, AMT, ["df"]) == expected


def test_a_column_that_is_no_word_is_put_into_brackets_and_quoted():
    assert renamed("df.amount + 1", {}, {"amount": "it's %"}, ["df"]) == 'df["it\'s %"] + 1'
    assert renamed("df['amount']", {}, {"amount": "it's"}) == r"df['it\'s']"
    assert renamed("df.query('amount > 1')", {}, {"amount": "a b"}) == "df.query('`a b` > 1')"


def test_a_local_of_the_new_name_elsewhere_is_no_hindrance():
    code = "def f(df):\n    return df\nf(df)"
    other = renamed(code, SALES, {})
    assert other == "def f(df):\n    return df\nf(sales)"
    assert renamed(other, {"sales": "df"}, {}) == code


def test_two_names_may_change_places():
    assert renamed("a - b", {"a": "b", "b": "a"}, {}) == "b - a"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("sales = df", SALES),
        ("def f(sales):\n    return df", SALES),
        ("import df", SALES),
        ("def df():\n    pass", SALES),
        ("this is no python", SALES),
    ],
)
def test_what_would_mean_something_else_is_refused(code, names):
    with pytest.raises(Conflict) as refused:
        renamed(code, names, {})
    assert refused.value.hint


@pytest.mark.parametrize("name", ["1st", "class", "a b", ""])
def test_a_name_that_python_has_not_is_refused(name):
    with pytest.raises(Invalid):
        renamed("df", {"df": name}, {})


def test_real_code_means_the_same_under_another_name_and_comes_back():
    tried, refused = 0, 0
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[::12]:
        code = path.read_text("utf-8")
        own = {*facts_of(code, "python").defines, "open"}
        there = {n: f"zz_{n}" for n in ("len", "print", "str", "ValueError") if n not in own}
        try:
            other = renamed(code, there, {})
        except Conflict:
            refused += 1
            continue
        tried += 1
        back = renamed(other, {new: old for old, new in there.items()}, {})
        assert ast.dump(ast.parse(back)) == ast.dump(ast.parse(code)), path
    assert tried > 8
    assert refused <= 2


PLOT = "monthly = df.groupby('month')['amount'].sum()\nmonthly.plot(title='amount')"
HERE = (
    HereName(name="n", type="int"),
    HereName(name="clients", type="DataFrame", shape="9 × 2", columns=("id", "city")),
    HereName(name="sales", type="DataFrame", shape="99 × 3", columns=("Month", "Amt", "id")),
)


def test_a_needed_name_is_offered_what_has_its_type_and_columns():
    fits = fit(PLOT, "python", facts_of(PLOT, "python"), NewFit(names=HERE))
    (need,) = fits.needs
    assert (need.name, need.is_here) == ("df", False)
    assert [one.name for one in need.candidates][:2] == ["sales", "clients"]
    best = need.candidates[0]
    assert best.is_likely
    assert {(one.name, one.here) for one in best.columns} == {("month", "Month"), ("amount", "Amt")}


def test_a_name_that_is_here_is_known_and_its_columns_are_compared():
    here = (*HERE, HereName(name="df", type="DataFrame", columns=("month", "Amt")))
    (need,) = fit(PLOT, "python", facts_of(PLOT, "python"), NewFit(names=here)).needs
    assert need.is_here
    assert need.candidates[0].name == "df"
    assert {one.here for one in need.candidates[0].columns} == {"month", "Amt"}


def test_where_nothing_is_like_it_nothing_is_chosen():
    names = (HereName(name="path", type="str"), HereName(name="k", type="int"))
    (need,) = fit(PLOT, "python", facts_of(PLOT, "python"), NewFit(names=names)).needs
    assert not any(one.is_likely for one in need.candidates)


def test_missing_packages_are_told_with_the_line_that_installs_them():
    code = "import sklearn.svm, madeup_by_me"
    asked = NewFit(missing_imports=("sklearn", "madeup_by_me"))
    fits = fit(code, "python", facts_of(code, "python"), asked)
    assert fits.missing_packages == ("scikit-learn", "madeup_by_me")
    assert fits.install == "%pip install scikit-learn madeup_by_me"


def test_names_are_alike_across_case_short_forms_and_words():
    assert likeness("amount", "Amt") > 0.6
    assert likeness("unit_price", "UnitPrice") > 0.9
    assert likeness("price", "sale_price") > 0.6
    assert likeness("amount", "city") < 0.5


async def test_the_routes_fit_rename_and_give_what_is_there(api):
    block = await api("POST", "/code-blocks", {"code": PLOT})
    names = [{"name": "sales", "type": "DataFrame", "columns": ["month", "Amt"]}]
    fits = await api("POST", f"/code-blocks/{block['id']}/fit", {"names": names})
    assert fits["needs"][0]["candidates"][0]["name"] == "sales"
    body = {"code": PLOT, "names": SALES, "columns": AMT, "of": ["df"]}
    other = await api("POST", "/code-names", body)
    assert other["code"].startswith("monthly = sales.groupby('month')['Amt']")
    refused = await api("POST", "/code-names", {"code": "sales = df", "names": SALES})
    assert refused["status"] == 409
    assert refused["hint"]
    asked = {"ids": [block["id"], "none", block["id"]]}
    assert [found["id"] for found in await api("POST", "/code-blocks-by-id", asked)] == [
        block["id"]
    ]
