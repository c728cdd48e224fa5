"""/compare of two datasets and of notebooks, /schedule, /export, /help; code is really run."""

import csv
import io

import pytest

BEFORE = "id,city,price\n1,Berlin,10\n2,Paris,20\n3,Rome,30\n4,Oslo,40\n"
AFTER = "id,city,price,note\n1,Berlin,10,a\n2,Lyon,20,b\n3,Rome,35,c\n5,Wien,50,d\n6,Bern,60,e\n"


@pytest.fixture
def versions(api, run, jp_root_dir):
    """Register two versions of one file."""
    (jp_root_dir / "before.csv").write_text(BEFORE)
    (jp_root_dir / "after.csv").write_text(AFTER)
    return [run(api("POST", "/datasets", {"path": path})) for path in ("before.csv", "after.csv")]


async def test_two_versions_are_told_apart(talk, versions, run_code):
    answer = await talk.ask("/compare @before @after")
    assert answer["status"] == "complete", answer["failure"]
    text = answer["text"]
    assert (
        "**before** has 4 rows and 3 columns, **after** 5 rows and 4 columns: 1 row more." in text
    )
    assert "Only after has `note`." in text
    assert "By `id`: 2 rows added, 1 row removed, 2 rows changed, 1 the same." in text
    assert "`price` in 1" in text
    assert "`city` in 1" in text
    assert "Lyon" not in text
    assert any(
        "Lyon" in output["data"] for output in answer["outputs"] if output["mime"] == "text/html"
    )
    printed, changed = await run_code(text, variable="changed")
    assert "2 rows added" in printed
    assert "1 rows removed" in printed
    assert "city" in changed["value"]


async def test_a_key_may_be_named_and_files_without_one_are_compared_by_rows(
    talk, versions, api, jp_root_dir, run_code
):
    assert "By `city`" in (await talk.ask("/compare @before @after on city"))["text"]
    (jp_root_dir / "p.csv").write_text("a,b\nx,1\nx,1\ny,2\n")
    (jp_root_dir / "q.csv").write_text("a,b\nx,1\nz,2\n")
    for path in ("p.csv", "q.csv"):
        await api("POST", "/datasets", {"path": path})
    answer = await talk.ask("/compare @p @q")
    assert "2 rows only in p, 1 row only in q" in answer["text"]
    await run_code(answer["text"], variable="changed")


async def test_what_moved_most_is_drawn(talk, birds, api, jp_root_dir):
    rows = (jp_root_dir / "bird_strikes.csv").read_text("utf-8", "replace").splitlines()
    (jp_root_dir / "early.csv").write_text("\n".join([rows[0], *rows[1:3000]]))
    await api("POST", "/datasets", {"path": "early.csv"})
    answer = await talk.ask("/compare @early @bird_strikes")
    assert answer["status"] == "complete", answer["failure"]
    assert answer["outputs"][0]["mime"] == "application/vnd.vegalite.v5+json"
    assert answer["outputs"][0]["data"]["data"]["values"]


NOTEBOOK = """{"cells": [{"cell_type": "code", "id": "a", "metadata": {"tags": ["parameters"]},
"source": "region: str = 'EU'", "outputs": [], "execution_count": null}], "metadata": {"kernelspec":
{"name": "python3", "display_name": "Python 3"}}, "nbformat": 4, "nbformat_minor": 5}"""


@pytest.fixture
def report(jp_root_dir):
    """Put notebooks into the folder."""
    (jp_root_dir / "work").mkdir()
    (jp_root_dir / "work" / "report.ipynb").write_text(NOTEBOOK)
    (jp_root_dir / "My Report.ipynb").write_text(NOTEBOOK)


def card_of(answer):
    """Give the answer's card."""
    (found,) = [one for one in answer["outputs"] if one["mime"].endswith("sponde.card+json")]
    return found["data"]


async def test_a_notebook_is_offered_as_an_experiment(talk, report):
    answer = await talk.ask("/compare report.ipynb")
    assert "`region`" in answer["text"]
    (deed,) = card_of(answer)["deeds"]
    assert (deed["act"], deed["arguments"]) == ("experiment", {"notebook": "work/report.ipynb"})


async def test_a_schedule_is_shown_and_nothing_is_scheduled(talk, report, api):
    answer = await talk.ask("/schedule report every weekday at 9 Europe/Berlin with region=US")
    assert answer["status"] == "complete", answer["failure"]
    (deed,) = card_of(answer)["deeds"]
    assert deed["act"] == "schedule"
    assert deed["arguments"] == {
        "notebook": "work/report.ipynb",
        "cron": "0 9 * * 1-5",
        "time_zone": "Europe/Berlin",
        "parameters": {"region": "US"},
    }
    assert "Nothing is scheduled yet" in answer["text"]
    assert await api("GET", "/job-definitions") == []
    answer = await talk.ask('/schedule "My Report.ipynb" daily 7:30')
    assert card_of(answer)["deeds"][0]["arguments"]["time_zone"] == ""


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("/schedule", "Which notebook?"),
        ("/schedule nothing daily", "There is no notebook"),
        ("/schedule report", "When should it run?"),
        ("/schedule report every blue moon", "was not understood"),
        ("/schedule report daily at 25:00", "no time 25:00"),
        ("/schedule report daily 8:00 Mars/Base", "no time zone Mars/Base"),
        ("/schedule report 99 8 * * *", "minute"),
        ("/schedule report daily with nope=1", "nope"),
    ],
)
async def test_a_schedule_that_does_not_fit_is_said(talk, report, command, message):
    failure = (await talk.ask(command))["failure"]
    assert message in failure["message"]
    assert failure["hint"]


async def test_a_conversation_is_offered_as_a_file(talk, birds, jp_fetch):
    await talk.ask("/profile @bird_strikes")
    download, save = card_of(await talk.ask("/export notebook"))["deeds"]
    assert download["arguments"]["address"] == f"/conversations/{talk.id}/export?format=notebook"
    assert save["act"] == "save"
    assert len(card_of(await talk.ask("/export"))["deeds"]) == 4
    failure = (await talk.ask("/export notebok"))["failure"]
    assert "Did you mean notebook?" in failure["hint"]


async def test_rows_are_offered_as_csv(talk, versions, jp_fetch, run_code):
    answer = await talk.ask("/export csv @after where price > 30")
    assert "CSV with 3 rows and 4 columns" in answer["text"]
    address = card_of(answer)["deeds"][0]["arguments"]["address"]
    path, _, query = address.partition("?query=")
    from urllib.parse import unquote

    response = await jp_fetch("sponde", "api", *path.strip("/").split("/"),
                              params={"query": unquote(query)})  # fmt: skip
    rows = list(csv.reader(io.StringIO(response.body.decode())))
    assert rows[0] == ["id", "city", "price", "note"]
    assert len(rows) == 4
    printed, df = await run_code(answer["text"], variable="df")
    assert df["rows"] == 3
    assert "3 rows" in printed


async def test_help_tells_all_of_one_command(talk, birds):
    text = (await talk.ask("/help join"))["text"]
    assert "**on**" in text
    assert "For example" in text
    assert "@bird_strikes" in text
    assert "no command /jion" in (await talk.ask("/help jion"))["failure"]["message"]
