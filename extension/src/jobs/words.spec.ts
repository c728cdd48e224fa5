/** What runs and schedules are called. */
import { expect, test } from 'vitest';
import type { Parameter, Run } from '../api/schema';
import { asText, cronOf, hint, presetOf, seconds, why } from './words';

const run = (more: Partial<Run>): Run => ({ status: 'failed', error: null, ...more }) as Run;

test('a failure names the cell, the exception and its text', () => {
  const error = { cell: 3, name: 'ValueError', message: 'no such year' };
  expect(why(run({ error }))).toBe('Cell [3] failed: ValueError: no such year');
  expect(why(run({ error: { ...error, cell: null, name: '' } }))).toBe('no such year');
  expect(why(run({ status: 'skipped', error }))).toBe('no such year');
  expect(why(run({}))).toBe('');
});

test('a run takes time from its start to its end, or until now', () => {
  const started_at = '2026-11-21T08:00:00Z';
  const now = Date.parse('2026-11-21T08:00:05Z');
  expect(seconds(run({ started_at: null }), now)).toBeNull();
  expect(seconds(run({ started_at, ended_at: null }), now)).toBe(5);
  expect(seconds(run({ started_at, ended_at: '2026-11-21T08:00:02Z' }), now)).toBe(2);
});

test('presets and cron lines are each other', () => {
  expect(cronOf('weekdays', '07:05')).toBe('5 7 * * 1-5');
  for (const preset of ['hourly', 'daily', 'weekdays', 'weekly'] as const) {
    expect(presetOf(cronOf(preset, '08:00'))).toEqual({ preset, time: '08:00' });
  }
  expect(presetOf('*/5 * * * *').preset).toBe('custom');
  expect(presetOf('5 * * * *').preset).toBe('custom');
});

test('values stand in the form as a person would write them', () => {
  expect(asText('a')).toBe('a');
  expect(asText(null)).toBe('');
  expect(asText([1, 'b'])).toBe('[1,"b"]');
  expect(asText(true)).toBe('true');
});

test('the hint has the comment, the type and whether it may be empty', () => {
  const parameter = { type: 'int', choices: null, help: 'how many', is_optional: true };
  expect(hint(parameter as Parameter)).toBe('how many · Whole number, may be left empty');
  expect(hint({ ...parameter, type: 'str', help: '', is_optional: false } as Parameter)).toBe('');
});
