import ast
import sysconfig
from logging import getLogger
from pathlib import Path

import pytest

from sponde_server.core.errors import Conflict, Invalid, NotFound
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library.code.facts import facts_of
from sponde_server.library.code.literals import read, shape_of
from sponde_server.library.fields.filling import (
    check_fields,
    filled,
    follow,
    parameters_cell,
    with_parameters,
)
from sponde_server.library.fields.records import (
    BlockField,
    FieldChoice,
    FieldKind,
    FieldValues,
    NewFieldOffers,
    NewFields,
)
from sponde_server.library.fields.twins import offers_of
from sponde_server.library.records import CodeBlock, CodeBlockEdit, NewCodeBlock
from sponde_server.library.service import SpondeLibrary
from sponde_server.library.trials.sampling import Data, NoSamples

PLOT = """import matplotlib.pyplot as plt

top = df[df["amount"] > 100].groupby("region")["amount"].sum().nlargest(10)
ax = top.plot(kind="bar", figsize=(10, 4), color="teal")
ax.set_title(f"Best {len(top)} regions by amount")
plt.savefig("regions.png")
"""
TWIN = (
    PLOT.replace('"amount"', "'price'")
    .replace("100", "-5")
    .replace('"bar"', '"barh"')
    .replace("by amount", "by price")
    .replace("nlargest(10)", "nlargest( 5 )  # fewer")
)


def block(code, language="python", name="b", fields=()):
    facts = facts_of(code, language)
    return CodeBlock(name=name, language=language, code=code, facts=facts, fields=fields)


def with_fields(code, *, language="python", twin=""):
    made = block(code, language)
    offers = offers_of(made, [block(twin, language)] if twin else [])
    return block(code, language, fields=check_fields(made, tuple(one.field for one in offers)))


def test_what_differs_between_twins_is_offered_with_good_names():
    offers = offers_of(block(PLOT), [block(TWIN)])
    assert [(one.field.name, one.field.kind.value) for one in offers] == [
        ("column", "column"),
        ("min_amount", "number"),
        ("rows", "number"),
        ("kind", "choice"),
        ("title", "text"),
    ]
    assert len(offers[0].field.spots) == 2  # what changes together is one field
    assert offers[1].sources == ("100", "-5")
    assert offers[1].text[offers[1].start : offers[1].end] == "100"


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("n_bins = 20", "n_bins", "number"),
        ("f(x, learning_rate=0.1)", "learning_rate", "number"),
        ("df.rolling(7)", "window", "number"),
        ("df.head(-3)", "rows", "number"),
        ("df[df['age'] <= 30]", "max_age", "number"),
        ("pd.read_csv('a.csv')", "path", "text"),
        ("since = '2026-01-31'", "since", "date"),
        ("df.merge(other, how='left')", "how", "choice"),
        ("df.groupby('region')", "by", "column"),
        ("sponde.dataset('sales')", "dataset", "dataset"),
        ("def f(x, how: Literal['a', 'b'] = 'a'): pass", "how", "choice"),
        ("plot(grid=True)", "grid", "choice"),
        ("total = price * 1.19", "factor", "number"),
        ("x = {'Max Depth': 3}", "max_depth", "number"),
        ("df.head = 3\nhead = df\nuse(head=5)", "head_3", "number"),
    ],
)
def test_a_value_has_the_name_that_its_place_gives_it(code, name, kind):
    field = offers_of(block(code))[-1].field
    assert (field.name, field.kind.value) == (name, kind)


def test_values_are_filled_in_at_their_places_alone():
    made = with_fields(PLOT, twin=TWIN)
    code = filled(
        made, {"column": "price", "min_amount": "-5", "kind": "barh", "title": "it's {x}"}
    )
    assert code == (
        PLOT.replace('"amount"', '"price"')
        .replace("100", "-5")
        .replace('"bar"', '"barh"')
        .replace("regions by amount", "it's {{x}}")
    )
    assert filled(made, {}) == PLOT
    ast.parse(code)


@pytest.mark.parametrize("text", ["it's", 'say "x"', "a\\b", "line\nbreak", "{x}", "ü", "'\""])
def test_any_text_means_itself_where_it_is_filled_in(text):
    made = with_fields('name = \'a\'\nsaid = f\'<b {name}>\'\nback = f"""<b {name}>"""')
    names = {field.name: text for field in made.fields if field.default in ("a", "<b")}
    assert len(names) == 3
    space = {}
    exec(filled(made, names), space)
    assert space["name"] == text
    assert space["said"] == f"{text} {text}>"
    assert space["back"] == f"{text} {text}>"


