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
    notes: str = ""
    """What people wrote about it."""
    licence: str = ""
    """Its licence, as its card names it."""
    current: int = 0
    """The number of the version in use; 0 where there is none."""
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
class ModelRegistered:
    """A registered model, or one of its versions, was added or changed."""

    model: RegisteredModel
    """The model as it is now."""


@record
class ModelUnregistered:
    """A registered model was deleted."""

    name: str
    """Its name."""
