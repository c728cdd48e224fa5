// A hunk put into a text by its range gives what taking it gives.
import { describe, expect, it } from 'vitest';
import { hunks, taken } from '../ui/diff';
import { rangeOf } from './proposal';

describe('the range of a hunk', () => {
  it('changes the text as the hunk says, wherever it stands', () => {
    let seed = 11;
    const random = (n: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % n;
    };
    const text = (): string =>
      Array.from({ length: 1 + random(9) }, () => ['a', 'bb', '', 'c'][random(4)]).join('\n');
    for (let i = 0; i < 1000; i += 1) {
      const [one, other] = [text(), text()];
      for (const hunk of hunks(one, other)) {
        const [from, to, put] = rangeOf(one, hunk);
        expect(one.slice(0, from) + put + one.slice(to)).toBe(taken(one, [hunk]));
      }
      const all = [...hunks(one, other)].sort((a, b) => b.at - a.at);
      const whole = all.reduce((now, hunk) => {
        const [from, to, put] = rangeOf(now, hunk);
        return now.slice(0, from) + put + now.slice(to);
      }, one);
      expect(whole).toBe(other);
    }
  });
});
