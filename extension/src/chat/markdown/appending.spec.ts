/** Letters that are added to what is drawn, held to marked itself. */
import { Marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { additionTo } from './appending';

const marked = new Marked({ gfm: true });
const BITS = [
  'word ', 'a', 'The rate ', '12', '3.', ' ', '  ', '\n', '\n\n', '- ', '1. ', '> ', '# ', '*', '**',
  '_', '`', '```\n', '[', '](', ')', '<', '>', '<b>', '</b>', '&', 'amp;', '|', '\n-|-\n', '= ', '---',
  '~~', '\\', 'www', '.example', '.org ', 'http:', '//x.y ', 'me@', '!', '"', '(', 'ü', '日本 ', '+ ', ': '
];

/** What the screen shows after letters were added to it, as appending does with its last text. */
function added(html: string, before: string, after: string): string | null {
  const addition = additionTo(before, after);
  const found = /^([^]*?)([^<>]*)(<\/(p|li|td)>\s*(?:<\/\w+>\s*)*)$/.exec(html);
  const text = found?.[2].replace(/&quot;/g, '"').replace(/&#39;/g, "'");
  if (!addition || !found || !text?.trimEnd().endsWith(addition.end)) {
    return null;
  }
  const escaped = addition.added.replace(/"/g, '&quot;').replace(/'/g, '&#39;');
  return found[1] + found[2].trimEnd() + escaped + found[3];
}

const read = (text: string): string => marked.parse(text) as string;
const plain = (html: string): string => html.replace(/\s+/g, ' ').replace(/ </g, '<').trim();

describe('Letters that are added to what is drawn', () => {
  it('shows what reading the whole text again would show', () => {
    let random = 7;
    const next = (most: number): number => (random = (random * 48271) % 2147483647) % most;
    let times = 0;
    for (let round = 0; round < 1500; round += 1) {
      let text = '';
      for (let step = 0; step < 24; step += 1) {
        const piece = BITS[next(3) ? next(6) : next(BITS.length)];
        const after = text + piece;
        const shown = piece.trim() && added(read(text), text, after);
        if (shown) {
          times += 1;
          expect(plain(shown), JSON.stringify([text, piece])).toBe(plain(read(after)));
        }
        text = after;
      }
    }
    expect(times).toBeGreaterThan(3000);
  });

  it('is done for words and numbers in a line that has begun', () => {
    const before = 'The model says that 1.5';
    expect(additionTo(before, `${before} is more`)).toEqual({ end: before, added: ' is more' });
  });

  it.each([
    ['The end', 'Another text'],
    ['One', 'One more'],
    ['It was *so', 'It was *so*'],
    ['See the page', 'See the page\nand more'],
    ['See the www', 'See the www.example.org'],
    ['- ', '- two words']
  ])('is not done where more than letters may be meant: %j, %j', (before, after) => {
    expect(additionTo(before, after)).toBeNull();
  });
});
