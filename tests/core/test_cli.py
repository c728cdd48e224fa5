"""`sponde` as a person starts it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from house.generate import REPOSITORY
from sponde_server.cli import main, place_welcome


@pytest.fixture
def environment(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    for name in ("CONFIG", "DATA", "RUNTIME"):
        kept[f"JUPYTER_{name}_DIR"] = str(tmp_path / name.lower())
    kept["PYTHONPATH"] = os.pathsep.join(
        [str(REPOSITORY / "server_ext"), str(REPOSITORY / "kernel_tools")]
    )
    return kept


def test_sponde_prints_an_address_that_opens_the_welcome_notebook(tmp_path, environment):
    log = tmp_path / "log"
    with log.open("w") as out:
        started = subprocess.Popen(
            [
                *(sys.executable, "-m", "sponde_server.cli", "work", "--no-browser"),
                *("--allow-root", "--port", "0", "--ip=127.0.0.1"),
            ],
            cwd=tmp_path,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        address = None
        for _ in range(3000):
            address = re.search(r"http://127\.0\.0\.1\S+token=[0-9a-f]{20,}", log.read_text())
            if address:
                break
            assert started.poll() is None, log.read_text()
            time.sleep(0.1)
        assert address, log.read_text()
        assert "/lab/tree/sponde-welcome/welcome.ipynb" in address[0]
        with urllib.request.urlopen(address[0], timeout=60) as page:
            assert b"JupyterLab" in page.read()
        base, _, rest = address[0].partition("/lab/")
        token = rest.partition("token=")[2]
        for _ in range(3000):
            ask = f"{base}/sponde/api/datasets?token={token}"
            with urllib.request.urlopen(ask, timeout=60) as answer:
                datasets = json.load(answer)
            if datasets and datasets[0]["status"] == "ready":
                break
            time.sleep(0.1)
        assert [(found["name"], found["rows"]) for found in datasets] == [("bird_strikes", 10000)]
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(20)


def test_the_welcome_is_placed_once_and_what_a_person_changed_stays(tmp_path):
    notebook = place_welcome(tmp_path)
    notebook.write_text("changed")
    assert place_welcome(tmp_path).read_text() == "changed"
    assert (notebook.parent / "bird_strikes.csv").stat().st_size > 1_000_000


def test_help_says_what_can_be_written(capsys):
    main(["--help"])
    assert "sponde [folder]" in capsys.readouterr().out
