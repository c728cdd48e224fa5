"""Tells the library and the datasets of what others have, which they do not know by themselves."""

from collections.abc import Collection, Sequence

from .chat.naming import naming
from .chat.service import SpondeChat
from .core.database import Database
from .core.errors import NotFound
from .core.events import Bus
from .datasets.records import DatasetAdded, DatasetRemoved
from .datasets.service import SpondeDatasets
from .datasets.where_used.around import Around
from .datasets.where_used.records import DatasetUse, DatasetUseKind
from .jobs.service import SpondeJobs
from .library.finding.records import FindBlocks
from .library.outside import Job, Outside, Question
from .library.records import CodeBlock
from .library.service import SpondeLibrary
from .library.sources.service import Answer
from .models.records import Completion, Delta, Role, Turn
from .models.service import SpondeModels
from .publish.service import SpondePublisher

MOST_BLOCKS = 200


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


def join_uses(
    around: Around,
    *,
    database: Database,
    jobs: SpondeJobs,
    library: SpondeLibrary,
    publisher: SpondePublisher,
) -> None:
    """Hand the page of a dataset what uses it."""

    async def find_blocks(name: str) -> list[DatasetUse]:
        asked = FindBlocks(query=f"dataset:{name}", limit=MOST_BLOCKS)
        return [
            DatasetUse(
                kind=DatasetUseKind.BLOCK,
                label=one.block.name,
                subject_id=one.block.id,
                last_at=one.block.updated_at,
            )
            for one in (await library.find(asked)).blocks
            if name.lower() in {named.lower() for named in one.block.facts.datasets}
        ]

    async def find_jobs(notebooks: Collection[str], values: Collection[str]) -> list[DatasetUse]:
        return [
            DatasetUse(
                kind=DatasetUseKind.JOB,
                label=one.name,
                subject_id=one.id,
                path=one.notebook,
                last_at=one.updated_at,
            )
            for one in await jobs.list_definitions()
            if one.notebook in notebooks
            or any(isinstance(given, str) and given in values for given in one.parameters.values())
        ]

    async def find_dashboards(notebooks: Collection[str]) -> list[DatasetUse]:
        return [
            DatasetUse(
                kind=DatasetUseKind.DASHBOARD,
                label=one.publication.name,
                subject_id=one.publication.id,
                path=one.publication.source,
                last_at=one.publication.updated_at,
            )
            for one in await publisher.list_all()
            if one.publication.source in notebooks
        ]

    async def find_conversations(dataset_id: str) -> list[DatasetUse]:
        return [
            DatasetUse(
                kind=DatasetUseKind.CONVERSATION,
                label=one.title,
                subject_id=one.conversation_id,
                message_id=one.message_id,
                last_at=one.asked_at,
            )
            for one in await naming(database, dataset_id)
        ]

    around.find_blocks = find_blocks
    around.find_jobs = find_jobs
    around.find_dashboards = find_dashboards
    around.find_conversations = find_conversations
