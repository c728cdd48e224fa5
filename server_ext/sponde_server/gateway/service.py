"""Lets programs ask models: who may, what, how much, and how names become models.

A program comes with Jupyter's own token, or with one of ours, which opens the gateway and nothing
else. Of ours only a digest is kept: the token is 256 random bits, so it needs no salt.
Does not know the web: doors.py does.
"""

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from traitlets import Float
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Forbidden, Invalid, NotFound, SpondeError
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.models.forward import Forwarded, operation_of
from sponde_server.models.local import LOCAL
from sponde_server.models.records import Model
from sponde_server.models.service import SpondeModels
from sponde_server.usage.records import Caller, CallerKind

from . import store
from .limits import Limits
from .records import GatewayToken, MadeToken, NewToken, Scope, TokenChange, TokensChanged

PREFIX = "sponde-"
LONGEST_NAME = 100
WRITE_SECONDS = 1.0
_SCOPES = {"chat": Scope.CHAT, "completion": Scope.CHAT, "embedding": Scope.EMBEDDINGS}


@dataclass(frozen=True)
class Visitor:
    """Who came through a door of the gateway."""

    person: str
    """The person, as Jupyter knows them."""
    kind: CallerKind
    """A notebook or another program."""
    token: GatewayToken | None = None
    """The Sponde token that was shown; None for Jupyter's own."""


@dataclass(frozen=True)
class Offered:
    """A model under a name that it can be asked by."""

    name: str
    """An alias, a model's name where only one has it, or its id."""
    model: Model
    """The model."""


