/** A receipt in words: to whom, how much, what of the data, what was left out. Pure. */
import type { Cut, Receipt, SentPart } from '../../api/schema';
import { trans } from '../../ui/words';

/** A receipt in one line, for reading and with what must not be overlooked apart. */
export interface Line {
  size: string;
  where: string;
  /** Rows that leave this machine; empty: none do. */
  warning: string;
  rest: string[];
}

export function lineOf(receipts: readonly Receipt[]): Line {
  const tokens = Math.max(...receipts.map(receipt => receipt.tokens));
  const away = receipts.filter(({ is_local: isLocal }) => !isLocal);
  const [first] = receipts;
  const to =
    receipts.length > 1
      ? trans.__('%1 models', receipts.length)
      : trans.__('%1 at %2', first.model, first.provider);
  const rows = away.length ? first.parts.filter(part => part.rows > 0) : [];
  return {
    size: trans.__('≈ %1 tokens to %2', tokens.toLocaleString(), to),
    where: away.length ? trans.__('leaves this machine') : trans.__('stays on this machine'),
    warning: rows.length ? trans.__('with %1', rows.map(rowsOf).join(', ')) : '',
    rest: [datasets(first.parts), named(first.parts), tools(first.parts), ...first.cuts.flatMap(shortly)].filter(Boolean)
  };
}

/** `20 rows of sales`. */
export function rowsOf(part: SentPart): string {
  return trans._n('1 row of %2', '%1 rows of %2', part.rows, part.name);
}

function datasets(parts: readonly SentPart[]): string {
  const found = parts.filter(({ kind }) => kind === 'dataset');
  if (!found.length) {
    return '';
  }
  const levels = new Set(found.map(levelOf));
  const [level] = levels;
  const what = trans._n('%1 dataset', '%1 datasets', found.length);
  return levels.size === 1 ? `${what} (${level})` : what;
}

/** What of a dataset is sent, in a word or two. */
function levelOf(part: SentPart): string {
  if (part.rows) {
    return trans._n('%1 row', '%1 rows', part.rows);
  }
  return part.has_statistics ? trans.__('statistics') : trans.__('names and types');
}

const OTHERS = new Set(['code_block', 'notebook', 'cell', 'selection', 'variable', 'file', 'conversation', 'quote']);

function named(parts: readonly SentPart[]): string {
  const count = parts.filter(({ kind }) => OTHERS.has(kind)).length;
  return count ? trans._n('%1 thing that is named', '%1 things that are named', count) : '';
}

function tools(parts: readonly SentPart[]): string {
  const found = parts.find(({ kind }) => kind === 'tools');
  return found ? trans._n('%1 tool', '%1 tools', Number(found.name)) : '';
}

function shortly(cut: Cut): string[] {
  switch (cut.kind) {
    case 'turns':
      return [trans._n('%1 older turn left out', '%1 older turns left out', cut.count)];
    case 'withheld':
      return [trans.__('an answer held back')];
    case 'shortened':
      return [trans._n('%1 older turn shortened', '%1 older turns shortened', cut.count)];
    case 'tools':
      return [trans._n('%1 tool not offered', '%1 tools not offered', cut.count)];
    case 'calls':
      return [trans._n('%1 earlier call of a tool left out', '%1 earlier calls of tools left out', cut.count)];
    default:
      return [trans.__('%1 cut', cut.name)];
  }
}

/** What was left out and why, in a sentence. */
export function cutOf({ kind, name, count }: Cut): string {
  switch (kind) {
    case 'rows':
      return trans._n('%1 row of %2: there is no room for it.', '%1 rows of %2: there is no room for them.', count, name);
    case 'statistics':
      return trans.__('The statistics of %1: there is no room for them.', name);
    case 'passage':
      return trans.__('%1, which an earlier question named: there is no room for it.', name);
    case 'blocks':
      return trans._n('%1 paragraph of %2: there is no room for it.', '%1 paragraphs of %2: there is no room for them.', count, name);
    case 'turns':
      return trans._n('The oldest question with its answer: there is no room for it.', 'The %1 oldest questions with their answers: there is no room for them.', count);
    case 'shortened':
      return trans._n('Of one older question and its answer only the first sentences and the code are sent.', 'Of %1 older questions and their answers only the first sentences and the code are sent.', count);
    case 'instructions':
      return trans.__('%1 characters of %2: they are too many (SpondeChat.longest_instructions).', count.toLocaleString(), name);
    case 'outputs':
      return trans._n('%1 output in %2: the policy of its data keeps it back.', '%1 outputs in %2: the policy of its data keeps them back.', count, name);
    case 'tools':
      return trans._n('One tool is not offered: the model reads too little.', '%1 tools are not offered: the model reads too little.', count);
    case 'calls':
      return name
        ? trans.__('What tools gave for an earlier answer: the policy of %1 keeps it back.', name)
        : trans._n('What one earlier call of a tool gave: there is no room for it.', 'What %1 earlier calls of tools gave: there is no room for them.', count);
    case 'withheld':
      return trans.__('An earlier answer: the policy of %1 keeps it back.', name);
  }
}

/** What a part is called. */
export function titleOf(part: SentPart): string {
  const { kind, name } = part;
  switch (kind) {
    case 'instructions':
      return trans.__('Instructions of Sponde');
    case 'project':
      return trans.__('Instructions of this project (%1)', name);
    case 'persona':
      return trans.__('Instructions of %1', name);
    case 'dataset':
      return trans.__('%1 (%2)', name, levelOf(part));
    case 'history':
      return name === 'user' ? trans.__('You, earlier') : trans.__('Answer, earlier');
    case 'calls':
      return trans._n('%1 call of a tool, earlier', '%1 calls of tools, earlier', Number(name));
    case 'question':
      return trans.__('Your question');
    case 'tools':
      return trans._n('%1 tool that it may ask for', '%1 tools that it may ask for', Number(name));
    default:
      return name;
  }
}

export function tokensOf(count: number): string {
  // A number in a plural is drawn plainly: 1240 must be 1,240.
  return trans._n('%1 token', '%1 tokens', count).replace(String(count), count.toLocaleString());
}
