import pytest

from sponde_server.chat.records import Reference, ReferenceKind
from sponde_server.chat.references import names, near, without


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("what is in @sales?", ["sales"]),
        ("@sales and @costs, @sales again", ["sales", "costs"]),
        ("join @my-block, then stop.", ["my-block"]),
        ("see @sales- for more", ["sales"]),
        ("mail me at ann@example.com", []),
        ("use `@property` here", []),
        ("```python\n@cached\ndef f(): ...\n```\nand @sales", ["sales"]),
        ("~~~\n@a\n~~~\n@b", ["b"]),
        ("```\nnever closed @a", []),
        ("pip install x/@y", []),
        ("(@sales)", ["sales"]),
        ("@1st", []),
        ("", []),
    ],
)
def test_names_are_found_in_prose_and_not_in_code(text, found):
    assert names(text) == found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("brids", "bird_strikes"),
        ("BIRD", "bird_strikes"),
        ("strikes", "bird_strikes"),
        ("bird_strike", "bird_strikes"),
        ("sale", "sales_2023"),
    ],
)
def test_a_name_is_found_by_what_is_like_it(written, meant):
    assert near(written, ["bird_strikes", "sales_2023", "weather"])[0] == meant


def test_what_is_like_nothing_finds_nothing():
    assert near("zzz", ["bird_strikes", "weather"]) == []


def test_names_that_hang_on_the_question_are_not_looked_for_in_its_text():
    known = [
        Reference(kind=ReferenceKind.FILE, name="src/load.py", id="src/load.py"),
        Reference(kind=ReferenceKind.CELL, name="cell-3", id="c"),
    ]
    left = without("Does @src/load.py do what @cell-3 and @cell-31 do to @sales?", known)
    assert names(left) == ["cell-31", "sales"]
