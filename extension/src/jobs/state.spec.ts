/** How the lists follow what happens. */
import { Signal } from '@lumino/signaling';
import { expect, test } from 'vitest';
import type { JobDefinition, Run } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { JobsState } from './state';

type Hear = (event: unknown) => void;

const run = (id: string, more: Partial<Run> = {}): Run =>
  ({ id, status: 'running', ended_at: null, definition_id: null, ...more }) as Run;
const definition = (id: string, more: Partial<JobDefinition> = {}): JobDefinition =>
  ({ id, name: id, schedule: { cron: '0 8 * * *' }, removed_at: null, ...more }) as JobDefinition;

function make(answers: Record<string, unknown> = {}) {
  const calls: string[] = [];
  const heard = new Map<string, Hear>();
  const reset = new Signal<object, void>({});
  const known: Record<string, unknown> = {
    'GET /runs': [],
    'GET /job-definitions': [],
    'POST /schedule-outlooks': { words: 'At 08:00 every day', next: [], problems: [] },
    ...answers
  };
  const sponde = {
    api: {
      call: async (route: string) => {
        calls.push(route);
        if (known[route] instanceof Error) {
          throw known[route];
        }
        return known[route];
      },
      url: () => ''
    },
    feed: { on: (kind: string, hear: Hear) => heard.set(kind, hear), reset }
  } as unknown as ISponde;
  const state = new JobsState(sponde);
  return { state, calls, reset, hear: (kind: string, event: unknown) => heard.get(kind)?.(event) };
}

test('runs are put in their place by their time, and changed where they are', () => {
  const { state, hear } = make();
  hear('RunChanged', { run: run('b') });
  hear('RunChanged', { run: run('c') });
  hear('RunChanged', { run: run('a') });
  hear('RunChanged', { run: run('b', { status: 'succeeded', ended_at: 'now' }) });
  expect(state.runs.map(one => one.id + one.status)).toEqual(['crunning', 'bsucceeded', 'arunning']);
});

test('late news of progress do not bring an ended run back', () => {
  const { state, hear } = make();
  hear('RunChanged', { run: run('a', { status: 'failed', ended_at: 'now' }) });
  hear('RunChanged', { run: run('a') });
  expect(state.runs[0].status).toBe('failed');
});

test('schedules stand by name, with their words, and go when they are removed', async () => {
  const { state, hear } = make({ 'GET /job-definitions': [definition('b')] });
  await state.load();
  hear('JobDefinitionChanged', { definition: definition('a') });
  expect(state.definitions.map(one => one.id)).toEqual(['a', 'b']);
  expect(state.words(definition('b'))).toBe('At 08:00 every day');
  hear('JobDefinitionChanged', { definition: definition('b', { removed_at: 'now' }) });
  expect(state.definitions.map(one => one.id)).toEqual(['a']);
});

test('a refusal is kept and shown, and the next success takes it away', async () => {
  const { state } = make({ 'POST /runs/{run_id}/cancel': new Error('ended already') });
  await state.cancel(run('a'));
  expect((state.error as Error).message).toBe('ended already');
  expect(state.isCancelling(run('a'))).toBe(false);
});

test('events that were missed are made good, but only for who looks', async () => {
  const { state, calls, reset } = make();
  reset.emit();
  expect(calls).toEqual([]);
  await state.load();
  reset.emit();
  expect(calls.filter(route => route === 'GET /runs')).toHaveLength(2);
});

test('an open log is read again as the run goes on', async () => {
  const { state, calls, hear } = make({ 'GET /runs/{run_id}/log': { text: 'Began.' } });
  await state.toggleLog(run('a'));
  expect(state.logs.get('a')).toBe('Began.');
  hear('RunChanged', { run: run('a') });
  await Promise.resolve();
  expect(calls.filter(route => route.endsWith('/log'))).toHaveLength(2);
  await state.toggleLog(run('a'));
  expect(state.logs.size).toBe(0);
});
