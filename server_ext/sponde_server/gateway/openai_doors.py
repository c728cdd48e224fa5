"""OpenAI's addresses: /sponde/v1/models, chat/completions, completions and embeddings.

Requests and answers go through as they stand (models/forward.py). Knows tornado, as doors.py says.
"""

import asyncio
import json
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated

from sponde_server.core.errors import NotFound, SpondeError
from sponde_server.models.forward import OPERATIONS

from .doors import Door
from .service import Offered, SpondeGateway

EVENTS = "text/event-stream; charset=utf-8"
_TYPES = {
    400: ("invalid_request_error", "invalid_request"),
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", "permission_denied"),
    404: ("invalid_request_error", "not_found"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
}


class OpenAIDoor(Door):
    """What OpenAI's addresses have in common: the form of their errors."""

    def error_body(self, status: int, error: SpondeError) -> dict[str, Any]:
        """Give an error as OpenAI's clients read it."""
        kind, code = _TYPES.get(status, ("server_error", error.code))
        if status == 404 and error.message.startswith("There is no model"):
            code = "model_not_found"
        told = f"{error.message} {error.hint}".strip()
        return {"error": {"message": told, "type": kind, "param": None, "code": code}}

    def last_words(self, error: SpondeError) -> bytes:
        """Give an error as an event; its readers raise it."""
        return b"data: " + json.dumps(self.error_body(error.status, error)).encode() + b"\n\n"

    def sign_of_life(self) -> bytes:
        """Give a comment."""
        return b": still here\n\n"


class ModelsDoor(OpenAIDoor):
    """GET /models: what may be asked."""

    @allow_unauthenticated  # who comes is asked in prepare(), which lets nobody else through
    async def get(self) -> None:
        """List the models by the names that they are asked by."""
        await self.answer(self._list())

    async def _list(self) -> None:
        offered = await self.gateway.list_models(self.visitor)
        self.send({"object": "list", "data": [_entry(one) for one in offered]})


class ModelDoor(OpenAIDoor):
    """GET /models/{name}: one of them."""

    @allow_unauthenticated  # who comes is asked in prepare()
    async def get(self, name: str) -> None:
        """Describe a model by any name that it can be asked by."""
        await self.answer(self._describe(name))

    async def _describe(self, name: str) -> None:
        model = await self.gateway.get_model(self.visitor, name)
        self.send(_entry(Offered(name, model)))


class AskDoor(OpenAIDoor):
    """POST to one of the addresses that ask a model."""

    path: str

    def initialize(self, gateway: SpondeGateway, path: str = "") -> None:
        """Take the address at the model's server."""
        super().initialize(gateway)
        self.path = path

    @allow_unauthenticated  # who comes is asked in prepare()
    async def post(self) -> None:
        """Pass the request on and its answer back."""
        await self.answer(self._pass())

    async def _pass(self) -> None:
        body = self.read_body()
        living = asyncio.ensure_future(self.keep_alive(EVENTS)) if body.get("stream") else None
        try:
            asked = self.gateway.ask(self.visitor, self.path, body, self.request_id)
            async with asked as answer:
                if "event-stream" in answer.media_type and answer.status < 400:
                    self.begin_stream(EVENTS)
                    await self.stream(answer.pieces)
                    self.finish()
                    return
                whole = b"".join([piece async for piece in answer.pieces])
            if living is not None:
                living.cancel()
            if self._headers_written:
                # A sign of life went out before: what comes must be an event.
                self.finish(b"data: " + whole.replace(b"\n", b" ") + b"\n\n")
                return
            self.set_status(answer.status)
            if answer.retry_after:
                self.set_header("Retry-After", answer.retry_after)
            self.set_header("Content-Type", answer.media_type)
            self.finish(whole)
        finally:
            if living is not None:
                living.cancel()


class NothingDoor(OpenAIDoor):
    """Every other address of OpenAI's: a program reads a sentence, not a web page."""

    @allow_unauthenticated  # who comes is asked in prepare()
    async def get(self) -> None:
        """Say what there is."""
        path = self.request.path.partition("/sponde/v1")[2]
        there = ", ".join(["/models", *OPERATIONS])
        self.refuse(404, NotFound(f"There is no '{path}' here.", f"There is {there}."))

    post = put = patch = delete = get


def _entry(offered: Offered) -> dict[str, Any]:
    return {
        "id": offered.name,
        "object": "model",
        "created": 0,
        "owned_by": offered.model.provider_name,
        "root": offered.model.id,
    }
