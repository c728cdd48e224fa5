"""Conversations and their messages. Every message has a parent: an edit or a retry is a sibling."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record
from sponde_server.datasets.policies.describe import Description
from sponde_server.datasets.records import Policy, Table
from sponde_server.models.records import Role, ToolOffer, Turn, Usage
from sponde_server.tools.records import Output, ToolCall


class MessageStatus(StrEnum):
    """How far an answer has come. Everything but streaming is final."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    TRUNCATED = "truncated"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class ReferenceKind(StrEnum):
    """What an @name can name."""

    DATASET = "dataset"
    CODE_BLOCK = "code_block"
    NOTEBOOK = "notebook"
    CELL = "cell"
    SELECTION = "selection"
    VARIABLE = "variable"
    FILE = "file"
    CONVERSATION = "conversation"
    QUOTE = "quote"
    """A part of an earlier answer."""


@record
class Reference:
    """An @name in a message, or something that hangs on it, and what it names."""

    kind: ReferenceKind
    """What it is."""
    name: str
    """The name as written, without the @; what its chip says."""
    id: str
    """The id of what it names: a dataset's, block's, conversation's or cell's id, a path, a
    variable's name."""
    path: str = ""
    """The notebook or file that it is in, from the root folder."""
    text: str = ""
    """What the tab saw of it when it was asked (not of datasets, blocks and conversations)."""
    language: str = ""
    """The language of that text; empty: it is Markdown."""


@record
class FoundFile:
    """A file that a question can name."""

    path: str
    """Where it lies: from the root folder, with slashes."""
    bytes: int
    """Its size."""


@record
class Passage:
    """What a reference says, as a prompt may hold it."""

    kind: ReferenceKind
    """What it is."""
    name: str
    """The name as written."""
    title: str
    """What stands above it; empty where the text says that itself."""
    text: str
    """What a model may read of it."""
    id: str = ""
    """The id of what it names."""
    language: str = ""
    """The language of the text; empty: it is Markdown."""
    is_rows: bool = False
    """Whether it is rows of data, the first to go where not everything fits."""
    is_past: bool = False
    """Whether only earlier questions named it."""
    description: Description | None = None
    """The same in parts that can be left out (datasets only)."""
    exposed: tuple["Exposure", ...] = ()
    """What it holds of datasets besides."""
    withheld: tuple[str, ...] = ()
    """The datasets whose policies keep some of it back."""
    outputs_left_out: int = 0
    """How many outputs of cells they keep back."""


class SentPartKind(StrEnum):
    """What a part of what is sent is."""

    INSTRUCTIONS = "instructions"
    PROJECT = "project"
    """The instructions of the folder's owner."""
    PERSONA = "persona"
    DATASET = "dataset"
    CODE_BLOCK = "code_block"
    NOTEBOOK = "notebook"
    CELL = "cell"
    SELECTION = "selection"
    VARIABLE = "variable"
    FILE = "file"
    CONVERSATION = "conversation"
    QUOTE = "quote"
    HISTORY = "history"
    """An earlier question or answer."""
    CALLS = "calls"
    """What an earlier answer asked of tools, and what they gave."""
    QUESTION = "question"
    TOOLS = "tools"
    """What the model is told that it may call."""


@record
class SentPart:
    """A part of what is sent: where it stands, and how large it is."""

    kind: SentPartKind
    """What it is."""
    name: str
    """What it is called: a dataset's or block's name, a file's path."""
    tokens: int
    """About how many tokens."""
    turn: int = -1
    """In which turn it stands, counted from 0; -1: beside them."""
    at: int = 0
    """Where it begins there, in UTF-16 code units."""
    length: int = 0
    """How long it is, in UTF-16 code units."""
    dataset_id: str = ""
    """Which dataset (datasets only)."""
    policy: Policy | None = None
    """What was let through of it (datasets only)."""
    rows: int = 0
    """How many of its rows stand there (datasets only)."""
    has_statistics: bool = False
    """Whether its statistics stand there (datasets only)."""
    is_past: bool = False
    """Whether only earlier questions named it."""


