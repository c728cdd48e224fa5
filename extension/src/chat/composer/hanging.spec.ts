/** Names in a text and what hangs on it. */
import { describe, expect, it } from 'vitest';
import type { Reference } from '../../api/schema';
import { chipsOf, parts, placeOf, unnamed } from './hanging';

const named = (name: string, given: Partial<Reference> = {}): Reference => ({
  kind: 'dataset',
  name,
  id: name,
  path: '',
  text: '',
  language: '',
  ...given
});

describe('a name in a text', () => {
  it.each([
    ['sales', 'what is in @sales?', 11],
    ['sales', 'mail ann@sales.com', -1],
    ['sales', '@sales_2 and @sales', 13],
    ['src/my file.py', 'see @src/my file.py, please', 4],
    ['', '@', 0],
    ['étés', 'les @étésx', -1]
  ])('%s in %s', (name, text, at) => {
    expect(placeOf(name, text)).toBe(at);
  });

  it('becomes a word when its chip is removed, wherever it stands', () => {
    expect(unnamed('@df and @df2 and @df.', 'df')).toBe('df and @df2 and df.');
  });
});

describe('the chips of a text', () => {
  const quote = named('the answer', { kind: 'quote' });

  it('are those that hang on it, and those whose names stand in it', () => {
    const chips = chipsOf('look at @df', [quote], [named('df'), named('gone')]);
    expect(chips.map(({ name }) => name)).toEqual(['the answer', 'df']);
  });

  it('come once, though dragged and named', () => {
    expect(chipsOf('@df', [named('df')], [named('df')])).toHaveLength(1);
  });
});

describe('a question in pieces', () => {
  it('shows the longest name that was meant', () => {
    const given = parts('a @cell-3-b and @cell-3.', [named('cell-3'), named('cell-3-b')]);
    expect(given.map(({ text }) => text)).toEqual(['a ', '@cell-3-b', ' and ', '@cell-3', '.']);
    expect(given.map(({ reference }) => reference?.name ?? '')).toEqual(['', 'cell-3-b', '', 'cell-3', '']);
  });

  it('is its text where it names nothing', () => {
    expect(parts('plain @text', [])).toEqual([{ text: 'plain @text' }]);
  });
});
