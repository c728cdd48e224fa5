"""What a model gives a tool is checked against the tool's schema, whoever wrote the schema."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sponde_server.tools.arguments import Unfit, check, read

SCHEMA = {
    "type": "object",
    "properties": {
        "query": {"type": "string", "maxLength": 10},
        "limit": {"type": "integer", "minimum": 1, "maximum": 5},
        "kind": {"enum": ["code", "markdown"]},
        "names": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    },
    "required": ["query"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[1]", "are an array"),
        ("7", "are a number"),
        ("{}", "'query' is missing"),
        ('{"query": 7}', "'query' is a number; it must be a string"),
        ('{"query": "x", "more": 1}', "'more' is unknown; there is query, limit"),
        ('{"query": "x", "limit": 9}', "at most 5"),
        ('{"query": "x", "limit": 0}', "at least 1"),
        ('{"query": "x", "limit": 1.5}', "must be an integer"),
        ('{"query": "x", "limit": true}', "is a boolean"),
        ('{"query": "xxxxxxxxxxxx"}', "at most 10"),
        ('{"query": "x", "kind": "html"}', 'one of "code", "markdown"'),
        ('{"query": "x", "names": ["a", 1]}', "'names[1]' is a number"),
        ('{"query": "x", "names": ["a", "b", "c"]}', "at most 2"),
        ('{"query": NaN}', "'query' is a number"),
    ],
)
def test_what_does_not_fit_is_said_so_that_the_model_can_mend_it(text, says):
    with pytest.raises(Unfit, match=re.escape(says)):
        read(text, SCHEMA)


def test_what_fits_is_given_as_it_was_written():
    assert read('{"query": "x", "limit": 2.0}', SCHEMA) == {"query": "x", "limit": 2.0}
    assert read("", {"type": "object"}) == {}
    huge = f'{{"query": "x", "limit": {10**400}}}'
    with pytest.raises(Unfit):
        read(huge, SCHEMA)


def test_references_and_choices_are_followed():
    schema = {
        "$defs": {"city": {"type": "string"}},
        "type": "object",
        "properties": {
            "where": {"anyOf": [{"$ref": "#/$defs/city"}, {"type": "null"}]},
            "again": {"$ref": "#"},
        },
    }
    assert check({"where": "Bern", "again": {"where": None}}, schema) == []
    assert "none of the 2 forms" in check({"again": {"where": 7}}, schema)[0]


def test_a_schema_that_turns_in_circles_ends():
    schema: Any = {"$ref": "#/a", "a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}
    assert check({}, schema) == []
    wide = {"anyOf": [{"$ref": "#"}] * 8}
    check({"x": 1}, wide)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=12,
)
words = st.sampled_from(
    ["type", "properties", "items", "required", "enum", "anyOf", "oneOf", "allOf", "$ref",
     "minimum", "maxLength", "additionalProperties", "const", "minItems"]
)  # fmt: skip
schemas = st.recursive(
    values | st.sampled_from(["object", "string", "array", "#", "#/properties"]),
    lambda inner: st.dictionaries(words, inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=20,
)


@given(values, schemas)
def test_no_schema_of_a_stranger_breaks_the_check(value, schema):
    found = check(value, schema)
    assert len(found) <= 5
    assert all(sentence.endswith(".") for sentence in found)


@given(st.text(max_size=60))
def test_whatever_a_model_writes_is_read_or_refused(text):
    try:
        found = read(text, SCHEMA)
    except Unfit:
        return
    assert "query" in found


@given(st.dictionaries(st.text(min_size=1, max_size=6), st.integers(), max_size=5))
def test_what_follows_its_own_schema_fits(given_value):
    schema = {
        "type": "object",
        "properties": {
            name: {"type": "integer", "const": value} for name, value in given_value.items()
        },
        "required": list(given_value),
        "additionalProperties": False,
    }
    assert read(json.dumps(given_value), schema) == given_value
