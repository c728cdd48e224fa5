"""Training sets, what is in them and what was left out, and the runs that train adapters."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class Liking(StrEnum):
    """What a person thought of an answer."""

    NONE = ""
    LIKED = "liked"
    DISLIKED = "disliked"


class SetPart(StrEnum):
    """Where a row goes."""

    TRAIN = "train"
    VALIDATION = "validation"


class LeftOutReason(StrEnum):
    """Why a row was left out."""

    PERSON = "person"
    """A person took it out."""
    CUT = "cut"
    """The answer was stopped, cut or is not finished."""
    FAILED = "failed"
    """The answer failed."""
    DISLIKED = "disliked"
    """A person disliked it."""
    NO_MODEL = "no_model"
    """No model wrote it: a command answered."""
    EMPTY = "empty"
    """The question or the answer is empty."""
    ROLES = "roles"
    """Its roles do not alternate."""
    TOO_LONG = "too_long"
    """Question and answer alone are longer than the limit."""
    SECRET = "secret"
    """It holds what looks like a secret."""
    DUPLICATE = "duplicate"
    """The same question and answer are there already."""
    NEAR_DUPLICATE = "near_duplicate"
    """Nearly the same question and answer are there already."""


class SecretRule(StrEnum):
    """What to do with text that looks like a key or an address."""

    MASK = "mask"
    """Put a placeholder such as [e-mail] in its place."""
    LEAVE_OUT = "leave_out"
    """Leave out the rows that hold one."""
    KEEP = "keep"
    """Keep it as it is."""


@record
class Said:
    """One message of a conversation, as the chat hands it over."""

    id: str
    """The message's id."""
    is_question: bool
    """Whether a person wrote it."""
    text: str
    """Markdown."""
    status: str = "complete"
    """How the answer ended: complete, stopped, truncated, interrupted, failed or streaming."""
    rating: Liking = Liking.NONE
    """What the person thought of it."""
    model: str = ""
    """The model that wrote it; empty where a command did."""
    is_local: bool = True
    """Whether that model ran on this machine."""
    system: str = ""
    """The instructions that were sent with the question."""
    datasets: tuple[str, ...] = ()
    """The datasets that the question names."""
    at: datetime = field(default_factory=now)
    """When it was said."""


@record
class Branch:
    """A conversation's messages in order, from its first question on."""

    conversation_id: str
    """Which conversation."""
    title: str
    """What it is about."""
    messages: tuple[Said, ...]
    """Questions and answers."""


@record
class TrainingMessage:
    """One message of a row."""

    role: str
    """system, user or assistant."""
    content: str
    """What it says."""


@record
class TrainingRow:
    """One example: a question in its context, and the answer that is to be learned."""

    set_id: str
    """The set that it belongs to."""
    version: int
    """Which version of it."""
    position: int
    """Its place in the set, from 0."""
    messages: tuple[TrainingMessage, ...]
    """What the model reads; the last one is what it learns to answer."""
    conversation_id: str
    """Where it was said."""
    title: str
    """That conversation's title."""
    message_id: str
    """The answer."""
    model: str
    """Who wrote the answer."""
    is_local: bool
    """Whether that model ran on this machine."""
    rating: Liking
    """What the person thought of the answer."""
    tokens: int
    """About how many tokens it has (a quarter of the characters)."""
    part: SetPart = SetPart.TRAIN
    """Where it goes."""
    reason: LeftOutReason | None = None
    """Why it was left out; None where it is in the set."""
    secrets: tuple[str, ...] = ()
    """What looked like a secret, named, with most of it hidden."""
    languages: tuple[str, ...] = ()
    """The languages of the code in the answer."""
    datasets: tuple[str, ...] = ()
    """The datasets that were named."""
    at: datetime = field(default_factory=now)
    """When the answer was written."""
    id: str = field(default_factory=new_id)
    """The row's id."""


@record
class TrainingSelection:
    """What a set is made of."""

    includes_liked: bool = True
    """Every answer that was liked."""
    conversation_ids: tuple[str, ...] = ()
    """Every answer of these conversations."""


@record
class TrainingSetSettings:
    """How a set is checked and split."""

    most_tokens: int = 2048
    """Longest row, in tokens (estimated as a quarter of the characters)."""
    earlier: int = 3
    """How many earlier questions and answers a row keeps as context."""
    keeps_system: bool = True
    """Whether a row keeps the instructions that were sent with its question."""
    secrets: SecretRule = SecretRule.MASK
    """What to do with text that looks like a key or an address."""
    validation_share: float = 0.1
    """Which share of the rows is kept back to measure with (0-0.5)."""
    seed: int = 0
    """Changes which ones are kept back."""


