"""What a question names, as the text that a model may read of it."""

import json

import pytest

from sponde_server.chat import files
from sponde_server.core.errors import Forbidden, Invalid, NotFound, SpondeError, TooLarge


def notebook(*cells):
    return json.dumps({"cells": list(cells), "metadata": {"language_info": {"name": "python"}}})


async def sent(talk, upstream, text, *references):
    """Ask with references, and give what the model was sent."""
    asked = await talk.send(text, references=list(references))
    assert "answer" in asked, asked
    answer = await talk.ended(asked["answer"]["id"])
    assert answer["status"] == "complete", answer
    return json.dumps(upstream.requests()[-1]["body"], ensure_ascii=False)


async def test_a_passage_is_sent_as_it_was_when_it_was_asked(talk, model, upstream):
    cell = {
        "kind": "cell",
        "name": "cell-3",
        "id": "c3",
        "path": "a.ipynb",
        "text": "x = unique_word",
        "language": "python",
    }
    said = await sent(talk, upstream, "What does it do?", cell)
    assert "x = unique_word" in said
    assert "```python" in said
    assert "`a.ipynb`" in said
    # Later questions on this branch are understood with it, too.
    assert "unique_word" in await sent(talk, upstream, "And then?")


async def test_what_is_named_again_is_what_it_is_now(talk, model, upstream):
    variable = {"kind": "variable", "name": "df", "id": "df", "path": "a.ipynb", "language": "text"}
    await sent(talk, upstream, "Look at @df", {**variable, "text": "df: 10 rows"})
    said = await sent(talk, upstream, "And now @df?", {**variable, "text": "df: 20 rows"})
    assert "df: 20 rows" in said
    assert "df: 10 rows" not in said


async def test_a_quote_is_sent_as_a_quoted_passage(talk, model, upstream):
    quote = {"kind": "quote", "name": "the answer", "id": "m1", "text": "first line\nsecond"}
    said = await sent(talk, upstream, "Why?", quote)
    assert "> first line\\n> second" in said


async def test_a_file_is_read_on_the_server_and_a_notebook_as_its_cells(
    talk, model, upstream, jp_root_dir
):
    (jp_root_dir / "load.py").write_text("def load(): return 'héllo'\n")
    (jp_root_dir / "b.ipynb").write_text(
        notebook(
            {"cell_type": "markdown", "source": ["# Title"]},
            {
                "cell_type": "code",
                "source": "1 + 1",
                "execution_count": 4,
                "outputs": [{"output_type": "execute_result", "data": {"text/plain": "2" * 900}}],
            },
        )
    )
    said = await sent(
        talk,
        upstream,
        "Compare",
        {"kind": "file", "name": "load.py", "id": "load.py", "path": "load.py"},
        {"kind": "notebook", "name": "b.ipynb", "id": "b.ipynb", "path": "b.ipynb"},
    )
    assert "def load(): return 'héllo'" in said
    assert "# Title" in said
    assert "ran as 4" in said
    assert "300 more characters" in said


async def test_an_open_notebook_is_sent_as_the_tab_has_it(talk, model, upstream, jp_root_dir):
    (jp_root_dir / "b.ipynb").write_text(notebook())
    reference = {"kind": "notebook", "name": "b.ipynb", "id": "b.ipynb", "path": "b.ipynb"}
    said = await sent(talk, upstream, "Go", {**reference, "text": "Cell 1: not_saved_yet"})
    assert "not_saved_yet" in said


async def test_a_conversation_is_sent_in_short(talk, model, upstream, api):
    other = await api("POST", "/conversations", {})
    await api("POST", f"/conversations/{other['id']}/messages", {"text": "/help"})
    reference = {"kind": "conversation", "name": "Help", "id": other["id"]}
    said = await sent(talk, upstream, "As before", reference)
    assert "Earlier conversation" in said
    assert "> /help" in said


async def test_a_file_that_is_a_dataset_says_only_what_its_dataset_may_say(
    talk, model, upstream, birds
):
    file = {"kind": "file", "name": "b", "id": "bird_strikes.csv", "path": "bird_strikes.csv"}
    said = await sent(talk, upstream, "What is in it?", file)
    assert "Wildlife Species" in said
    assert "LAGUARDIA" not in said


async def test_what_vanished_is_said_of_the_question_itself_and_passed_over_later(
    talk, model, upstream, jp_root_dir
):
    path = jp_root_dir / "gone.py"
    path.write_text("here = 1")
    reference = {"kind": "file", "name": "gone.py", "id": "gone.py", "path": "gone.py"}
    await sent(talk, upstream, "See @gone.py", reference)
    path.unlink()
    assert "here = 1" not in await sent(talk, upstream, "And now?")
    answer = await talk.ask("Again", references=[reference])
    assert answer["status"] == "failed"
    assert "no file 'gone.py'" in answer["failure"]["message"]


async def test_names_in_the_text_and_what_hangs_on_it_are_kept_once(talk, model, birds):
    reference = {"kind": "dataset", "name": "bird_strikes", "id": birds["id"]}
    asked = await talk.send("What is in @bird_strikes?", references=[reference])
    assert [one["id"] for one in asked["question"]["references"]] == [birds["id"]]


async def test_too_much_on_a_question_is_refused(talk, model):
    big = {"kind": "selection", "name": "s", "id": "s", "text": "x" * 200_001}
    assert (await talk.send("Look", references=[big]))["status"] == 413
    many = [{"kind": "file", "name": str(n), "id": str(n)} for n in range(51)]
    assert (await talk.send("Look", references=many))["status"] == 400


@pytest.mark.parametrize(
    ("path", "content", "refusal"),
    [
        ("picture.png", b"\x89PNG\0\0", Invalid),
        ("old.txt", b"caf\xe9", Invalid),
        ("rows.csv", b"a,b\n1,2", Invalid),
        ("big.txt", b"x" * 101, TooLarge),
        (".env", b"KEY=1", Forbidden),
        ("broken.ipynb", b'{"cells": [1]}', Invalid),
        ("no.ipynb", b"[]", Invalid),
        ("missing.txt", None, NotFound),
        ("../outside.txt", b"secret", Forbidden),
    ],
)
def test_what_is_no_text_inside_the_root_is_refused_in_a_sentence(tmp_path, path, content, refusal):
    root = tmp_path / "root"
    root.mkdir()
    if content is not None:
        (root / path).write_bytes(content)
    with pytest.raises(SpondeError) as refused:
        files.read(root, path, 100)
    assert isinstance(refused.value, refusal)
    assert refused.value.hint


def test_a_link_out_of_the_root_is_refused(tmp_path):
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / ".hidden").mkdir()
    (root / ".hidden" / "key.txt").write_text("key")
    (root / "sub" / "key.txt").symlink_to(root / ".hidden" / "key.txt")
    for path in ("link.txt", "sub/key.txt"):
        with pytest.raises(Forbidden):
            files.read(root, path, 100)


def test_fences_inside_a_cell_do_not_end_it():
    text = files.notebook("a.ipynb", notebook({"cell_type": "markdown", "source": "```\nx\n```"}))
    assert "````markdown" in text
