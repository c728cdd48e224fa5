"""Whether and where this machine can train: an interpreter with torch, transformers and peft."""

import asyncio
import json
import os
import shutil
from dataclasses import dataclass

NEEDED = ("torch", "transformers", "peft")
SECONDS = 60.0
# Looks packages up without loading them: torch alone would take seconds.
_LOOK = """
import json, importlib.util, importlib.metadata as metadata, sys
found = {}
for name in ("torch", "transformers", "peft", "safetensors", "accelerate"):
    if importlib.util.find_spec(name) is not None:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
print(json.dumps({"version": sys.version.split()[0], "packages": found}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python, and whether it can train."""

    path: str
    """The program."""
    packages: tuple[str, ...] = ()
    """What it has, such as torch 2.13.0."""
    message: str = ""
    """What it lacks; empty where it can train."""

    @property
    def is_ready(self) -> bool:
        """Whether it can train."""
        return not self.message


async def choose(candidates: list[str]) -> Interpreter:
    """Give the first interpreter that can train, else the last one with what it lacks."""
    looked: list[Interpreter] = []
    for path in dict.fromkeys(candidates):
        found = await look(path)
        if found.is_ready:
            return found
        looked.append(found)
    return looked[-1]


async def look(path: str) -> Interpreter:
    """Ask an interpreter what it has."""
    program = _program(path)
    if program is None:
        return Interpreter(path, message=f"There is no Python at {path}.")
    process = await asyncio.create_subprocess_exec(
        program,
        "-I",
        "-c",
        _LOOK,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), SECONDS)
        packages = json.loads(said)["packages"]
    except (TimeoutError, ValueError, KeyError):
        return Interpreter(path, message=f"{path} does not answer as a Python does.")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    listed = tuple(f"{name} {version}".strip() for name, version in packages.items())
    missing = [name for name in NEEDED if name not in packages]
    if missing:
        named = f"{', '.join(missing[:-1])} and {missing[-1]}" if missing[1:] else missing[0]
        return Interpreter(path, listed, f"{path} has no {named}.")
    return Interpreter(path, listed)


def _program(path: str) -> str | None:
    """Find a program by its path, or by its name as a shell would."""
    return shutil.which(os.path.expanduser(path))
