"""Ollama's addresses: /sponde/api/chat, generate, embed, embeddings, tags, show, ps and version.

They lie beside our own routes, so a program is given <server>/sponde as Ollama's address.
The translation is ollama.py's. Knows tornado, as doors.py says.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated

from sponde_server.core.errors import Invalid, SpondeError
from sponde_server.models.forward import Forwarded
from sponde_server.models.sse import EventLines

from . import ollama
from .doors import Door, sentences
from .service import SpondeGateway

OLLAMA_VERSION = "0.12.6"
"""The version of Ollama whose protocol is spoken."""
LINES = "application/x-ndjson"


class OllamaDoor(Door):
    """What Ollama's addresses have in common: the form of their errors."""

    teller: ollama.Teller

    def error_body(self, status: int, error: SpondeError) -> dict[str, Any]:
        """Give an error as Ollama's clients read it."""
        return {"error": sentences(error)}

    def last_words(self, error: SpondeError) -> bytes:
        """Give an error as a line; its readers raise it."""
        return _line(self.error_body(error.status, error))

    def sign_of_life(self) -> bytes:
        """Give a piece without text: these readers know no comments."""
        return _line(self.teller.silence())

    async def pass_refusal(self, answer: Forwarded) -> None:
        """Pass on what the model's server refused with."""
        message = _message(b"".join([piece async for piece in answer.pieces]))
        error = SpondeError(message)
        self.refuse(answer.status, error, answer.retry_after)


