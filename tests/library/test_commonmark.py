"""The examples that CommonMark gives for fenced code (0.31), as input and what is code in it."""

import pytest

from sponde_server.library.code.extract import FenceScanner, fences
from sponde_server.library.code.facts import language_said

# (text, the codes of its fences with their languages); indented code is no fence.
EXAMPLES = [
    ("```\n<\n >\n```\n", [("", "<\n >")]),
    ("~~~\n<\n >\n~~~\n", [("", "<\n >")]),
    ("``\nfoo\n``\n", []),
    ("```\naaa\n~~~\n```\n", [("", "aaa\n~~~")]),
    ("~~~\naaa\n```\n~~~\n", [("", "aaa\n```")]),
    ("````\naaa\n```\n``````\n", [("", "aaa\n```")]),
    ("~~~~\naaa\n~~~\n~~~~\n", [("", "aaa\n~~~")]),
    ("```\n", [("", "")]),
    ("`````\n\n```\naaa\n", [("", "\n```\naaa")]),
    ("> ```\n> aaa\n\nbbb\n", [("", "aaa")]),
    ("```\n\n  \n```\n", [("", "\n  ")]),
    ("```\n```\n", [("", "")]),
    (" ```\n aaa\naaa\n```\n", [("", "aaa\naaa")]),
    ("  ```\naaa\n  aaa\naaa\n  ```\n", [("", "aaa\naaa\naaa")]),
    ("   ```\n   aaa\n    aaa\n  aaa\n   ```\n", [("", "aaa\n aaa\naaa")]),
    ("    ```\n    aaa\n    ```\n", []),
    ("```\naaa\n  ```\n", [("", "aaa")]),
    ("   ```\naaa\n  ```\n", [("", "aaa")]),
    ("```\naaa\n    ```\n", [("", "aaa\n    ```")]),
    ("``` ```\naaa\n", []),
    ("~~~~~~\naaa\n~~~ ~~\n", [("", "aaa\n~~~ ~~")]),
    ("foo\n```\nbar\n```\nbaz\n", [("", "bar")]),
    ("foo\n---\n~~~\nbar\n~~~\n# baz\n", [("", "bar")]),
    ("```ruby\ndef foo(x)\n  return 3\nend\n```\n", [("ruby", "def foo(x)\n  return 3\nend")]),
    (
        "~~~~    ruby startline=3 $%@#$\ndef foo(x)\n  return 3\nend\n~~~~~~~\n",
        [("ruby", "def foo(x)\n  return 3\nend")],
    ),
    ("````;\n````\n", [(";", "")]),
    ("``` aa ```\nfoo\n", []),
    ("~~~ aa ``` ~~~\nfoo\n~~~\n", [("aa", "foo")]),
    ("```\n``` aaa\n```\n", [("", "``` aaa")]),
    # Elsewhere in the specification: in other blocks, and hidden in HTML.
    ("```\n[foo]: /url\n```\n\n[foo]\n", [("", "[foo]: /url")]),
    ("> ```\nfoo\n```\n", [("", ""), ("", "")]),
    ("- a\n- ```\n  b\n\n\n  ```\n- c\n", [("", "b\n\n")]),
    ("1.  A paragraph\n\n    ```\n    code\n    ```\n", [("", "code")]),
    ("* a\n  > b\n  ```\n  c\n  ```\n* d\n", [("", "c")]),
    ("1. ```\n   foo\n   ```\n\n   bar\n", [("", "foo")]),
    ("<div></div>\n``` c\nint x = 33;\n```\n", []),
    ("- foo\n-\n  ```\n  bar\n  ```\n-\n      baz\n", [("", "bar")]),
]
ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize(("text", "codes"), EXAMPLES, ids=[repr(t) for t, _ in EXAMPLES])
def test_the_examples_of_commonmark(text, codes, end):
    assert [(f.language, f.code) for f in fences(text.replace("\n", end))] == codes


@pytest.mark.parametrize(("text", "codes"), EXAMPLES, ids=[repr(t) for t, _ in EXAMPLES])
def test_while_an_example_streams_what_was_found_stays(text, codes):
    scanner, seen = FenceScanner(), []
    for letter in text:
        scanner.feed(letter)
        assert scanner.ended[: len(seen)] == seen
        seen = list(scanner.ended)
    assert [(f.language, f.code) for f in scanner.finish()] == codes


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("py", "python"),
        ('python title="load.py" linenums="1"', "python"),
        ("python3 {.numberLines startFrom=10}", "python"),
        ("{.python .numberLines #id}", "python"),
        ("{r, echo=FALSE}", "r"),
        ("c++", "cpp"),
        ("C#", "csharp"),
        ("language-sql", "sql"),
        ("python,ignore", "python"),
        ("console", "bash"),
        ("zig", "zig"),
        ("", ""),
    ],
)
def test_an_info_string_names_a_language(info, language):
    assert language_said(info) == language
