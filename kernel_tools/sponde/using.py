"""What `%use` writes into a cell: a block's code, under the names that the notebook has.

Also completes what stands behind `%use`. Standard library only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from IPython.core.error import UsageError
from IPython.utils.process import arg_split

from .client import SpondeError, call
from .filling import fields_of, filled, pair
from .here import fit, listed, meant, names_in, not_found

# What a Python kernel runs for us in other languages.
_CELL_MAGICS = {"bash", "html", "javascript", "latex", "perl", "ruby"}
_PYTHON = {"python", "text"}
_COMPLETING_SECONDS = 2.0


@dataclass(frozen=True)
class Line:
    """What stands behind %use."""

    name: str = ""
    runs: bool = False
    renames: dict[str, str] = field(default_factory=dict)


def read_line(line: str) -> Line:
    """Read `name needed=here "a column"=here field=value --run`, in any order behind the name."""
    name, runs, renames = "", False, {}
    for word in arg_split(line, posix=True):
        old, is_pair, new = word.partition("=")
        if word == "--run":
            runs = True
        elif word.startswith("-"):
            raise UsageError(f"%use has no option {word}: it has --run.")
        elif is_pair and old:
            renames[old.strip()] = new.strip()
        elif is_pair or name:
            raise UsageError(
                f"%use: '{word}' is no renaming. Write needed=here or field=value, such as "
                f"%use {name or 'plot'} df=sales"
            )
        else:
            name = word
    if not name:
        raise UsageError("%use: the block's name is missing, such as %use plot_by_month")
    return Line(name, runs, renames)


def code_for(found: Mapping[str, Any], renames: Mapping[str, str]) -> str:
    """Give a block's code under other names; says which names it has where one is wrong."""
    fields = fields_of(found)
    values = {old: new for old, new in renames.items() if old in fields}
    code, facts = filled(found, values), found["facts"]
    renames = {old: new for old, new in renames.items() if old not in fields}
    if not renames:
        return code
    needs, columns = list(facts["needs"]), list(facts.get("columns", ()))
    strange = [old for old in renames if old not in needs and old not in columns]
    if strange:
        has = [f"needs {listed(needs)}"] if needs else []
        has += [f"touches the columns {listed(columns)}"] if columns else []
        has += [f"has the fields {listed(fields)}"] if fields else []
        said = f": it {' and '.join(has)}" if has else ""
        raise SpondeError(f"The block '{found['name']}' has no {listed(strange, 'or')}{said}.")
    empty = next((old for old, new in renames.items() if not new), "")
    if empty:
        raise SpondeError(f"%use: what {empty} is called here is missing, such as {empty}=sales")
    asked = {
        "code": code,
        "names": {old: new for old, new in renames.items() if old in needs},
        "columns": {old: new for old, new in renames.items() if old not in needs},
        "of": needs,
    }
    return str(call("POST", "/code-names", asked)["code"])


def cell_text(found: Mapping[str, Any], code: str) -> str:
    """Write code as a cell of this kernel runs it."""
    language = str(found["language"])
    if language in _PYTHON or code.lstrip().startswith("%"):
        return code
    if language in _CELL_MAGICS:
        return f"%%{language}\n{code}"
    if language == "sql":
        return sql_cell(code, found["facts"].get("datasets", ()))
    raise SpondeError(
        f"The block '{found['name']}' is {language}, which this kernel cannot run. "
        f"Read it with sponde.block({found['name']!r}).code."
    )


def sql_cell(code: str, tables: Any) -> str:
    """Write SQL as Python that runs it over the datasets that it names."""
    quotes = "'''" if '"""' in code or code.endswith('"') else '"""'
    raw = "r" if "\\" in code else ""
    text = f"{raw}{quotes}\n{code}\n{quotes}"
    if tables:
        return f"import sponde\n\nsponde.dataset({_quoted(tables[0])}).sql({text})"
    return f"import duckdb\n\nduckdb.sql({text}).df()"


