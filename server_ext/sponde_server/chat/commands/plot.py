"""/plot: a picture of one column, or of two."""

from sponde_server.chat import chart, columns
from sponde_server.chat.prompt import fenced
from sponde_server.chat.records import CommandAnswer
from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Dataset, Profile
from sponde_server.tools.records import Output

from .desk import Desk
from .which import dataset_of


async def answer(rest: str, desk: Desk) -> CommandAnswer:
    """Draw what was asked for, or what is worth a look."""
    datasets = desk.datasets
    dataset, left = await dataset_of(rest, datasets, "plot")
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
        told=f"The picture is shown to the person. {text}",
        datasets=(dataset.name,),
        table=table,
    )


def _choice(dataset: Dataset, chosen: str, profile: Profile) -> str:
    others = [column.name for column in profile.columns if column.name != chosen]
    said = f"You named no column, so I chose {columns.code(chosen)}."
    if others:
        said += f" Another: {columns.code(f'/plot @{dataset.name} {others[-1]}')}."
    return said
