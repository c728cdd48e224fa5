from logging import getLogger

import pytest

from sponde_server.core.errors import NotFound
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library.code.column_names import grade
from sponde_server.library.code.facts import facts_of
from sponde_server.library.code.wants import wants_of
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.fits.records import NewFitted
from sponde_server.library.fits.service import fit_of, sql_renamed
from sponde_server.library.records import CodeBlock, CodeBlockEdit, NewCodeBlock
from sponde_server.library.service import SpondeLibrary
from sponde_server.library.trials.sampling import Data, NoSamples

SALES = Data(
    name="sales",
    rows=99,
    columns=("Amt", "region", "order_date", "unitPrice", "note"),
    kinds=("number", "text", "date", "number", "text"),
)


class _Here(NoSamples):
    async def list_all(self):
        return [SALES, Data(name="birds", rows=3, columns=("wings",), kinds=("number",))]


def block(code, language="python", name="b"):
    return CodeBlock(name=name, language=language, code=code, facts=facts_of(code, language))


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("amount", "Amount"),
        ("amount", "amt"),
        ("amount", "Amt_EUR"),
        ("amount", "amounts"),
        ("unit_price", "unitPrice"),
        ("Unit Price (EUR)", "unit_price"),
        ("quantity", "qty"),
        ("customer_id", "custId"),
        ("customer_id", "custid"),
        ("date_of_birth", "dob"),
        ("order_date", "ord_dt"),
        ("categories", "category"),
        ("temperature", "temp_celsius"),
        ("revenue", "rev"),
    ],
)
def test_the_same_column_under_another_name_is_seen(wanted, there):
    assert grade(wanted, there) > 0
    assert grade(wanted, there) == grade(there, wanted)
    assert grade(wanted, wanted) > grade(wanted, there)


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("age", "average"),
        ("amount", "account"),
        ("price", "place"),
        ("weight_kg", "weight_lb"),
        ("id", "income"),
        ("month", "amount"),
        ("name", "number"),
        ("order_date", "order_day_count"),
        ("x", "xylophone"),
        ("status", "state"),
    ],
)
def test_columns_that_only_look_alike_are_not_taken_for_another(wanted, there):
    assert grade(wanted, there) == 0


def test_a_block_says_which_columns_it_takes_and_what_it_does_with_them():
    wants = wants_of(
        block(
            'df["total"] = df["amount"] * rate\n'
            'df[df["city"].str.len() > 2].groupby("region")["total"].sum()\n'
            'df["day"].dt.month'
        )
    )
    assert wants.name == "df"
    assert dict(zip(wants.columns, wants.kinds, strict=True)) == {
        "amount": "n",
        "city": "t",
        "region": "-",
        "day": "d",
    }
    assert wants.also == ("rate",)


def test_a_fit_says_its_reason():
    assert fit_of(block('df["amount"].sum()'), SALES).reason == "needs amount, yours is Amt"
    assert fit_of(block('df.groupby("region").size()'), SALES).reason == "has region"
    assert fit_of(block("df.describe()"), SALES).reason == "works on any table"
    # It is there, but one cannot calculate with it.
    assert fit_of(block('df["note"].sum()'), SALES).reason == "lacks note"


def test_two_columns_never_become_the_same_one():
    fit = fit_of(block('df["amount"] - df["amt"]'), SALES)
    assert [(one.name, one.here) for one in fit.columns] == [("amount", ""), ("amt", "Amt")]


def test_sql_is_renamed_where_its_names_stand():
    code = "select amount, 'amount' as said from orders where amount > 1 -- amount"
    assert sql_renamed(code, {"orders": "sales", "amount": "Net Amt"}) == (
        'select "Net Amt", \'amount\' as said from sales where "Net Amt" > 1 -- amount'
    )


@pytest.fixture
def library(database):
    made = SpondeLibrary(database=database, bus=Bus(getLogger()), feed=Feed())
    made.samples = _Here()
    return made


@pytest.fixture
def save(library, run):
    def keep(name, code, language="python"):
        return run(library.save(NewCodeBlock(code=code, name=name, language=language)))

    return keep


def test_blocks_that_fit_a_dataset_are_counted_and_come_best_first(library, save, run):
    save("exact", 'df.groupby("region").size()')
    save("renamed", 'df.groupby("region")["amount"].sum()')
    save("needs_more", 'df["region"].map(names_of)')
    save("any", "df.describe()")
    save("other", 'df["wings"].sum()')
    save("wrong_kind", 'df["note"].mean()')
    save("query", "select region, sum(amount) from orders group by region", "sql")
    fits = run(library.fits.of("sales", 20, 0))
    names = [one.block.name for one in fits.fits]
    assert set(names[:3]) == {"exact", "renamed", "query"}
    assert names[3:] == ["needs_more", "any"]
    assert (fits.count, fits.any_table, fits.almost) == (3, 1, 1)
    assert fits.fits[3].reason == "has region · also needs names_of"
    assert (run(library.fits.of("BIRDS", 20, 0))).count == 1
    with pytest.raises(NotFound, match="no dataset called 'nothing'"):
        run(library.fits.of("nothing", 20, 0))


def test_a_block_is_fitted_with_the_line_that_loads_the_dataset(library, save, run):
    kept = save("renamed", 'total = df.groupby("region")["amount"].sum()')
    fitted = run(library.fits.fitted(kept, NewFitted(dataset="sales")))
    assert fitted.before == 'import sponde\n\nsales = sponde.dataset("sales").df()\n'
    assert fitted.code == 'total = sales.groupby("region")["Amt"].sum()'
    assert (fitted.names, fitted.columns) == ({"df": "sales"}, {"amount": "Amt"})
    clash = save("clash", 'sales = df["amount"].sum()')
    fitted = run(library.fits.fitted(clash, NewFitted(dataset="sales")))
    assert fitted.code == 'sales = df["Amt"].sum()'
    assert 'df = sponde.dataset("sales").df()' in fitted.before


def test_a_search_for_what_fits_is_narrowed_by_words_and_filters(library, save, run):
    save("by_region", 'df.groupby("region").size()')
    save("by_amount", 'df["amount"].sum()')
    save("birds", 'df["wings"].sum()')

    def names(query):
        found = run(library.find(FindBlocks(query=query)))
        return [one.block.name for one in found.blocks], found

    assert sorted((names("fits:sales"))[0]) == ["by_amount", "by_region"]
    found, said = names("groupby fits:Sales lang:python")
    assert found == ["by_region"]
    assert said.blocks[0].reason == "has region"
    assert (names("fits:birds"))[0] == ["birds"]
    assert "no dataset called 'gone'" in (names("fits:gone x"))[1].wrongs[0]
    assert [one.text for one in run(library.fits.offers("fits:s"))] == ["fits:sales"]


def test_an_edited_block_fits_by_its_new_code(library, save, run):
    kept = save("one", 'df["wings"].sum()')
    assert (run(library.fits.of("sales", 9, 0))).count == 0
    run(library.revise(kept.id, CodeBlockEdit(code='df["amount"].sum()')))
    run(library.sources.settle())
    assert (run(library.fits.of("sales", 9, 0))).count == 1
    run(library.remove(kept.id))
    assert (run(library.fits.of("sales", 9, 0))).count == 0
