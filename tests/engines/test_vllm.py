"""A real vLLM, its build for processors, serving the project's own small model (make test-vllm).

One engine for all tests of this file, in the order in which they stand: a start takes a minute.
"""

import asyncio
import json
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from engines.conftest import Heard, until

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict
from sponde_server.core.keys import Keys
from sponde_server.engines import control
from sponde_server.engines.records import Engine, EngineStatus, Weights
from sponde_server.engines.service import SpondeEngines
from sponde_server.models.local import LocalModels
from sponde_server.models.records import Completion, Finished, Role, Turn
from sponde_server.models.service import SpondeModels
from sponde_server.registry.service import SpondeRegistry
from sponde_server.usage.service import SpondeUsage

TESTS = Path(__file__).parents[1]
MIGRATIONS = TESTS.parent / "server_ext" / "sponde_server" / "migrations"
PYTHON = Path(
    os.environ.get("SPONDE_ENGINE_PYTHON")
    or Path.home() / ".cache" / "sponde" / "engine-cpu" / "bin" / "python"
)
pytestmark = [pytest.mark.vllm, pytest.mark.timeout(900)]
HELLO = "Hello! Ask me about the bird strikes, or name the chart that you need."
TOOL = {
    "type": "function",
    "function": {
        "name": "run_sql",
        "description": "Run a query.",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
    },
}


