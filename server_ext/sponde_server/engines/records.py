"""Engines: our vLLM processes, and those of others that were found."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class EngineStatus(StrEnum):
    """Where an engine is in its life."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    ASLEEP = "asleep"
    STOPPING = "stopping"
    FAILED = "failed"


class EngineSource(StrEnum):
    """Whose process an engine is."""

    OURS = "ours"
    ADOPTED = "adopted"


@record
class Weights:
    """What an engine loads: one version of a registered model, as files on this machine."""

    model: str
    """The registered name; also the name that the engine serves it under."""
    version: int
    """Which version."""
    path: str
    """The folder with config.json, tokenizer and safetensors."""
    adapters: tuple["Adapter", ...] = ()
    """LoRA adapters to serve beside it."""


@record
class Adapter:
    """A LoRA adapter that an engine serves under a name of its own."""

    name: str
    """The registered name of the adapter, and the name that it is asked by."""
    path: str
    """The folder with adapter_config.json and adapter_model.safetensors."""


@record
class EngineSettings:
    """How an engine is started; nothing set means: chosen by what fits."""

    context_length: int = 0
    """Tokens that one request may read and write; 0: chosen."""
    quantization: str = ""
    """vLLM's name of a quantisation; empty: as the weights are."""
    memory_share: float = 0.0
    """Share of each GPU's memory (0-1), or of the memory that may be used on a CPU; 0: chosen."""
    tensor_parallel: int = 0
    """GPUs to share one model; 0: chosen."""
    max_streams: int = 0
    """Requests answered at the same time; 0: chosen."""
    more: tuple[str, ...] = ()
    """Further words for the command line, as they stand."""
    is_pinned: bool = False
    """Never unloaded for being idle."""


@record
class EngineFailure:
    """Why an engine cannot run, in words, with the way out."""

    kind: str
    """Which rule of failures.py knew it, such as out_of_memory; unknown where none did."""
    message: str
    """What is wrong."""
    hint: str
    """The way out."""
    try_settings: EngineSettings | None = None
    """Smaller settings that fit, to try with one click."""


@record
class Engine:
    """One process that serves models, or an address where one was found."""

    model: str
    """The registered name of the model that it serves."""
    version: int
    """Which version of it."""
    path: str
    """Where its weights are; empty for an adopted one."""
    status: EngineStatus = EngineStatus.STOPPED
    """Where it is in its life."""
    source: EngineSource = EngineSource.OURS
    """Whose process it is."""
    doing: str = ""
    """What it is doing now, such as 'loading weights'."""
    progress: float | None = None
    """How far that is (0-1), where it can be known."""
    settings: EngineSettings = field(default_factory=EngineSettings)
    """How it was started."""
    command: tuple[str, ...] = ()
    """The command line that runs it."""
    adapters: tuple[str, ...] = ()
    """Names of the adapters that it serves now."""
    failure: EngineFailure | None = None
    """Why it failed."""
    can_sleep: bool = False
    """Whether the platform can put it to sleep."""
    address: str = ""
    """Where it answers: http(s)://… or unix:/path of a socket."""
    vllm_version: str = ""
    """Which vLLM it is, where known."""
    pid: int = 0
    """Its first process; 0 where none runs."""
    restarts: int = 0
    """How often it was started again after a crash, lately."""
    id: str = field(default_factory=new_id)
    """The engine's id."""
    changed_at: datetime = field(default_factory=now)
    """When its status changed last."""
    asked_at: datetime | None = None
    """When it was asked last."""


@record
class EngineChanged:
    """An engine's status, progress or adapters changed."""

    engine: Engine
    """The engine as it is now."""


@record
class EngineRemoved:
    """An engine was forgotten."""

    engine_id: str
    """Which one."""
