"""The one SELECT that reads a dataset, as profiling, SQL, preview and kernels all use it.

Every option of `read_csv` is said, none is guessed. Writes SQL; runs nothing.
"""

from collections.abc import Sequence
from typing import Any

from .forms import expression, find, identifier, literal
from .scan import LONG


def select(path: str, dialect: dict[str, Any], columns: Sequence[dict[str, Any]]) -> str:
    """Write the SELECT that gives a dataset's rows with their types."""
    names = [column["name"] for column in columns]
    kind = kind_read(dialect)
    if kind == "parquet":
        return f"SELECT * FROM read_parquet({literal(path)})"
    if kind == "json":
        return f"SELECT * FROM {json_source(path, columns)}"
    shown = ", ".join(
        f"{typed(identifier(column['name']), column)} AS {identifier(column['name'])}"
        for column in columns
    )
    return f"SELECT {shown} FROM {csv_source(path, dialect, names)}"


def kind_read(dialect: dict[str, Any]) -> str:
    """Say what is read: the file's own kind, or that of what was made of it."""
    return str(dialect.get("read_as") or dialect["kind"])


def sample_kind(dialect: dict[str, Any]) -> str:
    """Say what kind of file a sample of it is, for code that reads such a file."""
    kind = str(dialect["kind"])
    return kind if kind in ("csv", "json") else "csv" if kind == "excel" else "parquet"


def raw_select(path: str, dialect: dict[str, Any], columns: Sequence[dict[str, Any]]) -> str:
    """Write the SELECT that gives a dataset's rows as they are written in the file."""
    if kind_read(dialect) != "csv":
        return select(path, dialect, columns)
    return f"SELECT * FROM {csv_source(path, dialect, [column['name'] for column in columns])}"


def both_select(path: str, dialect: dict[str, Any], columns: Sequence[dict[str, Any]]) -> str:
    """Write the SELECT that gives rows with their types, each value as written beside them."""
    names = [identifier(column["name"]) for column in columns]
    beside = [f"{name} AS {written_name(place)}" for place, name in enumerate(names)]
    if kind_read(dialect) != "csv":
        return f"SELECT *, {', '.join(beside)} FROM ({select(path, dialect, columns)})"
    shown = [
        f"{typed(name, column)} AS {name}" for name, column in zip(names, columns, strict=True)
    ]
    source = csv_source(path, dialect, [column["name"] for column in columns])
    return f"SELECT {', '.join(shown + beside)} FROM {source}"


def written_name(place: int) -> str:
    """Say what the column at this place is called as it is written."""
    return f"_sponde_written_{place}"


def typed(text: str, column: dict[str, Any]) -> str:
    """Write the SQL of one column over its text."""
    forms = find(column["form"], column["type"])
    missing = tuple(column["missing"])
    if forms:
        if not missing and len(forms) == 1 and forms[0].is_cast:
            # A cast alone is made by DuckDB's reader of CSV, which fails where TRY_CAST gives NULL.
            text = f"nullif({text}, '')"
        return expression(text, forms, missing)
    if missing:
        return f"CASE WHEN {text} IN ({', '.join(map(literal, missing))}) THEN NULL ELSE {text} END"
    return text


def csv_source(
    path: str, dialect: dict[str, Any], names: Sequence[str], rejects: bool = False
) -> str:
    """Write the read_csv call, all columns text."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    options = [
        "auto_detect=false",
        "header=false",
        "strict_mode=true",
        "null_padding=false",
        f"delim={literal(dialect['delimiter'])}",
        f"quote={literal(dialect['quote'])}",
        f"escape={literal(dialect['escape'] if dialect['quote'] else '')}",
        f"skip={dialect['skip']}",
        f"columns={{{columns}}}",
    ]
    if dialect.get("mended"):
        # Else the first of them in the file decides, be it in a quoted value.
        options.append("new_line='\\n'")
    longest = int(dialect["longest_line"])
    if longest > LONG:
        options += [f"max_line_size={longest + 1000}", f"buffer_size={4 * longest}"]
    if rejects:
        options += ["store_rejects=true", "rejects_limit=20"]
    return f"read_csv({literal(path)}, {', '.join(options)})"


def json_source(path: str, columns: Sequence[dict[str, Any]]) -> str:
    """Write the read_json call with its columns' types."""
    types = ", ".join(f"{literal(c['name'])}: {literal(c['type'])}" for c in columns)
    size = "maximum_object_size=67108864"
    return f"read_json({literal(path)}, format='auto', {size}, columns={{{types}}})"
