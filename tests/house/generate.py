"""Writes what is generated from the code: pages of docs/, schema.sql, the list of settings.

Run by `make docs`; tests/house/test_generated.py compares.
"""

import dataclasses
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
from traitlets import Undefined
from traitlets.config import Configurable

from house import messages
from sponde_server.app import MIGRATIONS, ROUTES, SpondeApp
from sponde_server.core.database import migrate
from sponde_server.core.openapi import typescript

REPOSITORY = Path(__file__).parents[2]
SLICES = sorted(
    path.parent.name for path in (REPOSITORY / "server_ext/sponde_server").glob("*/records.py")
)
NOTE = "<!-- Written by `make docs`. Do not edit. -->\n"
BLOCK = "# -- every setting, with its default (written by `make docs`) --\n"


CONFIGURATION = REPOSITORY / "jupyter_config.py"


def pages() -> dict[Path, Callable[[], str]]:
    """Give what writes each generated file; one alone is written in a moment."""
    return {
        REPOSITORY / "extension/src/api/schema.ts": lambda: typescript(ROUTES),
        REPOSITORY / "docs/vocabulary.md": vocabulary,
        REPOSITORY / "docs/http.md": addresses,
        REPOSITORY / "docs/configuration.md": settings_page,
        REPOSITORY / "docs/schema.sql": schema,
        REPOSITORY / "docs/tree.md": tree,
        REPOSITORY / "server_ext/sponde_server/locale/sponde.pot": messages.catalogue,
        CONFIGURATION: configuration,
    }


def configuration() -> str:
    """Write the list of settings below what people wrote in it."""
    return CONFIGURATION.read_text("utf-8").partition(BLOCK)[0] + BLOCK + settings_code()


def records(slice_name: str) -> Iterator[type[Any]]:
    """Give the records and enums of a slice and of its rooms, by the alphabet in each."""
    top = REPOSITORY / "server_ext" / "sponde_server"
    for path in sorted(
        (top / slice_name).rglob("*records.py"), key=lambda one: (len(one.parts), one)
    ):
        words = path.relative_to(top.parent).with_suffix("").parts
        module = importlib.import_module(".".join(words))
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__:
                yield kind


def field_docs(kind: type[Any]) -> dict[str, str]:
    """Read the docstring under each field of a record, and of those that it is made from."""
    import ast

    inherited = {
        name: text
        for base in kind.__bases__
        if dataclasses.is_dataclass(base)
        for name, text in field_docs(base).items()
    }
    tree = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(tree, ast.ClassDef)
    docs: dict[str, str] = inherited
    for line, after in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            docs[line.target.id] = " ".join(str(after.value.value).split())
    return docs


def vocabulary() -> str:
    """Write the words of the product: every record and what it means."""
    lines = [NOTE, "# Vocabulary\n", "One word for a thing, everywhere.\n"]
    for name in SLICES:
        lines.append(f"## {name}\n\n| word | meaning |\n|---|---|")
        lines += sorted(
            f"| {kind.__name__} | {' '.join((kind.__doc__ or '').split())} |"
            for kind in records(name)
        )
        lines.append("")
    return "\n".join(lines)


def tree() -> str:
    """Write what each source file is, in its own first sentence."""
    lines = [NOTE, "# The tree\n", "Every file, in its own first sentence.\n"]
    for top in ("server_ext/sponde_server", "kernel_tools/sponde", "extension/src"):
        for folder in sorted({path.parent for path in sources(REPOSITORY / top)}):
            lines.append(f"## {folder.relative_to(REPOSITORY).as_posix()}\n")
            lines += [
                f"- `{path.name}`: {first_sentence(path)}"
                for path in sorted(sources(folder))
                if path.parent == folder
            ]
            lines.append("")
    return "\n".join(lines)


def sources(top: Path) -> list[Path]:
    """Find the source files under a folder."""
    found = [path for kind in ("*.py", "*.ts", "*.tsx") for path in top.rglob(kind)]
    return [
        path for path in found if ".spec." not in path.name and "labextension" not in path.parts
    ]


def first_sentence(path: Path) -> str:
    """Read the first paragraph of a file's docstring or comment."""
    text = path.read_text("utf-8").lstrip()
    said = text.partition('"""')[2] if path.suffix == ".py" else text
    paragraph = re.split(r"\n\s*(?:\*\s*)?\n|\"\"\"|\*/", said)[0]
    words = " ".join(re.sub(r"^\s*(?:/\*\*|//|\*)\s?", "", line) for line in paragraph.split("\n"))
    return " ".join(words.split())


def addresses() -> str:
    """Write the table of routes."""
    lines = [
        NOTE,
        "# HTTP\n",
        "Every address begins with `/sponde/api`, wants a Jupyter login (cookie or token) and "
        "answers JSON. Errors are `{message, code, hint}`.\n",
    ]
    for table in sorted(ROUTES, key=lambda table: table.slice):
        lines.append(f"## {table.slice}\n\n| address | permission | what it does |\n|---|---|---|")
        lines += [
            f"| `{e.method} {e.path}` | `{e.action}` on `sponde:{e.slice}` "
            f"| {' '.join((e.answer.__doc__ or '').split())} |"
            for e in sorted(table.endpoints, key=lambda e: (e.path, e.method))
        ]
        lines.append("")
    return "\n".join(lines)


def settings() -> Iterator[tuple[type[Configurable], str, str, Any]]:
    """Give each of our own settings: its class, name, help and default."""
    for kind in [SpondeApp, *SpondeApp.classes]:
        if not kind.__module__.startswith("sponde_server"):
            continue
        own = kind.class_own_traits(config=True)
        inherited = {"log_format", "log_level", "log_datefmt", "show_config"}
        for name, trait in sorted(own.items()):
            if name not in inherited and trait.help and name in kind.__dict__:
                default = trait.default()
                yield kind, name, trait.help, None if default is Undefined else default


def settings_page() -> str:
    """Write the table of settings."""
    lines = [NOTE, "# Settings\n", "| setting | default | what it is |\n|---|---|---|"]
    lines += [
        f"| `{kind.__name__}.{name}` | `{default!r}` | {' '.join(text.split())} |"
        for kind, name, text, default in settings()
    ]
    return "\n".join([*lines, ""])


def settings_code() -> str:
    """Write every setting as a commented line of configuration."""
    import textwrap

    lines = []
    for kind, name, text, default in settings():
        lines += textwrap.wrap(
            " ".join(text.split()), 96, initial_indent="# ", subsequent_indent="# "
        )
        lines.append(f"# c.{kind.__name__}.{name} = {default!r}\n")
    return "\n" + "\n".join(lines)


def schema() -> str:
    """Write the tables that all migrations together make."""
    with duckdb.connect() as con:
        migrate(con, MIGRATIONS)
        rows = con.execute("SELECT sql FROM duckdb_tables() ORDER BY table_name").fetchall()
    return "-- Written by `make docs` from the migrations. Do not edit.\n" + "".join(
        row[0].replace("(", "(\n    ", 1).replace(", ", ",\n    ") + "\n" for row in rows
    )


def main() -> None:
    """Write the files that have changed."""
    for path, write in pages().items():
        text = write()
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(f"wrote {path.relative_to(REPOSITORY)}")


if __name__ == "__main__":
    main()
