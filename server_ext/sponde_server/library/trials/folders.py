"""Where a trial works: its folder, its environment, and what is left of it when it has ended."""

import asyncio
import json
import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

from sponde_server.core.processes import is_alive, kill_group

ENVIRONMENT = (
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX",
    "SYSTEMROOT", "CUDA_VISIBLE_DEVICES",
)  # fmt: skip


async def see_it_end(process: asyncio.subprocess.Process) -> None:
    """Wait for a keeper's end, and end what it may have left."""
    try:
        await asyncio.wait_for(process.wait(), 8)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    kill_group(process.pid)


def sweep(folder: Path) -> None:
    """End the processes and remove the folders of trials whose server is gone."""
    for left in folder.iterdir():
        if left.name == "cache" or not left.is_dir():
            continue
        with suppress(OSError, ValueError, KeyError):
            entry = json.loads((left / "keeper.json").read_text())
            if is_alive(int(entry["pid"]), str(entry["birth"])):
                kill_group(int(entry["pid"]))
        _kill_marked(left.name)
        shutil.rmtree(left, ignore_errors=True)


def _kill_marked(trial_id: str) -> None:
    """End the processes that carry a trial's mark in their environment."""
    mark = f"SPONDE_TRIAL={trial_id}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in environment.read_bytes().split(b"\0"):
                os.kill(int(environment.parent.name), signal.SIGKILL)


def make_folders(folder: Path, trials: Path) -> None:
    """Make the folder that a trial works in."""
    trials.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("", "work", "data", "home", "tmp"):
        (folder / name).mkdir(mode=0o700)
    (trials / "cache").mkdir(exist_ok=True, mode=0o700)


def environment(folder: Path, trials: Path) -> dict[str, str]:
    """Give a trial what Python needs, and none of the keys that stand in the environment."""
    kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    own = Path.home() / ".local"
    return {
        **kept,
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "IPYTHONDIR": str(folder / "home" / "ipython"),
        "PYTHONUSERBASE": str(own),
        "PYTHONIOENCODING": "utf-8",
        "MPLCONFIGDIR": str(trials / "cache"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MALLOC_ARENA_MAX": "2",
        "SPONDE_TRIAL": folder.name,
    }
