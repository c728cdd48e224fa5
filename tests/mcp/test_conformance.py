"""The public conformance suite and the official Python client, against a real server.

`make conformance` installs both (pinned, tests/mcp/package-lock.json); without them this is
skipped: tests/mcp/test_programs.py and test_streams.py check the same protocol on their own.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SUITE = HERE / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
SCENARIOS = 32
TOKEN = "a-token-for-tests"


def _node() -> str | None:
    """Find Node 22 or later, which the suite wants."""
    beside = Path(sys.executable).with_name("node")
    for found in (os.environ.get("SPONDE_NODE"), str(beside), shutil.which("node")):
        if found and Path(found).exists():
            said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
            number = re.match(r"v(\d+)", said.stdout)
            if number and int(number[1]) >= 22:
                return found
    return None


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server with the suite's tools beside our own."""
    folder = tmp_path_factory.mktemp("conformance")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    (folder / "root").mkdir()
    command = [
        sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser",
        f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder / 'root'}", f"--SpondeApp.data_dir={folder / 'data'}",
        '--ServerApp.jpserver_extensions={"sponde_server":True,"mcp_everything":True}',
    ]  # fmt: skip
    paths = [str(HERE.parents[1] / "server_ext"), str(HERE.parent)]
    log = (folder / "log").open("wb")
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
    }
    process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    try:
        for _ in range(1200):
            assert process.poll() is None, (folder / "log").read_text()
            try:
                urllib.request.urlopen(f"http://localhost:{port}/api", timeout=20).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://localhost:{port}/sponde/mcp"
    finally:
        process.terminate()
        process.wait(60)
        log.close()


@pytest.mark.skipif(not SUITE.exists() or _node() is None, reason="make conformance installs it")
def test_the_public_conformance_suite_passes(address: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            str(_node()),
            str(SUITE),
            "server",
            "--url",
            f"{address}?token={TOKEN}",
            "--suite",
            "all",
            "--output-dir",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )
    summary = done.stdout.partition("=== SUMMARY ===")[2]
    print(summary)
    assert done.returncode == 0, done.stdout + done.stderr
    assert summary.count("✓") == SCENARIOS
    assert re.search(r"Total: \d+ passed, 0 failed", summary)
    checks = [
        check for path in tmp_path.rglob("checks.json") for check in json.loads(path.read_text())
    ]
    assert checks
    assert {check["status"] for check in checks} <= {"SUCCESS", "INFO"}


def test_the_official_python_client_finds_what_there_is(address: str) -> None:
    python = os.environ.get("SPONDE_MCP_PYTHON", sys.executable)
    known = subprocess.run([python, "-c", "import httpx2, mcp"], capture_output=True, check=False)
    if known.returncode:
        pytest.skip("the package mcp is not installed; make conformance installs it")
    done = subprocess.run(
        [python, str(HERE / "program.py"), address, TOKEN],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["version"] == "2025-11-25"
    assert "test_simple_text" in found["tools"]
    assert "about_dataset" in found["prompts"]
    assert found["heard"] == [
        "Tool execution started",
        "Tool processing data",
        "Tool execution completed",
    ]
    assert found["steps"] == [0, 50, 100]
    assert found["is_error"] is True
    assert found["read"].startswith("This is the content")
