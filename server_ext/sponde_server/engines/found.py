"""Engines that run already: who answers at the ports that such programs use, and at given ones.

Only loopback is knocked at by itself, at five ports; other addresses are those of the trait. Asks
which models there are and what the program is, and nothing else.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from sponde_server.core.errors import SpondeError
from sponde_server.core.outbound import base_address

from .control import Said, ask
from .records import FoundEngine

KNOWN_PORTS = (8000, 11434, 1234, 8080, 30000)
"""vLLM, Ollama, LM Studio, llama.cpp and SGLang, as they listen by themselves."""
NEAR_SECONDS = 1.5
"""What answers on this machine answers at once."""
FAR_SECONDS = 4.0
MOST_MODELS = 200
# Who says he owns a model, in the list of models.
_OWNERS = {
    "vllm": "vLLM",
    "sglang": "SGLang",
    "llamacpp": "llama.cpp",
    "library": "Ollama",
    "organization_owner": "LM Studio",
}


@dataclass(frozen=True)
class _Sign:
    """An address that only one kind of program answers, and where its version stands."""

    path: str
    name: str
    field: str


_SIGNS = (
    _Sign("/api/version", "Ollama", "version"),
    _Sign("/version", "vLLM", "version"),
    _Sign("/props", "llama.cpp", "build_info"),
    _Sign("/get_model_info", "SGLang", "version"),
    _Sign("/api/v0/models", "LM Studio", "version"),
)


async def look_around(
    configured: Iterable[str] = (),
    *,
    ports: Iterable[int] = KNOWN_PORTS,
    left_out: Iterable[str] = (),
) -> list[FoundEngine]:
    """Knock at every address at once; give those where an engine answers, configured ones first.

    `left_out` are addresses of our own engines.
    """
    mine = {_host(address) for address in left_out}
    given = [address for address in map(_clean, configured) if address]
    near = [f"http://127.0.0.1:{port}/v1" for port in ports]
    known = {_host(address) for address in given} | mine
    asked = [(address, True) for address in given]
    asked += [(address, False) for address in near if _host(address) not in known]
    found = await asyncio.gather(*(_knock(address, named) for address, named in asked))
    return [one for one in found if one is not None]


async def _knock(address: str, is_configured: bool) -> FoundEngine | None:
    seconds = FAR_SECONDS if is_configured else NEAR_SECONDS
    try:
        said = await ask(address, "GET", "/v1/models", seconds=seconds)
    except (OSError, TimeoutError, ValueError):
        if not is_configured:
            return None
        return FoundEngine(
            kind="", address=address, is_configured=True, failure="It does not answer."
        )
    if said.status in (401, 403):
        name, version = await _kind(address, "", seconds)
        return FoundEngine(
            kind=name,
            version=version,
            address=address,
            is_configured=is_configured,
            wants_key=True,
        )
    models, owner = _models(said)
    if models is None:
        if not is_configured:
            return None  # some other program, such as a web server at port 8080
        return FoundEngine(
            kind="",
            address=address,
            is_configured=True,
            failure=f"It answers {said.status}, but is no server of models.",
        )
    name, version = await _kind(address, _OWNERS.get(owner.lower(), ""), seconds)
    return FoundEngine(
        kind=name, version=version, address=address, models=models, is_configured=is_configured
    )


async def _kind(address: str, supposed: str, seconds: float) -> tuple[str, str]:
    """Tell what a program is, and its version where it says so."""
    signs = [sign for sign in _SIGNS if not supposed or sign.name == supposed]
    for sign in signs:
        with suppress(OSError, TimeoutError, ValueError):
            said = await ask(address, "GET", sign.path, seconds=seconds)
            told = said.json() if said.status == 200 else None
            if isinstance(told, dict):
                version = told.get(sign.field)
                return sign.name, version if isinstance(version, str) else ""
    return supposed, ""


def _models(said: Said) -> tuple[tuple[str, ...] | None, str]:
    """Give the names in a list of models and their owner; None where it is no such list."""
    listed = said.json() if said.status == 200 else None
    # Ollama without models says null where others say [].
    data = listed.get("data", ()) if isinstance(listed, dict) else ()
    if not isinstance(listed, dict) or "data" not in listed:
        return None, ""
    entries = [
        one for one in data or () if isinstance(one, dict) and isinstance(one.get("id"), str)
    ]
    owner = next((str(one.get("owned_by") or "") for one in entries), "")
    return tuple(one["id"] for one in entries)[:MOST_MODELS], owner


def _clean(address: str) -> str:
    try:
        clean = base_address(address)
    except SpondeError:
        return ""
    return clean if urlsplit(clean).path.strip("/") else f"{clean}/v1"


def _host(address: str) -> str:
    """Give what two spellings of one address have in common."""
    parts = urlsplit(address)
    host = (parts.hostname or "").replace("localhost", "127.0.0.1")
    return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
