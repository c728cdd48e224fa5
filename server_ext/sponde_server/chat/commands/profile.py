"""/profile: what is in a dataset, at once and in a table."""

from sponde_server.chat import columns, facts
from sponde_server.chat.prompt import fenced
from sponde_server.chat.records import CommandAnswer
from sponde_server.tools.records import Output

from .desk import Desk
from .which import dataset_of


async def answer(rest: str, desk: Desk) -> CommandAnswer:
    """Say what a dataset holds and what stands out."""
    datasets = desk.datasets
    dataset, left = await dataset_of(rest, datasets, "profile")
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
        told=await datasets.policies.describe(dataset.id),
        datasets=(dataset.name,),
    )