class CutKind(StrEnum):
    """What was left out."""

    ROWS = "rows"
    STATISTICS = "statistics"
    PASSAGE = "passage"
    """Something that an earlier question named."""
    BLOCKS = "blocks"
    """Paragraphs and code blocks of a notebook or conversation."""
    CALLS = "calls"
    """What earlier answers asked of tools, and what they gave."""
    TURNS = "turns"
    """Earlier questions with their answers."""
    SHORTENED = "shortened"
    """Earlier questions with their answers, of which first sentences and code stay."""
    TOOLS = "tools"
    """Tools, of which a small model is told fewer."""
    INSTRUCTIONS = "instructions"
    """Characters of a project's instructions."""
    OUTPUTS = "outputs"
    """Outputs of cells that a dataset's policy keeps back."""
    WITHHELD = "withheld"
    """Earlier answers that a dataset's policy keeps back."""


@record
class Cut:
    """Something that was left out, and how much of it."""

    kind: CutKind
    """What."""
    name: str = ""
    """Of what: a dataset's, file's or block's name."""
    count: int = 1
    """How many of them."""


@record
class ProjectInstructions:
    """What a folder's owner wants every model to read."""

    path: str
    """The file, from the root folder."""
    text: str = ""
    """What it says, as far as it is sent; empty: there is none."""
    left_out: int = 0
    """How many characters are too many to be sent."""


@record
class Exposure:
    """What an answer may hold of a dataset."""

    dataset_id: str
    """Which dataset."""
    name: str
    """Its name."""
    policy: Policy
    """What its policy let through when the model was asked."""
    rows: int = 0
    """How many rows, where it let rows through."""
    is_local_only: bool = False
    """Whether a tool showed it to a model of this machine, past the policy."""


@record
class Receipt:
    """Exactly what was sent for an answer, and to whom."""

    model: str
    """The model's name."""
    provider: str
    """The provider's name."""
    address: str
    """Where it was sent."""
    is_local: bool
    """Whether that is this machine."""
    turns: tuple[Turn, ...]
    """What was sent, word by word."""
    tokens: int
    """About how many tokens (a quarter of the characters, until the provider counts)."""
    model_id: str = ""
    """The model's id."""
    tools: tuple[ToolOffer, ...] = ()
    """The tools that it was told of."""
    parts: tuple[SentPart, ...] = ()
    """What the first request is made of."""
    cuts: tuple[Cut, ...] = ()
    """What was left out of it."""
    room: int = 0
    """How many tokens it might have; 0: not known."""
    requests: tuple[int, ...] = ()
    """How many of the turns each request had; empty: one request with all of them."""
    exposed: tuple[Exposure, ...] = ()
    """What it holds of datasets."""
    pieces: int = 0
    """How large it is by our own count, which providers' counts are compared with."""


@record
class Sent:
    """A receipt in short: to whom, and how much; the receipt itself is fetched when opened."""

    model: str
    """The model's name."""
    provider: str
    """The provider's name."""
    address: str
    """Where it was sent."""
    is_local: bool
    """Whether that is this machine."""
    tokens: int
    """About how many tokens (a quarter of the characters, until the provider counts)."""
    model_id: str = ""
    """The model's id."""
    exposed: tuple[Exposure, ...] | None = None
    """What the answer may hold of datasets; None: from before this was kept."""
    pieces: int = 0
    """How large it is by our own count; 0: from before this was kept."""


@record
class Took:
    """What an answer took, counted from the moment that its model could be asked."""

    duration_ms: float
    """Milliseconds until its end."""
    first_token_ms: float | None = None
    """Milliseconds until its first piece; None where none came."""


@record
class NamedBlock:
    """A code block that a person named in a question."""

    id: str
    """The block's id."""
    name: str
    """Its name."""
    language: str
    """Its language."""
    code: str
    """Its text."""


