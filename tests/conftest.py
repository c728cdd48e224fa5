"""What every test may ask for: a history of its own, a server of its own."""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from tornado.httpclient import HTTPClientError

from sponde_server.core.database import Database

# jsonschema does without this grammar of international addresses, which takes a second to build.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
pytest_plugins = ("pytest_jupyter.jupyter_server",)
# The same examples each time, however long this machine takes for one.
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")
# The files that take longest, so that no worker is left with one of them when the others are done.
LONGEST = (
    "publish/test_dashboards.py",
    "engines/test_life.py",
    "chat/test_calls.py",
    "experiments/test_service.py",
    "chat/test_commands.py",
    "chat/test_answers.py",
    "engines/test_faults.py",
    "datasets/test_readers.py",
    "journeys/test_j3_schedule.py",
    "jobs/test_service.py",
    "datasets/test_service.py",
    "kernel/test_use.py",
    "chat/test_commands_hostile.py",
    "journeys/test_j1_chat.py",
    "kernel/test_magics.py",
    "datasets/test_sandbox.py",
    "chat/test_receipts.py",
    "engines/test_asking.py",
    "tuning/test_comparison.py",
    "kernel/test_programs.py",
    "registry/test_downloads.py",
    "models/test_secrets.py",
    "datasets/test_downloads.py",
    "kernel/test_data.py",
    "kernel/test_asking.py",
    "library/test_folder.py",
    "library/test_trying.py",
    "house/test_generated.py",
    "browser/test_chat.py",
    "browser/test_composer.py",
    "browser/test_library.py",
    "browser/test_compare.py",
    "browser/test_jobs.py",
    "browser/test_datasets.py",
    "browser/test_tour.py",
    "browser/test_library_look.py",
)
STAND_IN_VLLM = [sys.executable, str(Path(__file__).with_name("stand_in_vllm.py"))]
MIGRATIONS = Path(__file__).parents[1] / "server_ext" / "sponde_server" / "migrations"
# In a process of its own: where DuckDB is loaded early it tells of what it holds at the end.
MAKE_HISTORY = """
import asyncio, logging, sys
from pathlib import Path
from sponde_server.core.database import Database

async def make():
    made = Database(Path(sys.argv[1]), Path(sys.argv[2]), logging.getLogger("test"))
    await made.write(lambda con: None)
    await made.close()

asyncio.run(make())
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    folder = Path(__file__).parent
    rank = {folder / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session")
def empty_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a history with every table once: a copy costs a fifth of the fifty migrations."""
    path = tmp_path_factory.mktemp("history") / "history.duckdb"
    subprocess.run(
        [sys.executable, "-c", MAKE_HISTORY, path, MIGRATIONS],
        env=os.environ | {"PYTHONPATH": str(MIGRATIONS.parents[1])},
        check=True,
    )
    return path


@pytest.fixture
def jp_server_config(tmp_path: Path, empty_history: Path) -> dict[str, Any]:
    """Turn the workbench on, with its history in the test's folder, and a stand-in for vLLM."""
    (tmp_path / "sponde-data").mkdir(mode=0o700)
    shutil.copyfile(empty_history, tmp_path / "sponde-data" / empty_history.name)
    return {
        "ServerApp": {"jpserver_extensions": {"sponde_server": True}},
        "SpondeApp": {"data_dir": str(tmp_path / "sponde-data")},
        "SpondeEngines": {"command": STAND_IN_VLLM},
    }


@pytest.fixture
def run(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Callable[[Awaitable[Any]], Any]:
    """Run a coroutine to its end from a plain test."""

    def wait(work: Awaitable[Any]) -> Any:
        return jp_asyncio_loop.run_until_complete(asyncio.wait_for(work, 300))

    return wait


@pytest.fixture
def database(
    tmp_path: Path, empty_history: Path, run: Callable[[Awaitable[Any]], Any]
) -> Iterator[Database]:
    """Give an empty history on disk, with every table."""
    shutil.copyfile(empty_history, tmp_path / empty_history.name)
    made = Database(tmp_path / "history.duckdb", MIGRATIONS, logging.getLogger("test"))
    yield made
    run(made.close())


@pytest.fixture
def api(jp_fetch: Any) -> Callable[..., Awaitable[Any]]:
    """Call routes of a real server.

    `await api("POST", "/datasets", {...})` gives the JSON.

    A refusal is given as the body with its status: `{"status": 404, "message": ...}`.
    """

    async def call(method: str, path: str, body: Any = None, **query: str) -> Any:
        try:
            response = await jp_fetch(
                "sponde",
                "api",
                *path.strip("/").split("/"),
                method=method,
                params=query,
                body=json.dumps(body) if body is not None else None,
                allow_nonstandard_methods=True,
                connect_timeout=280,
                request_timeout=280,
            )
        except HTTPClientError as error:
            if error.response is None:
                raise
            return {"status": error.code, **json.loads(error.response.body or b"{}")}
        return json.loads(response.body) if response.body else None

    return call


@dataclass
class Upstream:
    """A scripted OpenAI-compatible server in a process of its own (tests/upstream.py)."""

    base_url: str
    """Its address, up to and with /v1."""
    process: "subprocess.Popen[str]"

    @property
    def root(self) -> str:
        """Its address without /v1."""
        return self.base_url.removesuffix("/v1")

    def requests(self, path: str = "/chat/completions") -> list[dict[str, Any]]:
        """Give what it was asked, oldest first."""
        with urllib.request.urlopen(f"{self.root}/requests", timeout=60) as answer:
            return [entry for entry in json.loads(answer.read()) if entry["path"].endswith(path)]

    async def was_asked(self, count: int = 1) -> None:
        """Wait until it was asked so many times."""
        for _ in range(3000):
            if len(self.requests()) >= count:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(self.requests())

    async def was_left(self) -> None:
        """Wait until who asked last has gone before the answer's end."""
        for _ in range(3000):
            if self.requests()[-1]["left"]:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("The request goes on.")

    def hurry(self) -> None:
        """Let the paced answers that are under way end as fast as they go."""
        request = urllib.request.Request(f"{self.root}/hurry", method="POST")
        urllib.request.urlopen(request, timeout=60).close()

    def forget(self) -> None:
        """Forget what it was asked."""
        request = urllib.request.Request(f"{self.root}/requests", method="DELETE")
        urllib.request.urlopen(request, timeout=60).close()


@contextlib.contextmanager
def scripted(script: str) -> Iterator[Upstream]:
    """Start a scripted server of models."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name(script)), "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield Upstream(process.stdout.readline().strip(), process)
    process.kill()
    process.wait(20)
    process.stdout.close()


@pytest.fixture(scope="session")
def upstream_process() -> Iterator[Upstream]:
    """Start the scripted server once."""
    with scripted("upstream.py") as process:
        yield process


@pytest.fixture(scope="session")
def anthropic_process() -> Iterator[Upstream]:
    """Start the scripted server that speaks Anthropic's protocol once."""
    with scripted("upstream_anthropic.py") as process:
        yield process


@pytest.fixture
def anthropic(anthropic_process: Upstream) -> Upstream:
    """Give the scripted server of Anthropic's protocol with nothing asked yet."""
    anthropic_process.forget()
    return anthropic_process


@pytest.fixture
def upstream(upstream_process: Upstream) -> Upstream:
    """Give the scripted server with nothing asked yet."""
    upstream_process.forget()
    return upstream_process
