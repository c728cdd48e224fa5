"""/sql: rows by SQL, each dataset a table by its name."""

import re
from collections.abc import Sequence

from sponde_server.chat import facts
from sponde_server.chat.prompt import fenced
from sponde_server.chat.records import CommandAnswer
from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Dataset
from sponde_server.tools.records import Output

from .desk import Desk
from .which import NAMED, dataset_of, which

SHOWN_ROWS = 50
COUNTED_ROWS = 1000
_STRINGS = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")")
_CLAUSE = re.compile(
    r"(where|order\s+by|group\s+by|limit|join|qualify|sample|using)\b", re.IGNORECASE
)


async def answer(rest: str, desk: Desk) -> CommandAnswer:
    """Run one SELECT, or offer one that fits."""
    datasets = desk.datasets
    known = await datasets.list_all()
    leading = NAMED.match(rest)
    dataset: Dataset | None = None
    if leading and not rest[leading.end() :].strip():
        dataset, rest = await dataset_of(rest, datasets, "sql")
        return await _starter(dataset, desk)
    if leading:
        dataset, rest = await dataset_of(rest, datasets, "sql")
    if not rest:
        if len(known) == 1:
            return await _starter(known[0], desk)
        raise Invalid("There is no SQL here.", which(known, "sql"))
    sql, names = meant(rest, dataset, known)
    table = await datasets.query(sql, names, limit=COUNTED_ROWS)
    shown = table.rows[:SHOWN_ROWS]
    if table.truncated:
        count = f"More than {len(table.rows):,} rows; the first {len(shown)} are shown."
    elif len(table.rows) > len(shown):
        count = f"{len(table.rows):,} rows; the first {len(shown)} are shown."
    else:
        count = f"{len(shown)} row{'' if len(shown) == 1 else 's'}."
    return CommandAnswer(
        text=f"{count}\n\nThe same in a notebook:\n\n{fenced(python_sql(sql, names), 'python')}",
        outputs=(Output(mime="text/html", data=facts.html_table(table.columns, shown)),),
        told=count,
        datasets=tuple(names),
        table=table,
    )


def meant(rest: str, dataset: Dataset | None, known: Sequence[Dataset]) -> tuple[str, list[str]]:
    """Give the SQL that was meant, and the names of the datasets in it."""
    sql = _unmarked(_unfenced(rest), known)
    if dataset is not None and _CLAUSE.match(sql):
        # DuckDB reads FROM first: `/sql @sales where x > 3` is a whole query with it.
        sql = f"FROM {dataset.name} {sql}"
    names = _names_in(sql, known)
    if dataset is not None and dataset.name not in names:
        names.append(dataset.name)
    return sql, names


async def _starter(dataset: Dataset, desk: Desk) -> CommandAnswer:
    """Offer a first query that fits the dataset."""
    profile = await desk.datasets.profile(dataset.id)
    names = [
        column.name
        for column in profile.columns
        if 1 < column.distinct <= 50 and column.kind.value in ("text", "boolean")
    ]
    if names:
        quoted = '"' + names[0].replace('"', '""') + '"'
        sql = (
            f"SELECT {quoted}, count(*) AS n\nFROM {dataset.name}\n"
            f"GROUP BY {quoted}\nORDER BY n DESC"
        )
    else:
        sql = f"SELECT *\nFROM {dataset.name}\nLIMIT 10"
    line = " ".join(sql.split())
    text = (
        f"Write SQL after the dataset's name; `{dataset.name}` is the table. For a start:\n\n"
        f"{fenced(f'/sql @{dataset.name} {line}', '')}\n\nThe same in a notebook:\n\n"
        f"{fenced(python_sql(sql, [dataset.name]), 'python')}"
    )
    return CommandAnswer(text=text)


def python_sql(sql: str, names: Sequence[str]) -> str:
    """Write Python that runs a query over the datasets that it names."""
    quoted = sql.strip().rstrip(";").replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if names:
        return f'import sponde\n\nsponde.dataset("{names[0]}").sql("""\n{quoted}\n""")'
    return f'import duckdb\n\nduckdb.sql("""\n{quoted}\n""").df()'


def _unfenced(text: str) -> str:
    found = re.fullmatch(r"`{3,}\w*\s*\n(.*?)\n?\s*`{3,}", text.strip(), re.DOTALL)
    return (found[1] if found else text).strip()


def _unmarked(sql: str, known: Sequence[Dataset]) -> str:
    """Take the @ off the datasets' names, but not inside strings."""
    names = {dataset.name.casefold(): dataset.name for dataset in known}
    pieces = _STRINGS.split(sql)
    for place in range(0, len(pieces), 2):
        pieces[place] = re.sub(
            r"@([A-Za-z_]\w*)",
            lambda found: names.get(found[1].casefold(), found[0]),
            pieces[place],
        )
    return "".join(pieces)


def _names_in(sql: str, known: Sequence[Dataset]) -> list[str]:
    words = {word.casefold() for word in re.findall(r"\w+", sql)}
    return [dataset.name for dataset in known if dataset.name.casefold() in words]
