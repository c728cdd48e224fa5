// Written by `sponde schema` from the records and routes of server_ext. Do not edit.
/* eslint-disable */

/** What is known of columns together. */
export interface Across {
  /** How many rows repeat an earlier one; None where that was not counted. */
  duplicate_rows: number | null;
  /** What tells rows apart. */
  keys: Array<Key>;
  /** Columns of numbers that go together, the strongest first. */
  correlations: Array<Correlation>;
  /** On how many rows that was measured; all of them, or a sample of large files. */
  correlated_rows: number;
  /** Columns that are empty in the same rows. */
  missing_together: Array<MissingTogether>;
  /** Columns of dates that leave days out. */
  date_gaps: Array<DateGaps>;
}

/** One line of what happened in the workbench. */
export interface Activity {
  /** The event's name, such as RunFinished. */
  kind: string;
  /** What happened, in a sentence. */
  text: string;
  /** The id of what it happened to. */
  subject: string;
  /** How much it matters. */
  level: Level;
  /** The line's id. */
  id: string;
  /** When it happened. */
  happened_at: string;
}

/** How far a file from an address is on its way. */
export interface AddressFetch {
  /** The file's address, without what follows '?'. */
  address: string;
  /** The file's name. */
  name: string;
  /** Where it is to lie: from the root folder, with slashes. */
  folder: string;
  /** Its size; None where the server does not say. */
  bytes: number | null;
  /** How many of its bytes are here. */
  received: number;
  /** How far it is. */
  status: FetchStatus;
  /** Why it failed, or what it waits for. */
  failure: Trouble | null;
  /** The dataset that it became; empty until then. */
  dataset_id: string;
  /** The fetch's id. */
  id: string;
  /** When it began. */
  created_at: string;
}

/** A fetch went on, failed or ended. */
export interface AddressFetchChanged {
  /** The fetch as it is now. */
  fetch: AddressFetch;
}

/** A fetch was cancelled or put away. */
export interface AddressFetchRemoved {
  /** Which one. */
  fetch_id: string;
}

/** A name that stands for a model, and can be made to stand for another one. */
export interface Alias {
  /** The alias, such as default, fast or vision. */
  name: string;
  /** The id of the model that it stands for. */
  model_id: string;
  /** A sentence, where that model is not there any more. */
  wrong: string;
  /** What it stood for, newest first; the first one is now. */
  history: Array<AliasTarget>;
}

/** What an alias points to since a moment. */
export interface AliasTarget {
  /** The alias. */
  name: string;
  /** The model's id. */
  model_id: string;
  /** The row's id; later ones sort after earlier ones. */
  id: string;
  /** When it was set. */
  set_at: string;
}

/** What a person allows of a tool. */
export type Allowance = 'ask' | 'always' | 'never';

/** An answer was rated, or rated otherwise. */
export interface AnswerRated {
  /** The rating as it is now. */
  rating: Rating;
}

/** An answer's model is asked again in a while, before its first word. */
export interface AnswerWaits {
  /** Where. */
  conversation_id: string;
  /** Which answer. */
  message_id: string;
  /** In how many seconds; 0: now. */
  seconds: number;
  /** What its provider said, in a sentence. */
  why: string;
}

/** One argument of a command: what it takes, and how it is written. */
export interface Argument {
  /** What it is called. */
  name: string;
  /** What it takes. */
  kind: ArgumentKind;
  /** What it is for, in a few words. */
  summary: string;
  /** The word in front of it, such as `by`. */
  lead: string;
  /** The words that it takes, or some that it understands. */
  words: Array<string>;
  /** The arguments that name the datasets whose columns it takes. */
  of: Array<string>;
  /** Whether the command needs it. */
  is_required: boolean;
  /** Whether there may be several, with commas between them. */
  repeats: boolean;
}

/** What one argument of a command takes. */
export type ArgumentKind = 'dataset' | 'column' | 'notebook' | 'word' | 'sql' | 'text';

/** A question and the answers that are on their way. */
export interface Asked {
  /** The question as kept. */
  question: Message;
  /** The answer so far (the first, where several were asked); follow the stream for the rest. */
  answer: Message;
  /** The conversation as it is now; it may have begun with this question. */
  conversation: Conversation;
  /** Every answer, in the order in which they are shown. */
  answers: Array<Message>;
}

/** A benchmark of one model, with what it found. */
export interface Bench {
  /** Which model. */
  model_id: string;
  /** The name that people know it by. */
  model: string;
  /** Tokens to read. */
  contexts: Array<number>;
  /** Requests at the same time. */
  streams: Array<number>;
  /** Requests for each figure. */
  requests: number;
  /** Tokens that each answer is to have. */
  answer_tokens: number;
  /** Who measures. */
  tool: BenchTool;
  /** The registered model's version; 0 for a provider's. */
  version: number;
  /** What answers, such as vLLM 0.32.0, or the provider's name. */
  engine: string;
  /** What it computes on, in words; empty where that is elsewhere. */
  machine: string;
  /** How the engine was started, in words. */
  settings: string;
  /** What the requests are, in words. */
  workload: string;
  /** What is to be known of the figures, in a sentence. */
  note: string;
  /** Where it is. */
  status: BenchStatus;
  /** What it does now. */
  doing: string;
  /** How far it is (0-1). */
  progress: number;
  /** The figures, in the order that they were taken. */
  points: Array<BenchPoint>;
  /** Why it failed, in a sentence. */
  failure: string;
  /** The way out. */
  hint: string;
  /** The benchmark's id. */
  id: string;
  /** When it was asked for. */
  created_at: string;
  /** When it ended. */
  ended_at: string | null;
}

/** A benchmark began, got on or ended. */
export interface BenchChanged {
  /** The benchmark as it is now. */
  bench: Bench;
}

/** The figures for one context and one number of streams. */
export interface BenchPoint {
  /** Tokens that were asked to be read. */
  context: number;
  /** Requests at the same time. */
  streams: number;
  /** Answers that came whole. */
  requests: number;
  /** Answers that did not. */
  failed: number;
  /** How long it took altogether. */
  seconds: number;
  /** Milliseconds to the first token, the median. */
  first_p50_ms: number | null;
  /** The same, for the slowest of twenty. */
  first_p95_ms: number | null;
  /** Tokens a second of one answer once it has begun, the median. */
  stream_tokens_per_second: number | null;
  /** Tokens a second of all answers together. */
  tokens_per_second: number;
  /** Tokens that a request read, on average. */
  prompt_tokens: number;
  /** Tokens that an answer had, on average. */
  answer_tokens: number;
  /** Whether the server counted tokens; false: pieces of the answers were counted. */
  is_counted: boolean;
  /** What went wrong, each once. */
  errors: Array<string>;
}

/** A benchmark was deleted. */
export interface BenchRemoved {
  /** Which one. */
  bench_id: string;
}

/** Where a benchmark is. */
export type BenchStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/** Who asks and takes the time. */
export type BenchTool = 'ours' | 'vllm';

/** What a bundle says of a block's runs elsewhere: a claim, no proof of this library. */
export interface BlockClaim {
  /** Which block. */
  block_id: string;
  /** Of the code that the claim is about. */
  code_hash: string;
  /** The file that says it. */
  label: string;
  /** What it says. */
  proof: BundleProof;
}

/** An export: blocks that are written into a file. */
export interface BlockExport {
  /** As what. */
  format: ExportFormat;
  /** What the file is called. */
  filename: string;
  /** How far it is. */
  status: TransferStatus;
  /** How many blocks are written. */
  done: number;
  /** How many there are. */
  total: number;
  /** The file's size in bytes. */
  size: number;
  /** Why it failed. */
  error: string;
  /** The way out. */
  hint: string;
  /** The export's id. */
  id: string;
  /** When it was begun. */
  made_at: string;
}

/** A value of a block's code that is filled in when the block is used. */
export interface BlockField {
  /** What it is called: an argument of `%use` and of `run()`, a parameter of a job. */
  name: string;
  kind: FieldKind;
  /** The value that the block's own code has, as a person types it. */
  default: string;
  /** The values to choose from, where it is a choice. */
  choices: Array<FieldChoice>;
  /** The dataset whose columns are meant, where it is a column of one that is known. */
  dataset: string;
  /** What it does, in a few words. */
  about: string;
  /** Where it stands in the code, first place first. */
  spots: Array<FieldSpot>;
}

/** A block that fits a table. */
export interface BlockFit {
  /** The block. */
  block: CodeBlock;
  /** Why it fits, in few words: `all 3 columns are here`, `needs amount, yours is Amt`. */
  reason: string;
  /** The name that the block has for the table → what it is called here. */
  names: Record<string, string>;
  /** The columns that it takes, and what they are called here. */
  columns: Array<ColumnFit>;
  /** Other names that it must be given. */
  also: Array<string>;
  /** Whether it needs nothing but this table, with these columns. */
  is_whole: boolean;
  /** Whether any table would do. */
  is_any: boolean;
}

/** The blocks that fit a table, best first. */
export interface BlockFits {
  /** The table. */
  dataset: string;
  /** How many need nothing but its columns. */
  count: number;
  /** How many more do with any table. */
  any_table: number;
  /** How many more find all their columns, or do with any table, and need something else too. */
  almost: number;
  /** The blocks. */
  fits: Array<BlockFit>;
  /** Whether there are more of them. */
  has_more: boolean;
}

/** An import: a file that is read, shown and kept. */
export interface BlockImport {
  /** The file's name. */
  filename: string;
  /** How far it is. */
  status: TransferStatus;
  /** How many blocks were read, or kept, so far. */
  done: number;
  /** How many there are; 0 where nobody knows yet. */
  total: number;
  /** How many are new. */
  new: number;
  /** How many are here already. */
  same: number;
  /** How many are nearly the same as one that is here. */
  near: number;
  /** How many cannot be read. */
  broken: number;
  /** How many blocks were made. */
  added: number;
  /** How many blocks got a revision. */
  revised: number;
  /** How many blocks got a source. */
  noted: number;
  /** For each that could not be kept, or not be undone, a sentence that says why. */
  refused: Array<string>;
  /** Why it failed. */
  error: string;
  /** The way out. */
  hint: string;
  /** The import's id. */
  id: string;
  /** When it was begun. */
  made_at: string;
}

/** A place that a block came from. One block may have many. */
export interface BlockSource {
  /** Whose. */
  block_id: string;
  /** What kind of place it is. */
  kind: SourceKind;
  /** What to call it; empty where its path says it. */
  label: string;
  /** The answer. */
  message_id: string | null;
  /** The notebook or file. */
  path: string;
  /** The cell in the notebook. */
  cell_id: string;
  /** The line in the file, counted from 1. */
  line: number;
  /** The source's id. */
  id: string;
  /** When code was kept from there. */
  noted_at: string;
}

/** A block that is tried. */
export interface BlockTrial {
  /** Which block. */
  block_id: string;
  /** The block's name. */
  name: string;
  /** What stands for the names that it needs. */
  inputs: Array<TrialInput>;
  /** Where it stands. */
  status: TrialStatus;
  /** How many trials are before it, while it is queued. */
  ahead: number;
  /** What it does now, in words. */
  step: string;
  /** What it showed. */
  outputs: Array<TrialOutput>;
  /** The error's class, where it failed. */
  error_name: string;
  /** What the error said, or which limit ended it. */
  error_message: string;
  /** The way out. */
  hint: string;
  /** Where it failed, with ANSI colours. */
  traceback: string;
  /** On what it ran, and with or without a network. */
  note: string;
  /** How long the block ran. */
  seconds: number | null;
  /** Most resident memory beyond what its process held when the block began, in bytes. */
  peak_bytes: number | null;
  /** The packages that it imports, each with its version. */
  packages: Record<string, string>;
  /** The run that it was noted as. */
  use_id: string;
  /** The trial's id. */
  id: string;
  /** When it was asked for. */
  created_at: string;
}

/** How much may be asked in a day or a month. */
export interface Budget {
  /** At this much, requests are refused before they are sent. */
  limit: number;
  /** What is counted. */
  unit: BudgetUnit;
  /** When it begins again. */
  period: BudgetPeriod;
  /** Whose requests count. */
  scope: BudgetScope;
  /** The person, the token's id, the pattern of models or the conversation's id. */
  subject: string;
  /** What people call it; empty: named by what it counts. */
  name: string;
  /** A notice is shown once at this share of the limit; 0: none. */
  warn_share: number;
  /** When it warned last. */
  warned_at: string | null;
  /** When it was used up last. */
  stopped_at: string | null;
  /** When it was removed, if it was. */
  removed_at: string | null;
  /** The budget's id. */
  id: string;
  /** When it was made. */
  created_at: string;
}

/** How long a budget lasts before it begins again, at midnight. */
export type BudgetPeriod = 'day' | 'month';

/** Whose requests a budget counts. */
export type BudgetScope = 'everyone' | 'person' | 'token' | 'model' | 'conversation';

/** A budget and how much of it is used. */
export interface BudgetState {
  /** The budget. */
  budget: Budget;
  /** Its name, or what it counts in words. */
  title: string;
  /** How much was used since it began, in its unit. */
  used: number;
  /** When it begins again. */
  resets_at: string;
  /** The same in words, such as "tomorrow at 00:00". */
  resets: string;
}

/** What a budget counts. */
export type BudgetUnit = 'tokens' | 'cost' | 'requests';

/** How a block's present code went where it was exported. */
export interface BundleProof {
  /** How often it ran through. */
  ok_runs: number;
  /** How often it failed. */
  failed_runs: number;
  /** How the last run went. */
  last_outcome: Outcome | null;
  /** The class of its error; what it said may hold a path or a value, and stays there. */
  last_error: string;
  /** When that was. */
  last_run_at: string | null;
  /** The packages of the last run without an error, each with its version. */
  packages: Record<string, string>;
}

/** A call whose place is a tab may run: the tab that claims it carries it out. */
export interface CallAllowed {
  /** Where it was asked for. */
  conversation_id: string;
  /** The call. */
  call: ToolCall;
}

/** A call of a tab ended, there or because it was stopped. */
export interface CallEnded {
  /** The call's own id. */
  call_id: string;
}

/** How far a call has come. Everything after running is final. */
export type CallStatus = 'waiting' | 'running' | 'succeeded' | 'failed' | 'refused' | 'stopped';

/** A tool that a model calls, whole: given once all of its arguments have come. */
export interface Called {
  /** The call's id, as the provider named it. */
  id: string;
  /** The tool's name, as it was offered. */
  name: string;
  /** The arguments as the model wrote them: JSON, hopefully. */
  arguments: string;
}

/** Who asks a model. */
export interface Caller {
  /** The person, as Jupyter knows them. */
  person: string;
  /** Through which door. */
  kind: CallerKind;
  /** The id of the Sponde token that was used; empty for Jupyter's own. */
  token: string;
  /** The conversation that it is for. */
  conversation_id: string;
}

/** Through which door a request comes. */
export type CallerKind = 'chat' | 'notebook' | 'program' | 'benchmark' | 'completion';

/** A variable that may be meant by a needed name. */
export interface Candidate {
  /** The variable. */
  name: string;
  /** Its type. */
  type: string;
  /** Its shape. */
  shape: string;
  /** The columns that the block touches on it. */
  columns: Array<ColumnFit>;
  /** Every column that it has, to choose from. */
  all_columns: Array<string>;
  /** Whether it fits so well that it is chosen until a person chooses otherwise. */
  is_likely: boolean;
}

/** What to do about due times that passed while no server ran. */
export type CatchUp = 'record' | 'run_once';

/** What a turn did to the cells of a notebook. */
export interface CellCounts {
  /** Cells that it inserted. */
  added: number;
  /** Cells whose text it changed. */
  changed: number;
  /** Cells that it took away. */
  removed: number;
  /** Cells that it only ran: their outputs are others. */
  ran: number;
}

/** What a cell depends on, as far as the texts say. */
export interface CellNeeds {
  /** The earlier cells that bring what it needs, directly or through others, in their order. */
  cells: Array<NeededCell>;
  /** The names that the cell itself needs. */
  names: Array<string>;
  /** Those that no earlier cell brings. */
  missing: Array<string>;
  /** Whether more cells would belong to them than there was room for. */
  is_cut: boolean;
}

/** What is different from the version before. */
export type ChangeKind = 'rows' | 'added' | 'removed' | 'renamed' | 'retyped' | 'moved' | 'gaps' | 'shifted' | 'values';

/** How things stood before a turn that changed cells or files. */
export interface Checkpoint {
  /** The answer whose turn it was. */
  message_id: string;
  /** The conversation. */
  conversation_id: string;
  /** What it changed. */
  files: Array<KeptFile>;
  /** Whether the change has been made. */
  is_made: boolean;
  /** The checkpoint that it was made for going back to; empty for a turn's own. */
  undoes: string;
  /** The checkpoint that undoes the going back, while one has gone back to this one. */
  went_back: string;
  /** When one went back to this one. */
  went_back_at: string | null;
  /** Paths that are being put back on the disk at this moment. */
  restoring: Array<string>;
  /** The checkpoint's id. */
  id: string;
  /** When it was made. */
  created_at: string;
}

/** A checkpoint was made, completed, or one went back to it. */
export interface CheckpointChanged {
  /** The checkpoint, which replaces what was known of it. */
  checkpoint: Checkpoint;
}

/** One reusable piece of code. */
export interface CodeBlock {
  /** What it is called in `%use name`; unique, letters, digits, - and _. */
  name: string;
  /** The language in lower case, such as python; text where it is unknown. */
  language: string;
  /** The code. */
  code: string;
  /** What it does, in a person's words. */
  description: string;
  /** Words to find it by. */
  tags: Array<string>;
  /** What its text says. */
  facts: CodeFacts;
  /** The answer that it came from. */
  message_id: string | null;
  /** How often it was put into a cell. */
  uses: number;
  /** How its present code went when it was last run; None where it never was. */
  last_outcome: Outcome | null;
  /** The error of that run, such as `KeyError: 'price'`. */
  last_error: string;
  /** When that was. */
  last_run_at: string | null;
  /** How often its present code ran through without an error. */
  ok_runs: number;
  /** How often its present code failed. */
  failed_runs: number;
  /** The packages of its last run without an error, each with its version. */
  proven_with: Record<string, string>;
  /** The last use whose output is kept; empty where none is. */
  output_id: string;
  /** The block's id. */
  id: string;
  /** When it was kept. */
  created_at: string;
  /** When a person last changed it. */
  updated_at: string;
  /** The values of its code that are filled in when it is used. */
  fields: Array<BlockField>;
}

/** A code block was kept, edited, used or restored. */
export interface CodeBlockChanged {
  /** The block as it is now. */
  block: CodeBlock;
}

/** A code block was deleted. */
export interface CodeBlockRemoved {
  /** Which one. */
  block_id: string;
}

/** Many code blocks were changed, deleted or brought back at once: ask again. */
export interface CodeBlocksChanged {
  /** Which. */
  block_ids: Array<string>;
}

/** What a block brings and what it must find, as far as its text says. */
export interface CodeFacts {
  /** The packages that it imports. */
  imports: Array<string>;
  /** The names that it leaves behind. */
  defines: Array<string>;
  /** The names that must be there before it runs. */
  needs: Array<string>;
  /** What is installed for its imports, such as scikit-learn for sklearn; Python's own not. */
  packages: Array<string>;
  /** The functions that it defines. */
  functions: Array<string>;
  /** The classes that it defines. */
  classes: Array<string>;
  /** The names of the datasets (in SQL: tables) that it touches. */
  datasets: Array<string>;
  /** The names of the columns that it touches, in order. */
  columns: Array<string>;
  /** Those of its columns that it makes itself: they need not be there before. */
  makes: Array<string>;
}

/** What a view's code is written in. */
export type CodeLanguage = 'pandas' | 'sql' | 'polars';

/** A part of a file or notebook that could be a block. */
export interface CodePiece {
  /** The code; a function's with the imports that it needs. */
  code: string;
  /** What it would be called. */
  name: string;
  /** Its language. */
  language: string;
  /** Whether it is more than a look at a value: what is chosen at first. */
  is_worth: boolean;
  /** The cell that it is. */
  cell_id: string;
  /** The line that it begins on, counted from 1; a cell's place among the cells. */
  line: number;
  /** The block that holds this code already. */
  block_id: string | null;
}

/** What could be said of code. */
export interface CodeSuggestion {
  /** What it does, as its own words or those around it say. */
  description: string;
  /** Words to find it by. */
  tags: Array<string>;
}

