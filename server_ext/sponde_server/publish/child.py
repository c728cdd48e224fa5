"""The dashboards' own process: Voilà over a folder of published copies, on a unix socket.

Told what to do by one line of JSON on stdin, and ends when stdin does: then the server is gone.
Reads no configuration files, serves no listing and no file of the folder, and knows nothing of
the server. Only proxy.py talks to it.
"""

import json
import os
import shutil
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# ruff: noqa: E402
# jsonschema does without this grammar of international addresses, which takes a second to build.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_unix_socket
from tornado.web import HTTPError
from traitlets import Integer, Unicode
from traitlets.config import Config
from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler

NONCE = "X-Sponde-Nonce"
TEMPLATES = Path(__file__).parent / "templates"
FAILED = "Run the notebook in JupyterLab to see why."


@dataclass(frozen=True)
class Orders:
    """What the server asks for."""

    socket: str
    folder: str
    base_url: str
    token: str
    most_kernels: int
    idle_seconds: int


class Kernels(AsyncMappingKernelManager):
    """One kernel for each open page, up to a limit, in the folder of the notebook's original."""

    most = Integer(8, config=True, help="Kernels at once.")

    async def start_kernel(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Start a kernel, or refuse it over the limit."""
        if len(self) >= self.most:
            raise HTTPError(503, reason="Every place is taken")
        return await super().start_kernel(*args, **kwargs)

    def cwd_for_path(self, path: str, **kwargs: Any) -> str:
        """Give the folder where the original notebook lies, so that its relative paths work."""
        copy = super().cwd_for_path(path, **kwargs)  # type: ignore[no-untyped-call]
        original = json.loads(Path(copy, "place.json").read_text("utf-8"))["folder"]
        return str(original if os.path.isdir(original) else copy)


class Page(TornadoVoilaHandler):  # type: ignore[misc]
    """One published notebook, run and sent piece by piece."""

    async def get(self, path: str | None = None) -> None:
        """Send the page; scripts carry the nonce that the Content-Security-Policy names."""
        if self.current_user is None:
            raise HTTPError(403)
        async for html in self.get_generator(path=path):
            # Voilà's sign of life is a script without the nonce.
            is_alive = html.startswith("<script>window.voila_heartbeat()")
            self.write("<!-- still running -->\n" if is_alive else html)
            await self.flush()


class Dashboards(Voila):  # type: ignore[misc]
    """Voilà with our template, on a unix socket, with nothing but pages and their parts."""

    socket = Unicode(help="Where to listen.")

    def setup_template_dirs(self) -> None:
        """Look for templates in our folder first."""
        super().setup_template_dirs()
        self.template_paths.insert(0, str(TEMPLATES))

    def init_handlers(self) -> list[Any]:
        """Serve pages, their kernels and their static parts; no tree, no contents, no files."""
        parts = ("static", "templates", "labextensions", "api/themes", "api/shutdown")
        kept = ("/api/kernels/", *(f"/voila/{part}/" for part in parts))
        handlers: list[Any] = []
        for handler in super().init_handlers():
            if "/voila/render/" in handler[0]:
                handlers.append((handler[0], Page, handler[2]))
            elif any(part in handler[0] for part in kept):
                handlers.append(handler)
        return handlers

    def listen(self) -> None:
        """Listen on the socket; nobody but this person can connect to it."""
        server = HTTPServer(self.app)
        server.add_socket(bind_unix_socket(self.socket, mode=0o600))
        self.ioloop = IOLoop.current()
        threading.Thread(target=end_with_stdin, daemon=True).start()
        try:
            self.ioloop.start()
        finally:
            self.stop()
            shutil.rmtree(Path(self.socket).parent, ignore_errors=True)


def end_with_stdin() -> None:
    """Ask this process to end when the server is gone."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def hand_over_nonce(request: Any, notebook: Any, cwd: str) -> Any:
    """Put the request's nonce where the template finds it."""
    notebook.metadata["sponde_nonce"] = request.request.headers.get(NONCE, "")
    return notebook


def settings(orders: Orders) -> Config:
    """Write Voilà's configuration."""
    return Config(
        {
            "Voila": {
                "config_file_paths": [],
                "base_url": orders.base_url,
                "root_dir": orders.folder,
                "token": orders.token,
                "connection_dir_root": str(Path(orders.socket).parent),
                "open_browser": False,
                "log_level": "WARN",
            },
            "VoilaConfiguration": {
                "template": "lab",
                "allow_template_override": "NO",
                "allow_theme_override": "NOTEBOOK",
                "show_tracebacks": False,
                "strip_sources": True,
                "extension_denylist": ["sponde-lab"],
                "multi_kernel_manager_class": Kernels,
                "prelaunch_hook": hand_over_nonce,
                "file_allowlist": [],
            },
            # Ports of 127.0.0.1 are open to every user of the machine, and run out in a race.
            "ConnectionFileMixin": {"transport": "ipc"},
            "VoilaExecutor": {"cell_error_instruction": FAILED, "timeout": None},
            "Kernels": {
                "most": orders.most_kernels,
                "cull_idle_timeout": orders.idle_seconds,
                "cull_interval": max(5, orders.idle_seconds // 5),
                "cull_connected": False,
            },
        }
    )


def main() -> None:
    """Read the orders and serve until the server is gone."""
    orders = Orders(**json.loads(sys.stdin.buffer.readline()))
    app = Dashboards(config=settings(orders), socket=orders.socket)
    app.initialize([])
    app.start()


if __name__ == "__main__":
    main()
