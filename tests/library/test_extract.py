"""fences.json is read by the TypeScript scanner's test too; it says what its fields mean."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sponde_server.library.code.extract import FenceScanner, fences

CASES = json.loads(Path(__file__).with_name("fences.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_shared_cases(case):
    found = [
        {"language": fence.language, "code": fence.code, "closed": fence.closed}
        for fence in fences(case["text"])
    ]
    assert found == case["fences"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_read_letter_by_letter_it_finds_the_same(case):
    scanner = FenceScanner()
    for letter in case["text"]:
        scanner.feed(letter)
    assert scanner.finish() == fences(case["text"])


MARKS = ["```", "````py", "~~~", ">", "-", "1.", "x", "<pre>", "</pre>", "<!--", "-->", "<div>"]
SPACES = ["- ", "> ", "1. ", "# ", "    ", "\t", " ", "\n", "\r\n", "\r"]

codes = some.text(
    some.sampled_from("ab `~>-*#1.<!\t\n|()\"'\\é漢🐦") | some.characters(codec="utf-8"),
    max_size=200,
).map(lambda text: re.sub("[\r\0]", "", text))


def fence_for(code: str, mark: str) -> str:
    longest = max((len(run) for run in re.findall(mark + "+", code)), default=0)
    return mark * max(3, longest + 1)


@settings(max_examples=300, deadline=None)
@given(code=codes, mark=some.sampled_from("`~"), end=some.sampled_from(["\n", "\r\n", "\r"]))
def test_any_code_in_any_fence_comes_back(code, mark, end):
    bar = fence_for(code, mark)
    text = f"Words\n{bar}python\n{code}\n{bar}\nmore".replace("\n", end)
    (found,) = fences(text)
    assert (found.language, found.code, found.closed) == ("python", code, True)
    assert text[found.start : found.end] == f"{bar}python\n{code}\n{bar}\n".replace("\n", end)


@settings(max_examples=300, deadline=None)
@given(
    code=codes,
    mark=some.sampled_from("`~"),
    around=some.lists(some.sampled_from(["> ", "- ", "12. "]), min_size=1, max_size=4),
)
def test_any_code_in_any_quote_or_list_comes_back(code, mark, around):
    # A tab's width depends on its column: in lists and quotes it cannot be kept by anyone.
    code = code.replace("\t", " ")
    bar = fence_for(code, mark)
    lines = [f"{bar}sql", *code.split("\n"), bar]
    for opener in reversed(around):
        later = opener if opener == "> " else " " * len(opener)
        lines = [(later if number else opener) + line for number, line in enumerate(lines)]
    (found,) = fences("\n".join(lines) + "\n")
    assert (found.code, found.closed, found.nested) == (code, True, True)


@settings(max_examples=300, deadline=None)
@given(pieces=some.lists(some.sampled_from(MARKS + SPACES), max_size=40))
def test_what_has_ended_never_changes_however_the_text_is_cut(pieces):
    scanner = FenceScanner()
    seen = []
    for piece in pieces:
        scanner.feed(piece)
        assert scanner.ended[: len(seen)] == seen
        seen = list(scanner.ended)
    assert scanner.finish() == fences("".join(pieces))
