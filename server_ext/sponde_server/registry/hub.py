"""A Hugging Face-compatible hub: what it has under an id, and the bytes of its files.

The token goes to the hub's own address only; its redirects are followed over https, or on the
same host. httpx2 is heavy: it is imported on the thread that transfers run on.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from sponde_server.core.errors import (
    Forbidden,
    Invalid,
    NotFound,
    SpondeError,
    Unavailable,
    UpstreamFailed,
)
from sponde_server.core.keys import last_four
from sponde_server.core.outbound import CONNECT_SECONDS

from .records import PlannedFile
from .transfer import Cut, Opened

if TYPE_CHECKING:
    import httpx2

SILENCE_SECONDS = 30.0
MOST_REDIRECTS = 6
LARGEST_ANSWER_BYTES = 20_000_000
_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")
_REVISION = re.compile(r"[A-Za-z0-9][\w./-]{0,120}")


def read_id(given: str, hub_url: str) -> tuple[str, str]:
    """Read a hub id, or the address of a model's page; give the id and the revision in it."""
    text = given.strip().removesuffix("/")
    revision = ""
    if "://" in text:
        parts = urlsplit(text)
        if parts.hostname not in (urlsplit(hub_url).hostname, "hf.co"):
            raise Invalid(
                f"'{given.strip()}' is not an address of {urlsplit(hub_url).hostname}.",
                "Give a model's id, such as Qwen/Qwen2.5-0.5B-Instruct.",
            )
        text = parts.path.strip("/")
    text, _, rest = text.partition("/tree/")
    revision = rest.split("/")[0] if rest else ""
    if not _ID.fullmatch(text) or ".." in text or "--" in text:
        raise Invalid(
            f"'{given.strip()}' is not a model's id.",
            "It has the form maker/model, such as Qwen/Qwen2.5-0.5B-Instruct.",
        )
    return text, revision


def read_revision(given: str) -> str:
    """Check a branch, tag or commit."""
    text = given.strip() or "main"
    if not _REVISION.fullmatch(text) or ".." in text:
        raise Invalid(
            f"'{text}' is not a branch, tag or commit.", "Leave it empty for the newest: main."
        )
    return text


class Found:
    """What the hub said about a model."""

    def __init__(self, hub_id: str, answer: dict[str, Any]) -> None:
        card = answer.get("cardData")
        card = card if isinstance(card, dict) else {}
        tags = [tag for tag in answer.get("tags") or [] if isinstance(tag, str)]
        self.hub_id = str(answer.get("id") or hub_id)
        self.commit = str(answer.get("sha") or "")
        self.is_gated = bool(answer.get("gated"))
        self.licence = _licence(card, tags)
        base = card.get("base_model")
        self.base = str((base[0] if isinstance(base, list) and base else base) or "")
        self.files = tuple(
            _planned(entry) for entry in answer.get("siblings") or [] if isinstance(entry, dict)
        )
        if not re.fullmatch(r"[0-9a-f]{7,64}", self.commit) or not _ID.fullmatch(self.hub_id):
            raise UpstreamFailed(
                f"The hub's answer about '{hub_id}' has another form than expected.",
                "Check SpondeRegistry.hub_url; it must be Hugging Face-compatible.",
            )


def _licence(card: dict[str, Any], tags: list[str]) -> str:
    named = card.get("license")
    named = named[0] if isinstance(named, list) and named else named
    if named == "other":
        named = card.get("license_name") or named
    if not named:
        named = next((tag[8:] for tag in tags if tag.startswith("license:")), "")
    return str(named or "")[:80]


def _planned(entry: dict[str, Any]) -> PlannedFile:
    large = entry.get("lfs")
    large = large if isinstance(large, dict) else {}
    size = large.get("size", entry.get("size"))
    sha256 = str(large.get("sha256") or large.get("oid") or "").removeprefix("sha256:")
    return PlannedFile(
        path=str(entry.get("rfilename") or entry.get("path") or ""),
        size_bytes=size if isinstance(size, int) else -1,
        sha256=sha256 if re.fullmatch(r"[0-9a-f]{64}", sha256) else "",
        blob="" if large else _blob(entry.get("blobId")),
    )


