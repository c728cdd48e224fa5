"""A real server with a connected model, and the official clients that ask it."""

from collections.abc import Callable, Iterator
from typing import Any

import ollama
import openai
import pytest
from conftest import Upstream
from gateway.program import Server

from browser.lab import TOKEN, Lab, free_port


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Run one server for these tests."""
    base = tmp_path_factory.mktemp("gateway")
    (base / "root").mkdir()
    made = Lab(base, free_port(), ["--SpondeGateway.heartbeat_seconds=0.3"])
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="package")
def connected(lab: Lab, upstream_process: Upstream) -> Server:
    """Connect the scripted model, once."""
    server = Server(lab)
    entered = {"base_url": upstream_process.base_url, "api_key": "key-of-ours-1234", "name": "up"}
    assert "status" not in server.call("POST", "/sponde/api/providers", entered)
    return server


@pytest.fixture
def server(connected: Server, upstream: Upstream) -> Server:
    """Give the server, with nothing asked yet."""
    return connected


@pytest.fixture
def make_openai(server: Server) -> Iterator[Callable[..., openai.OpenAI]]:
    """Make OpenAI clients."""
    made: list[openai.OpenAI] = []

    def make(token: str = TOKEN, **settings: Any) -> openai.OpenAI:
        settings = {"max_retries": 0, "timeout": 60, **settings}
        made.append(openai.OpenAI(base_url=f"{server.url}/sponde/v1", api_key=token, **settings))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_openai: Callable[..., openai.OpenAI]) -> openai.OpenAI:
    """Give OpenAI's client with Jupyter's token."""
    return make_openai()


@pytest.fixture
def make_ollama(server: Server) -> Iterator[Callable[..., ollama.Client]]:
    """Make Ollama clients."""
    made: list[ollama.Client] = []

    def make(token: str = TOKEN) -> ollama.Client:
        headers = {"Authorization": f"Bearer {token}"}
        made.append(ollama.Client(host=f"{server.url}/sponde", headers=headers, timeout=60))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def llama(make_ollama: Callable[..., ollama.Client]) -> ollama.Client:
    """Give Ollama's client with Jupyter's token."""
    return make_ollama()