@pytest.mark.parametrize(
    ("values", "said", "way"),
    [
        ({"rows": "1,5"}, "“1,5” is no number for 'rows'.", "With a point: 1.5."),
        ({"rows": "__import__('os')"}, "is no number", "Write it such as"),
        ({"kind": "pies"}, "“pies” is no choice of 'kind'.", "Choose bar, barh, line"),
        ({"column": " "}, "is no column for 'column'.", "Write the column's name."),
        ({"binz": "1"}, "The block 'b' has no field 'binz'.", "It has column, min_amount"),
        ({"title": "x" * 10_001}, "has 10,001 characters", "from a file"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_way_out(values, said, way):
    with pytest.raises(Invalid) as refused:
        filled(with_fields(PLOT, twin=TWIN), values)
    assert said in refused.value.message
    assert way in refused.value.hint


def test_a_date_and_a_dataset_must_be_ones():
    made = with_fields("since = '2026-01-31'\nx = sponde.dataset('sales')")
    assert "'2026-02-01'" in filled(made, {"since": "2026-02-01"})
    with pytest.raises(Invalid, match=r"“31\.1\.2026” is no date"):
        filled(made, {"since": "31.1.2026"})
    with pytest.raises(Invalid, match="There is no dataset “bids”"):
        filled(made, {"dataset": "bids"}, ["sales", "birds"])


def test_fields_become_the_parameters_of_a_job():
    made = with_fields("bins = 10\nax.hist(x, bins=bins, label='Old', density=None)\nf'Top {bins}'")
    assert parameters_cell(made, {"bins": "20"}) == (
        'bins = 20\nlabel = "Old"\ndensity = None  # None\ntext = "Top"'
    )
    assert (
        with_parameters(made)
        == "ax.hist(x, bins=bins, label=label, density=density)\nf'{text} {bins}'"
    )
    assert parameters_cell(made, {}, {"label": "label_2"}).splitlines()[1] == 'label_2 = "Old"'
    assert "label=label_2" in with_parameters(made, {"label": "label_2"})


def test_sql_is_filled_in_and_parametrised():
    code = "SELECT region FROM sales WHERE region = 'N' AND amount > 3.5 LIMIT 10"
    made = with_fields(code, language="sql")
    by_name = {field.name: field for field in made.fields}
    assert {"dataset", "region", "min_amount", "limit"} <= set(by_name)
    text = filled(made, {"region": "O'N", "dataset": "my sales", "limit": "5"})
    assert "= 'O''N'" in text
    assert 'FROM "my sales"' in text
    assert text.endswith("LIMIT 5")
    assert "= {sponde.sql_value(region)} AND" in with_parameters(made)


def test_a_language_that_reads_no_names_of_python_has_no_parameters():
    made = with_fields("head -n 5 data.csv > 'out file.csv'", language="bash")
    assert made.fields
    assert filled(made, {made.fields[-1].name: "x"}) != made.code
    assert (parameters_cell(made), with_parameters(made)) == ("", made.code)


def test_fields_follow_their_values_through_an_edit():
    made = with_fields(PLOT, twin=TWIN)
    new = "# first\n" + PLOT.replace("100", "250").replace('kind="bar", ', "")
    fields = {field.name: field for field in follow(made.fields, PLOT, new, "python")}
    assert set(fields) == {"column", "min_amount", "rows", "title"}
    assert fields["min_amount"].default == "250"
    for field in fields.values():
        for spot in field.spots:
            assert field.default in new[spot.start : spot.end]
    assert follow(made.fields, PLOT, "x = (", "python") == ()


def test_fields_that_cannot_be_are_refused():
    made = block(PLOT)
    (first, second, *_) = [one.field for one in offers_of(made)]

    def refused(*fields):
        with pytest.raises((Invalid, Conflict)) as error:
            check_fields(made, fields)
        return error.value.message

    def called(name):
        return BlockField(name=name, kind=first.kind, spots=first.spots)

    assert "cannot be the name of a field" in refused(called("class"))
    assert "is a variable that the block needs" in refused(called("df"))
    assert "is a variable of the block's own code" in refused(called("top"))
    same = BlockField(name=first.name, kind=second.kind, spots=second.spots)
    assert "Two fields are called" in refused(first, same)
    moved = first.spots[0].__class__(start=1, end=3)
    assert "is not where it was" in refused(BlockField(name="x", spots=(moved,)))
    assert "is not where it was" in refused(first, BlockField(name="y", spots=first.spots))


def test_real_code_is_taken_apart_and_put_together():
    """Every value of the standard library's modules: written anew it is the same program."""
    seen = 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("[c-f]*.py"))[:20]:
        code = path.read_text("utf-8", "replace")
        for value in read(code, "python").values:
            assert code[value.start : value.end] == value.source
            seen += 1
        assert shape_of(code, "python") == shape_of(code + "\n# said\n", "python")
    assert seen > 1000


# -- in the library -----------------------------------------------------------------------------


class _Here(NoSamples):
    async def list_all(self):
        return [
            Data(name="birds", rows=3, columns=("wings",)),
            Data(name="sales", rows=9, columns=("amount", "price", "region")),
        ]


@pytest.fixture
def library(database):
    made = SpondeLibrary(database=database, bus=Bus(getLogger()), feed=Feed())
    made.samples = _Here()
    return made


@pytest.fixture
def save(library, run):
    def keep(name, code, **given):
        return run(library.save(NewCodeBlock(code=code, name=name, language="python", **given)))

    return keep


@pytest.fixture
def twins(library, save, run):
    one, two = save("plot_amount", PLOT, tags=("plots",)), save("plot_price", TWIN, tags=("new",))
    offers = run(library.fielding.offers(one.id, NewFieldOffers()))
    assert [(twin.name, twin.values) for twin in offers.twins] == [("plot_price", 6)]
    return one, two, tuple(offer.field for offer in offers.offers)


def test_twins_become_one_block_and_come_back(library, twins, run):
    one, two, fields = twins
    made = run(library.fielding.make(one.id, NewFields(fields=fields, twin_ids=(two.id,))))
    assert (made.twins, len(made.fields)) == (1, 5)
    kept = run(library.get(one.id))
    assert kept.tags == ("plots", "new")
    assert kept.fields == made.fields
    with pytest.raises(NotFound):
        run(library.get(two.id))
    (was,) = run(library.revisions(one.id))
    assert (was.name, was.code, was.cause.value) == ("plot_price", two.code, "twin")

    asked = run(library.fielding.of(one.id))
    values = {preset.name: preset.values for preset in asked.presets}
    assert values["plot_price"]["kind"] == "barh"
    assert list(asked.columns) == ["sales", "birds"]
    again = run(library.fielding.fill(one.id, FieldValues(values=values["plot_price"])))
    assert shape_of(again.code, "python") == shape_of(two.code, "python")
    assert [v.text for v in read(again.code, "python").values] == [
        v.text for v in read(two.code, "python").values
    ]

    back = run(library.fielding.undo(made.change_id))
    assert (back.fields, back.tags) == ((), ("plots",))
    assert run(library.get(two.id)).code == two.code
    assert run(library.revisions(one.id)) == []
    with pytest.raises(NotFound, match="undone already"):
        run(library.fielding.undo(made.change_id))


def test_the_values_of_the_last_time_are_offered(library, twins, run):
    one, _, fields = twins
    run(library.fielding.make(one.id, NewFields(fields=fields)))
    run(library.fielding.fill(one.id, FieldValues(values={"rows": "7"}, remembers=True)))
    assert run(library.fielding.of(one.id)).last["rows"] == "7"


def test_fields_stay_when_the_code_is_edited_and_come_back_with_a_revision(library, twins, run):
    one, _, fields = twins
    run(library.fielding.make(one.id, NewFields(fields=fields)))
    run(library.revise(one.id, CodeBlockEdit(code="x = 1\ny = x + 2")))
    assert run(library.get(one.id)).fields == ()
    (was,) = run(library.revisions(one.id))
    run(library.restore_revision(one.id, was.id))
    assert len(run(library.get(one.id)).fields) == 5


def test_blocks_that_are_no_twins_are_not_made_one(library, save, run):
    one, other = save("one", PLOT), save("other", PLOT.replace("groupby", "pivot_by"))
    with pytest.raises(Conflict, match="'other' differs from 'one' in more than values"):
        run(library.fielding.offers(one.id, NewFieldOffers(twin_ids=(other.id,))))
    assert run(library.fielding.offers(one.id, NewFieldOffers())).offers == ()
    assert len(run(library.fielding.offers(one.id, NewFieldOffers(alone=True))).offers) > 5


def test_a_choice_takes_what_the_twins_have():
    choice = BlockField(name="kind", kind=FieldKind.CHOICE, choices=(FieldChoice(text="a"),))
    value = read("plot(kind='bar', color='x', size=3)", "python").values[0]
    spot = offers_of(block("plot(kind='bar', color='x', size=3)"))[0].field.spots
    made = check_fields(
        block("plot(kind='bar', color='x', size=3)"),
        (BlockField(name="kind", kind=choice.kind, choices=choice.choices, spots=spot),),
    )
    assert [one.text for one in made[0].choices] == ["a", value.text]
