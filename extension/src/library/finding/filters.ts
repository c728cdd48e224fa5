/** The words of a search as the box shows them: finished filters are chips, the rest is text. Pure. */

/** The filters that the server knows (library/finding/query.py; a test compares). */
const FILTER_KEYS = [
  'lang',
  'imports',
  'defines',
  'needs',
  'dataset',
  'fits',
  'column',
  'tag',
  'ran',
  'from',
  'after',
  'before',
  'used'
];

const FILTER = new RegExp(`^-?(?:${FILTER_KEYS.join('|')}):(?:"[^"]+"|[^\\s"]\\S*)$`, 'i');
const PIECE = /-?[A-Za-z]+:"[^"]*"?|"(?:\\"|[^"])*"?|\/(?:\\.|[^/\\\n])+\/(?=\s|$)|\S+/g;

/** Take the filters that are finished, those with a space behind them, out of a text. */
export function takeFilters(text: string): { chips: string[]; rest: string } {
  const chips: string[] = [];
  const rest = text.replace(PIECE, (piece, at: number) => {
    if (!FILTER.test(piece) || !/\s/.test(text.charAt(at + piece.length))) {
      return piece;
    }
    chips.push(piece);
    return '';
  });
  return { chips, rest: chips.length ? rest.replace(/\s+/g, ' ').trimStart() : text };
}

/** What is asked of the server: a filter without a space behind it is taken as a beginning. */
export function queryOf(chips: readonly string[], text: string): string {
  return chips.map(chip => `${chip} `).join('') + text;
}

/** The last word of a text where it may become a filter; empty where it may not. */
export function openWord(text: string): string {
  const word = /(?:^|\s)(-?[A-Za-z]+(?::(?:"[^"]*|[^\s"]*))?)$/.exec(text)?.[1] ?? '';
  const [key, value] = word.replace(/^-/, '').toLowerCase().split(':');
  if (value === undefined) {
    return key.length > 1 && FILTER_KEYS.some(one => one.startsWith(key)) ? word : '';
  }
  return FILTER_KEYS.includes(key) ? word : '';
}

/** The text with its last word made an offer; a whole filter gets a space, which makes it a chip. */
export function withOffer(text: string, word: string, offer: string): string {
  const before = text.slice(0, text.length - word.length);
  return before + offer + (offer.endsWith(':') ? '' : ' ');
}

/** Whether two filters ask the same. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