@record
class CommandAnswer:
    """What a slash command says."""

    text: str
    """Markdown."""
    outputs: tuple[Output, ...] = ()
    """Tables and pictures."""
    told: str = ""
    """What a model that asked for it reads: counts and names, never a value of a row."""
    datasets: tuple[str, ...] = ()
    """The names of the datasets that it was made from."""
    table: Table | None = None
    """Rows that a model may read as far as those datasets' policies let it."""


@record
class Failure:
    """Why there is no whole answer."""

    message: str
    """What went wrong."""
    code: str
    """Which kind of failure."""
    hint: str
    """The way out."""


@record
class Conversation:
    """Messages in order, about one matter."""

    title: str = "New conversation"
    """What it is about; the first question's beginning until renamed."""
    id: str = field(default_factory=new_id)
    """The conversation's id."""
    created_at: datetime = field(default_factory=now)
    """When it began."""
    updated_at: datetime = field(default_factory=now)
    """When the last message came."""
    folder_id: str = ""
    """The folder that it lies in; empty: none."""
    is_pinned: bool = False
    """Whether it stands above the others."""
    is_archived: bool = False
    """Whether it is put away: found by a search for it, not listed."""
    is_named: bool = False
    """Whether a person named it; false: the title follows what is asked."""
    is_unread: bool = False
    """Whether an answer ended that no tab has shown yet."""
    persona_id: str = ""
    """Who is asked to answer in it; empty: nobody in particular."""


@record
class Message:
    """One turn: a question, or an answer."""

    conversation_id: str
    """Where it belongs."""
    role: Role
    """Who speaks: user or assistant."""
    text: str
    """Markdown."""
    parent_id: str | None = None
    """The message that it follows; None for the first."""
    status: MessageStatus = MessageStatus.COMPLETE
    """How far it has come."""
    references: tuple[Reference, ...] = ()
    """What its @names name (questions only)."""
    outputs: tuple[Output, ...] = ()
    """Tables and pictures (answers only)."""
    calls: tuple[ToolCall, ...] = ()
    """The tools that it called, in their order (answers only)."""
    receipt: Sent | None = None
    """What was sent for it, in short (answers of models only)."""
    usage: Usage | None = None
    """What it cost, where the provider said so."""
    took: Took | None = None
    """How long it took (answers of models only)."""
    failure: Failure | None = None
    """Why it failed or was cut."""
    thoughts: str = ""
    """What its model thought before it answered; no part of what is sent on (answers only)."""
    thought_ms: float | None = None
    """How long it thought, in milliseconds; None where it did not, or still does."""
    remark: str = ""
    """A sentence that the person should read beside it (answers only)."""
    continues_id: str = ""
    """The cut answer that it begins with and goes on from; empty: it begins by itself."""
    model_id: str = ""
    """Which model or alias was asked (answers only); empty for the default one."""
    round_id: str = ""
    """Shared by the answers that several models gave to one question; empty for a single one."""
    kept_id: str = ""
    """The answer that the conversation goes on from (questions only); empty: not chosen."""
    is_blind: bool = False
    """Whether the models' names are hidden until an answer is kept (questions only)."""
    persona_id: str = ""
    """Who was asked to answer; empty: nobody in particular."""
    without_tools: bool = False
    """Whether models were told of no tools (questions only)."""
    notebook: str = ""
    """The notebook that was open beside it, from the root folder (questions only)."""
    id: str = field(default_factory=new_id)
    """The message's id."""
    created_at: datetime = field(default_factory=now)
    """When it was asked or began."""


@record
class NewConversation:
    """A conversation to begin, or a new title for one."""

    title: str = "New conversation"
    """What it is about."""


