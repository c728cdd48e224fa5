/** What the composer offers while a person types: commands, @names, a dataset's columns. Pure. */
import type { Command } from '../../api/schema';
import { trans } from '../../ui/words';

export interface Offer {
  kind: 'command' | 'template' | 'dataset' | 'code_block' | 'column' | 'word';
  label: string;
  detail: string;
  /** What stands in the text once it is taken. */
  insert: string;
}

export interface Completion {
  /** What is replaced. */
  from: number;
  to: number;
  offers: Offer[];
}

/** An @name that can be written. */
export interface Name {
  kind: 'dataset' | 'code_block';
  name: string;
  detail: string;
}

export interface Known {
  commands: readonly Command[];
  names: readonly Name[];
  /** A dataset's column names; empty while they are fetched. */
  columns: (dataset: string) => ReadonlyArray<{ name: string; detail: string }>;
}

const MOST = 50;

/** The dataset whose columns may be asked for at this place in the text, if any. */
export function datasetAt(text: string, caret: number): string | null {
  return /^\/\S+\s+@(\w+)\s/.exec(text.slice(0, caret))?.[1] ?? null;
}

const NAME = /(?:^|[\s(,])@([\p{L}\p{N}_./-]*)$/u;

/** What stands behind the @ that is being typed, if one is. */
export function nameAt(text: string, caret: number): string | null {
  return NAME.exec(text.slice(0, caret))?.[1] ?? null;
}

export function complete(text: string, caret: number, known: Known): Completion | null {
  const before = text.slice(0, caret);
  const offers = (from: number, list: Offer[]): Completion | null =>
    list.length ? { from, to: caret, offers: list.slice(0, MOST) } : null;

  const command = /^\/(\w*)$/.exec(before);
  if (command) {
    return offers(0, rank(known.commands.map(commandOffer), command[1]));
  }
  const name = nameAt(text, caret);
  if (name !== null) {
    const isCommand = text.startsWith('/');
    const fitting = known.names.filter(({ kind }) => kind === 'dataset' || !isCommand);
    return offers(caret - name.length - 1, rank(fitting.map(nameOffer), name));
  }
  const dataset = datasetAt(text, caret);
  const usage = known.commands.find(({ name: word }) => before.startsWith(`/${word} `))?.usage;
  // Other commands' arguments are completed by the server, which knows their grammar.
  if (dataset && usage && /^\/plot\s/.test(before)) {
    const from = columnStart(before, known.columns(dataset).map(({ name: column }) => column));
    const typed = before.slice(from).replace(/^"/, '');
    const isQuoted = before[from] === '"';
    const columns = known.columns(dataset).map(columnOffer);
    const list = rank(columns, typed);
    if (usage.includes('by') && isAfterColumn(before) && 'by'.startsWith(typed) && !isQuoted) {
      list.unshift({ kind: 'word', label: 'by', detail: trans.__('group or split by a column'), insert: 'by ' });
    }
    // A word that is complete already needs no offer.
    return list.length === 1 && list[0].label === typed ? null : offers(from, list);
  }
  return null;
}

/** Where the column's name that is being typed begins: at a quote, or at the word from which it fits. */
function columnStart(before: string, columns: readonly string[]): number {
  const quotes = before.split('"').length - 1;
  const last = before.lastIndexOf('"');
  if (quotes % 2) {
    return last;
  }
  const named = /^\/\S+\s+@\w+\s+/.exec(before)?.[0].length ?? 0;
  const first = Math.max(last + 1, named);
  for (let at = first; at < before.length; at += 1) {
    const isWord = at === first || /[\s,]/.test(before[at - 1]);
    const typed = before.slice(at).toLowerCase();
    if (isWord && /\S/.test(before[at]) && columns.some(name => name.toLowerCase().startsWith(typed))) {
      return at;
    }
  }
  return before.length - (/[^\s",]*$/.exec(before)?.[0].length ?? 0);
}

/** Whether a column stands already in front of what is being typed, and no `by` yet. */
function isAfterColumn(before: string): boolean {
  const rest = before.replace(/^\/\S+\s+@\w+\s+/, '');
  return /\S\s+\S*$/.test(rest) && !/(?:^|\s)by\s/.test(rest) && (rest.split('"').length - 1) % 2 === 0;
}

/** Those that begin with what was typed, then those that hold it. */
function rank(offers: Offer[], typed: string): Offer[] {
  const low = typed.toLowerCase();
  const begins = offers.filter(({ label }) => bare(label).startsWith(low));
  const holds = offers.filter(({ label }) => !bare(label).startsWith(low) && bare(label).includes(low));
  return [...begins, ...holds];
}

function bare(label: string): string {
  return label.replace(/^[/@]/, '').toLowerCase();
}

function commandOffer({ name, summary }: Command): Offer {
  return { kind: 'command', label: `/${name}`, detail: summary, insert: `/${name} ` };
}

function nameOffer({ kind, name, detail }: Name): Offer {
  return { kind, label: `@${name}`, detail, insert: `@${name} ` };
}

function columnOffer({ name, detail }: { name: string; detail: string }): Offer {
  const written = /^\w+$/.test(name) ? name : `"${name}"`;
  return { kind: 'column', label: name, detail, insert: `${written} ` };
}
