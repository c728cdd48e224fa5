"""A key in a real keyring: GNOME's, on a message bus of its own. Skipped where there is none.

`apt-get install gnome-keyring dbus` and `pip install 'sponde[keyring]'` give what it needs.
"""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from models.test_secrets import ask, call

from browser.lab import Lab, free_port

KEY = "right-key-in-the-keyring-4711"
MISSING = [
    *(name for name in ("dbus-daemon", "gnome-keyring-daemon") if shutil.which(name) is None),
    *(name for name in ("keyring", "secretstorage") if importlib.util.find_spec(name) is None),
]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Start an empty keyring that is unlocked; give the folder in which it keeps things."""
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE
    )
    assert bus.stdout is not None
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().decode().strip())
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "data" / "keyrings").mkdir(parents=True)
    ring = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert ring.stdin is not None
    ring.stdin.write(b"a password")
    ring.stdin.close()
    yield tmp_path / "data" / "keyrings"
    for process in (ring, bus):
        process.terminate()
        process.wait(30)


@pytest.fixture
def lab(tmp_path: Path, keyring: Path) -> Iterator[Lab]:
    """Start a server that finds the keyring."""
    (tmp_path / "root").mkdir()
    options = [
        f"--SpondeApp.data_dir={tmp_path / 'sponde-data'}",
        "--ServerApp.jpserver_extensions=sponde_server=True",
    ]
    made = Lab(tmp_path, free_port(), options)
    made.start()
    yield made
    made.stop()


def test_a_key_goes_into_the_keyring_is_used_and_never_read_back(
    lab: Lab, keyring: Path, upstream: Any
) -> None:
    new = {"base_url": upstream.base_url, "api_key": KEY}
    provider = call(lab, "POST", "/sponde/api/providers", new)
    assert provider["key_place"] == "keyring", provider
    assert KEY not in str(call(lab, "GET", "/sponde/api/providers"))
    model_id = f"{provider['id']}/scripted"
    assert ask(lab, model_id)["status"] == "complete"
    assert upstream.requests()[-1]["authorization"] == f"Bearer {KEY}"
    # The keyring has it, encrypted; no file holds it as it is.
    assert any(keyring.iterdir())
    files = [path for path in lab.base.rglob("*") if path.is_file()]
    assert [path.name for path in files if KEY.encode() in path.read_bytes()] == []
    # Another server over the same history asks the keyring for it.
    lab.stop()
    lab.start()
    assert ask(lab, model_id)["status"] == "complete"
    assert upstream.requests()[-1]["authorization"] == f"Bearer {KEY}"
    call(lab, "DELETE", f"/sponde/api/providers/{provider['id']}")
    assert call(lab, "GET", "/sponde/api/providers") == []
