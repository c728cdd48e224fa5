"""Every way in which a server of models fails, in two sentences, with the key taken out."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sponde_server.core.errors import Invalid, SpondeError, Unavailable, UpstreamFailed
from sponde_server.core.keys import last_four

from .patience import PASSING, Patience
from .records import Provider, ProviderKind

SHOWN_CHARACTERS = 300
NOT_LISTED = frozenset({404, 405, 501})
_CUT = frozenset(
    {"RemoteProtocolError", "ReadError", "WriteError", "CloseError", "DecodingError", "StreamError"}
)
DROPPED = frozenset({"RemoteProtocolError", "ReadError", "WriteError"})
"""What a kept connection that was closed at the moment of its use fails with."""
_SPENT = re.compile(r"insufficient_quota|billing|credit balance", re.IGNORECASE)


class Refused(Exception):
    """A server answered with a status that is no success."""

    def __init__(self, status: int, headers: Mapping[str, str], raw: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.raw = raw
        try:
            self.body: Any = json.loads(raw.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            self.body = None

    @property
    def said(self) -> str:
        """What it said, whole."""
        return self.raw.decode("utf-8", "replace")

    @property
    def is_spent(self) -> bool:
        """Whether no waiting helps: the money is used up."""
        return bool(_SPENT.search(self.said[:5000]))


class Broken(Exception):
    """A server says in the middle of an answer that it failed; holds what it says."""

    def __init__(self, said: Any) -> None:
        super().__init__("broken")
        self.said = said

    @property
    def is_passing(self) -> bool:
        """Whether it may be gone in a moment."""
        return bool(re.search(r"overloaded|rate_limit|api_error", str(self.said)[:500]))


class Silence(Exception):
    """A server said nothing for longer than it may."""

    def __init__(self, is_first: bool) -> None:
        super().__init__("silence")
        self.is_first = is_first


def is_cut(error: BaseException) -> bool:
    """Tell whether a connection broke: then an answer is cut, not refused."""
    return type(error).__name__ in _CUT


def is_passing(error: BaseException) -> bool:
    """Tell whether asking again in a moment may help."""
    if isinstance(error, Refused):
        return error.status in PASSING and not error.is_spent
    if isinstance(error, Broken):
        return error.is_passing
    if type(error).__name__ == "ConnectError":
        return "CERTIFICATE" not in str(error).upper()
    return type(error).__name__ == "ConnectTimeout" or is_cut(error)


class Sentences:
    """Says what went wrong with one provider."""

    def __init__(self, provider: Provider, key: str, patience: Patience) -> None:
        self._provider = provider
        self._key = key
        self._patience = patience

    def of(self, error: Exception, model: str = "") -> SpondeError:
        """Say what a failure is."""
        name, where = self._provider.name, self._provider.base_url
        if isinstance(error, Refused):
            return self._refused(error, model)
        if isinstance(error, Broken):
            return UpstreamFailed(
                f"{name} broke off: {self.said(error.said)}",
                "Ask again. If it stays, look at that server's log.",
            )
        if isinstance(error, Silence):
            return self._silent(error)
        kind = type(error).__name__
        if kind in ("ReadTimeout", "WriteTimeout"):
            return self._silent(Silence(is_first=False))
        if kind in ("ConnectTimeout", "PoolTimeout"):
            return Unavailable(
                f"{where} does not answer within {self._patience.connect:g} seconds.",
                "Check the address and that the server runs.",
            )
        why = " ".join(str(error).split()).rstrip(".") or kind
        if "CERTIFICATE" in why.upper():
            return Unavailable(
                f"{where} cannot prove who it is: {why}.",
                "If it is your own server, name its certificate in SSL_CERT_FILE.",
            )
        if kind == "DecodingError":
            return UpstreamFailed(
                f"{name} sent bytes that cannot be unpacked.",
                "Ask again. If it stays, look for a proxy before that server.",
            )
        return Unavailable(
            f"{where} cannot be reached: {why}.",
            "Check the address and that the server runs; then try again.",
        )

    def no_server(self, why: str) -> UpstreamFailed:
        """Say that an address is not that of a server of models."""
        if self._provider.kind is ProviderKind.ANTHROPIC:
            return UpstreamFailed(
                f"{self._provider.base_url} does not behave like a server of Anthropic's "
                f"protocol: {why}.",
                "Check the address; Anthropic's own is https://api.anthropic.com/v1.",
            )
        return UpstreamFailed(
            f"{self._provider.base_url} does not behave like an OpenAI-compatible server: {why}.",
            "Check the address; it usually ends in /v1, such as http://127.0.0.1:8000/v1.",
        )

    def said(self, error: Any) -> str:
        """Shorten what a server said, with the key taken out."""
        if isinstance(error, dict):
            inner = error.get("error", error)
            error = inner.get("message") or inner if isinstance(inner, dict) else inner
        text = self.without_key(" ".join(str(error).replace("\0", " ").split()))
        if len(text) > SHOWN_CHARACTERS:
            text = text[: SHOWN_CHARACTERS - 3] + "…"
        return text.rstrip(".") + "."

    def without_key(self, text: str) -> str:
        """Take the key out of a text, but for its end."""
        return text.replace(self._key, last_four(self._key)) if self._key else text

    def _silent(self, error: Silence) -> UpstreamFailed:
        trait = "first_token_seconds" if error.is_first else "silence_seconds"
        now = self._patience.first if error.is_first else self._patience.between
        return UpstreamFailed(
            f"{self._provider.name} has said nothing for too long.",
            f"Ask again, or raise SpondeModels.{trait} in jupyter_config.py (now {now:g}).",
        )

    def _refused(self, error: Refused, model: str) -> SpondeError:
        name, status = self._provider.name, error.status
        said = self.said(error.body if isinstance(error.body, dict) else f"status {status}")
        if status == 401:
            return self._wrong_key()
        if status == 403:
            key = last_four(self._key)
            return UpstreamFailed(
                f"{name} does not allow this{f' for the key {key}' if key else ''}: {said}",
                "Choose another model, or ask who gave you the key.",
            )
        if status == 404 and model:
            return UpstreamFailed(
                f"{name} has no model '{model}': {said}",
                f"Choose another model; it offers {_some(self._provider.models)}."
                if self._provider.models
                else "Choose another model, and check that the address ends in /v1.",
            )
        if status == 402 or error.is_spent:
            return UpstreamFailed(
                f"{name} says that its quota is used up: {said}",
                "Look at your account there, or choose another model.",
            )
        if status == 429:
            wait = error.headers.get("retry-after", "")
            when = f"in {wait} seconds" if wait.isdigit() else "in a while"
            return UpstreamFailed(
                f"{name} is asked too often, or its quota is used up: {said}",
                f"Ask again {when}, or choose another model.",
            )
        if 300 <= status < 400:
            target = error.headers.get("location", "elsewhere")
            return UpstreamFailed(
                f"{self._provider.base_url} sends on to {target}, which is not followed.",
                "Enter the address that it sends to, if you trust it.",
            )
        if status in (400, 413, 422):
            if re.search(r"context|too long|maximum.*tokens", said, re.IGNORECASE):
                return Invalid(
                    f"The conversation is too long for {model}: {said}",
                    "Begin a new conversation, or lower SpondeChat.history_tokens.",
                )
            return UpstreamFailed(f"{name} refused the request: {said}", "Choose another model.")
        if status in NOT_LISTED:
            return self.no_server(f"it answers {status}")
        if status == 529 or "overloaded" in said.lower():
            return UpstreamFailed(
                f"{name} is overloaded: {said}", "Ask again in a moment, or choose another model."
            )
        return UpstreamFailed(
            f"{name} failed with status {status}: {said}",
            "Ask again in a moment. If it stays, look at that server's log or status page.",
        )

    def _wrong_key(self) -> UpstreamFailed:
        name, key = self._provider.name, last_four(self._key)
        if key:
            return UpstreamFailed(
                f"{name} does not accept the key that ends in {key}.",
                f"Copy the key again from {name} and enter it once more under Models.",
            )
        return UpstreamFailed(
            f"{name} wants a key.", f"Add {name} again under Models, with its key."
        )


def looks(body: bytes) -> str:
    """Say what an answer of another form looks like."""
    if body.lstrip()[:1] == b"<":
        return "it answered with a web page"
    return "its answer has another form"


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
