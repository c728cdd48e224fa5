"""Goes on with the code in a cell while a person types: quick, short, and given up at once.

Every request is bounded before it is sent, is ended at the provider when the asker leaves, and is
counted like any other. Does not know HTTP, and keeps nothing.
"""

import json
from contextlib import aclosing

from traitlets import Bool, Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.errors import SpondeError, UpstreamFailed
from sponde_server.datasets.records import DatasetStatus
from sponde_server.datasets.service import SpondeDatasets
from sponde_server.models.local import LOCAL
from sponde_server.models.records import Completion, Delta, Finished, Model, Turn
from sponde_server.models.service import SpondeModels
from sponde_server.models.sse import EventLines
from sponde_server.usage.records import Caller, CallerKind

from . import continuation
from .continuation import Way
from .records import Continuation, NewContinuation

MOST_DATASETS = 20
DATA_CHARACTERS = 4000
NOT_SPOKEN = {400, 404, 405, 415, 422, 501}


class SpondeCompleter(LoggingConfigurable):
    """Completion of code in cells. Off until a person switches it on in JupyterLab's settings."""

    cell_characters = Int(
        8000, min=100, help="Most characters of the cell that a model reads, around the cursor."
    ).tag(config=True)
    above_characters = Int(
        6000, min=0, help="Most characters of the cells above that a model reads. 0: none."
    ).tag(config=True)
    names_datasets = Bool(
        True,
        help="Whether a model reads the names and columns of the datasets (never statistics or "
        "rows), so that it writes columns that exist. False: only the notebook's code is sent.",
    ).tag(config=True)
    longest_lines = Int(
        12, min=1, help="Most lines that are proposed at once, whatever was asked for."
    ).tag(config=True)
    most_tokens = Int(256, min=8, help="Most tokens that a proposal may take.").tag(config=True)

    def __init__(self, *, models: SpondeModels, datasets: SpondeDatasets, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._models = models
        self._datasets = datasets
        self._ways: dict[str, int] = {}

    async def go_on(self, asked: NewContinuation, person: str = "") -> Continuation:
        """Propose what comes next in a cell; an empty text where nothing does."""
        model = await self._models.get_model(asked.model_id)
        if not asked.is_invited and await self._sleeps(model):
            # Typing must not start an engine.
            return Continuation(text="", model=model.name, is_asleep=True)
        caller = Caller(person=person, kind=CallerKind.COMPLETION)
        after = continuation.bounded(asked.after, self.cell_characters // 4, is_end=False)
        room = self.cell_characters - len(after)
        before = continuation.bounded(asked.before, room, is_end=True)
        lines = min(asked.lines or self.longest_lines, self.longest_lines)
        cells = continuation.above(asked.cells, self.above_characters)
        said = await self._data() if self.names_datasets else ""
        text, is_cut = await self._ask(model, caller, asked, cells, said, before, after, lines)
        kept = continuation.ended(text, before, after, lines, is_cut=is_cut)
        return Continuation(
            text=kept, model=model.name, provider=model.provider_name, is_local=model.is_local
        )

    async def _ask(
        self,
        model: Model,
        caller: Caller,
        asked: NewContinuation,
        cells: str,
        said: str,
        before: str,
        after: str,
        lines: int,
    ) -> tuple[str, bool]:
        """Ask in the best way that the model's server knows, and remember which that is."""
        known = continuation.ways(model.name, is_ours=model.provider_id == LOCAL)
        for at in range(self._ways.get(model.id, 0), len(known)):
            if known[at] is Way.CHAT:
                turns = continuation.turns_of(said, cells, before, after, asked.language)
                return await self._chat(model, caller, turns, before, after, lines)
            family = continuation.family_of(model.name)
            assert family is not None
            joined = f"{cells}\n\n{before}" if cells else before
            body = {
                **continuation.prompt_of(family, known[at], said, joined, after, asked.language),
                "max_tokens": self.most_tokens,
                "temperature": 0,
                "stop": list(family.stops[:4]),
                "stream": True,
            }
            found = await self._fill(model, caller, body, before, after, lines)
            if found is not None:
                return found
            self._ways[model.id] = at + 1
        return "", False

    async def _chat(
        self,
        model: Model,
        caller: Caller,
        turns: tuple[Turn, ...],
        before: str,
        after: str,
        lines: int,
    ) -> tuple[str, bool]:
        asked = Completion(model_id=model.id, turns=turns, longest=self.most_tokens)
        text, is_cut = "", True
        async with aclosing(self._models.complete(asked, caller)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Delta):
                    text += piece.text
                    if continuation.is_enough(text, before, after, lines):
                        return text, True
                elif isinstance(piece, Finished):
                    is_cut = piece.reason == "length"
        return text, is_cut

    async def _fill(
        self,
        model: Model,
        caller: Caller,
        body: dict[str, object],
        before: str,
        after: str,
        lines: int,
    ) -> tuple[str, bool] | None:
        """Ask /completions; None where the server does not know it, or not so."""
        text, is_cut = "", True
        async with self._models.forward(model.id, "/completions", body, caller) as answer:
            if answer.status in NOT_SPOKEN:
                return None
            if answer.status >= 300:
                raise UpstreamFailed(
                    f"{model.provider_name} refused to complete code (status {answer.status}).",
                    "Choose another model in the settings of JupyterLab's inline completer.",
                )
            if not answer.media_type.startswith("text/event-stream"):
                return None
            events = EventLines()
            async for piece in answer.pieces:
                for data in events.feed(piece):
                    added, reason = _read(data)
                    text += added
                    is_cut = reason == "length" if reason else is_cut
                if continuation.is_enough(text, before, after, lines):
                    return text, True
        return text, is_cut

    async def _sleeps(self, model: Model) -> bool:
        if model.provider_id != LOCAL:
            return False
        return model.name not in await self._models.list_running()

    async def _data(self) -> str:
        """Name the datasets and their columns, as each one's policy lets through."""
        said: list[str] = []
        for dataset in (await self._datasets.list_all())[:MOST_DATASETS]:
            if dataset.status is not DatasetStatus.READY:
                continue
            try:
                description = await self._datasets.policies.description(dataset.id)
            except SpondeError:
                continue  # removed meanwhile, or its file is
            said.append(description.schema)
        return continuation.bounded("\n\n".join(said), DATA_CHARACTERS, is_end=False)


def _read(data: bytes) -> tuple[str, str]:
    """Read a chunk of /completions: its text, and why it ended."""
    try:
        choice = json.loads(data)["choices"][0]
        return str(choice.get("text") or ""), str(choice.get("finish_reason") or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return "", ""