@record
class NamedCount:
    """How many there are of something."""

    name: str
    """Of what."""
    count: int
    """How many."""


@record
class LeftOutRows:
    """How many rows were left out for one reason."""

    reason: LeftOutReason
    """The reason."""
    count: int
    """How many."""
    sentence: str
    """The reason in words."""


@record
class TrainingCard:
    """What is in a set, and what is not."""

    train: int = 0
    """Rows to train on."""
    validation: int = 0
    """Rows kept back to measure with."""
    conversations: int = 0
    """How many conversations they come from."""
    train_tokens: int = 0
    """About how many tokens the rows to train on have together."""
    validation_tokens: int = 0
    """About how many tokens the others have."""
    longest_tokens: int = 0
    """About how many tokens the longest row has."""
    languages: tuple[NamedCount, ...] = ()
    """Languages of the code in the answers, by rows."""
    models: tuple[NamedCount, ...] = ()
    """Who wrote the answers, by rows."""
    datasets: tuple[NamedCount, ...] = ()
    """Datasets that were named, by rows."""
    secrets: tuple[NamedCount, ...] = ()
    """What looked like a secret, by kind, in the rows of the set."""
    left_out: tuple[LeftOutRows, ...] = ()
    """What was left out, and why."""
    licences: tuple[str, ...] = ()
    """Sentences about rights to mind."""
    first_at: datetime | None = None
    """When the oldest answer was written."""
    last_at: datetime | None = None
    """When the latest answer was written."""
    digest: str = ""
    """The SHA-256 of the file to train on."""


@record
class TrainingSet:
    """Rows to train on, made from liked answers and chosen conversations."""

    name: str
    """What people call it."""
    version: int
    """The latest version, 1, 2, …"""
    selection: TrainingSelection
    """What it was made of."""
    settings: TrainingSetSettings
    """How it was checked and split."""
    card: TrainingCard
    """What is in the latest version."""
    is_used: bool = False
    """Whether the latest version was trained on: a change then makes the next version."""
    removed_at: datetime | None = None
    """When it was deleted."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""
    updated_at: datetime = field(default_factory=now)
    """When it was last changed."""
    id: str = field(default_factory=new_id)
    """The set's id."""


@record
class TrainingSetVersion:
    """An earlier version of a set, as it was."""

    set_id: str
    """The set."""
    number: int
    """Which version."""
    selection: TrainingSelection
    """What it was made of."""
    settings: TrainingSetSettings
    """How it was checked and split."""
    card: TrainingCard
    """What is in it."""
    made_at: datetime
    """When it was last changed."""
    id: str = field(default_factory=new_id)
    """The version's id."""


@record
class NewTrainingSet:
    """A set to make."""

    name: str = ""
    """What to call it; empty: named after the day."""
    selection: TrainingSelection = field(default_factory=TrainingSelection)
    """What to make it of."""
    settings: TrainingSetSettings = field(default_factory=TrainingSetSettings)
    """How to check and split it."""


@record
class TrainingSetChange:
    """What to change in a set; what is left out stays."""

    name: str | None = None
    """What people call it."""


@record
class RemakeTrainingSet:
    """Make the next version of a set: gathered anew; what is left out stays as it was."""

    selection: TrainingSelection | None = None
    """What to make it of."""
    settings: TrainingSetSettings | None = None
    """How to check and split it."""


@record
class TrainingRowChange:
    """Take a row out of its set, or put it back."""

    is_excluded: bool
    """Whether it is out."""


@record
class TrainingRows:
    """Some rows of a set."""

    rows: tuple[TrainingRow, ...]
    """The rows."""
    total: int
    """How many there are with this filter."""


@record
class LikedAnswers:
    """How much there is to train on."""

    count: int
    """How many answers are liked."""
    models: tuple[NamedCount, ...] = ()
    """Who wrote them."""


