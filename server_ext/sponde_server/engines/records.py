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


# -- what is here, and what fits -------------------------------------------------------------------


class Device(StrEnum):
    """What an engine computes on."""

    CUDA = "cuda"
    ROCM = "rocm"
    CPU = "cpu"


@record
class Gpu:
    """One graphics card, as its driver describes it."""

    index: int
    """Its number, as CUDA_VISIBLE_DEVICES counts."""
    name: str
    """What it is called."""
    total_bytes: int
    """Its memory."""
    free_bytes: int
    """What nobody uses of it now."""
    device: Device = Device.CUDA
    """How it is computed on."""
    capability: str = ""
    """NVIDIA's compute capability, such as 8.9; empty where unknown."""
    temperature: float | None = None
    """Degrees Celsius, where it says so."""
    busy: float | None = None
    """Share of time (0-1) that it computed lately, where it says so."""


@record
class Machine:
    """What an engine could use here."""

    cores: int
    """Processor cores that this server may use."""
    memory_bytes: int
    """Main memory, or what a container may use of it."""
    free_memory_bytes: int
    """What is free of it now."""
    disk_bytes: int = 0
    """Size of the disk where models lie."""
    free_disk_bytes: int = 0
    """What is free of it."""
    cpu: str = ""
    """The processor's name."""
    features: tuple[str, ...] = ()
    """What the processor can do that matters to vLLM, such as avx2 or avx512f."""
    gpus: tuple[Gpu, ...] = ()
    """The graphics cards; empty where there are none."""
    driver: str = ""
    """Version of the graphics driver; empty where there is none."""
    cuda: str = ""
    """The newest CUDA that the driver knows, such as 12.8."""
    note: str = ""
    """What could not be read, and why, in a sentence; empty where all is well."""

    @property
    def device(self) -> Device:
        """What an engine computes on here."""
        return self.gpus[0].device if self.gpus else Device.CPU


class PartKind(StrEnum):
    """What memory is taken by."""

    OTHERS = "others"
    """Other programs, now."""
    WEIGHTS = "weights"
    CACHE = "cache"
    """Keys and values of the tokens that are being read and written."""
    WORK = "work"
    """What computing itself takes: activations, graphs, the programs."""
    FREE = "free"
    """Left over."""


@record
class FitPart:
    """One part of the bar: something that takes memory."""

    kind: PartKind
    """What it is."""
    bytes: int
    """What it takes, of each GPU or of the main memory."""


@record
class Plan:
    """Whether a model fits this machine, how it is best started, and why."""

    settings: EngineSettings
    """The settings with everything chosen."""
    device: Device
    """What it will compute on."""
    fits: bool
    """Whether it will run."""
    sentence: str
    """Why these settings; or what is too large, with both numbers."""
    parts: tuple[FitPart, ...] = ()
    """What takes the memory of each GPU (or the main memory); adds up to total_bytes or more."""
    total_bytes: int = 0
    """The memory of each GPU that is used (the smallest), or the main memory."""
    gpus: tuple[int, ...] = ()
    """Numbers of the GPUs to use."""
    parameters: int = 0
    """The model's parameters; 0 where they cannot be known."""
    weights_bytes: int = 0
    """What the weights take altogether."""
    cache_bytes_per_token: int = 0
    """What one token takes of the cache, on all GPUs together, in layers that keep every token."""
    largest_context: int = 0
    """The longest context that would fit with these weights; 0: none."""
    model_context: int = 0
    """The longest context that the model was made for."""
    command: tuple[str, ...] = ()
    """The words after the vLLM program: serve, the folder, the options. No address, no key."""
    environment: tuple[tuple[str, str], ...] = ()
    """Environment variables that go with it."""
    smaller: EngineSettings | None = None
    """Settings that fit, where these do not."""
    smaller_sentence: str = ""
    """What the smaller settings give up."""


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
    """How it is to be started, as people set it."""
    chosen: EngineSettings | None = None
    """The settings that it runs with, everything chosen."""
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


# -- what people ask of engines --------------------------------------------------------------------


