"""Engines that run already are found, and called by their names."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sponde_server.engines.found import look_around

Run = Callable[[Awaitable[Any]], Any]
Serve = Callable[[dict[str, Any]], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve fixed answers at a free port of this machine; a number is a bare status."""
    made: list[ThreadingHTTPServer] = []

    def start(answers: dict[str, Any]) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = answers.get(self.path, 404)
                status = answer if isinstance(answer, int) else 200
                body = json.dumps(None if isinstance(answer, int) else answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: Any) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        made.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return int(server.server_address[1])

    yield start
    for server in made:
        server.shutdown()
        server.server_close()


def _models(*names: str, owner: str = "") -> dict[str, Any]:
    return {"object": "list", "data": [{"id": name, "owned_by": owner} for name in names]}


@pytest.mark.parametrize(
    ("name", "version", "answers"),
    [
        (
            "vLLM",
            "0.32.0",
            {"/v1/models": _models("m", owner="vllm"), "/version": {"version": "0.32.0"}},
        ),
        (
            "Ollama",
            "0.9.1",
            {"/v1/models": _models("m", owner="library"), "/api/version": {"version": "0.9.1"}},
        ),
        ("LM Studio", "", {"/v1/models": _models("m", owner="organization_owner")}),
        ("llama.cpp", "b4000", {"/v1/models": _models("m"), "/props": {"build_info": "b4000"}}),
        ("SGLang", "", {"/v1/models": _models("m", owner="sglang")}),
        ("", "", {"/v1/models": _models("m", owner="somebody")}),
    ],
)
def test_an_engine_is_called_by_its_name(
    serve: Serve, run: Run, name: str, version: str, answers: dict[str, Any]
) -> None:
    port = serve(answers)
    (found,) = run(look_around(ports=[port]))
    assert (found.kind, found.version, found.models) == (name, version, ("m",))
    assert found.address == f"http://127.0.0.1:{port}/v1"
    assert not found.is_configured


def test_other_programs_at_those_ports_are_left_alone(serve: Serve, run: Run) -> None:
    web, broken = serve({"/": {"hello": 1}}), serve({"/v1/models": {"nothing": 1}})
    assert run(look_around(ports=[web, broken, 1])) == []


def test_ollama_without_models_is_found_too(serve: Serve, run: Run) -> None:
    port = serve({"/v1/models": {"object": "list", "data": None}, "/api/version": {"version": "1"}})
    (found,) = run(look_around(ports=[port]))
    assert (found.kind, found.models) == ("Ollama", ())


def test_one_that_wants_a_key_is_told_of(serve: Serve, run: Run) -> None:
    port = serve({"/v1/models": 401, "/version": {"version": "0.32.0"}})
    (found,) = run(look_around(ports=[port]))
    assert found.wants_key
    assert found.kind == "vLLM"


def test_a_configured_address_comes_first_and_says_when_it_is_gone(serve: Serve, run: Run) -> None:
    port = serve({"/v1/models": _models("shared", owner="vllm")})
    found = run(
        look_around(
            [f"http://localhost:{port}", "http://127.0.0.1:1/v1", "no address"], ports=[port]
        )
    )
    assert [(one.address, one.is_configured) for one in found] == [
        (f"http://localhost:{port}/v1", True),
        ("http://127.0.0.1:1/v1", True),
    ]
    assert found[0].models == ("shared",)
    assert found[1].failure == "It does not answer."


def test_our_own_engines_are_not_found(serve: Serve, run: Run) -> None:
    port = serve({"/v1/models": _models("mine", owner="vllm")})
    assert run(look_around(ports=[port], left_out=[f"http://127.0.0.1:{port}"])) == []


def test_a_port_that_hangs_holds_nobody_up_for_long(run: Run) -> None:
    async def hangs() -> tuple[float, list[Any]]:
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        began = loop.time()
        found = await look_around(ports=[port] * 5)
        server.close()
        return loop.time() - began, found

    seconds, found = run(hangs())
    assert found == []
    assert seconds < 100
