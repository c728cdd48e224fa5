"""Slash commands: real answers over real columns, at once, with no model.

Every answer carries Python that does the same in a notebook, as it stands.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Dataset, Profile
from sponde_server.tools.records import Output

from . import chart, columns, facts
from .prompt import fenced
from .records import Command, CommandAnswer
from .references import near

if TYPE_CHECKING:
    from sponde_server.datasets.service import SpondeDatasets

COMMANDS = (
    Command(
        name="profile",
        usage="/profile @dataset",
        summary="What is in a dataset: its columns, gaps and ranges",
    ),
    Command(
        name="plot",
        usage="/plot @dataset [column [by column]]",
        summary="A picture of one column, or of two",
    ),
    Command(
        name="sql",
        usage="/sql @dataset SELECT …",
        summary="Rows by SQL; each dataset is a table by its name",
    ),
    Command(name="help", usage="/help", summary="What can be asked without a model"),
)
SHOWN_ROWS = 50
COUNTED_ROWS = 1000
_COMMAND = re.compile(r"/([A-Za-z]+)(?=\s|$)")
_NAMED = re.compile(r"@([A-Za-z_][\w-]*)")
_STRINGS = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")")
_CLAUSE = re.compile(
    r"(where|order\s+by|group\s+by|limit|join|qualify|sample|using)\b", re.IGNORECASE
)


def is_command(text: str) -> bool:
    """Tell whether a question is a command."""
    return _COMMAND.match(text) is not None


async def run(text: str, datasets: "SpondeDatasets") -> CommandAnswer:
    """Answer a command, or say in a sentence what does not fit."""
    found = _COMMAND.match(text)
    name, rest = (found[1].lower(), text[found.end() :].strip()) if found else ("", text)
    if name == "help":
        return _help(await datasets.list_all())
    if name == "profile":
        return await _profile(rest, datasets)
    if name == "plot":
        return await _plot(rest, datasets)
    if name == "sql":
        return await _sql(rest, datasets)
    close = near(name, [command.name for command in COMMANDS], 1)
    raise Invalid(
        f"There is no command /{name}.",
        f"Did you mean /{close[0]}? /help lists them all." if close else "/help lists them all.",
    )


# -- /help --------------------------------------------------------------------------------------


def _help(known: Sequence[Dataset]) -> CommandAnswer:
    lines = ["These work at once, without a model:", ""]
    lines += [f"- `{command.usage}`: {command.summary}." for command in COMMANDS]
    if known:
        first = known[0].name
        names = ", ".join(f"`@{dataset.name}`" for dataset in known[:10])
        lines += ["", f"Datasets here: {names}. Try `/profile @{first}`."]
    else:
        lines += ["", "There is no dataset yet: drop a CSV file on the Data panel."]
    lines += [
        "",
        "With a model connected, ask in your own words; an `@name` tells it which dataset or code "
        "block you mean.",
    ]
    return CommandAnswer(text="\n".join(lines))


# -- /profile -----------------------------------------------------------------------------------


async def _profile(rest: str, datasets: "SpondeDatasets") -> CommandAnswer:
    dataset, left = await _dataset(rest, datasets, "profile")
    profile = await datasets.profile(dataset.id)
    text = facts.sentences(dataset, profile)
    if left:
        more = columns.code(f"/plot @{dataset.name} {left}")
        text += f"\n\nOf {columns.code(left)} alone, {more} shows more."
    code = "\n".join(
        [
            "import sponde",
            "",
            f'df = sponde.dataset("{dataset.name}").df()',
            "df.info()",
            'df.describe(include="all").T',
        ]
    )
    return CommandAnswer(
        text=f"{text}\n\nThe same in a notebook:\n\n{fenced(code, 'python')}",
        outputs=(Output(mime="text/html", data=facts.table(profile)),),
    )


# -- /plot --------------------------------------------------------------------------------------


async def _plot(rest: str, datasets: "SpondeDatasets") -> CommandAnswer:
    dataset, left = await _dataset(rest, datasets, "plot")
    profile = await datasets.profile(dataset.id)
    if not profile.columns or not profile.rows:
        raise Invalid(f"@{dataset.name} has no rows to draw.", "Look at it with /profile.")
    said: list[str] = []
    if left:
        meant = columns.find(left, profile.columns, dataset.name)
        chosen = meant.columns
        said += meant.guesses
    else:
        chosen = chart.first_choice(profile.columns)
        said.append(_choice(dataset, chosen[0].name, profile))
    empty = [column.name for column in chosen if column.nulls >= profile.rows]
    if empty:
        raise Invalid(
            f"{columns.code(empty[0])} has no value in any row.", "Choose another column."
        )
    made = chart.chart(dataset.name, chosen, profile.rows)
    table = await datasets.query(made.sql, [dataset.name], limit=10_000)
    text = " ".join([*said, made.about, *made.notes])
    return CommandAnswer(
        text=f"{text}\n\nThe same in a notebook:\n\n{fenced(made.code, 'python')}",
        outputs=(Output(mime=chart.MIME, data=chart.specification(made, table)),),
    )


def _choice(dataset: Dataset, chosen: str, profile: Profile) -> str:
    others = [column.name for column in profile.columns if column.name != chosen]
    said = f"You named no column, so I chose {columns.code(chosen)}."
    if others:
        said += f" Another: {columns.code(f'/plot @{dataset.name} {others[-1]}')}."
    return said


# -- /sql ---------------------------------------------------------------------------------------


async def _sql(rest: str, datasets: "SpondeDatasets") -> CommandAnswer:
    known = await datasets.list_all()
    leading = _NAMED.match(rest)
    dataset: Dataset | None = None
    if leading and not rest[leading.end() :].strip():
        dataset, rest = await _dataset(rest, datasets, "sql")
        return await _starter(dataset, datasets)
    if leading:
        dataset, rest = await _dataset(rest, datasets, "sql")
    if not rest:
        if len(known) == 1:
            return await _starter(known[0], datasets)
        raise Invalid("There is no SQL here.", _which(known, "sql"))
    sql = _unmarked(_unfenced(rest), known)
    if dataset is not None and _CLAUSE.match(sql):
        # DuckDB reads FROM first: `/sql @sales where x > 3` is a whole query with it.
        sql = f"FROM {dataset.name} {sql}"
    names = _names_in(sql, known)
    if dataset is not None and dataset.name not in names:
        names.append(dataset.name)
    table = await datasets.query(sql, names, limit=COUNTED_ROWS)
    shown = table.rows[:SHOWN_ROWS]
    if table.truncated:
        count = f"More than {len(table.rows):,} rows; the first {len(shown)} are shown."
    elif len(table.rows) > len(shown):
        count = f"{len(table.rows):,} rows; the first {len(shown)} are shown."
    else:
        count = f"{len(shown)} row{'' if len(shown) == 1 else 's'}."
    return CommandAnswer(
        text=f"{count}\n\nThe same in a notebook:\n\n{fenced(_python_sql(sql, names), 'python')}",
        outputs=(Output(mime="text/html", data=facts.html_table(table.columns, shown)),),
    )


async def _starter(dataset: Dataset, datasets: "SpondeDatasets") -> CommandAnswer:
    """Offer a first query that fits the dataset."""
    profile = await datasets.profile(dataset.id)
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
        f"{fenced(_python_sql(sql, [dataset.name]), 'python')}"
    )
    return CommandAnswer(text=text)


def _python_sql(sql: str, names: Sequence[str]) -> str:
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


# -- which dataset ------------------------------------------------------------------------------


async def _dataset(rest: str, datasets: "SpondeDatasets", command: str) -> tuple[Dataset, str]:
    """Find the dataset that a command names, and what else it says."""
    known = await datasets.list_all()
    if not known:
        raise Invalid(
            "There is no dataset yet.", "Drop a CSV file on the Data panel, then ask again."
        )
    by_name = {dataset.name.casefold(): dataset for dataset in known}
    marked = _NAMED.search(rest)
    if marked:
        name = marked[1]
        left = (rest[: marked.start()] + rest[marked.end() :]).strip()
        if name.casefold() not in by_name and "-" in name:
            # `@sales-` and `@sales-2023`: names have no hyphens.
            head = name.partition("-")[0]
            if head.casefold() in by_name:
                left = (rest[: marked.start()] + rest[marked.start(1) + len(head) :]).strip()
                name = head
        if name.casefold() not in by_name:
            raise _unknown(name, known)
        return by_name[name.casefold()], left
    word, _, left = rest.partition(" ")
    if word.casefold() in by_name:
        return by_name[word.casefold()], left.strip()
    if len(known) == 1 and (not rest or command != "profile"):
        return known[0], rest
    if rest and command == "profile":
        raise _unknown(word, known)
    raise Invalid("Which dataset?", _which(known, command))


def _unknown(name: str, known: Sequence[Dataset]) -> Invalid:
    names = [dataset.name for dataset in known]
    close = near(name, names)
    return Invalid(
        f"There is no dataset @{name}.",
        f"Did you mean {' or '.join(f'@{one}' for one in close)}?"
        if close
        else f"There is {_list(names)}.",
    )


def _which(known: Sequence[Dataset], command: str) -> str:
    if not known:
        return "Drop a CSV file on the Data panel first."
    return (
        f"Name one, such as /{command} @{known[0].name}. There is {_list([d.name for d in known])}."
    )


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"@{name}" for name in names[:10]) + (", …" if len(names) > 10 else "")
