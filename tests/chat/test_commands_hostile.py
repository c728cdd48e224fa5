"""Columns of any name: every command answers, and the code of every answer runs as it stands."""

import csv
import io

import hypothesis
import pytest
from hypothesis import strategies as st

from sponde_server.chat.commands.complete import complete
from sponde_server.chat.commands.offered import line
from sponde_server.chat.commands.quoting import comment, python
from sponde_server.chat.commands.table import COMMANDS

HOSTILE = [
    "quote \" and ' and `",
    "back\\slash \\n",
    "new\nline",
    "{{dataset}} {x}",
    "😀 $price$ €",
    '"""',
    "'); DROP TABLE x; --",
    "a by b, c = d",
    "</td><script>alert(1)</script>",
    "# comment",
    "@sales on",
    "Ünï cödé",
    "%s %(x)s",
    "\u2028line",
]


@pytest.fixture
def odd(api, run, jp_root_dir):
    """Register two files whose columns are called whatever one can think of."""
    for name, shift in (("odd", 0), ("other", 3)):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["id", *HOSTILE])
        for row in range(40):
            kinds = [f" v{row % 5}" if place % 2 else (row + shift) * 7 % 11
                     for place in range(len(HOSTILE))]  # fmt: skip
            writer.writerow([row + shift, *kinds])
        (jp_root_dir / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8")
        run(api("POST", "/datasets", {"path": f"{name}.csv"}))


async def every_command_answers(talk, api, run_code, of_column):
    """Ask each command, of each column those of two that are given; run the code of all."""
    known = {one["name"]: one for one in await api("GET", "/datasets")}
    profile = await api("GET", f"/datasets/{known['odd']['id']}/profile")
    names = [column["name"] for column in profile["columns"]]
    assert len(names) == len(HOSTILE) + 1
    code = []
    for command in ("/profile @odd", "/clean @odd", "/sql @odd", "/compare @odd @other",
                    "/join @odd @other", "/export csv @odd"):  # fmt: skip
        answer = await talk.ask(command)
        assert answer["status"] == "complete", (command, answer["failure"])
        code.append(answer["text"])
    commands = [one for one in COMMANDS if one.name in ("clean", "plot")]
    for place, name in enumerate(names):
        for command in of_column(commands, place):
            answer = await talk.ask(line(command, {"dataset": "odd", "column": name}))
            assert answer["status"] == "complete", (name, answer["failure"])
            code.append(answer["text"])
            for output in answer["outputs"]:
                assert "<script>" not in str("$schema" in output["data"] or output["data"])
    await run_code(*code)


async def test_every_command_answers_and_its_code_runs(talk, odd, api, run_code):
    # Two columns are drawn, the next two cleaned: of numbers and of words, each.
    await every_command_answers(talk, api, run_code, lambda both, place: [both[place // 2 % 2]])


@pytest.mark.chaos
async def test_every_command_answers_of_every_column(talk, odd, api, run_code):
    await every_command_answers(talk, api, run_code, lambda both, place: both)


@hypothesis.given(st.text(max_size=40))
def test_a_name_is_written_as_python_and_in_comments_without_breaking_out(name):
    space = {}
    exec(f"{comment(name)}\nvalue = {python(name)}", space)
    assert space["value"] == name


@hypothesis.given(
    st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)
def test_a_models_call_becomes_one_command_whatever_the_names(name):
    plot = next(one for one in COMMANDS if one.name == "plot")
    written = line(plot, {"dataset": "sales", "column": name})
    assert written.startswith("/plot @sales ")
    assert "\n" not in written


@hypothesis.given(st.text(max_size=60), st.integers(0, 80))
def test_completion_never_fails_and_never_reaches_beyond_the_caret(text, caret):
    import asyncio

    from sponde_server.chat.commands.desk import Desk

    class Nobody:
        async def list_all(self):
            return []

    found = asyncio.run(complete(f"/sql {text}", caret, Desk(Nobody())))
    assert 0 <= found.start <= found.end == caret
