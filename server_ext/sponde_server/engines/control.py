"""The few questions that an engine is asked beside those of people: health, sleep, adapters.

One short HTTP request each, over a unix socket or TCP, to a path of the list below and to no
other: vLLM answers some dangerous ones without its key. Questions of people go through
models/openai_api.py.
"""

import asyncio
import json
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sponde_server.core.errors import UpstreamFailed

LARGEST_ANSWER = 5_000_000
ALLOWED = {
    ("GET", "/api/v0/models"),
    ("GET", "/api/version"),
    ("GET", "/get_model_info"),
    ("GET", "/health"),
    ("GET", "/is_sleeping"),
    ("GET", "/metrics"),
    ("GET", "/props"),
    ("GET", "/v1/models"),
    ("GET", "/version"),
    ("POST", "/collective_rpc"),
    ("POST", "/sleep"),
    ("POST", "/v1/load_lora_adapter"),
    ("POST", "/v1/unload_lora_adapter"),
    ("POST", "/wake_up"),
}


@dataclass(frozen=True)
class Said:
    """What an engine answered."""

    status: int
    text: str

    def json(self) -> Any:
        """Read it as JSON; None where it is not."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


async def ask(
    address: str,
    method: str,
    path: str,
    *,
    key: str = "",
    query: str = "",
    body: Any = None,
    seconds: float = 10.0,
) -> Said:
    """Ask an engine; raises OSError or TimeoutError where none answers."""
    if (method, path) not in ALLOWED:
        raise ValueError(f"Engines are not asked {method} {path}.")
    async with asyncio.timeout(seconds):
        reader, writer, root = await _connect(address)
        try:
            sent = b"" if body is None else json.dumps(body).encode()
            writer.write(_head(method, root + path, query, address, key, len(sent)) + sent)
            await writer.drain()
            return await _read(reader)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
            raise ConnectionError(f"{address} gave no whole answer.") from error
        finally:
            writer.close()


async def ask_well(address: str, method: str, path: str, what: str, **more: Any) -> Said:
    """Ask an engine; an answer that is not 200 or a silence is told in a sentence."""
    try:
        said = await ask(address, method, path, **more)
    except TimeoutError as error:
        raise UpstreamFailed(
            f"The engine did not {what} within {more.get('seconds', 10):g} seconds.",
            "Look at its log; stop it and start it again if it stays like this.",
        ) from error
    except OSError as error:
        raise UpstreamFailed(
            f"The engine could not be asked to {what}: {error}", "Look at its log."
        ) from error
    if said.status != 200:
        told = said.json()
        why = told.get("error", told) if isinstance(told, dict) else None
        words = why.get("message") or why.get("detail") if isinstance(why, dict) else why
        raise UpstreamFailed(
            f"The engine does not {what}: {words or f'it answered {said.status}'}"[:400],
            "Its log says more.",
        )
    return said


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str]:
    if address.startswith("unix:"):
        return *await asyncio.open_unix_connection(address.removeprefix("unix:")), ""
    parts = urlsplit(address)
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure)
    return reader, writer, parts.path.rstrip("/").removesuffix("/v1")


def _head(method: str, path: str, query: str, address: str, key: str, length: int) -> bytes:
    host = "engine" if address.startswith("unix:") else urlsplit(address).netloc
    lines = [
        f"{method} {path}{'?' + query if query else ''} HTTP/1.1",
        f"Host: {host}",
        "Connection: close",
        "User-Agent: Sponde",
        f"Content-Length: {length}",
        "Content-Type: application/json",
    ]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _read(reader: asyncio.StreamReader) -> Said:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ")[1])
    fields = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:])
    }
    if fields.get("transfer-encoding", "").lower() == "chunked":
        body = await _chunks(reader)
    elif "content-length" in fields:
        body = await reader.readexactly(min(int(fields["content-length"]), LARGEST_ANSWER))
    else:
        body = await reader.read(LARGEST_ANSWER)
    return Said(status, body.decode("utf-8", "replace"))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while len(body) < LARGEST_ANSWER:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        if size == 0:
            break
        body += (await reader.readexactly(min(size, LARGEST_ANSWER) + 2))[:-2]
    return body