/** An ordered set of code blocks with a name. */
export interface Collection {
  /** What it is called. */
  name: string;
  /** What its blocks do together. */
  description: string;
  /** The blocks in their order. */
  block_ids: Array<string>;
  /** The collection's id. */
  id: string;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A collection was made, changed or brought back. */
export interface CollectionChanged {
  /** As it is now. */
  collection: Collection;
}

/** A file made of a collection; whoever asked for it writes it. */
export interface CollectionFile {
  /** What to call the file, with its ending. */
  name: string;
  /** The file: a notebook's JSON, or Python. */
  text: string;
  /** What a person should know of it, a sentence each. */
  notes: Array<string>;
}

/** A value that is given to a collection as a whole. */
export interface CollectionParameter {
  /** The variable. */
  name: string;
  /** Its value as Python writes it; empty where it must be given. */
  value: string;
  /** The dataset that is read for it, where it is a table and one fits. */
  dataset: string;
  /** Whether the blocks use it as a table. */
  is_table: boolean;
  /** The blocks that need it, or the one that it was written in. */
  block_ids: Array<string>;
}

/** One thing that is wrong with a collection. */
export interface CollectionProblem {
  /** What kind of thing. */
  kind: CollectionProblemKind;
  /** The block that has the problem. */
  block_id: string;
  /** The names that it is about. */
  names: Array<string>;
  /** The other block: who makes what is needed, or means something else by the name; for a function that is missing a block of the library that defines it, empty where none does. */
  other_id: string;
  /** That block's name. */
  other_name: string;
}

/** What stands in the way of a collection's blocks working together. */
export type CollectionProblemKind = 'late' | 'ring' | 'open' | 'clash' | 'broken' | 'foreign';

/** A collection was deleted. */
export interface CollectionRemoved {
  /** Which one. */
  collection_id: string;
}

/** A collection with its blocks, and how they stand to each other. */
export interface CollectionView {
  /** The collection. */
  collection: Collection;
  /** Its blocks in their order; deleted ones are left out. */
  blocks: Array<CodeBlock>;
  /** What is wrong. */
  problems: Array<CollectionProblem>;
  /** What is given to it: what its blocks need and none makes, and plain values. */
  parameters: Array<CollectionParameter>;
  /** Its blocks in the order of their needs. */
  sorted_ids: Array<string>;
  /** How many of its blocks are deleted. */
  gone: number;
}

/** One column and its statistics. */
export interface Column {
  /** What it is called: its name in the file where that is one, and its own. */
  name: string;
  /** Its DuckDB type. */
  type: string;
  /** The same in one word. */
  kind: ColumnKind;
  /** What the values are about, such as an e-mail address; None where that is not plain. */
  meaning: Meaning | null;
  /** Its name as it stands in the file, where that is another: empty, or there twice. */
  title: string | null;
  /** How the text is understood where that needs saying, such as %d.%m.%Y or 'decimal comma'. */
  form: string;
  /** Words that stand for no value, such as N/A. */
  missing: Array<string>;
  /** How many rows have no value. */
  nulls: number;
  /** How many different values. */
  distinct: number;
  /** Whether that is counted, or estimated. */
  distinct_is_exact: boolean;
  /** The smallest value, as text. */
  minimum: string | null;
  /** The largest value, as text. */
  maximum: string | null;
  /** The mean (numbers only). */
  mean: number | null;
  /** The standard deviation (numbers only). */
  deviation: number | null;
  /** 5, 25, 50, 75 and 95 per cent (numbers only). */
  quantiles: Array<number>;
  /** Whether those are counted, or estimated because the column is very large. */
  quantiles_are_exact: boolean;
  /** How many values are 0 (numbers only). */
  zeros: number;
  /** How many values are below 0 (numbers only). */
  negatives: number;
  /** How long the values are (text only). */
  lengths: Lengths | null;
  /** How values are spread (numbers, dates and times). */
  histogram: Histogram | null;
  /** The most frequent values, most frequent first. */
  top: Array<TopValue>;
  /** A few values from the first rows, as written. */
  examples: Array<string>;
}

/** A column that the block touches, and what it may be called here. */
export interface ColumnFit {
  /** What the block calls it. */
  name: string;
  /** The column that is most like it; the same where it is there, empty where none is like it. */
  here: string;
}

/** What a column's values are, in one word. */
export type ColumnKind = 'number' | 'text' | 'date' | 'time' | 'boolean' | 'other';

/** A slash command that answers without a model; with a model it is a tool. */
export interface Command {
  /** The word after the slash. */
  name: string;
  /** How it is written, such as `/plot @dataset column [by column]`. */
  usage: string;
  /** What it does, in a few words. */
  summary: string;
  /** Its arguments, in the order in which they are written. */
  arguments: Array<Argument>;
  /** What one may write, with `@sales` and `report.ipynb` for what is there. */
  examples: Array<string>;
  /** What it does, for models; empty: it is no tool. */
  description: string;
  /** Whether it changes nothing. */
  is_read_only: boolean;
}

/** What two variants' values of one metric say about each other. */
export interface Comparison {
  /** The name of the metric. */
  metric: string;
  /** What was found. */
  outcome: Finding;
  /** The first variant's values, and the second's: two. */
  groups: Array<Group>;
  /** How many pairs of runs that share their seed were compared; 0 where it was not in pairs. */
  pairs: number;
  /** The second variant's mean less the first's; None where one of them is missing. */
  difference: Estimate | null;
}

/** An experiment of an adapter against its base, filled in and not yet begun. */
export interface ComparisonPlan {
  /** The notebook that asks both, from the root folder. */
  notebook: string;
  /** What the two variants are called: the base, the adapter. */
  names: Array<string>;
  /** Their parameters. */
  parameters: Array<Record<string, string | number>>;
  /** What decides. */
  metric: string;
  /** Which values of it are better: higher or lower. */
  direction: string;
  /** How often each runs; each repeat draws its questions anew. */
  repeats: number;
}

/** What is at odds: both were changed, one side is gone, or git could not merge. */
export type ConflictKind = 'changed' | 'file_gone' | 'block_gone' | 'merge';

/** Code that a model proposes to go on with. */
export interface Continuation {
  /** What goes in at the cursor; empty: nothing. */
  text: string;
  /** The model's name. */
  model: string;
  /** Who serves it. */
  provider: string;
  /** Whether that is this machine. */
  is_local: boolean;
  /** Whether the model was not asked, because its engine does not run. */
  is_asleep: boolean;
}

/** Messages in order, about one matter. */
export interface Conversation {
  /** What it is about; the first question's beginning until renamed. */
  title: string;
  /** The conversation's id. */
  id: string;
  /** When it began. */
  created_at: string;
  /** When the last message came. */
  updated_at: string;
  /** The folder that it lies in; empty: none. */
  folder_id: string;
  /** Whether it stands above the others. */
  is_pinned: boolean;
  /** Whether it is put away: found by a search for it, not listed. */
  is_archived: boolean;
  /** Whether a person named it; false: the title follows what is asked. */
  is_named: boolean;
  /** Whether an answer ended that no tab has shown yet. */
  is_unread: boolean;
  /** Who is asked to answer in it; empty: nobody in particular. */
  persona_id: string;
}

/** A conversation was begun, renamed, restored or grew. */
export interface ConversationChanged {
  /** The conversation as it is now. */
  conversation: Conversation;
}

/** A part of the list of conversations. */
export interface ConversationPage {
  /** The conversations, pinned ones first, then the latest. */
  rows: Array<ConversationRow>;
  /** How many there are in the whole list. */
  total: number;
  /** How many conversations have an answer that no tab has shown yet. */
  unread: number;
  /** A sentence about what the search could not do; empty where it did all. */
  note: string;
  /** Whether more will be found in a moment: messages are still being read in. */
  is_reading: boolean;
}

/** A conversation was deleted. */
export interface ConversationRemoved {
  /** Which one. */
  conversation_id: string;
}

/** A conversation in the list. */
export interface ConversationRow {
  /** The conversation. */
  conversation: Conversation;
  /** What was found in it; None where nothing was looked for, or only its title fits. */
  hit: Hit | null;
}

/** What came of reading a file in. */
export interface ConversationsImported {
  /** The new conversations. */
  conversations: Array<Conversation>;
  /** How many messages they hold. */
  messages: number;
  /** Whose export it was: Sponde, Open WebUI or ChatGPT. */
  source: string;
}

/** How closely two columns of numbers go together. */
export interface Correlation {
  /** The one column's name. */
  first: string;
  /** The other's. */
  second: string;
  /** Pearson's coefficient, -1 to 1. */
  strength: number;
}

/** Something that was left out, and how much of it. */
export interface Cut {
  /** What. */
  kind: CutKind;
  /** Of what: a dataset's, file's or block's name. */
  name: string;
  /** How many of them. */
  count: number;
}

/** What was left out. */
export type CutKind = 'rows' | 'statistics' | 'passage' | 'blocks' | 'calls' | 'turns' | 'shortened' | 'tools' | 'instructions' | 'outputs' | 'withheld';

/** A publication as the list shows it. */
export interface Dashboard {
  /** What was published. */
  publication: Publication;
  /** How its original stands to it. */
  standing: Standing;
  /** Where it is shown, from the server's base URL. */
  address: string;
}

/** A file that could be a dataset. */
export interface DataFile {
  /** Where it lies: from the root folder, with slashes. */
  path: string;
  /** Its size. */
  bytes: number;
  /** The dataset that it is already; empty where it is none. */
  dataset_id: string;
}

/** A dataset that could stand for a name that a block needs. */
export interface DataFit {
  /** The dataset's name. */
  dataset: string;
  /** How many rows it has. */
  rows: number | null;
  /** Which part of the columns that the block touches it has, from 0 to 1. */
  score: number;
  /** The columns that it lacks. */
  missing: Array<string>;
}

/** The data files in a folder and in those below it. */
export interface DataFolder {
  /** The folder, from the root folder; empty for that one. */
  path: string;
  /** Its data files, by path. */
  files: Array<DataFile>;
  /** Whether there are more than are listed. */
  is_cut: boolean;
}

/** A data file that a person registered. */
export interface Dataset {
  /** What people, chat, SQL and notebooks call it: letters, digits, underscores. */
  name: string;
  /** Where it lies: from the root folder, with slashes. */
  path: string;
  /** Its size. */
  bytes: number;
  /** Which sheet of a workbook, or file of an archive; empty where the file is one table. */
  part: string;
  /** When the file last changed, in seconds since 1970, as it was read. */
  modified: number;
  /** How many rows it has; None until profiled. */
  rows: number | null;
  /** How many columns it has; None until profiled. */
  columns: number | null;
  /** How many of its rows have something wrong; the profile says what. */
  problems: number;
  /** How many things the profile warns about. */
  warnings: number;
  /** How far we know it. */
  status: DatasetStatus;
  /** Why it cannot be read, where it failed. */
  failure: Trouble | null;
  /** The root folder that its path begins in. */
  workspace: string;
  /** What a language model may read of it. */
  policy: Policy;
  /** How many rows, where the policy lets rows through. */
  policy_rows: number;
  /** What a person said about how it is written; None where all of it is as detected. */
  wishes: Writing | null;
  /** Words that a person gave it to find it by. */
  tags: Array<string>;
  /** Whether its file was not there when it was last looked for; all else is as it was then. */
  is_gone: boolean;
  /** When its file was first found to be gone; None where it is there. */
  gone_at: string | null;
  /** The dataset's id. */
  id: string;
  /** When it was registered. */
  created_at: string;
}

/** A dataset was added, profiled, restored or found changed. */
export interface DatasetChanged {
  /** The dataset as it is now. */
  dataset: Dataset;
}

/** What a dataset's columns are called, to find it by. */
export interface DatasetColumns {
  /** The dataset. */
  dataset_id: string;
  /** Its columns, in order. */
  names: Array<string>;
}

/** A file that waits to be fetched, once; it is deleted afterwards. */
export interface DatasetDownload {
  /** The download's id. */
  id: string;
  /** What the file is called. */
  filename: string;
  /** Its size. */
  bytes: number;
  /** How many rows it has. */
  rows: number;
}

/** What a dataset has been. */
export interface DatasetHistory {
  /** The dataset. */
  dataset_id: string;
  /** The latest first; its first is what the dataset has now. */
  versions: Array<DatasetVersion>;
  /** How many bytes the kept files of its earlier versions take. */
  kept_bytes: number;
  /** The ids of those whose profile is known still: any two of them can be compared. */
  known: Array<string>;
}

/** A dataset got a version more, or its file is gone. */
export interface DatasetHistoryChanged {
  /** Which one. */
  dataset_id: string;
}

/** Which files become datasets. */
export interface DatasetKinds {
  /** Endings of their names, others' readers' among them. */
  extensions: Array<string>;
  /** The readers that other packages bring. */
  readers: Array<OtherReader>;
}

/** SQL that a person ran over datasets: what came of it. */
export interface DatasetQuery {
  /** The SQL. */
  sql: string;
  /** Who ran it; empty where the server knows no names. */
  person: string;
  /** The root folder of the datasets. */
  workspace: string;
  /** How far it is. */
  status: QueryStatus;
  /** The result's columns. */
  columns: Array<string>;
  /** Their DuckDB types. */
  types: Array<string>;
  /** How many rows of the result are kept; None until there are some. */
  rows: number | null;
  /** Whether there are more rows than are kept; a download has all of them. */
  is_cut: boolean;
  /** How long it took; None until it ended. */
  seconds: number | null;
  /** Why it failed, where it did. */
  failure: QueryFailure | null;
  /** The query's id. */
  id: string;
  /** When it was run. */
  started_at: string;
}

/** A dataset was removed from the list; its file stays. */
export interface DatasetRemoved {
  /** Which one. */
  dataset_id: string;
}

/** How far we know a dataset. Waiting and profiling end by themselves. */
export type DatasetStatus = 'waiting' | 'profiling' | 'ready' | 'failed';

/** How far a file is on its way. */
export interface DatasetUpload {
  /** The file's name. */
  name: string;
  /** Its size. */
  bytes: number;
  /** Where it is to lie: from the root folder, with slashes. */
  folder: string;
  /** When it last changed on the person's computer, in milliseconds since 1970. */
  modified: number;
  /** The SHA-256 of its first 64 KiB; empty where that is unknown. */
  head: string;
  /** How many of its bytes are here; what is sent next begins there. */
  received: number;
  /** Whether a file of this name lies in the folder already. */
  is_taken: boolean;
  /** Where it was put at the end, from the root folder; empty until then. */
  path: string;
  /** The dataset that it became; empty until then. */
  dataset_id: string;
  /** Whether it took the place of a file, which can be put back. */
  has_replaced: boolean;
  /** The root folder that its folder begins in. */
  workspace: string;
  /** The upload's id. */
  id: string;
  /** When it began. */
  created_at: string;
}

/** A thing that uses a dataset. */
export interface DatasetUse {
  /** What kind of thing. */
  kind: DatasetUseKind;
  /** What it is called. */
  label: string;
  /** The conversation's, block's, job's or dashboard's id. */
  subject_id: string;
  /** The message that names the dataset. */
  message_id: string;
  /** The notebook, from the folder that JupyterLab serves. */
  path: string;
  /** The first cell in it that reads the dataset. */
  cell_id: string;
  /** Which of its cells that is, counted from 1; 0 where it is no cell. */
  cell: number;
  /** How many cells read it. */
  cells: number;
  /** When it was last changed or asked. */
  last_at: string | null;
}

/** What kind of thing uses a dataset. */
export type DatasetUseKind = 'conversation' | 'block' | 'notebook' | 'job' | 'dashboard';

/** The things that use a dataset. */
export interface DatasetUses {
  /** The dataset. */
  dataset_id: string;
  /** Notebooks, then jobs, dashboards, blocks and conversations; of each the latest first. */
  uses: Array<DatasetUse>;
  /** Whether there are more notebooks in the folder than were looked through. */
  is_cut: boolean;
}

/** The contents that a dataset has, or had. */
export interface DatasetVersion {
  /** The dataset. */
  dataset_id: string;
  /** Counted from 1; the highest is what it has now. */
  number: number;
  /** Why they are others than before. */
  cause: VersionCause;
  /** The file's size. */
  bytes: number;
  /** When the file had last changed, in seconds since 1970. */
  modified: number;
  /** What tells these contents from others: SHA-256 of the file, of a large one of parts of it. */
  digest: string;
  /** How many rows they have. */
  rows: number;
  /** How many columns they have. */
  columns: number;
  /** Whether the file itself is kept, so that one can go back to it. */
  is_kept: boolean;
  /** When the file was found to be gone, where that happened with these contents. */
  gone_at: string | null;
  /** What is different from the version before, what matters most first; the first hundred. */
  changes: Array<VersionChange>;
  /** How many differences there are in all. */
  change_count: number;
  /** The version's id. */
  id: string;
  /** When it was noticed. */
  noted_at: string;
}

/** A stretch of days without a row. */
export interface DateGap {
  /** The last day before it. */
  after: string;
  /** The first day behind it. */
  before: string;
  /** How many days have no row. */
  days: number;
}

/** Where a column of dates leaves days out. */
export interface DateGaps {
  /** The column's name. */
  column: string;
  /** How many days usually lie between two that have rows. */
  step: number;
  /** How many gaps there are. */
  count: number;
  /** How many days they have together. */
  days: number;
  /** The longest, in order of time. */
  longest: Array<DateGap>;
}

/** What a person says to a call that waits. */
export type Decision = 'once' | 'always' | 'refuse' | 'never';

/** A code block that was deleted and can be brought back. */
export interface DeletedBlock {
  /** The block. */
  block: CodeBlock;
  /** When it was deleted. */
  removed_at: string;
  /** When it is deleted for good; None where deleted blocks are kept for ever. */
  gone_at: string | null;
}

/** A page of deleted code blocks, the latest first. */
export interface DeletedBlocks {
  /** The page. */
  blocks: Array<DeletedBlock>;
  /** How many there are in all. */
  total: number;
}

/** What a model says that a block does: a proposal, nothing is changed. */
export interface Described {
  /** One sentence. */
  description: string;
  /** Who said it. */
  model: string;
}

/** What an engine computes on. */
export type Device = 'cuda' | 'rocm' | 'cpu';

/** How the file is written: everything that reading it needs, nothing guessed twice. */
export interface Dialect {
  /** What kind of file. */
  kind: FileKind;
  /** The text's encoding, by Python's name. */
  encoding: string;
  /** What stands between fields. */
  delimiter: string;
  /** What stands around fields; empty where nothing does. */
  quote: string;
  /** What stands before a quote inside a quoted field. */
  escape: string;
  /** Whether the first row holds the names. */
  has_header: boolean;
  /** How many lines stand above the first row of values, the header's among them. */
  skip: number;
  /** The length of the longest line, in bytes. */
  longest_line: number;
  /** Whether a mended copy in UTF-8 is read, because the file itself cannot be read as it is. */
  mended: boolean;
  /** How the file is packed: gzip, zstd, bzip2, xz, lz4 or zip; empty where it is not. */
  packed: string;
  /** What was made of the file and is read in its place; None where the file itself is read. */
  read_as: FileKind | null;
  /** Which reader of another package made it, where one did. */
  reader: string;
  /** What stands between fields in the file itself, where a mended copy is read. */
  own_delimiter: string;
  /** What stands around fields in the file itself, where a mended copy is read. */
  own_quote: string;
}

/** Which values of a metric are better. */
export type Direction = 'higher' | 'lower';

/** Files of a version came, or were checked; told at most four times a second. */
export interface DownloadProgressed {
  /** The registered name. */
  model: string;
  /** Which version. */
  number: number;
  /** What has come, or was checked. */
  done_bytes: number;
  /** What there is altogether. */
  size_bytes: number;
  /** How fast, over the last seconds. */
  bytes_per_second: number;
  /** What is being done, such as 'downloading model.safetensors'. */
  doing: string;
}

/** One process that serves models, or an address where one was found. */
export interface Engine {
  /** The registered name of the model that it serves. */
  model: string;
  /** Which version of it. */
  version: number;
  /** Where its weights are; empty for an adopted one. */
  path: string;
  /** Where it is in its life. */
  status: EngineStatus;
  /** Whose process it is. */
  source: EngineSource;
  /** What it is doing now, such as 'loading weights'. */
  doing: string;
  /** How far that is (0-1), where it can be known. */
  progress: number | null;
  /** How it is to be started, as people set it. */
  settings: EngineSettings;
  /** The settings that it runs with, everything chosen. */
  chosen: EngineSettings | null;
  /** The command line that runs it. */
  command: Array<string>;
  /** Names of the adapters that it serves now. */
  adapters: Array<string>;
  /** Why it failed. */
  failure: EngineFailure | null;
  /** Whether the platform can put it to sleep. */
  can_sleep: boolean;
  /** Where it answers: http(s)://… or unix:/path of a socket. */
  address: string;
  /** Which vLLM it is, where known. */
  vllm_version: string;
  /** Its first process; 0 where none runs. */
  pid: number;
  /** How often it was started again after a crash, lately. */
  restarts: number;
  /** The engine's id. */
  id: string;
  /** When its status changed last. */
  changed_at: string;
  /** When it was asked last. */
  asked_at: string | null;
}

/** An engine's status, progress or adapters changed. */
export interface EngineChanged {
  /** The engine as it is now. */
  engine: Engine;
}

/** Why an engine cannot run, in words, with the way out. */
export interface EngineFailure {
  /** Which rule of failures.py knew it, such as out_of_memory; unknown where none did. */
  kind: string;
  /** What is wrong. */
  message: string;
  /** The way out. */
  hint: string;
  /** Smaller settings that fit, to try with one click. */
  try_settings: EngineSettings | null;
}

/** The end of what an engine wrote. */
export interface EngineLog {
  /** Its lines, without colours and control characters. */
  text: string;
  /** Whether nothing came before. */
  is_whole: boolean;
}

/** What an engine does now: its own figures, beside what is seen from here. */
export interface EngineMonitor {
  /** Requests that it answers. */
  running: number;
  /** Requests that wait in it. */
  waiting: number;
  /** How full its cache is (0-1). */
  cache_use: number;
  /** Requests that went through here and are not answered yet. */
  in_flight: number;
  /** Whether it gives figures at all. */
  is_known: boolean;
  /** Who makes it slow, if it is slow. */
  sentence: string;
  /** engine, sponde, or empty where nothing is slow. */
  blamed: string;
  /** Tokens read a second; None until two looks are made. */
  prompt_tokens_per_second: number | null;
  /** Tokens written a second, over all requests. */
  tokens_per_second: number | null;
  /** Seconds to the first token in the last minute, as it says. */
  first_token_seconds: number | null;
  /** The same as seen from here. */
  first_token_seen_seconds: number | null;
  /** Milliseconds that are added between it and the asker. */
  added_ms: number | null;
  /** Seconds that requests of the last minute waited in it. */
  queue_seconds: number | null;
  /** Seconds between two tokens of one answer in the last minute. */
  seconds_per_token: number | null;
  /** Answers that it had to put aside in the last minute. */
  preemptions: number;
  /** The graphics cards now. */
  gpus: Array<Gpu>;
  /** Main memory of its processes; 0 where unknown. */
  memory_bytes: number;
  /** When this was so. */
  at: string;
}

/** An engine was forgotten. */
export interface EngineRemoved {
  /** Which one. */
  engine_id: string;
}

/** How an engine is started; nothing set means: chosen by what fits. */
export interface EngineSettings {
  /** Tokens that one request may read and write; 0: chosen. */
  context_length: number;
  /** vLLM's name of a quantisation; empty: as the weights are. */
  quantization: string;
  /** Share of each GPU's memory (0-1), or of the memory that may be used on a CPU; 0: chosen. */
  memory_share: number;
  /** GPUs to share one model; 0: chosen. */
  tensor_parallel: number;
  /** Requests answered at the same time; 0: chosen. */
  max_streams: number;
  /** Further words for the command line, as they stand. */
  more: Array<string>;
  /** Never unloaded for being idle. */
  is_pinned: boolean;
}

/** Whose process an engine is. */
export type EngineSource = 'ours' | 'adopted';

/** Where an engine is in its life. */
export type EngineStatus = 'stopped' | 'starting' | 'ready' | 'asleep' | 'stopping' | 'failed';

/** A number and how sure it is. */
export interface Estimate {
  /** The number. */
  value: number;
  /** Where the 95 % interval begins; None where there is none. */
  low: number | null;
  /** Where the 95 % interval ends; None where there is none. */
  high: number | null;
}

/** Two variants of a notebook, compared by one metric over a fixed number of runs. */
export interface Experiment {
  /** What people call it. */
  name: string;
  /** The root folder. */
  workspace: string;
  /** What is compared: two. */
  variants: Array<Variant>;
  goal: Goal;
  /** How often each variant runs. */
  repeats: number;
  /** Whether each repeat of both variants shares a seed, so that they are compared in pairs. */
  is_paired: boolean;
  /** How far it has come. */
  status: ExperimentStatus;
  /** What was found; None until every run is in. */
  verdict: Verdict | null;
  /** When it was deleted. */
  removed_at: string | null;
  /** When it was begun. */
  created_at: string;
  /** When it was decided or cancelled. */
  ended_at: string | null;
  /** The experiment's id. */
  id: string;
}

/** An experiment was begun, went on, was decided, cancelled, removed or restored. */
export interface ExperimentChanged {
  /** Which experiment. */
  experiment_id: string;
  /** How many of its runs have ended. */
  done: number;
}

/** An experiment as the list shows it. */
export interface ExperimentOverview {
  /** The experiment. */
  experiment: Experiment;
  /** How many of its runs have ended. */
  done: number;
}

/** An experiment with all of its runs. */
export interface ExperimentReport {
  /** The experiment. */
  experiment: Experiment;
  /** Its runs, in the order of their turns. */
  trials: Array<Trial>;
  /** How many have ended. */
  done: number;
}

/** How far an experiment has come. Everything but running is final. */
export type ExperimentStatus = 'running' | 'decided' | 'cancelled';

/** An export went on. */
export interface ExportChanged {
  /** How far it is. */
  transfer: BlockExport;
}

/** What is made of blocks. */
export type ExportFormat = 'bundle' | 'folder' | 'notebook' | 'markdown' | 'json';

/** The file that a conversation became. */
export interface Exported {
  /** Its path from the root folder. */
  path: string;
}

/** What an answer may hold of a dataset. */
export interface Exposure {
  /** Which dataset. */
  dataset_id: string;
  /** Its name. */
  name: string;
  /** What its policy let through when the model was asked. */
  policy: Policy;
  /** How many rows, where it let rows through. */
  rows: number;
  /** Whether a tool showed it to a model of this machine, past the policy. */
  is_local_only: boolean;
}

/** Why there is no whole answer. */
export interface Failure {
  /** What went wrong. */
  message: string;
  /** Which kind of failure. */
  code: string;
  /** The way out. */
  hint: string;
}

/** How far a fetch is. */
export type FetchStatus = 'fetching' | 'waiting' | 'done' | 'failed';

/** A value that may be chosen. */
export interface FieldChoice {
  /** The value, as a person reads and types it. */
  text: string;
  /** The same as the code writes it, such as None; empty where it is a text. */
  literal: string;
}

/** What may be filled in. */
export type FieldKind = 'text' | 'number' | 'date' | 'choice' | 'column' | 'dataset';

/** What could become a field of a block. */
export interface FieldOffers {
  /** The blocks that differ in nothing but values; nearest first. */
  twins: Array<TwinOf>;
  /** The values that differ among them, or every value of the block where no twins are asked. */
  offers: Array<Offered>;
}

/** Values that belong together: those of a block that went up in this one. */
export interface FieldPreset {
  /** What they are called: the name that the block had. */
  name: string;
  /** The value of each field. */
  values: Record<string, string>;
}

/** What is wrong with one field of a form. */
export interface FieldProblem {
  /** The parameter, or `cron` and `time_zone` for a schedule's fields. */
  name: string;
  /** What is wrong, in a sentence. */
  message: string;
}

/** A place in the code where a field's value stands. */
export interface FieldSpot {
  /** Its first character. */
  start: number;
  /** The character after its last one. */
  end: number;
  /** What stands there. */
  form: SpotForm;
}

/** What a block's fields were changed to. */
export interface FieldsMade {
  /** What undoes it. */
  change_id: string;
  /** The fields that it has now. */
  fields: Array<BlockField>;
  /** How many blocks went up in it. */
  twins: number;
}

/** All that is asked before a block with fields is put into a notebook. */
export interface FieldsOfBlock {
  /** Its fields, in the order of the code. */
  fields: Array<BlockField>;
  /** The values that were filled in last; empty where none were. */
  last: Record<string, string>;
  /** Values that belong together. */
  presets: Array<FieldPreset>;
  /** Dataset → its columns, for those that its fields may mean; the likeliest first. */
  columns: Record<string, Array<string>>;
  /** The names of the datasets there are, where a field asks for one. */
  datasets: Array<string>;
  /** What takes the fields back that were made last; empty where nothing does. */
  undo_id: string;
}

/** What kind of file it is. */
export type FileKind = 'csv' | 'parquet' | 'json' | 'excel' | 'arrow' | 'other';

/** A notebook or file at one moment. */
export interface FileState {
  /** Whether there was one. */
  exists: boolean;
  /** The notebook (notebooks only). */
  notebook: Record<string, unknown> | null;
  /** The text (files that are text only). */
  text: string | null;
  /** Its size. */
  bytes: number;
}

/** A notebook or file of a checkpoint, before the turn and after it. */
export interface FileStates {
  /** Where it is. */
  path: string;
  /** How it was; None: it was too large to be kept. */
  before: FileState | null;
  /** How the turn left it; None: not known. */
  after: FileState | null;
  /** Whether it is otherwise on the disk than the turn left it. */
  is_changed: boolean;
}

/** Code with its fields filled in. */
export interface FilledCode {
  /** The code. */
  code: string;
  /** The value of every field. */
  values: Record<string, string>;
}

/** Something that can be typed into the search. */
export interface FilterOffer {
  /** What it becomes: `imports:` or `imports:pandas`. */
  text: string;
  /** What it asks. */
  about: string;
  /** How many blocks have it; None for a filter without a value. */
  blocks: number | null;
}

/** What a comparison has found. */
export type Finding = 'winner' | 'undecided' | 'same' | 'too_few';

/** One part of the bar: something that takes memory. */
export interface FitPart {
  /** What it is. */
  kind: PartKind;
  /** What it takes, of each GPU or of the main memory. */
  bytes: number;
}

/** A block's code under the names of a dataset. */
export interface FittedBlock {
  /** The code. */
  code: string;
  /** What the block says → what is here, of variables and tables. */
  names: Record<string, string>;
  /** The same of columns. */
  columns: Record<string, string>;
  /** The lines that load the dataset; empty where none are needed. */
  before: string;
}

/** A named place for conversations; folders may lie in folders. */
export interface Folder {
  /** What people call it. */
  name: string;
  /** The folder that it lies in; empty: none. */
  parent_id: string;
  /** The folder's id. */
  id: string;
  /** When it was made. */
  created_at: string;
}

/** The folder was compared with the library: ask again. */
export interface FolderChanged {
  /** How many wait for a person. */
  conflicts: number;
  /** How many blocks or files were brought in step. */
  changed: number;
}

/** A block and its file that say different things: a person decides. */
export interface FolderConflict {
  /** The file, from the folder. */
  path: string;
  /** What is at odds. */
  kind: ConflictKind;
  /** The block's name. */
  name: string;
  /** What happened, in a sentence. */
  words: string;
  /** The text here; empty where it is gone. */
  mine: string;
  /** The text there; empty where it is gone. */
  theirs: string;
  /** The language of both. */
  language: string;
  /** The block; empty where the library has none. */
  block_id: string;
}

/** What would happen if a folder were set. */
export interface FolderPlan {
  /** The folder. */
  path: string;
  /** Whether it is there. */
  exists: boolean;
  /** How many blocks would be written into it. */
  to_write: number;
  /** How many files of it would become blocks. */
  to_take: number;
  /** How many files of code without a head of ours would be left alone. */
  others: number;
  /** Whether it lies in a git repository. */
  is_repository: boolean;
}

/** What a folder holds, and what is wrong with it. */
export interface FolderReport {
  /** The folder, resolved. */
  path: string;
  /** Whole weights or an adapter. */
  kind: ModelKind;
  /** The name that it would be registered under. */
  suggested_name: string;
  /** Its licence, as its README or LICENSE names it. */
  licence: string;
  /** What its config names, such as Qwen2ForCausalLM. */
  architecture: string;
  /** Tokens that it can read and write at once; 0 where its config does not say. */
  context_length: number;
  /** For an adapter: the registered name of its base, where it is registered. */
  base: string;
  /** For an adapter: what its config names as its base. */
  base_reference: string;
  /** What its files take. */
  size_bytes: number;
  /** Sentences about what keeps it from being used. */
  problems: Array<string>;
  /** Sentences about what is not looked at, and why. */
  left_out: Array<string>;
  /** Whether its weights come only in the pickled form. */
  has_pickle: boolean;
}

/** The library as files: how it stands. */
export interface FolderState {
  /** The folder; empty where none is set. */
  path: string;
  /** How many blocks have a file there. */
  files: number;
  /** What waits for a person. */
  conflicts: Array<FolderConflict>;
  /** For each file that could not be taken, a sentence that says why. */
  refused: Array<string>;
  /** Files of code there without a head of ours: they are left alone. */
  others: number;
  /** Why nothing is kept in step now. */
  problem: string;
  /** The way out. */
  hint: string;
  /** What git says. */
  git: GitState;
  /** When both were last compared. */
  looked_at: string | null;
}

/** A folder was made, renamed, moved or deleted. */
export interface FoldersChanged {
  /** The folders as they are now. */
  folders: Array<Folder>;
}

/** What was pointed at its file again. */
export interface Found {
  /** The datasets: the one that was asked for, and others that had moved along with it. */
  names: Array<string>;
}

/** A block that was found, and why. */
export interface FoundBlock {
  /** The block. */
  block: CodeBlock;
  /** Why it stands here, in few words: `defines read_sales · proven 3× · used 12×`. */
  reason: string;
  /** What was looked for, in its texts; the first few. */
  marks: Array<TextMark>;
}

/** What a search has found. */
export interface FoundBlocks {
  /** The best first. */
  blocks: Array<FoundBlock>;
  /** Whether there are more of them. */
  has_more: boolean;
  /** Whether more will be found by meaning in a moment: blocks are still being read. */
  is_reading: boolean;
  /** What of the query was not understood, a sentence each; the rest was searched. */
  wrongs: Array<string>;
  /** Where nothing was found: filters that stand in the way. */
  without: Array<WithoutFilter>;
  /** Whether there was no time to look through everything; while typing, ask again without. */
  was_cut: boolean;
}

/** A program that serves models already, at an address that was knocked at. */
export interface FoundEngine {
  /** What it is, such as vLLM or Ollama; empty where it does not say. */
  kind: string;
  /** Where it answers, up to and with /v1. */
  address: string;
  /** Its version, where it says so. */
  version: string;
  /** The models that it has. */
  models: Array<string>;
  /** Whether its address is in jupyter_config.py. */
  is_configured: boolean;
  /** Whether it asks for a key before it says anything. */
  wants_key: boolean;
  /** Why a configured one cannot be used, in a sentence. */
  failure: string;
}

/** A file that a question can name. */
export interface FoundFile {
  /** Where it lies: from the root folder, with slashes. */
  path: string;
  /** Its size. */
  bytes: number;
}

/** A token with which a program asks models, and nothing else. */
export interface GatewayToken {
  /** What it is for, in a person's words. */
  name: string;
  /** Who made it. */
  person: string;
  /** Its last four letters: the token itself is not kept. */
  hint: string;
  /** What it allows. */
  scopes: Array<Scope>;
  /** Names, aliases or ids of the models that it may ask; none: all of them. */
  models: Array<string>;
  /** Requests in any 60 seconds; 0: no limit. */
  requests_per_minute: number;
  /** Requests at the same time; 0: no limit. */
  parallel: number;
  /** Tokens read and written from midnight to midnight of the server's clock; 0: no limit. */
  tokens_per_day: number;
  /** When it ends by itself; None: never. */
  expires_at: string | null;
  /** When it was revoked. */
  revoked_at: string | null;
  /** When a program came with it last. */
  last_used_at: string | null;
  /** The day that the next two fields are about, such as 2026-11-21. */
  use_day: string;
  /** Requests on that day. */
  requests_today: number;
  /** Tokens read and written on that day. */
  tokens_today: number;
  /** The token's id: how usage and budgets name it. */
  id: string;
  /** When it was made. */
  created_at: string;
}

/** What came of a deed of git. */
export interface GitDone {
  /** In a sentence. */
  said: string;
  /** How it stands now. */
  state: FolderState;
}

/** What git says of the folder. */
export interface GitState {
  /** Whether git is installed. */
  is_there: boolean;
  /** Whether the folder lies in a repository. */
  is_repository: boolean;
  /** The branch; empty where none is checked out. */
  branch: string;
  /** Where it is pushed, without names and passwords; empty where nowhere. */
  remote: string;
  /** Whether the branch has been pushed or pulled before. */
  has_upstream: boolean;
  /** Commits here that are not there, as of the last pull. */
  ahead: number;
  /** Commits there that are not here, as of the last pull. */
  behind: number;
  /** Files of the library that are not committed. */
  changed: Array<string>;
  /** Whether a pull waits for conflicts to be solved. */
  is_merging: boolean;
  /** The last commit, in its first line. */
  last_commit: string;
  /** A message for a commit of what has changed. */
  suggestion: string;
  /** What stands in the way, in a sentence with the way out. */
  note: string;
}

/** What decides. */
export interface Goal {
  /** The name of the metric, as the notebooks report it. */
  metric: string;
  /** Which values are better. */
  direction: Direction;
}

/** One graphics card, as its driver describes it. */
export interface Gpu {
  /** Its number, as CUDA_VISIBLE_DEVICES counts. */
  index: number;
  /** What it is called. */
  name: string;
  /** Its memory. */
  total_bytes: number;
  /** What nobody uses of it now. */
  free_bytes: number;
  /** How it is computed on. */
  device: Device;
  /** NVIDIA's compute capability, such as 8.9; empty where unknown. */
  capability: string;
  /** Degrees Celsius, where it says so. */
  temperature: number | null;
  /** Share of time (0-1) that it computed lately, where it says so. */
  busy: number | null;
}

/** One variant's values of a metric. */
export interface Group {
  /** How many values there are. */
  count: number;
  /** Their mean; None where there are none. */
  mean: Estimate | null;
  /** Whether there are several and all are the same. */
  is_constant: boolean;
}

/** What usage is summed by. */
export type Grouping = 'model' | 'person' | 'kind' | 'token' | 'conversation' | 'day';

/** How values are spread. */
export interface Histogram {
  /** The bins' borders, one more than bins; dates as seconds since 1970. */
  edges: Array<number>;
  /** How many values each bin holds. */
  counts: Array<number>;
}

/** Where a search found something. */
export interface Hit {
  /** The message; a conversation opened there shows it. */
  message_id: string;
  /** Whether a person said it. */
  is_question: boolean;
  /** What stands around it, on one line. */
  passage: string;
  /** What was looked for in it. */
  marks: Array<Mark>;
}

/** Where models are downloaded from. */
export interface Hub {
  /** Its address. */
  url: string;
  /** The end of this person's token; empty where there is none. */
  token_hint: string;
}

/** What the hub has under an id, and what of it would be brought. */
export interface HubModel {
  /** Its id, as the hub writes it. */
  hub_id: string;
  /** The commit that would be brought. */
  revision: string;
  /** Whole weights or an adapter. */
  kind: ModelKind;
  /** The name that it would be registered under. */
  suggested_name: string;
  /** Its licence, as its card names it. */
  licence: string;
  /** For an adapter: the model that its card names as its base. */
  base_reference: string;
  /** What its files take. */
  size_bytes: number;
  /** How many files would be brought. */
  files: number;
  /** Sentences about what is left out, and why. */
  left_out: Array<string>;
  /** A sentence that says why it cannot be used; empty where it can. */
  problem: string;
  /** Free space where it would go. */
  free_bytes: number;
  /** Whether its authors ask people to accept terms first. */
  is_gated: boolean;
  /** Whether its weights come only in the pickled form. */
  has_pickle: boolean;
}

/** An import went on. */
export interface ImportChanged {
  /** How far it is. */
  transfer: BlockImport;
}

/** A block of an import beside the one here that is nearly the same. */
export interface ImportPair {
  /** Its name there. */
  name: string;
  /** Its language. */
  language: string;
  /** Its code. */
  code: string;
  /** The code of the block here; empty where there is none. */
  mine: string;
  /** Its name. */
  mine_name: string;
}

/** A block of an import, before it is kept. */
export interface ImportRow {
  /** Its place in the file, counted from 0. */
  at: number;
  /** What it is here. */
  state: RowState;
  /** Its name there. */
  name: string;
  /** Its language. */
  language: string;
  /** What it does. */
  description: string;
  /** Where in the file it stands, such as a file of a zip. */
  place: string;
  /** Why it cannot be read, or what becomes of it. */
  note: string;
  /** The block here that has the same code, or nearly the same. */
  block_id: string;
  /** That block's name. */
  block_name: string;
  /** How much they have in common, from 0 to 1. */
  likeness: number;
  /** What becomes of it unless a person says otherwise. */
  choice: RowChoice;
}

/** Some blocks of an import. */
export interface ImportRows {
  /** The page. */
  rows: Array<ImportRow>;
  /** How many there are of this state. */
  total: number;
}

/** The vLLM that engines are started with. */
export interface Installation {
  /** Whether there is one. */
  is_found: boolean;
  /** Its version, such as 0.32.0 or 0.32.0+cpu. */
  version: string;
  /** Whether it is a build for processors. */
  is_cpu: boolean;
  /** What starts it: an interpreter, or a command. */
  program: string;
  /** What is wrong, where there is none. */
  message: string;
  /** Command lines that would install one, the best for this machine first. */
  ways: Array<string>;
}

/** A notebook with its parameters, and when to run it. */
export interface JobDefinition {
  /** What people call it. */
  name: string;
  /** The notebook's path from the root folder. */
  notebook: string;
  /** The root folder. */
  workspace: string;
  /** Values by name. */
  parameters: Record<string, unknown>;
  /** When it runs; None: only when somebody starts it. */
  schedule: Schedule | null;
  /** Whether its schedule counts. */
  is_enabled: boolean;
  /** Seconds after which a run is ended; None: the setting SpondeJobs.time_limit. */
  time_limit: number | null;
  /** When it is due next. */
  next_at: string | null;
  /** Its latest run. */
  last_run_id: string | null;
  /** When it was deleted. */
  removed_at: string | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
  /** The definition's id. */
  id: string;
}

/** A job definition was made, changed, restored or removed. */
export interface JobDefinitionChanged {
  /** The definition as it is now. */
  definition: JobDefinition;
}

/** A notebook or file, before a turn and after it. */
export interface KeptFile {
  /** Where it is, from the root folder. */
  path: string;
  /** What it is. */
  kind: KeptKind;
  /** The digest of how it was; empty: there was none; None: it was too large to be kept. */
  before: string | null;
  /** The digest of how the turn left it; empty: there is none; None: not known. */
  after: string | null;
  /** False where outputs were left out, because the notebook was too large with them. */
  is_whole: boolean;
  /** What the turn did to its cells. */
  cells: CellCounts;
}

/** What is kept. */
export type KeptKind = 'notebook' | 'file';

/** Columns that together have another value in every row. */
export interface Key {
  /** Their names: one, or two where no single one is enough. */
  columns: Array<string>;
}

/** Where a key is kept. */
export type KeyPlace = 'file' | 'keyring' | 'environment';

/** A text that the library holds. */
export interface KnownCode {
  /** The text as asked. */
  code: string;
  /** The block that holds it. */
  block_id: string;
  /** The block's name. */
  name: string;
}

/** A metric that earlier runs of a notebook have reported. */
export interface KnownMetric {
  /** Its name. */
  name: string;
  /** Its latest value. */
  value: number;
}

/** How much of the library is in one language. */
export interface LanguageCount {
  /** The language. */
  language: string;
  /** How many blocks. */
  blocks: number;
}

/** Why a row was left out. */
export type LeftOutReason = 'person' | 'cut' | 'failed' | 'disliked' | 'no_model' | 'empty' | 'roles' | 'too_long' | 'secret' | 'duplicate' | 'near_duplicate';

/** How many rows were left out for one reason. */
export interface LeftOutRows {
  /** The reason. */
  reason: LeftOutReason;
  /** How many. */
  count: number;
  /** The reason in words. */
  sentence: string;
}

/** How long a text column's values are, in characters. */
export interface Lengths {
  /** The shortest. */
  shortest: number;
  /** The longest. */
  longest: number;
  /** The mean. */
  mean: number;
}

/** How much a line of activity matters. */
export type Level = 'info' | 'warning' | 'error';

/** How much there is to train on. */
export interface LikedAnswers {
  /** How many answers are liked. */
  count: number;
  /** Who wrote them. */
  models: Array<NamedCount>;
}

/** What a person thought of an answer. */
export type Liking = '' | 'liked' | 'disliked';

/** Where the lines of a text file are: each in one of these, and in one alone. */
export interface LineCount {
  /** How many the file has. */
  total: number;
  /** Above the first row: what stands above the table, and its names. */
  above: number;
  /** Rows that are shown begin on so many. */
  rows: number;
  /** Rows that are left out begin on so many. */
  left_out: number;
  /** Comments. */
  comments: number;
  /** Lines that are blank, or with which the record above them goes on. */
  rest: number;
}

/** Lines of a file as they are, around one that is asked for. */
export interface LinesAround {
  /** Which line the first of them is, counted from 1. */
  first: number;
  /** The lines, each cut after 2,000 characters. */
  lines: Array<string>;
}

/** What an engine could use here. */
export interface Machine {
  /** Processor cores that this server may use. */
  cores: number;
  /** Main memory, or what a container may use of it. */
  memory_bytes: number;
  /** What is free of it now. */
  free_memory_bytes: number;
  /** Size of the disk where models lie. */
  disk_bytes: number;
  /** What is free of it. */
  free_disk_bytes: number;
  /** The processor's name. */
  cpu: string;
  /** What the processor can do that matters to vLLM, such as avx2 or avx512f. */
  features: Array<string>;
  /** The graphics cards; empty where there are none. */
  gpus: Array<Gpu>;
  /** Version of the graphics driver; empty where there is none. */
  driver: string;
  /** The newest CUDA that the driver knows, such as 12.8. */
  cuda: string;
  /** What could not be read, and why, in a sentence; empty where all is well. */
  note: string;
}

/** A token that was just made; its text is shown this once. */
export interface MadeToken {
  /** What is kept of it. */
  token: GatewayToken;
  /** The token itself: sponde-… */
  secret: string;
}

/** What was done to many code blocks; with its id it is undone. */
export interface ManyChanged {
  /** What. */
  deed: ManyDeed;
  /** The blocks that are another way now. */
  changed: Array<string>;
  /** For each that could not be changed, a sentence that says why. */
  refused: Array<string>;
  /** The change's id. */
  id: string;
  /** When. */
  made_at: string;
}

/** What is done: tags are given and taken away, blocks are deleted, or brought back. */
export type ManyDeed = 'tag' | 'remove' | 'restore';

/** A part of a passage that was looked for, in UTF-16 code units from its beginning. */
export interface Mark {
  /** Where it begins. */
  at: number;
  /** Where it ends. */
  to: number;
}

/** One call that a program made: who, what, when, and how it went. */
export interface McpCall {
  /** The person, as Jupyter knows them; empty for Jupyter's own token. */
  person: string;
  /** The id of the token that it came with; empty for Jupyter's own login. */
  token: string;
  /** What that token was called. */
  token_name: string;
  /** What the program calls itself, with its version. */
  client: string;
  /** What it asked: initialize, tools/call, resources/read or prompts/get. */
  method: string;
  /** The tool, the resource or the prompt. */
  name: string;
  /** The arguments, as JSON; cut where they are long. */
  given: string;
  /** How it went. */
  outcome: McpOutcome;
  /** The beginning of what the program got, or what went wrong. */
  said: string;
  /** How long it took, in milliseconds. */
  duration_ms: number;
  /** The call's id. */
  id: string;
  /** When it was asked. */
  called_at: string;
}

/** A program called something, connected or left, or what it may call changed. */
export interface McpChanged {
}

/** How a call went. */
export type McpOutcome = 'answered' | 'failed' | 'refused' | 'cancelled';

/** What programs find at the MCP server. */
export interface McpState {
  /** Whether the operator lets programs in. */
  is_open: boolean;
  /** Our own tools. */
  tools: Array<McpTool>;
  /** How many programs are connected. */
  sessions: number;
}

/** A tool as programs may call it. */
export interface McpTool {
  /** What programs call it by. */
  name: string;
  /** What people call it. */
  label: string;
  /** What it does. */
  description: string;
  /** Whether it changes nothing. */
  is_read_only: boolean;
  /** Whether programs may call it. */
  is_allowed: boolean;
  /** Whether a person cannot change that: it only reads, or the operator has decided. */
  is_fixed: boolean;
}

/** What a column's values are about: its finer kind. */
export type Meaning = 'id' | 'category' | 'money' | 'percentage' | 'year' | 'latitude' | 'longitude' | 'email' | 'url' | 'phone' | 'country' | 'ip' | 'uuid' | 'json' | 'path' | 'constant';

/** Whether something can be searched by meaning. */
export interface MeaningStatus {
  /** Whether it can. */
  is_there: boolean;
  /** Why not, and how it could; or how far the reading has come. */
  note: string;
}

/** What a merge made. */
export interface Merged {
  /** What undoes it. */
  merge_id: string;
  /** The block that has the new code now. */
  block: CodeBlock;
}

/** One turn: a question, or an answer. */
export interface Message {
  /** Where it belongs. */
  conversation_id: string;
  /** Who speaks: user or assistant. */
  role: Role;
  /** Markdown. */
  text: string;
  /** The message that it follows; None for the first. */
  parent_id: string | null;
  /** How far it has come. */
  status: MessageStatus;
  /** What its @names name (questions only). */
  references: Array<Reference>;
  /** Tables and pictures (answers only). */
  outputs: Array<Output>;
  /** The tools that it called, in their order (answers only). */
  calls: Array<ToolCall>;
  /** What was sent for it, in short (answers of models only). */
  receipt: Sent | null;
  /** What it cost, where the provider said so. */
  usage: Usage | null;
  /** How long it took (answers of models only). */
  took: Took | null;
  /** Why it failed or was cut. */
  failure: Failure | null;
  /** What its model thought before it answered; no part of what is sent on (answers only). */
  thoughts: string;
  /** How long it thought, in milliseconds; None where it did not, or still does. */
  thought_ms: number | null;
  /** A sentence that the person should read beside it (answers only). */
  remark: string;
  /** The cut answer that it begins with and goes on from; empty: it begins by itself. */
  continues_id: string;
  /** Which model or alias was asked (answers only); empty for the default one. */
  model_id: string;
  /** Shared by the answers that several models gave to one question; empty for a single one. */
  round_id: string;
  /** The answer that the conversation goes on from (questions only); empty: not chosen. */
  kept_id: string;
  /** Whether the models' names are hidden until an answer is kept (questions only). */
  is_blind: boolean;
  /** Who was asked to answer; empty: nobody in particular. */
  persona_id: string;
  /** Whether models were told of no tools (questions only). */
  without_tools: boolean;
  /** The notebook that was open beside it, from the root folder (questions only). */
  notebook: string;
  /** The message's id. */
  id: string;
  /** When it was asked or began. */
  created_at: string;
}

/** A message was added, or its status changed. */
export interface MessageChanged {
  /** The message as it is now. */
  message: Message;
}

/** Text was added to an answer. */
export interface MessageGrew {
  /** Where. */
  conversation_id: string;
  /** Which answer. */
  message_id: string;
  /** Where the text belongs, counted in UTF-16 code units from the answer's beginning. */
  at: number;
  /** The text. */
  text: string;
}

/** How far an answer has come. Everything but streaming is final. */
export type MessageStatus = 'streaming' | 'complete' | 'stopped' | 'truncated' | 'interrupted' | 'failed';

/** The model behind an answer thinks before it answers. */
export interface MessageThought {
  /** Where. */
  conversation_id: string;
  /** Which answer. */
  message_id: string;
  /** Where the text belongs, counted in UTF-16 code units from the thoughts' beginning. */
  at: number;
  /** The text. */
  text: string;
}

/** A number that a run reported by name. */
export interface Metric {
  /** Its name. */
  name: string;
  /** Its value. */
  value: number;
}

/** Columns that have no value in (nearly) the same rows. */
export interface MissingTogether {
  /** Their names. */
  columns: Array<string>;
  /** In how many rows all of them have none. */
  rows: number;
}

/** One language model that can be asked now. */
export interface Model {
  /** `<provider id>/<name>`. */
  id: string;
  /** Who serves it. */
  provider_id: string;
  /** What people call that provider. */
  provider_name: string;
  /** The model's name, as the provider knows it. */
  name: string;
  /** Whether it is asked when nobody chooses. */
  is_default: boolean;
  /** Whether it runs on this machine, so that nothing leaves it. */
  is_local: boolean;
  /** Where it is asked. */
  address: string;
  /** The aliases that point to it now. */
  aliases: Array<string>;
  /** How many tokens it reads and writes together, where its engine or provider says so; 0: not known. */
  context_length: number;
}

/** What a registered model is. */
export type ModelKind = 'base' | 'adapter' | 'remote';

/** A registered model, or one of its versions, was added or changed. */
export interface ModelRegistered {
  /** The model as it is now. */
  model: RegisteredModel;
}

/** One request to a model, as it is kept. */
export interface ModelRequest {
  /** Who asked. */
  caller: Caller;
  /** Which model. */
  model_id: string;
  /** chat, completion or embedding. */
  operation: string;
  /** How it ended. */
  outcome: RequestOutcome;
  /** Tokens read. */
  prompt_tokens: number;
  /** Tokens written. */
  completion_tokens: number;
  /** Whether the provider counted; false: estimated from the characters. */
  is_counted: boolean;
  /** What it cost, in the currency of the prices, at the prices of its time. */
  cost: number;
  /** Whether a price was known; false: its cost counts as nothing for want of one. */
  is_priced: boolean;
  /** Milliseconds until the first piece of the answer; None where none came. */
  first_token_ms: number | null;
  /** Milliseconds until the end. */
  duration_ms: number;
  /** The request's id: the trace that logs and answers name (header X-Sponde-Request). */
  id: string;
  /** When it was asked. */
  at: string;
}

/** A registered model was deleted. */
export interface ModelUnregistered {
  /** Its name. */
  name: string;
}

/** One version of a registered model; it never changes once it is ready. */
export interface ModelVersion {
  /** The registered name. */
  model: string;
  /** 1, 2, … */
  number: number;
  /** Where it comes from. */
  source: VersionSource;
  /** The hub id, the folder it was imported from, the provider's model id or a training run. */
  reference: string;
  /** The hub's commit. */
  revision: string;
  /** The folder of its files; empty where there are none. */
  path: string;
  /** What its files take, or will take. */
  size_bytes: number;
  /** What has come so far. */
  done_bytes: number;
  /** Whether its files are here. */
  status: VersionStatus;
  /** Why it is broken or paused, in a sentence. */
  failure: string;
  /** Whether its files are ours: deleting it frees them. */
  is_owned: boolean;
  /** Tokens that it can read and write at once, by its config; 0 where it does not say. */
  context_length: number;
  /** What its config names, such as Qwen2ForCausalLM. */
  architecture: string;
  /** When it was deleted; it can be brought back for a while. */
  removed_at: string | null;
  /** The version's id. */
  id: string;
  /** When it was registered. */
  created_at: string;
}

/** A package that has another version now. */
export interface MovedPackage {
  /** The package. */
  name: string;
  /** The version that the block last ran with. */
  was: string;
  /** The version that is installed; empty where it is not. */
  now: string;
}

/** How many there are of something. */
export interface NamedCount {
  /** Of what. */
  name: string;
  /** How many. */
  count: number;
}

/** A block that is nearly the same as another. */
export interface NearBlock {
  /** Its id. */
  block_id: string;
  /** Its name. */
  name: string;
  /** The share of what they say in common, from 0 to 1. */
  likeness: number;
  /** Whether the two differ in nothing but names and values. */
  differs_in_names: boolean;
  /** Whether they differ in nothing but values: they can be one block with fields. */
  differs_in_values: boolean;
}

/** An earlier cell that a cell depends on. */
export interface NeededCell {
  /** The cell's id. */
  id: string;
  /** What it brings or changes that is needed. */
  names: Array<string>;
}

/** A name that a block needs. */
export interface NeededName {
  /** What the block calls it. */
  name: string;
  /** Whether a variable of this name is there. */
  is_here: boolean;
  /** The variables that may be meant, best first; the one of the same name too. */
  candidates: Array<Candidate>;
}

/** A template to make, or what one is to become. */
export interface NewTemplate {
  /** The word that is written behind the slash; letters, digits and hyphens. */
  name: string;
  /** Markdown, with places such as `{{dataset}}` or `{{limit=10}}`. */
  text: string;
  /** What it is for, in a few words. */
  summary: string;
}

/** What can be given to a notebook before it runs. */
export interface NotebookParameters {
  /** The notebook's path from the root folder. */
  notebook: string;
  /** The kernel that it asks for. */
  kernel: string;
  /** The names of its parameters cell, in order. */
  parameters: Array<Parameter>;
  /** Why there are none and how to make some; empty where there are. */
  note: string;
}

/** Something a person should see now, wherever they are in JupyterLab. */
export interface Notice {
  /** What it is about. */
  activity: Activity;
}

/** A value of the code that can become a field. */
export interface Offered {
  /** The field as it is proposed. */
  field: BlockField;
  /** The value in each of the blocks, as it is written there; the kept block's first. */
  sources: Array<string>;
  /** The line of the first place, from 1. */
  line: number;
  /** That line, without the space around it. */
  text: string;
  /** Where in that text the value begins. */
  start: number;
  /** Where it ends. */
  end: number;
}

/** A conversation as it is opened: all of a short one, the end of a long one. */
export interface Opening {
  /** The conversation itself. */
  conversation: Conversation;
  /** Its messages, or the newest ones; oldest first. */
  messages: Array<Message>;
  /** Whether these are all. */
  is_whole: boolean;
  /** Whether each message follows the one before it; else only the outline tells what is shown. */
  is_straight: boolean;
}

/** What a person thinks of an answer. */
export type Opinion = 'liked' | 'disliked';

/** A reader that another package brings. */
export interface OtherReader {
  /** Its name, as its entry point says it. */
  name: string;
  /** Endings of the files that it reads, such as .dbf. */
  extensions: Array<string>;
  /** Why it cannot be used; empty where it can. */
  trouble: string;
}

/** How a use went. Waiting: it is in a cell that has not been run. */
export type Outcome = 'waiting' | 'ok' | 'failed';

/** The shape of a conversation without its texts: enough to know what stands where. */
export interface Outline {
  /** The messages, oldest first. */
  ids: Array<string>;
  /** For each the position of the message that it follows; -1: none. Empty: each follows the one before it. */
  parents: Array<number>;
  /** For each how many characters it has. */
  lengths: Array<number>;
  /** The positions of the questions. */
  questions: Array<number>;
  /** For questions with a chosen answer that answer's id, by position. */
  kept: Record<string, string>;
  /** For answers of a round the round's id and the model's, by position. */
  rounds: Record<string, Array<string>>;
  /** The positions of the answers that are being written. */
  streaming: Array<number>;
}

/** A table or a picture in an answer, as a notebook's output would carry it. */
export interface Output {
  /** Its MIME type, such as text/html or application/vnd.vegalite.v5+json. */
  mime: string;
  /** Text, or JSON for types that end in +json. */
  data: unknown;
}

/** One name of a notebook's parameters cell. */
export interface Parameter {
  /** The variable's name. */
  name: string;
  /** What it takes. */
  type: ParameterType;
  /** Its value in the notebook, as JSON. */
  default: unknown;
  /** The only values that it takes, where the cell says so. */
  choices: Array<unknown> | null;
  /** Whether None may be given. */
  is_optional: boolean;
  /** Whether the notebook itself gives it no value. */
  is_required: boolean;
  /** Its value as written, where that is not a plain one (such as `date.today()`). */
  expression: string;
  /** The comment beside it. */
  help: string;
}

/** What a parameter takes. A date is given as text such as 2026-01-31. */
export type ParameterType = 'int' | 'float' | 'str' | 'bool' | 'date' | 'list' | 'dict' | 'any';

/** What memory is taken by. */
export type PartKind = 'others' | 'weights' | 'cache' | 'work' | 'free';

/** What a person allows of a tool, in one conversation or in all. */
export interface Permission {
  /** The tool's name. */
  tool: string;
  /** What is allowed. */
  allowance: Allowance;
  /** Where it holds; empty: everywhere. */
  conversation_id: string;
  /** What an MCP server said of the tool when it was given: one that changed is asked for anew. */
  fingerprint: string;
  /** The permission's id. */
  id: string;
  /** When it was given. */
  created_at: string;
}

/** Who is asked to answer: instructions, a model, and the tools that it may ask for. */
export interface Persona {
  name: string;
  instructions: string;
  summary: string;
  icon: string;
  colour: string;
  model_id: string;
  tools: Array<string> | null;
  /** Whether it comes with Sponde. */
  is_built_in: boolean;
  /** Whether it comes with Sponde and was changed here. */
  is_changed: boolean;
  /** The persona's id. */
  id: string;
  /** When it was deleted. */
  removed_at: string | null;
  /** When it was last changed. */
  updated_at: string;
}

/** A persona was made, changed or restored. */
export interface PersonaChanged {
  /** The persona as it is now. */
  persona: Persona;
}

/** A persona was deleted. */
export interface PersonaRemoved {
  /** Which one. */
  persona_id: string;
}

/** Where a block is used: in a cell, by `%use --run` or `%%keep`, by a call, or tried. */
export type Place = 'cell' | 'magic' | 'call' | 'try';

/** Whether a model fits this machine, how it is best started, and why. */
export interface Plan {
  /** The settings with everything chosen. */
  settings: EngineSettings;
  /** What it will compute on. */
  device: Device;
  /** Whether it will run. */
  fits: boolean;
  /** Why these settings; or what is too large, with both numbers. */
  sentence: string;
  /** What takes the memory of each GPU (or the main memory); adds up to total_bytes or more. */
  parts: Array<FitPart>;
  /** The memory of each GPU that is used (the smallest), or the main memory. */
  total_bytes: number;
  /** Numbers of the GPUs to use. */
  gpus: Array<number>;
  /** The model's parameters; 0 where they cannot be known. */
  parameters: number;
  /** What the weights take altogether. */
  weights_bytes: number;
  /** What one token takes of the cache, on all GPUs together, in layers that keep every token. */
  cache_bytes_per_token: number;
  /** The longest context that would fit with these weights; 0: none. */
  largest_context: number;
  /** The longest context that the model was made for. */
  model_context: number;
  /** The words after the vLLM program: serve, the folder, the options. No address, no key. */
  command: Array<string>;
  /** Environment variables that go with it. */
  environment: Array<Array<unknown>>;
  /** Settings that fit, where these do not. */
  smaller: EngineSettings | null;
  /** What the smaller settings give up. */
  smaller_sentence: string;
}

/** What a language model may read of a dataset. Each lets through what those before it do. */
export type Policy = 'schema' | 'statistics' | 'rows' | 'everything';

/** What models cost, from a moment on. */
export interface Price {
  /** Which models: an id or a name, * for any letters; the longest that fits counts. */
  pattern: string;
  /** For a million tokens read. */
  input_price: number;
  /** For a million tokens written. */
  output_price: number;
  /** When it was removed, if it was. */
  removed_at: string | null;
  /** The price's id. */
  id: string;
  /** From when it counts: until the next one of the same pattern. */
  since: string;
}

/** Something wrong on one line of the file. */
export interface Problem {
  /** What. */
  kind: ProblemKind;
  /** The line, counted from 1. */
  line: number;
  /** The same in words, and what was done about it. */
  message: string;
  /** The beginning of the line, or the value where one column is meant. */
  text: string;
  /** Which column, where the problem is in one. */
  column: string;
  /** Which row of the table, counted from 1; None where it is not shown. */
  row: number | null;
}

/** Code that mends problems, step by step. */
export interface ProblemCode {
  /** Python, ready for a cell. */
  code: string;
  /** What to ask the chat for more of it. */
  chat: string;
}

/** How many problems are of one kind. */
export interface ProblemCount {
  /** Which kind. */
  kind: ProblemKind;
  /** How many. */
  count: number;
}

/** What is wrong with a line of the file, or with a value on it. */
export type ProblemKind = 'long' | 'short' | 'quote' | 'preamble' | 'blank' | 'encoding' | 'nul' | 'name' | 'type' | 'decimal' | 'date' | 'record';

/** Some of a dataset's problems, in the order of their lines. */
export interface ProblemPage {
  /** These. */
  problems: Array<Problem>;
  /** How many there are in all, of the kind that was asked for. */
  count: number;
  /** How many of them are listed: the first fifty thousand of each kind. */
  listed: number;
  /** How many there are of each kind, whatever was asked for. */
  kinds: Array<ProblemCount>;
  /** How many rows are left out and lie in the file of rejects. */
  rejects: number;
  /** Where the file's lines are; None where it is no text. */
  lines: LineCount | null;
}

/** What is known of a dataset's contents. */
export interface Profile {
  /** How it was read. */
  dialect: Dialect;
  /** Its columns, in order. */
  columns: Array<Column>;
  /** How many rows are shown. */
  rows: number;
  /** How many rows of the file are not shown; each is a problem. Shown and left out are all. */
  rows_left_out: number;
  /** How many of the rows shown had to be mended; each is a problem. */
  rows_mended: number;
  /** What is wrong, line by line; the first hundred. */
  problems: Array<Problem>;
  /** How many problems there are in all. */
  problem_count: number;
  /** How many there are of each kind, the most frequent first. */
  problem_kinds: Array<ProblemCount>;
  /** How many lines are left out as comments, where a person said what comments begin with. */
  comment_lines: number;
  /** Where the lines of the file are; None where it is no text, or was profiled before that. */
  lines: LineCount | null;
  /** What one should know before trusting the numbers, in sentences. */
  warnings: Array<string>;
  /** What is known of columns together; None where it was profiled before that was looked at. */
  across: Across | null;
  /** Whether this is a first view of the file's first rows; exact numbers replace it. */
  is_sample: boolean;
  /** How long profiling took. */
  seconds: number;
  /** The sheets of the workbook, or the files of the archive, where it has several. */
  parts: Array<string>;
}

/** What a folder's owner wants every model to read. */
export interface ProjectInstructions {
  /** The file, from the root folder. */
  path: string;
  /** What it says, as far as it is sent; empty: there is none. */
  text: string;
  /** How many characters are too many to be sent. */
  left_out: number;
}

/** The runs of a block, latest first, and whether they still say something. */
export interface Proof {
  /** The block. */
  block_id: string;
  /** Of its present code: runs with another one ran an earlier text. */
  code_hash: string;
  /** Its runs, also of earlier texts. */
  runs: Array<Use>;
  /** How many runs there are in all. */
  total: number;
  /** Packages that have another version now than in its last run without an error. */
  moved: Array<MovedPackage>;
}

/** A server that answers for language models. */
export interface Provider {
  /** What people call it. */
  name: string;
  /** Its address, up to and with /v1. */
  base_url: string;
  /** Who named it; one from jupyter_config.py cannot be removed in the panel. */
  source: ProviderSource;
  /** The protocol that it speaks. */
  kind: ProviderKind;
  /** The end of its key, or env:NAME where it is in the environment; empty: it has none. */
  key_hint: string;
  /** Where its key is kept; None: it has none, or nobody noted it. */
  key_place: KeyPlace | null;
  /** The names of the models that it said it has, when it was last asked. */
  models: Array<string>;
  /** How many tokens its models read and write together, where its list says so. */
  context_lengths: Record<string, number>;
  /** The provider's id. */
  id: string;
  /** When it was added. */
  created_at: string;
}

/** The protocol that a provider speaks. */
export type ProviderKind = 'openai' | 'anthropic';

/** Who named a provider. */
export type ProviderSource = 'person' | 'configuration' | 'engine';

/** A provider was added, asked or removed, or an alias was set or removed. */
export interface ProvidersChanged {
}

/** A copy of a notebook that is shown as a dashboard, until it is withdrawn. */
export interface Publication {
  /** What people call it. */
  name: string;
  /** The original notebook's path from the root folder. */
  source: string;
  /** The root folder. */
  workspace: string;
  /** The SHA-256 of the original when it was copied. */
  digest: string;
  /** When it was withdrawn; None while it is shown. */
  withdrawn_at: string | null;
  /** When it was published first. */
  created_at: string;
  /** When the copy was made. */
  updated_at: string;
  /** The publication's id, which is also in its address. */
  id: string;
}

/** A notebook was published, updated, withdrawn or restored. */
export interface PublicationChanged {
  /** The publication as it is now. */
  publication: Publication;
}

/** Why a query gave nothing, and where in its text. */
export interface QueryFailure {
  /** What is wrong. */
  message: string;
  /** The way out. */
  hint: string;
  /** Where the part that is wrong begins in the text, in characters; None where unknown. */
  place: number | null;
  /** How many characters that part has. */
  length: number;
}

/** How far a query is. */
export type QueryStatus = 'running' | 'done' | 'failed' | 'cancelled';

/** Questions wait in a conversation, or other ones than before. */
export interface QueueChanged {
  /** Where. */
  conversation_id: string;
  /** All that wait there now, the next one first. */
  questions: Array<QueuedQuestion>;
}

/** A question as it waits: all that will be asked. */
export interface QueuedMessage {
  text: string;
  parent_id: string | null;
  model_id: string;
  model_ids: Array<string>;
  is_blind: boolean;
  references: Array<Reference>;
  persona_id: string;
  notebook: string;
  without_tools: boolean;
}

/** A question that waits for the answer before it. */
export interface QueuedQuestion {
  /** Where it will be asked. */
  conversation_id: string;
  /** The question whose answer it waits for. */
  after_id: string;
  /** What will be asked; its parent is chosen when it is. */
  message: QueuedMessage;
  /** Lower ones are asked sooner. */
  place: number;
  /** Who asks. */
  person: string;
  /** The id that it has as a message; empty until it is about to be asked. */
  asked_id: string;
  /** Its id while it waits. */
  id: string;
  /** When it was written. */
  created_at: string;
}

/** What a person thinks of an answer, and why. */
export interface Rating {
  /** The answer's id. */
  id: string;
  /** Where it belongs. */
  conversation_id: string;
  /** Liked or disliked. */
  verdict: Opinion;
  /** Why, in words that were offered. */
  reasons: Array<string>;
  /** Why, in the person's own words. */
  text: string;
  /** Which model gave the answer. */
  model_id: string;
  /** That model's name. */
  model: string;
  /** Who rated it. */
  person: string;
  /** When, for the last time. */
  rated_at: string;
}

/** An answer's rating was taken back. */
export interface RatingRemoved {
  /** Where. */
  conversation_id: string;
  /** Which answer. */
  message_id: string;
}

/** How another process on this machine reads the dataset through DuckDB. */
export interface Reading {
  /** The dataset's name. */
  name: string;
  /** The file itself, in full. */
  path: string;
  /** A SELECT that gives its rows with their types. */
  sql: string;
  /** The columns' names. */
  columns: Array<string>;
  /** A SELECT without its FROM that gives these types to text; empty where the file has types. */
  of_text: string;
}

/** The first rows as they would be read, and how: nothing of it is kept. */
export interface ReadingPreview {
  /** How the file seems to be written. */
  detected: Writing;
  /** How it was read here: every part says what it is. */
  used: Writing;
  /** The columns' names. */
  columns: Array<string>;
  /** Their DuckDB types, as far as the lines that were read show. */
  types: Array<string>;
  /** How each column's text is understood where that needs saying, such as 'decimal comma'. */
  forms: Array<string>;
  /** The first rows, as they are written. */
  rows: Array<Array<string | null>>;
  /** The same as they are understood; empty where no value is. */
  values: Array<Array<string | null>>;
  /** The file's first lines, as they are. */
  lines: Array<string>;
  /** What does not fit in the lines that were read; the first hundred. */
  problems: Array<Problem>;
  /** How many problems there are in these lines. */
  problem_count: number;
  /** What one should know, in sentences. */
  warnings: Array<string>;
  /** How many lines were read for this. */
  lines_read: number;
  /** Whether that is the whole file. */
  is_whole: boolean;
}

/** Exactly what was sent for an answer, and to whom. */
export interface Receipt {
  /** The model's name. */
  model: string;
  /** The provider's name. */
  provider: string;
  /** Where it was sent. */
  address: string;
  /** Whether that is this machine. */
  is_local: boolean;
  /** What was sent, word by word. */
  turns: Array<Turn>;
  /** About how many tokens (a quarter of the characters, until the provider counts). */
  tokens: number;
  /** The model's id. */
  model_id: string;
  /** The tools that it was told of. */
  tools: Array<ToolOffer>;
  /** What the first request is made of. */
  parts: Array<SentPart>;
  /** What was left out of it. */
  cuts: Array<Cut>;
  /** How many tokens it might have; 0: not known. */
  room: number;
  /** How many of the turns each request had; empty: one request with all of them. */
  requests: Array<number>;
  /** What it holds of datasets. */
  exposed: Array<Exposure>;
  /** How large it is by our own count, which providers' counts are compared with. */
  pieces: number;
}

/** An @name in a message, or something that hangs on it, and what it names. */
export interface Reference {
  /** What it is. */
  kind: ReferenceKind;
  /** The name as written, without the @; what its chip says. */
  name: string;
  /** The id of what it names: a dataset's, block's, conversation's or cell's id, a path, a variable's name. */
  id: string;
  /** The notebook or file that it is in, from the root folder. */
  path: string;
  /** What the tab saw of it when it was asked (not of datasets, blocks and conversations). */
  text: string;
  /** The language of that text; empty: it is Markdown. */
  language: string;
}

/** What an @name can name. */
export type ReferenceKind = 'dataset' | 'code_block' | 'notebook' | 'cell' | 'selection' | 'variable' | 'file' | 'conversation' | 'quote';

/** A model that people keep by name. */
export interface RegisteredModel {
  /** The name that it is asked by. */
  name: string;
  /** What it is. */
  kind: ModelKind;
  /** For an adapter: the registered name of the model that it belongs to. */
  base: string;
  /** For an adapter: what its own config names as its base, such as a hub id. */
  base_reference: string;
  /** What people wrote about it. */
  notes: string;
  /** Its licence, as its card names it. */
  licence: string;
  /** The number of the version in use; 0 where there is none. */
  current: number;
  /** The numbers that were in use before, newest first. */
  earlier: Array<number>;
  /** Every version, newest first. */
  versions: Array<ModelVersion>;
  /** The model's id. */
  id: string;
  /** When it was registered. */
  created_at: string;
}

/** Code under its new names. */
export interface RenamedCode {
  /** The code. */
  code: string;
}

/** How a block fits into a notebook. */
export interface Renames {
  /** The names that it needs. */
  needs: Array<NeededName>;
  /** What would have to be installed. */
  missing_packages: Array<string>;
  /** The line that installs it, such as `%pip install scikit-learn`; empty where nothing is. */
  install: string;
}

/** A conversation's questions, asked again in their order, of another model. */
export interface Replay {
  /** The new conversation's id. */
  id: string;
  /** The conversation that is replayed. */
  source_id: string;
  /** The last message of the branch that is replayed. */
  leaf_id: string;
  /** The model that is asked. */
  model_id: string;
  /** That model's name. */
  model: string;
  /** How many questions there are. */
  total: number;
  /** How many of them have their answer. */
  done: number;
  /** How far it has come. */
  status: ReplayStatus;
  /** Why it could not go on. */
  failure: string;
  /** When it began. */
  created_at: string;
}

/** A replay began, went on or ended. */
export interface ReplayChanged {
  /** The replay as it is now. */
  replay: Replay;
}

/** How far a replay has come. Everything but running can be gone on with, but for complete. */
export type ReplayStatus = 'running' | 'complete' | 'stopped' | 'failed' | 'interrupted';

/** How a request ended. */
export type RequestOutcome = 'answered' | 'stopped' | 'cut' | 'failed' | 'refused';

/** A code block as it was before an edit. */
export interface Revision {
  /** Whose. */
  block_id: string;
  /** Its name then. */
  name: string;
  /** Its language then. */
  language: string;
  /** Its code then. */
  code: string;
  /** Its description then. */
  description: string;
  /** Its tags then. */
  tags: Array<string>;
  /** When that text was written. */
  written_at: string;
  /** The revision's id. */
  id: string;
  /** When it was replaced. */
  replaced_at: string;
  /** Who replaced it, as Jupyter knows them; empty where nobody was noted. */
  changed_by: string;
  /** How it came to be replaced. */
  cause: RevisionCause;
  /** Its fields then. */
  fields: Array<BlockField>;
}

/** How a text came to be replaced: edited, made what it was, tagged with others, or a twin's. */
export type RevisionCause = 'edit' | 'restore' | 'tags' | 'twin';

/** Who speaks in a turn. */
export type Role = 'system' | 'user' | 'assistant' | 'tool';

/** What becomes of a block of an import. */
export type RowChoice = 'keep' | 'revise' | 'skip';

/** What a block of an import is here: new, here already, nearly here, or not to be read. */
export type RowState = 'new' | 'same' | 'near' | 'broken';

/** One execution of a notebook. */
export interface Run {
  /** The notebook's path from the root folder. */
  notebook: string;
  /** The root folder. */
  workspace: string;
  /** What was given, by name; names left out have the notebook's own values. */
  parameters: Record<string, unknown>;
  /** How far it has come. */
  status: RunStatus;
  /** What asked for it: empty for a person, `schedule`, or a word such as `experiment:ID`. */
  origin: string;
  /** The job definition that it belongs to. */
  definition_id: string | null;
  /** Seconds after which it is ended; None: never. */
  time_limit: number | null;
  /** How often it was started. */
  attempt: number;
  /** How many code cells are finished. */
  cell: number;
  /** How many code cells there are; 0 until it is known. */
  cells: number;
  /** What it reported, the last value of each name. */
  metrics: Array<Metric>;
  /** Why it did not succeed. */
  error: RunError | null;
  /** The executed notebook's path from the root folder. */
  result: string | null;
  /** When its schedule wanted it. */
  due_at: string | null;
  /** When it was asked for. */
  created_at: string;
  /** When its process was started. */
  started_at: string | null;
  /** When it came to its end. */
  ended_at: string | null;
  /** The run's id. */
  id: string;
}

/** A run was asked for, went on, or ended. */
export interface RunChanged {
  /** The run as it is now. */
  run: Run;
}

/** The first thing that went wrong in a run. */
export interface RunError {
  /** What went wrong: an exception's text, or a sentence. */
  message: string;
  /** The exception's name, such as ValueError; empty where it was no exception of a cell. */
  name: string;
  /** Which code cell, by the number in its brackets; None where it was no cell. */
  cell: number | null;
}

/** What a run's process wrote, for a person to read. */
export interface RunLog {
  /** Lines with their times. */
  text: string;
}

/** How far a run has come. Queued, starting and running are not final. */
export type RunStatus = 'queued' | 'starting' | 'running' | 'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'lost' | 'skipped' | 'missed';

/** A block after it was kept. */
export interface SavedBlock {
  name: string;
  language: string;
  code: string;
  description: string;
  tags: Array<string>;
  facts: CodeFacts;
  message_id: string | null;
  uses: number;
  last_outcome: Outcome | null;
  last_error: string;
  last_run_at: string | null;
  ok_runs: number;
  failed_runs: number;
  proven_with: Record<string, string>;
  output_id: string;
  id: string;
  created_at: string;
  updated_at: string;
  fields: Array<BlockField>;
  /** Whether the code was not in the library before. */
  is_new: boolean;
  /** The block that it is nearly the same as: it may be a revision of that one. */
  near: NearBlock | null;
  /** Tags that would fit and that it does not have. */
  suggested_tags: Array<string>;
}

/** When a notebook runs by itself. */
export interface Schedule {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  cron: string;
  /** A name of the tz database, such as Europe/Vienna. */
  time_zone: string;
  catch_up: CatchUp;
}

/** What a schedule means, or what is wrong with it. */
export interface ScheduleOutlook {
  /** The cron line in words. */
  words: string;
  /** The next three due times. */
  next: Array<string>;
  /** What is wrong with its fields. */
  problems: Array<FieldProblem>;
}

/** What a token allows. */
export type Scope = 'models:read' | 'chat' | 'embeddings' | 'tools';

/** What to do with text that looks like a key or an address. */
export type SecretRule = 'mask' | 'leave_out' | 'keep';

/** A receipt in short: to whom, and how much; the receipt itself is fetched when opened. */
export interface Sent {
  /** The model's name. */
  model: string;
  /** The provider's name. */
  provider: string;
  /** Where it was sent. */
  address: string;
  /** Whether that is this machine. */
  is_local: boolean;
  /** About how many tokens (a quarter of the characters, until the provider counts). */
  tokens: number;
  /** The model's id. */
  model_id: string;
  /** What the answer may hold of datasets; None: from before this was kept. */
  exposed: Array<Exposure> | null;
  /** How large it is by our own count; 0: from before this was kept. */
  pieces: number;
}

/** A part of what is sent: where it stands, and how large it is. */
export interface SentPart {
  /** What it is. */
  kind: SentPartKind;
  /** What it is called: a dataset's or block's name, a file's path. */
  name: string;
  /** About how many tokens. */
  tokens: number;
  /** In which turn it stands, counted from 0; -1: beside them. */
  turn: number;
  /** Where it begins there, in UTF-16 code units. */
  at: number;
  /** How long it is, in UTF-16 code units. */
  length: number;
  /** Which dataset (datasets only). */
  dataset_id: string;
  /** What was let through of it (datasets only). */
  policy: Policy | null;
  /** How many of its rows stand there (datasets only). */
  rows: number;
  /** Whether its statistics stand there (datasets only). */
  has_statistics: boolean;
  /** Whether only earlier questions named it. */
  is_past: boolean;
}

/** What a part of what is sent is. */
export type SentPartKind = 'instructions' | 'project' | 'persona' | 'dataset' | 'code_block' | 'notebook' | 'cell' | 'selection' | 'variable' | 'file' | 'conversation' | 'quote' | 'history' | 'calls' | 'question' | 'tools';

/** Who named an MCP server. */
export type ServerSource = 'person' | 'configuration' | 'project';

/** How an MCP server is. */
export type ServerStatus = 'off' | 'waiting' | 'starting' | 'ready' | 'failed';

/** Where a row goes. */
export type SetPart = 'train' | 'validation';

/** What kind of place a block came from. */
export type SourceKind = 'answer' | 'cell' | 'selection' | 'file' | 'import' | 'paste';

/** What stands at a place: a whole value, a piece of a text, or a name (of SQL). */
export type SpotForm = 'value' | 'part' | 'name';

/** How a column's values were spread before and are now: shares of all its values. */
export interface Spread {
  /** What each bar stands for: from a value to a value, or one value. */
  labels: Array<string>;
  /** The shares before. */
  before: Array<number>;
  /** The shares now. */
  after: Array<number>;
}

/** A function that SQL over datasets may use. */
export interface SqlFunction {
  /** Its name. */
  name: string;
  /** What it takes and gives, as in `left(string, count) → VARCHAR`. */
  signature: string;
  /** What it does, in a sentence; often empty. */
  description: string;
}

/** What SQL over datasets is made of, for completion. */
export interface SqlWords {
  /** DuckDB's keywords, in lower case. */
  keywords: Array<string>;
  /** Its functions, by name. */
  functions: Array<SqlFunction>;
}

/** A proven block whose packages have moved on. */
export interface StaleBlock {
  /** The block. */
  block: CodeBlock;
  /** What moved. */
  moved: Array<MovedPackage>;
}

/** How a published notebook's original stands to the copy that is shown. */
export type Standing = 'same' | 'changed' | 'missing';

/** Something that may be written next. */
export interface Suggestion {
  /** What it is: dataset, column, notebook, word, function or table. */
  kind: string;
  /** What is shown. */
  label: string;
  /** A few quiet words. */
  detail: string;
  /** What stands in the text once it is taken. */
  insert: string;
}

/** What may be written at a place of a command. */
export interface Suggestions {
  /** Where what is replaced begins, in UTF-16 code units. */
  start: number;
  /** Where it ends. */
  end: number;
  /** What may be written. */
  offers: Array<Suggestion>;
}

/** What requests took together. */
export interface Sums {
  /** How many there were, refused ones included. */
  requests: number;
  /** How many were answered whole. */
  answered: number;
  /** How many were stopped by whoever asked. */
  stopped: number;
  /** How many failed or broke off. */
  failed: number;
  /** How many a limit refused before they were sent. */
  refused: number;
  /** Tokens read. */
  prompt_tokens: number;
  /** Tokens written. */
  completion_tokens: number;
  /** How many of these tokens are estimates, because the provider did not count. */
  estimated_tokens: number;
  /** What they cost, in the currency of the prices. */
  cost: number;
  /** Requests whose cost counts as nothing, because their model had no price. */
  unpriced: number;
  /** Half of the answers began within this time; None where single requests are not kept. */
  first_token_p50_ms: number | null;
  /** 19 of 20 answers began within this time. */
  first_token_p95_ms: number | null;
  /** Half of the answers ended within this time. */
  duration_p50_ms: number | null;
  /** 19 of 20 answers ended within this time. */
  duration_p95_ms: number | null;
}

/** Rows as they came out of a query. */
export interface Table {
  /** The columns' names. */
  columns: Array<string>;
  /** Their DuckDB types. */
  types: Array<string>;
  /** The rows: text, number, boolean or null; dates and whole numbers past 2^53 as text. */
  rows: Array<Array<unknown>>;
  /** Whether there were more. */
  truncated: boolean;
}

/** A question to ask again, with places to fill. */
export interface Template {
  /** The word that is written behind the slash. */
  name: string;
  /** Markdown, with places such as `{{dataset}}` or `{{limit=10}}`. */
  text: string;
  /** What it is for, in a few words. */
  summary: string;
  /** Its places, in the order in which they come. */
  variables: Array<Variable>;
  /** The template's id. */
  id: string;
  /** When it was deleted. */
  removed_at: string | null;
  /** When it was last changed. */
  updated_at: string;
}

/** A template was made, changed or restored. */
export interface TemplateChanged {
  /** The template as it is now. */
  template: Template;
}

/** Templates as they are exported and imported. */
export interface TemplateFile {
  /** The templates. */
  templates: Array<NewTemplate>;
  /** What the file holds. */
  sponde: string;
}

/** A template was deleted. */
export interface TemplateRemoved {
  /** Which one. */
  template_id: string;
}

/** A stretch of a block's text that was looked for. */
export interface TextMark {
  /** Where it is: name, description or code. */
  field: string;
  /** Its first character, in UTF-16 units as browsers count. */
  start: number;
  /** The character after its last one. */
  end: number;
}

/** A token was made, changed, used or revoked; told at most every second. */
export interface TokensChanged {
}

/** What an answer took, counted from the moment that its model could be asked. */
export interface Took {
  /** Milliseconds until its end. */
  duration_ms: number;
  /** Milliseconds until its first piece; None where none came. */
  first_token_ms: number | null;
}

/** Something that a model may ask for. */
export interface Tool {
  /** What the model calls it by; tools of MCP servers begin with `<server>__`. */
  name: string;
  /** What people call it. */
  label: string;
  /** What it does, for the model. */
  description: string;
  /** Its arguments, as a JSON schema of an object. */
  parameters: Record<string, unknown>;
  /** What it does and takes, in few words, for a model that reads it with every question; empty: it reads the description, and the schema whole. */
  brief: string;
  /** Who carries it out. */
  place: ToolPlace;
  /** Who offers it: `sponde`, or the MCP server's name. */
  source: string;
  /** Whether it changes nothing, as far as its source says. */
  is_read_only: boolean;
  /** The argument that is code, to be shown as such; empty: none is. */
  code_argument: string;
  /** The language of that code. */
  code_language: string;
}

/** One call of a tool in an answer: what was asked, what was allowed, what came of it. */
export interface ToolCall {
  /** The tool's name. */
  tool: string;
  /** What people call it. */
  label: string;
  /** What it was asked, exactly. */
  arguments: Record<string, unknown>;
  /** Where in the answer's text it stands, in UTF-16 code units from the beginning. */
  at: number;
  /** Who carries it out. */
  place: ToolPlace;
  /** How far it has come. */
  status: CallStatus;
  /** What it gave back. */
  result: ToolResult | null;
  /** The call's id, as the model's provider named it. */
  call_id: string;
  /** The answer that it stands in. */
  message_id: string;
  /** Who offers the tool: `sponde`, or the MCP server's name. */
  source: string;
  /** The argument that is code, to be shown as such; empty: none is. */
  code_argument: string;
  /** The language of that code. */
  code_language: string;
  /** What a person should know before they allow it. */
  notice: string;
  /** Whether it may be allowed for the whole conversation on its card. */
  can_always: boolean;
  /** What the person said; None where nobody was asked or nobody has answered. */
  allowed: Decision | null;
  /** How far it is while it runs, in its own words. */
  progress: string;
  /** Its own id. */
  id: string;
  /** When it was asked for. */
  began_at: string;
  /** How long it ran, in milliseconds. */
  duration_ms: number | null;
}

/** A tool that a model is told of. */
export interface ToolOffer {
  /** What the model calls it by: letters, digits, underscores and hyphens, at most 64. */
  name: string;
  /** What it does, for the model. */
  description: string;
  /** Its arguments, as a JSON schema of an object. */
  parameters: Record<string, unknown>;
}

/** Who carries a tool out. */
export type ToolPlace = 'server' | 'tab';

/** What a tool gives back. */
export interface ToolResult {
  /** What the model reads. */
  text: string;
  /** Markdown that only the person reads; where empty, the text is shown. */
  shown: string;
  /** Tables and pictures, for the person only. */
  outputs: Array<Output>;
  /** Whether it says what went wrong. */
  is_failure: boolean;
}

/** An MCP server: a process of this machine, or an address, that offers tools. */
export interface ToolServer {
  /** What people call it; its tools begin with it. */
  name: string;
  /** The program and its arguments (a process only). */
  command: Array<string>;
  /** Its address (an address only). */
  url: string;
  /** The names of its environment variables or headers, whose values are kept as keys are. */
  secrets: Array<string>;
  /** Whether its tools are offered. */
  is_on: boolean;
  /** Who named it. */
  source: ServerSource;
  /** The server's id. */
  id: string;
  /** When it was added. */
  created_at: string;
}

/** An MCP server, and how it is. */
export interface ToolServerState {
  /** The server. */
  server: ToolServer;
  /** How it is. */
  status: ServerStatus;
  /** Why it failed or what is odd about it, and the way out. */
  failure: string;
  /** What it calls itself, with its version. */
  title: string;
  /** What it offers. */
  tools: Array<Tool>;
  /** The end of what it wrote beside its answers. */
  log: string;
}

/** A tool, and what is allowed of it. */
export interface ToolState {
  /** The tool. */
  tool: Tool;
  /** What is allowed of it everywhere. */
  allowance: Allowance;
  /** In how many conversations it runs without a question. */
  always_in: number;
}

/** A tool came or went, or something else is allowed now. */
export interface ToolsChanged {
}

/** A value and how often it occurs. */
export interface TopValue {
  /** The value, as text. */
  value: string;
  /** How often. */
  count: number;
}

/** One run that trains an adapter. */
export interface Training {
  /** What it trains on. */
  set_id: string;
  /** That set's name then. */
  set_name: string;
  /** Which version of it. */
  set_version: number;
  /** The registered name of the base. */
  base: string;
  /** Which version of it. */
  base_version: number;
  /** What the adapter is registered as. */
  adapter: string;
  /** How it trains. */
  settings: TrainingSettings;
  /** The root folder that its notebook runs in. */
  workspace: string;
  /** Its run on the Jobs page. */
  run_id: string;
  /** How far it has come. */
  status: TrainingStatus;
  /** What it does now, such as 'reading the base'. */
  doing: string;
  /** How many steps are done. */
  step: number;
  /** About how long it will take, once that is known. */
  seconds_left: number | null;
  /** The loss of the steps, at most 200 of them. */
  points: Array<TrainingPoint>;
  /** The loss on the rows that were kept back. */
  validation: Array<TrainingPoint>;
  /** Where it computes. */
  device: string;
  /** The registered version; 0 until it is registered. */
  adapter_version: number;
  /** What went wrong. */
  message: string;
  /** The way out. */
  hint: string;
  /** When it was asked for. */
  created_at: string;
  /** When it came to its end. */
  ended_at: string | null;
  /** The training's id. */
  id: string;
}

/** A model that an adapter can be trained for. */
export interface TrainingBase {
  /** Its registered name. */
  name: string;
  /** The version in use. */
  version: number;
  /** What its files take. */
  size_bytes: number;
}

/** What is in a set, and what is not. */
export interface TrainingCard {
  /** Rows to train on. */
  train: number;
  /** Rows kept back to measure with. */
  validation: number;
  /** How many conversations they come from. */
  conversations: number;
  /** About how many tokens the rows to train on have together. */
  train_tokens: number;
  /** About how many tokens the others have. */
  validation_tokens: number;
  /** About how many tokens the longest row has. */
  longest_tokens: number;
  /** Languages of the code in the answers, by rows. */
  languages: Array<NamedCount>;
  /** Who wrote the answers, by rows. */
  models: Array<NamedCount>;
  /** Datasets that were named, by rows. */
  datasets: Array<NamedCount>;
  /** What looked like a secret, by kind, in the rows of the set. */
  secrets: Array<NamedCount>;
  /** What was left out, and why. */
  left_out: Array<LeftOutRows>;
  /** Sentences about rights to mind. */
  licences: Array<string>;
  /** When the oldest answer was written. */
  first_at: string | null;
  /** When the latest answer was written. */
  last_at: string | null;
  /** The SHA-256 of the file to train on. */
  digest: string;
}

/** A training was asked for, went on or ended. */
export interface TrainingChanged {
  /** The training as it is now. */
  training: Training;
}

/** About what a training takes. */
export interface TrainingEstimate {
  /** Memory at its highest, graphics memory where there is a GPU. */
  memory_bytes: number;
  /** What is free now. */
  free_bytes: number;
  /** How long it takes. */
  seconds: number;
  /** Rows at once. */
  batch: number;
  /** How often each row is read. */
  epochs: number;
  /** Whether it fits. */
  fits: boolean;
  /** The same in words. */
  sentence: string;
}

/** One message of a row. */
export interface TrainingMessage {
  /** system, user or assistant. */
  role: string;
  /** What it says. */
  content: string;
}

/** What one step reported. */
export interface TrainingPoint {
  /** Which step. */
  step: number;
  /** How wrong the answers were (mean negative log likelihood of a token). */
  loss: number;
}

/** Whether and on what this machine can train. */
export interface TrainingRoom {
  /** Whether a training can begin. */
  is_ready: boolean;
  /** The interpreter that would run it. */
  python: string;
  /** What it has, such as torch 2.13.0. */
  packages: Array<string>;
  /** What it would compute on. */
  device: string;
  /** What is missing. */
  message: string;
  /** The way out. */
  hint: string;
  /** Models here that an adapter can be trained for. */
  bases: Array<TrainingBase>;
}

/** One example: a question in its context, and the answer that is to be learned. */
export interface TrainingRow {
  /** The set that it belongs to. */
  set_id: string;
  /** Which version of it. */
  version: number;
  /** Its place in the set, from 0. */
  position: number;
  /** What the model reads; the last one is what it learns to answer. */
  messages: Array<TrainingMessage>;
  /** Where it was said. */
  conversation_id: string;
  /** That conversation's title. */
  title: string;
  /** The answer. */
  message_id: string;
  /** Who wrote the answer. */
  model: string;
  /** Whether that model ran on this machine. */
  is_local: boolean;
  /** What the person thought of the answer. */
  rating: Liking;
  /** About how many tokens it has (a quarter of the characters). */
  tokens: number;
  /** Where it goes. */
  part: SetPart;
  /** Why it was left out; None where it is in the set. */
  reason: LeftOutReason | null;
  /** What looked like a secret, named, with most of it hidden. */
  secrets: Array<string>;
  /** The languages of the code in the answer. */
  languages: Array<string>;
  /** The datasets that were named. */
  datasets: Array<string>;
  /** When the answer was written. */
  at: string;
  /** The row's id. */
  id: string;
}

/** Some rows of a set. */
export interface TrainingRows {
  /** The rows. */
  rows: Array<TrainingRow>;
  /** How many there are with this filter. */
  total: number;
}

/** What a set is made of. */
export interface TrainingSelection {
  /** Every answer that was liked. */
  includes_liked: boolean;
  /** Every answer of these conversations. */
  conversation_ids: Array<string>;
}

/** Rows to train on, made from liked answers and chosen conversations. */
export interface TrainingSet {
  /** What people call it. */
  name: string;
  /** The latest version, 1, 2, … */
  version: number;
  /** What it was made of. */
  selection: TrainingSelection;
  /** How it was checked and split. */
  settings: TrainingSetSettings;
  /** What is in the latest version. */
  card: TrainingCard;
  /** Whether the latest version was trained on: a change then makes the next version. */
  is_used: boolean;
  /** When it was deleted. */
  removed_at: string | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
  /** The set's id. */
  id: string;
}

/** A set was made, changed, or restored. */
export interface TrainingSetChanged {
  /** The set as it is now. */
  training_set: TrainingSet;
}

/** A set was deleted. */
export interface TrainingSetRemoved {
  /** Which one. */
  set_id: string;
}

/** How a set is checked and split. */
export interface TrainingSetSettings {
  /** Longest row, in tokens (estimated as a quarter of the characters). */
  most_tokens: number;
  /** How many earlier questions and answers a row keeps as context. */
  earlier: number;
  /** Whether a row keeps the instructions that were sent with its question. */
  keeps_system: boolean;
  secrets: SecretRule;
  /** Which share of the rows is kept back to measure with (0-0.5). */
  validation_share: number;
  /** Changes which ones are kept back. */
  seed: number;
}

/** An earlier version of a set, as it was. */
export interface TrainingSetVersion {
  /** The set. */
  set_id: string;
  /** Which version. */
  number: number;
  /** What it was made of. */
  selection: TrainingSelection;
  /** How it was checked and split. */
  settings: TrainingSetSettings;
  /** What is in it. */
  card: TrainingCard;
  /** When it was last changed. */
  made_at: string;
  /** The version's id. */
  id: string;
}

/** How an adapter is trained. */
export interface TrainingSettings {
  /** Width of the adapter (LoRA's r); more can learn more, and needs more memory. */
  rank: number;
  /** How often the weights are corrected. */
  steps: number;
  /** How strongly, each time. */
  learning_rate: number;
  /** Rows at once; 0: as many as fit into memory, at most 8. */
  batch: number;
  /** Longer rows are cut at their beginning, in tokens of the base. */
  most_tokens: number;
  /** Changes the order of rows and the first weights. */
  seed: number;
}

/** How far a training run has come. */
export type TrainingStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** How far an import or export is. */
export type TransferStatus = 'receiving' | 'reading' | 'ready' | 'working' | 'done' | 'cancelled' | 'failed' | 'undone';

/** One planned run of an experiment. */
export interface Trial {
  /** Where it belongs. */
  experiment_id: string;
  /** Which variant, 0 or 1. */
  variant: number;
  /** Which repeat, from 1; also the value of the parameter `seed`, where the notebook has one. */
  number: number;
  /** When its turn is, from 0. */
  position: number;
  /** Its run; None until it is started. */
  run_id: string | null;
  /** How far the run has come; None until it is started. */
  status: RunStatus | null;
  /** What the run reported. */
  metrics: Array<Metric>;
  /** How long the run took; None where it did not succeed. */
  seconds: number | null;
  /** Why its values cannot be used; empty where they can. */
  problem: string;
  /** The executed notebook's path from the root folder. */
  result: string | null;
  /** The trial's id. */
  id: string;
}

/** A trial moved on. */
export interface TrialChanged {
  /** The trial as it is now, without its outputs. */
  trial: BlockTrial;
}

/** What stands for one name that a block needs. */
export interface TrialInput {
  /** The variable, or in SQL the table. */
  name: string;
  /** The dataset whose sample it is. */
  dataset: string;
  /** Whether it is the path of the sample as a file, not a frame. */
  is_file: boolean;
  /** A Python literal, where no dataset is given, such as 10 or 'north'. */
  value: string;
}

/** A name that must be there before a block runs. */
export interface TrialNeed {
  /** The variable, or in SQL the table. */
  name: string;
  /** Whether it looks like a table of data. */
  is_table: boolean;
  /** The datasets, best first. */
  fits: Array<DataFit>;
}

/** What trying a block would mean. */
export interface TrialOffer {
  /** The block. */
  block_id: string;
  /** What must stand in for the names that it needs. */
  needs: Array<TrialNeed>;
  /** The limits, in a sentence. */
  limits: string;
  /** How many rows from a dataset's beginning a sample has. */
  first_rows: number;
  /** How many rows from the rest it has. */
  random_rows: number;
  /** Why it cannot be tried here; empty where it can. */
  refusal: string;
}

/** A piece of what a trial showed. */
export interface TrialOutput {
  /** By MIME type. */
  data: Record<string, string>;
}

/** A trial showed something. */
export interface TrialPrinted {
  /** Which one. */
  trial_id: string;
  /** Which of its outputs is the first of these; later ones from there on are replaced. */
  at: number;
  /** What it showed. */
  outputs: Array<TrialOutput>;
}

/** Where a trial stands. Stopped: it reached a limit, or its process was killed. */
export type TrialStatus = 'queued' | 'starting' | 'running' | 'ok' | 'failed' | 'stopped' | 'cancelled';

/** Why a dataset cannot be read. */
export interface Trouble {
  /** What is wrong. */
  message: string;
  /** The way out. */
  hint: string;
}

/** One turn of what a model reads. */
export interface Turn {
  /** Who speaks. */
  role: Role;
  /** What they say. */
  content: string;
  /** The tools that it called (assistant only). */
  calls: Array<Called>;
  /** The call that it is the result of (tool only). */
  call_id: string;
}

/** A block that differs from another in nothing but values. */
export interface TwinOf {
  /** Its id. */
  block_id: string;
  /** Its name. */
  name: string;
  /** How many values differ. */
  values: number;
}

/** How many conversations have an answer that no tab has shown yet. */
export interface UnreadChanged {
  /** How many. */
  count: number;
}

/** A file that has arrived, and the dataset that it became. */
export interface UploadedDataset {
  /** The upload at its end. */
  upload: DatasetUpload;
  /** The dataset. */
  dataset: Dataset;
}

/** What an answer took: tokens as the provider counted, and their price. */
export interface Usage {
  /** Tokens read. */
  prompt_tokens: number;
  /** Tokens written. */
  completion_tokens: number;
  /** Whether the provider counted; false: estimated from the characters. */
  is_counted: boolean;
  /** What it cost; None where the model has no price. */
  cost: number | null;
  /** What the cost is counted in. */
  currency: string;
  /** The request's id in the usage; empty for answers from before it was kept. */
  request_id: string;
}

/** Requests were made, or prices or budgets changed; told at most every second. */
export interface UsageChanged {
}

/** The requests that have one thing in common. */
export interface UsageGroup {
  /** What: a model's id, a person, a day as 2026-11-21, …; empty where there is none. */
  key: string;
  /** What they took. */
  sums: Sums;
}

/** What models were asked over some days. */
export interface UsageReport {
  /** The first day. */
  since: string;
  /** The last day, which belongs to it. */
  until: string;
  /** The day that it is for the server. */
  today: string;
  /** What it is summed by. */
  by: Grouping;
  /** What costs are counted in. */
  currency: string;
  /** Where the days begin at midnight; empty: as the server's clock says. */
  time_zone: string;
  /** Everything together. */
  total: Sums;
  /** Each group: days in order, everything else the costliest and busiest first. */
  groups: Array<UsageGroup>;
}

/** The uses of a block in one week. */
export interface UsageWeek {
  /** Monday, 0:00 UTC. */
  begins_at: string;
  /** Runs without an error. */
  ok: number;
  /** Runs that failed. */
  failed: number;
  /** Times that it was put somewhere and not run. */
  waiting: number;
}

/** The uses of a block over time. */
export interface UsageWeeks {
  /** The block. */
  block_id: string;
  /** Every week up to this one, also those without a use. */
  weeks: Array<UsageWeek>;
}

/** A code block put into a cell. */
export interface Use {
  /** Which block. */
  block_id: string;
  /** The notebook's path, from the folder that JupyterLab serves. */
  notebook: string;
  /** The cell's id in it; empty where there is none (`%use --run`). */
  cell_id: string;
  /** Of the code that was put there. */
  code_hash: string;
  /** How it went. */
  outcome: Outcome;
  /** The error's class, where it failed. */
  error_name: string;
  /** What the error said. */
  error_message: string;
  /** How it is used. */
  place: Place;
  /** How long it ran. */
  seconds: number | null;
  /** Most resident memory of its process beyond what that held when the run began, in bytes. */
  peak_bytes: number | null;
  /** How that was found: 'peak' by the system's own mark, 'sampled' by looking now and then. */
  measured: string;
  /** The packages that it imports, each with the version that it ran with. */
  packages: Record<string, string>;
  /** The datasets that it touches, each with its state then: rows, bytes, when it changed. */
  datasets: Record<string, string>;
  /** What else one must know to believe it, such as that it ran on a sample. */
  note: string;
  /** Whether what it showed is kept. */
  has_output: boolean;
  /** The use's id. */
  id: string;
  /** When it was put there, or run there again. */
  used_at: string;
  /** When it was run. */
  ended_at: string | null;
}

/** What a run of a block showed last, small enough to keep. */
export interface UseOutput {
  /** The run. */
  use_id: string;
  /** The block. */
  block_id: string;
  /** By MIME type: text/plain, a table as text/html, image/png in base64, image/svg+xml. */
  data: Record<string, string>;
}

/** What kind of place a block is used in. */
export type UsedIn = 'notebook' | 'run' | 'kernel' | 'job' | 'conversation' | 'collection';

/** A place where a block is used. */
export interface UsedPlace {
  /** What kind of place. */
  kind: UsedIn;
  /** What it is called: the job's name, the conversation's title; empty where its path says it. */
  label: string;
  /** The notebook, from the folder that JupyterLab serves; of runs the latest result. */
  path: string;
  /** The cell in it. */
  cell_id: string;
  /** Which of its cells that is, counted from 1; 0 where nobody knows. */
  cell: number;
  /** The job's, conversation's or collection's id. */
  subject_id: string;
  /** The message that names the block. */
  message_id: string;
  /** How often it ran there without an error. */
  ok: number;
  /** How often it failed there. */
  failed: number;
  /** How it went there last; None where it was not run. */
  last_outcome: Outcome | null;
  /** When that was, or when it was put there. */
  last_at: string | null;
  /** Whether it is still there; where not, only a note of its use tells of it. */
  is_there: boolean;
}

/** A place in a template that is filled before it is asked. */
export interface Variable {
  /** What stands between the braces, such as dataset. */
  name: string;
  /** What it is where nothing else is said. */
  default: string;
}

/** One of the two things that are compared. */
export interface Variant {
  /** What people call it, such as A. */
  name: string;
  /** The notebook's path from the root folder. */
  notebook: string;
  /** Values by name; names left out have the notebook's own values. */
  parameters: Record<string, unknown>;
}

/** What an experiment has found. */
export interface Verdict {
  /** What was found about the goal. */
  outcome: Finding;
  /** The same in plain words. */
  sentence: string;
  /** The better variant, 0 or 1; None where neither is. */
  winner: number | null;
  /** The goal's comparison first, then those of other metrics and of the run time. */
  comparisons: Array<Comparison>;
}

/** Why a dataset has other contents than before. */
export type VersionCause = 'added' | 'changed' | 'replaced' | 'put_back';

/** One thing that is different from the version before. */
export interface VersionChange {
  /** What kind of thing. */
  kind: ChangeKind;
  /** The same in words. */
  sentence: string;
  /** The column that it is about, by its name now; empty where it is about all. */
  column: string;
  /** How the column's values were spread before and are now, where that is the matter. */
  spread: Spread | null;
}

/** What is different from one version to another. */
export interface VersionComparison {
  /** The one. */
  before: DatasetVersion;
  /** The other. */
  after: DatasetVersion;
  /** What is different, what matters most first; the first hundred. */
  changes: Array<VersionChange>;
  /** How many differences there are in all. */
  change_count: number;
}

/** Where a version comes from. */
export type VersionSource = 'hub' | 'folder' | 'provider' | 'training';

/** Whether a version's files are here. */
export type VersionStatus = 'absent' | 'downloading' | 'paused' | 'ready' | 'broken';

/** Code that gives a view's rows. */
export interface ViewCode {
  /** The code. */
  code: string;
  /** What it is written in. */
  language: CodeLanguage;
}

/** Rows of a view. */
export interface ViewPage {
  /** The rows: text, number, boolean or null; the rest as text. */
  rows: Array<Array<unknown>>;
  /** How many rows the view has; those found so far where it is asked for early. */
  total: number;
  /** Whether they come from the working copy, and not from the file itself. */
  has_copy: boolean;
  /** Whether all rows are found and in order, so that every page is a look-up. */
  is_whole: boolean;
}

/** A value and how many rows of the view have it. */
export interface ViewValue {
  /** The value as text; None where it is empty. */
  value: string | null;
  /** How many rows. */
  count: number;
}

/** The places where a block is used. */
export interface WhereUsed {
  /** The block. */
  block_id: string;
  /** Notebooks first, the one that was used last first; then jobs, conversations, collections. */
  places: Array<UsedPlace>;
  /** Whether there are more notebooks in the folder than were looked through. */
  is_cut: boolean;
}

/** A file that may be the one that is gone. */
export interface Whereabout {
  /** Where it lies: from the root folder, with slashes. */
  path: string;
  /** Its size. */
  bytes: number;
  /** Whether its contents are those that the dataset had; else it has the name only. */
  is_same: boolean;
}

/** The files that may be the one that is gone. */
export interface Whereabouts {
  /** The dataset. */
  dataset_id: string;
  /** The likeliest first. */
  found: Array<Whereabout>;
  /** Whether there are more files than were looked through. */
  is_cut: boolean;
}

/** How many blocks there would be without one of the filters. */
export interface WithoutFilter {
  /** The filter, as it was typed. */
  filter: string;
  /** How many, at most 100. */
  blocks: number;
}

/** How a text table is written and to be understood. None: as detected. */
export interface Writing {
  /** What stands between fields. */
  delimiter: string | null;
  /** What stands around fields; empty where nothing does. */
  quote: string | null;
  /** What stands before a quote inside a quoted field. */
  escape: string | null;
  /** How many rows hold the names. */
  header_rows: number | null;
  /** How many lines stand above the names, or above the first row where there are none. */
  skip_lines: number | null;
  /** What lines begin with that are comments; empty where there are none. */
  comment: string | null;
  /** The text's encoding, by Python's name. */
  encoding: string | null;
  /** Whether 1,5 is one and a half; else 1.5 is. */
  decimal_comma: boolean | null;
  /** Whether 01/02/2024 is in February; else it is in January. */
  day_first: boolean | null;
  /** The words that stand for no value. */
  missing: Array<string> | null;
  /** Columns that are text, whatever their values look like. */
  text_columns: Array<string>;
  /** Columns in which every value fits: rows with one that does not are left out. */
  whole_columns: Array<string>;
  /** Kinds of rows that are left out, where they would be mended otherwise. */
  left_out: Array<ProblemKind>;
}

/** A code cell of a notebook, as it stands. */
export interface CellText {
  /** The cell's id. */
  id: string;
  /** Its text. */
  code: string;
}

/** A tab that carries a call out, so that no other does. */
export interface Claim {
  /** The tab's own id, made when its page was opened. */
  tab_id: string;
}

/** What to change; what is left out stays. */
export interface CodeBlockEdit {
  /** The new code. */
  code?: string | null;
  /** The new name. */
  name?: string | null;
  /** The new language. */
  language?: string | null;
  /** The new description. */
  description?: string | null;
  /** The new tags, all of them. */
  tags?: Array<string> | null;
}

/** Blocks that cells remember. */
export interface CodeBlockIds {
  /** Their ids, at most 500. */
  ids: Array<string>;
}

/** Texts to look for in the library. */
export interface CodeTexts {
  /** Whole codes, at most 200. */
  codes: Array<string>;
}

/** What to change of a collection; what is left out stays. */
export interface CollectionEdit {
  /** The new name. */
  name?: string | null;
  /** The new description. */
  description?: string | null;
  /** The blocks, all of them in their new order. */
  block_ids?: Array<string> | null;
}

/** What is to be different about a conversation; None stays as it is. */
export interface ConversationChange {
  /** What it is about; from then on it does not follow what is asked. */
  title?: string | null;
  /** The folder that it is to lie in; empty: none. */
  folder_id?: string | null;
  /** Whether it is to stand above the others. */
  is_pinned?: boolean | null;
  /** Whether it is to be put away. */
  is_archived?: boolean | null;
}

/** The same change to several conversations at once. */
export interface ConversationsChange {
  /** Which ones. */
  ids: Array<string>;
  /** The folder that they are to lie in; empty: none. */
  folder_id?: string | null;
  /** Whether they are to stand above the others. */
  is_pinned?: boolean | null;
  /** Whether they are to be put away. */
  is_archived?: boolean | null;
  /** Whether they are to be deleted; false brings them back. */
  is_removed?: boolean | null;
}

/** A file of conversations to read in. */
export interface ConversationsImport {
  /** What stands in it: JSON as Sponde, Open WebUI or ChatGPT export it. */
  text: string;
  /** What the file is called. */
  name?: string;
}

/** How a dataset's rows are looked at. */
export interface DatasetView {
  /** What they are sorted by, the most important first; as in the file where empty. */
  sorts?: Array<ViewSort>;
  /** What a row must fit, all of it. */
  filters?: Array<ViewFilter>;
  /** What must occur in one of a row's values, in whatever case. */
  search?: string;
  /** The columns that are shown, in order; all where empty. */
  columns?: Array<string>;
}

/** What kind of file is made. */
export type DownloadFormat = 'csv' | 'spreadsheet_csv' | 'parquet' | 'xlsx';

/** An engine that runs already, to be used here. */
export interface EngineAdoption {
  /** Where it answers: http(s)://host:port, with or without /v1, or unix:/path. */
  address: string;
  /** The key that it wants; empty: none. */
  api_key?: string;
}

/** Other settings of an engine; they hold from its next start. */
export interface EngineChange {
  /** How to start it. */
  settings: EngineSettings;
  /** Start it again now, if it runs. */
  restarts?: boolean;
}

/** Whether an engine stays when it is idle. */
export interface EnginePin {
  /** It is never unloaded for being idle, nor to make room. */
  is_pinned: boolean;
}

/** How deep an engine sleeps. */
export interface EngineSleep {
  /** 1: weights go to main memory, waking is quick. 2: they are dropped, and read again. 0: as SpondeEngines.sleep_level says. */
  level?: number;
}

/** What is filled in. */
export interface FieldValues {
  /** Field → value, as a person types it; those left out stay as they are. */
  values?: Record<string, string>;
  /** Whether the form offers these values the next time. */
  remembers?: boolean;
}

/** What a filter asks of a column's values. */
export type FilterKind = 'contains' | 'among' | 'between' | 'empty';

/** A folder to make, or what is to be different about one; None stays as it is. */
export interface FolderChange {
  /** Its name. */
  name?: string | null;
  /** The folder that it is to lie in; empty: none. */
  parent_id?: string | null;
}

/** A folder to look at. */
export interface FolderQuestion {
  /** Where it is: absolute, or from the folder that JupyterLab serves. */
  path: string;
  /** The words that allow pickled weights; see PICKLE_WORDS. */
  allow_pickle?: string;
}

/** What a conversation can become. */
export type Format = 'notebook' | 'markdown' | 'html';

/** A notebook or file as a tab or a turn names it, with what the tab sees of it. */
export interface Given {
  /** Where it is, from the root folder. */
  path: string;
  /** The open notebook with its unsaved edits; None: as it is on the disk. */
  notebook?: Record<string, unknown> | null;
  /** The open text with its unsaved edits; None: as it is on the disk. */
  text?: string | null;
}

/** What is needed to go back: how open documents stand, and what is put back on the disk. */
export interface GoingBack {
  /** The notebooks and files as they stand, so that going back can be undone. */
  files?: Array<Given>;
  /** Those that the server puts back on the disk; the tab puts back the rest, in its documents. */
  on_disk?: Array<string>;
}

/** A variable that is in a notebook's kernel. */
export interface HereName {
  /** Its name. */
  name: string;
  /** Its type, such as DataFrame. */
  type?: string;
  /** Its shape or length in words, such as 1,000 × 12. */
  shape?: string;
  /** The names of its columns, where it has some. */
  columns?: Array<string>;
}

/** Which model to look up at the hub. */
export interface HubQuestion {
  /** Its id, such as Qwen/Qwen2.5-0.5B-Instruct, or the address of its page. */
  hub_id: string;
  /** A branch, tag or commit; empty: main. */
  revision?: string;
  /** The words that allow pickled weights; see PICKLE_WORDS. */
  allow_pickle?: string;
}

/** A token for the hub, as a person enters it. */
export interface HubToken {
  /** The token; empty: forget it. */
  token: string;
}

/** What becomes of the blocks of an import. */
export interface ImportChoices {
  /** By place, for those whose choice is another than the one that was proposed. */
  choices?: Record<string, RowChoice>;
  /** What becomes of all that are nearly the same; None: as proposed, or as chosen one by one. */
  near?: RowChoice | null;
}

/** A piece of a file. */
export interface ImportPiece {
  /** How many bytes came before. */
  at: number;
  /** The bytes, as base64. */
  data: string;
}

/** What to change in a job definition; what is left out stays. */
export interface JobDefinitionChange {
  /** What people call it. */
  name?: string | null;
  /** Values by name. */
  parameters?: Record<string, unknown> | null;
  /** When it runs. */
  schedule?: Schedule | null;
  /** Whether its schedule counts. */
  is_enabled?: boolean | null;
}

/** What stands after a change. */
export interface Made {
  /** The notebooks and files that were changed. */
  files: Array<Given>;
}

/** The model to ask when nobody chooses, or by an alias. */
export interface ModelChoice {
  /** The model's id; an alias or a registered name will do. */
  model_id: string;
}

/** What is done where a file of the upload's name is there already. */
export type NameConflict = 'ask' | 'keep_both' | 'replace';

/** An adapter to serve beside an engine's model. */
export interface NewAdapter {
  /** The registered name of the adapter. */
  name: string;
}

/** A benchmark as a person asks for it. */
export interface NewBench {
  /** Which model. */
  model_id: string;
  /** Tokens that each request is to read, about; each is measured with every number of streams. */
  contexts?: Array<number>;
  /** How many requests go on at the same time. */
  streams?: Array<number>;
  /** Requests for each figure; at least as many as go on at the same time are made. */
  requests?: number;
  /** Tokens that each answer is to have; some servers end sooner. */
  answer_tokens?: number;
  /** Who measures; None: vLLM's own where it is installed and the engine is ours, else ours. */
  tool?: BenchTool | null;
}

/** Which blocks are exported, and as what. */
export interface NewBlockExport {
  /** As what. */
  format?: ExportFormat;
  /** Which; where none is named, those that the query finds. */
  block_ids?: Array<string>;
  /** A search; where it is empty, too, all. */
  query?: string;
  /** Whether revisions, sources and what is known of runs go along (bundles). */
  has_past?: boolean;
}

/** A file to import. */
export interface NewBlockImport {
  /** Its name, where it is sent in pieces. */
  filename?: string;
  /** Its path from the folder that JupyterLab serves, where it lies there. */
  path?: string;
}

/** A trial to begin. */
export interface NewBlockTrial {
  /** Which block. */
  block_id: string;
  /** What stands for the names that it needs; None: what fits best. */
  inputs?: Array<TrialInput> | null;
}

/** A budget as a person enters it. */
export interface NewBudget {
  /** At this much, requests are refused. */
  limit: number;
  /** What is counted. */
  unit?: BudgetUnit;
  /** When it begins again. */
  period?: BudgetPeriod;
  /** Whose requests count. */
  scope?: BudgetScope;
  /** The person, the token's id, the pattern of models or the conversation's id. */
  subject?: string;
  /** What to call it. */
  name?: string;
  /** A notice is shown at this share of the limit; 0: none. */
  warn_share?: number;
}

/** A notebook's code cells, and the one that is asked about. */
export interface NewCellNeeds {
  /** Which cell. */
  cell_id: string;
  /** The code cells in their order; those after the cell do not matter. */
  cells: Array<CellText>;
  /** Most characters that the cells given back may have together; the nearest go first. */
  longest?: number;
}

/** What a turn is about to change. */
export interface NewCheckpoint {
  /** The answer whose turn it is. */
  message_id: string;
  /** The notebooks and files. */
  files: Array<Given>;
}

/** Code to keep. */
export interface NewCodeBlock {
  /** The code; the same code twice is one block. */
  code: string;
  /** Its language, as far as somebody said; recognised where empty. */
  language?: string;
  /** What to call it; made from the description or the code where empty. */
  name?: string;
  /** What it does. */
  description?: string;
  /** Words to find it by. */
  tags?: Array<string>;
  /** The answer that it came from. */
  message_id?: string | null;
  /** The place that it came from; an answer where only `message_id` is given. */
  source?: NewSource | null;
}

/** A collection to make. */
export interface NewCollection {
  /** The blocks in their order. */
  block_ids: Array<string>;
  /** What to call it; named after its blocks where empty. */
  name?: string;
  /** What its blocks do together. */
  description?: string;
}

/** What is written of a commit. */
export interface NewCommit {
  /** Its message. */
  message: string;
}

/** Further models to ask the question that was answered. */
export interface NewComparison {
  /** Which ones; with those that answered already at most four. */
  model_ids: Array<string>;
}

/** A place in a cell where code is to go on. */
export interface NewContinuation {
  /** The cell's text before the cursor. */
  before: string;
  /** The cell's text behind it. */
  after?: string;
  /** The code cells above, in their order. */
  cells?: Array<string>;
  /** What the cell is written in. */
  language?: string;
  /** Which model or alias; the default where empty. */
  model_id?: string;
  /** Most lines that are wanted; 0: as the server allows. */
  lines?: number;
  /** Whether a person asked for it by a key; else they only type, and no engine is started. */
  is_invited?: boolean;
}

/** A conversation to begin, or a new title for one. */
export interface NewConversation {
  /** What it is about. */
  title?: string;
}

/** What to copy of a conversation. */
export interface NewCopy {
  /** The last message of the branch to copy; empty: the whole tree. */
  leaf_id?: string;
}

/** A file to register. */
export interface NewDataset {
  /** Where it lies: from the root folder, with slashes. */
  path: string;
  /** What to call it; made from the file's name where empty. */
  name?: string;
  /** Which sheet of a workbook, or file of an archive; the first with data where empty. */
  part?: string;
}

/** What to make a file of: a whole dataset, a query's result, or SQL. Exactly one of them. */
export interface NewDatasetDownload {
  /** The kind of file. */
  format: DownloadFormat;
  /** A whole dataset. */
  dataset_id?: string | null;
  /** A query that was run: all its rows, also those beyond the ones kept. */
  query_id?: string | null;
  /** One SELECT. */
  sql?: string | null;
  /** Of a dataset only these rows and columns, in this order; all of it where None. */
  view?: DatasetView | null;
  /** What to call the file, without its ending; made from the dataset where empty. */
  name?: string;
}

/** SQL to run over datasets, each a table by its name. */
export interface NewDatasetQuery {
  /** One SELECT statement. */
  sql: string;
}

/** A decision as a person gives it. */
export interface NewDecision {
  /** What they say. */
  decision: Decision;
}

/** Who describes a block. */
export interface NewDescription {
  /** Which model; the one that was chosen last where empty. */
  model_id?: string;
}

/** A model to bring from the hub. */
export interface NewDownload {
  /** Its id there. */
  hub_id: string;
  /** A branch, tag or commit; empty: main. */
  revision?: string;
  /** The name to register it under; the last part of its id where empty. */
  name?: string;
  /** The words that allow pickled weights; see PICKLE_WORDS. */
  allow_pickle?: string;
}

/** An engine to start, or to plan. */
export interface NewEngine {
  /** The registered name of a model; an adapter's starts its base with it. */
  model: string;
  /** Which version of it; 0: the one in use. */
  version?: number;
  /** How to start it; left out: as it was started last, or chosen by what fits. */
  settings?: EngineSettings | null;
  /** Start it although the estimate says that it does not fit. */
  is_forced?: boolean;
}

/** An experiment to begin. */
export interface NewExperiment {
  /** What to compare: two. */
  variants: Array<Variant>;
  goal: Goal;
  /** How often to run each variant. */
  repeats?: number;
  /** What to call it; empty: named after its notebooks. */
  name?: string;
}

/** A conversation to write into a file beside the notebooks. */
export interface NewExport {
  /** What it becomes. */
  format: Format;
  /** The folder to write into, as a path from the root folder. */
  folder?: string;
}

/** Which conversations to write into one file. */
export interface NewExportFile {
  /** Which ones; none: all that are not deleted. */
  ids?: Array<string>;
}

/** An address to fetch a file from. */
export interface NewFetch {
  /** The file's address, such as https://example.org/data/towns.csv. */
  address: string;
  /** Where the file is to lie: from the root folder, with slashes. */
  folder?: string;
  /** What to call the file; as the server calls it where empty. */
  name?: string;
}

/** What to look at for fields. */
export interface NewFieldOffers {
  /** Blocks that a person has chosen; none: those that are found. */
  twin_ids?: Array<string>;
  /** Whether every value of the block is meant, whatever its twins say. */
  alone?: boolean;
}

/** The fields that a block is to have, and the twins that go up in it. */
export interface NewFields {
  /** All its fields; their places are those that were offered. */
  fields: Array<BlockField>;
  /** Blocks that become revisions of it; their values become presets. */
  twin_ids?: Array<string>;
}

/** What is there: the kernel's variables, newest first, and the imports that it cannot find. */
export interface NewFit {
  /** The variables. */
  names?: Array<HereName>;
  /** Those of the block's imports that were not found. */
  missing_imports?: Array<string>;
}

/** How a block is to be fitted to a table. */
export interface NewFitted {
  /** The dataset. */
  dataset: string;
  /** Whether a line before it loads the dataset, where the block needs it as a variable. */
  loads?: boolean;
  /** What the table is called in the notebook; as the dataset where empty. */
  variable?: string;
}

/** Where the library is to lie as files. */
export interface NewFolder {
  /** A folder, from the one that JupyterLab serves or from the root of the machine; it is made. */
  path: string;
}

/** A folder to register. */
export interface NewImport {
  /** Where it is: absolute, or from the folder that JupyterLab serves. */
  path: string;
  /** The name to register it under; the folder's where empty. */
  name?: string;
  /** Whether its files are copied into our folder; else they stay where they are. */
  is_copied?: boolean;
  /** For an adapter: the registered name of its base, where its config does not lead there. */
  base?: string;
  /** What to remember about it. */
  notes?: string;
  /** The words that allow pickled weights; see PICKLE_WORDS. */
  allow_pickle?: string;
}

/** A job definition to make. */
export interface NewJobDefinition {
  /** The notebook's path from the root folder. */
  notebook: string;
  /** What people call it; empty: the notebook's name. */
  name?: string;
  /** Values by name. */
  parameters?: Record<string, unknown>;
  /** When it runs. */
  schedule?: Schedule | null;
  /** Seconds after which a run is ended; None: the setting SpondeJobs.time_limit. */
  time_limit?: number | null;
}

/** What a dataset is called from now on; what is left out stays. */
export interface NewLabel {
  /** Its name: letters, digits, underscores. */
  name?: string | null;
  /** Words to find it by. */
  tags?: Array<string> | null;
}

/** What to do to many code blocks. */
export interface NewManyChange {
  /** What. */
  deed: ManyDeed;
  /** To which; those that are not there are passed over. */
  block_ids: Array<string>;
  /** Tags to give (tag). */
  add_tags?: Array<string>;
  /** Tags to take away (tag). */
  remove_tags?: Array<string>;
}

/** Whether programs may call a tool that changes something. */
export interface NewMcpAllowance {
  /** True: every program with the scope `tools` may call it. */
  is_allowed: boolean;
}

/** A question. */
export interface NewMessage {
  /** Markdown; a first word with a slash is a command that needs no model. */
  text: string;
  /** The message that it follows; None for the first. */
  parent_id?: string | null;
  /** Which model or alias; the default where empty. */
  model_id?: string;
  /** Up to four different models to ask at once, each for an answer of its own. */
  model_ids?: Array<string>;
  /** Shuffle their answers and hide their names until one is kept. */
  is_blind?: boolean;
  /** What hangs on it besides the @names in its text. */
  references?: Array<Reference>;
  /** Who is asked to answer: instructions, a model and tools; empty: nobody in particular. */
  persona_id?: string;
  /** The notebook that is open beside it, from the root folder: its folder's instructions hold. */
  notebook?: string;
  /** Whether models are told of no tools. */
  without_tools?: boolean;
}

/** Code, and the names that it is to have. */
export interface NewNames {
  /** The code. */
  code: string;
  /** Old variable → new variable. */
  names?: Record<string, string>;
  /** Old column → new column. */
  columns?: Record<string, string>;
  /** The names whose attributes may be columns, as in `df.amount`. */
  of?: Array<string>;
}

/** Some rows of a view. */
export interface NewPage {
  /** The view. */
  view: DatasetView;
  /** How many rows stand before the first. */
  offset?: number;
  /** At most so many rows. */
  limit?: number;
  /** The wanted columns by their places in the dataset, in this order; all where empty. */
  columns?: Array<number>;
  /** Whether values are given as they are written in the file. */
  written?: boolean;
  /** Whether long texts are given whole. */
  whole?: boolean;
  /** How much of the view must be worked out before. */
  when?: PageWhen;
}

/** What a person allows of a tool from now on. */
export interface NewPermission {
  /** The tool's name. */
  tool: string;
  /** What is allowed; ask takes an earlier permission back. */
  allowance: Allowance;
  /** Where it holds; empty: everywhere. */
  conversation_id?: string;
}

/** A persona to make, or what one is to become. */
export interface NewPersona {
  /** What people call it. */
  name: string;
  /** What the model reads before everything else. */
  instructions?: string;
  /** What it is good for, in a few words. */
  summary?: string;
  /** One sign that stands for it, such as an emoji or a letter. */
  icon?: string;
  /** The colour of its sign: grey, blue, green, purple, orange, red or teal. */
  colour?: string;
  /** The model or alias that answers; empty: the one that is chosen in the composer. */
  model_id?: string;
  /** The names of the tools that it may ask for; None: all; empty: none. */
  tools?: Array<string> | null;
}

/** Another place in the queue. */
export interface NewPlace {
  /** 0 is the next one. */
  place: number;
}

/** What a language model may read of a dataset from now on. */
export interface NewPolicy {
  /** How much. */
  policy: Policy;
  /** How many rows, where the policy lets rows through; None: as before. */
  policy_rows?: number | null;
}

/** A price as a person enters it. */
export interface NewPrice {
  /** Which models: an id or a name, * for any letters. */
  pattern: string;
  /** For a million tokens read. */
  input_price?: number;
  /** For a million tokens written. */
  output_price?: number;
}

/** A provider as a person enters it. */
export interface NewProvider {
  /** Its address, such as http://127.0.0.1:8000/v1. */
  base_url: string;
  /** Its key; env:NAME: what that variable of the server's environment holds; or nothing. */
  api_key?: string;
  /** The protocol that it speaks; None: found out. */
  kind?: ProviderKind | null;
  /** What to call it; the address's host where empty. */
  name?: string;
  /** Model names to use where the server does not list its own. */
  models?: Array<string>;
}

/** A notebook to publish; one that is published already is updated and keeps its address. */
export interface NewPublication {
  /** The notebook's path from the root folder. */
  source: string;
  /** What to call it; empty: the notebook's name. */
  name?: string;
}

/** A question that is to wait for an answer. */
export interface NewQueuedQuestion {
  /** What to ask. */
  message: NewMessage;
  /** The question whose answer it waits for. */
  after_id: string;
}

/** A rating as a person gives it. */
export interface NewRating {
  /** Liked or disliked. */
  verdict: Opinion;
  /** Why, in words that were offered. */
  reasons?: Array<string>;
  /** Why, in the person's own words. */
  text?: string;
}

/** Where the folder is pushed. */
export interface NewRemote {
  /** The address, without a password. */
  url: string;
}

/** A provider's model to register under a name. */
export interface NewRemoteModel {
  /** The model's id, `<provider id>/<name>`. */
  model_id: string;
  /** The name to register it under; the model's own where empty. */
  name?: string;
  /** What to remember about it. */
  notes?: string;
}

/** A replay to begin. */
export interface NewReplay {
  /** The model or alias to ask. */
  model_id: string;
  /** The last message of the branch to replay; empty: the latest. */
  message_id?: string;
}

/** How a conflict ends. */
export interface NewResolution {
  /** The file, from the folder. */
  path: string;
  side: Side;
  /** The text of the file, where it was edited. */
  text?: string;
}

/** A run to start. */
export interface NewRun {
  /** The notebook's path from the root folder. */
  notebook: string;
  /** Values by name; text is read as the parameter's type. */
  parameters?: Record<string, unknown>;
  /** What asks for it. */
  origin?: string;
  /** The job definition that it belongs to. */
  definition_id?: string | null;
  /** Seconds after which it is ended; None: the setting SpondeJobs.time_limit. */
  time_limit?: number | null;
}

/** A place that code is kept from. */
export interface NewSource {
  /** What kind of place it is. */
  kind: SourceKind;
  /** What to call it, such as a conversation's title; empty where its path says it. */
  label?: string;
  /** The answer. */
  message_id?: string | null;
  /** The notebook or file, from the folder that JupyterLab serves. */
  path?: string;
  /** The cell in the notebook. */
  cell_id?: string;
  /** The line in the file, counted from 1; 0 where there is none. */
  line?: number;
}

/** Who is to suggest a title. */
export interface NewTitle {
  /** Which model or alias; the default where empty. */
  model_id?: string;
}

/** A token as a person asks for it. */
export interface NewToken {
  /** What it is for. */
  name: string;
  /** What it allows. */
  scopes?: Array<Scope>;
  /** Names, aliases or ids of the models that it may ask; none: all of them. */
  models?: Array<string>;
  /** Requests in any 60 seconds; 0: no limit. */
  requests_per_minute?: number;
  /** Requests at the same time; 0: no limit. */
  parallel?: number;
  /** Tokens read and written a day; 0: no limit. */
  tokens_per_day?: number;
  /** When it ends by itself; None: never. */
  expires_at?: string | null;
}

/** An MCP server as a person enters it: a command or an address. */
export interface NewToolServer {
  /** What to call it: letters, digits, - and _, at most 24. */
  name: string;
  /** The program and its arguments. */
  command?: Array<string>;
  /** Its address. */
  url?: string;
  /** Environment variables (a process) or headers (an address). */
  secrets?: Record<string, string>;
}

/** An adapter to train. */
export interface NewTraining {
  /** What to train on. */
  set_id: string;
  /** The registered name of the model that the adapter belongs to. */
  base: string;
  /** What to register the adapter as; empty: the base's and the set's names. */
  name?: string;
  /** How to train. */
  settings?: TrainingSettings;
}

/** A set to make. */
export interface NewTrainingSet {
  /** What to call it; empty: named after the day. */
  name?: string;
  /** What to make it of. */
  selection?: TrainingSelection;
  /** How to check and split it. */
  settings?: TrainingSetSettings;
}

/** A file that is about to be sent. */
export interface NewUpload {
  /** The file's own name, without folders. */
  name: string;
  /** Its size. */
  bytes: number;
  /** Where it is to lie: from the root folder, with slashes. */
  folder?: string;
  /** When the file last changed on the person's computer, in milliseconds since 1970. */
  modified?: number;
  /** The SHA-256 of its first 64 KiB in hexadecimal; empty where the browser cannot tell. */
  head?: string;
  /** Whether to begin anew though the same file is here in part. */
  fresh?: boolean;
  /** Whether the folder is made where it is not there, as for a folder that is sent whole. */
  makes_folder?: boolean;
}

/** Where a block is put. */
export interface NewUse {
  /** The notebook's path; empty where nobody knows it. */
  notebook?: string;
  /** The cell's id. */
  cell_id?: string;
  /** How it is used. */
  place?: Place;
}

/** A column's values in a view, for choosing among them. */
export interface NewValues {
  /** The view; what it asks of this column itself is left out. */
  view: DatasetView;
  /** The column's name. */
  column: string;
  /** What must occur in them. */
  search?: string;
}

/** A view as code. */
export interface NewViewCode {
  /** The view. */
  view: DatasetView;
  /** What to write. */
  language?: CodeLanguage;
  /** One or two columns to draw (pandas only); none where empty. */
  plot?: Array<string>;
}

/** Where the file is now. */
export interface NewWhereabout {
  /** From the root folder, with slashes. */
  path: string;
}

/** How much of a view must be worked out before a page of it is given. */
export type PageWhen = 'early' | 'counted' | 'whole';

/** Values to check before a run. */
export interface ParameterValues {
  /** The notebook's path from the root folder. */
  notebook: string;
  /** Values by name; text is read as the parameter's type. */
  parameters?: Record<string, unknown>;
}

/** SQL over datasets, each a view by its name. */
export interface Query {
  /** One SELECT statement. */
  sql: string;
  /** Names of the datasets that it may read; those that it names where empty. */
  datasets?: Array<string>;
  /** At most so many rows are given. */
  limit?: number;
}

/** What to change of a registered model; what is left out stays. */
export interface RegisteredModelChange {
  /** What people wrote about it. */
  notes?: string | null;
  /** Its licence. */
  licence?: string | null;
  /** The number of the version to use from now on. */
  current?: number | null;
}

/** Make the next version of a set: gathered anew; what is left out stays as it was. */
export interface RemakeTrainingSet {
  /** What to make it of. */
  selection?: TrainingSelection | null;
  /** How to check and split it. */
  settings?: TrainingSetSettings | null;
}

/** Turns an MCP server on or off. */
export interface ServerSwitch {
  /** Whether its tools are offered. */
  is_on: boolean;
}

/** Whose text is kept. */
export type Side = 'mine' | 'theirs' | 'edited';

/** What to change about a token; what is left out stays. */
export interface TokenChange {
  /** What it is for. */
  name?: string | null;
  /** What it allows. */
  scopes?: Array<Scope> | null;
  /** The models that it may ask; an empty list: all of them. */
  models?: Array<string> | null;
  /** Requests in any 60 seconds; 0: no limit. */
  requests_per_minute?: number | null;
  /** Requests at the same time; 0: no limit. */
  parallel?: number | null;
  /** Tokens read and written a day; 0: no limit. */
  tokens_per_day?: number | null;
  /** When it ends by itself. */
  expires_at?: string | null;
  /** Let it never end by itself. */
  is_endless?: boolean;
}

/** Take a row out of its set, or put it back. */
export interface TrainingRowChange {
  /** Whether it is out. */
  is_excluded: boolean;
}

/** What to change in a set; what is left out stays. */
export interface TrainingSetChange {
  /** What people call it. */
  name?: string | null;
}

/** A command that is being written. */
export interface Typing {
  /** All of it. */
  text: string;
  /** Where the caret stands, in UTF-16 code units. */
  caret: number;
}

/** All bytes are sent. */
export interface UploadEnd {
  /** What to do where a file of this name is there already. */
  conflict?: NameConflict;
}

/** How a use went. */
export interface UseOutcome {
  /** Ok or failed. */
  outcome: Outcome;
  /** The error's class, where it failed. */
  error_name?: string;
  /** What the error said. */
  error_message?: string;
  /** What was run, where the cell may have been edited since: only the block's own code counts. */
  code?: string | null;
  /** How long it ran. */
  seconds?: number | null;
  /** Most resident memory of its process beyond what that held when the run began, in bytes. */
  peak_bytes?: number | null;
  /** How that was found: 'peak' by the system's own mark, 'sampled' by looking now and then. */
  measured?: string;
  /** The packages that it imports, each with its version. */
  packages?: Record<string, string>;
  /** Names of datasets that it touched, beside those that its text names. */
  datasets?: Array<string>;
  /** What else one must know to believe it. */
  note?: string;
  /** What it showed last, by MIME type: text, a table as HTML, a picture as PNG or SVG. */
  output?: Record<string, string>;
}

/** What is asked of one column. */
export interface ViewFilter {
  /** The column's name. */
  column: string;
  /** What is asked. */
  kind: FilterKind;
  /** The text, or the values, as text. */
  values?: Array<string>;
  /** The smallest value that fits, as text; None: without end. */
  low?: string | null;
  /** The largest value that fits, as text; None: without end. */
  high?: string | null;
  /** Whether `high` itself does not fit any more, as with a histogram's bars. */
  below?: boolean;
  /** Whether what would fit does not, and the rest does. */
  negated?: boolean;
}

/** One column that the rows are sorted by; empty values come last. */
export interface ViewSort {
  /** The column's name. */
  column: string;
  /** Whether the largest comes first. */
  descending?: boolean;
}

/** A file or a notebook to be taken apart: one of the three. */
export interface WholeText {
  /** The text of a .py file: its functions and classes. */
  python?: string;
  /** The JSON of a notebook: its code cells. */
  notebook?: string;
  /** Code cells as they stand on the screen. */
  cells?: Array<CellText>;
  /** The cells' language, as the notebook's kernel says. */
  language?: string;
}

/** Every event of the feed, by its name. */
export interface FeedEvents {
  AddressFetchChanged: AddressFetchChanged;
  AddressFetchRemoved: AddressFetchRemoved;
  AnswerRated: AnswerRated;
  AnswerWaits: AnswerWaits;
  BenchChanged: BenchChanged;
  BenchRemoved: BenchRemoved;
  CallAllowed: CallAllowed;
  CallEnded: CallEnded;
  CheckpointChanged: CheckpointChanged;
  CodeBlockChanged: CodeBlockChanged;
  CodeBlockRemoved: CodeBlockRemoved;
  CodeBlocksChanged: CodeBlocksChanged;
  CollectionChanged: CollectionChanged;
  CollectionRemoved: CollectionRemoved;
  ConversationChanged: ConversationChanged;
  ConversationRemoved: ConversationRemoved;
  DatasetChanged: DatasetChanged;
  DatasetHistoryChanged: DatasetHistoryChanged;
  DatasetRemoved: DatasetRemoved;
  DownloadProgressed: DownloadProgressed;
  EngineChanged: EngineChanged;
  EngineRemoved: EngineRemoved;
  ExperimentChanged: ExperimentChanged;
  ExportChanged: ExportChanged;
  FolderChanged: FolderChanged;
  FoldersChanged: FoldersChanged;
  ImportChanged: ImportChanged;
  JobDefinitionChanged: JobDefinitionChanged;
  McpChanged: McpChanged;
  MessageChanged: MessageChanged;
  MessageGrew: MessageGrew;
  MessageThought: MessageThought;
  ModelRegistered: ModelRegistered;
  ModelUnregistered: ModelUnregistered;
  Notice: Notice;
  PersonaChanged: PersonaChanged;
  PersonaRemoved: PersonaRemoved;
  ProvidersChanged: ProvidersChanged;
  PublicationChanged: PublicationChanged;
  QueueChanged: QueueChanged;
  RatingRemoved: RatingRemoved;
  ReplayChanged: ReplayChanged;
  RunChanged: RunChanged;
  TemplateChanged: TemplateChanged;
  TemplateRemoved: TemplateRemoved;
  TokensChanged: TokensChanged;
  ToolsChanged: ToolsChanged;
  TrainingChanged: TrainingChanged;
  TrainingSetChanged: TrainingSetChanged;
  TrainingSetRemoved: TrainingSetRemoved;
  TrialChanged: TrialChanged;
  TrialPrinted: TrialPrinted;
  UnreadChanged: UnreadChanged;
  UsageChanged: UsageChanged;
}

/** Every route: what goes in and what comes out. */
export interface Routes {
  /** List what happened, newest first. */
  'GET /activity': { path: {  }; query: { limit?: number }; body: null; answer: Array<Activity> };
  /** List the names that stand for models, with what they stood for before. */
  'GET /aliases': { path: {  }; query: {  }; body: null; answer: Array<Alias> };
  /** Forget an alias and its history. */
  'DELETE /aliases/{name}': { path: { name: string }; query: {  }; body: null; answer: null };
  /** Let an alias stand for a model. */
  'PUT /aliases/{name}': { path: { name: string }; query: {  }; body: ModelChoice; answer: Alias };
  /** Let an alias stand for what it stood for before. */
  'POST /aliases/{name}/rollback': { path: { name: string }; query: {  }; body: null; answer: Alias };
  /** List the benchmarks, newest first. */
  'GET /benches': { path: {  }; query: {  }; body: null; answer: Array<Bench> };
  /** Begin to measure a model; events say how far it is. */
  'POST /benches': { path: {  }; query: {  }; body: NewBench; answer: Bench };
  /** Delete a benchmark. */
  'DELETE /benches/{bench_id}': { path: { bench_id: string }; query: {  }; body: null; answer: null };
  /** One benchmark. */
  'GET /benches/{bench_id}': { path: { bench_id: string }; query: {  }; body: null; answer: Bench };
  /** Stop a benchmark; what was measured by then is kept. */
  'POST /benches/{bench_id}/cancel': { path: { bench_id: string }; query: {  }; body: null; answer: Bench };
  /** Give a benchmark's figures as a file: format is csv or json. */
  'GET /benches/{bench_id}/export': { path: { bench_id: string }; query: { format?: string }; body: null; answer: Blob };
  /** List the trials since the server began, latest first, without what they showed. */
  'GET /block-trials': { path: {  }; query: {  }; body: null; answer: Array<BlockTrial> };
  /** Try a code block in a throw-away process on a sample; two run at once, others wait. */
  'POST /block-trials': { path: {  }; query: {  }; body: NewBlockTrial; answer: BlockTrial };
  /** Give a trial with what it showed. */
  'GET /block-trials/{trial_id}': { path: { trial_id: string }; query: {  }; body: null; answer: BlockTrial };
  /** End a trial. */
  'POST /block-trials/{trial_id}/cancel': { path: { trial_id: string }; query: {  }; body: null; answer: BlockTrial };
  /** List the budgets and how much of each is used. */
  'GET /budgets': { path: {  }; query: {  }; body: null; answer: Array<BudgetState> };
  /** Limit what may be asked in a day or a month. */
  'POST /budgets': { path: {  }; query: {  }; body: NewBudget; answer: BudgetState };
  /** Remove a budget; it can be restored. */
  'DELETE /budgets/{budget_id}': { path: { budget_id: string }; query: {  }; body: null; answer: null };
  /** Change a budget. */
  'PUT /budgets/{budget_id}': { path: { budget_id: string }; query: {  }; body: NewBudget; answer: BudgetState };
  /** Bring a removed budget back. */
  'POST /budgets/{budget_id}/restore': { path: { budget_id: string }; query: {  }; body: null; answer: BudgetState };
  /** Take on a call that was allowed, as the tab that carries it out. */
  'POST /calls/{call_id}/claim': { path: { call_id: string }; query: {  }; body: Claim; answer: ToolCall };
  /** Say yes or no to a call that waits; the first one to say it counts. */
  'POST /calls/{call_id}/decision': { path: { call_id: string }; query: {  }; body: NewDecision; answer: ToolCall };
  /** Bring the result of a call that this tab took on. */
  'POST /calls/{call_id}/result': { path: { call_id: string }; query: { tab_id: string }; body: ToolResult; answer: null };
  /** Say which earlier cells of a notebook a cell depends on; nothing is run. */
  'POST /cell-needs': { path: {  }; query: {  }; body: NewCellNeeds; answer: CellNeeds };
  /** List the turns that changed cells or files, newest first. */
  'GET /checkpoints': { path: {  }; query: {  }; body: null; answer: Array<Checkpoint> };
  /** Keep what a turn is about to change. */
  'POST /checkpoints': { path: {  }; query: {  }; body: NewCheckpoint; answer: Checkpoint };
  /** One checkpoint, also one that undoes a going back. */
  'GET /checkpoints/{checkpoint_id}': { path: { checkpoint_id: string }; query: {  }; body: null; answer: Checkpoint };
  /** Go back to before a turn; the answer is the checkpoint that undoes this. */
  'POST /checkpoints/{checkpoint_id}/back': { path: { checkpoint_id: string }; query: {  }; body: GoingBack; answer: Checkpoint };
  /** Give a notebook or file before the turn and after it. */
  'GET /checkpoints/{checkpoint_id}/file': { path: { checkpoint_id: string }; query: { path: string }; body: null; answer: FileStates };
  /** Note how a turn left what it changed. */
  'POST /checkpoints/{checkpoint_id}/made': { path: { checkpoint_id: string }; query: {  }; body: Made; answer: Checkpoint };
  /** Begin to write code blocks into a file: a bundle, a zip, a notebook, Markdown or JSON. */
  'POST /code-block-exports': { path: {  }; query: {  }; body: NewBlockExport; answer: BlockExport };
  /** Say how far an export is. */
  'GET /code-block-exports/{export_id}': { path: { export_id: string }; query: {  }; body: null; answer: BlockExport };
  /** Stop an export. */
  'POST /code-block-exports/{export_id}/cancel': { path: { export_id: string }; query: {  }; body: null; answer: BlockExport };
  /** Download the file of an export that has ended. */
  'GET /code-block-exports/{export_id}/file': { path: { export_id: string }; query: {  }; body: null; answer: Blob };
  /** List the last imports that kept something, latest first: each can be undone. */
  'GET /code-block-imports': { path: {  }; query: {  }; body: null; answer: Array<BlockImport> };
  /** Begin an import of a file that is sent in pieces, or that lies here; nothing is kept yet. */
  'POST /code-block-imports': { path: {  }; query: {  }; body: NewBlockImport; answer: BlockImport };
  /** Say how far an import is. */
  'GET /code-block-imports/{import_id}': { path: { import_id: string }; query: {  }; body: null; answer: BlockImport };
  /** Stop an import; what it kept so far can be undone. */
  'POST /code-block-imports/{import_id}/cancel': { path: { import_id: string }; query: {  }; body: null; answer: BlockImport };
  /** Keep what was chosen of an import, in the background. */
  'POST /code-block-imports/{import_id}/keep': { path: { import_id: string }; query: {  }; body: ImportChoices; answer: BlockImport };
  /** Send the next piece of a file. */
  'POST /code-block-imports/{import_id}/pieces': { path: { import_id: string }; query: {  }; body: ImportPiece; answer: BlockImport };
  /** Read the file that was sent; nothing is kept and nothing is run. */
  'POST /code-block-imports/{import_id}/read': { path: { import_id: string }; query: {  }; body: null; answer: BlockImport };
  /** List what an import holds: what is new, here already, nearly here, or broken. */
  'GET /code-block-imports/{import_id}/rows': { path: { import_id: string }; query: { state?: string; offset?: number; limit?: number }; body: null; answer: ImportRows };
  /** Give a block of an import beside the one here that is nearly the same. */
  'GET /code-block-imports/{import_id}/rows/{at}': { path: { import_id: string; at: string }; query: {  }; body: null; answer: ImportPair };
  /** Take back what an import did; blocks that were changed since stay, and are told. */
  'POST /code-block-imports/{import_id}/undo': { path: { import_id: string }; query: {  }; body: null; answer: BlockImport };
  /** Make two code blocks of one again; the answer is the one that comes back. */
  'POST /code-block-merges/{merge_id}/undo': { path: { merge_id: string }; query: {  }; body: null; answer: CodeBlock };
  /** Find code blocks; /found-blocks says why they were found, too. */
  'GET /code-blocks': { path: {  }; query: { query?: string; limit?: number; offset?: number }; body: null; answer: Array<CodeBlock> };
  /** Keep code; where it is kept already, the answer is that block. Says what is near it. */
  'POST /code-blocks': { path: {  }; query: {  }; body: NewCodeBlock; answer: SavedBlock };
  /** Say which of these texts the library holds, and in which blocks. */
  'POST /code-blocks-by-code': { path: {  }; query: {  }; body: CodeTexts; answer: Array<KnownCode> };
  /** Give the blocks of these ids that are there; deleted ones are left out. */
  'POST /code-blocks-by-id': { path: {  }; query: {  }; body: CodeBlockIds; answer: Array<CodeBlock> };
  /** Count the code blocks of each language, most first. */
  'GET /code-blocks-by-language': { path: {  }; query: {  }; body: null; answer: Array<LanguageCount> };
  /** The code block of this name; a refusal names those that are near. */
  'GET /code-blocks-by-name/{name}': { path: { name: string }; query: {  }; body: null; answer: CodeBlock };
  /** List deleted code blocks that hold every word of the query, the latest first. */
  'GET /code-blocks-deleted': { path: {  }; query: { query?: string; limit?: number; offset?: number }; body: null; answer: DeletedBlocks };
  /** Tag many code blocks, delete them or bring them back; with the answer's id it is undone. */
  'POST /code-blocks-many': { path: {  }; query: {  }; body: NewManyChange; answer: ManyChanged };
  /** Make the code blocks of a change what they were. */
  'POST /code-blocks-many/{change_id}/undo': { path: { change_id: string }; query: {  }; body: null; answer: ManyChanged };
  /** Delete a code block; it can be restored. */
  'DELETE /code-blocks/{block_id}': { path: { block_id: string }; query: {  }; body: null; answer: null };
  /** One code block. */
  'GET /code-blocks/{block_id}': { path: { block_id: string }; query: {  }; body: null; answer: CodeBlock };
  /** Change a code block; what it was is kept as a revision. */
  'PATCH /code-blocks/{block_id}': { path: { block_id: string }; query: {  }; body: CodeBlockEdit; answer: CodeBlock };
  /** Say what a bundle says of a code block's runs elsewhere. */
  'GET /code-blocks/{block_id}/claims': { path: { block_id: string }; query: {  }; body: null; answer: Array<BlockClaim> };
  /** Ask a model what a code block does: a proposal, nothing is changed. */
  'POST /code-blocks/{block_id}/describe': { path: { block_id: string }; query: {  }; body: NewDescription; answer: Described };
  /** Say which blocks differ from this one in nothing but values, and what could be fields. */
  'POST /code-blocks/{block_id}/field-offers': { path: { block_id: string }; query: {  }; body: NewFieldOffers; answer: FieldOffers };
  /** What is asked before a code block is put into a notebook, with what was filled in last. */
  'GET /code-blocks/{block_id}/fields': { path: { block_id: string }; query: {  }; body: null; answer: FieldsOfBlock };
  /** Give a code block its fields, all of them; twins become revisions of it. */
  'PUT /code-blocks/{block_id}/fields': { path: { block_id: string }; query: {  }; body: NewFields; answer: FieldsMade };
  /** A code block's code with its fields filled in; a refusal says which value does not fit. */
  'POST /code-blocks/{block_id}/filled': { path: { block_id: string }; query: {  }; body: FieldValues; answer: FilledCode };
  /** Say which variables a block's needed names may mean, and what must be installed. */
  'POST /code-blocks/{block_id}/fit': { path: { block_id: string }; query: {  }; body: NewFit; answer: Renames };
  /** A code block's code under the names of a dataset, with the lines that load it. */
  'POST /code-blocks/{block_id}/fitted': { path: { block_id: string }; query: {  }; body: NewFitted; answer: FittedBlock };
  /** Make a code block the newest revision of another; sources and uses move along. */
  'POST /code-blocks/{block_id}/merge-into/{other_id}': { path: { block_id: string; other_id: string }; query: {  }; body: null; answer: Merged };
  /** Give what a run of a code block showed. */
  'GET /code-blocks/{block_id}/outputs/{use_id}': { path: { block_id: string; use_id: string }; query: {  }; body: null; answer: UseOutput };
  /** Give the runs of a code block, latest first, and what has moved on since. */
  'GET /code-blocks/{block_id}/proof': { path: { block_id: string }; query: { limit?: number }; body: null; answer: Proof };
  /** Bring a deleted code block back. */
  'POST /code-blocks/{block_id}/restore': { path: { block_id: string }; query: {  }; body: null; answer: CodeBlock };
  /** List what a code block was before each edit, latest first. */
  'GET /code-blocks/{block_id}/revisions': { path: { block_id: string }; query: {  }; body: null; answer: Array<Revision> };
  /** Make a code block what it was (its name stays); what it is now becomes a revision. */
  'POST /code-blocks/{block_id}/revisions/{revision_id}/restore': { path: { block_id: string; revision_id: string }; query: {  }; body: null; answer: CodeBlock };
  /** List the places that a code block came from, the first one first. */
  'GET /code-blocks/{block_id}/sources': { path: { block_id: string }; query: {  }; body: null; answer: Array<BlockSource> };
  /** Say what could be said of a code block: a description, and tags that it does not have. */
  'GET /code-blocks/{block_id}/suggestion': { path: { block_id: string }; query: {  }; body: null; answer: CodeSuggestion };
  /** Say what trying a code block needs, and which datasets fit. */
  'GET /code-blocks/{block_id}/trial-offer': { path: { block_id: string }; query: {  }; body: null; answer: TrialOffer };
  /** Count a block's uses by week and outcome. */
  'GET /code-blocks/{block_id}/usage-weeks': { path: { block_id: string }; query: { weeks?: number }; body: null; answer: UsageWeeks };
  /** List where a code block was used and how that went, latest first. */
  'GET /code-blocks/{block_id}/uses': { path: { block_id: string }; query: { limit?: number }; body: null; answer: Array<Use> };
  /** Note that a code block was put into a cell. */
  'POST /code-blocks/{block_id}/uses': { path: { block_id: string }; query: {  }; body: NewUse; answer: Use };
  /** Note how a use went. */
  'PATCH /code-blocks/{block_id}/uses/{use_id}': { path: { block_id: string; use_id: string }; query: {  }; body: UseOutcome; answer: Use };
  /** Say in which notebooks, kernels, jobs, conversations and collections a block is used. */
  'GET /code-blocks/{block_id}/where-used': { path: { block_id: string }; query: {  }; body: null; answer: WhereUsed };
  /** Give Python code with other names and columns; a refusal says which cannot be. */
  'POST /code-names': { path: {  }; query: {  }; body: NewNames; answer: RenamedCode };
  /** Take a file or a notebook apart into what could be kept; nothing is changed. */
  'POST /code-pieces': { path: {  }; query: {  }; body: WholeText; answer: Array<CodePiece> };
  /** List the collections of code blocks, the one that was changed last first. */
  'GET /collections': { path: {  }; query: {  }; body: null; answer: Array<Collection> };
  /** Make a collection of code blocks. */
  'POST /collections': { path: {  }; query: {  }; body: NewCollection; answer: Collection };
  /** Delete a collection; its blocks stay. */
  'DELETE /collections/{collection_id}': { path: { collection_id: string }; query: {  }; body: null; answer: null };
  /** Give a collection with its blocks, what is wrong with their order, and its parameters. */
  'GET /collections/{collection_id}': { path: { collection_id: string }; query: {  }; body: null; answer: CollectionView };
  /** Rename a collection, describe it, or give it other blocks or another order. */
  'PATCH /collections/{collection_id}': { path: { collection_id: string }; query: {  }; body: CollectionEdit; answer: Collection };
  /** Make a Python module of a collection: a function a block. */
  'GET /collections/{collection_id}/module': { path: { collection_id: string }; query: {  }; body: null; answer: CollectionFile };
  /** Make a notebook of a collection: imports on top, a parameters cell, a cell a block. */
  'GET /collections/{collection_id}/notebook': { path: { collection_id: string }; query: {  }; body: null; answer: CollectionFile };
  /** Bring a deleted collection back. */
  'POST /collections/{collection_id}/restore': { path: { collection_id: string }; query: {  }; body: null; answer: Collection };
  /** Put a collection's blocks in the order of their needs. */
  'POST /collections/{collection_id}/sort': { path: { collection_id: string }; query: {  }; body: null; answer: Collection };
  /** List the slash commands, which need no model. */
  'GET /commands': { path: {  }; query: {  }; body: null; answer: Array<Command> };
  /** Say what may be written at a place of a command, counted in UTF-16 code units. */
  'POST /commands/complete': { path: {  }; query: {  }; body: Typing; answer: Suggestions };
  /** Go on with the code in a cell; whoever leaves ends the request at the provider. */
  'POST /completions': { path: {  }; query: {  }; body: NewContinuation; answer: Continuation };
  /** List the conversations that hold a text (all where it is empty), the latest first. */
  'GET /conversations': { path: {  }; query: { query?: string; limit?: number }; body: null; answer: Array<Conversation> };
  /** Begin a conversation. */
  'POST /conversations': { path: {  }; query: {  }; body: NewConversation; answer: Conversation };
  /** Change several conversations alike; those that are there then are given. */
  'POST /conversations/change': { path: {  }; query: {  }; body: ConversationsChange; answer: Array<Conversation> };
  /** Write conversations into one file, exactly; it can be imported again. */
  'POST /conversations/file': { path: {  }; query: {  }; body: NewExportFile; answer: Blob };
  /** Read in a file of Sponde, Open WebUI or ChatGPT: all of it, or nothing. */
  'POST /conversations/import': { path: {  }; query: {  }; body: ConversationsImport; answer: ConversationsImported };
  /** Say whether conversations can be searched by meaning, and how they could. */
  'GET /conversations/meaning': { path: {  }; query: {  }; body: null; answer: MeaningStatus };
  /** List a part of the conversations: all that are not put away, or what a search finds. */
  'GET /conversations/page': { path: {  }; query: { text?: string; folder_id?: string | null; offset?: number; limit?: number; by_meaning?: boolean }; body: null; answer: ConversationPage };
  /** Delete a conversation; it can be restored. */
  'DELETE /conversations/{conversation_id}': { path: { conversation_id: string }; query: {  }; body: null; answer: null };
  /** Give one conversation. */
  'GET /conversations/{conversation_id}': { path: { conversation_id: string }; query: {  }; body: null; answer: Conversation };
  /** Rename, file, pin or put away a conversation. */
  'PATCH /conversations/{conversation_id}': { path: { conversation_id: string }; query: {  }; body: ConversationChange; answer: Conversation };
  /** Copy a conversation: the whole tree, or the branch that ends in a message. */
  'POST /conversations/{conversation_id}/duplicate': { path: { conversation_id: string }; query: {  }; body: NewCopy; answer: Conversation };
  /** Give a conversation as a file. */
  'GET /conversations/{conversation_id}/export': { path: { conversation_id: string }; query: { format?: Format }; body: null; answer: Blob };
  /** Write a conversation into a file in the root folder. */
  'POST /conversations/{conversation_id}/export': { path: { conversation_id: string }; query: {  }; body: NewExport; answer: Exported };
  /** List a conversation's messages, oldest first, with growing answers as far as they are. `ids`: only these, with commas between. */
  'GET /conversations/{conversation_id}/messages': { path: { conversation_id: string }; query: { ids?: string }; body: null; answer: Array<Message> };
  /** Ask one model or several; the answers come over the stream, whoever leaves. */
  'POST /conversations/{conversation_id}/messages': { path: { conversation_id: string }; query: {  }; body: NewMessage; answer: Asked };
  /** Give a conversation with all its messages; where there are more than `most`, the newest. */
  'GET /conversations/{conversation_id}/opening': { path: { conversation_id: string }; query: { most?: number }; body: null; answer: Opening };
  /** Give the shape of a long conversation, without its texts. */
  'GET /conversations/{conversation_id}/outline': { path: { conversation_id: string }; query: {  }; body: null; answer: Outline };
  /** List the questions that wait in a conversation, the next one first. */
  'GET /conversations/{conversation_id}/queue': { path: { conversation_id: string }; query: {  }; body: null; answer: Array<QueuedQuestion> };
  /** Let a question wait for an answer; the server asks it then, whoever leaves. */
  'POST /conversations/{conversation_id}/queue': { path: { conversation_id: string }; query: {  }; body: NewQueuedQuestion; answer: QueuedQuestion };
  /** Ask the next waiting question now, however the answer before it ended. */
  'POST /conversations/{conversation_id}/queue/send': { path: { conversation_id: string }; query: {  }; body: null; answer: null };
  /** List what people think of a conversation's answers. */
  'GET /conversations/{conversation_id}/ratings': { path: { conversation_id: string }; query: {  }; body: null; answer: Array<Rating> };
  /** What would be sent for a question, word by word (in short: sizes); `new`: no conversation. */
  'POST /conversations/{conversation_id}/receipt': { path: { conversation_id: string }; query: { is_brief?: boolean }; body: NewMessage; answer: Receipt };
  /** List the replays that a conversation is a part of, as a copy or as the source. */
  'GET /conversations/{conversation_id}/replays': { path: { conversation_id: string }; query: {  }; body: null; answer: Array<Replay> };
  /** Ask a conversation's questions again of another model, in a new conversation. */
  'POST /conversations/{conversation_id}/replays': { path: { conversation_id: string }; query: {  }; body: NewReplay; answer: Replay };
  /** Bring a deleted conversation back. */
  'POST /conversations/{conversation_id}/restore': { path: { conversation_id: string }; query: {  }; body: null; answer: Conversation };
  /** Note that a tab shows a conversation to its end. */
  'POST /conversations/{conversation_id}/seen': { path: { conversation_id: string }; query: {  }; body: null; answer: Conversation };
  /** Ask a model for a title, from the first question and the first answer. */
  'POST /conversations/{conversation_id}/title': { path: { conversation_id: string }; query: {  }; body: NewTitle; answer: Conversation };
  /** List the data files in a folder and below it. */
  'GET /data-files': { path: {  }; query: { folder?: string }; body: null; answer: DataFolder };
  /** List what the columns of every dataset are called, for a search over all of them. */
  'GET /dataset-columns': { path: {  }; query: {  }; body: null; answer: Array<DatasetColumns> };
  /** Make a file of a dataset, a query's result or SQL; fetch it within an hour, once. */
  'POST /dataset-downloads': { path: {  }; query: {  }; body: NewDatasetDownload; answer: DatasetDownload };
  /** Give the file that was made; it is deleted when it was sent. */
  'GET /dataset-downloads/{download_id}': { path: { download_id: string }; query: {  }; body: null; answer: Blob };
  /** Put the example that comes with Sponde into the folder, and register it. */
  'POST /dataset-example': { path: {  }; query: {  }; body: null; answer: Dataset };
  /** List the files that are fetched, failed or were interrupted, the latest first. */
  'GET /dataset-fetches': { path: {  }; query: {  }; body: null; answer: Array<AddressFetch> };
  /** Begin to fetch a file from an address; it becomes a dataset when it is here. */
  'POST /dataset-fetches': { path: {  }; query: {  }; body: NewFetch; answer: AddressFetch };
  /** Stop a fetch and forget what is here of it. */
  'DELETE /dataset-fetches/{fetch_id}': { path: { fetch_id: string }; query: {  }; body: null; answer: null };
  /** Go on with a fetch that failed, where it stopped if the server can. */
  'POST /dataset-fetches/{fetch_id}/retry': { path: { fetch_id: string }; query: {  }; body: null; answer: AddressFetch };
  /** List the code blocks that fit a dataset, best first, each with its reason and renames. */
  'GET /dataset-fits/{name}': { path: { name: string }; query: { limit?: number; offset?: number }; body: null; answer: BlockFits };
  /** Say which files become datasets, and which readers other packages bring. */
  'GET /dataset-kinds': { path: {  }; query: {  }; body: null; answer: DatasetKinds };
  /** Forget all your queries that have ended, and their results. */
  'DELETE /dataset-queries': { path: {  }; query: {  }; body: null; answer: null };
  /** List your queries, newest first: those whose text has all the words of a search. */
  'GET /dataset-queries': { path: {  }; query: { search?: string; before?: string; limit?: number }; body: null; answer: Array<DatasetQuery> };
  /** Begin to run one SELECT over datasets, each a table by its name; its result is kept. */
  'POST /dataset-queries': { path: {  }; query: {  }; body: NewDatasetQuery; answer: DatasetQuery };
  /** Forget a query and its result. */
  'DELETE /dataset-queries/{query_id}': { path: { query_id: string }; query: {  }; body: null; answer: null };
  /** Give one of your queries; with `wait`, when it has ended or so many seconds have passed. */
  'GET /dataset-queries/{query_id}': { path: { query_id: string }; query: { wait?: number }; body: null; answer: DatasetQuery };
  /** Stop a query; what works on it is killed. */
  'POST /dataset-queries/{query_id}/cancel': { path: { query_id: string }; query: {  }; body: null; answer: DatasetQuery };
  /** Give some rows of a view of a query's result: sorted, filtered, searched. */
  'POST /dataset-queries/{query_id}/page': { path: { query_id: string }; query: {  }; body: NewPage; answer: ViewPage };
  /** Give some rows of a query's result. */
  'GET /dataset-queries/{query_id}/rows': { path: { query_id: string }; query: { offset?: number; limit?: number }; body: null; answer: Table };
  /** Give a column's values in a view of a query's result, the most frequent first. */
  'POST /dataset-queries/{query_id}/values': { path: { query_id: string }; query: {  }; body: NewValues; answer: Array<ViewValue> };
  /** List the keywords and functions that SQL over datasets may use. */
  'GET /dataset-query-words': { path: {  }; query: {  }; body: null; answer: SqlWords };
  /** List the files that are here in part, latest first; they are kept for a day. */
  'GET /dataset-uploads': { path: {  }; query: {  }; body: null; answer: Array<DatasetUpload> };
  /** Begin to send a file, or go on with the same file; over the limit it is refused here. */
  'POST /dataset-uploads': { path: {  }; query: {  }; body: NewUpload; answer: DatasetUpload };
  /** Stop an upload and forget what is here of it. */
  'DELETE /dataset-uploads/{upload_id}': { path: { upload_id: string }; query: {  }; body: null; answer: null };
  /** Say how far a file is on its way. */
  'GET /dataset-uploads/{upload_id}': { path: { upload_id: string }; query: {  }; body: null; answer: DatasetUpload };
  /** Send the bytes that follow an offset as the body; with a checksum they count when right. */
  'PATCH /dataset-uploads/{upload_id}/bytes': { path: { upload_id: string }; query: { offset: number; sha256?: string }; body: null; answer: DatasetUpload };
  /** Put the whole file into the folder and register it. */
  'POST /dataset-uploads/{upload_id}/finish': { path: { upload_id: string }; query: {  }; body: UploadEnd; answer: UploadedDataset };
  /** Put the file back that an upload has replaced; once more brings the new one back. */
  'POST /dataset-uploads/{upload_id}/undo': { path: { upload_id: string }; query: {  }; body: null; answer: Dataset };
  /** List the datasets, newest first. */
  'GET /datasets': { path: {  }; query: {  }; body: null; answer: Array<Dataset> };
  /** Register a file as a dataset; it is profiled in the background. */
  'POST /datasets': { path: {  }; query: {  }; body: NewDataset; answer: Dataset };
  /** Give the dataset of this name. */
  'GET /datasets-by-name/{name}': { path: { name: string }; query: {  }; body: null; answer: Dataset };
  /** Take a dataset off the list; its file stays. */
  'DELETE /datasets/{dataset_id}': { path: { dataset_id: string }; query: {  }; body: null; answer: null };
  /** Give one dataset. */
  'GET /datasets/{dataset_id}': { path: { dataset_id: string }; query: {  }; body: null; answer: Dataset };
  /** Say what a language model may read of it, from the next question on. */
  'PATCH /datasets/{dataset_id}': { path: { dataset_id: string }; query: {  }; body: NewPolicy; answer: Dataset };
  /** Write a view, or a plot of it, as code. */
  'POST /datasets/{dataset_id}/code': { path: { dataset_id: string }; query: {  }; body: NewViewCode; answer: ViewCode };
  /** Profile a large file's first rows while all of it is read; nothing where that is as soon. */
  'GET /datasets/{dataset_id}/first-view': { path: { dataset_id: string }; query: {  }; body: null; answer: Profile | null };
  /** Call a dataset otherwise, or give it other tags. */
  'PATCH /datasets/{dataset_id}/label': { path: { dataset_id: string }; query: {  }; body: NewLabel; answer: Dataset };
  /** Give what was last known of a dataset's contents; its file is not looked at. */
  'GET /datasets/{dataset_id}/last-profile': { path: { dataset_id: string }; query: {  }; body: null; answer: Profile };
  /** Give the lines of the file around one, as they are. */
  'GET /datasets/{dataset_id}/lines': { path: { dataset_id: string }; query: { line?: number; around?: number }; body: null; answer: LinesAround };
  /** Give some rows of a view of a dataset; who leaves ends the work on it. */
  'POST /datasets/{dataset_id}/page': { path: { dataset_id: string }; query: {  }; body: NewPage; answer: ViewPage };
  /** Give what does not fit, in the order of lines. */
  'GET /datasets/{dataset_id}/problems': { path: { dataset_id: string }; query: { kind?: string; column?: string; offset?: number; limit?: number }; body: null; answer: ProblemPage };
  /** Write code that mends the problems of one kind. */
  'GET /datasets/{dataset_id}/problems/code': { path: { dataset_id: string }; query: { kind: ProblemKind; column?: string }; body: null; answer: ProblemCode };
  /** Give the list of problems as a CSV file. */
  'GET /datasets/{dataset_id}/problems/download': { path: { dataset_id: string }; query: {  }; body: null; answer: Blob };
  /** Give what is known of its contents; waits while it is read, reads again what changed. */
  'GET /datasets/{dataset_id}/profile': { path: { dataset_id: string }; query: {  }; body: null; answer: Profile };
  /** Say how another process on this machine reads the dataset. */
  'GET /datasets/{dataset_id}/reading': { path: { dataset_id: string }; query: {  }; body: null; answer: Reading };
  /** Give the rows that are left out, as they are written in the file, below their names. */
  'GET /datasets/{dataset_id}/rejects': { path: { dataset_id: string }; query: {  }; body: null; answer: Blob };
  /** Bring a removed dataset back. */
  'POST /datasets/{dataset_id}/restore': { path: { dataset_id: string }; query: {  }; body: null; answer: Dataset };
  /** Give some rows as they are written in the file. */
  'GET /datasets/{dataset_id}/rows': { path: { dataset_id: string }; query: { offset?: number; limit?: number }; body: null; answer: Table };
  /** Say which notebooks, jobs, dashboards, blocks and conversations use a dataset. */
  'GET /datasets/{dataset_id}/uses': { path: { dataset_id: string }; query: {  }; body: null; answer: DatasetUses };
  /** Give a column's values in a view, the most frequent first. */
  'POST /datasets/{dataset_id}/values': { path: { dataset_id: string }; query: {  }; body: NewValues; answer: Array<ViewValue> };
  /** Give the contents that a dataset has had, the latest first, each with what changed. */
  'GET /datasets/{dataset_id}/versions': { path: { dataset_id: string }; query: {  }; body: null; answer: DatasetHistory };
  /** Say what is different in a version from another one of the same dataset. */
  'GET /datasets/{dataset_id}/versions/{version_id}/changes': { path: { dataset_id: string; version_id: string }; query: { since: string }; body: null; answer: VersionComparison };
  /** Put an earlier version's file in its place; the one that lies there is kept. */
  'POST /datasets/{dataset_id}/versions/{version_id}/put-back': { path: { dataset_id: string; version_id: string }; query: {  }; body: null; answer: Dataset };
  /** Look where the file of a dataset may be that is gone. */
  'GET /datasets/{dataset_id}/whereabouts': { path: { dataset_id: string }; query: {  }; body: null; answer: Whereabouts };
  /** Point a dataset whose file is gone at where that is now; others that moved along follow. */
  'POST /datasets/{dataset_id}/whereabouts': { path: { dataset_id: string }; query: {  }; body: NewWhereabout; answer: Found };
  /** Keep how a file is written and read it again so; an empty one is: as detected. */
  'PUT /datasets/{dataset_id}/writing': { path: { dataset_id: string }; query: {  }; body: Writing; answer: Dataset };
  /** Read the first rows as a person says that the file is written; nothing of it is kept. */
  'POST /datasets/{dataset_id}/writing/preview': { path: { dataset_id: string }; query: {  }; body: Writing; answer: ReadingPreview };
  /** Download a model as a new version of its name; answers when it has begun. */
  'POST /downloads': { path: {  }; query: {  }; body: NewDownload; answer: RegisteredModel };
  /** List the engines of this machine and those that were adopted, by name. */
  'GET /engines': { path: {  }; query: {  }; body: null; answer: Array<Engine> };
  /** Start or wake the engine of a model; the answer comes before it is ready. */
  'POST /engines': { path: {  }; query: {  }; body: NewEngine; answer: Engine };
  /** Use an engine that runs already; one entry for each model that it serves. */
  'POST /engines/adopt': { path: {  }; query: {  }; body: EngineAdoption; answer: Array<Engine> };
  /** Look for engines that run already, on this machine and at the configured addresses. */
  'GET /engines/found': { path: {  }; query: {  }; body: null; answer: Array<FoundEngine> };
  /** Say which vLLM engines are started with, or how to get one. */
  'GET /engines/installation': { path: {  }; query: {  }; body: null; answer: Installation };
  /** Say what is here for an engine: graphics cards, memory, disk, processor. */
  'GET /engines/machine': { path: {  }; query: {  }; body: null; answer: Machine };
  /** Say whether a model fits, how it would be started, and why. */
  'POST /engines/plan': { path: {  }; query: {  }; body: NewEngine; answer: Plan };
  /** Stop an engine and forget its settings; an adopted one is only forgotten. */
  'DELETE /engines/{engine_id}': { path: { engine_id: string }; query: {  }; body: null; answer: null };
  /** Keep other settings for an engine. */
  'PATCH /engines/{engine_id}': { path: { engine_id: string }; query: {  }; body: EngineChange; answer: Engine };
  /** Serve an adapter beside an engine's model, without starting it again. */
  'POST /engines/{engine_id}/adapters': { path: { engine_id: string }; query: {  }; body: NewAdapter; answer: Engine };
  /** Serve an adapter no more. */
  'DELETE /engines/{engine_id}/adapters/{name}': { path: { engine_id: string; name: string }; query: {  }; body: null; answer: Engine };
  /** Give the last bytes that an engine wrote. */
  'GET /engines/{engine_id}/log': { path: { engine_id: string }; query: { tail?: number }; body: null; answer: EngineLog };
  /** Say what an engine does now, and who makes it slow if it is slow. */
  'GET /engines/{engine_id}/monitor': { path: { engine_id: string }; query: {  }; body: null; answer: EngineMonitor };
  /** Keep an engine when it is idle, or no longer. */
  'POST /engines/{engine_id}/pin': { path: { engine_id: string }; query: {  }; body: EnginePin; answer: Engine };
  /** Stop an engine and start it again. */
  'POST /engines/{engine_id}/restart': { path: { engine_id: string }; query: {  }; body: null; answer: Engine };
  /** Free an engine's GPU memory; the next question wakes it. */
  'POST /engines/{engine_id}/sleep': { path: { engine_id: string }; query: {  }; body: EngineSleep; answer: Engine };
  /** Stop an engine; answers that it is giving are cut. */
  'POST /engines/{engine_id}/stop': { path: { engine_id: string }; query: {  }; body: null; answer: Engine };
  /** Wake an engine. */
  'POST /engines/{engine_id}/wake': { path: { engine_id: string }; query: {  }; body: null; answer: Engine };
  /** List experiments, newest first. */
  'GET /experiments': { path: {  }; query: { limit?: number }; body: null; answer: Array<ExperimentOverview> };
  /** Begin an experiment. */
  'POST /experiments': { path: {  }; query: {  }; body: NewExperiment; answer: Experiment };
  /** List the metrics that earlier runs of a notebook have reported. */
  'GET /experiments/metrics': { path: {  }; query: { notebook: string }; body: null; answer: Array<KnownMetric> };
  /** Delete an experiment. */
  'DELETE /experiments/{experiment_id}': { path: { experiment_id: string }; query: {  }; body: null; answer: null };
  /** Give an experiment with all of its runs. */
  'GET /experiments/{experiment_id}': { path: { experiment_id: string }; query: {  }; body: null; answer: ExperimentReport };
  /** End an experiment early, without a verdict. */
  'POST /experiments/{experiment_id}/cancel': { path: { experiment_id: string }; query: {  }; body: null; answer: Experiment };
  /** Bring a deleted experiment back. */
  'POST /experiments/{experiment_id}/restore': { path: { experiment_id: string }; query: {  }; body: null; answer: Experiment };
  /** Give rows of datasets as CSV, as `/export csv` names them. */
  'GET /exports/csv': { path: {  }; query: { query: string }; body: null; answer: Blob };
  /** Take back the fields that a code block was given last; its twins are blocks again. */
  'POST /field-changes/{change_id}/undo': { path: { change_id: string }; query: {  }; body: null; answer: CodeBlock };
  /** Look at a folder: what it holds, and what is wrong with it. */
  'POST /folder-reports': { path: {  }; query: {  }; body: FolderQuestion; answer: FolderReport };
  /** List the folders by name. */
  'GET /folders': { path: {  }; query: {  }; body: null; answer: Array<Folder> };
  /** Make a folder. */
  'POST /folders': { path: {  }; query: {  }; body: FolderChange; answer: Folder };
  /** Delete a folder; what lies in it goes up. */
  'DELETE /folders/{folder_id}': { path: { folder_id: string }; query: {  }; body: null; answer: null };
  /** Rename or move a folder. */
  'PATCH /folders/{folder_id}': { path: { folder_id: string }; query: {  }; body: FolderChange; answer: Folder };
  /** Say what a word that is being typed into the search can become, such as `imports:pa`. */
  'GET /found-block-filters': { path: {  }; query: { typed?: string }; body: null; answer: Array<FilterOffer> };
  /** Say whether blocks can be searched by meaning, and how they could. */
  'GET /found-block-meaning': { path: {  }; query: {  }; body: null; answer: MeaningStatus };
  /** Find code blocks: words, "exact text", /regular expression/ and filters; the best first. */
  'GET /found-blocks': { path: {  }; query: { query?: string; limit?: number; offset?: number; by_meaning?: boolean; typing?: boolean }; body: null; answer: FoundBlocks };
  /** List the tokens that programs ask models with, newest first; revoked ones are left out. */
  'GET /gateway-tokens': { path: {  }; query: {  }; body: null; answer: Array<GatewayToken> };
  /** Make a token for a program; the answer shows it this once. */
  'POST /gateway-tokens': { path: {  }; query: {  }; body: NewToken; answer: MadeToken };
  /** Revoke a token: it opens nothing from now on. */
  'DELETE /gateway-tokens/{token_id}': { path: { token_id: string }; query: {  }; body: null; answer: null };
  /** Change what a token is called, allows or may use. */
  'PATCH /gateway-tokens/{token_id}': { path: { token_id: string }; query: {  }; body: TokenChange; answer: GatewayToken };
  /** Where models are downloaded from. */
  'GET /hub': { path: {  }; query: {  }; body: null; answer: Hub };
  /** Keep or forget this person's token for the hub. */
  'PUT /hub': { path: {  }; query: {  }; body: HubToken; answer: Hub };
  /** Look a model up at the hub; nothing is downloaded. */
  'POST /hub-models': { path: {  }; query: {  }; body: HubQuestion; answer: HubModel };
  /** Register a folder as a new version of a name. */
  'POST /imports': { path: {  }; query: {  }; body: NewImport; answer: RegisteredModel };
  /** The instructions of this project, those of a notebook's folder last; empty: none yet. */
  'GET /instructions': { path: {  }; query: { notebook?: string }; body: null; answer: Array<ProjectInstructions> };
  /** Write a folder's instructions, which every model reads; without text they go. */
  'PUT /instructions': { path: {  }; query: {  }; body: ProjectInstructions; answer: ProjectInstructions };
  /** List the job definitions by name. */
  'GET /job-definitions': { path: {  }; query: {  }; body: null; answer: Array<JobDefinition> };
  /** Keep a notebook with its parameters, and when to run it. */
  'POST /job-definitions': { path: {  }; query: {  }; body: NewJobDefinition; answer: JobDefinition };
  /** Delete a job definition; it can be restored. */
  'DELETE /job-definitions/{definition_id}': { path: { definition_id: string }; query: {  }; body: null; answer: null };
  /** Change what is named; what is left out stays. */
  'PATCH /job-definitions/{definition_id}': { path: { definition_id: string }; query: {  }; body: JobDefinitionChange; answer: JobDefinition };
  /** Bring a deleted job definition back. */
  'POST /job-definitions/{definition_id}/restore': { path: { definition_id: string }; query: {  }; body: null; answer: JobDefinition };
  /** Run a job definition now. */
  'POST /job-definitions/{definition_id}/runs': { path: { definition_id: string }; query: {  }; body: null; answer: Run };
  /** Keep no folder in step any more; its files stay. */
  'DELETE /library-folder': { path: {  }; query: {  }; body: null; answer: FolderState };
  /** Say how the library and its folder stand, and what git says. */
  'GET /library-folder': { path: {  }; query: {  }; body: null; answer: FolderState };
  /** Keep the library in step with a folder from now on. */
  'PUT /library-folder': { path: {  }; query: {  }; body: NewFolder; answer: FolderState };
  /** Make the folder a git repository. */
  'POST /library-folder/git': { path: {  }; query: {  }; body: null; answer: GitDone };
  /** Take a pull back that waits for conflicts. */
  'POST /library-folder/git/abort': { path: {  }; query: {  }; body: null; answer: GitDone };
  /** Commit the library's files that have changed, and no others. */
  'POST /library-folder/git/commit': { path: {  }; query: {  }; body: NewCommit; answer: GitDone };
  /** Bring the other side's commits; what conflicts waits for a person. */
  'POST /library-folder/git/pull': { path: {  }; query: {  }; body: null; answer: GitDone };
  /** Send the commits to the other side. */
  'POST /library-folder/git/push': { path: {  }; query: {  }; body: null; answer: GitDone };
  /** Say where the folder is pushed; the address is kept by git. */
  'PUT /library-folder/git/remote': { path: {  }; query: {  }; body: NewRemote; answer: GitDone };
  /** Compare the folder with the library now, and bring both in step. */
  'POST /library-folder/look': { path: {  }; query: {  }; body: null; answer: FolderState };
  /** Say what would happen if a folder were set; nothing is changed. */
  'POST /library-folder/plan': { path: {  }; query: {  }; body: NewFolder; answer: FolderPlan };
  /** End a conflict: mine, theirs, or what was made of both; none of the texts is lost. */
  'POST /library-folder/resolve': { path: {  }; query: {  }; body: NewResolution; answer: FolderState };
  /** Say how many answers are liked, and who wrote them. */
  'GET /liked-answers': { path: {  }; query: {  }; body: null; answer: LikedAnswers };
  /** Say what programs find at the MCP server. */
  'GET /mcp': { path: {  }; query: {  }; body: null; answer: McpState };
  /** List the last calls of programs, newest first. */
  'GET /mcp/calls': { path: {  }; query: { limit?: number }; body: null; answer: Array<McpCall> };
  /** Let programs call a tool that changes something, or no more. */
  'PUT /mcp/tools/{name}': { path: { name: string }; query: {  }; body: NewMcpAllowance; answer: McpTool };
  /** One message, as far as it is. */
  'GET /messages/{message_id}': { path: { message_id: string }; query: {  }; body: null; answer: Message };
  /** Ask further models the same question, to stand beside this answer. */
  'POST /messages/{message_id}/compare': { path: { message_id: string }; query: {  }; body: NewComparison; answer: Array<Message> };
  /** Go on with an answer that was cut, in an answer beside it that begins with what came. */
  'POST /messages/{message_id}/continue': { path: { message_id: string }; query: {  }; body: null; answer: Message };
  /** Let the conversation go on from this answer; gives the question with that choice. */
  'POST /messages/{message_id}/keep': { path: { message_id: string }; query: {  }; body: null; answer: Message };
  /** Take an answer's rating back. */
  'DELETE /messages/{message_id}/rating': { path: { message_id: string }; query: {  }; body: null; answer: null };
  /** Say what you think of an answer, or change it. */
  'PUT /messages/{message_id}/rating': { path: { message_id: string }; query: {  }; body: NewRating; answer: Rating };
  /** What was sent for an answer, word by word. */
  'GET /messages/{message_id}/receipt': { path: { message_id: string }; query: {  }; body: null; answer: Receipt };
  /** Answer the same question again, beside the answer that is there. */
  'POST /messages/{message_id}/retry': { path: { message_id: string }; query: { model_id?: string }; body: null; answer: Message };
  /** Stop an answer; what it said so far stays. */
  'POST /messages/{message_id}/stop': { path: { message_id: string }; query: {  }; body: null; answer: Message };
  /** List the models that can be asked. */
  'GET /models': { path: {  }; query: {  }; body: null; answer: Array<Model> };
  /** Choose the model that is asked when nobody chooses. */
  'PUT /models/default': { path: {  }; query: {  }; body: ModelChoice; answer: Model };
  /** Find the files under the root folder that a question can name. */
  'GET /nameable-files': { path: {  }; query: { query?: string; limit?: number }; body: null; answer: Array<FoundFile> };
  /** Say what can be given to a notebook before it runs. */
  'GET /notebooks/parameters': { path: {  }; query: { path: string }; body: null; answer: NotebookParameters };
  /** Say which values do not fit; nothing is run. */
  'POST /notebooks/parameters': { path: {  }; query: {  }; body: ParameterValues; answer: Array<FieldProblem> };
  /** List who can be asked to answer: those that come with Sponde, then one's own. */
  'GET /personas': { path: {  }; query: {  }; body: null; answer: Array<Persona> };
  /** Make a persona. */
  'POST /personas': { path: {  }; query: {  }; body: NewPersona; answer: Persona };
  /** Delete a persona; it can be restored. */
  'DELETE /personas/{persona_id}': { path: { persona_id: string }; query: {  }; body: null; answer: null };
  /** Change a persona. */
  'PUT /personas/{persona_id}': { path: { persona_id: string }; query: {  }; body: NewPersona; answer: Persona };
  /** Make a persona of one's own like another. */
  'POST /personas/{persona_id}/duplicate': { path: { persona_id: string }; query: {  }; body: null; answer: Persona };
  /** Bring a persona that comes with Sponde back as it came. */
  'POST /personas/{persona_id}/reset': { path: { persona_id: string }; query: {  }; body: null; answer: Persona };
  /** Bring a deleted persona back. */
  'POST /personas/{persona_id}/restore': { path: { persona_id: string }; query: {  }; body: null; answer: Persona };
  /** List what models cost now. */
  'GET /prices': { path: {  }; query: {  }; body: null; answer: Array<Price> };
  /** Set what models cost from now on. */
  'PUT /prices': { path: {  }; query: {  }; body: NewPrice; answer: Price };
  /** List what models ever cost, the newest first. */
  'GET /prices/history': { path: {  }; query: {  }; body: null; answer: Array<Price> };
  /** Remove a price; it can be restored. */
  'DELETE /prices/{price_id}': { path: { price_id: string }; query: {  }; body: null; answer: null };
  /** Bring a removed price back. */
  'POST /prices/{price_id}/restore': { path: { price_id: string }; query: {  }; body: null; answer: Price };
  /** List who serves models. */
  'GET /providers': { path: {  }; query: {  }; body: null; answer: Array<Provider> };
  /** Connect a server of models; it is asked at once and kept only if it answers. */
  'POST /providers': { path: {  }; query: {  }; body: NewProvider; answer: Provider };
  /** Forget a server of models, and its key. */
  'DELETE /providers/{provider_id}': { path: { provider_id: string }; query: {  }; body: null; answer: null };
  /** Ask a server again which models it has. */
  'POST /providers/{provider_id}/check': { path: { provider_id: string }; query: {  }; body: null; answer: Provider };
  /** List what is shown as dashboards, newest first. */
  'GET /publications': { path: {  }; query: {  }; body: null; answer: Array<Dashboard> };
  /** Show a notebook as a dashboard. */
  'POST /publications': { path: {  }; query: {  }; body: NewPublication; answer: Publication };
  /** Stop showing a dashboard. */
  'DELETE /publications/{publication_id}': { path: { publication_id: string }; query: {  }; body: null; answer: null };
  /** Show a withdrawn dashboard again. */
  'POST /publications/{publication_id}/restore': { path: { publication_id: string }; query: {  }; body: null; answer: Publication };
  /** Take the notebook's present state over. */
  'POST /publications/{publication_id}/update': { path: { publication_id: string }; query: {  }; body: null; answer: Publication };
  /** Run one SELECT over datasets, each a view by its name. */
  'POST /query': { path: {  }; query: {  }; body: Query; answer: Table };
  /** Take a question out of the queue, and give it; one that was asked is not found. */
  'DELETE /queued-questions/{queued_id}': { path: { queued_id: string }; query: {  }; body: null; answer: QueuedQuestion };
  /** Let a question wait at another place. */
  'PATCH /queued-questions/{queued_id}': { path: { queued_id: string }; query: {  }; body: NewPlace; answer: QueuedQuestion };
  /** List what people think of answers, the latest first. */
  'GET /ratings': { path: {  }; query: { since?: string | null; verdict?: Opinion | null; limit?: number }; body: null; answer: Array<Rating> };
  /** List the registered models with their versions, by name. */
  'GET /registered-models': { path: {  }; query: {  }; body: null; answer: Array<RegisteredModel> };
  /** Delete a model with every version; its files can be brought back for a while. */
  'DELETE /registered-models/{name}': { path: { name: string }; query: {  }; body: null; answer: null };
  /** One registered model. */
  'GET /registered-models/{name}': { path: { name: string }; query: {  }; body: null; answer: RegisteredModel };
  /** Change a model's notes, its licence or the version in use. */
  'PATCH /registered-models/{name}': { path: { name: string }; query: {  }; body: RegisteredModelChange; answer: RegisteredModel };
  /** Bring back what was deleted last of a model. */
  'POST /registered-models/{name}/restore': { path: { name: string }; query: {  }; body: null; answer: RegisteredModel };
  /** Use again the version that was in use before. */
  'POST /registered-models/{name}/rollback': { path: { name: string }; query: {  }; body: null; answer: RegisteredModel };
  /** Delete a version, or give its download up; it can be brought back for a while. */
  'DELETE /registered-models/{name}/versions/{number}': { path: { name: string; number: string }; query: {  }; body: null; answer: null };
  /** Let a download wait; what has come is kept. */
  'POST /registered-models/{name}/versions/{number}/pause': { path: { name: string; number: string }; query: {  }; body: null; answer: RegisteredModel };
  /** Bring a deleted version back. */
  'POST /registered-models/{name}/versions/{number}/restore': { path: { name: string; number: string }; query: {  }; body: null; answer: RegisteredModel };
  /** Go on with a download, or fetch again what was damaged. */
  'POST /registered-models/{name}/versions/{number}/resume': { path: { name: string; number: string }; query: {  }; body: null; answer: RegisteredModel };
  /** Read a version's files again; answers when that is done. */
  'POST /registered-models/{name}/versions/{number}/verify': { path: { name: string; number: string }; query: {  }; body: null; answer: RegisteredModel };
  /** Register a provider's model under a name. */
  'POST /remote-models': { path: {  }; query: {  }; body: NewRemoteModel; answer: RegisteredModel };
  /** Go on with a replay that did not come to its end. */
  'POST /replays/{conversation_id}/resume': { path: { conversation_id: string }; query: {  }; body: null; answer: Replay };
  /** Stop a replay; what came so far stays. */
  'POST /replays/{conversation_id}/stop': { path: { conversation_id: string }; query: {  }; body: null; answer: Replay };
  /** List the latest runs, newest first. */
  'GET /runs': { path: {  }; query: { definition_id?: string; limit?: number }; body: null; answer: Array<Run> };
  /** Run a notebook as soon as there is room. */
  'POST /runs': { path: {  }; query: {  }; body: NewRun; answer: Run };
  /** Give one run as it is now. */
  'GET /runs/{run_id}': { path: { run_id: string }; query: {  }; body: null; answer: Run };
  /** End a run; what it has done so far is kept. */
  'POST /runs/{run_id}/cancel': { path: { run_id: string }; query: {  }; body: null; answer: Run };
  /** Give what a run's process wrote. */
  'GET /runs/{run_id}/log': { path: { run_id: string }; query: {  }; body: null; answer: RunLog };
  /** Say what a schedule means and when it is due next, or what is wrong with it. */
  'POST /schedule-outlooks': { path: {  }; query: {  }; body: Schedule; answer: ScheduleOutlook };
  /** List the proven code blocks whose packages have moved on. */
  'GET /stale-code-blocks': { path: {  }; query: { limit?: number }; body: null; answer: Array<StaleBlock> };
  /** Follow everything that happens, from after the event named, in one stream for each tab. */
  'GET /stream': { path: {  }; query: { after?: string }; body: null; answer: null };
  /** Give all templates, as a file holds them. */
  'GET /template-file': { path: {  }; query: {  }; body: null; answer: TemplateFile };
  /** Add the templates of a file; gives those that were not there yet. */
  'POST /template-file': { path: {  }; query: {  }; body: TemplateFile; answer: Array<Template> };
  /** List the templates by name. */
  'GET /templates': { path: {  }; query: {  }; body: null; answer: Array<Template> };
  /** Make a template. */
  'POST /templates': { path: {  }; query: {  }; body: NewTemplate; answer: Template };
  /** Delete a template; it can be restored. */
  'DELETE /templates/{template_id}': { path: { template_id: string }; query: {  }; body: null; answer: null };
  /** Change a template. */
  'PUT /templates/{template_id}': { path: { template_id: string }; query: {  }; body: NewTemplate; answer: Template };
  /** Bring a deleted template back. */
  'POST /templates/{template_id}/restore': { path: { template_id: string }; query: {  }; body: null; answer: Template };
  /** List the MCP servers, how they are and what they offer. */
  'GET /tool-servers': { path: {  }; query: {  }; body: null; answer: Array<ToolServerState> };
  /** Add an MCP server, a process or an address, and start it. */
  'POST /tool-servers': { path: {  }; query: {  }; body: NewToolServer; answer: ToolServerState };
  /** Remove an MCP server; it can be restored. */
  'DELETE /tool-servers/{server_id}': { path: { server_id: string }; query: {  }; body: null; answer: null };
  /** Turn an MCP server on or off. */
  'PATCH /tool-servers/{server_id}': { path: { server_id: string }; query: {  }; body: ServerSwitch; answer: ToolServerState };
  /** Start an MCP server again and ask it what it offers. */
  'POST /tool-servers/{server_id}/check': { path: { server_id: string }; query: {  }; body: null; answer: ToolServerState };
  /** Bring a removed MCP server back. */
  'POST /tool-servers/{server_id}/restore': { path: { server_id: string }; query: {  }; body: null; answer: ToolServerState };
  /** List the tools that models may ask for, with what is allowed of each. */
  'GET /tools': { path: {  }; query: {  }; body: null; answer: Array<ToolState> };
  /** List what is allowed: all of it, or what holds in one conversation. */
  'GET /tools/permissions': { path: {  }; query: { conversation_id?: string }; body: null; answer: Array<Permission> };
  /** Allow a tool always or never, or ask for it again; everywhere or in one conversation. */
  'PUT /tools/permissions': { path: {  }; query: {  }; body: NewPermission; answer: ToolState };
  /** Ask for a tool again, everywhere and in every conversation. */
  'DELETE /tools/permissions/{tool_name}': { path: { tool_name: string }; query: {  }; body: null; answer: null };
  /** Say about what a training takes; nothing is started. */
  'POST /training-estimates': { path: {  }; query: {  }; body: NewTraining; answer: TrainingEstimate };
  /** Say whether this machine can train, and for which models. */
  'GET /training-room': { path: {  }; query: {  }; body: null; answer: TrainingRoom };
  /** Take a row out of its set, or put it back. */
  'PATCH /training-rows/{row_id}': { path: { row_id: string }; query: {  }; body: TrainingRowChange; answer: TrainingSet };
  /** List the training sets, the latest changed first. */
  'GET /training-sets': { path: {  }; query: {  }; body: null; answer: Array<TrainingSet> };
  /** Make a set of liked answers and chosen conversations: checked and split. */
  'POST /training-sets': { path: {  }; query: {  }; body: NewTrainingSet; answer: TrainingSet };
  /** Delete a set; it can be restored. */
  'DELETE /training-sets/{set_id}': { path: { set_id: string }; query: {  }; body: null; answer: null };
  /** Give one training set. */
  'GET /training-sets/{set_id}': { path: { set_id: string }; query: {  }; body: null; answer: TrainingSet };
  /** Give a set another name. */
  'PATCH /training-sets/{set_id}': { path: { set_id: string }; query: {  }; body: TrainingSetChange; answer: TrainingSet };
  /** Give train.jsonl, validation.jsonl or README.md of a version, or all.zip of them. */
  'GET /training-sets/{set_id}/files/{name}': { path: { set_id: string; name: string }; query: { version?: number }; body: null; answer: Blob };
  /** Bring a deleted set back. */
  'POST /training-sets/{set_id}/restore': { path: { set_id: string }; query: {  }; body: null; answer: TrainingSet };
  /** Give some rows of a version (0: the latest): those in it, or those left out. */
  'GET /training-sets/{set_id}/rows': { path: { set_id: string }; query: { version?: number; part?: SetPart | null; is_out?: boolean; offset?: number; limit?: number }; body: null; answer: TrainingRows };
  /** List the versions of a set, newest first. */
  'GET /training-sets/{set_id}/versions': { path: { set_id: string }; query: {  }; body: null; answer: Array<TrainingSetVersion> };
  /** Gather a set anew, as its next version. */
  'POST /training-sets/{set_id}/versions': { path: { set_id: string }; query: {  }; body: RemakeTrainingSet; answer: TrainingSet };
  /** List the latest trainings, newest first. */
  'GET /trainings': { path: {  }; query: { limit?: number }; body: null; answer: Array<Training> };
  /** Train an adapter, as a run of a notebook; it is registered when it succeeds. */
  'POST /trainings': { path: {  }; query: {  }; body: NewTraining; answer: Training };
  /** Give one training as it is now. */
  'GET /trainings/{training_id}': { path: { training_id: string }; query: {  }; body: null; answer: Training };
  /** End a training; nothing is registered. */
  'POST /trainings/{training_id}/cancel': { path: { training_id: string }; query: {  }; body: null; answer: Training };
  /** Fill in an experiment that asks the adapter and its base what was kept back. */
  'GET /trainings/{training_id}/comparison': { path: { training_id: string }; query: {  }; body: null; answer: ComparisonPlan };
  /** Sum what was asked of models over some days (this month), by one thing. */
  'GET /usage': { path: {  }; query: { since?: string | null; until?: string | null; by?: Grouping; model_id?: string; person?: string; kind?: string; token?: string; conversation_id?: string }; body: null; answer: UsageReport };
  /** Give what each asker took from each model on each day, as a table. */
  'GET /usage.csv': { path: {  }; query: { since?: string | null; until?: string | null }; body: null; answer: Blob };
  /** List single requests, the newest first; those before one, to read on. */
  'GET /usage/requests': { path: {  }; query: { since?: string | null; until?: string | null; model_id?: string; person?: string; kind?: string; token?: string; conversation_id?: string; outcome?: RequestOutcome | null; before?: string; limit?: number }; body: null; answer: Array<ModelRequest> };
  /** Give one request. */
  'GET /usage/requests/{request_id}': { path: { request_id: string }; query: {  }; body: null; answer: ModelRequest };
}
