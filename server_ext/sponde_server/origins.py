"""Tells the library of answers, datasets and models, which it does not know by itself."""

from collections.abc import Collection, Sequence

from .chat.naming import naming
from .chat.service import SpondeChat
from .core.database import Database
from .core.errors import NotFound
from .core.events import Bus
from .datasets.records import DatasetAdded, DatasetRemoved
from .datasets.service import SpondeDatasets
from .jobs.service import SpondeJobs
from .library.finding_records import FindBlocks
from .library.outside import Job, Outside, Question
from .library.records import CodeBlock
from .library.service import SpondeLibrary
from .library.sources import Answer
from .models.records import Completion, Delta, Role, Turn
from .models.service import SpondeModels


def join(
    library: SpondeLibrary,
    bus: Bus,
    *,
    chat: SpondeChat,
    datasets: SpondeDatasets,
    models: SpondeModels,
) -> None:
    """Hand the library what it asks of others."""

    async def find_answer(message_id: str) -> Answer:
        try:
            message = await chat.get_message(message_id)
            conversation = await chat.get(message.conversation_id)
        except NotFound:
            return Answer()  # deleted since; the block is kept all the same
        return Answer(text=message.text, title=conversation.title)

    async def names() -> Collection[str]:
        return [dataset.name for dataset in await datasets.list_all()]

    async def ask(model_id: str, instruction: str, text: str) -> tuple[str, str]:
        model = await models.get_model(model_id)
        completion = Completion(
            model_id=model.id,
            turns=(
                Turn(role=Role.SYSTEM, content=instruction),
                Turn(role=Role.USER, content=text),
            ),
        )
        said = ""
        async for piece in models.complete(completion):
            if isinstance(piece, Delta):
                said += piece.text
        return said, model.name

    library.sources.find_answer = find_answer
    library.sources.dataset_names = names
    library.sources.ask = ask
    for told in (DatasetAdded, DatasetRemoved):
        bus.on(told, lambda event: library.sources.datasets_changed())


def join_places(
    outside: Outside, *, database: Database, jobs: SpondeJobs, library: SpondeLibrary
) -> None:
    """Hand the page of a block what uses it: jobs by their notebooks, messages that name it."""

    async def search(asked: FindBlocks) -> Sequence[CodeBlock]:
        return [one.block for one in (await library.find(asked)).blocks]

    async def find_jobs(notebooks: Collection[str]) -> list[Job]:
        return [
            Job(id=one.id, name=one.name, notebook=one.notebook, last_at=one.updated_at)
            for one in await jobs.list_definitions()
            if one.notebook in notebooks
        ]

    async def find_questions(block_id: str) -> list[Question]:
        return [
            Question(one.message_id, one.conversation_id, one.title, one.asked_at)
            for one in await naming(database, block_id)
        ]

    outside.search = search
    outside.find_jobs = find_jobs
    outside.find_questions = find_questions
