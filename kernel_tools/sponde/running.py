"""Runs a block among nothing but the names that it is given: `block("x").run(df=df)`."""

import ast
import builtins
import linecache
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from .client import SpondeError, call
from .filling import as_typed, fields_of, filled
from .here import fit, listed, meant, not_found
from .noting import Watch, where


class Ran:
    """What a block left behind: each name that it defines is an attribute.

    The value of its last line, where that is one, is shown, and kept as `_`.
    """

    def __init__(self, name: str, defined: Mapping[str, Any], value: Any) -> None:
        self.__dict__.update(defined)
        self._ = value
        self.__name__ = name

    def __dir__(self) -> list[str]:
        return [name for name in self.__dict__ if not name.startswith("_")]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        has = f"it has {listed(dir(self))}" if dir(self) else "it has none"
        raise AttributeError(f"The block '{self.__name__}' defines no {name}: {has}.")

    def __repr__(self) -> str:
        if self._ is not None:
            return repr(self._)
        return f"<{self.__name__}: {', '.join(dir(self)) or 'ran'}>"

    def _repr_mimebundle_(self, **_: Any) -> Any:
        shell = _shell()
        if self._ is None or shell is None:
            return {"text/plain": repr(self)}
        return shell.display_formatter.format(self._)


def run(found: Mapping[str, Any], given: dict[str, Any], around: Mapping[str, Any]) -> Ran:
    """Run a block with the names that it needs; `around` is where they may be found."""
    __tracebackhide__ = True
    name = str(found["name"])
    if found["language"] not in ("python", "text"):
        raise SpondeError(
            f"The block '{name}' is {found['language']}, which cannot be run with names: "
            f"put it into a cell with %use {name}."
        )
    fields = fields_of(found)
    values = {one: as_typed(one, value) for one, value in given.items() if one in fields}
    given = {one: value for one, value in given.items() if one not in fields}
    _check(found, given, around)
    missing = not_found(found["facts"]["imports"])
    if missing:
        install = fit(found, {})["install"]
        print(f"This kernel does not find {listed(missing)}. Install it with: {install}")
    noted = _noted(found)
    code = filled(found, values)
    watch = Watch(_shell()).begin()
    try:
        ran = _executed(name, code, given)
    except BaseException as error:
        _tell(noted, watch.end(code), error)
        raise
    watch.show(ran._)
    _tell(noted, watch.end(code), None)
    return ran


def _check(found: Mapping[str, Any], given: Mapping[str, Any], around: Mapping[str, Any]) -> None:
    name, needs = str(found["name"]), list(found["facts"]["needs"])
    missing = [one for one in needs if one not in given]
    strange = [one for one in given if one not in needs]
    if "import *" in str(found["code"]):
        strange = []  # its text does not tell what it needs
    if not missing and not strange:
        return
    fits = fit(found, around)
    written = {one: one for one in given if one in needs}
    likely = {one: meant(fits, one) for one in missing}
    way = ", ".join(f"{one}={written.get(one) or likely[one] or '…'}" for one in needs)
    known_names = [*needs, *fields_of(found)]
    takes = f"takes {listed(known_names)}" if known_names else "takes no names"
    parts = []
    if strange:
        parts.append(f"{takes}, not {listed(strange, 'or')}")
    if missing:
        parts.append(f"needs {listed(missing)}")
    known = [
        f"{here} may be meant by {one}" for one, here in likely.items() if here and here != one
    ]
    known += [f"{one} is here" for one, here in likely.items() if here == one]
    said = f" ({listed(known)})" if known else ""
    raise SpondeError(
        f"The block '{name}' {' and '.join(parts)}{said}: "
        f"sponde.block({name!r}).run({way if needs else ''})"
    )


def _executed(name: str, code: str, given: dict[str, Any]) -> Ran:
    __tracebackhide__ = True
    shell = _shell()
    text = shell.transform_cell(code) if shell is not None else code
    place = f"<block {name}>"
    # So that an error shows the line that it is in.
    linecache.cache[place] = (len(text), None, text.splitlines(keepends=True), place)
    tree = ast.parse(text, place)
    last = tree.body[-1] if tree.body else None
    shown = last.value if isinstance(last, ast.Expr) else None
    if shown is not None:
        tree.body.pop()
    namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins, **given}
    exec(compile(tree, place, "exec"), namespace)
    value = None
    if shown is not None:
        value = eval(compile(ast.Expression(shown), place, "eval"), namespace)
    defined = {
        key: one
        for key, one in namespace.items()
        if not key.startswith("_")
        and ModuleType not in type(one).__mro__
        and not (key in given and given[key] is one)
    }
    return Ran(name, defined, value)


def _shell() -> Any:
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _noted(found: Mapping[str, Any]) -> str:
    """Note the use; gives where its outcome goes, nothing where the library does not answer."""
    try:
        place = {"place": "call", **where(_shell())}
        used = call("POST", f"/code-blocks/{found['id']}/uses", place)
    except SpondeError:
        return ""
    return f"/code-blocks/{found['id']}/uses/{used['id']}"


def _tell(address: str, measured: dict[str, Any], error: BaseException | None) -> None:
    if not address or isinstance(error, KeyboardInterrupt):
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
        return  # it has run, which is what was asked for; the library only does not know
