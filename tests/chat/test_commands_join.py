"""/join finds keys by the values that two files share; its code is really run."""

import re

import pytest

SALES = """sale,shop_id,customer,amount
1,10,Ann,5.0
2,10,Bob,7.5
3,20,ann,1.0
4,30,Cy,2.0
5,,Ann,3.0
6,99,Bob,4.0
"""
SHOPS = """id,city,amount
10,Berlin,1
20,Paris,2
30,Rome,3
40,Oslo,4
"""


@pytest.fixture
def shops(api, run, jp_root_dir):
    """Register sales and the shops that they name."""
    (jp_root_dir / "sales.csv").write_text(SALES)
    (jp_root_dir / "shops.csv").write_text(SHOPS)
    return [run(api("POST", "/datasets", {"path": path})) for path in ("sales.csv", "shops.csv")]


async def test_the_key_is_found_by_what_both_have(talk, shops, run_code):
    answer = await talk.ask("/join @sales @shops")
    assert answer["status"] == "complete", answer["failure"]
    text = answer["text"]
    assert "join on `shop_id` = `id`: many to one." in text
    assert "4 of 6 rows of sales (67%) and 3 of 4 rows of shops (75%) find a partner." in text
    assert (
        "sales: 1 row without a partner, 1 row without a key, 1 key of 4 in several rows." in text
    )
    assert "gives 6 rows" in text
    picture, table = answer["outputs"]
    assert sum(value["n"] for value in picture["data"]["data"]["values"]) == 10
    assert "<th>amount_shops</th>" in table["data"]
    assert "Berlin" in table["data"]
    assert "Berlin" not in text
    printed, merged = await run_code(text, variable="merged")
    assert "6 rows" in printed
    assert merged["columns"] == [
        "sale", "shop_id", "customer", "amount", "id", "city", "amount_shops", "found_in",
    ]  # fmt: skip


@pytest.mark.parametrize(("how", "rows"), [("left", 6), ("inner", 4), ("outer", 7)])
async def test_what_stays_is_said_and_true(talk, shops, run_code, how, rows):
    answer = await talk.ask(f"/join sales shops on shop_id = id keeping {how}")
    assert f"gives {rows} rows" in answer["text"]
    printed, merged = await run_code(answer["text"], variable="merged")
    assert merged["rows"] == rows, printed


async def test_two_columns_make_a_key_where_one_is_not_enough(talk, api, jp_root_dir, run_code):
    days = [f"2024-01-{day:02}" for day in range(1, 11)]
    rows = [f"{shop},{day}" for shop in ("a", "b", "c") for day in days]
    (jp_root_dir / "visits.csv").write_text("shop,day,n\n" + "".join(f"{r},1\n" for r in rows))
    (jp_root_dir / "takings.csv").write_text("shop,day,eur\n" + "".join(f"{r},2\n" for r in rows))
    for path in ("visits.csv", "takings.csv"):
        await api("POST", "/datasets", {"path": path})
    answer = await talk.ask("/join @visits @takings")
    assert "one to one" in answer["text"]
    assert "`shop`" in answer["text"]
    assert "`day`" in answer["text"]
    _, merged = await run_code(answer["text"], variable="merged")
    assert merged["rows"] == 30


async def test_numbers_meet_numbers_written_as_text(talk, api, jp_root_dir, run_code):
    (jp_root_dir / "numbers.csv").write_text("k,x\n1,a\n2,b\n3,c\n")
    (jp_root_dir / "texts.csv").write_text("code,y\n1,a\n2,b\nx9,c\n")
    for path in ("numbers.csv", "texts.csv"):
        await api("POST", "/datasets", {"path": path})
    answer = await talk.ask("/join @numbers @texts on k = code")
    assert "both are compared as text" in answer["text"], answer["failure"]
    _, merged = await run_code(answer["text"], variable="merged")
    assert merged["rows"] == 3


async def test_keys_that_differ_in_case_are_told(talk, api, jp_root_dir):
    (jp_root_dir / "one.csv").write_text("name,x\nAnn,1\nBob,2\nCy,3\nDee,4\n")
    (jp_root_dir / "two.csv").write_text("name,y\nann,1\nBob,2\n Cy,3\nDee,4\n")
    for path in ("one.csv", "two.csv"):
        await api("POST", "/datasets", {"path": path})
    text = (await talk.ask("/join @one @two"))["text"]
    assert re.search(r"2 rows more of one would match if spaces and case did not count", text)


@pytest.mark.parametrize(
    ("command", "message", "hint"),
    [
        ("/join", "Which two datasets?", "/join @s"),
        ("/join @sales", "Which other dataset?", "@shops"),
        ("/join @sales @shps", "There is no dataset @shps.", "@shops"),
        ("/join @sales @sales", "named twice", "two different"),
        ("/join @sales @shops on nonsense", "has no column “nonsense”", "shop_id"),
        ("/join @sales @shops on", "no column behind", "on id"),
    ],
)
async def test_what_does_not_fit_is_said(talk, shops, command, message, hint):
    failure = (await talk.ask(command))["failure"]
    assert message in failure["message"]
    assert hint in failure["hint"]


async def test_files_without_anything_in_common_are_not_joined(talk, api, jp_root_dir):
    (jp_root_dir / "p.csv").write_text("a\nx\ny\nz\n")
    (jp_root_dir / "q.csv").write_text("b\nu\nv\nw\n")
    for path in ("p.csv", "q.csv"):
        await api("POST", "/datasets", {"path": path})
    failure = (await talk.ask("/join @p @q"))["failure"]
    assert "shares values" in failure["message"]
    assert "on column = column" in failure["hint"]