@record
class NewMessage:
    """A question."""

    text: str
    """Markdown; a first word with a slash is a command that needs no model."""
    parent_id: str | None = None
    """The message that it follows; None for the first."""
    model_id: str = ""
    """Which model or alias; the default where empty."""
    model_ids: tuple[str, ...] = ()
    """Up to four different models to ask at once, each for an answer of its own."""
    is_blind: bool = False
    """Shuffle their answers and hide their names until one is kept."""
    references: tuple[Reference, ...] = ()
    """What hangs on it besides the @names in its text."""
    persona_id: str = ""
    """Who is asked to answer: instructions, a model and tools; empty: nobody in particular."""
    notebook: str = ""
    """The notebook that is open beside it, from the root folder: its folder's instructions hold."""
    without_tools: bool = False
    """Whether models are told of no tools."""


@record
class QueuedMessage(NewMessage):
    """A question as it waits: all that will be asked."""


@record
class QueuedQuestion:
    """A question that waits for the answer before it."""

    conversation_id: str
    """Where it will be asked."""
    after_id: str
    """The question whose answer it waits for."""
    message: QueuedMessage
    """What will be asked; its parent is chosen when it is."""
    place: int = 0
    """Lower ones are asked sooner."""
    person: str = ""
    """Who asks."""
    asked_id: str = ""
    """The id that it has as a message; empty until it is about to be asked."""
    id: str = field(default_factory=new_id)
    """Its id while it waits."""
    created_at: datetime = field(default_factory=now)
    """When it was written."""


@record
class NewQueuedQuestion:
    """A question that is to wait for an answer."""

    message: NewMessage
    """What to ask."""
    after_id: str
    """The question whose answer it waits for."""


@record
class NewPlace:
    """Another place in the queue."""

    place: int
    """0 is the next one."""


@record
class QueueChanged:
    """Questions wait in a conversation, or other ones than before."""

    conversation_id: str
    """Where."""
    questions: tuple[QueuedQuestion, ...]
    """All that wait there now, the next one first."""


@record
class NewComparison:
    """Further models to ask the question that was answered."""

    model_ids: tuple[str, ...]
    """Which ones; with those that answered already at most four."""


@record
class Asked:
    """A question and the answers that are on their way."""

    question: Message
    """The question as kept."""
    answer: Message
    """The answer so far (the first, where several were asked); follow the stream for the rest."""
    conversation: Conversation
    """The conversation as it is now; it may have begun with this question."""
    answers: tuple[Message, ...] = ()
    """Every answer, in the order in which they are shown."""


class Opinion(StrEnum):
    """What a person thinks of an answer."""

    LIKED = "liked"
    DISLIKED = "disliked"


@record
class Rating:
    """What a person thinks of an answer, and why."""

    id: str
    """The answer's id."""
    conversation_id: str
    """Where it belongs."""
    verdict: Opinion
    """Liked or disliked."""
    reasons: tuple[str, ...] = ()
    """Why, in words that were offered."""
    text: str = ""
    """Why, in the person's own words."""
    model_id: str = ""
    """Which model gave the answer."""
    model: str = ""
    """That model's name."""
    person: str = ""
    """Who rated it."""
    rated_at: datetime = field(default_factory=now)
    """When, for the last time."""


@record
class NewRating:
    """A rating as a person gives it."""

    verdict: Opinion
    """Liked or disliked."""
    reasons: tuple[str, ...] = ()
    """Why, in words that were offered."""
    text: str = ""
    """Why, in the person's own words."""


class ReplayStatus(StrEnum):
    """How far a replay has come. Everything but running can be gone on with, but for complete."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@record
class Replay:
    """A conversation's questions, asked again in their order, of another model."""

    id: str
    """The new conversation's id."""
    source_id: str
    """The conversation that is replayed."""
    leaf_id: str
    """The last message of the branch that is replayed."""
    model_id: str
    """The model that is asked."""
    model: str
    """That model's name."""
    total: int
    """How many questions there are."""
    done: int = 0
    """How many of them have their answer."""
    status: ReplayStatus = ReplayStatus.RUNNING
    """How far it has come."""
    failure: str = ""
    """Why it could not go on."""
    created_at: datetime = field(default_factory=now)
    """When it began."""


