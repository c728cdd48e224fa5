"""Ask the workbench from a cell: the answer streams into the cell's output.

Slash commands (/profile, /plot, /sql, /help) work as in the Chat panel, without a model. Asked for,
the first Python of the answer is put into a new cell below, to be looked at before it is run.
"""

import http.client
import re
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from . import client

UPDATE_SECONDS = 0.1
_PYTHON = {"python", "py", "python3", "ipython", "ipython3"}
_OPEN = re.compile(r"( {0,3})(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$")
# This kernel's conversation: later questions follow the earlier ones.
_talk: dict[str, str | None] = {"conversation": None, "last": None}


def ask(
    text: str,
    model: str | None = None,
    *,
    new: bool = False,
    cell: bool = False,
    references: Sequence[dict[str, str]] = (),
) -> None:
    """Ask a question, or run a slash command, and show the answer as it comes.

    `model` is a model's name or an alias such as fast; without it the default one is asked. `new`
    begins another conversation, `cell` puts the answer's first Python into a new cell below.
    Interrupting the cell stops the answer, at the provider too.
    """
    if not text.strip():
        raise client.SpondeError(
            "There is no question. Write one behind %ask, or below %%ask; after an error, %ask "
            "alone asks about it."
        )
    model_id = _model_id(model) if model else ""
    if new:
        _talk["conversation"] = None
    screen = _Screen()
    with closing(client.events("/stream")) as stream:
        next(stream)  # From here on nothing is missed.
        answer = _send(text, model_id, references)
        try:
            answer = _follow(stream, answer, screen)
        except KeyboardInterrupt:
            answer = client.call("POST", f"/messages/{answer['id']}/stop")
        except (OSError, http.client.HTTPException) as error:
            raise client.SpondeError(
                "The Sponde server went away in the middle of the answer. What it had said is "
                f"kept in the Chat panel ({error})."
            ) from None
    screen.end(answer)
    if not cell:
        return
    code = first_python(answer["text"])
    if code:
        _offer(code)
    else:
        print("The answer has no Python, so there is no new cell.")


def first_python(text: str) -> str:
    """Give the first block of Python in a Markdown text, or nothing."""
    fence, language = "", ""
    lines: list[str] = []
    indent = 0
    for line in text.splitlines():
        if not fence:
            opened = _OPEN.match(line)
            if opened:
                indent, fence, language = len(opened[1]), opened[2], opened[3].lower()
                lines = []
        elif re.fullmatch(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*", line):
            if language in _PYTHON:
                return "\n".join(lines)
            fence = ""
        else:
            margin = len(line) - len(line.lstrip(" "))
            lines.append(line[min(indent, margin) :])
    return ""


def _model_id(name: str) -> str:
    models = client.call("GET", "/models")
    for model in models:
        # An alias is meant before a model that happens to be called so.
        if name in model["aliases"] or (name == "default" and model["is_default"]):
            return str(model["id"])
    for model in models:
        if name in (model["id"], model["name"], f"{model['provider_name']}/{model['name']}"):
            return str(model["id"])
    named = [alias for model in models for alias in model["aliases"]]
    known = ", ".join(dict.fromkeys([*named, *(model["name"] for model in models)][:10]))
    raise client.SpondeError(
        f"There is no model '{name}'. "
        + (f"There is {known}." if known else "Connect one under Models first.")
    )


def _send(text: str, model_id: str, references: Sequence[dict[str, str]]) -> dict[str, Any]:
    if _talk["conversation"] is None:
        _talk["conversation"] = client.call("POST", "/conversations", {})["id"]
        _talk["last"] = None
    body: dict[str, Any] = {"text": text, "parent_id": _talk["last"], "model_id": model_id}
    if references:
        body["references"] = list(references)
    try:
        asked = client.call("POST", f"/conversations/{_talk['conversation']}/messages", body)
    except client.SpondeError:
        # It may have been deleted in the panel: the next question begins a new one.
        _talk["conversation"] = None
        raise
    _talk["last"] = asked["answer"]["id"]
    return dict(asked["answer"])


def _follow(stream: Any, answer: dict[str, Any], screen: "_Screen") -> dict[str, Any]:
    """Show an answer while it grows; give it as it ended."""
    text = answer["text"].encode("utf-16-le")
    screen.show(answer["text"])
    if answer["status"] != "streaming":
        return answer
    for kind, event in stream:
        if kind == "MessageGrew" and event["message_id"] == answer["id"]:
            # Positions count UTF-16 units; what the answer had already is written again.
            at = event["at"] * 2
            if at <= len(text):
                text = text[:at] + event["text"].encode("utf-16-le")
                screen.show(text.decode("utf-16-le", "replace"))
        elif kind == "MessageChanged" and event["message"]["id"] == answer["id"]:
            if event["message"]["status"] != "streaming":
                return dict(event["message"])
        elif kind == "Reset":
            found = client.call("GET", f"/messages/{answer['id']}")
            if found["status"] != "streaming":
                return dict(found)
            text = found["text"].encode("utf-16-le")
    return dict(client.call("GET", f"/messages/{answer['id']}"))


class _Screen:
    """A cell's output, or the terminal where there is none."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._at = 0.0
        self._shown = ""

    def show(self, text: str) -> None:
        """Show an answer as far as it is, not more often than one can see."""
        if text and time.monotonic() - self._at >= UPDATE_SECONDS:
            self._put(text)

    def end(self, answer: dict[str, Any]) -> None:
        """Show an answer as it ended, with its tables and pictures, and why it is not whole."""
        text = answer["text"]
        failure = answer["failure"]
        if failure:
            text += f"\n\n> **{failure['message']}** {failure['hint']}"
        elif answer["status"] == "stopped":
            text += "\n\n> Stopped."
        if text.strip() and text != self._shown:
            self._put(text.strip())
        if _shell() is None:
            print(text.strip())
        else:
            from IPython.display import display

            for output in answer["outputs"]:
                display({output["mime"]: output["data"]}, raw=True)

    def _put(self, text: str) -> None:
        self._at, self._shown = time.monotonic(), text
        if _shell() is None:
            return
        from IPython.display import Markdown, display

        if self._handle is None:
            self._handle = display(Markdown(text), display_id=True)
        else:
            self._handle.update(Markdown(text))


def _shell() -> Any:
    """Give the running IPython, or None."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _offer(code: str) -> None:
    """Put code into a new cell below."""
    shell = _shell()
    if shell is not None:
        shell.set_next_input(code, replace=False)
