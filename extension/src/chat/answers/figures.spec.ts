/** Figures of an answer in words. */
import { describe, expect, it } from 'vitest';
import { figures, seconds, speed } from './figures';
import { message } from '../fixture';

const usage = (given = {}) => ({
  prompt_tokens: 10,
  completion_tokens: 101,
  is_counted: true,
  cost: null,
  currency: '',
  request_id: '',
  ...given
});
const took = { duration_ms: 2500, first_token_ms: 500 };

describe('figures', () => {
  it('say how soon, how fast, how much', () => {
    const found = figures(message('a1', { took, usage: usage({ cost: 0.00042, currency: 'USD' }) }));
    expect(found.map(({ value }) => value)).toEqual([
      '500 ms',
      '50 tokens/s',
      '101 tokens',
      '0.00042 USD'
    ]);
  });

  it('say which ones are estimates', () => {
    const found = figures(message('a1', { took, usage: usage({ is_counted: false }) }));
    expect(found.map(({ value }) => value)).toEqual(['500 ms', '≈ 50 tokens/s', '≈ 101 tokens']);
  });

  it('say nothing that is not known', () => {
    expect(figures(message('a1'))).toEqual([]);
    expect(speed(message('a1', { took, usage: usage({ completion_tokens: 1 }) }))).toBe(null);
    expect(speed(message('a1', { took: { duration_ms: 5, first_token_ms: 5 }, usage: usage() }))).toBe(
      null
    );
  });

  it('write times as people say them', () => {
    expect([0.2, 999, 1000, 65_432, 123_456].map(seconds)).toEqual([
      '1 ms',
      '999 ms',
      '1.0 s',
      '65.4 s',
      '123 s'
    ]);
  });
});