class AskDoor(OllamaDoor):
    """POST /api/chat and /api/generate."""

    is_chat: bool

    def initialize(self, gateway: SpondeGateway, is_chat: bool = False) -> None:
        """Take which of the two it is."""
        super().initialize(gateway)
        self.is_chat = is_chat

    @allow_unauthenticated  # who comes is asked in prepare(), which lets nobody else through
    async def post(self) -> None:
        """Ask, and tell the answer as Ollama does."""
        await self.answer(self._ask())

    async def _ask(self) -> None:
        body = self.read_body()
        asked_name = str(body.get("model") or "")
        name = await self.gateway.known_name(asked_name)
        self.teller = ollama.Teller(asked_name, self.is_chat, _now())
        if ollama.is_empty(body):
            lets_go = body.get("keep_alive") in (0, "0", "0s", "0m")
            if not lets_go:
                await self.gateway.wake(self.visitor, name)
            self.send(self.teller.loaded("unload" if lets_go else "load"))
            return
        is_ours = await self.gateway.is_local(name)
        path, asked = "/chat/completions", {}
        if self.is_chat:
            asked = ollama.chat_request(body, is_ours)
        else:
            path, asked = ollama.generate_request(body, is_ours)
        asked["model"] = name
        if asked["stream"]:
            asked["stream_options"] = {"include_usage": True}
        living = asyncio.ensure_future(self.keep_alive(LINES)) if asked["stream"] else None
        try:
            async with self.gateway.ask(self.visitor, path, asked, self.request_id) as answer:
                await self._tell(answer, bool(asked["stream"]))
        finally:
            if living is not None:
                living.cancel()

    async def _tell(self, answer: Forwarded, streams: bool) -> None:
        if answer.status >= 400:
            await self.pass_refusal(answer)
        elif "event-stream" in answer.media_type:
            self.begin_stream(LINES)
            await self.stream(self._lines(answer.pieces))
            self.finish()
        else:
            given = json.loads(b"".join([piece async for piece in answer.pieces]))
            told = self.teller.whole(given, _now())
            if streams:
                self.begin_stream(LINES)
                self.finish(_line(told))
            else:
                self.send(told)

    async def _lines(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Turn a stream of events into lines."""
        events = EventLines()
        async for piece in pieces:
            told = b"".join([self._told(data) for data in events.feed(piece)])
            if told:
                yield told
        rest = b"".join([self._told(data) for data in events.end()])
        if self.teller.is_finished:
            yield rest + _line(self.teller.end(_now()))
        else:
            yield rest + _line({"error": "The answer broke off. Ask again."})

    def _told(self, data: bytes) -> bytes:
        if data == b"[DONE]":
            return b""
        try:
            chunk = json.loads(data)
        except ValueError:
            return b""
        if not isinstance(chunk, dict):
            return b""
        if chunk.get("error"):
            return _line({"error": _message(data)})
        line = self.teller.chunk(chunk, _now())
        return _line(line) if line else b""


class EmbedDoor(OllamaDoor):
    """POST /api/embed, and its elder /api/embeddings, which takes one text."""

    takes_one: bool

    def initialize(self, gateway: SpondeGateway, takes_one: bool = False) -> None:
        """Take which of the two it is."""
        super().initialize(gateway)
        self.takes_one = takes_one

    @allow_unauthenticated  # who comes is asked in prepare()
    async def post(self) -> None:
        """Turn texts into numbers."""
        await self.answer(self._embed())

    async def _embed(self) -> None:
        body = self.read_body()
        began = _now()
        asked = ollama.embed_request(body)
        name = str(body.get("model") or "")
        asked["model"] = await self.gateway.known_name(name)
        ask = self.gateway.ask(self.visitor, "/embeddings", asked, self.request_id)
        async with ask as answer:
            if answer.status >= 400:
                await self.pass_refusal(answer)
                return
            given = json.loads(b"".join([piece async for piece in answer.pieces]))
        told = ollama.embedded(name, given, _now() - began)
        self.send({"embedding": (told["embeddings"] or [[]])[0]} if self.takes_one else told)


class TagsDoor(OllamaDoor):
    """GET /api/tags: the models."""

    @allow_unauthenticated  # who comes is asked in prepare()
    async def get(self) -> None:
        """List the models by the names that they are asked by."""
        await self.answer(self._list())

    async def _list(self) -> None:
        offered = await self.gateway.list_models(self.visitor)
        at = datetime.now(UTC)
        tags = [ollama.tag(one.name, at, _family(one.model.provider_id)) for one in offered]
        self.send({"models": tags})


class ShowDoor(OllamaDoor):
    """POST /api/show: one model."""

    @allow_unauthenticated  # who comes is asked in prepare()
    async def post(self) -> None:
        """Describe a model."""
        await self.answer(self._show())

    async def _show(self) -> None:
        body = self.read_body()
        name = str(body.get("model") or body.get("name") or "")
        if not name:
            raise Invalid("The field 'model' is missing.", "Name one, such as default.")
        name = await self.gateway.known_name(name)
        model = await self.gateway.get_model(self.visitor, name)
        can = ["completion", "tools", *(["vision"] if "vision" in model.aliases else [])]
        self.send(
            {
                "modelfile": f"FROM {model.id}\n",
                "parameters": "",
                "template": "",
                "details": ollama.details(_family(model.provider_id)),
                "model_info": {"general.name": model.name, "sponde.id": model.id},
                "capabilities": can,
                "modified_at": ollama.stamp(datetime.now(UTC)),
            }
        )


class RunningDoor(OllamaDoor):
    """GET /api/ps: the models that are loaded on this machine."""

    @allow_unauthenticated  # who comes is asked in prepare()
    async def get(self) -> None:
        """List them."""
        await self.answer(self._list())

    async def _list(self) -> None:
        names = await self.gateway.list_running(self.visitor)
        at = datetime.now(UTC)
        self.send(
            {
                "models": [
                    {
                        **ollama.tag(name, at, "local"),
                        "expires_at": ollama.stamp(at),
                        "size_vram": 0,
                    }
                    for name in names
                ]
            }
        )


class VersionDoor(OllamaDoor):
    """GET /api/version."""

    @allow_unauthenticated  # who comes is asked in prepare()
    async def get(self) -> None:
        """Say whose protocol is spoken."""
        self.send({"version": OLLAMA_VERSION})


class ElsewhereDoor(OllamaDoor):
    """What Ollama's clients may ask for and people do in JupyterLab: pull, push, create, …"""

    @allow_unauthenticated  # who comes is asked in prepare()
    async def post(self) -> None:
        """Say where it is done."""
        self.refuse(
            501,
            SpondeError(
                "Models are not brought, made or removed through this address.",
                "Do it in JupyterLab, under Models.",
            ),
        )

    @allow_unauthenticated  # who comes is asked in prepare()
    async def delete(self) -> None:
        """Say where it is done."""
        await self.post()


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _message(body: bytes) -> str:
    """Find the sentence in an error of OpenAI's form."""
    try:
        error = json.loads(body)["error"]
        return str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, KeyError, TypeError):
        return "The model's server refused."


def _family(provider_id: str) -> str:
    return "local" if provider_id == "local" else "remote"


def _now() -> float:
    return asyncio.get_running_loop().time()
