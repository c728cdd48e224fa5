"""Templates: their places, their names, and files of them."""

import hypothesis
from hypothesis import strategies as st

from sponde_server.chat.templates import variables

NEW = {"name": "weekly", "text": "Sum {{dataset}} by {{column}}, top {{limit=10}}.", "summary": "W"}


async def test_places_and_defaults_are_found(api):
    made = await api("POST", "/templates", NEW)
    assert made["variables"] == [
        {"name": "dataset", "default": ""},
        {"name": "column", "default": ""},
        {"name": "limit", "default": "10"},
    ]


async def test_a_template_is_changed_deleted_and_restored(api):
    made = await api("POST", "/templates", NEW)
    changed = await api("PUT", f"/templates/{made['id']}", {**NEW, "text": "{{a}}"})
    assert [one["name"] for one in changed["variables"]] == ["a"]
    await api("DELETE", f"/templates/{made['id']}")
    assert await api("GET", "/templates") == []
    await api("POST", "/templates", NEW)
    restored = await api("POST", f"/templates/{made['id']}/restore")
    assert restored["name"] == "weekly-2"


async def test_names_that_cannot_be_written_or_are_taken_are_refused(api):
    await api("POST", "/templates", NEW)
    for wrong in ({**NEW, "name": "two words"}, {**NEW, "name": "sql"}, {**NEW, "name": "Weekly"},
                  {**NEW, "name": "x", "text": " "}, {**NEW, "name": ""}):  # fmt: skip
        refused = await api("POST", "/templates", wrong)
        assert refused["status"] == 400, wrong
        assert refused["hint"]


async def test_several_go_out_and_come_in_as_one_file(api):
    for name in ("one", "two"):
        await api("POST", "/templates", {**NEW, "name": name})
    file = await api("GET", "/template-file")
    assert [one["name"] for one in file["templates"]] == ["one", "two"]
    assert await api("POST", "/template-file", file) == []
    file["templates"][0]["text"] = "Other"
    (taken,) = await api("POST", "/template-file", file)
    assert taken["name"] == "one-2"
    file["templates"].append({"name": "bad name", "text": "x"})
    file["templates"][0]["name"] = "three"
    refused = await api("POST", "/template-file", file)
    assert refused["status"] == 400
    assert len(await api("GET", "/templates")) == 3


async def test_a_template_that_is_sent_unfilled_is_told_how(api, talk):
    await api("POST", "/templates", NEW)
    failure = (await talk.ask("/weekly"))["failure"]
    assert "is a template" in failure["message"]
    assert "weekly" in (await talk.ask("/help"))["text"]


@hypothesis.given(st.text(alphabet="ab{}= _\n1", max_size=60))
def test_any_text_has_places_or_none(text):
    found = variables(text)
    assert len({one.name for one in found}) == len(found)
    assert all("{" not in one.default for one in found)
