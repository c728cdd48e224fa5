"""A real kernel beside a real server: what a person types in a cell."""

import json
import os
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from browser.lab import REPOSITORY, TOKEN, Lab, free_port


@dataclass
class Ran:
    """What came of a cell."""

    status: str
    text: str = ""
    """What it printed."""
    results: list[dict[str, Any]] = field(default_factory=list)
    """The data of its results and displays."""
    errors: list[dict[str, Any]] = field(default_factory=list)
    """The errors that it shows."""
    inputs: list[dict[str, Any]] = field(default_factory=list)
    """What it puts into cells."""

    @property
    def value(self) -> str:
        """Its last result as text."""
        return str(self.results[-1]["text/plain"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Run a server of its own over an empty folder."""
    base = tmp_path_factory.mktemp("server")
    (base / "root").mkdir()
    lab = Lab(base, free_port(), [])
    lab.start()
    yield lab
    lab.stop()


@pytest.fixture
def start_kernel(server: Lab) -> Iterator[Callable[..., Callable[[str], Ran]]]:
    """Start kernels as the server would: in its folder, knowing where it answers."""
    ends: list[Callable[[], None]] = []

    def start(**extra: str) -> Callable[[str], Ran]:
        env = {
            **os.environ,
            "SPONDE_SERVER": str(server.base / "data_dir" / "sponde" / "server.json"),
            "PYTHONPATH": str(REPOSITORY / "kernel_tools"),
            "IPYTHONDIR": str(server.base / "ipython"),
            "JPY_SESSION_NAME": str(server.root / "work" / "a.ipynb"),
            **extra,
        }
        manager, client = start_new_kernel(kernel_name="python3", env=env, cwd=str(server.root))
        ends.extend([client.stop_channels, lambda: manager.shutdown_kernel(now=True)])
        return lambda code: _run(client, code)

    yield start
    for end in ends:
        end()


@pytest.fixture
def cell(start_kernel: Callable[..., Callable[[str], Ran]]) -> Callable[[str], Ran]:
    """Run cells in one kernel that has the magics."""
    run = start_kernel()
    assert run("%load_ext sponde").status == "ok"
    return run


def _run(client: BlockingKernelClient, code: str) -> Ran:
    ran = Ran("")

    def hear(message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            ran.text += content["text"]
        elif kind in ("execute_result", "display_data"):
            ran.results.append(content["data"])
        elif kind == "error":
            ran.errors.append(content)

    reply = client.execute_interactive(code, output_hook=hear, timeout=240)["content"]
    ran.status = reply["status"]
    ran.inputs = [
        given for given in reply.get("payload", []) if given["source"] == "set_next_input"
    ]
    return ran


@pytest.fixture
def api(server):
    """Ask the server as a person's program does; give what it answers."""

    def call(method, path, body=None):
        request = urllib.request.Request(
            f"{server.url}/sponde/api{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    return call