@record
class NewEngine:
    """An engine to start, or to plan."""

    model: str
    """The registered name of a model; an adapter's starts its base with it."""
    version: int = 0
    """Which version of it; 0: the one in use."""
    settings: EngineSettings | None = None
    """How to start it; left out: as it was started last, or chosen by what fits."""
    is_forced: bool = False
    """Start it although the estimate says that it does not fit."""


@record
class EngineChange:
    """Other settings of an engine; they hold from its next start."""

    settings: EngineSettings
    """How to start it."""
    restarts: bool = False
    """Start it again now, if it runs."""


@record
class EnginePin:
    """Whether an engine stays when it is idle."""

    is_pinned: bool
    """It is never unloaded for being idle, nor to make room."""


@record
class EngineSleep:
    """How deep an engine sleeps."""

    level: int = 0
    """1: weights go to main memory, waking is quick. 2: they are dropped, and read again.
    0: as SpondeEngines.sleep_level says."""


@record
class NewAdapter:
    """An adapter to serve beside an engine's model."""

    name: str
    """The registered name of the adapter."""


@record
class EngineAdoption:
    """An engine that runs already, to be used here."""

    address: str
    """Where it answers: http(s)://host:port, with or without /v1, or unix:/path."""
    api_key: str = ""
    """The key that it wants; empty: none."""


@record
class EngineLog:
    """The end of what an engine wrote."""

    text: str
    """Its lines, without colours and control characters."""
    is_whole: bool
    """Whether nothing came before."""


@record
class Installation:
    """The vLLM that engines are started with."""

    is_found: bool
    """Whether there is one."""
    version: str = ""
    """Its version, such as 0.32.0 or 0.32.0+cpu."""
    is_cpu: bool = False
    """Whether it is a build for processors."""
    program: str = ""
    """What starts it: an interpreter, or a command."""
    message: str = ""
    """What is wrong, where there is none."""
    ways: tuple[str, ...] = ()
    """Command lines that would install one, the best for this machine first."""


# -- engines of others, and what engines do --------------------------------------------------------


@record
class FoundEngine:
    """A program that serves models already, at an address that was knocked at."""

    kind: str
    """What it is, such as vLLM or Ollama; empty where it does not say."""
    address: str
    """Where it answers, up to and with /v1."""
    version: str = ""
    """Its version, where it says so."""
    models: tuple[str, ...] = ()
    """The models that it has."""
    is_configured: bool = False
    """Whether its address is in jupyter_config.py."""
    wants_key: bool = False
    """Whether it asks for a key before it says anything."""
    failure: str = ""
    """Why a configured one cannot be used, in a sentence."""


@record
class EngineMonitor:
    """What an engine does now: its own figures, beside what is seen from here."""

    running: int
    """Requests that it answers."""
    waiting: int
    """Requests that wait in it."""
    cache_use: float
    """How full its cache is (0-1)."""
    in_flight: int
    """Requests that went through here and are not answered yet."""
    is_known: bool
    """Whether it gives figures at all."""
    sentence: str
    """Who makes it slow, if it is slow."""
    blamed: str = ""
    """engine, sponde, or empty where nothing is slow."""
    prompt_tokens_per_second: float | None = None
    """Tokens read a second; None until two looks are made."""
    tokens_per_second: float | None = None
    """Tokens written a second, over all requests."""
    first_token_seconds: float | None = None
    """Seconds to the first token in the last minute, as it says."""
    first_token_seen_seconds: float | None = None
    """The same as seen from here."""
    added_ms: float | None = None
    """Milliseconds that are added between it and the asker."""
    queue_seconds: float | None = None
    """Seconds that requests of the last minute waited in it."""
    seconds_per_token: float | None = None
    """Seconds between two tokens of one answer in the last minute."""
    preemptions: int = 0
    """Answers that it had to put aside in the last minute."""
    gpus: tuple[Gpu, ...] = ()
    """The graphics cards now."""
    memory_bytes: int = 0
    """Main memory of its processes; 0 where unknown."""
    at: datetime = field(default_factory=now)
    """When this was so."""
