"""The same commands as tools: schemas from the one table, results as policies let them."""

import json

import pytest

from sponde_server.tools.service import Asker

NAMES = {"profile", "plot", "clean", "join", "compare", "schedule", "export"}


@pytest.fixture
def app(jp_serverapp):
    """Give the application."""
    (found,) = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    return found


@pytest.fixture
def sales(api, run, jp_root_dir):
    """Register sales and shops, with values that no statistic tells."""
    rows = "".join(f"{i},{10 + i % 3},secret-{i}@x.test\n" for i in range(60))
    (jp_root_dir / "sales.csv").write_text(f"sale,shop,mail\n{rows}")
    (jp_root_dir / "shops.csv").write_text("id,city\n10,Berlin\n11,Paris\n12,Rome\n")
    made = {}
    for path in ("sales.csv", "shops.csv"):
        dataset = run(api("POST", "/datasets", {"path": path}))
        run(api("GET", f"/datasets/{dataset['id']}/profile"))
        made[dataset["name"]] = dataset
    return made


async def called(app, name, arguments, talk, *, is_local):
    """Call a tool as the chat does once a person allowed it."""
    await app.tools.offered()
    _, run = next((own.tool, own.run) for own in app.tools._own.values() if own.tool.name == name)
    return await run(arguments, Asker("", talk.id, is_local, ""))


async def test_every_tool_has_a_schema_of_its_arguments(app, api, talk):
    tools = {one.name: one for one in await app.tools.offered()}
    assert set(tools) >= NAMES
    assert tools["join"].parameters["required"] == ["first", "second"]
    assert tools["join"].parameters["properties"]["keeping"]["enum"] == ["left", "inner", "outer"]
    assert {name for name in NAMES if not tools[name].is_read_only} == {"schedule", "export"}


async def test_a_model_elsewhere_reads_counts_and_no_row(app, sales, talk):
    given = {"first": "sales", "second": "shops", "on": ["shop = id"]}
    result = await called(app, "join", given, talk, is_local=False)
    assert not result.is_failure
    assert "60 of 60 rows of sales" in result.text
    assert "secret-" not in result.text
    assert any("secret-" in str(output.data) for output in result.outputs)
    assert "merge(" in result.shown
    here = await called(app, "join", given, talk, is_local=True)
    assert "secret-" in here.text


async def test_of_a_dataset_whose_names_alone_are_let_through_no_count_is_told(
    app, sales, talk, api
):
    await api("PATCH", f"/datasets/{sales['sales']['id']}", {"policy": "schema"})
    given = {"dataset": "sales"}
    for name in ("clean", "plot", "profile"):
        result = await called(app, name, given, talk, is_local=False)
        assert "secret" not in result.text, name
        assert "60" not in result.text, name


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("join", {"first": "sales"}, "needs second"),
        ("plot", {"dataset": "sales", "column": 3}, "must be text"),
        ("clean", {"dataset": "nothing"}, "no dataset"),
        ("clean", {"dataset": "sales", "what": "x"}, "takes no what"),
        ("schedule", {"notebook": "no.ipynb", "when": "daily"}, "no notebook"),
        ("export", {"kind": "json"}, "cannot be written"),
    ],
)
async def test_a_call_that_does_not_fit_fails_in_a_sentence(
    app, sales, talk, name, arguments, says
):
    result = await called(app, name, arguments, talk, is_local=False)
    assert result.is_failure
    assert says in result.text


async def test_what_was_allowed_is_done(app, sales, talk, api, jp_root_dir):
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (jp_root_dir / "report.ipynb").write_text(json.dumps(notebook))
    given = {"notebook": "report.ipynb", "when": "every day at 8:00"}
    result = await called(app, "schedule", given, talk, is_local=False)
    assert not result.is_failure, result.text
    (made,) = await api("GET", "/job-definitions")
    assert made["schedule"]["cron"] == "0 8 * * *"
    await talk.ask("/profile @sales")
    result = await called(app, "export", {"kind": "markdown"}, talk, is_local=False)
    assert "is written to" in result.text
    assert list(jp_root_dir.glob("*.md"))
