"""Knows models by id, alias and name, keeps providers, and streams completions through them.

Providers come from people (kept in the history, their keys in core/keys) and from
jupyter_config.py; the models on this machine are a provider too (local.py). Does not know
conversations.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from traitlets import Float, Int, Unicode, validate
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import (
    Conflict,
    Invalid,
    NotFound,
    SpondeError,
    Unavailable,
    UpstreamFailed,
)
from sponde_server.core.keys import ENVIRONMENT, Keys, check_reference, last_four
from sponde_server.core.outbound import CONNECT_SECONDS, READ_SECONDS, base_address
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.usage.records import Caller
from sponde_server.usage.service import SpondeUsage

from . import store
from .addresses import is_this_machine
from .connecting import connect, kinds_of
from .contexts import context_length
from .forward import Forwarded, characters_of, operation_of, passed_on
from .local import LOCAL, LocalModels
from .metering import Meter
from .patience import Patience
from .provider import Connect, ModelServer
from .records import (
    Alias,
    AliasTarget,
    Completion,
    Model,
    ModelChoice,
    NewProvider,
    Piece,
    Provider,
    ProviderKind,
    ProvidersChanged,
    ProviderSource,
    Waiting,
)

CONFIGURED = "configuration"
ASK_AGAIN_SECONDS = 30.0
WAIT_SECONDS = 2.0
DEFAULT = "default"
ENGINE_TRIES = 3
KEPT_TARGETS = 20
_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
NO_MODEL = (
    "No language model is connected.",
    "Connect one under Models: any OpenAI-compatible address, on this machine or elsewhere. "
    "Without a model, /profile, /plot, /sql and /help work.",
)


class SpondeModels(LoggingConfigurable):
    """The language models that can be asked."""

    base_url = Unicode(
        help="Address of an OpenAI-compatible server that everyone here may ask, up to and with "
        "/v1, such as http://127.0.0.1:8000/v1. Empty: people connect their own in the panel."
    ).tag(config=True)
    api_key = Unicode(
        help="Key for base_url. Empty: none is sent. env:NAME: what that environment variable "
        "holds; it is taken out of what kernels inherit."
    ).tag(config=True)
    model = Unicode(
        help="Name of the model at base_url to ask when nobody chooses. Empty: the first that the "
        "server lists."
    ).tag(config=True)
    silence_seconds = Float(
        READ_SECONDS,
        min=0,
        help="Seconds that a server of models may say nothing between two pieces of an answer "
        "before it counts as failed. 0: wait for ever.",
    ).tag(config=True)
    first_token_seconds = Float(
        READ_SECONDS,
        min=0,
        help="Seconds from a question to the first piece of its answer before it counts as failed. "
        "0: wait for ever.",
    ).tag(config=True)
    connect_seconds = Float(
        CONNECT_SECONDS,
        min=0,
        help="Seconds until a connection to a server of models must stand. 0: wait for ever.",
    ).tag(config=True)
    tries = Int(
        3,
        min=1,
        help="How often a question is asked at most while a server of models is busy (429), fails "
        "(5xx) or cannot be reached, and nothing of the answer has come. 1: never again.",
    ).tag(config=True)
    longest_pause = Float(
        30.0,
        min=0,
        help="Most seconds to wait before asking again. A server that wants a longer pause is not "
        "asked again.",
    ).tag(config=True)

    @validate("base_url")
    def _check_base_url(self, proposal: Any) -> str:
        try:
            return base_address(proposal["value"]) if proposal["value"] else ""
        except Invalid as error:
            self.log.warning("SpondeModels.base_url is not used: %s %s", error, error.hint)
            return ""

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        keys: Keys,
        usage: SpondeUsage,
        local: LocalModels | None = None,
        connect: Connect | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._keys = keys
        keys.take(self.api_key)
        self._usage = usage
        self._local = local
        self._connect = connect or self._connect_remote
        self._servers: dict[str, asyncio.Task[ModelServer]] = {}
        self._retired: list[asyncio.Task[ModelServer]] = []
        self._kind = kinds_of(self.base_url)[0]
        self._listed: tuple[str, ...] = ()
        self._listing: asyncio.Task[None] | None = None
        self._listed_at = 0.0
        self._began_at = now()
        self._writes = 0
        self._known: tuple[list[Provider], list[AliasTarget]] | None = None

    # -- providers ------------------------------------------------------------------------------

    async def list_providers(self) -> list[Provider]:
        """Give the providers: the configured one, this machine, then those that people added."""
        kept, _ = await self._read()
        return await self._with_configured([*await self._this_machine(), *kept])

    async def get_provider(self, provider_id: str) -> Provider:
        """Give one provider."""
        for provider in await self.list_providers():
            if provider.id == provider_id:
                return provider
        raise NotFound(
            f"There is no provider {provider_id}.", "It may have been removed; look under Models."
        )

    async def add(self, new: NewProvider) -> Provider:
        """Connect a provider: its server is asked at once, and kept only if it answers.

        The same name and address again brings a new key.
        """
        address = base_address(new.base_url)
        key = _clean_key(new.api_key)
        named = tuple(dict.fromkeys(name.strip() for name in new.models if name.strip()))
        name = new.name.strip() or urlsplit(address).netloc
        provider = Provider(name=name, base_url=address, key_hint=last_four(key), models=named)
        for known in (await self._read())[0]:
            if known.name == name and known.base_url in _candidates(address):
                provider = replace(provider, id=known.id, created_at=known.created_at)
        value = await asyncio.to_thread(self._keys.value, key)
        provider, listed = await self._ask(provider, value, kinds_of(address, new.kind))
        await asyncio.to_thread(self._keys.keep, provider.id, key)
        provider = replace(
            provider,
            models=tuple(dict.fromkeys([*named, *listed])),
            key_place=await asyncio.to_thread(self._keys.place, provider.id),
        )
        await self._write(store.put, provider)
        self._retire(provider.id)
        self._feed.tell(ProvidersChanged())
        return provider

    async def check(self, provider_id: str) -> Provider:
        """Ask a provider again which models it has."""
        provider = await self.get_provider(provider_id)
        provider, listed = await self._ask(provider, await self._key(provider), (provider.kind,))
        if provider.source is ProviderSource.CONFIGURATION:
            self._listed = listed
            provider = await self.get_provider(provider_id)
        elif listed:
            # In the order that they had, new ones after them.
            kept = [name for name in provider.models if name in listed]
            provider = replace(provider, models=tuple(dict.fromkeys([*kept, *listed])))
            await self._write(store.put, provider)
        self._feed.tell(ProvidersChanged())
        return provider

    async def remove(self, provider_id: str) -> None:
        """Forget a provider and its key; an answer that it is giving goes on."""
        provider = await self.get_provider(provider_id)
        if provider.source is ProviderSource.CONFIGURATION:
            raise Conflict(
                f"{provider.name} is set in jupyter_config.py.",
                "Take SpondeModels.base_url out of that file and start the server again.",
            )
        await self._write(store.remove, provider_id)
        await asyncio.to_thread(self._keys.forget, provider_id)
        self._retire(provider_id)
        self._feed.tell(ProvidersChanged())

    # -- models ---------------------------------------------------------------------------------

    async def list_models(self) -> list[Model]:
        """Give every model that can be asked; one of them is the default."""
        providers = await self.list_providers()
        pointing = await self._pointing()
        names = {
            f"{provider.id}/{name}": (provider, name)
            for provider in providers
            for name in provider.models
        }
        default = pointing.get(DEFAULT, "")
        if default not in names:
            # What a person connected goes before what merely lies here and would have to start.
            elsewhere = (name for name, (provider, _) in names.items() if provider.id != LOCAL)
            default = next(elsewhere, next(iter(names), ""))
        if default and names[default][0].id != LOCAL:
            # Connected ahead of the first question, so that it is answered quickly.
            self._connected(names[default][0])
        aliases: dict[str, list[str]] = {}
        for alias, model_id in pointing.items():
            aliases.setdefault(model_id, []).append(alias)
        return [
            Model(
                id=model_id,
                provider_id=provider.id,
                provider_name=provider.name,
                name=name,
                is_default=model_id == default,
                is_local=provider.id == LOCAL or is_this_machine(provider.base_url),
                address=provider.base_url,
                aliases=tuple(aliases.get(model_id, ())),
                context_length=provider.context_lengths.get(name, 0),
            )
            for model_id, (provider, name) in names.items()
        ]

    async def default_model(self) -> Model | None:
        """Give the model that is asked when nobody chooses; None where there is none."""
        return next((model for model in await self.list_models() if model.is_default), None)

    async def get_model(self, name: str = "") -> Model:
        """Give a model by its id, an alias, or its registered or bare name; without: the default.

        Where several providers have a name, this machine's is meant, then the default's.
        """
        models = await self.list_models()
        if not models:
            raise Unavailable(*NO_MODEL)
        by_id = {model.id: model for model in models}
        if name in by_id:
            return by_id[name]
        default = next(model for model in models if model.is_default)
        model_id = (await self._pointing()).get(name)
        if name in ("", DEFAULT):
            return default
        if model_id is not None:
            if model_id in by_id:
                return by_id[model_id]
            raise NotFound(_gone(name, model_id), "Let it point to another model under Models.")
        model_id = await self._local.find_remote(name) if self._local else ""
        if model_id in by_id:
            return by_id[model_id]
        named = [model for model in models if model.name == name]
        if not named:
            raise NotFound(
                f"There is no model '{name}' any more.",
                f"Choose another one, such as {models[0].name} of {models[0].provider_name}.",
            )
        return min(
            named,
            key=lambda model: (
                model.provider_id != LOCAL,
                model.provider_id != default.provider_id,
            ),
        )

    async def context_length(self, model: Model) -> int:
        """Say how many tokens a model reads and writes together; 0: nobody knows.

        Its engine knows best, then its provider, then its name.
        """
        if model.provider_id == LOCAL and self._local is not None:
            length = await self._local.context_length(model.name)
            if length:
                return length
        return model.context_length or context_length(model.name)

    async def choose(self, choice: ModelChoice) -> Model:
        """Keep which model is asked when nobody chooses."""
        model = await self.get_model(choice.model_id)
        await self.set_alias(DEFAULT, ModelChoice(model_id=model.id))
        return await self.get_model(model.id)

    # -- aliases --------------------------------------------------------------------------------

    async def list_aliases(self) -> list[Alias]:
        """Give the aliases by name, each with what it stood for."""
        there = {model.id for model in await self.list_models()}
        histories: dict[str, list[AliasTarget]] = {}
        for target in (await self._read())[1]:
            histories.setdefault(target.name, []).insert(0, target)
        return [
            Alias(
                name=name,
                model_id=history[0].model_id,
                wrong="" if history[0].model_id in there else _gone(name, history[0].model_id),
                history=tuple(history),
            )
            for name, history in sorted(histories.items())
        ]

    async def get_alias(self, name: str) -> Alias:
        """Give one alias."""
        for alias in await self.list_aliases():
            if alias.name == name:
                return alias
        raise NotFound(f"There is no alias '{name}'.", "Set it first, under Models.")

    async def set_alias(self, name: str, choice: ModelChoice) -> Alias:
        """Let an alias stand for a model; what it stood for is kept, to go back to."""
        name = name.strip()
        if not _ALIAS.fullmatch(name):
            raise Invalid(
                f"'{name}' cannot be an alias.",
                "Use letters, digits, '.', '-' and '_', at most 64, such as fast.",
            )
        models = await self.list_models()
        if any(model.name == name for model in models if model.provider_id == LOCAL):
            raise Conflict(
                f"A model on this machine is called '{name}'.", "Take another word for the alias."
            )
        model = await self.get_model(choice.model_id)
        if (await self._pointing()).get(name) != model.id:
            target = AliasTarget(name=name, model_id=model.id)
            await self._write(store.set_alias, target, KEPT_TARGETS)
            self._feed.tell(ProvidersChanged())
        return await self.get_alias(name)

    async def roll_back(self, name: str) -> Alias:
        """Let an alias stand for what it stood for before."""
        alias = await self.get_alias(name)
        if len(alias.history) < 2:
            raise Conflict(
                f"'{name}' has stood for nothing else yet.", "Let it stand for another model."
            )
        await self._write(store.drop_target, alias.history[0].id)
        self._feed.tell(ProvidersChanged())
        return await self.get_alias(name)

    async def remove_alias(self, name: str) -> None:
        """Forget an alias."""
        await self._write(store.remove_alias, (await self.get_alias(name)).name)
        self._feed.tell(ProvidersChanged())

    async def _pointing(self) -> dict[str, str]:
        """Say which model id each alias points to now."""
        # Oldest first, so that the last one set remains.
        return {target.name: target.model_id for target in (await self._read())[1]}

    # -- asking ---------------------------------------------------------------------------------

    async def complete(
        self,
        completion: Completion,
        caller: Caller | None = None,
        reached: Callable[[], None] | None = None,
    ) -> AsyncGenerator[Piece, None]:
        """Ask a model; an answer that is cut ends without `Finished`.

        What a budget forbids is refused before anything is sent (TooMany). `reached` is called
        when the model can be asked: before that, an engine may have had to start.
        """
        asked_by = caller or Caller()
        model_id = completion.model_id
        if "/" not in model_id:
            model_id = (await self.get_model(model_id)).id
        meter = Meter(self._usage, asked_by, model_id)
        meter.sent(_characters(completion))
        await meter.allow()
        with meter:
            async for piece in self._answer(model_id, completion, reached):
                yield meter.saw(piece)

    async def takes_beginning(self, model_id: str) -> bool:
        """Whether a model goes on from an answer's beginning (`Completion.goes_on`).

        Engines and Anthropic's protocol do; elsewhere it would be taken for an earlier turn.
        """
        model = await self.get_model(model_id)
        if model.is_local:
            return True
        provider = await self.get_provider(model.provider_id)
        return provider.kind is ProviderKind.ANTHROPIC

    async def _answer(
        self, model_id: str, completion: Completion, reached: Callable[[], None] | None
    ) -> AsyncGenerator[Piece, None]:
        """Give an answer; an engine of ours that died before its first word is waited for."""
        for attempt in range(1, ENGINE_TRIES + 1):
            has_begun = False
            try:
                async with self._reach(model_id) as (server, name):
                    if reached is not None:
                        reached()
                    async for piece in server.complete(name, completion):
                        has_begun = has_begun or not isinstance(piece, Waiting)
                        yield piece
                if has_begun or not await self._is_lost(model_id):
                    return
            except (Unavailable, UpstreamFailed):
                if has_begun or attempt == ENGINE_TRIES or not await self._is_lost(model_id):
                    raise

    async def _is_lost(self, model_id: str) -> bool:
        provider_id, _, name = model_id.partition("/")
        return provider_id == LOCAL and self._local is not None and await self._local.is_lost(name)

    @asynccontextmanager
    async def forward(
        self,
        model: str,
        path: str,
        body: dict[str, Any],
        caller: Caller | None = None,
        request_id: str = "",
    ) -> AsyncIterator[Forwarded]:
        """Pass a request of the OpenAI protocol on as it stands (forward.py), metered as all are.

        Leaving the context ends the request at the model's server too.
        """
        operation = operation_of(path)
        model_id = await self.find_id(model, operation)
        asked_by = caller or Caller()
        meter = Meter(self._usage, asked_by, model_id, operation, request_id)
        meter.sent(characters_of(body))
        await meter.allow()
        with meter:
            async with self._reach(model_id) as (server, name):
                sent = {**body, "model": name}
                async with passed_on(server, path, sent, model or name, meter) as answer:
                    yield answer

    async def find_id(self, name: str, operation: str = "chat") -> str:
        """Give the id of the model that a program means by a name.

        A provider's models may be more than it lists: any name is believed after the provider's
        id. Models that embed are not listed; a bare name of one is the default's provider's.
        """
        try:
            return (await self.get_model(name)).id
        except NotFound:
            prefix, _, rest = name.partition("/")
            for provider in await self.list_providers():
                if rest and provider.id != LOCAL and prefix in (provider.id, provider.name):
                    return f"{provider.id}/{rest}"
            default = await self.default_model()
            if operation == "embedding" and default and default.provider_id != LOCAL:
                return f"{default.provider_id}/{name}"
            raise

    async def list_running(self) -> tuple[str, ...]:
        """Name the models of this machine that answer at once."""
        return await self._local.list_running() if self._local else ()

    async def wake(self, model: str) -> None:
        """Start or wake what answers for a model, and wait until it does."""
        async with self._reach(await self.find_id(model)):
            return

    @asynccontextmanager
    async def _reach(self, model_id: str) -> "AsyncIterator[tuple[ModelServer, str]]":
        """Give the connected server of a model, and the name that it knows the model by."""
        provider_id, _, name = model_id.partition("/")
        if provider_id == LOCAL and self._local is not None:
            async with self._local.reach(name) as reached:
                connected = self._connected(reached.provider, reached.key)
                yield await asyncio.shield(connected), reached.name
            return
        known = self._servers.get(provider_id)
        if known is None:
            known = self._connected(await self.get_provider(provider_id))
        # Shielded: whoever stops waiting must not stop the connecting that others wait for.
        yield await asyncio.shield(known), name

    async def stop(self) -> None:
        """Let go of every connection."""
        if self._listing is not None:
            self._listing.cancel()
            await asyncio.gather(self._listing, return_exceptions=True)
        servers = [*self._retired, *self._servers.values()]
        self._servers.clear()
        self._retired.clear()
        for server in await asyncio.gather(*servers, return_exceptions=True):
            if not isinstance(server, BaseException):
                await server.close()

    # -- what is kept ---------------------------------------------------------------------------

    async def _read(self) -> tuple[list[Provider], list[AliasTarget]]:
        """Give what is kept: read once, because every question asks for it."""
        while self._known is None:
            count = self._writes
            found = await self._database.read(store.read_all)
            if count == self._writes:
                self._known = found
        return self._known

    async def _write(self, work: Callable[..., None], *values: Any) -> None:
        await self._database.write(work, *values)
        self._writes += 1
        self._known = None

    # -- the way to a server --------------------------------------------------------------------

    def _connect_remote(self, provider: Provider, key: str) -> ModelServer:
        patience = Patience(
            connect=self.connect_seconds,
            first=self.first_token_seconds,
            between=self.silence_seconds,
            tries=self.tries,
            longest_pause=self.longest_pause,
        )
        return connect(provider, key, patience)

    def _connected(self, provider: Provider, key: str | None = None) -> "asyncio.Task[ModelServer]":
        """Give the way to a provider's server, which may still be in the making."""
        known = self._servers.get(provider.id)
        if known is None:
            known = asyncio.get_running_loop().create_task(self._open(provider, key))
            known.add_done_callback(lambda task: self._opened(provider.id, task))
            self._servers[provider.id] = known
        return known

    async def _open(self, provider: Provider, key: str | None) -> ModelServer:
        if key is None:
            key = await self._key(provider)
        return await asyncio.to_thread(self._connect, provider, key)

    def _opened(self, provider_id: str, task: "asyncio.Task[ModelServer]") -> None:
        if not task.cancelled() and task.exception() is None:
            return
        if self._servers.get(provider_id) is task:
            del self._servers[provider_id]

    def _retire(self, provider_id: str) -> None:
        """Make a new way next time; answers that are being given go on over the old one."""
        known = self._servers.pop(provider_id, None)
        if known is not None:
            self._retired.append(known)

    async def _ask(
        self, provider: Provider, key: str, kinds: Sequence[ProviderKind]
    ) -> tuple[Provider, tuple[str, ...]]:
        """Ask a server which models it has; give it with the address and kind that answered."""
        refusal: SpondeError | None = None
        for address, kind in product(_candidates(provider.base_url), kinds):
            tried = replace(provider, base_url=address, kind=kind)
            server = await asyncio.to_thread(self._connect, tried, key)
            try:
                listed = await server.list_models()
            except SpondeError as error:
                refusal = refusal or error
                continue
            finally:
                await server.close()
            if listed:
                lengths = dict(getattr(server, "context_lengths", {}))
                return replace(tried, context_lengths=lengths), listed
            if listed is not None and not provider.models:
                refusal = Invalid(
                    f"{address} answers, but has no models.",
                    "Load a model there first, or give the names of its models.",
                )
        if refusal:
            raise refusal
        if provider.models:
            return replace(provider, kind=kinds[0]), ()
        raise Invalid(
            f"{provider.base_url} does not list its models.",
            "Check that the address ends in /v1; if it does, give the names of its models.",
        )

    async def _key(self, provider: Provider) -> str:
        if provider.source is ProviderSource.CONFIGURATION:
            return self._keys.value(self.api_key)
        return await asyncio.to_thread(self._keys.find, provider.id) or ""

    async def _this_machine(self) -> list[Provider]:
        """Give this machine as a provider, where it has models."""
        names = await self._local.list_names() if self._local else ()
        if not names:
            return []
        return [
            Provider(
                id=LOCAL,
                name="This machine",
                base_url="",
                source=ProviderSource.ENGINE,
                models=names,
                created_at=self._began_at,
            )
        ]

    # -- the provider from jupyter_config.py ----------------------------------------------------

    async def _with_configured(self, kept: list[Provider]) -> list[Provider]:
        if not self.base_url:
            return kept
        if not self._listed:
            self._list_configured()
            if self._listing is not None and not self.model:
                # Nothing to ask by until the server has named its models: wait, but not for long.
                await asyncio.wait([self._listing], timeout=WAIT_SECONDS)
        return [self._configured(), *kept]

    def _configured(self) -> Provider:
        named = [self.model] if self.model else []
        return Provider(
            id=CONFIGURED,
            name=urlsplit(self.base_url).netloc,
            base_url=self.base_url,
            kind=self._kind,
            source=ProviderSource.CONFIGURATION,
            key_hint=last_four(self.api_key),
            models=tuple(dict.fromkeys([*named, *self._listed])),
            created_at=self._began_at,
        )

    def _list_configured(self) -> None:
        """Ask the configured server for its models in the background, and again in a while."""
        if self._listing is not None and not self._listing.done():
            return
        if self._listed_at and time.monotonic() - self._listed_at < ASK_AGAIN_SECONDS:
            return
        self._listing = asyncio.get_running_loop().create_task(self._listen_to_configured())

    async def _listen_to_configured(self) -> None:
        try:
            configured = self._configured()
            kinds = kinds_of(self.base_url)
            found, self._listed = await self._ask(configured, await self._key(configured), kinds)
            if found.kind is not self._kind:
                self._kind = found.kind
                self._retire(CONFIGURED)
            self._feed.tell(ProvidersChanged())
        except SpondeError as error:
            self.log.warning("SpondeModels.base_url: %s %s", error, error.hint)
        finally:
            self._listed_at = time.monotonic()


def _gone(alias: str, model_id: str) -> str:
    name = model_id.partition("/")[2]
    return f"The alias '{alias}' stands for '{name}', which is not there any more."


def _characters(completion: Completion) -> int:
    """Count what a model is sent, about."""
    told = sum(
        len(turn.content) + sum(len(call.arguments) for call in turn.calls)
        for turn in completion.turns
    )
    return told + sum(
        len(str(tool.parameters)) + len(tool.description) for tool in completion.tools
    )


def _candidates(address: str) -> list[str]:
    """Give the addresses that a person may have meant: a bare host usually means its /v1."""
    return [address] if urlsplit(address).path.strip("/") else [f"{address}/v1", address]


def _clean_key(key: str) -> str:
    clean = key.strip()
    if clean.startswith(ENVIRONMENT):
        check_reference(clean)
        return clean
    if not clean.isascii() or not clean.isprintable() or " " in clean:
        raise Invalid(
            "The key holds a space or a letter that no key has.",
            "Copy it again; only the key itself, without quotes or line breaks.",
        )
    return clean
