// When typing alone asks a model, and what a proposal still says after one typed some of it.
import { describe, expect, it } from 'vitest';
import { isWorthIt, restOf } from './inline';

describe('typing alone asks', () => {
  it('in code, and below a comment', () => {
    expect(isWorthIt('x = ', '', false)).toBe(true);
    expect(isWorthIt('# Plot by month\n', '', false)).toBe(true);
    expect(isWorthIt('f(', ')', false)).toBe(true);
    expect(isWorthIt('', '', true)).toBe(true);
  });

  it('not in a word, a comment, an empty notebook or a question', () => {
    expect(isWorthIt('pri', 'nt(x)', false)).toBe(false);
    expect(isWorthIt('# Plot by', '', false)).toBe(false);
    expect(isWorthIt(' \n', '', false)).toBe(false);
    expect(isWorthIt('%%ask\nwhat is', '', true)).toBe(false);
  });
});

describe('a proposal that is kept', () => {
  const kept = { before: 'x = ', after: '\n', text: 'sum(values)' };

  it('goes on with what is typed of it, without asking again', () => {
    expect(restOf(kept, 'x = ', '\n')).toBe('sum(values)');
    expect(restOf(kept, 'x = sum(', '\n')).toBe('values)');
  });

  it('is not used elsewhere', () => {
    expect(restOf(kept, 'x = max', '\n')).toBeNull();
    expect(restOf(kept, 'x = sum(values)', '\n')).toBeNull();
    expect(restOf(kept, 'x =', '\n')).toBeNull();
    expect(restOf(kept, 'x = ', '')).toBeNull();
  });
});
