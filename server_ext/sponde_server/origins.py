"""Tells the library of answers, datasets and models, which it does not know by itself."""

from collections.abc import Collection

from .chat.service import SpondeChat
from .core.errors import NotFound
from .core.events import Bus
from .datasets.records import DatasetAdded, DatasetRemoved
from .datasets.service import SpondeDatasets
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
