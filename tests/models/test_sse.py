import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sponde_server.core.errors import UpstreamFailed
from sponde_server.models.sse import LONGEST_LINE_BYTES, EventLines

STREAM = (
    b'\xef\xbb\xbfdata: {"a": 1}\n\n: a comment\nevent: x\r\ndata:2\r\n\r\ndata: \xf0\x9f\x90\xa6\n'
    b"nonsense\n\ndata: [DONE]"
)
WHOLE = [b'{"a": 1}', b"2", "🐦".encode(), b"[DONE]"]


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_lines_are_the_same_however_the_bytes_arrive(cuts):
    lines = EventLines()
    borders = [0, *sorted(cuts), len(STREAM)]
    found = [
        data for start, end in itertools.pairwise(borders) for data in lines.feed(STREAM[start:end])
    ]
    assert found + lines.end() == WHOLE


def test_an_endless_line_is_refused_before_it_fills_the_memory():
    lines = EventLines()
    lines.feed(b"x" * LONGEST_LINE_BYTES)
    with pytest.raises(UpstreamFailed, match="line of more than"):
        lines.feed(b"x")


def test_nothing_is_nothing():
    assert EventLines().end() == []