@record
class NewReplay:
    """A replay to begin."""

    model_id: str
    """The model or alias to ask."""
    message_id: str = ""
    """The last message of the branch to replay; empty: the latest."""


class ArgumentKind(StrEnum):
    """What one argument of a command takes."""

    DATASET = "dataset"
    COLUMN = "column"
    NOTEBOOK = "notebook"
    WORD = "word"
    """One of a few words."""
    SQL = "sql"
    TEXT = "text"


@record
class Argument:
    """One argument of a command: what it takes, and how it is written."""

    name: str
    """What it is called."""
    kind: ArgumentKind
    """What it takes."""
    summary: str
    """What it is for, in a few words."""
    lead: str = ""
    """The word in front of it, such as `by`."""
    words: tuple[str, ...] = ()
    """The words that it takes, or some that it understands."""
    of: tuple[str, ...] = ()
    """The arguments that name the datasets whose columns it takes."""
    is_required: bool = False
    """Whether the command needs it."""
    repeats: bool = False
    """Whether there may be several, with commas between them."""


@record
class Command:
    """A slash command that answers without a model; with a model it is a tool."""

    name: str
    """The word after the slash."""
    usage: str
    """How it is written, such as `/plot @dataset column [by column]`."""
    summary: str
    """What it does, in a few words."""
    arguments: tuple[Argument, ...] = ()
    """Its arguments, in the order in which they are written."""
    examples: tuple[str, ...] = ()
    """What one may write, with `@sales` and `report.ipynb` for what is there."""
    description: str = ""
    """What it does, for models; empty: it is no tool."""
    is_read_only: bool = True
    """Whether it changes nothing."""


@record
class Typing:
    """A command that is being written."""

    text: str
    """All of it."""
    caret: int
    """Where the caret stands, in UTF-16 code units."""


@record
class Suggestion:
    """Something that may be written next."""

    kind: str
    """What it is: dataset, column, notebook, word, function or table."""
    label: str
    """What is shown."""
    detail: str
    """A few quiet words."""
    insert: str
    """What stands in the text once it is taken."""


@record
class Suggestions:
    """What may be written at a place of a command."""

    start: int
    """Where what is replaced begins, in UTF-16 code units."""
    end: int
    """Where it ends."""
    offers: tuple[Suggestion, ...] = ()
    """What may be written."""


@record
class NewPersona:
    """A persona to make, or what one is to become."""

    name: str
    """What people call it."""
    instructions: str = ""
    """What the model reads before everything else."""
    summary: str = ""
    """What it is good for, in a few words."""
    icon: str = ""
    """One sign that stands for it, such as an emoji or a letter."""
    colour: str = "grey"
    """The colour of its sign: grey, blue, green, purple, orange, red or teal."""
    model_id: str = ""
    """The model or alias that answers; empty: the one that is chosen in the composer."""
    tools: tuple[str, ...] | None = None
    """The names of the tools that it may ask for; None: all; empty: none."""


@record
class Persona(NewPersona):
    """Who is asked to answer: instructions, a model, and the tools that it may ask for."""

    is_built_in: bool = False
    """Whether it comes with Sponde."""
    is_changed: bool = False
    """Whether it comes with Sponde and was changed here."""
    id: str = field(default_factory=new_id)
    """The persona's id."""
    removed_at: datetime | None = None
    """When it was deleted."""
    updated_at: datetime = field(default_factory=now)
    """When it was last changed."""


@record
class Variable:
    """A place in a template that is filled before it is asked."""

    name: str
    """What stands between the braces, such as dataset."""
    default: str = ""
    """What it is where nothing else is said."""


