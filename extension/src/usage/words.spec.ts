/** Numbers, names and periods of usage in words. */
import { expect, test } from 'vitest';
import type { BudgetState, Model, Sums } from '../api/schema';
import {
  barsOf,
  count,
  dayBefore,
  firstDay,
  level,
  modelName,
  money,
  providerName,
  remarks,
  standing
} from './words';

const sums = (more: Partial<Sums> = {}): Sums => ({
  requests: 0,
  answered: 0,
  stopped: 0,
  failed: 0,
  refused: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  estimated_tokens: 0,
  cost: 0,
  unpriced: 0,
  first_token_p50_ms: null,
  first_token_p95_ms: null,
  duration_p50_ms: null,
  duration_p95_ms: null,
  ...more
});

test('periods begin on their first day, also over the ends of months and years', () => {
  expect(firstDay('today', '2026-01-03')).toBe('2026-01-03');
  expect(firstDay('week', '2026-01-03')).toBe('2025-12-28');
  expect(firstDay('days', '2028-03-01')).toBe('2028-02-01');
  expect(firstDay('month', '2026-11-21')).toBe('2026-11-01');
  // A day on which clocks change is one day.
  expect(dayBefore('2026-03-30', 1)).toBe('2026-03-29');
  expect(dayBefore('2026-03-28', -2)).toBe('2026-03-30');
});

test('each day has a bar, also those on which nothing was asked', () => {
  const groups = [{ key: '2026-11-20', sums: sums({ requests: 3 }) }];
  const bars = barsOf(groups, '2026-11-19', '2026-11-21', one => one.requests);
  expect(bars.map(bar => [bar.label, bar.value])).toEqual([
    ['2026-11-19', 0],
    ['2026-11-20', 3],
    ['2026-11-21', 0]
  ]);
});

test('long periods begin where something was asked, and have a bar for each month', () => {
  const groups = [
    { key: '2025-12-31', sums: sums({ requests: 1 }) },
    { key: '2026-11-20', sums: sums({ requests: 3 }) }
  ];
  const bars = barsOf(groups, '2000-01-01', '2026-11-21', one => one.requests);
  expect(bars).toHaveLength(12);
  expect(bars[0]).toMatchObject({ label: '2025-12', value: 1 });
  expect(bars[11]).toMatchObject({ label: '2026-11', value: 3 });
});

test('money and counts are short, and small costs are not nothing', () => {
  expect(count(1_234_567)).toBe('1.23 million');
  expect(count(12_345)).toBe((12_345).toLocaleString());
  expect(money(0.0004, 'USD')).toContain('0.0004');
  expect(money(3, 'no currency')).toBe('3.00 no currency');
});

test('what went wrong and what is not known surely is said', () => {
  expect(remarks(sums({ requests: 3 }))).toEqual([]);
  const said = remarks(
    sums({
      failed: 2,
      refused: 1,
      prompt_tokens: 100,
      estimated_tokens: 50,
      first_token_p50_ms: 80,
      first_token_p95_ms: 1500
    })
  ).join(' ');
  expect(said).toContain('2 failed or broke off, 1 was refused before being sent');
  expect(said).toContain('within 80 ms, 19 of 20 within 1.5 s');
  expect(said).toContain('50% of the tokens are estimated');
});

test('models are called as they are now, or by their id where they are gone', () => {
  const models = [{ id: 'p/large', name: 'large', provider_name: 'Clouds' }] as Model[];
  expect(modelName('p/large', models)).toBe('large');
  expect(modelName('gone/org/name', models)).toBe('org/name');
  expect(providerName('p/large', models)).toBe('Clouds');
  expect(providerName('gone/x', models)).toBe('no longer connected');
  expect(providerName('local/x', models)).toBe('This machine');
});

test('a budget is fine, near its end, or used up', () => {
  const state = (used: number, warn_share = 0.8): BudgetState =>
    ({ used, budget: { limit: 100, unit: 'requests', warn_share } }) as BudgetState;
  expect([79, 80, 100, 130].map(used => level(state(used)))).toEqual([
    'fine',
    'near',
    'full',
    'full'
  ]);
  expect(level(state(99, 0))).toBe('fine');
  expect(standing(state(80), 'USD')).toBe('80 of 100 requests');
});
