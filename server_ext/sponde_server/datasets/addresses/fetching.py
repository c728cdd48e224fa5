"""Brings one file from an address: checked at every step, gone on with after a break.

Blocks: runs in a thread of its own. Connects to what was checked, so that a name cannot come to
mean a place in this machine's own network; a proxy from the environment is used where there is one.
"""

import http.client
import re
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from sponde_server.core.errors import (
    Forbidden,
    Invalid,
    NotFound,
    SpondeError,
    TooLarge,
    Unavailable,
    UpstreamFailed,
)
from sponde_server.core.outbound import (
    CONNECT_SECONDS,
    checked_address,
    is_public,
    public_places,
)

SILENCE_SECONDS = 60.0
MOST_REDIRECTS = 6
PIECE_BYTES = 256 * 1024
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
BY_TYPE = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/x-ndjson": ".ndjson",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
_FILENAME = re.compile(r"""filename\*?=(?:UTF-8'[^']*')?"?([^";]+)"?""", re.IGNORECASE)


class Stopped(Exception):
    """Somebody cancelled it."""


class Broken(Exception):
    """The connection broke; going on later is right."""


class Fetching:
    """One file on its way. Its numbers are read by other threads."""

    def __init__(
        self,
        address: str,
        part: Path,
        *,
        most_bytes: int,
        allows_http: bool,
        allows_private: bool,
        retries: int,
        mark: str = "",
        size: int | None = None,
    ) -> None:
        self.name = ""
        self.received = 0
        self.size = size
        self.waits_for = ""
        self._address = address
        self._part = part
        self._most = most_bytes
        self._allows_http = allows_http
        self._allows_private = allows_private
        self._retries = retries
        self._stopped = threading.Event()
        self._connection: http.client.HTTPConnection | None = None
        self.mark = mark
        """What tells this file from a later one at the same address."""

    def stop(self) -> None:
        """End it soon, from another thread."""
        self._stopped.set()
        connection = self._connection
        if connection is not None and connection.sock is not None:
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself

    def run(self) -> None:
        """Bring the file to its end; raises a SpondeError where that cannot be."""
        tries, furthest = 0, self.received
        while True:
            try:
                self._bring()
                return
            except (OSError, http.client.HTTPException, Broken) as error:
                if self._stopped.is_set():
                    raise Stopped from error
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise UpstreamFailed(
                        f"{self.host()} cannot prove that it is {self.host()}: "
                        f"{error.verify_message}.",
                        "Check the address; its operator must renew the certificate.",
                    ) from error
                tries = 1 if self.received > furthest else tries + 1
                furthest = max(furthest, self.received)
                self.waits_for = _why(error)
                if tries > self._retries:
                    raise Unavailable(
                        f"The connection to {self.host()} broke: {self.waits_for}.",
                        "What has come is kept. Check the network, then try again.",
                    ) from error
                wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (tries - 1))
                if self._stopped.wait(wait):
                    raise Stopped from error

    def _bring(self) -> None:
        self.received = self._part.stat().st_size if self._part.exists() else 0
        if self.received and (not self.mark or self.received == self.size):
            if self.received == self.size:
                return
            self.received = 0
        headers = {"Accept-Encoding": "identity", "User-Agent": "Sponde", "Connection": "close"}
        if self.received:
            headers |= {"Range": f"bytes={self.received}-", "If-Range": self.mark}
        with self._opened(headers) as answer:
            self.waits_for = ""
            self._begin(answer)
            with self._part.open("r+b" if self.received else "wb") as file:
                file.seek(self.received)
                file.truncate()
                for piece in self._pieces(answer):
                    file.write(piece)
                    self.received += len(piece)
                    self._check_size(self.received)
        if self.size is not None and self.received < self.size:
            raise Broken("it ended early")
        if not self.received:
            raise Invalid(
                f"{self.host()} gave an empty file.", "Open the address in a browser to see why."
            )

    def _pieces(self, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        packed = answer.headers.get("content-encoding", "identity").lower()
        unpack = zlib.decompressobj(47) if packed in ("gzip", "deflate") else None
        while piece := answer.read1(PIECE_BYTES):
            if self._stopped.is_set():
                raise Stopped
            yield unpack.decompress(piece, 4 * PIECE_BYTES) if unpack else piece
            while unpack and unpack.unconsumed_tail:
                yield unpack.decompress(unpack.unconsumed_tail, 4 * PIECE_BYTES)

    def _begin(self, answer: http.client.HTTPResponse) -> None:
        """Take from an answer where it begins, how large the file is and what it is called."""
        if answer.status == 206:
            found = re.match(r"bytes (\d+)-", answer.headers.get("content-range", ""))
            if found is None or int(found[1]) != self.received:
                self.mark = ""
                raise Broken("it does not go on where it was asked to")
        else:
            self.received = 0
        packed = answer.headers.get("content-encoding", "identity").lower()
        if packed not in ("identity", "gzip", "deflate", ""):
            raise UpstreamFailed(
                f"{self.host()} sends the file packed as '{packed}', though it was not asked to.",
                "Download it with a browser, and drop it here.",
            )
        length = answer.headers.get("content-length", "")
        is_plain = packed in ("identity", "")
        self.size = self.received + int(length) if length.isdigit() and is_plain else None
        etag = answer.headers.get("etag", "")
        mark = etag if etag and not etag.startswith("W/") else answer.headers.get("last-modified")
        self.mark = (mark or "") if is_plain else ""
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        self.name = _name(answer.headers.get("content-disposition", ""), self._address, kind)
        if not is_plain:
            self.name = self.name.removesuffix(".gz")
        if kind in ("text/html", "application/xhtml+xml"):
            raise Invalid(
                "The address leads to a web page, not to a data file.",
                "Give the address of the file itself: on such a page, copy the address of its "
                "'Download' or 'Raw' link.",
            )
        if self.size is not None:
            self._check_size(self.size)

    def _check_size(self, size: int) -> None:
        if size > self._most:
            raise TooLarge(
                f"The file has {'more than ' if size != self.size else ''}{size:,} bytes; "
                f"{self._most:,} are allowed (SpondeUploads.max_upload_bytes).",
                "Copy it into JupyterLab's folder by other means and choose 'Add from folder…', "
                "or raise that setting.",
            )

    @contextmanager
    def _opened(self, headers: dict[str, str]) -> Iterator[http.client.HTTPResponse]:
        """Ask, and follow what sends on; each address is checked."""
        address = checked_address(self._address, allows_http=self._allows_http)
        for _ in range(MOST_REDIRECTS):
            connection = self._connect(address)
            with closing(connection):
                self._connection = connection
                parts = urlsplit(address)
                where = parts.path + (f"?{parts.query}" if parts.query else "")
                connection.request("GET", where, headers=headers)
                answer = connection.getresponse()
                if answer.status in (301, 302, 303, 307, 308):
                    target = urljoin(address, answer.headers.get("location", ""))
                    address = checked_address(target, allows_http=self._allows_http)
                    continue
                if answer.status == 416:
                    self._part.unlink(missing_ok=True)
                    self.mark = ""
                    raise Broken("the file is another one now")
                if answer.status not in (200, 206):
                    raise self._refusal(answer)
                yield answer
                return
        raise UpstreamFailed(
            f"{self.host()} sends on more than {MOST_REDIRECTS} times.", "Check the address."
        )

    def _connect(self, address: str) -> http.client.HTTPConnection:
        from urllib.request import getproxies, proxy_bypass

        parts = urlsplit(address)
        host = parts.hostname or ""
        is_safe = parts.scheme == "https"
        port = parts.port or (443 if is_safe else 80)
        proxy = getproxies().get(parts.scheme, "")
        if proxy and not proxy_bypass(host):
            if not self._allows_private and not _is_named_publicly(host):
                raise Forbidden(
                    f"'{host}' is in this machine's own network, which addresses may not reach.",
                    "Copy the file into JupyterLab's folder, or have the operator allow it.",
                )
            way = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            through = http.client.HTTPSConnection if is_safe else http.client.HTTPConnection
            connection = through(way.hostname or "", way.port or 8080, timeout=SILENCE_SECONDS)
            connection.set_tunnel(host, port)
            return connection
        places = public_places(host, port, allows_private=self._allows_private)
        if is_safe:
            return _Safe(host, port, places)
        return _Plain(host, port, places)

    def _refusal(self, answer: http.client.HTTPResponse) -> SpondeError | Broken:
        status = answer.status
        if status in (408, 425, 429) or status >= 500:
            return Broken(f"{self.host()} answers {status}")
        if status in (404, 410):
            return NotFound(
                f"{self.host()} has no such file.", "Check the address: open it in a browser."
            )
        if status in (401, 403):
            return Forbidden(
                f"{self.host()} does not give the file to everybody (it answers {status}).",
                "Download it with a browser where you are logged in, and drop it here.",
            )
        return UpstreamFailed(
            f"{self.host()} answers {status}.", "Check the address: open it in a browser."
        )

    def host(self) -> str:
        """Name the server, for a sentence."""
        return urlsplit(self._address).hostname or self._address


class _Plain(http.client.HTTPConnection):
    """A connection to a place that was checked."""

    def __init__(self, host: str, port: int, places: list[tuple[str, int]]) -> None:
        super().__init__(host, port, timeout=SILENCE_SECONDS)
        self._places = places

    def connect(self) -> None:
        """Connect to the first place that answers."""
        self.sock = _connected(self._places)


class _Safe(http.client.HTTPSConnection):
    """An encrypted connection to a place that was checked."""

    def __init__(self, host: str, port: int, places: list[tuple[str, int]]) -> None:
        self._checked = ssl.create_default_context()
        super().__init__(host, port, timeout=SILENCE_SECONDS, context=self._checked)
        self._places = places

    def connect(self) -> None:
        """Connect to the first place that answers; it must prove to be the host."""
        self.sock = self._checked.wrap_socket(_connected(self._places), server_hostname=self.host)


def _connected(places: list[tuple[str, int]]) -> socket.socket:
    for number, place in enumerate(places):
        try:
            found = socket.create_connection(place, timeout=CONNECT_SECONDS)
        except OSError:
            if number == len(places) - 1:
                raise
            continue
        found.settimeout(SILENCE_SECONDS)
        return found
    raise Broken("it has no address")


def _is_named_publicly(host: str) -> bool:
    """Say whether a host that a proxy will look up is not plainly one of our own network."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return is_public(host)
    except ValueError:
        return "." in host


def name_of(address: str) -> str:
    """Say what the file at an address seems to be called."""
    return PurePosixPath(unquote(urlsplit(address).path)).name or "data"


def _name(disposition: str, address: str, kind: str) -> str:
    found = _FILENAME.search(disposition)
    name = PurePosixPath(unquote(found[1]).replace("\\", "/")).name if found else ""
    name = name or name_of(address)
    name = "".join(sign for sign in name if sign.isprintable() and sign not in '<>:"|?*').strip()
    name = name.lstrip(".")[-200:] or "data"
    if "." not in name and kind in BY_TYPE:
        name += BY_TYPE[kind]
    return name


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it is silent"
    if isinstance(error, (http.client.IncompleteRead, ConnectionError)):
        return "the connection ended early"
    return " ".join(str(error).split()).rstrip(".")[:200] or type(error).__name__