@record
class Template:
    """A question to ask again, with places to fill."""

    name: str
    """The word that is written behind the slash."""
    text: str
    """Markdown, with places such as `{{dataset}}` or `{{limit=10}}`."""
    summary: str = ""
    """What it is for, in a few words."""
    variables: tuple[Variable, ...] = ()
    """Its places, in the order in which they come."""
    id: str = field(default_factory=new_id)
    """The template's id."""
    removed_at: datetime | None = None
    """When it was deleted."""
    updated_at: datetime = field(default_factory=now)
    """When it was last changed."""


@record
class NewTemplate:
    """A template to make, or what one is to become."""

    name: str
    """The word that is written behind the slash; letters, digits and hyphens."""
    text: str
    """Markdown, with places such as `{{dataset}}` or `{{limit=10}}`."""
    summary: str = ""
    """What it is for, in a few words."""


@record
class TemplateFile:
    """Templates as they are exported and imported."""

    templates: tuple[NewTemplate, ...]
    """The templates."""
    sponde: str = "templates"
    """What the file holds."""


@record
class PersonaChanged:
    """A persona was made, changed or restored."""

    persona: Persona
    """The persona as it is now."""


@record
class PersonaRemoved:
    """A persona was deleted."""

    persona_id: str
    """Which one."""


@record
class TemplateChanged:
    """A template was made, changed or restored."""

    template: Template
    """The template as it is now."""


@record
class TemplateRemoved:
    """A template was deleted."""

    template_id: str
    """Which one."""


@record
class MessageGrew:
    """Text was added to an answer."""

    conversation_id: str
    """Where."""
    message_id: str
    """Which answer."""
    at: int
    """Where the text belongs, counted in UTF-16 code units from the answer's beginning."""
    text: str
    """The text."""


@record
class AnswerWaits:
    """An answer's model is asked again in a while, before its first word."""

    conversation_id: str
    """Where."""
    message_id: str
    """Which answer."""
    seconds: float
    """In how many seconds; 0: now."""
    why: str
    """What its provider said, in a sentence."""


@record
class MessageThought:
    """The model behind an answer thinks before it answers."""

    conversation_id: str
    """Where."""
    message_id: str
    """Which answer."""
    at: int
    """Where the text belongs, counted in UTF-16 code units from the thoughts' beginning."""
    text: str
    """The text."""


@record
class MessageChanged:
    """A message was added, or its status changed."""

    message: Message
    """The message as it is now."""


@record
class ConversationChanged:
    """A conversation was begun, renamed, restored or grew."""

    conversation: Conversation
    """The conversation as it is now."""


@record
class ConversationRemoved:
    """A conversation was deleted."""

    conversation_id: str
    """Which one."""


@record
class MessageCompleted:
    """An answer ended, whole or not."""

    conversation_id: str
    """Where."""
    message_id: str
    """Which answer."""


@record
class AnswerRated:
    """An answer was rated, or rated otherwise."""

    rating: Rating
    """The rating as it is now."""


@record
class RatingRemoved:
    """An answer's rating was taken back."""

    conversation_id: str
    """Where."""
    message_id: str
    """Which answer."""


@record
class ReplayChanged:
    """A replay began, went on or ended."""

    replay: Replay
    """The replay as it is now."""


@record
class NewContinuation:
    """A place in a cell where code is to go on."""

    before: str
    """The cell's text before the cursor."""
    after: str = ""
    """The cell's text behind it."""
    cells: tuple[str, ...] = ()
    """The code cells above, in their order."""
    language: str = "python"
    """What the cell is written in."""
    model_id: str = ""
    """Which model or alias; the default where empty."""
    lines: int = 0
    """Most lines that are wanted; 0: as the server allows."""
    is_invited: bool = False
    """Whether a person asked for it by a key; else they only type, and no engine is started."""


@record
class Continuation:
    """Code that a model proposes to go on with."""

    text: str
    """What goes in at the cursor; empty: nothing."""
    model: str
    """The model's name."""
    provider: str = ""
    """Who serves it."""
    is_local: bool = False
    """Whether that is this machine."""
    is_asleep: bool = False
    """Whether the model was not asked, because its engine does not run."""
