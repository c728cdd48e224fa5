"""A real JupyterLab with the workbench in it, to be clicked through, killed and started again."""

import json
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

# The shell draws no window, and opens a page with a third less work.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
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
LEFT_OUT = Path(__file__).with_name("left_out")
STAND_IN = (
    f"--SpondeEngines.command={sys.executable}",
    f"--SpondeEngines.command={REPOSITORY / 'tests' / 'stand_in_vllm.py'}",
)
# The folders in which a JupyterLab keeps what it knows, and the variables that name them.
STATE = {
    "config_dir": "JUPYTER_CONFIG_DIR",
    "data_dir": "JUPYTER_DATA_DIR",
    "runtime_dir": "JUPYTER_RUNTIME_DIR",
    "workspaces": "JUPYTERLAB_WORKSPACES_DIR",
    "settings": "JUPYTERLAB_SETTINGS_DIR",
    "ipython": "IPYTHONDIR",
}
SECOND = 1000
# Nothing takes this long unless it is broken: a wait that ends well costs nothing.
PATIENCE = 60 * SECOND


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
    _is_ending: bool = False

    def keep(self) -> None:
        """Remember what the folder holds now; `renew` comes back to it."""
        if not self._kept.exists():
            shutil.copytree(self.root, self._kept, symlinks=True)

    def renew(self) -> None:
        """Begin again as if nothing had been done here yet."""
        self.stop()
        for folder in (self.root, *(self.base / name for name in STATE)):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._kept, self.root, symlinks=True)
        self.start()

    @property
    def _kept(self) -> Path:
        return self.base / "kept"

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
        env |= {name: str(self.base / folder) for folder, name in STATE.items()}
        path = [REPOSITORY / "server_ext", REPOSITORY / "kernel_tools"]
        if "PYTEST_VERSION" in os.environ:  # benchmarks measure the whole
            path.insert(0, LEFT_OUT)
        env["PYTHONPATH"] = os.pathsep.join(map(str, path))
        self._is_ending = False
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
                    *(STAND_IN if not any("SpondeEngines." in o for o in self.options) else ()),
                    *self.options,
                ],
                env=env,
                cwd=self.root,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(1800):
            try:
                urllib.request.urlopen(f"{self.url}/api?token={TOKEN}", timeout=60).close()
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

    def end(self) -> None:
        """Ask it to end."""
        if self.process is not None and not self._is_ending:
            self._is_ending = True  # a second signal would end it before it has tidied up
            self.process.terminate()

    def stop(self) -> None:
        """End it and everything that it started."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.end()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def is_still(page: Page) -> None:
    """Wait until nothing moves or fades any more; what goes on for seconds does not count."""
    page.wait_for_function(
        """() => document.getAnimations().every(({playState, effect}) =>
            playState !== 'running' || effect?.getComputedTiming().endTime > 2000)"""
    )


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page, for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    is_still(page)
    page.screenshot(path=SHOTS / (re.sub(r"[^\w.-]+", "-", name) + ".png"))


def splash_is_gone(page: Page) -> None:
    """Wait until JupyterLab's splash has left the page, 0.2 s after it began to fade.

    JupyterLab 4.6 removes it from a timer that a second splash does not cancel: a theme that is
    chosen while the first one fades ends in an uncaught error, "Failed to execute 'removeChild'".
    """
    page.wait_for_function("() => !document.querySelector('#jupyterlab-splash')", timeout=PATIENCE)


def set_theme(page: Page, theme: str) -> None:
    """Switch JupyterLab to a theme by its name, such as 'JupyterLab Dark'."""
    splash_is_gone(page)
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    page.wait_for_function(
        "name => document.body.dataset.jpThemeName === name", arg=theme, timeout=PATIENCE
    )
    splash_is_gone(page)


def call(lab: Lab, method: str, path: str, body: Any = None) -> Any:
    """Ask a route of the workbench as a person's program does; give what it answers."""
    request = urllib.request.Request(
        f"{lab.url}/sponde/api{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.loads(answer.read() or b"null")


def command(page: Page, name: str, arguments: dict[str, Any] | None = None) -> None:
    """Run a JupyterLab command."""
    page.evaluate(
        "([name, args]) => { void window.jupyterapp.commands.execute(name, args); }",
        [name, arguments or {}],
    )


def layout_is_kept(page: Page, holds: str) -> None:
    """Wait until the layout that JupyterLab keeps on the server holds a text.

    It is kept a moment after it changed; asked from here, because a promise is always truthy to
    `wait_for_function`.
    """
    for _ in range(300):
        kept = page.evaluate(
            """async token => {
                const base = JSON.parse(
                    document.getElementById('jupyter-config-data').textContent).baseUrl;
                const answer = await fetch(base + 'lab/api/workspaces',
                    {headers: {Authorization: 'token ' + token}});
                return await answer.text();
            }""",
            TOKEN,
        )
        if holds in kept:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"The kept layout never held {holds!r}.")
