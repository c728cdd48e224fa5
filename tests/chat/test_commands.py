"""Slash commands over real columns, through the real server, with no model."""

import json

import pytest


async def test_help_names_every_command_and_the_datasets(talk, api, birds):
    answer = await talk.ask("/help")
    for command in await api("GET", "/commands"):
        assert command["usage"] in answer["text"]
    assert "`@bird_strikes`" in answer["text"]
    assert (answer["status"], answer["receipt"]) == ("complete", None)


async def test_help_without_a_dataset_says_how_to_get_one(talk):
    assert "drop a CSV" in (await talk.ask("/help"))["text"]


async def test_a_command_is_answered_with_the_question(talk, birds, api):
    await api("GET", f"/datasets/{birds['id']}/profile")
    asked = await talk.send("/profile @bird_strikes")
    assert asked["answer"]["status"] == "complete"


async def test_profile_tells_rows_columns_and_what_stands_out(talk, birds):
    answer = await talk.ask("/profile @bird_strikes")
    assert "**bird_strikes** has 10,000 rows and 14 columns" in answer["text"]
    assert "`Flight Date` runs from 1990-01-08 to 2002-07-25." in answer["text"]
    assert "`Speed IAS in knots` has no value in 2,836 rows (28%)." in answer["text"]
    (table,) = answer["outputs"]
    assert table["mime"] == "text/html"
    assert table["data"].count("<tr>") == 15
    assert "CHICAGO O&#x27;HARE INTL ARPT (430)" in table["data"]
    assert 'sponde.dataset("bird_strikes").df()' in answer["text"]


@pytest.mark.parametrize(
    ("command", "mark", "points"),
    [
        ("/plot @bird_strikes", "line", 151),
        ("/plot @bird_strikes Flight Date", "line", 151),
        ("/plot @bird_strikes Speed IAS in knots", "bar", 18),
        ("/plot @bird_strikes 'Origin State'", "bar", 15),
        ("/plot bird_strikes time of day", "bar", 4),
        ("/plot @bird_strikes Cost Total $ by Origin State", "bar", 15),
        ("/plot @bird_strikes Origin State by Cost Total $", "bar", 15),
        ("/plot @bird_strikes cost total by speed", "rect", None),
        ("/plot @bird_strikes Cost Total $ by Flight Date", "line", 151),
        ("/plot @bird_strikes flight date by wildlife size", "line", None),
        ("/plot @bird_strikes phase of flight by time of day", "rect", 28),
        ("/plot Cost Total $ @bird_strikes", "bar", None),
    ],
)
async def test_plot_chooses_the_picture_that_fits(talk, birds, command, mark, points):
    answer = await talk.ask(command)
    assert answer["status"] == "complete", answer["failure"]
    (output,) = answer["outputs"]
    assert output["mime"] == "application/vnd.vegalite.v5+json"
    picture = output["data"]
    assert picture["$schema"].endswith("/vega-lite/v5.json")
    assert picture["mark"]["type"] == mark
    values = picture["data"]["values"]
    assert values
    assert len(values) == (points or len(values))
    fields = {part["field"] for part in picture["encoding"].values()}
    assert fields <= set(values[0])
    assert "url" not in json.dumps(picture["data"])


async def test_plot_counts_every_row_once(talk, birds):
    picture = (await talk.ask("/plot @bird_strikes Flight Date"))["outputs"][0]["data"]
    assert sum(value["n"] for value in picture["data"]["values"]) == 10_000
    picture = (await talk.ask("/plot @bird_strikes Cost Total $"))["outputs"][0]["data"]
    assert sum(value["n"] for value in picture["data"]["values"]) == 10_000


async def test_plot_says_what_it_chose_and_what_it_guessed(talk, birds):
    assert (
        "You named no column, so I chose `Flight Date`."
        in (await talk.ask("/plot @bird_strikes"))["text"]
    )
    assert (
        "I took “species” as `Wildlife Species`."
        in (await talk.ask("/plot @bird_strikes species"))["text"]
    )


async def test_sql_gives_rows_and_says_how_many(talk, birds):
    answer = await talk.ask('/sql @bird_strikes SELECT "Origin State" FROM bird_strikes')
    assert "More than 1,000 rows; the first 50 are shown." in answer["text"]
    assert answer["outputs"][0]["data"].count("<tr>") == 51
    answer = await talk.ask(
        '/sql select "Origin State", count(*) as n from @bird_strikes group by 1 order by n desc'
    )
    assert "29 rows." in answer["text"]
    assert answer["outputs"][0]["data"].startswith(
        "<table><thead><tr><th>Origin State</th><th>n</th></tr></thead><tbody>"
        "<tr><td>Texas</td><td>1495</td></tr>"
    )


