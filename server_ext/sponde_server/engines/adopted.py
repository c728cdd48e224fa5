"""Engines that run already, elsewhere or by another's hand: used here, never started or ended.

Their keys lie in a file of mode 0600 each, beside our own engines' folders.
"""

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sponde_server.core.errors import Invalid, UpstreamFailed
from sponde_server.core.keys import last_four
from sponde_server.core.outbound import base_address
from sponde_server.core.record import now
from sponde_server.core.tasks import Tasks

from .control import ask
from .records import Engine, EngineAdoption, EngineFailure, EngineSource, EngineStatus

LOOK_SECONDS = 10.0


class Adopted:
    """One model that such an engine serves."""

    def __init__(self, engine: Engine, key: str, tell: Callable[[Engine], None]) -> None:
        self.engine = engine
        self.key = key
        self._tell = tell
        self._task: asyncio.Task[None] | None = None

    def watch(self, tasks: Tasks) -> None:
        """Begin to look whether it answers."""
        self._task = tasks.start(self._watch())

    def leave(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        while True:
            failure = await self._look()
            status = EngineStatus.FAILED if failure else EngineStatus.READY
            if status is not self.engine.status:
                self.engine = replace(self.engine, status=status, failure=failure, changed_at=now())
                self._tell(self.engine)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> EngineFailure | None:
        try:
            said = await ask(self.engine.address, "GET", "/v1/models", key=self.key)
        except OSError as error:
            why = str(error) or "it does not answer"
        else:
            names = _names(said.json())
            if said.status == 200 and self.engine.model in names:
                return None
            why = f"it has no model '{self.engine.model}' any more"
            if said.status != 200:
                why = f"it answers {said.status}"
        return EngineFailure(
            kind="gone",
            message=f"The engine at {self.engine.address} is gone: {why}.",
            hint="It is used again as soon as it answers; or forget it.",
        )


async def greet(adoption: EngineAdoption) -> list[Engine]:
    """Ask an engine which models it serves; give an engine for each."""
    given = adoption.address.strip()
    if given.startswith("unix:"):
        if not given.removeprefix("unix:").startswith("/"):
            raise Invalid(f"'{given}' names no socket.", "Write unix: and the path, from / on.")
        address = given
    else:
        address = base_address(given)
        if not address.endswith("/v1"):
            address += "/v1"
    key = adoption.api_key.strip()
    try:
        said = await ask(address, "GET", "/v1/models", key=key)
    except OSError as error:
        raise UpstreamFailed(
            f"Nothing answers at {given}.",
            "Check the address, and that the engine runs and can be reached from this machine.",
        ) from error
    if said.status in (401, 403):
        raise UpstreamFailed(
            f"The engine at {given} does not accept the key that ends in {last_four(key)}."
            if key
            else f"The engine at {given} wants a key.",
            "Enter the key that it was started with (--api-key or VLLM_API_KEY).",
        )
    names = _names(said.json())
    if not names:
        raise UpstreamFailed(
            f"What answers at {given} names no models.",
            "Give the address of a server with an OpenAI-compatible API, such as vLLM.",
        )
    version = ""
    with suppress(OSError):
        told = (await ask(address, "GET", "/version", key=key)).json()
        version = str(told.get("version", "")) if isinstance(told, dict) else ""
    return [
        Engine(
            model=name,
            version=0,
            path="",
            source=EngineSource.ADOPTED,
            status=EngineStatus.READY,
            address=address,
            vllm_version=version,
        )
        for name in names
    ]


def _names(listed: object) -> list[str]:
    data = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(data, list):
        return []
    return [str(entry["id"]) for entry in data if isinstance(entry, dict) and "id" in entry]


def note(folder: Path, engine_id: str, key: str) -> None:
    """Keep the key of an adopted engine, for this person only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(_file(folder, engine_id), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"key": key.strip()}, file)


def key(folder: Path, engine_id: str) -> str:
    """Give the key of an adopted engine."""
    try:
        return str(json.loads(_file(folder, engine_id).read_text("utf-8"))["key"])
    except (FileNotFoundError, ValueError, KeyError):
        return ""


def forget(folder: Path, engine_id: str) -> None:
    """Forget the key of an adopted engine."""
    _file(folder, engine_id).unlink(missing_ok=True)


def _file(folder: Path, engine_id: str) -> Path:
    return folder / f"adopted-{engine_id}.json"