def _blob(given: Any) -> str:
    text = str(given or "")
    return text if re.fullmatch(r"[0-9a-f]{40}", text) else ""


class HubClient:
    """A connection to the hub; made and used on the transfers' thread."""

    def __init__(self, url: str, token: str, silence_seconds: float = SILENCE_SECONDS) -> None:
        import httpx2

        self._url = url
        self._token = token
        self._host = urlsplit(url).netloc
        self._failures: tuple[type[Exception], ...] = (
            httpx2.HTTPError,
            httpx2.InvalidURL,
            httpx2.StreamError,
        )
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(silence_seconds, connect=CONNECT_SECONDS),
            follow_redirects=False,
            # A proxy from the environment is for other machines only.
            trust_env=urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"),
            limits=httpx2.Limits(max_connections=32),
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def find(self, hub_id: str, revision: str) -> Found:
        """Ask what the hub has under an id, at a revision, with the files' sizes and hashes."""
        where = f"/api/models/{quote(hub_id)}/revision/{quote(revision, safe='')}?blobs=true"
        try:
            async with self._get(self._url + where, {}) as response:
                if response.status_code != 200:
                    raise self._refusal(response, hub_id, revision)
                body = b""
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER_BYTES:
                        raise self._no_hub("its answer is longer than 20 MB")
                answer = _object(body)
        except self._failures as error:
            raise self._unreachable(error) from error
        if answer is None:
            raise self._no_hub("its answer has another form")
        return Found(hub_id, answer)

    @asynccontextmanager
    async def open(
        self, hub_id: str, commit: str, file: PlannedFile, offset: int
    ) -> AsyncIterator[Opened]:
        """Open a file at an offset; the source says where it really begins."""
        where = f"{self._url}/{quote(hub_id)}/resolve/{quote(commit)}/{quote(file.path)}"
        headers = {"range": f"bytes={offset}-"} if offset else {}
        try:
            async with self._get(where, headers) as response:
                status = response.status_code
                if status == 416:
                    yield Opened(begins_at=-1, pieces=_nothing())
                    return
                if status == 429 or status >= 500:
                    raise Cut(
                        f"the hub answered {status}", _seconds(response.headers.get("retry-after"))
                    )
                if status not in (200, 206):
                    raise self._refusal(response, hub_id, commit, file.path)
                begins_at = _begins_at(response.headers) if status == 206 else 0
                yield Opened(begins_at=begins_at, pieces=response.aiter_raw())
        except self._failures as error:
            raise Cut(_why(error)) from error

    @asynccontextmanager
    async def _get(self, address: str, headers: dict[str, str]) -> "AsyncIterator[httpx2.Response]":
        for _ in range(MOST_REDIRECTS):
            parts = urlsplit(address)
            is_hub = parts.netloc == self._host
            sent = {**headers, "user-agent": "Sponde", "accept-encoding": "identity"}
            if self._token and is_hub:
                sent["authorization"] = f"Bearer {self._token}"
            request = self._client.build_request("GET", address, headers=sent)
            response = await self._client.send(request, stream=True)
            try:
                if response.status_code not in (301, 302, 303, 307, 308):
                    yield response
                    return
                address = urljoin(address, response.headers.get("location", ""))
            finally:
                await response.aclose()
            target = urlsplit(address)
            if target.scheme != "https" and target.netloc != self._host:
                raise UpstreamFailed(
                    f"The hub sends on to {target.scheme}://{target.netloc}, which is not secure.",
                    "Check SpondeRegistry.hub_url.",
                )
        raise self._no_hub(f"it redirects more than {MOST_REDIRECTS} times")

    # -- failures, in sentences -----------------------------------------------------------------

    def _refusal(
        self, response: "httpx2.Response", hub_id: str, revision: str, path: str = ""
    ) -> SpondeError:
        status = response.status_code
        kind = response.headers.get("x-error-code", "")
        page = f"{self._url}/{hub_id}"
        if kind == "GatedRepo" or (status == 403 and kind != "RepoNotFound"):
            if not self._token:
                return Forbidden(
                    f"The authors of '{hub_id}' let people have it only after they accept terms.",
                    f"Accept them at {page}, make a token there and enter it where a model is "
                    "added (Revision and token); then try again.",
                )
            return Forbidden(
                f"The token that ends in {last_four(self._token)} may not have '{hub_id}'.",
                f"Accept its terms at {page} with the same account, and wait until its authors "
                "agree; the token needs the right to read gated models.",
            )
        if status == 401 and self._token:
            return Forbidden(
                f"The hub does not accept the token that ends in {last_four(self._token)}.",
                "Copy it again from your account there and enter it once more, or take it out.",
            )
        if kind == "RevisionNotFound":
            return NotFound(
                f"'{hub_id}' has no revision '{revision}'.",
                "Leave the revision empty for the newest.",
            )
        if kind == "EntryNotFound" or (status == 404 and path):
            return NotFound(
                f"'{hub_id}' has no file '{path}' any more.", "Look the model up again."
            )
        if status in (401, 404):
            return NotFound(
                f"The hub has no model '{hub_id}', or it is private.",
                "Check its spelling, upper and lower case too. For a private one enter a token.",
            )
        if status == 429:
            return Unavailable(
                "The hub is asked too often from here.", "Try again in some minutes."
            )
        if status >= 500:
            return Unavailable(
                f"The hub answers {status}: it has troubles of its own.", "Try again in a while."
            )
        return self._no_hub(f"it answers {status}")

    def _unreachable(self, error: Exception) -> SpondeError:
        return Unavailable(
            f"{self._url} cannot be reached: {_why(error)}.",
            "Check this machine's network and proxy (HTTPS_PROXY), or SpondeRegistry.hub_url. "
            "Without a network, import a folder.",
        )

    def _no_hub(self, why: str) -> UpstreamFailed:
        return UpstreamFailed(
            f"{self._url} does not behave like a Hugging Face-compatible hub: {why}.",
            "Check SpondeRegistry.hub_url.",
        )


