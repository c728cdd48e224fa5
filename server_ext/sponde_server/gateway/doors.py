"""What every address of the gateway asks first, and how an answer is sent: streamed, or whole.

Jupyter's own login opens these doors, and so does a Sponde token, which opens nothing else. A
request with a token needs no XSRF cookie; one with Jupyter's cookie alone does. No address is
opened to other origins.
With core/http.py and publish/ one of the places that know tornado: programs expect other protocols
than our JSON routes, errors of other forms, and answers that are relayed as they come.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from jupyter_server.auth.identity import User
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ensure_async
from tornado import web
from tornado.iostream import StreamClosedError

from sponde_server.core.errors import Forbidden, Invalid, SpondeError, TooMany
from sponde_server.core.http import send_at_once
from sponde_server.core.record import new_id
from sponde_server.usage.records import CallerKind

from .service import PREFIX, SpondeGateway, Visitor

RESOURCE = "sponde:gateway"
TRACE = "X-Sponde-Request"
CALLER = "X-Sponde-Caller"
LONG_WAIT_SECONDS = 60
_SCHEMES = ("bearer ", "token ")


class Refused(web.HTTPError):
    """A refusal before any work was begun, such as a wrong token."""

    def __init__(self, status: int, error: SpondeError) -> None:
        super().__init__(status, "%s", error.message)
        self.error = error


class Door(JupyterHandler):
    """One address: who comes, what they send, and how their answer is sent."""

    resource = RESOURCE
    """What the person's permission is asked for."""
    gateway: SpondeGateway
    visitor: Visitor
    request_id: str
    _gone: asyncio.Event
    _written_at = 0.0
    _has_left = False

    def initialize(self, gateway: SpondeGateway) -> None:
        """Take the service."""
        self.gateway = gateway
        self.request_id = new_id()
        self._gone = asyncio.Event()

    async def prepare(self) -> None:  # type: ignore[override]
        """Find out who comes; nobody else gets any further."""
        self.set_header(TRACE, self.request_id)
        secret = self._secret()
        if secret.startswith(PREFIX):
            await self._enter_with(secret)
        else:
            await self._enter_as_person()

    async def _enter_with(self, secret: str) -> None:
        if not self.check_host():
            raise Refused(403, Forbidden("This host is not served here.", "Use this server's own."))
        try:
            self.visitor = await self.gateway.enter(secret)
        except Forbidden as error:
            raise Refused(401, error) from error
        # A token is always sent on purpose: no page can make a browser send it.
        self._token_authenticated = True
        self.current_user = self._jupyter_current_user = User(
            self.visitor.person or "program", "program", "program", "P", None, None
        )

    async def _enter_as_person(self) -> None:
        await super().prepare()
        user = self.current_user
        if user is None:
            raise Refused(
                401,
                Forbidden(
                    "This address wants Jupyter's token or a Sponde token.",
                    "Send one as the API key; make one under Models, Access for programs.",
                ),
            )
        if not self.check_origin():
            raise Refused(
                403, Forbidden("Another site's page may not ask here.", "Ask from a program.")
            )
        action = "read" if self.request.method in ("GET", "HEAD") else "write"
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, user, action, self.resource)
        )
        if not allowed:
            raise Refused(
                403,
                Forbidden(
                    f"You may not {action} {self.resource}.", "Ask the person who runs this server."
                ),
            )
        from_notebook = self.request.headers.get(CALLER, "") == CallerKind.NOTEBOOK.value
        self.visitor = Visitor(
            person="" if await self._is_made_up() else user.username,
            kind=CallerKind.NOTEBOOK if from_notebook else CallerKind.PROGRAM,
        )

    async def _is_made_up(self) -> bool:
        """Tell whether Jupyter invented a person for a request that came with its token alone."""
        if not self.token_authenticated or not self.identity_provider.token:
            return False
        known = self.identity_provider.get_user_cookie(self)
        return (await known if isinstance(known, Awaitable) else known) is None

    def check_xsrf_cookie(self) -> None:
        """Ask for it as everywhere, but only those who are logged in: others hear that first."""
        # Tornado asks once before prepare() too, when nobody is known yet.
        if getattr(self, "_jupyter_current_user", None) is not None:
            super().check_xsrf_cookie()

    def set_cors_headers(self) -> None:
        """Open nothing to other origins that the operator has not opened."""
        if self.allow_origin or self.allow_origin_pat:
            super().set_cors_headers()

    def _secret(self) -> str:
        given = self.request.headers.get("Authorization", "")
        for scheme in _SCHEMES:
            if given.lower().startswith(scheme):
                return given[len(scheme) :].strip()
        return self.request.headers.get("X-Api-Key", "").strip()

    # -- what they send -------------------------------------------------------------------------

    def read_body(self) -> dict[str, Any]:
        """Read the request's JSON object."""
        try:
            body = json.loads(self.request.body or b"{}")
        except ValueError as error:
            raise Invalid(f"The request is not JSON: {error}.", "Send a JSON object.") from error
        if not isinstance(body, dict):
            raise Invalid("The request is not a JSON object.", "Send one, such as {…}.")
        return body

    # -- how answers are sent -------------------------------------------------------------------

    async def answer(self, work: Awaitable[None]) -> None:
        """Do the work of a request, end it when the caller leaves, and tell what goes wrong."""
        working = asyncio.ensure_future(work)
        leaving = asyncio.ensure_future(self._gone.wait())
        # Whichever ends first, ends both: nobody waits for an answer that nobody reads.
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not working.done():
            working.cancel()
        try:
            await working
        except (asyncio.CancelledError, StreamClosedError):
            if not self._has_left:
                raise
        except SpondeError as error:
            self.log.info("%s %s: %s", self.request.method, self.request.path, error)
            self.refuse(error.status, error)
        except web.HTTPError:
            raise
        except Exception:
            self.log.exception("%s %s failed (%s)", *self._named(), self.request_id)
            self.refuse(
                500, SpondeError("Something in Sponde broke.", "The server's log says more.")
            )

    def _named(self) -> tuple[str, str]:
        return self.request.method or "", self.request.path

    def refuse(self, status: int, error: SpondeError, retry_after: str = "") -> None:
        """Send a refusal in this protocol's form; within a stream, as its last event."""
        if self._headers_written:
            if not self._has_left and not self._finished:
                self.finish(self.last_words(error))
            return
        self.set_header(TRACE, self.request_id)
        self.set_status(status, reason=_reason(status))
        wait = error.retry_after if isinstance(error, TooMany) else 0
        if wait:
            retry_after = f"{wait:.0f}"
        if retry_after:
            self.set_header("Retry-After", retry_after)
        if wait > LONG_WAIT_SECONDS:
            # OpenAI's clients would ask again much sooner than it makes sense.
            self.set_header("X-Should-Retry", "false")
        self.send(self.error_body(status, error))

    def send(self, body: Any) -> None:
        """Send JSON as the whole answer."""
        self.set_header("Content-Type", "application/json")
        self.finish(body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False))

    def begin_stream(self, media_type: str) -> None:
        """Send the head of a streamed answer, once."""
        if not self._headers_written:
            self.set_header("Content-Type", media_type)
            self.set_header("Cache-Control", "no-cache")
            self.set_header("X-Accel-Buffering", "no")
            self.set_header("Content-Encoding", "identity")  # or tornado gzips every piece
            send_at_once(self.request)

    async def stream(self, pieces: AsyncIterator[bytes]) -> None:
        """Send pieces as they come."""
        clock = asyncio.get_running_loop()
        async for piece in pieces:
            self.write(piece)
            await self.flush()
            self._written_at = clock.time()

    async def keep_alive(self, media_type: str) -> None:
        """Send a sign of life whenever nothing was sent for a while; ends by being cancelled.

        Looks by a clock of its own, so that it costs a token nothing.
        """
        clock = asyncio.get_running_loop()
        self._written_at = clock.time()
        while True:
            quiet = clock.time() - self._written_at
            if quiet >= self.gateway.heartbeat_seconds:
                self.begin_stream(media_type)
                self.write(self.sign_of_life())
                with suppress(StreamClosedError):
                    await self.flush()
                self._written_at, quiet = clock.time(), 0.0
            await asyncio.sleep(self.gateway.heartbeat_seconds - quiet)

    def on_connection_close(self) -> None:
        """End the work for a caller who left."""
        super().on_connection_close()
        self._has_left = True
        self._gone.set()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tell a refusal of tornado's or Jupyter's in this protocol's form."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, Refused):
            self.refuse(status_code, error.error)
            return
        said = error.log_message if isinstance(error, web.HTTPError) else None
        if isinstance(error, web.HTTPError) and said and error.args:
            said = said % error.args
        told = said or _reason(status_code)
        self.refuse(status_code, SpondeError(f"{told.rstrip('.')}.", ""))

    # -- what each protocol has of its own -------------------------------------------------------

    def error_body(self, status: int, error: SpondeError) -> dict[str, Any]:
        """Give an error's body."""
        raise NotImplementedError

    def last_words(self, error: SpondeError) -> bytes:
        """Give an error as the last event of a stream."""
        raise NotImplementedError

    def sign_of_life(self) -> bytes:
        """Give what says nothing but that the answer goes on."""
        raise NotImplementedError


def sentences(error: SpondeError) -> str:
    """Join what is wrong and the way out."""
    return f"{error.message} {error.hint}".strip()


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
