"""Registered models, their versions, and the downloads that bring them."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class ModelKind(StrEnum):
    """What a registered model is."""

    BASE = "base"
    """Whole weights."""
    ADAPTER = "adapter"
    """A LoRA adapter of another registered model."""
    REMOTE = "remote"
    """A provider's model: nothing lies here."""


class VersionSource(StrEnum):
    """Where a version comes from."""

    HUB = "hub"
    FOLDER = "folder"
    PROVIDER = "provider"
    TRAINING = "training"


class VersionStatus(StrEnum):
    """Whether a version's files are here."""

    ABSENT = "absent"
    DOWNLOADING = "downloading"
    PAUSED = "paused"
    READY = "ready"
    BROKEN = "broken"


@record
class ModelVersion:
    """One version of a registered model; it never changes once it is ready."""

    model: str
    """The registered name."""
    number: int
    """1, 2, …"""
    source: VersionSource
    """Where it comes from."""
    reference: str
    """The hub id, the folder it was imported from, the provider's model id or a training run."""
    revision: str = ""
    """The hub's commit."""
    path: str = ""
    """The folder of its files; empty where there are none."""
    size_bytes: int = 0
    """What its files take, or will take."""
    done_bytes: int = 0
    """What has come so far."""
    status: VersionStatus = VersionStatus.ABSENT
    """Whether its files are here."""
    failure: str = ""
    """Why it is broken or paused, in a sentence."""
    is_owned: bool = True
    """Whether its files are ours: deleting it frees them."""
    context_length: int = 0
    """Tokens that it can read and write at once, by its config; 0 where it does not say."""
    architecture: str = ""
    """What its config names, such as Qwen2ForCausalLM."""
    removed_at: datetime | None = None
    """When it was deleted; it can be brought back for a while."""
    id: str = field(default_factory=new_id)
    """The version's id."""
    created_at: datetime = field(default_factory=now)
    """When it was registered."""


@record
class RegisteredModel:
    """A model that people keep by name."""

    name: str
    """The name that it is asked by."""
    kind: ModelKind = ModelKind.BASE
    """What it is."""
    base: str = ""
    """For an adapter: the registered name of the model that it belongs to."""
    base_reference: str = ""
    """For an adapter: what its own config names as its base, such as a hub id."""
    notes: str = ""
    """What people wrote about it."""
    licence: str = ""
    """Its licence, as its card names it."""
    current: int = 0
    """The number of the version in use; 0 where there is none."""
    earlier: tuple[int, ...] = ()
    """The numbers that were in use before, newest first."""
    versions: tuple[ModelVersion, ...] = ()
    """Every version, newest first."""
    id: str = field(default_factory=new_id)
    """The model's id."""
    created_at: datetime = field(default_factory=now)
    """When it was registered."""

    @property
    def version(self) -> ModelVersion | None:
        """The version in use."""
        return next((one for one in self.versions if one.number == self.current), None)


@record
class RegisteredModelChange:
    """What to change of a registered model; what is left out stays."""

    notes: str | None = None
    """What people wrote about it."""
    licence: str | None = None
    """Its licence."""
    current: int | None = None
    """The number of the version to use from now on."""


@record
class PlannedFile:
    """One file of a version, as its source describes it."""

    path: str
    """Its path inside the version's folder, with slashes."""
    size_bytes: int = -1
    """How long it is; -1 where the source does not say."""
    sha256: str = ""
    """Its SHA-256; empty where the source does not say."""
    blob: str = ""
    """Its git blob id (SHA-1), where the source gives that instead."""


@record
class FilePlan:
    """Which files belong to a version."""

    files: tuple[PlannedFile, ...]
    """The files, smallest first."""
    id: str
    """The version's id."""


@record
class Hub:
    """Where models are downloaded from."""

    url: str
    """Its address."""
    token_hint: str = ""
    """The end of this person's token; empty where there is none."""


@record
class HubToken:
    """A token for the hub, as a person enters it."""

    token: str
    """The token; empty: forget it."""


@record
class HubQuestion:
    """Which model to look up at the hub."""

    hub_id: str
    """Its id, such as Qwen/Qwen2.5-0.5B-Instruct, or the address of its page."""
    revision: str = ""
    """A branch, tag or commit; empty: main."""
    allow_pickle: str = ""
    """The words that allow pickled weights; see PICKLE_WORDS."""


