"""Tools over a history of their own, and MCP servers that are real processes."""

import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sponde_server.core.keys import Keys
from sponde_server.core.streams import Feed
from sponde_server.tools.service import Asker, SpondeTools

SCRIPT = str(Path(__file__).with_name("mcp_server.py"))


def command(fault: str = "") -> list[str]:
    """Give the command of a scripted server."""
    return [sys.executable, SCRIPT, "stdio", *([fault] if fault else [])]


class Told(Feed):
    """A feed that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []

    def tell(self, event: Any) -> None:
        self.events.append(event)
        super().tell(event)


@pytest.fixture
def feed() -> Told:
    """Give a feed that remembers."""
    return Told()


@pytest.fixture
def make_tools(
    database: Any, feed: Told, tmp_path: Path, run: Callable[[Awaitable[Any]], Any]
) -> Iterator[Callable[..., SpondeTools]]:
    """Make the tools over the same history; what they started is ended."""
    made: list[SpondeTools] = []

    def make(**traits: Any) -> SpondeTools:
        root = tmp_path / "root"
        root.mkdir(exist_ok=True)
        keys = Keys(tmp_path / "keys.json")
        tools = SpondeTools(database=database, feed=feed, keys=keys, root=root, **traits)
        made.append(tools)
        return tools

    yield make
    for tools in made:
        run(tools.stop())


@pytest.fixture
def tools(make_tools: Callable[..., SpondeTools]) -> SpondeTools:
    """Give the tools with nothing in them."""
    return make_tools()


@pytest.fixture
def asker() -> Asker:
    """Give someone who asks."""
    return Asker(person="ada", conversation_id="c1", is_local=False, reader="Elsewhere")


@pytest.fixture
def address() -> Iterator[Callable[[str], str]]:
    """Start scripted servers that answer over HTTP."""
    started: list[subprocess.Popen[str]] = []

    def start(fault: str = "") -> str:
        process = subprocess.Popen(
            [sys.executable, SCRIPT, "http", *([fault] if fault else [])],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        return process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()
