"""A real server in a process of its own, and a real kernel beside it, for the five journeys."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager
from jupyter_core.utils import ensure_event_loop

from browser.lab import REPOSITORY, TOKEN, Lab, free_port
from sponde_server.cli import place_welcome


class Served:
    """A running JupyterLab that is talked to over HTTP."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a route; a refusal is given as its body with the status."""
        request = urllib.request.Request(
            f"{self.lab.url}/sponde/api{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                data = answer.read()
        except urllib.error.HTTPError as error:
            return {"status": error.code, **json.loads(error.read())}
        return json.loads(data) if data else None

    def until(self, path: str, holds: Callable[[Any], bool], seconds: float = 240) -> Any:
        """Ask again until something holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.call("GET", path)
            if holds(found):
                return found
            time.sleep(0.05)
        raise AssertionError(found)

    def ask(self, conversation: str, text: str, parent: str | None = None) -> Any:
        """Ask, and give the answer as it ended."""
        body = {"text": text, "parent_id": parent}
        asked = self.call("POST", f"/conversations/{conversation}/messages", body)
        return self.until(
            f"/messages/{asked['answer']['id']}", lambda found: found["status"] != "streaming"
        )


class Cell:
    """What running a piece of code gave."""

    def __init__(self) -> None:
        self.outputs: list[Any] = []
        self.error: Any = None
        self.payload: list[Any] = []

    def text(self, mime: str = "text/markdown") -> str:
        """Give the last output of a kind; an updated display counts by its last state."""
        found = [out["data"][mime] for out in self.outputs if mime in out.get("data", {})]
        return str(found[-1]) if found else ""


class Kernel:
    """A real kernel, started as JupyterLab starts one."""

    def __init__(self, served: Served) -> None:
        data_dir = served.lab.base / "data_dir" / "sponde" / "server.json"
        env = {
            **os.environ,
            "SPONDE_SERVER": str(data_dir),
            "PYTHONPATH": str(REPOSITORY / "kernel_tools"),
            "IPYTHONDIR": str(served.lab.base / "ipython"),
        }
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(env=env, cwd=str(served.lab.root))
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str, seconds: float = 120) -> Cell:
        """Run code and give what it showed."""
        cell = Cell()

        def hear(message: Any) -> None:
            kind, content = message["msg_type"], message["content"]
            if kind in ("display_data", "execute_result", "update_display_data", "stream"):
                cell.outputs.append(content)
            elif kind == "error":
                cell.error = content

        reply = self.client.execute_interactive(
            code, output_hook=hear, timeout=seconds, allow_stdin=False
        )
        cell.payload = reply["content"].get("payload", [])
        return cell

    def stop(self) -> None:
        """End it."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        # The blocking client made itself a loop and leaves it to the garbage collector.
        ensure_event_loop().close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start a JupyterLab over a folder with the welcome files in it."""
    base: Path = tmp_path_factory.mktemp("journey")
    (base / "root").mkdir()
    lab = Lab(base, free_port(), [])
    place_welcome(lab.root)
    lab.start()
    yield Served(lab)
    lab.stop()


@pytest.fixture(scope="module")
def kernel(served: Served) -> Iterator[Kernel]:
    """Start a kernel beside it."""
    made = Kernel(served)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def birds(served: Served) -> str:
    """Register the sample data; give its name."""
    dataset = served.call("POST", "/datasets", {"path": "sponde-welcome/bird_strikes.csv"})
    return str(dataset["name"])