async def test_sql_takes_a_clause_a_fence_and_marked_names(talk, birds):
    answer = await talk.ask("/sql @bird_strikes where \"Origin State\" = 'Texas' limit 2")
    assert "2 rows." in answer["text"]
    answer = await talk.ask("/sql\n```sql\nselect count(*) as n from @Bird_Strikes;\n```")
    assert "<td>10000</td>" in answer["outputs"][0]["data"]
    answer = await talk.ask("/sql select '@bird_strikes' as kept from @bird_strikes limit 1")
    assert "<td>@bird_strikes</td>" in answer["outputs"][0]["data"]


async def test_what_rows_hold_is_shown_and_never_run(talk, birds):
    answer = await talk.ask("/sql select '<img src=x onerror=alert(1)>' as \"<b>\", null as n")
    table = answer["outputs"][0]["data"]
    assert "<img" not in table
    assert "<b>" not in table
    assert "&lt;img src=x onerror=alert(1)&gt;" in table
    assert "<em>null</em>" in table


async def test_sql_without_sql_offers_a_query_that_works(talk, birds):
    answer = await talk.ask("/sql @bird_strikes")
    start = answer["text"].index("/sql @bird_strikes SELECT")
    offered = answer["text"][start:].split("\n")[0]
    assert (await talk.ask(offered))["status"] == "complete"


@pytest.mark.parametrize(
    ("command", "message", "hint"),
    [
        ("/plto @bird_strikes", "There is no command /plto.", "Did you mean /plot?"),
        ("/zzz", "There is no command /zzz.", "/help lists them all."),
        ("/profile @brids", "There is no dataset @brids.", "Did you mean @bird_strikes?"),
        ("/sql @nothing select 1", "There is no dataset @nothing.", "@bird_strikes"),
        ("/plot @bird_strikes nonsense", "has no column “nonsense”", "Airport Name"),
        ("/plot @bird_strikes x by nonsense", "has no column", "Airport Name"),
        ("/sql @bird_strikes SELEC 1", "SELEC", ""),
        ("/sql drop table bird_strikes", "Only SELECT", ""),
        ("/sql select nope from bird_strikes", "nope", ""),
    ],
)
async def test_what_does_not_fit_is_said_with_a_way_out(talk, birds, command, message, hint):
    answer = await talk.ask(command)
    assert answer["status"] == "failed"
    assert message in answer["failure"]["message"]
    assert hint in answer["failure"]["hint"]
    assert answer["failure"]["hint"]
    assert answer["failure"]["code"] in ("invalid", "forbidden")


@pytest.mark.parametrize("command", ["/profile", "/plot", "/sql", "/profile @x", "/plot x"])
async def test_without_a_dataset_the_way_to_one_is_said(talk, command):
    failure = (await talk.ask(command))["failure"]
    assert "Drop a CSV file on the Data panel" in failure["hint"]


async def test_the_only_dataset_need_not_be_named(talk, birds):
    assert (await talk.ask("/profile"))["status"] == "complete"
    assert (await talk.ask("/plot origin state"))["status"] == "complete"


async def test_of_several_datasets_one_must_be_named(talk, birds, api, jp_root_dir):
    (jp_root_dir / "costs.csv").write_text("a,b\n1,2\n3,4\n")
    await api("POST", "/datasets", {"path": "costs.csv"})
    failure = (await talk.ask("/profile"))["failure"]
    assert failure["message"] == "Which dataset?"
    assert "@bird_strikes" in failure["hint"]
    assert "@costs" in failure["hint"]
    answer = await talk.ask("/sql select count(*) as n from bird_strikes, costs")
    assert "<td>20000</td>" in answer["outputs"][0]["data"]


async def test_a_path_is_no_command(talk, model):
    answer = await talk.ask("/srv/data/sales.csv is broken")
    assert answer["text"].startswith("You asked: /srv/data")


async def test_small_odd_files_are_drawn_too(talk, api, jp_root_dir):
    rows = "\n".join(f"{i},{i * i},{'yes' if i % 2 else 'no'},,7" for i in range(40))
    (jp_root_dir / "odd.csv").write_text(f'x,"y ""quoted"" $z$",flag,empty,same\n{rows}\n')
    await api("POST", "/datasets", {"path": "odd.csv"})
    for command in ("x", 'y "quoted"', "flag", "same", "x by y quoted", "x by flag"):
        answer = await talk.ask(f"/plot @odd {command}")
        assert answer["status"] == "complete", (command, answer["failure"])
        assert answer["outputs"][0]["data"]["data"]["values"]
    answer = await talk.ask("/plot @odd empty")
    assert "has no value in any row" in answer["failure"]["message"]
    answer = await talk.ask("/profile @odd")
    assert "`same` has the same value in every row." in answer["text"]
    assert "`x` is different in every row, as a key is." in answer["text"]
