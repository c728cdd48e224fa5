// The parts that a proposal changes, and what becomes of the text when some are taken.
import { describe, expect, it } from 'vitest';
import { differs, hunks, rows, taken } from './diff';

const OLD = 'import a\n\nx = 1\ny = 2\nz = 3\n\nprint(x)';

describe('hunks', () => {
  it('are none where nothing changes', () => {
    expect(hunks(OLD, OLD)).toEqual([]);
  });

  it('are one for each place that changes', () => {
    const now = OLD.replace('x = 1', 'x = 10').replace('print(x)', 'print(y)\nprint(z)');
    expect(hunks(OLD, now)).toEqual([
      { at: 2, removed: ['x = 1'], added: ['x = 10'] },
      { at: 6, removed: ['print(x)'], added: ['print(y)', 'print(z)'] }
    ]);
  });

  it('hold lines that only come or only go', () => {
    expect(hunks('a\nc', 'a\nb\nc')).toEqual([{ at: 1, removed: [], added: ['b'] }]);
    expect(hunks('a\nb\nc', 'a\nc')).toEqual([{ at: 1, removed: ['b'], added: [] }]);
    expect(hunks('', 'a')).toEqual([{ at: 0, removed: [''], added: ['a'] }]);
  });

  it('taken all together give the new text, and none of them the old one', () => {
    let seed = 7;
    const random = (n: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % n;
    };
    const text = (): string =>
      Array.from({ length: random(12) }, () => 'abcd'[random(4)]).join('\n');
    for (let i = 0; i < 500; i += 1) {
      const [one, other] = [text(), text()];
      const parts = hunks(one, other);
      expect(taken(one, parts)).toBe(other);
      expect(taken(one, [])).toBe(one);
    }
  });

  it('can be taken one by one, in any order', () => {
    const now = OLD.replace('x = 1', 'x = 10\nw = 0').replace('print(x)', 'print(y)');
    const [first, second] = hunks(OLD, now);
    expect(taken(OLD, [second])).toBe(OLD.replace('print(x)', 'print(y)'));
    const half = taken(OLD, [first]);
    expect(taken(half, hunks(half, now))).toBe(now);
  });

  it('of texts too long to compare are one change', () => {
    const [one, other] = ['a\n'.repeat(3000), 'b\n'.repeat(3000)];
    expect(taken(one, hunks(one, other))).toBe(other);
  });
});

describe('rows', () => {
  it('show the changes with a few lines around, and how many are left out', () => {
    const old = Array.from({ length: 20 }, (_, i) => `line ${i}`).join('\n');
    const parts = hunks(old, old.replace('line 9\n', 'line nine\n').replace('line 19', 'end'));
    expect(rows(old, parts).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'skipped 7', 'same line 7', 'same line 8', 'removed line 9', 'added line nine',
      'same line 10', 'same line 11', 'skipped 5', 'same line 17', 'same line 18',
      'removed line 19', 'added end'
    ]);
  });

  it('mark what differs within a line', () => {
    expect(differs('total = wrong', 'total = right')).toEqual([8, 13]);
    expect(differs('abc', 'xyz')).toBeUndefined();
    expect(differs('ab', 'abc')).toBeUndefined();
    expect(differs('abc', 'ab')).toEqual([2, 3]);
  });
});
