"""`%load_ext sponde`: %use, %%keep and %%ask in a notebook.

How a block went in this kernel is told to the library, so that its panel shows what works.
"""
# mypy: disable-error-code="untyped-decorator"
# (IPython's decorators have no types.)

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from .asking import ask
from .blocks import Block, block
from .client import SpondeError, call, root

# What a Python kernel runs for us in other languages.
_CELL_MAGICS = {"bash", "html", "javascript", "latex", "perl", "ruby"}
_PYTHON = {"python", "text"}


@magics_class
class SpondeMagics(Magics):  # type: ignore[misc]
    """The library and the chat, by typing."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        # The uses whose code has not run yet: the code as it will run, and where to tell of it.
        self._waiting: dict[str, str] = {}
        shell.events.register("post_run_cell", self._ran)

    @magic_arguments()
    @argument("name", help="The block's name, as the Library panel shows it.")
    @argument("--run", action="store_true", help="Run it here, without showing its code.")
    @line_magic
    def use(self, line: str) -> None:
        """Put a code block of the library into this cell, or run it (`--run`)."""
        __tracebackhide__ = True
        given = parse_argstring(self.use, line)
        found = block(given.name)
        code = _cell_text(found)
        self._note_use(found.id, code)
        if given.run:
            self._run(code)
        else:
            # Alone in its cell it makes room for the code; else the code comes below.
            self.shell.set_next_input(code, replace=self._is_alone())

    @magic_arguments()
    @argument("name", help="What to call it: letters, digits, - and _.")
    @argument("-d", "--description", default="", help="What it does, in quotes.")
    @argument("-t", "--tags", default="", help="Words to find it by, between commas.")
    @cell_magic
    def keep(self, line: str, cell: str) -> None:
        """Keep this cell's code in the library under a name, and run it.

        The same name again keeps what the block was as a revision.
        """
        __tracebackhide__ = True
        given = parse_argstring(self.keep, line)
        if not cell.strip():
            raise UsageError("%%keep: there is no code below it to keep.")
        tags = [tag.strip() for tag in given.tags.split(",") if tag.strip()]
        kept = _keep(given.name, cell, given.description.strip("\"'"), tags)
        self._note_use(kept["id"], cell)
        print(f"Kept in the library as '{kept['name']}'.")
        self._run(cell)

    @line_cell_magic
    def ask(self, line: str, cell: str | None = None) -> None:
        """Ask the chat, or run a slash command: `%ask /profile @sales`, or a cell under `%%ask`.

        `-m fast` after it names the model: an alias, or a model's name.
        """
        model, rest = _model_and_rest(line)
        if cell is None:
            ask(rest, model=model)
        else:
            ask(cell.strip(), model=model or rest or None)

    # -- inside -----------------------------------------------------------------------------

    def _run(self, code: str) -> None:
        """Run code as a cell of its own; what goes wrong in it goes wrong in this cell."""
        __tracebackhide__ = True
        shell = self.shell
        show: Callable[..., Any] = shell.showtraceback
        show_syntax: Callable[..., Any] = shell.showsyntaxerror
        # The error is shown once, by the cell that it ends.
        shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None
        try:
            result = shell.run_cell(code, store_history=False)
        finally:
            shell.showtraceback, shell.showsyntaxerror = show, show_syntax
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            raise error

    def _is_alone(self) -> bool:
        history = self.shell.history_manager.input_hist_raw
        raw = history[-1].strip() if history else ""
        return raw.startswith(("%use ", "use ")) and "\n" not in raw

    def _note_use(self, block_id: str, code: str) -> None:
        where = {"notebook": _notebook(), "cell_id": self._cell_id()}
        used = call("POST", f"/code-blocks/{block_id}/uses", where)
        self._waiting[code.strip()] = f"/code-blocks/{block_id}/uses/{used['id']}"

    def _cell_id(self) -> str:
        try:
            metadata = self.shell.get_parent().get("metadata", {})
        except AttributeError:  # a terminal has no cells
            return ""
        return str(metadata.get("cellId", ""))

    def _ran(self, result: Any) -> None:
        """Tell the library how a block went, once its code has run."""
        code = (result.info.raw_cell or "").strip() if result.info else ""
        address = self._waiting.get(code)
        error = result.error_before_exec or result.error_in_exec
        if address is None or isinstance(error, KeyboardInterrupt):
            return
        outcome = {
            "outcome": "failed" if error else "ok",
            "error_name": type(error).__name__ if error else "",
            "error_message": str(error) if error else "",
        }
        try:
            call("PATCH", address, outcome)
        except SpondeError:
            # The code has run, which is what was asked for; the library only does not know.
            self._waiting.pop(code, None)


def _model_and_rest(line: str) -> tuple[str | None, str]:
    """Take `-m NAME` off a line; a question has no options else, so its words stay as they are."""
    given = re.match(r"\s*(?:-m|--model)(?:\s+|=)(\S+)(?:\s+|$)", line)
    if given is None:
        if re.fullmatch(r"\s*(-m|--model)=?\s*", line):
            raise UsageError("%ask -m: the name of the model is missing, such as -m fast.")
        return None, line.strip()
    return given[1].strip("\"'"), line[given.end() :].strip()


def _keep(name: str, code: str, description: str, tags: list[str]) -> dict[str, Any]:
    """Keep code under a name: a new block, or a new text of the block that has it."""
    language = "" if code.lstrip().startswith("%%") else "python"
    try:
        old = block(name)
    except SpondeError:
        body = {"code": code, "name": name, "description": description, "tags": tags}
        return dict(call("POST", "/code-blocks", {**body, "language": language}))
    change: dict[str, Any] = {"code": code}
    if description:
        change["description"] = description
    if tags:
        change["tags"] = tags
    return dict(call("PATCH", f"/code-blocks/{old.id}", change))


def _cell_text(found: Block) -> str:
    language = found.language
    if language in _PYTHON or found.code.lstrip().startswith("%"):
        return found.code
    if language in _CELL_MAGICS:
        return f"%%{language}\n{found.code}"
    raise SpondeError(
        f"The block '{found.name}' is {language}, which this kernel cannot run. "
        f"Read it with sponde.block({found.name!r}).code."
    )


def _notebook() -> str:
    """Name this kernel's notebook as JupyterLab does, from the folder that it serves."""
    path = os.environ.get("JPY_SESSION_NAME", "")
    try:
        return Path(path).relative_to(root()).as_posix() if path else ""
    except ValueError:  # a notebook from elsewhere, or a session that is no file
        return ""


def register(shell: InteractiveShell) -> None:
    """Add the magics to a running IPython."""
    shell.register_magics(SpondeMagics)