class HubSource:
    """The files of one model at one commit, as a transfer takes them."""

    def __init__(self, url: str, token: str, hub_id: str, commit: str) -> None:
        self._url = url
        self._token = token
        self._hub_id = hub_id
        self._commit = commit
        self._client: HubClient | None = None

    @asynccontextmanager
    async def open(self, file: PlannedFile, offset: int) -> AsyncIterator[Opened]:
        """Open a file at an offset."""
        if self._client is None:
            self._client = HubClient(self._url, self._token)
        async with self._client.open(self._hub_id, self._commit, file, offset) as opened:
            yield opened

    def where(self) -> str:
        """Name the source, for a sentence."""
        return self._url

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.close()


def _begins_at(headers: "httpx2.Headers") -> int:
    found = re.match(r"bytes (\d+)-", headers.get("content-range", ""))
    return int(found[1]) if found else -1


def _seconds(given: str | None) -> float:
    return min(float(given), 120.0) if given and given.isdigit() else 0.0


def _why(error: Exception) -> str:
    name = type(error).__name__
    if name == "ReadTimeout":
        return f"it has said nothing for {SILENCE_SECONDS:g} seconds"
    if name in ("ConnectTimeout", "PoolTimeout"):
        return f"it does not answer within {CONNECT_SECONDS:g} seconds"
    if name in ("RemoteProtocolError", "ReadError"):
        return "the connection broke"
    return " ".join(str(error).split()).rstrip(".")[:200] or name


def _object(body: bytes) -> dict[str, Any] | None:
    import json

    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
