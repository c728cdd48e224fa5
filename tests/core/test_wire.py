from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sponde_server.core.errors import Invalid
from sponde_server.core.record import new_id, record
from sponde_server.core.rows import columns, insert, many, one, replace
from sponde_server.core.wire import decode, encode


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@record
class Inner:
    """A part."""

    word: str
    """Text."""


@record
class Thing:
    """Every kind of field."""

    name: str
    """Text."""
    colour: Colour = Colour.RED
    """A choice."""
    inner: Inner | None = None
    """A record."""
    parts: tuple[Inner, ...] = ()
    """Records."""
    share: float | None = None
    """A number."""
    seen_at: datetime = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    """A time."""
    id: str = field(default_factory=new_id)
    """The id."""


def test_times_travel_in_utc_and_say_so():
    assert b'"2026-01-02T03:04:05.678901Z"' in encode(Thing(name="x"))


def test_what_is_encoded_is_decoded_the_same():
    thing = Thing(name="ü", colour=Colour.BLUE, inner=Inner(word="w"), parts=(Inner(word="p"),))
    assert decode(Thing, encode(thing)) == thing


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"name": 3}', "'name'"),
        ('{"name": "x", "surname": "y"}', "'surname'"),
        ("{", "not JSON"),
        ("[]", "The request"),
        ('{"name": "x", "colour": "green"}', "'green'"),
        (b'{"name": "\xff"}', ""),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_and_the_value(body, said):
    with pytest.raises(Invalid) as caught:
        decode(Thing, body)
    assert said in caught.value.message
    assert caught.value.hint


@given(
    name=st.text(),
    share=st.none() | st.floats(allow_nan=False),
    words=st.lists(st.text()),
    moment=st.datetimes(timezones=st.just(UTC)),
    colour=st.sampled_from(Colour),
)
def test_a_record_comes_back_from_the_database_unchanged(name, share, words, moment, colour):
    if "\0" in name:
        return
    parts = tuple(Inner(word=word) for word in words)
    with duckdb.connect() as con:
        stored = Plain(name=name, share=share, parts=parts, seen_at=moment, colour=colour)
        con.execute(
            "CREATE TABLE plain (id VARCHAR, name VARCHAR, colour VARCHAR, parts VARCHAR, "
            "share DOUBLE, seen_at TIMESTAMP)"
        )
        insert(con, "plain", stored)
        assert one(con, Plain, f"SELECT {columns(Plain)} FROM plain") == stored


def test_a_replaced_record_is_the_new_one():
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE plain (id VARCHAR, name VARCHAR, colour VARCHAR, parts VARCHAR, "
            "share DOUBLE, seen_at TIMESTAMP)"
        )
        first, second = Plain(name="a"), Plain(name="b")
        insert(con, "plain", first, second)
        changed = Plain(name="c", id=first.id)
        replace(con, "plain", changed)
        assert many(con, Plain, "SELECT * FROM plain ORDER BY name") == [second, changed]


@record
class Plain:
    """What a table holds."""

    name: str
    """Text."""
    colour: Colour = Colour.RED
    """A choice."""
    parts: tuple[Inner, ...] = ()
    """Records."""
    share: float | None = None
    """A number."""
    seen_at: datetime = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    """A time."""
    id: str = field(default_factory=new_id)
    """The id."""


def test_ids_sort_in_the_order_they_were_made():
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert all(len(one) == 36 and one[14] == "7" for one in made)
