/** Snippets and limits in words. */
import { expect, test } from 'vitest';
import type { GatewayToken } from '../api/schema';
import { ends, LANGUAGES, limits, snippet, today } from './words';

const NOW = new Date('2026-11-21T12:00:00Z').getTime();
const token: GatewayToken = {
  id: 't',
  name: 'nightly',
  person: '',
  hint: 'abcd',
  scopes: ['chat'],
  models: [],
  requests_per_minute: 0,
  parallel: 0,
  tokens_per_day: 0,
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
  use_day: '2026-11-21',
  requests_today: 0,
  tokens_today: 0,
  created_at: '2026-11-21T10:00:00Z'
};

test('every snippet names its address, and the token where one is needed', () => {
  for (const language of LANGUAGES) {
    const text = snippet(language, 'http://h/sponde/v1', 'http://h/sponde', 'http://h/sponde/mcp', 'sponde-secret');
    expect(text.includes('http://h/sponde')).toBe(language !== 'Notebook');
    expect(text.includes('sponde-secret')).toBe(language !== 'Notebook');
  }
  expect(snippet('curl', 'a', 'b', 'c', '')).toContain('sponde-…');
});

test('limits are told where there are some', () => {
  expect(limits(token)).toBe('none');
  const limited = { ...token, requests_per_minute: 60, parallel: 2, tokens_per_day: 100000 };
  expect(limits(limited)).toBe('60 a minute · 2 at once · 100,000 tokens a day');
});

test("today's use is told with its numbers", () => {
  expect(today(token)).toBe('–');
  expect(today({ ...token, requests_today: 1, tokens_today: 1234 })).toBe('1 request, 1,234 tokens');
});

test('an end is told by the days until it', () => {
  expect(ends(token, NOW)).toBe('never');
  expect(ends({ ...token, expires_at: '2026-11-22T13:00:00Z' }, NOW)).toBe('in 1 day');
  expect(ends({ ...token, expires_at: '2026-12-21T12:00:00Z' }, NOW)).toBe('in 30 days');
  expect(ends({ ...token, expires_at: '2026-11-21T13:00:00Z' }, NOW)).toBe('today');
  expect(ends({ ...token, expires_at: '2026-11-21T11:00:00Z' }, NOW)).toBe('expired');
});
