"""What the chat asks a running kernel of its variables, in a real kernel: nothing may be disturbed.

The program is the one that the browser sends (extension/src/kernels/program.ts), sent as it does.
"""

import base64
import json
import queue
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from browser.lab import REPOSITORY

SOURCE = (REPOSITORY / "extension" / "src" / "kernels" / "program.ts").read_text()
FOUND = re.search(r"String\.raw`\n(.*)`;", SOURCE, re.DOTALL)
assert FOUND
PROGRAM = FOUND[1]
MAKE = """
import time, collections
import numpy as np, pandas as pd

class Slow:
    "Everything that one may call on it takes for ever."
    size = 1
    def __repr__(self): time.sleep(600)
    __str__ = __repr__
    @property
    def shape(self): time.sleep(600)

class Proxy:
    "As libraries make them that stand for something else."
    def __len__(self): time.sleep(600)
    def __getattr__(self, name): time.sleep(600)
    @property
    def __class__(self): time.sleep(600)

class Frame(pd.DataFrame):
    pass

slow = Slow()
proxy = Proxy()
holder = [slow, {"deep": slow}]
frame = pd.DataFrame({"a": np.arange(1000), "who": ["secret"] * 1000, "odd": [slow] * 1000})
own = Frame({"a": [1, 2]})
Frame.shape = property(lambda self: time.sleep(600))
large = pd.DataFrame(np.zeros((2_000_000, 20)))
array = np.arange(12.0).reshape(3, 4)
text = "x" * 10_000_000
number = 10 ** 100_000
counts = collections.Counter("aab")
def double(x):
    return 2 * x
del collections
"""


class Kernel:
    """A kernel that is asked as the browser asks it."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def request(self, code: str, **more: Any) -> dict[str, Any]:
        """Send a request, and give the reply's content."""
        sent = self.client.execute(code, **more)
        while True:
            reply = self.client.get_shell_msg(timeout=120)
            if reply["parent_header"].get("msg_id") == sent:
                return dict(reply["content"])

    def run(self, code: str) -> dict[str, Any]:
        """Run a cell."""
        return self.request(code)

    def ask(self, *asked: Any) -> Any:
        """Ask as `asking.ts` does."""
        expression = (
            f'(lambda scope: (__import__("builtins").exec({json.dumps(PROGRAM)}, scope), '
            f'scope["given"])[1])({{"asked": {json.dumps(asked)}}})'
        )
        content = self.request(
            "",
            silent=True,
            store_history=False,
            allow_stdin=False,
            stop_on_error=False,
            user_expressions={"given": expression},
        )
        given = content["user_expressions"]["given"]
        assert given["status"] == "ok", given
        return json.loads(base64.b64decode(given["data"]["text/plain"][1:-1]))

    def heard(self) -> list[str]:
        """Give the types of what was broadcast since the last look."""
        found: list[str] = []
        while True:
            try:
                found.append(self.client.get_iopub_msg(timeout=0.5)["msg_type"])
            except queue.Empty:
                return found


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """Start a kernel, with things in it that hurt whoever looks carelessly."""
    manager, client = start_new_kernel(kernel_name="python3")
    made = Kernel(client)
    assert made.run(MAKE)["status"] == "ok"
    yield made
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_variables_are_told_by_name_type_and_shape_the_newest_first(kernel):
    found = {name: (kind, shape) for name, kind, shape in kernel.ask("variables")}
    assert found["frame"] == ("DataFrame", "1,000 × 3")
    assert found["large"] == ("DataFrame", "2,000,000 × 20")
    assert found["own"] == ("Frame", "2 × 1")
    assert found["array"] == ("ndarray", "3 × 4")
    assert found["holder"] == ("list", "2")
    assert found["counts"] == ("Counter", "2")
    assert found["slow"] == ("Slow", "")
    assert found["double"] == ("function", "")
    assert found["Slow"] == ("class", "")
    assert not {"np", "time", "In", "Out", "get_ipython", "exit", "_"} & set(found)
    assert kernel.ask("variables")[0][0] == "double"


def test_asking_leaves_no_trace(kernel):
    kernel.heard()
    look: Callable[[], Any] = lambda: kernel.request(  # noqa: E731
        "", silent=True, user_expressions={"x": "(sorted(globals()), len(In), len(Out))"}
    )["user_expressions"]["x"]["data"]["text/plain"]
    names = look()
    before = kernel.run("1")["execution_count"]
    kernel.heard()
    kernel.ask("variables")
    kernel.ask("look", "frame", 3)
    assert set(kernel.heard()) == {"status"}
    assert kernel.run("1")["execution_count"] == before + 1
    after = look()
    assert re.findall(r"'\w+'", after)[-3:] == re.findall(r"'\w+'", names)[-3:]
    assert not {"scope", "asked", "given", "SHAPED", "json"} & set(re.findall(r"\w+", after))


def test_a_look_tells_columns_and_no_rows_unless_asked(kernel):
    seen = kernel.ask("look", "frame", 0)
    assert seen.startswith("frame: DataFrame, 1,000 × 3")
    assert "- a: int64, 0 to 999" in seen
    assert "secret" not in seen
    assert "secret" in kernel.ask("look", "frame", 2)
    assert kernel.ask("look", "missing", 0) is None
    assert "return 2 * x" in kernel.ask("look", "double", 0)


@pytest.mark.parametrize(
    "name", ["slow", "proxy", "holder", "frame", "own", "large", "text", "number"]
)
def test_what_is_slow_or_huge_hurts_nobody(kernel, name):
    began = time.monotonic()
    for rows in (0, 5):
        seen = kernel.ask("look", name, rows)
        assert seen.startswith(f"{name}: ")
        assert len(seen) < 9_000
    # A repr of one of them takes ten minutes.
    assert time.monotonic() - began < 60
