/** The words for problems and for how files are written. */
import type { LineCount, Problem, ProblemKind, Writing } from '../../api/schema';
import { trans } from '../../ui/words';
import { count } from '../words';

/** Kinds of which rows can be left out; they are mended otherwise. */
export const CAN_BE_LEFT_OUT: readonly ProblemKind[] = ['short', 'quote', 'encoding', 'nul'];

export function kindWord(kind: ProblemKind): string {
  const words: Record<ProblemKind, string> = {
    long: trans.__('Too many fields'),
    short: trans.__('Too few fields'),
    quote: trans.__('Bad quotes'),
    preamble: trans.__('Above the table'),
    blank: trans.__('Blank rows'),
    encoding: trans.__('Encoding'),
    nul: trans.__('NUL characters'),
    name: trans.__('Names'),
    type: trans.__('Another type'),
    decimal: trans.__('Decimal sign'),
    date: trans.__('Date order'),
    record: trans.__('Broken record')
  };
  return words[kind];
}

/** A character that cannot be seen, in words. */
export function signWord(sign: string | null | undefined): string {
  const words: Record<string, string> = {
    ',': trans.__('comma'),
    ';': trans.__('semicolon'),
    '\t': trans.__('tab'),
    '|': trans.__('pipe'),
    ' ': trans.__('space'),
    ':': trans.__('colon'),
    '^': trans.__('caret'),
    '~': trans.__('tilde'),
    '"': trans.__('double quote'),
    "'": trans.__('single quote'),
    '\\': trans.__('backslash'),
    '': trans.__('none')
  };
  const word = words[sign ?? ''];
  return !word ? String(sign) : sign?.trim() ? `${word}  ${sign}` : word;
}

/** Where every line of the file is, so that one can add them up. */
export function linesInWords({ total, above, rows, left_out, comments, rest }: LineCount): string {
  const parts = [
    trans._n('%2 row shown', '%2 rows shown', rows, count(rows)),
    left_out && trans._n('%2 row left out', '%2 rows left out', left_out, count(left_out)),
    above && trans._n('%2 above the first row', '%2 above the first row', above, count(above)),
    comments && trans._n('%2 comment', '%2 comments', comments, count(comments)),
    rest && trans._n('%2 blank or inside a row', '%2 blank or inside a row', rest, count(rest))
  ].filter(Boolean);
  const all = trans._n('%2 line in the file', '%2 lines in the file', total, count(total));
  return trans.__('%1: %2.', all, parts.join(' + '));
}

/** What can be said about how the file is read, so that the problem is none any more. */
export function choices({ kind, column, message }: Problem): Array<[string, Partial<Writing>]> {
  const found: Array<[string, Partial<Writing>]> = [];
  // Where both ways are there, neither is right for all: the rarer can only be left out.
  const isMixed = message.includes('most others');
  if (kind === 'date' && !isMixed) {
    found.push([trans.__('The day stands first'), { day_first: true }]);
    found.push([trans.__('The month stands first'), { day_first: false }]);
  }
  if (kind === 'decimal' && !isMixed) {
    found.push([trans.__('The comma is for decimals'), { decimal_comma: true }]);
    found.push([trans.__('The point is for decimals'), { decimal_comma: false }]);
  }
  if (column && ['type', 'decimal', 'date'].includes(kind)) {
    found.push([trans.__('Read %1 as text', column), { text_columns: [column] }]);
  }
  if (column && (kind === 'type' || isMixed)) {
    found.push([trans.__('Leave such rows out, keep them in a file'), { whole_columns: [column] }]);
  }
  if (kind === 'quote' && column) {
    found.push([trans.__('Read quotes as text'), { quote: '' }]);
  } else if (CAN_BE_LEFT_OUT.includes(kind)) {
    found.push([trans.__('Leave such rows out, keep them in a file'), { left_out: [kind] }]);
  }
  return found;
}
