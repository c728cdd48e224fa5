"""`%load_ext sponde`: %use, %%keep, %%ask and %%sql in a notebook.

How a block went in this kernel is told to the library, so that its panel shows what works.
"""
# mypy: disable-error-code="untyped-decorator"
# (IPython's decorators have no types.)

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from . import sql_magic
from .asking import ask
from .blocks import block
from .client import SpondeError, call
from .failing import Failed, last_failed, references
from .noting import Watch, where
from .using import advice, cell_text, code_for, complete, read_line

_QUESTION = re.compile(r"^([ \t]*)%ask[ \t]+(\S.*\?)\s*$")
_ASKING = re.compile(r"%{0,2}ask\b|%load_ext\b|%use\b")


@magics_class
class SpondeMagics(Magics):  # type: ignore[misc]
    """The library and the chat, by typing."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        # The uses whose code has not run yet: the code as it will run, and where to tell of it.
        self._waiting: dict[str, str] = {}
        # The last cell that was run, where it failed.
        self._failed: Failed | None = None
        self._watch: Watch | None = None
        shell.events.register("pre_run_cell", self._begins)
        shell.events.register("post_run_cell", self._ran)

    @line_magic
    def use(self, line: str) -> None:
        """Put a code block of the library into this cell, or run it (`--run`).

        `%use plot_by_month` puts the code here; `%use plot_by_month df=sales` puts it here with
        `sales` where the block says `df`; `"unit price"=Price` names a column. `--run` runs it
        among this notebook's names without showing its code. Tab completes the names.
        """
        __tracebackhide__ = True
        given = read_line(line)
        found = block(given.name).found
        code = cell_text(found, code_for(found, given.renames))
        said = advice(found, given, self.shell.user_ns)
        if said:
            print(said)
        self._note_use(str(found["id"]), code, "magic" if given.runs else "cell")
        if given.runs:
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
        source = _source(where(self.shell))
        kept = _keep(given.name, cell, given.description.strip("\"'"), tags, source)
        self._note_use(kept["id"], cell, "magic")
        print(f"Kept in the library as '{kept['name']}'.")
        self._run(cell)

    @line_cell_magic
    def ask(self, line: str, cell: str | None = None) -> None:
        """Ask the chat, or run a slash command: `%ask /profile @sales`, or a cell under `%%ask`.

        `%ask` alone asks about the last error; after a cell that failed, `%ask why?` takes the
        error along. Options, before the question: `-m fast` names the model (an alias, or a
        model's name), `--new` begins another conversation, `--cell` puts the answer's first
        Python into a new cell below.
        """
        __tracebackhide__ = True
        given = _options(line)
        if cell is not None:
            model = given.model or given.rest or None
            ask(cell.strip(), model=model, new=given.is_new, cell=given.to_cell)
            return
        failed, text = self._failed, given.rest
        if not text:
            failed = failed or last_failed(self.shell)
            if failed is None:
                raise UsageError(
                    "%ask: there is no question and no error to ask about. Write a question "
                    "behind it, such as %ask how do I join these?"
                )
        along: list[dict[str, str]] = []
        if failed is not None and not text.startswith("/"):
            along = references(failed, self.shell)
            text = text or (
                f"Why does {failed.name} fail with {failed.short}? Give the whole cell, mended, "
                "as one Python block."
            )
            names = ", ".join(one["name"] for one in along if one["kind"] != "variable")
            print(f"Goes along: {names}.")
        ask(text, model=given.model, new=given.is_new, cell=given.to_cell, references=along)

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

    def _note_use(self, block_id: str, code: str, place: str) -> None:
        body = {**where(self.shell), "place": place}
        used = call("POST", f"/code-blocks/{block_id}/uses", body)
        self._waiting[code.strip()] = f"/code-blocks/{block_id}/uses/{used['id']}"

    def _note_failure(self, result: Any, code: str) -> None:
        """Remember the last cell where it failed; questions and silent runs do not count."""
        if result.execution_count is None or not code or _ASKING.match(code):
            return
        error = result.error_before_exec or result.error_in_exec
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            self._failed = None
        else:
            self._failed = Failed(error, code, result.execution_count)

    def _begins(self, info: Any) -> None:
        """Measure a block's code while it runs."""
        if (info.raw_cell or "").strip() in self._waiting:
            self._watch = Watch(self.shell).begin()

    def _ran(self, result: Any) -> None:
        """Tell the library how a block went, once its code has run."""
        code = (result.info.raw_cell or "").strip() if result.info else ""
        watch, self._watch = (self._watch, None) if code in self._waiting else (None, self._watch)
        measured = watch.end(code) if watch is not None else {}
        self._note_failure(result, code)
        address = self._waiting.get(code)
        error = result.error_before_exec or result.error_in_exec
        if address is None or isinstance(error, KeyboardInterrupt):
            return
        outcome = {
            "outcome": "failed" if error else "ok",
            "error_name": type(error).__name__ if error else "",
            "error_message": str(error) if error else "",
            **measured,
        }
        try:
            call("PATCH", address, outcome)
        except SpondeError:
            # The code has run, which is what was asked for; the library only does not know.
            self._waiting.pop(code, None)


@dataclass(frozen=True)
class _Given:
    """What stands behind %ask or %%ask."""

    model: str | None = None
    is_new: bool = False
    to_cell: bool = False
    rest: str = ""


def _options(line: str) -> _Given:
    """Take the options off a line; the words of the question stay as they are."""
    given = _Given(rest=line.strip())
    while True:
        if flag := re.match(r"--(new|cell)(?:\s+|$)", given.rest):
            rest = given.rest[flag.end() :]
            is_new = flag[1] == "new"
            given = replace(
                given,
                is_new=given.is_new or is_new,
                to_cell=given.to_cell or not is_new,
                rest=rest,
            )
        elif named := re.match(r"(?:-m|--model)(?:\s+|=)(\S+)(?:\s+|$)", given.rest):
            given = replace(given, model=named[1].strip("\"'"), rest=given.rest[named.end() :])
        elif re.fullmatch(r"(-m|--model)=?", given.rest):
            raise UsageError("%ask -m: the name of the model is missing, such as -m fast.")
        elif unknown := re.match(r"--?[a-z][a-z-]*(?=\s|=|$)", given.rest):
            raise UsageError(f"%ask has no option {unknown[0]}: it has -m MODEL, --new and --cell.")
        else:
            return given


def _keep(
    name: str, code: str, description: str, tags: list[str], source: dict[str, str]
) -> dict[str, Any]:
    """Keep code under a name: a new block, or a new text of the block that has it."""
    language = "" if code.lstrip().startswith("%%") else "python"
    try:
        old = block(name)
    except SpondeError:
        body = {"code": code, "name": name, "description": description, "tags": tags}
        said = {**body, "language": language, "source": source}
        return dict(call("POST", "/code-blocks", said))
    change: dict[str, Any] = {"code": code}
    if description:
        change["description"] = description
    if tags:
        change["tags"] = tags
    changed = dict(call("PATCH", f"/code-blocks/{old.id}", change))
    # The same code once more is the same block: its place is noted beside the earlier ones.
    call("POST", "/code-blocks", {"code": code, "language": language, "source": source})
    return changed


def _source(place: dict[str, str]) -> dict[str, str]:
    """Say where code is kept from, as far as this kernel knows."""
    return {"kind": "cell", "path": place["notebook"], "cell_id": place["cell_id"]}


def questions(lines: list[str]) -> list[str]:
    """Let `%ask why?` be a question: IPython takes a `?` at a line's end for its own help."""
    return [
        f"{found[1]}get_ipython().run_line_magic('ask', {found[2]!r})\n"
        if (found := _QUESTION.match(line))
        else line
        for line in lines
    ]


def register(shell: InteractiveShell) -> None:
    """Add the magics to a running IPython."""
    shell.register_magics(SpondeMagics)
    sql_magic.register(shell)
    for command in ("%use", "use"):
        shell.set_hook("complete_command", complete, str_key=command)
    if questions not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(questions)
