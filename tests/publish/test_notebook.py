import base64
import subprocess
import sys

import nbformat
import pytest
from nbformat import v4

from sponde_server.core.errors import Invalid
from sponde_server.library.code.extract import fences
from sponde_server.publish.export import html
from sponde_server.publish.notebook import from_transcript, markdown, publishable
from sponde_server.publish.records import Entry, Transcript


def talk(*answers, title="Bird strikes"):
    entries = []
    for number, text in enumerate(answers):
        entries.append(Entry(is_question=True, text=f"Question {number}?"))
        entries.append(Entry(is_question=False, text=text))
    return Transcript(title=title, entries=tuple(entries))


def cells(transcript):
    made = nbformat.reads(from_transcript(transcript, fences).decode(), as_version=4)
    nbformat.validate(made)
    return [(cell.cell_type, cell.source) for cell in made.cells]


def test_python_becomes_code_and_the_rest_markdown():
    text = (
        "First:\n\n```python\nx = 1\n```\n\nthen\n\n```sql\nSELECT 1\n```\n\n"
        "and `py`:\n```py\nx\n```"
    )
    assert cells(talk(text)) == [
        ("markdown", "# Bird strikes"),
        ("markdown", "> **Question:** Question 0?"),
        ("markdown", "First:"),
        ("code", "x = 1"),
        ("markdown", "then\n\n```sql\nSELECT 1\n```\n\nand `py`:"),
        ("code", "x"),
    ]


def test_half_a_program_of_a_cut_answer_does_not_become_code():
    assert cells(talk("So:\n```python\nx = [1,\n"))[-1] == ("markdown", "So:\n```python\nx = [1,")


def test_code_inside_a_list_becomes_code():
    text = "1. Load:\n\n   ```python\n   x = 2\n   ```\n\n   It is loaded.\n2. Done"
    assert cells(talk(text))[2:] == [
        ("markdown", "1. Load:"),
        ("code", "x = 2"),
        ("markdown", "   It is loaded.\n2. Done".strip()),
    ]


def test_a_question_of_several_lines_stays_a_quote():
    asked = Transcript(title="T", entries=(Entry(is_question=True, text="a\n\n```python\nb\n```"),))
    assert cells(asked)[1] == ("markdown", "> **Question:** a\n>\n> ```python\n> b\n> ```")


def test_why_an_answer_is_cut_is_said():
    cut = Transcript(
        title="T", entries=(Entry(is_question=False, text="Half", note="The answer was cut."),)
    )
    assert cells(cut)[-1] == ("markdown", "*The answer was cut.*")
    assert "*The answer was cut.*" in markdown(cut)
    assert "The answer was cut." in html(cut)


def test_the_notebook_of_a_conversation_runs(tmp_path):
    path = tmp_path / "talk.ipynb"
    path.write_bytes(
        from_transcript(talk("```python\nx = 20\n```\nand\n```python\nprint(x + 3)\n```"), fences)
    )
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", path],
        check=True,
        capture_output=True,
    )
    assert nbformat.read(path, as_version=4).cells[-1].outputs[0].text == "23\n"


def test_markdown_keeps_the_answers_as_they_are():
    text = "Look:\n\n```python\nx = 1\n```"
    assert markdown(talk(text)) == f"# Bird strikes\n\n> **Question:** Question 0?\n\n{text}\n"


def test_the_html_file_colours_code_and_runs_nothing():
    page = html(talk("```python\nimport os\n```\n<script>alert(1)</script>", title="<b>T</b>"))
    assert '<span class="kn">import</span>' in page
    assert "<script" not in page
    assert "&lt;b&gt;T&lt;/b&gt;" in page
    assert "default-src 'none'" in page


def published(source, picture=lambda address: None, **kwargs):
    made = v4.new_notebook(cells=[v4.new_markdown_cell(source)], **kwargs)
    data = publishable(nbformat.writes(made).encode(), "Report", picture)
    return nbformat.reads(data.decode(), as_version=4)


def test_a_published_copy_has_no_outputs_and_a_title():
    cell = v4.new_code_cell(
        "1", execution_count=7, outputs=[v4.new_output("stream", text="secret")]
    )
    data = publishable(
        nbformat.writes(v4.new_notebook(cells=[cell])).encode(), "Report", lambda a: None
    )
    assert b"secret" not in data
    assert nbformat.reads(data.decode(), as_version=4).metadata.title == "Report"


def test_pictures_beside_the_notebook_go_into_the_copy():
    asked = []

    def picture(address):
        asked.append(address)
        return b"PNG" if address == "plots/a b.png" else None

    made = published(
        "![plot](plots/a%20b.png) ![gone](gone.png) ![web](https://x.org/y.png) ![top](/z.png)",
        picture,
    )
    cell = made.cells[0]
    assert asked == ["plots/a b.png", "gone.png"]
    assert cell.source.startswith("![plot](attachment:picture-0) ![gone](gone.png) ![web](https")
    assert cell.attachments["picture-0"]["image/png"] == base64.b64encode(b"PNG").decode()


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b'{"nbformat": 4}', b"null"])
def test_what_is_no_notebook_is_refused_in_a_sentence(data):
    with pytest.raises(Invalid, match="cannot be read as a notebook"):
        publishable(data, "Report", lambda address: None)


def test_an_answers_tables_and_pictures_are_outputs_of_its_code_or_of_the_question():
    outputs = (("text/html", "<table></table>"), ("application/json", {"a": [1, 2.5]}))
    asked = Entry(is_question=True, text="/plot @sales")
    with_code = Entry(is_question=False, text="```python\nx\n```", outputs=outputs)
    without = Entry(is_question=False, text="Here.", outputs=outputs[:1])
    transcript = Transcript(title="T", entries=(asked, with_code, asked, without))
    made = nbformat.reads(from_transcript(transcript, fences).decode(), as_version=4)
    nbformat.validate(made)
    first, second = (cell for cell in made.cells if cell.cell_type == "code")
    assert first.source == "x"
    assert [dict(output.data) for output in first.outputs] == [
        {"text/html": "<table></table>"},
        {"application/json": {"a": [1, 2.5]}},
    ]
    assert second.source == "# /plot @sales"
    assert second.outputs[0].data["text/html"] == "<table></table>"
