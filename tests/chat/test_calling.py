from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sponde_server.chat import measure
from sponde_server.chat.calling import fitting, offer_of
from sponde_server.chat.commands import offered
from sponde_server.tools import workbench
from sponde_server.tools.records import Tool


class Kept:
    """Takes tools and keeps them in a list."""

    def __init__(self):
        self.tools = []

    def add(self, tool, *_):
        self.tools.append(tool)


def ours():
    kept = Kept()
    workbench.register(kept, datasets=None, library=None, root=Path(), private=Path())
    offered.offer(kept, lambda: None)
    return kept.tools


def test_all_of_ours_cost_few_tokens_and_keep_every_argument_that_must_be_given():
    offers = [offer_of(tool) for tool in ours()]
    assert len(offers) >= 16
    assert measure.of_tools(offers) <= 900
    for tool, offer in zip(ours(), offers, strict=True):
        assert offer.description
        needed = tool.parameters.get("required", [])
        assert list(offer.parameters.get("required", [])) == list(needed)
        assert set(needed) <= set(offer.parameters["properties"])


def test_a_strangers_tool_is_told_as_its_server_says():
    schema = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}}
    tool = Tool(name="far__get", label="Get", description="Gets it all.", parameters=schema)
    assert (offer_of(tool).description, offer_of(tool).parameters) == ("Gets it all.", schema)


@given(st.integers(0, 1000), st.sampled_from(["", "Export it", "schedule this", "look at it"]))
def test_what_fits_is_the_most_useful_in_its_order_and_what_is_asked_for_comes_first(
    pieces, question
):
    tools = ours()
    found = fitting(tools, question, pieces)
    assert measure.of_tools(map(offer_of, found)) <= pieces
    assert list(found) == [tool for tool in tools if tool in found]
    names = [tool.name for tool in found]
    for word in ("export", "schedule"):
        if word in question.lower() and pieces >= 80:
            assert word in names
    if pieces >= 900:
        assert len(found) == len(tools)
    elif not question and found:
        assert "run_sql" in names