@record
class HubModel:
    """What the hub has under an id, and what of it would be brought."""

    hub_id: str
    """Its id, as the hub writes it."""
    revision: str
    """The commit that would be brought."""
    kind: ModelKind
    """Whole weights or an adapter."""
    suggested_name: str
    """The name that it would be registered under."""
    licence: str = ""
    """Its licence, as its card names it."""
    base_reference: str = ""
    """For an adapter: the model that its card names as its base."""
    size_bytes: int = 0
    """What its files take."""
    files: int = 0
    """How many files would be brought."""
    left_out: tuple[str, ...] = ()
    """Sentences about what is left out, and why."""
    problem: str = ""
    """A sentence that says why it cannot be used; empty where it can."""
    free_bytes: int = 0
    """Free space where it would go."""
    is_gated: bool = False
    """Whether its authors ask people to accept terms first."""
    has_pickle: bool = False
    """Whether its weights come only in the pickled form."""


@record
class NewDownload:
    """A model to bring from the hub."""

    hub_id: str
    """Its id there."""
    revision: str = ""
    """A branch, tag or commit; empty: main."""
    name: str = ""
    """The name to register it under; the last part of its id where empty."""
    allow_pickle: str = ""
    """The words that allow pickled weights; see PICKLE_WORDS."""


@record
class FolderQuestion:
    """A folder to look at."""

    path: str
    """Where it is: absolute, or from the folder that JupyterLab serves."""
    allow_pickle: str = ""
    """The words that allow pickled weights; see PICKLE_WORDS."""


@record
class FolderReport:
    """What a folder holds, and what is wrong with it."""

    path: str
    """The folder, resolved."""
    kind: ModelKind
    """Whole weights or an adapter."""
    suggested_name: str
    """The name that it would be registered under."""
    licence: str = ""
    """Its licence, as its README or LICENSE names it."""
    architecture: str = ""
    """What its config names, such as Qwen2ForCausalLM."""
    context_length: int = 0
    """Tokens that it can read and write at once; 0 where its config does not say."""
    base: str = ""
    """For an adapter: the registered name of its base, where it is registered."""
    base_reference: str = ""
    """For an adapter: what its config names as its base."""
    size_bytes: int = 0
    """What its files take."""
    problems: tuple[str, ...] = ()
    """Sentences about what keeps it from being used."""
    left_out: tuple[str, ...] = ()
    """Sentences about what is not looked at, and why."""
    has_pickle: bool = False
    """Whether its weights come only in the pickled form."""


@record
class NewImport:
    """A folder to register."""

    path: str
    """Where it is: absolute, or from the folder that JupyterLab serves."""
    name: str = ""
    """The name to register it under; the folder's where empty."""
    is_copied: bool = False
    """Whether its files are copied into our folder; else they stay where they are."""
    base: str = ""
    """For an adapter: the registered name of its base, where its config does not lead there."""
    notes: str = ""
    """What to remember about it."""
    allow_pickle: str = ""
    """The words that allow pickled weights; see PICKLE_WORDS."""


@record
class NewRemoteModel:
    """A provider's model to register under a name."""

    model_id: str
    """The model's id, `<provider id>/<name>`."""
    name: str = ""
    """The name to register it under; the model's own where empty."""
    notes: str = ""
    """What to remember about it."""


@record
class ModelRegistered:
    """A registered model, or one of its versions, was added or changed."""

    model: RegisteredModel
    """The model as it is now."""


@record
class DownloadProgressed:
    """Files of a version came, or were checked; told at most four times a second."""

    model: str
    """The registered name."""
    number: int
    """Which version."""
    done_bytes: int
    """What has come, or was checked."""
    size_bytes: int
    """What there is altogether."""
    bytes_per_second: float
    """How fast, over the last seconds."""
    doing: str = ""
    """What is being done, such as 'downloading model.safetensors'."""


@record
class ModelUnregistered:
    """A registered model was deleted."""

    name: str
    """Its name."""


PICKLE_WORDS = "run its code"
"""What a person types to allow pickled weights, which can run any code when they are loaded."""
