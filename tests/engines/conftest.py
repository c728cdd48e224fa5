"""Engines over the stand-in for vLLM, each test in a folder of its own."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from stand_in_vllm import COMMAND

from sponde_server.core.database import Database
from sponde_server.core.keys import Keys
from sponde_server.core.processes import birth, kill_group
from sponde_server.core.streams import Feed
from sponde_server.engines.process import Place
from sponde_server.engines.records import Engine, EngineChanged, Weights
from sponde_server.engines.service import SpondeEngines
from sponde_server.models.local import LocalModels
from sponde_server.models.records import Completion, Finished, Role, Turn
from sponde_server.models.service import SpondeModels
from sponde_server.registry.service import SpondeRegistry
from sponde_server.usage.service import SpondeUsage

Make = Callable[..., SpondeEngines]
Run = Callable[[Awaitable[Any]], Any]
CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 2048,
    "vocab_size": 256,
    "torch_dtype": "float32",
}


def write_model(folder: Path, *faults: str) -> Path:
    """Write a folder that looks like a small model, with faults for the stand-in."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "tokenizer.json").write_text("{}")
    tensor = {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]}
    head = json.dumps({"model.embed_tokens.weight": tensor}).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + bytes(64))
    set_faults(folder, *faults)
    return folder


def set_faults(folder: Path, *faults: str) -> None:
    """Say how the stand-in is to fail from now on."""
    (folder / "faults").write_text("\n".join(faults))


def seen(folder: Path, event: str = "") -> list[dict[str, Any]]:
    """Give what the stand-in noted."""
    path = folder / "seen.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    entries = [json.loads(line) for line in lines]
    return [entry for entry in entries if not event or entry["event"] == event]


async def until(is_so: Callable[[], Any], what: str = "") -> None:
    """Wait until something is so."""
    for _ in range(1200):
        if is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(what or "It never came to be.")


class Heard(Feed):
    """A feed whose events can be asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.engines: list[Engine] = []

    def tell(self, event: Any) -> None:
        """Keep what is told of engines."""
        if isinstance(event, EngineChanged):
            self.engines.append(event.engine)
        super().tell(event)

    def statuses(self) -> list[str]:
        """Give the statuses in their order, each once in a row."""
        told = [engine.status.value for engine in self.engines]
        return [name for i, name in enumerate(told) if i == 0 or told[i - 1] != name]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder for engines with a short path, and end whatever is left in it."""
    made = Path(tempfile.mkdtemp(prefix="se-"))
    yield made
    for state in made.glob("*/state.json"):
        running = Place(state.parent).read()
        if running and birth(running.keeper) == running.birth:
            kill_group(running.keeper)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def feed() -> Heard:
    """Give a feed whose events can be asked for."""
    return Heard()


@pytest.fixture
def make_engines(database: Database, feed: Heard, folder: Path, run: Run) -> Iterator[Make]:
    """Make services over one folder, as several JupyterLabs of one person are."""
    made: list[SpondeEngines] = []

    def make(**settings: Any) -> SpondeEngines:
        settings = {
            "command": COMMAND,
            "back_off_seconds": 0.05,
            "database": database,
            "feed": feed,
            "folder": folder,
            **settings,
        }
        made.append(SpondeEngines(**settings))
        return made[-1]

    yield make
    for engines in made:
        run(engines.stop())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Give a small model's folder."""
    return write_model(tmp_path / "small")


@pytest.fixture
def weights(model: Path) -> Weights:
    """Give what an engine loads."""
    return Weights(model="small", version=1, path=str(model))


@dataclass
class Asking:
    """Engines with a registry before them and models that are asked."""

    engines: SpondeEngines
    registry: SpondeRegistry
    models: SpondeModels

    async def ask(self, name: str, question: str = "Hello") -> tuple[str, Finished | None]:
        """Ask a model of this machine; give what it said, and its end."""
        said, end = "", None
        turns = (Turn(role=Role.USER, content=question),)
        async for piece in self.models.complete(Completion(model_id=f"local/{name}", turns=turns)):
            if isinstance(piece, Finished):
                end = piece
            else:
                said += piece.text
        return said, end


@pytest.fixture
def make_asking(
    make_engines: Make, database: Database, feed: Heard, tmp_path: Path, run: Run
) -> Iterator[Callable[..., Asking]]:
    """Make everything that a question to a model of this machine goes through."""
    made: list[Asking] = []

    def make(**settings: Any) -> Asking:
        keys = Keys(tmp_path / "keys.json")
        registry = SpondeRegistry(
            database=database, feed=feed, keys=keys, folder=tmp_path / "models", root=tmp_path
        )

        async def find(name: str, version: int) -> Weights:
            return await LocalModels(registry, engines).weights(name, version)

        engines = make_engines(find_weights=find, **settings)
        models = SpondeModels(
            database=database,
            feed=feed,
            keys=keys,
            usage=SpondeUsage(database=database, feed=feed),
            local=LocalModels(registry, engines),
        )
        made.append(Asking(engines, registry, models))
        return made[-1]

    yield make
    for asking in made:
        run(asking.models.stop())
        run(asking.registry.stop())
