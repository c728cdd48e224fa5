"""A real server with a connected model, and the official clients that ask it."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ollama
import openai
import pytest
from conftest import Upstream

from browser.lab import TOKEN, Lab, free_port


@dataclass
class Server:
    """A running server, as a program sees it."""

    lab: Lab

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.lab.url

    def call(
        self, method: str, path: str, body: Any = None, token: str = TOKEN, **headers: str
    ) -> Any:
        """Call an address; a refusal is given as its body with the status."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={**({"Authorization": f"Bearer {token}"} if token else {}), **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
            try:
                return {"status": error.code, **json.loads(text)}
            except ValueError:
                return {"status": error.code}
        return json.loads(text) if text else None

    def make_token(self, **given: Any) -> dict[str, Any]:
        """Make a Sponde token; gives its record with the `secret`."""
        made = self.call("POST", "/sponde/api/gateway-tokens", {"name": "a program", **given})
        assert "secret" in made, made
        return {**made["token"], "secret": made["secret"]}

    def token(self, token_id: str) -> dict[str, Any]:
        """Give a token's record as it is now."""
        tokens = self.call("GET", "/sponde/api/gateway-tokens")
        return dict(next(one for one in tokens if one["id"] == token_id))


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
