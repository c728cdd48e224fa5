"""/export: this conversation as a file, or rows of datasets as CSV."""

import re
from urllib.parse import quote

from sponde_server.chat.prompt import fenced
from sponde_server.chat.records import CommandAnswer
from sponde_server.chat.references import near
from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Table

from . import sql
from .card import Card, Deed
from .desk import Desk
from .quoting import code, many, python
from .which import dataset_of

KINDS = {
    "notebook": ("Notebook", "text as Markdown, Python as cells that run"),
    "markdown": ("Markdown", "questions as quotes, answers as they are"),
    "html": ("HTML", "a page that opens anywhere"),
    "json": ("JSON", "every message and every branch, to be imported again"),
}
OTHER = {"ipynb": "notebook", "md": "markdown", "web": "html", "page": "html"}
MOST_ROWS = 10_000


async def answer(rest: str, desk: Desk) -> CommandAnswer:
    """Give the file as a link, and a button that writes it beside the notebooks."""
    word, _, left = rest.strip().partition(" ")
    kind = OTHER.get(word.lower(), word.lower())
    if kind == "csv" or word.startswith("@"):
        return await _csv(left if kind == "csv" else rest, desk)
    if not kind:
        return _offered(desk, list(KINDS), "This conversation as a file:")
    if kind not in KINDS:
        close = near(kind, [*KINDS, "csv"], 1)
        raise Invalid(
            f"A conversation cannot become “{word}”.",
            (f"Did you mean {close[0]}? " if close else "")
            + f"It can become {', '.join(KINDS)}; rows become CSV: /export csv @dataset.",
        )
    label, what = KINDS[kind]
    return _offered(desk, [kind], f"This conversation as {label}: {what}.")


def _offered(desk: Desk, kinds: list[str], text: str) -> CommandAnswer:
    deeds: list[Deed] = []
    for kind in kinds:
        label = KINDS[kind][0]
        if kind == "json":
            given = {"conversation_id": desk.conversation_id}
            deeds.append(Deed(f"Download {label}", "file", given))
            continue
        address = f"/conversations/{desk.conversation_id}/export?format={kind}"
        deeds.append(Deed(f"Download {label}", "download", {"address": address}))
        if kind in ("notebook", "markdown", "html") and len(kinds) == 1:
            save = {"address": f"/conversations/{desk.conversation_id}/export", "format": kind}
            deeds.append(Deed("Save beside the notebooks", "save", save))
    card = Card(
        title="Export",
        lines=tuple(KINDS[kind] for kind in kinds),
        deeds=tuple(deeds),
    )
    return CommandAnswer(text=text, outputs=(card.output(),), told=text)


async def _csv(rest: str, desk: Desk) -> CommandAnswer:
    names, query, table = await rows(rest, desk)
    count = (
        f"more than {len(table.rows):,} rows" if table.truncated else many(len(table.rows), "row")
    )
    text = f"CSV with {count} and {many(len(table.columns), 'column')} of {_named(names)}."
    if table.truncated:
        text += f" The download holds the first {len(table.rows):,}; the code writes all of them."
    name = f"{names[0]}_export.csv"
    address = f"/exports/csv?query={quote(rest)}"
    if query:
        body = python_query(query, names)
        frame = f"df = {body}"
    else:
        frame = f"df = sponde.dataset({python(names[0])}).df()"
    program = "\n".join(
        ["import sponde", "", frame, f"df.to_csv({python(name)}, index=False)",
         f'print(f"{{len(df):,}} rows in {name}")']
    )  # fmt: skip
    card = Card(
        title="Export",
        lines=(("Rows", count), ("Columns", ", ".join(table.columns[:12]))),
        deeds=(Deed("Download CSV", "download", {"address": address}),),
    )
    return CommandAnswer(
        text=f"{text}\n\nThe same in a notebook:\n\n{fenced(program, 'python')}",
        outputs=(card.output(),),
        told=text,
        datasets=tuple(names),
    )


async def rows(rest: str, desk: Desk) -> tuple[list[str], str, Table]:
    """Run what is to be exported; empty SQL means the whole dataset."""
    known = await desk.datasets.list_all()
    if re.match(r"\s*(?:select|with|from)\b", rest, re.IGNORECASE):
        query, names = sql.meant(rest, None, known)
    else:
        dataset, left = await dataset_of(rest, desk.datasets, "export csv")
        if not left:
            table = await desk.datasets.query(
                f'SELECT * FROM "{dataset.name}"', [dataset.name], limit=MOST_ROWS
            )
            return [dataset.name], "", table
        query, names = sql.meant(left, dataset, known)
    if not names:
        raise Invalid("This query names no dataset.", f"Write {code('/export csv @dataset')}.")
    return names, query, await desk.datasets.query(query, names, limit=MOST_ROWS)


def python_query(query: str, names: list[str]) -> str:
    """Write the call that runs a query in a notebook."""
    return sql.python_sql(query, names).partition("\n\n")[2]


def written(table: Table) -> bytes:
    """Write rows as CSV, as RFC 4180 says."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue().encode()


async def carry_out(rest: str, desk: Desk) -> CommandAnswer:
    """Write the file; only after a person has allowed it."""
    word = rest.strip().partition(" ")[0]
    kind = OTHER.get(word.lower(), word.lower())
    if kind == "csv" or word.startswith("@") or desk.save is None:
        return await answer(rest, desk)
    if kind not in ("notebook", "markdown", "html"):
        raise Invalid(f"“{word}” cannot be written.", "Choose notebook, markdown or html.")
    path = await desk.save(desk.conversation_id, kind)
    if desk.made is not None and desk.message_id:
        await desk.made(desk.message_id, path)
    text = f"The conversation is written to {path}."
    return CommandAnswer(text=text, told=text)


def _named(names: list[str]) -> str:
    return " and ".join(f"**{name}**" for name in names)
