"""The only way to a dashboard: Jupyter's own login, then Voilà on its socket.

`/sponde/dashboards/<id>` is a page; what the page needs (static parts, its kernel's websocket)
comes from the same place, by an allow-list. Voilà never sees a visitor's cookies or token, and
its own answers' headers are not passed on. The Content-Security-Policy stays as strict as
JupyterLab's; a page may run the scripts of Voilà's template besides, by a nonce for each answer
(scripts that a notebook's own text or output holds stay forbidden, as they are in JupyterLab).
One of the files that know tornado, because no plain route can stream a page or hold a websocket.
"""

import asyncio
import re
import secrets
import socket
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.utils import ensure_async
from tornado import web
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError
from tornado.netutil import Resolver
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    WebSocketHandler,
    websocket_connect,
)

from sponde_server.core.errors import SpondeError

from . import pages
from .service import SpondePublisher
from .voila import Endpoint

NONCE = "X-Sponde-Nonce"
RESOURCE = "sponde:publish"
LARGE = 2**31
_KERNEL = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PARTS = r"(?:voila/(?:static|templates|labextensions|api/themes)/.+)"
_PASSED_ON = ("Content-Type", "Cache-Control", "Etag", "Last-Modified", "Expires")
_ASKED_WITH = ("If-None-Match", "If-Modified-Since", "Accept", "Accept-Language")


class _ToSocket(Resolver):
    """Takes every host name for one unix socket."""

    def initialize(self, path: str) -> None:
        self._path = path

    async def resolve(self, host: str, port: int, family: int = 0) -> list[tuple[int, Any]]:
        return [(int(socket.AF_UNIX), self._path)]


class _Door(JupyterHandler):
    """What every address below /sponde/dashboards/ asks first."""

    publisher: SpondePublisher
    _has_left = False

    def initialize(self, publisher: SpondePublisher) -> None:
        """Take the service."""
        self.publisher = publisher

    async def permit(self) -> None:
        """Ask the authorizer."""
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "read", RESOURCE)
        )
        if not allowed:
            raise web.HTTPError(403)

    def upstream(self, endpoint: Endpoint, path: str, **options: Any) -> HTTPRequest:
        """Make a request to Voilà: with its token, without the visitor's."""
        given = {
            name: self.request.headers[name] for name in _ASKED_WITH if name in self.request.headers
        }
        query = [(k, v) for k, v in parse_qsl(self.request.query, True) if k != "token"]
        headers = given | options.pop("headers", {}) | {"Authorization": f"token {endpoint.token}"}
        scheme = options.pop("scheme", "http")
        return HTTPRequest(
            f"{scheme}://dashboards{path}{'?' + urlencode(query) if query else ''}",
            headers=HTTPHeaders(headers),
            connect_timeout=20,
            request_timeout=0,
            follow_redirects=False,
            decompress_response=False,
            **options,
        )

    def on_connection_close(self) -> None:
        """Write nothing more to a visitor who left."""
        super().on_connection_close()
        self._has_left = True

    async def relay(self, endpoint: Endpoint, request: HTTPRequest) -> int:
        """Stream Voilà's answer to the visitor, and give its status; not a refusal's body."""
        status = 0

        def head(line: str) -> None:
            nonlocal status
            if line.startswith("HTTP/"):
                status = int(line.split()[1])
                if status < 400:
                    self.set_status(status)
            elif status < 400 and ":" in line:
                name, _, value = line.partition(":")
                if name.title() in _PASSED_ON:
                    self.set_header(name, value.strip())

        async def piece(data: bytes) -> None:
            if status < 400 and not self._has_left:
                self.write(data)
                try:
                    await self.flush()
                except StreamClosedError:
                    self._has_left = True

        request.header_callback = head
        request.streaming_callback = piece
        client = SimpleAsyncHTTPClient(
            force_instance=True, resolver=_ToSocket(path=endpoint.socket), max_body_size=LARGE
        )
        try:
            with self.publisher.dashboards.visit():
                await client.fetch(request, raise_error=False)
        finally:
            client.close()
        return status

    def say(self, status: int, html: str) -> None:
        """Answer with one of our own pages."""
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(html)


