import json
import urllib.request

import pytest

from browser.lab import TOKEN
from sponde.asking import first_python
from sponde.tidying import tidied


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```python\nx = 1\n```", "x = 1"),
        ("a\n~~~py\nx = 1\n\ny = 2\n~~~\nb", "x = 1\n\ny = 2"),
        ("```sql\nselect 1\n```\n```Python\nx\n```", "x"),
        ("```\nno language\n```", ""),
        ("````markdown\n```python\ninner\n```\n````\n```python\nouter\n```", "outer"),
        ("  ```python\n  x\n    y\n  ```", "x\n  y"),
        ("    ```python\n    not a fence\n    ```", ""),
        ("```python\nnever closed", ""),
        ("```python `x`\n```", ""),
        ("no code", ""),
    ],
)
def test_the_first_python_of_an_answer_is_found(text, code):
    assert first_python(text) == code


@pytest.fixture
def connected(server, upstream):
    def call(method, path, body=None):
        request = urllib.request.Request(
            f"{server.url}/sponde/api{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    if not call("GET", "/models"):
        call("POST", "/providers", {"base_url": upstream.base_url, "name": "Scripted"})
    return call


def sent(upstream):
    return json.dumps(upstream.requests()[-1]["body"]["messages"])


def test_ask_alone_sends_the_last_error_its_cell_and_what_that_depends_on(
    cell, connected, upstream
):
    cell("other = 'unrelated'")
    cell("prices = [1, 2]")
    cell("def total(values):\n    return sum(values)")
    failed = cell("total(prices) + missing_name")
    assert failed.errors[0]["ename"] == "NameError"
    ran = cell("%ask")
    assert ran.errors == []
    assert "Goes along: cell [3], cell [4], cell [5], error of cell [5]." in ran.text
    said = sent(upstream)
    assert "Why does cell [5] fail with NameError: name 'missing_name' is not defined?" in said
    assert "prices = [1, 2]" in said
    assert "def total(values)" in said
    assert "unrelated" not in said
    assert "\\u001b" not in said
    assert "prices: list (2)" in said
    assert "interactiveshell" not in said
    titles = [conversation["title"] for conversation in connected("GET", "/conversations")]
    assert any("cell [5] fail" in title for title in titles)


def test_a_question_after_a_cell_that_failed_takes_the_error_along(cell, connected, upstream):
    cell("1 / 0")
    assert "Goes along: cell [" in cell("%ask --new what now?").text
    assert "ZeroDivisionError" in sent(upstream)
    assert "1 / 0" in sent(upstream)
    cell("fine = 1")
    cell("%ask --new and this?")
    assert "ZeroDivisionError" not in sent(upstream)


def test_an_error_from_before_the_magics_were_there_is_found(start_kernel, connected, upstream):
    run = start_kernel()
    run("values = {}")
    run("values['key']")
    run("%load_ext sponde")
    assert run("%ask").errors == []
    assert "KeyError: 'key'" in sent(upstream)
    assert "values = {}" in sent(upstream)


def test_without_an_error_and_a_question_it_says_what_to_write(cell, connected):
    assert "no question and no error" in cell("%ask").text
    assert "no question and no error" in cell("%ask").text  # that was no error of theirs
    (error,) = cell("%%ask\n\n").errors
    assert "There is no question" in error["evalue"]
    assert "has no option --fast" in str(cell("%ask --fast hello").text)


def test_a_cell_is_put_below_when_it_is_asked_for(cell, connected, upstream):
    ran = cell("%%ask --new\nsome code please")
    assert ran.inputs == []
    assert ran.results[0]["text/markdown"]
    ran = cell("%%ask --cell -m scripted\nsome code please")
    (offered,) = ran.inputs
    assert offered["text"].startswith("import sponde")
    assert offered["replace"] is False
    ran = cell("%ask --cell hello")
    assert ran.inputs == []
    assert "no Python, so there is no new cell" in ran.text


def test_new_begins_another_conversation(cell, connected, upstream):
    cell("%ask --new the first one")
    cell("%ask the second one")
    assert "the first one" in sent(upstream)
    cell("%ask --new the third one")
    assert "the first one" not in sent(upstream)


@pytest.mark.parametrize(
    ("code", "tidy"),
    [
        ("x=1;", "x = 1;"),
        ("%matplotlib inline\nx   = 1", "%matplotlib inline\nx = 1"),
        ("files   =  !ls -l\nhelp?", "files = !ls -l\nhelp?"),
        ("%%time\nf( 1 )", "%%time\nf(1)"),
    ],
)
def test_a_cell_is_tidied_by_the_formatter_of_the_kernels_environment(code, tidy):
    assert tidied(code).said == {"tool": "ruff", "code": tidy}
    assert json.loads(repr(tidied(code)))["code"] == tidy


def test_what_cannot_be_tidied_says_why():
    assert "error" in tidied("x = (").said
    assert "not Python" in tidied("%%bash\nls").said["error"]