def advice(found: Mapping[str, Any], line: Line, namespace: Mapping[str, Any]) -> str:
    """Say what is not here: names with those that may be meant, and packages; else nothing."""
    facts = found["facts"]
    if found["language"] not in _PYTHON:
        return ""
    names = {old: line.renames.get(old, old) for old in facts["needs"]}
    missing = [old for old, here in names.items() if here not in namespace]
    packages = not_found(facts["imports"])
    left = [name for name in fields_of(found) if name not in line.renames]
    asks = _left(found, left) if left and not line.runs else ""
    if not missing and not packages:
        return asks
    try:
        fits = fit(found, namespace)
    except SpondeError:
        return ""
    said = [asks] if asks else []
    if missing:
        here = {old: meant(fits, old) for old in missing if old not in line.renames}
        likely = {old: one for old, one in here.items() if one}
        said.append(f"It needs {listed(names[old] for old in missing)}, not in this notebook.")
        if likely:
            pairs = {**line.renames, **likely}
            way = " ".join(f"{old}={one}" for old, one in pairs.items())
            said.append(f"Perhaps {listed(likely.values())} is meant: %use {found['name']} {way}")
    if packages:
        said.append(
            f"This kernel does not find {listed(fits['missing_packages'])}: {fits['install']}"
        )
    return "\n".join(said)


def _left(found: Mapping[str, Any], names: list[str]) -> str:
    fields = fields_of(found)
    pairs = " ".join(pair(name, str(fields[name]["default"])) for name in names)
    return f"Its fields, as they are: {pairs}"


def complete(shell: Any, event: Any) -> list[str]:
    """Complete a name behind %use, then the names that it needs, then the notebook's own."""
    before = str(getattr(event, "text_until_cursor", event.line))
    # What stands in the cell before the line is no part of it.
    words = re.split(r"\s+", before.rpartition("\n")[2].lstrip())
    written, name = words[-1], words[1] if len(words) > 2 else ""
    try:
        if not name:
            return _names(written)
        found = call(
            "GET", f"/code-blocks-by-name/{quote(name, safe='')}", timeout=_COMPLETING_SECONDS
        )
    except SpondeError:
        return []
    if "=" in written:
        old, _, beginning = written.partition("=")
        field = fields_of(found).get(old)
        if field is not None:
            return [one for one in _values(found, field) if one.startswith(beginning)]
        needs = list(found["facts"]["needs"])
        here = [one["name"] for one in names_in(shell.user_ns)]
        if old in needs:
            likely = [
                one
                for need in fit(found, shell.user_ns)["needs"]
                if need["name"] == old
                for one in (candidate["name"] for candidate in need["candidates"])
            ]
            here = [*likely, *(one for one in here if one not in likely)]
        return [one for one in here if one.startswith(beginning)]
    taken = {word.partition("=")[0] for word in words[2:-1]}
    names = [*fields_of(found), *found["facts"]["needs"]]
    offered = [f"{name}=" for name in names if name not in taken]
    return [
        one
        for one in [*offered, *([] if "--run" in words else ["--run"])]
        if one.startswith(written)
    ]


def _values(found: Mapping[str, Any], field: Mapping[str, Any]) -> list[str]:
    """List what a field may be, as it is typed: its default first."""
    known = [str(one["text"]) for one in field["choices"]]
    if field["kind"] in ("column", "dataset"):
        asked = call("GET", f"/code-blocks/{found['id']}/fields", timeout=_COMPLETING_SECONDS)
        columns = [name for names in asked["columns"].values() for name in names]
        known = asked["datasets"] if field["kind"] == "dataset" else columns
    every = dict.fromkeys([str(field["default"]), *known])
    return [f'"{one}"' if re.search(r"[\s\"']", one) else one for one in every]


def _names(beginning: str) -> list[str]:
    found = call("GET", "/code-blocks", query=beginning, limit=100, timeout=_COMPLETING_SECONDS)
    return [one["name"] for one in found if one["name"].startswith(beginning)]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
