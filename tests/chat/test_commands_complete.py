"""What is offered while a command is written: real datasets, columns, notebooks, keys, SQL."""

import pytest


@pytest.fixture
def shops(api, run, jp_root_dir):
    """Register two datasets that join, and a notebook."""
    (jp_root_dir / "sales.csv").write_text("sale,shop_id,Total €\n1,10,5\n2,20,7\n3,30,1\n")
    (jp_root_dir / "shops.csv").write_text("id,city\n10,Berlin\n20,Paris\n30,Rome\n")
    (jp_root_dir / "report.ipynb").write_text("{}")
    for path in ("sales.csv", "shops.csv"):
        dataset = run(api("POST", "/datasets", {"path": path}))
        run(api("GET", f"/datasets/{dataset['id']}/profile"))


@pytest.fixture
def offers(api):
    """Give what is offered behind a text."""

    async def ask(text):
        caret = len(text.encode("utf-16-le")) // 2
        found = await api("POST", "/commands/complete", {"text": text, "caret": caret})
        return found, [one["label"] for one in found["offers"]]

    return ask


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("/clean ", ["@shops", "@sales"]),
        ("/clean @sa", ["@sales"]),
        ("/clean @sales ", ["sale", "shop_id", "Total €"]),
        ("/clean @sales to", ["Total €"]),
        ("/join @sales ", ["@shops"]),
        ("/join @sales @shops ", ["on", "keeping"]),
        ("/join @sales @shops on ", ["shop_id = id", "sale", "shop_id", "Total €"]),
        ("/join @sales @shops on shop_id = ", ["id", "city"]),
        ("/join @sales @shops on shop_id = id keeping ", ["left", "inner", "outer"]),
        ("/schedule ", ["report.ipynb"]),
        ("/schedule report.ipynb every w", ["every weekday at 9:00"]),
        ("/export ", ["notebook", "markdown", "html", "json", "csv"]),
        ("/export csv ", ["@shops", "@sales"]),
        ("/help cl", ["clean"]),
        ("/sql @sales ", ["SELECT", "WHERE", "GROUP BY", "ORDER BY", "LIMIT"]),
        ("/sql @sales SELECT to", ["Total €"]),
        ("/sql @sales SELECT med", ["median()"]),
        ("/sql SELECT * FROM ", ["shops", "sales"]),
        ("/sql @sales SELECT 'to", []),
        ("/plot @sales sale ", ["by"]),
        ("/plot @sales sale by ", ["sale", "shop_id", "Total €"]),
    ],
)
async def test_what_fits_is_offered(shops, offers, text, first):
    _, labels = await offers(text)
    assert sorted(labels[: len(first)]) == sorted(first) if first else labels == []


async def test_places_are_counted_as_browsers_count(shops, offers):
    found, _ = await offers("/sql @sales SELECT '😀' AS x, to")
    assert found["start"] == len("/sql @sales SELECT '😀' AS x, ") + 1
    assert found["offers"][0]["insert"] == '"Total €" '