class SpondeGateway(LoggingConfigurable):
    """The gateway for notebooks and other programs."""

    heartbeat_seconds = Float(
        10.0,
        min=0.05,
        help="Seconds of silence in a streamed answer after which a sign of life is sent, so that "
        "no program or proxy gives up while an engine starts.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        models: SpondeModels,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._models = models
        self._limits = Limits(clock, today)
        self._tasks = Tasks(self.log)
        self._kept: dict[str, GatewayToken] | None = None
        self._digests: dict[str, str] = {}
        self._used: set[str] = set()

    # -- tokens ---------------------------------------------------------------------------------

    async def list_tokens(self) -> list[GatewayToken]:
        """Give the tokens that are not revoked, newest first, with what they used today."""
        tokens = (await self._tokens()).values()
        return [self._as_of_today(token) for token in reversed(tokens) if not token.revoked_at]

    async def make(self, new: NewToken, person: str = "") -> MadeToken:
        """Make a token; it can be read from the answer and never again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        token = GatewayToken(
            name=_name(new.name),
            person=person,
            hint=secret[-4:],
            scopes=_scopes(new.scopes),
            models=_names(new.models),
            requests_per_minute=_limit(new.requests_per_minute, "requests per minute"),
            parallel=_limit(new.parallel, "requests at the same time"),
            tokens_per_day=_limit(new.tokens_per_day, "tokens per day"),
            expires_at=_later(new.expires_at),
        )
        kept = await self._tokens()
        await self._database.write(store.add, token, _digest(secret))
        kept[token.id] = token
        self._digests[_digest(secret)] = token.id
        self._feed.tell(TokensChanged())
        return MadeToken(token=token, secret=secret)

    async def change(self, token_id: str, change: TokenChange) -> GatewayToken:
        """Change a token's name, scopes, models, limits or end."""
        token = await self.get(token_id)
        if change.name is not None:
            token = replace(token, name=_name(change.name))
        if change.scopes is not None:
            token = replace(token, scopes=_scopes(change.scopes))
        if change.models is not None:
            token = replace(token, models=_names(change.models))
        if change.requests_per_minute is not None:
            limit = _limit(change.requests_per_minute, "requests per minute")
            token = replace(token, requests_per_minute=limit)
        if change.parallel is not None:
            limit = _limit(change.parallel, "requests at the same time")
            token = replace(token, parallel=limit)
        if change.tokens_per_day is not None:
            token = replace(token, tokens_per_day=_limit(change.tokens_per_day, "tokens per day"))
        if change.is_endless or change.expires_at is not None:
            end = None if change.is_endless else _later(change.expires_at)
            token = replace(token, expires_at=end)
        return await self._keep(token)

    async def revoke(self, token_id: str) -> None:
        """Let a token open nothing any more; its usage stays."""
        await self._keep(replace(await self.get(token_id), revoked_at=now()))

    async def get(self, token_id: str) -> GatewayToken:
        """Give a token that is not revoked."""
        token = (await self._tokens()).get(token_id)
        if token is None or token.revoked_at:
            raise NotFound(
                f"There is no token {token_id}.", "It may have been revoked; look under Models."
            )
        return token

    async def enter(self, secret: str) -> Visitor:
        """Let a program in by its token, or say why not (Forbidden)."""
        kept = await self._tokens()
        token = kept.get(self._digests.get(_digest(secret), ""))
        if token is None:
            raise Forbidden(
                "This Sponde token is not known here.",
                "Copy it again, or make a new one under Models, Access for programs.",
            )
        if token.revoked_at:
            raise Forbidden(
                f"The token '{token.name}' was revoked.",
                "Make a new one under Models, Access for programs.",
            )
        if token.expires_at and token.expires_at <= now():
            raise Forbidden(
                f"The token '{token.name}' expired on {token.expires_at:%Y-%m-%d}.",
                "Give it a later end under Models, Access for programs, or make a new one.",
            )
        self._note(token, 0, 0)
        return Visitor(person=token.person, kind=CallerKind.PROGRAM, token=token)

    # -- models ---------------------------------------------------------------------------------

    async def list_models(self, visitor: Visitor) -> list[Offered]:
        """Give what a program may ask: aliases first, then each model by its shortest sure name."""
        _permit(visitor, Scope.MODELS)
        models = await self._models.list_models()
        aliases = {alias: model for model in models for alias in model.aliases}
        for model in models:
            if model.is_default:
                aliases = {"default": model, **aliases}
        names = [model.name for model in models]
        offered = [Offered(alias, model) for alias, model in aliases.items()]
        for model in models:
            is_sure = names.count(model.name) == 1 and model.name not in aliases
            offered.append(Offered(model.name if is_sure else model.id, model))
        return [one for one in offered if await self._may_ask(visitor, one.name, one.model.id)]

    async def get_model(self, visitor: Visitor, name: str) -> Model:
        """Give the model that a program means by a name."""
        _permit(visitor, Scope.MODELS)
        model = await self._models.get_model(name)
        await self._check_model(visitor, name, model.id)
        return model

    async def is_local(self, name: str) -> bool:
        """Tell whether a name means a model of this machine's own engines."""
        try:
            return (await self._models.get_model(name)).provider_id == LOCAL
        except SpondeError:
            return False

    async def list_running(self, visitor: Visitor) -> list[str]:
        """Name the models of this machine that answer at once."""
        _permit(visitor, Scope.MODELS)
        names = await self._models.list_running()
        return [name for name in names if await self._may_ask(visitor, name, f"{LOCAL}/{name}")]

    async def known_name(self, name: str) -> str:
        """Take Ollama's ':latest' off a name, unless a model is called so."""
        try:
            await self._models.find_id(name)
        except SpondeError:
            return name.removesuffix(":latest")
        return name

    async def wake(self, visitor: Visitor, name: str) -> None:
        """Start what answers for a model."""
        _permit(visitor, Scope.CHAT)
        await self._check_model(visitor, name, await self._models.find_id(name))
        await self._models.wake(name)

    # -- asking ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def ask(
        self, visitor: Visitor, path: str, body: dict[str, Any], request_id: str = ""
    ) -> AsyncIterator[Forwarded]:
        """Pass a request on, if this visitor may, and count it against the token's limits."""
        operation = operation_of(path)
        _permit(visitor, _SCOPES[operation])
        name = body.get("model") or ""
        if not isinstance(name, str):
            raise Invalid("The field 'model' is not a text.", "Name one model, such as default.")
        token = visitor.token
        if token is not None and token.models:
            await self._check_model(visitor, name, await self._models.find_id(name, operation))
        caller = Caller(person=visitor.person, kind=visitor.kind, token=token.id if token else "")
        if token is None:
            async with self._models.forward(name, path, body, caller, request_id) as answer:
                yield answer
            return
        token = (await self._tokens())[token.id]
        self._limits.begin(token)
        tokens = 0
        try:
            async with self._models.forward(name, path, body, caller, request_id) as answer:
                try:
                    yield answer
                finally:
                    tokens = answer.tokens
        finally:
            self._limits.end(token.id)
            self._note(token, 1, tokens)

    def check_tools(self, visitor: Visitor) -> None:
        """Refuse a token that does not allow tools."""
        _permit(visitor, Scope.TOOLS)

    @asynccontextmanager
    async def counted(self, visitor: Visitor) -> AsyncIterator[None]:
        """Count a request that asks no model against the token's limits."""
        if visitor.token is None:
            yield
            return
        token = (await self._tokens())[visitor.token.id]
        self._limits.begin(token)
        try:
            yield
        finally:
            self._limits.end(token.id)
            self._note(token, 1, 0)

    async def _check_model(self, visitor: Visitor, name: str, model_id: str) -> None:
        if not await self._may_ask(visitor, name, model_id):
            assert visitor.token is not None
            raise Forbidden(
                f"The token '{visitor.token.name}' may not ask '{name or 'default'}'.",
                f"It may ask {', '.join(visitor.token.models)}.",
            )

    async def _may_ask(self, visitor: Visitor, name: str, model_id: str) -> bool:
        allowed = visitor.token.models if visitor.token else ()
        if not allowed or (name or "default") in allowed or model_id in allowed:
            return True
        for one in allowed:
            try:
                if (await self._models.get_model(one)).id == model_id:
                    return True
            except SpondeError:
                continue
        return False

    # -- what is kept ---------------------------------------------------------------------------

    async def _tokens(self) -> dict[str, GatewayToken]:
        """Give the tokens by id: read once, because every request asks for them."""
        if self._kept is None:
            found = await self._database.read(store.read_all)
            if self._kept is None:
                self._digests = {digest: token.id for digest, token in found.items()}
                self._kept = {token.id: token for token in found.values()}
        return self._kept

    async def _keep(self, token: GatewayToken) -> GatewayToken:
        # At once, so that what is counted while the row is written is not lost.
        (await self._tokens())[token.id] = token
        await self._database.write(store.update, token)
        self._feed.tell(TokensChanged())
        return self._as_of_today(token)

    def _as_of_today(self, token: GatewayToken) -> GatewayToken:
        if token.use_day == self._limits.day():
            return token
        return replace(token, use_day=self._limits.day(), requests_today=0, tokens_today=0)

    def _note(self, token: GatewayToken, requests: int, tokens: int) -> None:
        """Count what a token was used for; the row is written a moment later."""
        assert self._kept is not None
        fresh = self._as_of_today(self._kept[token.id])
        self._kept[token.id] = replace(
            fresh,
            last_used_at=now(),
            requests_today=fresh.requests_today + requests,
            tokens_today=fresh.tokens_today + tokens,
        )
        if not self._used:
            self._tasks.start(self._write_later())
        self._used.add(token.id)

    async def _write_later(self) -> None:
        await asyncio.sleep(WRITE_SECONDS)
        await self._write_used()
        self._feed.tell(TokensChanged())

    async def _write_used(self) -> None:
        if self._kept is not None and self._used:
            used = [self._kept[token_id] for token_id in self._used]
            self._used.clear()
            await self._database.write(store.update, *used)

    async def stop(self) -> None:
        """Write what waits."""
        await self._tasks.stop()
        await self._write_used()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _permit(visitor: Visitor, scope: Scope) -> None:
    if visitor.token is not None and scope not in visitor.token.scopes:
        raise Forbidden(
            f"The token '{visitor.token.name}' does not allow '{scope.value}'.",
            "Add it to the token under Models, Access for programs, or use another token.",
        )


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(
            f"A token's name has 1 to {LONGEST_NAME} letters; this one has {len(name)}.",
            "Say what it is for, such as 'nightly report'.",
        )
    return name


def _scopes(given: tuple[Scope, ...]) -> tuple[Scope, ...]:
    if not given:
        raise Invalid(
            "The token would allow nothing.",
            f"Choose one of {', '.join(scope.value for scope in Scope)} at least.",
        )
    return tuple(scope for scope in Scope if scope in given)


def _names(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in given if name.strip()))


def _limit(given: int, what: str) -> int:
    if given < 0:
        raise Invalid(f"{given} {what} are fewer than none.", "Write 0 for no limit.")
    return given


def _later(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    moment = moment.astimezone() if moment.tzinfo is None else moment
    if moment <= now():
        raise Invalid(f"{moment:%Y-%m-%d %H:%M} has passed.", "Choose a later end, or none at all.")
    return moment
