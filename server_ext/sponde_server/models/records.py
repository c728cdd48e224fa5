"""Language models and those who serve them."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sponde_server.core.keys import KeyPlace
from sponde_server.core.record import new_id, now, record


class ProviderSource(StrEnum):
    """Who named a provider."""

    PERSON = "person"
    CONFIGURATION = "configuration"
    ENGINE = "engine"
    """An engine of this machine; not in any list by itself."""


class ProviderKind(StrEnum):
    """The protocol that a provider speaks."""

    OPENAI = "openai"
    """OpenAI's, as most servers do."""
    ANTHROPIC = "anthropic"
    """Anthropic's own."""


@record
class Provider:
    """A server that answers for language models."""

    name: str
    """What people call it."""
    base_url: str
    """Its address, up to and with /v1."""
    source: ProviderSource = ProviderSource.PERSON
    """Who named it; one from jupyter_config.py cannot be removed in the panel."""
    kind: ProviderKind = ProviderKind.OPENAI
    """The protocol that it speaks."""
    key_hint: str = ""
    """The end of its key, or env:NAME where it is in the environment; empty: it has none."""
    key_place: KeyPlace | None = None
    """Where its key is kept; None: it has none, or nobody noted it."""
    models: tuple[str, ...] = ()
    """The names of the models that it said it has, when it was last asked."""
    context_lengths: dict[str, int] = field(default_factory=dict)
    """How many tokens its models read and write together, where its list says so."""
    id: str = field(default_factory=new_id)
    """The provider's id."""
    created_at: datetime = field(default_factory=now)
    """When it was added."""


@record
class NewProvider:
    """A provider as a person enters it."""

    base_url: str
    """Its address, such as http://127.0.0.1:8000/v1."""
    api_key: str = ""
    """Its key; env:NAME: what that variable of the server's environment holds; or nothing."""
    kind: ProviderKind | None = None
    """The protocol that it speaks; None: found out."""
    name: str = ""
    """What to call it; the address's host where empty."""
    models: tuple[str, ...] = ()
    """Model names to use where the server does not list its own."""


@record
class Model:
    """One language model that can be asked now."""

    id: str
    """`<provider id>/<name>`."""
    provider_id: str
    """Who serves it."""
    provider_name: str
    """What people call that provider."""
    name: str
    """The model's name, as the provider knows it."""
    is_default: bool
    """Whether it is asked when nobody chooses."""
    is_local: bool
    """Whether it runs on this machine, so that nothing leaves it."""
    address: str
    """Where it is asked."""
    aliases: tuple[str, ...] = ()
    """The aliases that point to it now."""
    context_length: int = 0
    """How many tokens it reads and writes together, where its engine or provider says so; 0: not
    known."""


@record
class ModelChoice:
    """The model to ask when nobody chooses, or by an alias."""

    model_id: str
    """The model's id; an alias or a registered name will do."""


@record
class AliasTarget:
    """What an alias points to since a moment."""

    name: str
    """The alias."""
    model_id: str
    """The model's id."""
    id: str = field(default_factory=new_id)
    """The row's id; later ones sort after earlier ones."""
    set_at: datetime = field(default_factory=now)
    """When it was set."""


@record
class Alias:
    """A name that stands for a model, and can be made to stand for another one."""

    name: str
    """The alias, such as default, fast or vision."""
    model_id: str
    """The id of the model that it stands for."""
    wrong: str = ""
    """A sentence, where that model is not there any more."""
    history: tuple[AliasTarget, ...] = ()
    """What it stood for, newest first; the first one is now."""


class Role(StrEnum):
    """Who speaks in a turn."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    """The result of a tool that an assistant's turn called."""


@record
class ToolOffer:
    """A tool that a model is told of."""

    name: str
    """What the model calls it by: letters, digits, underscores and hyphens, at most 64."""
    description: str
    """What it does, for the model."""
    parameters: dict[str, Any]
    """Its arguments, as a JSON schema of an object."""


@record
class Called:
    """A tool that a model calls, whole: given once all of its arguments have come."""

    id: str
    """The call's id, as the provider named it."""
    name: str
    """The tool's name, as it was offered."""
    arguments: str
    """The arguments as the model wrote them: JSON, hopefully."""


@record
class Turn:
    """One turn of what a model reads."""

    role: Role
    """Who speaks."""
    content: str
    """What they say."""
    calls: tuple[Called, ...] = ()
    """The tools that it called (assistant only)."""
    call_id: str = ""
    """The call that it is the result of (tool only)."""


@record
class Completion:
    """A request to a model."""

    model_id: str
    """Which model."""
    turns: tuple[Turn, ...]
    """What it reads, oldest first."""
    tools: tuple[ToolOffer, ...] = ()
    """What it may call."""
    longest: int | None = None
    """Most tokens that the answer may have; None: as the provider sets it."""
    goes_on: bool = False
    """Whether the last turn is the beginning of the answer, to be gone on with."""


@record
class Usage:
    """What an answer took: tokens as the provider counted, and their price."""

    prompt_tokens: int
    """Tokens read."""
    completion_tokens: int
    """Tokens written."""
    is_counted: bool = True
    """Whether the provider counted; false: estimated from the characters."""
    cost: float | None = None
    """What it cost; None where the model has no price."""
    currency: str = ""
    """What the cost is counted in."""
    request_id: str = ""
    """The request's id in the usage; empty for answers from before it was kept."""


@record
class Delta:
    """A piece of an answer."""

    text: str
    """The piece."""


@record
class Thought:
    """A piece of what a model thinks before it answers; no part of the answer."""

    text: str
    """The piece."""


@record
class Waiting:
    """A provider is asked again in a while: nothing of the answer has come yet."""

    seconds: float
    """In how many seconds."""
    why: str
    """What it said, in a sentence."""


@record
class Remark:
    """A sentence about an answer that the person should read beside it."""

    text: str
    """The sentence."""


@record
class Finished:
    """The end of an answer that came whole; an answer without it was cut."""

    reason: str
    """Why it ended, in OpenAI's words whoever says it: stop, length, tool_calls, content_filter."""
    usage: Usage | None = None
    """What it cost, where the provider said so."""


GO_ON = (
    "Go on exactly where your last message stopped, in the middle of a word if need be. Repeat "
    "nothing of it, and add no introduction and no new code fence."
)
"""Asks a model that cannot be given its answer's beginning."""

Piece = Delta | Thought | Called | Waiting | Remark | Finished
"""What an answer comes in. `Waiting` and `Remark` come before the first of the others."""


@record
class ProvidersChanged:
    """A provider was added, asked or removed, or an alias was set or removed."""
