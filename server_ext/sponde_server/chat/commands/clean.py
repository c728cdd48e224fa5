"""/clean: what is wrong in a dataset, and code that mends it step by step. Changes nothing."""

from sponde_server.chat import columns, facts
from sponde_server.chat.prompt import fenced
from sponde_server.chat.records import CommandAnswer
from sponde_server.datasets.records import Column, Profile
from sponde_server.tools.records import Output

from . import clean_code
from .clean_find import Step, find
from .desk import Desk
from .quoting import code, many, plain
from .which import dataset_of

SHOWN = 60


async def answer(rest: str, desk: Desk) -> CommandAnswer:
    """Show what would change, and write the code that does it."""
    dataset, left = await dataset_of(rest, desk.datasets, "clean")
    profile = await desk.datasets.profile(dataset.id)
    said: list[str] = []
    chosen: tuple[Column, ...] = profile.columns
    if left:
        meant = columns.find(left, profile.columns, dataset.name)
        chosen = meant.columns
        said += meant.guesses
    found = await find(dataset, profile, chosen, desk.datasets, is_whole=not left)
    steps = found.steps
    where = f"**{dataset.name}**" if not left else f"{code(chosen[0].name)} of **{dataset.name}**"
    if not steps:
        said.append(f"{where} looks clean: {many(profile.rows, 'row')} were looked at.")
    else:
        said.append(
            f"{where}: {many(len(steps), 'thing')} to mend or to look at in "
            f"{many(profile.rows, 'row')}. Nothing is changed: run the code to do it, and leave "
            "out what you do not want."
        )
    notes = [*_of_the_file(profile, is_whole=not left), *found.notes]
    text = " ".join(said)
    if notes:
        text += "\n\n" + "\n".join(f"- {note}" for note in notes)
    counted = "\n".join(
        f"- {step.title}{f', {plain(step.column)}' if step.column else ''}: {step.counted}"
        for step in steps
    )
    if steps:
        text += "\n\nThe code, one step after the other:\n\n"
    else:
        text += "\n\nTo look for yourself:\n\n"
    text += fenced(clean_code.program(dataset.name, steps), "python")
    return CommandAnswer(
        text=text,
        outputs=(Output(mime="text/html", data=_table(steps)),) if steps else (),
        told=f"{' '.join(said)}\n{counted}",
        datasets=(dataset.name,),
    )


def _of_the_file(profile: Profile, *, is_whole: bool) -> list[str]:
    notes: list[str] = []
    if is_whole and profile.rows_left_out:
        notes.append(
            f"{many(profile.rows_left_out, 'row')} of the file could not be read and are not "
            "here; the Data panel shows their lines."
        )
    for column in profile.columns if is_whole else ():
        if column.missing:
            words = ", ".join(code(word) for word in column.missing[:5])
            notes.append(f"{code(column.name)}: {words} is read as no value already.")
        elif column.form and column.kind.value != "text" and len(notes) < 6:
            notes.append(f"{code(column.name)} is read as {code(column.form)} already.")
    return notes[:8]


def _table(steps: list[Step]) -> str:
    rows = [
        (
            number,
            step.title,
            plain(step.column),
            step.counted,
            "; ".join(f"{_cut(before)} → {_cut(after)}" for before, after in step.examples)
            or step.shown,
        )
        for number, step in enumerate(steps, 1)
    ]
    return facts.html_table(("", "What", "Column", "How much", "For example"), rows)


def _cut(text: str) -> str:
    shown = text.replace("\n", "⏎")
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
