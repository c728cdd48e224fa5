"""What a block takes from the table that it is given: columns, and what it does with them. Pure.

Kept beside each block, so that one statement finds those that fit a dataset.
"""

import ast
from dataclasses import dataclass

from sponde_server.library.fits.fitting import columns_of
from sponde_server.library.records import CodeBlock
from sponde_server.library.trials.sampling import looks_like_data

from .parsing import parse_some

ANY = "*"
"""Any table will do."""
_COUNTED = {
    "sum", "mean", "median", "std", "var", "cumsum", "cumprod", "quantile", "round", "diff",
    "pct_change", "clip", "corr", "rolling", "nlargest", "nsmallest", "sub", "mul", "div", "hist",
}  # fmt: skip
_SUMMED = {"sum", "mean", "median", "std", "var"}


@dataclass(frozen=True)
class Wants:
    """What a block takes from the table that it is given."""

    name: str = ""
    """What it calls the table; empty where it is given none."""
    columns: tuple[str, ...] = ()
    """The columns that must be there."""
    kinds: tuple[str, ...] = ()
    """What each must be: n number, d date, t text, - unknown."""
    also: tuple[str, ...] = ()
    """The other names that it must be given."""

    @property
    def line(self) -> str | None:
        """As it is kept."""
        if not self.name:
            return None
        if not self.columns:
            return ANY
        pairs = zip(self.kinds, self.columns, strict=True)
        return "\n".join(f"{kind}{name}" for kind, name in pairs)


def wants_of(block: CodeBlock) -> Wants:
    """Read what a block takes."""
    facts = block.facts
    makes = set(facts.makes)
    if block.language == "sql":
        columns = tuple(name for name in facts.columns if name not in makes and name != "*")
        if len(facts.datasets) != 1:
            return Wants()
        return Wants(facts.datasets[0], columns, ("-",) * len(columns))
    if block.language != "python" or not facts.needs:
        return Wants()
    tree = parse_some(block.code)
    if tree is None:
        return Wants()
    touched = columns_of(tree, facts)
    name = max(touched, key=lambda one: len(touched[one]), default="")
    if not name:
        name = next((one for one in facts.needs if looks_like_data(one, block.code)), "")
    if not name:
        return Wants()
    columns = tuple(one for one in touched.get(name, []) if one not in makes)
    also = tuple(one for one in facts.needs if one != name)
    kinds = _kinds(tree)
    return Wants(name, columns, tuple(kinds.get(one, "-") for one in columns), also)


def _kinds(tree: ast.AST) -> dict[str, str]:
    """Say what columns must be, by what is done with them."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Subscript(slice=ast.Constant(value=str(name))), attr=attr):
                if attr in ("str", "dt") or attr in _COUNTED:
                    found.setdefault(name, {"str": "t", "dt": "d"}.get(attr, "n"))
            case ast.BinOp(op=ast.Mult() | ast.Div() | ast.Pow(), left=left, right=right):
                for side in (left, right):
                    if name := _column(side):
                        found.setdefault(name, "n")
            case ast.Compare(left=left, comparators=[ast.Constant(value=value)]):
                name = _column(left)
                if name and isinstance(value, int | float) and not isinstance(value, bool):
                    found.setdefault(name, "n")
            case ast.Dict(keys=keys, values=values):
                for key, given in zip(keys, values, strict=True):
                    match key, given:
                        case ast.Constant(value=str(name)), ast.Constant(value=str(how)):
                            if how in _SUMMED:
                                found.setdefault(name, "n")
            case ast.keyword(
                value=ast.Tuple(elts=[ast.Constant(value=str(name)), ast.Constant(value=how)])
            ) if how in _SUMMED:
                found.setdefault(name, "n")
    return found


def _column(node: ast.expr) -> str:
    match node:
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""