class TrainingStatus(StrEnum):
    """How far a training run has come."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return self not in (TrainingStatus.QUEUED, TrainingStatus.RUNNING)


@record
class TrainingSettings:
    """How an adapter is trained."""

    rank: int = 8
    """Width of the adapter (LoRA's r); more can learn more, and needs more memory."""
    steps: int = 100
    """How often the weights are corrected."""
    learning_rate: float = 2e-4
    """How strongly, each time."""
    batch: int = 0
    """Rows at once; 0: as many as fit into memory, at most 8."""
    most_tokens: int = 1024
    """Longer rows are cut at their beginning, in tokens of the base."""
    seed: int = 0
    """Changes the order of rows and the first weights."""


@record
class NewTraining:
    """An adapter to train."""

    set_id: str
    """What to train on."""
    base: str
    """The registered name of the model that the adapter belongs to."""
    name: str = ""
    """What to register the adapter as; empty: the base's and the set's names."""
    settings: TrainingSettings = field(default_factory=TrainingSettings)
    """How to train."""


@record
class TrainingPoint:
    """What one step reported."""

    step: int
    """Which step."""
    loss: float
    """How wrong the answers were (mean negative log likelihood of a token)."""


@record
class Training:
    """One run that trains an adapter."""

    set_id: str
    """What it trains on."""
    set_name: str
    """That set's name then."""
    set_version: int
    """Which version of it."""
    base: str
    """The registered name of the base."""
    base_version: int
    """Which version of it."""
    adapter: str
    """What the adapter is registered as."""
    settings: TrainingSettings
    """How it trains."""
    workspace: str
    """The root folder that its notebook runs in."""
    run_id: str = ""
    """Its run on the Jobs page."""
    status: TrainingStatus = TrainingStatus.QUEUED
    """How far it has come."""
    doing: str = ""
    """What it does now, such as 'reading the base'."""
    step: int = 0
    """How many steps are done."""
    seconds_left: float | None = None
    """About how long it will take, once that is known."""
    points: tuple[TrainingPoint, ...] = ()
    """The loss of the steps, at most 200 of them."""
    validation: tuple[TrainingPoint, ...] = ()
    """The loss on the rows that were kept back."""
    device: str = ""
    """Where it computes."""
    adapter_version: int = 0
    """The registered version; 0 until it is registered."""
    message: str = ""
    """What went wrong."""
    hint: str = ""
    """The way out."""
    created_at: datetime = field(default_factory=now)
    """When it was asked for."""
    ended_at: datetime | None = None
    """When it came to its end."""
    id: str = field(default_factory=new_id)
    """The training's id."""


@record
class TrainingBase:
    """A model that an adapter can be trained for."""

    name: str
    """Its registered name."""
    version: int
    """The version in use."""
    size_bytes: int
    """What its files take."""


@record
class TrainingRoom:
    """Whether and on what this machine can train."""

    is_ready: bool
    """Whether a training can begin."""
    python: str
    """The interpreter that would run it."""
    packages: tuple[str, ...] = ()
    """What it has, such as torch 2.13.0."""
    device: str = ""
    """What it would compute on."""
    message: str = ""
    """What is missing."""
    hint: str = ""
    """The way out."""
    bases: tuple[TrainingBase, ...] = ()
    """Models here that an adapter can be trained for."""


@record
class TrainingEstimate:
    """About what a training takes."""

    memory_bytes: int
    """Memory at its highest, graphics memory where there is a GPU."""
    free_bytes: int
    """What is free now."""
    seconds: float
    """How long it takes."""
    batch: int
    """Rows at once."""
    epochs: float
    """How often each row is read."""
    fits: bool
    """Whether it fits."""
    sentence: str
    """The same in words."""


@record
class ComparisonPlan:
    """An experiment of an adapter against its base, filled in and not yet begun."""

    notebook: str
    """The notebook that asks both, from the root folder."""
    names: tuple[str, ...]
    """What the two variants are called: the base, the adapter."""
    parameters: tuple[dict[str, str | int], ...]
    """Their parameters."""
    metric: str
    """What decides."""
    direction: str
    """Which values of it are better: higher or lower."""
    repeats: int
    """How often each runs; each repeat draws its questions anew."""


@record
class TrainingSetChanged:
    """A set was made, changed, or restored."""

    training_set: TrainingSet
    """The set as it is now."""


@record
class TrainingSetRemoved:
    """A set was deleted."""

    set_id: str
    """Which one."""


@record
class TrainingChanged:
    """A training was asked for, went on or ended."""

    training: Training
    """The training as it is now."""


@record
class TrainingEnded:
    """A training came to its end, good or bad."""

    training_id: str
    """Which one."""
    status: TrainingStatus
    """How it ended."""
    text: str
    """How it ended, in a sentence."""