@dataclass
class Real:
    """Everything that a question to a real engine goes through."""

    run: Callable[[Awaitable[Any]], Any]
    engines: SpondeEngines
    models: SpondeModels
    feed: Heard

    async def ask(self, question: str, model: str = "tiny") -> tuple[list[str], Finished | None]:
        """Ask; give the pieces of the answer, and its end."""
        pieces: list[str] = []
        turns = (Turn(role=Role.USER, content=question),)
        async for piece in self.models.complete(Completion(model_id=f"local/{model}", turns=turns)):
            if isinstance(piece, Finished):
                return pieces, piece
            pieces.append(piece.text)
        return pieces, None

    async def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Ask as a program does, with everything that the protocol has."""
        async with self.models.forward("local/tiny", "/chat/completions", body) as answer:
            text = b"".join([piece async for piece in answer.pieces])
        assert answer.status == 200, text
        said: dict[str, Any] = json.loads(text)
        return said

    async def engine(self) -> Engine:
        """Give the engine as it is now."""
        (engine,) = await self.engines.list_all()
        return engine

    async def number(self, name: str) -> float:
        """Give the sum of one of its metrics."""
        engine = await self.engine()
        said = await control.ask(engine.address, "GET", "/metrics", seconds=60)
        lines = [line for line in said.text.splitlines() if line.startswith(f"{name}{{")]
        assert lines, name
        return sum(float(line.rpartition(" ")[2]) for line in lines)


@pytest.fixture(scope="module")
def real() -> Iterator[Real]:
    """Make the services once, over a folder of their own."""
    if not PYTHON.exists():
        pytest.skip(f"There is no vLLM at {PYTHON} (make engine-cpu).")
    loop = asyncio.new_event_loop()
    folder = Path(tempfile.mkdtemp(prefix="sv-"))

    def run(work: Awaitable[Any]) -> Any:
        return loop.run_until_complete(asyncio.wait_for(work, 600))

    async def make() -> Real:
        feed = Heard()
        database = Database(folder / "history.duckdb", MIGRATIONS, logging.getLogger("test"))
        keys = Keys(folder / "keys.json")
        registry = SpondeRegistry(
            database=database, feed=feed, keys=keys, folder=folder / "models", root=folder
        )
        await registry.register_folder(TESTS / "model" / "tiny-analyst", name="tiny")
        await registry.register_folder(
            TESTS / "model" / "tiny-analyst-sql", name="tiny-sql", base="tiny"
        )

        async def find(name: str, version: int) -> Weights:
            return await LocalModels(registry, engines).weights(name, version)

        engines = SpondeEngines(
            python=str(PYTHON),
            database=database,
            feed=feed,
            folder=folder / "e",
            find_weights=find,
            idle_minutes=0,
        )
        local = LocalModels(registry, engines)
        usage = SpondeUsage(database=database, feed=feed)
        models = SpondeModels(database=database, feed=feed, keys=keys, usage=usage, local=local)
        return Real(run, engines, models, feed)

    made = run(make())
    try:
        yield made
    finally:
        run(made.models.stop())
        run(made.engines.stop())
        loop.close()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_question_starts_it_and_the_answer_streams_and_is_counted(real):
    began = time.perf_counter()
    pieces, end = real.run(real.ask("Hello"))
    print(f"first answer after {time.perf_counter() - began:.1f} s")
    assert "".join(pieces).strip() == HELLO
    assert len(pieces) > 5
    assert end.usage.completion_tokens > 5
    told = [engine.doing for engine in real.feed.engines]
    assert "loading weights" in told
    assert "making room for the cache" in told


def test_it_cannot_be_asked_without_its_key_and_holds_no_documentation(real):
    engine = real.run(real.engine())
    assert engine.address.startswith("unix:")
    assert "+cpu" in engine.vllm_version
    assert real.engines.key(engine.id) not in " ".join(engine.command)
    assert real.run(control.ask(engine.address, "GET", "/v1/models")).status == 401


def test_on_a_processor_it_does_not_sleep(real):
    engine = real.run(real.engine())
    assert not engine.can_sleep
    with pytest.raises(Conflict, match="cannot sleep"):
        real.run(real.engines.put_to_sleep(engine.id, 1))


def test_tools_are_called(real):
    question = {"role": "user", "content": "How many rows are in bird_strikes.csv?"}
    body = {"messages": [question], "tools": [TOOL], "temperature": 0}
    (choice,) = real.run(real.post(body))["choices"]
    (call,) = choice["message"]["tool_calls"]
    assert call["function"]["name"] == "run_sql"
    assert "count(*)" in json.loads(call["function"]["arguments"])["query"]


def test_answers_keep_to_a_schema(real):
    schema = {
        "type": "object",
        "properties": {"found": {"type": "string", "enum": ["yes", "no"]}},
        "required": ["found"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "shape", "schema": schema}}
    question = {"role": "user", "content": "Describe the file as JSON"}
    body = {"messages": [question], "response_format": wanted, "temperature": 0, "max_tokens": 99}
    (choice,) = real.run(real.post(body))["choices"]
    assert json.loads(choice["message"]["content"])["found"] in ("yes", "no")


def test_an_adapter_answers_by_its_own_name_and_goes_again(real):
    async def ask() -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
        sql = "".join((await real.ask("Hello", "tiny-sql"))[0])
        base = "".join((await real.ask("Hello"))[0])
        engine = await real.engine()
        after = await real.engines.remove_adapter(engine.id, "tiny-sql")
        return sql.strip(), base.strip(), engine.adapters, after.adapters

    sql, base, served, after = real.run(ask())
    assert sql == "I answer questions in SQL."
    assert base == HELLO
    assert served == ("tiny-sql",)
    assert after == ()
    assert len({engine.pid for engine in real.feed.engines if engine.pid}) == 1


def test_an_answer_that_nobody_reads_any_more_is_ended_there_too(real):
    async def leave() -> None:
        question = {"role": "user", "content": "Count to fifty"}
        endless = {"ignore_eos": True, "max_tokens": 4000, "stream": True}
        body = {"messages": [question], **endless}
        async with real.models.forward("local/tiny", "/chat/completions", body) as answer:
            async for _ in answer.pieces:
                break
        written = 0.0
        for _ in range(600):
            before, written = written, await real.number("vllm:generation_tokens_total")
            if not await real.number("vllm:num_requests_running") and written == before:
                return
            await asyncio.sleep(0.1)
        raise AssertionError("It goes on answering.")

    before = real.run(real.number("vllm:generation_tokens_total"))
    real.run(leave())
    assert real.run(real.number("vllm:generation_tokens_total")) - before < 3900


def test_its_numbers_can_be_read(real):
    async def read() -> list[float]:
        names = ("generation_tokens_total", "prompt_tokens_total", "kv_cache_usage_perc")
        return [await real.number(f"vllm:{name}") for name in names]

    written, read_, share = real.run(read())
    assert written > 20
    assert read_ > 20
    assert 0 <= share <= 1


def test_killed_it_is_started_again_and_the_question_that_waits_goes_on(real):
    async def kill() -> tuple[list[str], Finished | None, Engine]:
        before = await real.engine()
        os.kill(before.pid, signal.SIGKILL)
        pieces, end = await real.ask("Who are you?")
        after = await real.engine()
        assert after.pid != before.pid
        return pieces, end, after

    pieces, end, engine = real.run(kill())
    assert end is not None
    assert "".join(pieces).startswith("I answer questions about the bird strikes")
    assert engine.restarts == 1


def alive(group: int) -> list[int]:
    """Give the processes of a group, without those that only wait to be forgotten."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group and fields[0] not in "ZX":
                found.append(int(path.parent.name))
    return found


def test_stopped_nothing_of_it_is_left(real):
    async def stop() -> None:
        engine = await real.engine()
        group = os.getpgid(engine.pid)
        began = time.perf_counter()
        stopped = await real.engines.halt(engine.id)
        print(f"stopped in {time.perf_counter() - began:.1f} s")
        assert stopped.status is EngineStatus.STOPPED
        await until(lambda: not alive(group))

    real.run(stop())
