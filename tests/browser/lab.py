"""A real JupyterLab with the workbench in it, to be clicked through, killed and started again."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
SHOTS = Path(
    os.environ.get("SPONDE_SHOTS", Path(__file__).parents[2] / "ci-output" / "screenshots")
)
TOKEN = "a-token-for-tests"
REPOSITORY = Path(__file__).parents[2]


def free_port() -> int:
    """Find a port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Lab:
    """A running JupyterLab: can be killed and started again over the same folders."""

    base: Path
    port: int
    options: list[str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def root(self) -> Path:
        """The folder that it serves."""
        return self.base / "root"

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it has written so far."""
        return (self.base / "server.log").read_text()

    def start(self) -> None:
        """Start it and wait until it answers."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")}
        for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
            env["JUPYTER_" + name] = str(self.base / name.lower())
        env["JUPYTERLAB_WORKSPACES_DIR"] = str(self.base / "workspaces")
        env["JUPYTERLAB_SETTINGS_DIR"] = str(self.base / "settings")
        env["IPYTHONDIR"] = str(self.base / "ipython")
        env["PYTHONPATH"] = os.pathsep.join(
            [str(REPOSITORY / "server_ext"), str(REPOSITORY / "kernel_tools")]
        )
        with (self.base / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "jupyterlab",
                    "--no-browser",
                    "--ip=127.0.0.1",
                    f"--port={self.port}",
                    "--ServerApp.port_retries=0",
                    "--ServerApp.allow_root=True",
                    f"--IdentityProvider.token={TOKEN}",
                    f"--ServerApp.root_dir={self.root}",
                    "--LabApp.expose_app_in_browser=True",
                    *self.options,
                ],
                env=env,
                cwd=self.root,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/api?token={TOKEN}", timeout=5).close()
                return
            except OSError:
                assert self.process.poll() is None, self.log
                time.sleep(0.1)
        raise AssertionError(self.log)

    def kill(self) -> None:
        """End it as a power cut would: kill -9, no farewell."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> None:
        """End it and everything that it started."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page, for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / (re.sub(r"[^\w.-]+", "-", name) + ".png"))


def set_theme(page: Page, theme: str) -> None:
    """Switch JupyterLab to a theme by its name, such as 'JupyterLab Dark'."""
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    page.wait_for_function(
        "name => document.body.dataset.jpThemeName === name", arg=theme, timeout=20_000
    )
    # The theme's splash fades out after the theme is there.
    page.wait_for_function("() => !document.querySelector('#jupyterlab-splash')")


def command(page: Page, name: str, arguments: dict[str, Any] | None = None) -> None:
    """Run a JupyterLab command."""
    page.evaluate(
        "([name, args]) => { void window.jupyterapp.commands.execute(name, args); }",
        [name, arguments or {}],
    )
