"""A conversation to ask in, a dataset to ask about, a model to ask."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jobs.notebooks import until

from sponde_server.library.code.extract import fences

SAMPLE = Path(__file__).parents[2] / "notebooks" / "bird_strikes.csv"


class Talk:
    """One conversation through the routes."""

    def __init__(self, api: Callable[..., Awaitable[Any]], conversation: Any) -> None:
        self.api = api
        self.id = conversation["id"]
        self.last: str | None = None

    async def send(self, text: str, **more: Any) -> Any:
        """Ask, and give what the route gives."""
        body = {"text": text, "parent_id": self.last, **more}
        asked = await self.api("POST", f"/conversations/{self.id}/messages", body)
        if "answer" in asked:
            self.last = asked["answer"]["id"]
        return asked

    async def ask(self, text: str, **more: Any) -> Any:
        """Ask, and give the answer as it ended."""
        asked = await self.send(text, **more)
        assert "answer" in asked, asked
        return await self.ended(asked["answer"]["id"])

    async def ended(self, message_id: str, pause: float = 0.02) -> Any:
        """Wait for an answer's end."""
        return await self.until(message_id, lambda found: found["status"] != "streaming", pause)

    async def until(
        self, message_id: str, holds: Callable[[Any], bool], pause: float = 0.02
    ) -> Any:
        """Wait until something holds of an answer; who waits long asks less and less often."""
        waited = 0.0
        while True:
            found = await self.api("GET", f"/messages/{message_id}")
            if holds(found):
                return found
            assert waited < 300, found
            pause = max(pause, waited / 10)
            await asyncio.sleep(pause)
            waited += pause

    async def receipt(self, answer: Any) -> Any:
        """Give what was sent for an answer, word by word."""
        return await self.api("GET", f"/messages/{answer['id']}/receipt")

    async def messages(self) -> Any:
        """Give all its messages."""
        return await self.api("GET", f"/conversations/{self.id}/messages")


@pytest.fixture
def talk(api: Callable[..., Awaitable[Any]], run: Callable[[Awaitable[Any]], Any]) -> Talk:
    """Give an empty conversation."""
    return Talk(api, run(api("POST", "/conversations", {})))


@pytest.fixture
def model(
    api: Callable[..., Awaitable[Any]], run: Callable[[Awaitable[Any]], Any], upstream: Any
) -> Any:
    """Connect the scripted server."""
    new = {"base_url": upstream.base_url, "api_key": "sk-test-abcd", "name": "Scripted"}
    provider = run(api("POST", "/providers", new))
    assert "id" in provider, provider
    return provider


@pytest.fixture
def birds(
    api: Callable[..., Awaitable[Any]], run: Callable[[Awaitable[Any]], Any], jp_root_dir: Path
) -> Any:
    """Register the sample data."""
    shutil.copyfile(SAMPLE, jp_root_dir / "bird_strikes.csv")
    dataset = run(api("POST", "/datasets", {"path": "bird_strikes.csv"}))
    assert dataset["name"] == "bird_strikes", dataset
    return dataset


class Reader:
    """Reads the feed as a tab does."""

    def __init__(self, app: Any) -> None:
        self.feed = app.feed
        self.app = app
        self.events: list[tuple[str, Any]] = []
        self.task = asyncio.ensure_future(self.read())

    async def read(self) -> None:
        """Take the events as they come."""
        async for piece in self.feed.follow():
            for event in piece.decode().split("\n\n"):
                lines = dict(line.split(": ", 1) for line in event.split("\n") if ": " in line)
                if "event" in lines:
                    self.events.append((lines["event"], json.loads(lines["data"])))

    def of(self, kind: str) -> list[Any]:
        """Give the events of a kind."""
        return [data for name, data in self.events if name == kind]


@pytest.fixture
def reader(
    jp_serverapp: Any, run: Callable[[Awaitable[Any]], Any], api: Callable[..., Awaitable[Any]]
) -> Iterator[Reader]:
    """Follow the feed; the application stands beside it."""

    async def begin() -> Reader:
        (app,) = jp_serverapp.extension_manager.extension_apps["sponde_server"]
        made = Reader(app)
        await until(lambda: made.events)
        return made

    made = run(begin())
    yield made
    made.task.cancel()


RUN = """
import io, json, sys, contextlib
import matplotlib
matplotlib.use("Agg")
out = io.StringIO()
for code in json.load(sys.stdin):
    space = {}
    with contextlib.redirect_stdout(out):
        exec(compile(code, "<cell>", "exec"), space)
frame, told = space.get(sys.argv[1]), {}
if hasattr(frame, "columns"):
    first = json.loads(frame.head(1).to_json(orient="records", date_format="iso"))
    told = {"columns": list(frame.columns), "rows": len(frame), "first": (first or [{}])[0]}
elif frame is not None:
    told = {"value": str(frame)}
sys.stderr.write("\\n\\x1e" + json.dumps([out.getvalue(), told]))
"""


@pytest.fixture
def run_code(
    jp_serverapp: Any,
) -> Callable[..., Awaitable[tuple[str, Any]]]:
    """Run the Python of an answer as it stands, in an interpreter of its own beside the server.

    Gives what it printed and what one of its variables holds. Of several answers each has names of
    its own, and the last one's variable is given.
    """
    (app,) = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    app.owner.enter(jp_serverapp.connection_url, jp_serverapp.identity_provider.token, app.root)
    kernel_tools = Path(__file__).parents[2] / "kernel_tools"

    async def execute(*texts: str, variable: str = "df") -> tuple[str, Any]:
        codes = [
            "\n\n".join(fence.code for fence in fences(text) if fence.language == "python")
            for text in texts
        ]
        assert all(codes), texts
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", RUN, variable,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, cwd=app.root,
            env={
                **os.environ,
                "SPONDE_SERVER": str(Path(app.data_dir) / "server.json"),
                "PYTHONPATH": str(kernel_tools),
            },
        )  # fmt: skip
        _, problems = await asyncio.wait_for(process.communicate(json.dumps(codes).encode()), 280)
        assert process.returncode == 0, "\n\n".join([*codes, problems.decode()])
        printed, told = json.loads(problems.decode().rpartition("\x1e")[2])
        return printed, told

    return execute