class DashboardHandler(_Door):
    """One dashboard's page."""

    @web.authenticated
    async def get(self, publication_id: str) -> None:
        """Run the published copy and stream its page."""
        await self.permit()
        if self.get_query_argument("token", "") and self.request.headers.get("Sec-Fetch-Dest"):
            # A browser has its cookie now; the token must not stay in the address.
            rest = [(k, v) for k, v in parse_qsl(self.request.query, True) if k != "token"]
            self.redirect(self.request.path + ("?" + urlencode(rest) if rest else ""))
            return
        publication = await self.publisher.find(publication_id)
        if publication is None or publication.withdrawn_at is not None:
            gone = "This dashboard was withdrawn." if publication else "There is no such dashboard."
            self.say(404, pages.refused(gone, "Ask the person who gave you this address."))
            return
        try:
            endpoint = self.publisher.dashboards.endpoint()
        except SpondeError as error:
            self.say(error.status, pages.refused(error.message, error.hint))
            return
        if endpoint is None:
            self.say(202, pages.starting(publication.name))
            return
        await self._show(endpoint, publication_id)

    async def _show(self, endpoint: Endpoint, publication_id: str) -> None:
        nonce = secrets.token_urlsafe(18)
        policy = self._headers.get("Content-Security-Policy") or ""
        self.set_header(
            "Content-Security-Policy",
            re.sub(r"(script-src)( |;|$)", rf"\1 'nonce-{nonce}'\2", policy),
        )
        path = self.publisher.page_path(publication_id)
        request = self.upstream(endpoint, path, headers={NONCE: nonce})
        try:
            status = await self.relay(endpoint, request)
        except (OSError, HTTPClientError) as error:
            self.log.warning("The dashboard %s was not shown whole: %s", publication_id, error)
            status = 502
        if self._headers_written:
            if not self._has_left:
                self.finish()
        elif status == 503:
            most = self.publisher.most_pages
            self.say(
                503,
                pages.refused(
                    f"All {most} places for dashboards are taken.",
                    "Close a dashboard's page, or raise SpondePublisher.most_pages.",
                ),
            )
        else:
            self.say(
                502,
                pages.refused(
                    "This dashboard could not be shown.",
                    "Run its notebook in JupyterLab to see why, then update it and try again.",
                ),
            )


class PartHandler(_Door):
    """What a page loads: scripts, styles, and what it knows of its own kernel."""

    @web.authenticated
    async def get(self, part: str) -> None:
        """Pass a part on."""
        await self._pass()

    @web.authenticated
    async def post(self, part: str) -> None:
        """Pass a page's farewell on, which ends its kernel."""
        await self._pass(method="POST", body=b"{}")

    async def _pass(self, **options: Any) -> None:
        await self.permit()
        if ".." in self.request.path or "%" in self.request.path.replace("%40", "@"):
            raise web.HTTPError(404)
        endpoint = self.publisher.dashboards.endpoint()
        if endpoint is None:
            raise web.HTTPError(503)
        # The address is the same there: Voilà is told our base URL.
        status = await self.relay(endpoint, self.upstream(endpoint, self.request.path, **options))
        if status >= 400:
            raise web.HTTPError(status)
        self.finish()


class KernelSocket(WebSocketMixin, WebSocketHandler, _Door):
    """The websocket between a page's widgets and its kernel."""

    _inner: WebSocketClientConnection | None = None
    _reading: "asyncio.Future[None] | None" = None

    def set_default_headers(self) -> None:
        """Send none of JupyterHandler's headers: this is a websocket."""

    @property
    def max_message_size(self) -> int:
        """Take widgets with large data too."""
        return LARGE

    @ws_authenticated
    async def get(self, kernel_id: str) -> None:
        """Connect to Voilà first, then agree on the same protocol with the page."""
        await self.permit()
        endpoint = self.publisher.dashboards.endpoint()
        if endpoint is None:
            raise web.HTTPError(503)
        asked = self.request.headers.get("Sec-WebSocket-Protocol", "")
        try:
            self._inner = await websocket_connect(
                self.upstream(endpoint, self.request.path, scheme="ws"),
                subprotocols=[name.strip() for name in asked.split(",") if name.strip()],
                max_message_size=LARGE,
                resolver=_ToSocket(path=endpoint.socket),
            )
        except (OSError, HTTPClientError) as error:
            raise web.HTTPError(404, f"no kernel {kernel_id}") from error
        await super().get(kernel_id=kernel_id)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Take what Voilà took."""
        return self._inner.selected_subprotocol if self._inner else None

    def open(self, kernel_id: str) -> None:
        """Count the visitor."""
        super().open()
        self.publisher.dashboards.visitors += 1
        self._reading = asyncio.ensure_future(self._from_kernel())

    async def on_message(self, message: str | bytes) -> None:
        """Pass a page's message on."""
        if self._inner is not None:
            try:
                await self._inner.write_message(message, binary=isinstance(message, bytes))
            except WebSocketClosedError:
                self.close()

    async def _from_kernel(self) -> None:
        # Read from here on and not from the connection on: the page could not hear it before.
        assert self._inner is not None
        try:
            while (message := await self._inner.read_message()) is not None:
                await self.write_message(message, binary=isinstance(message, bytes))
        except WebSocketClosedError:
            return
        self.close()

    def on_close(self) -> None:
        """Let Voilà know that the visitor left."""
        self.publisher.dashboards.visitors -= 1
        if self._reading is not None:
            self._reading.cancel()
        if self._inner is not None:
            self._inner.close()
            self._inner = None


def handlers(publisher: SpondePublisher) -> list[tuple[str, type[Any], dict[str, Any]]]:
    """Make Jupyter's list of handlers (it adds the server's base URL)."""
    given = {"publisher": publisher}
    top = "/sponde/dashboards/"
    return [
        (rf"{top}({_KERNEL})/?", DashboardHandler, given),
        (
            rf"{top}({_PARTS}|api/kernels/{_KERNEL}|voila/api/shutdown/{_KERNEL})",
            PartHandler,
            given,
        ),
        (rf"{top}api/kernels/(?P<kernel_id>{_KERNEL})/channels", KernelSocket, given),
    ]
