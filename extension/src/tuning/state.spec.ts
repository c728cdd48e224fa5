/** How the section follows what happens, and how its numbers are said. */
import { Signal } from '@lumino/signaling';
import { expect, test } from 'vitest';
import type { Training, TrainingRow, TrainingSet } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { TuningState } from './state';
import { curve, listed, result, some, standing } from './words';

type Hear = (event: unknown) => void;

const made = (id: string, more: Partial<TrainingSet> = {}): TrainingSet =>
  ({ id, name: id, version: 1, updated_at: '2026-01-01', ...more }) as TrainingSet;
const row = (id: string, more: Partial<TrainingRow> = {}): TrainingRow =>
  ({ id, reason: null, ...more }) as TrainingRow;
const training = (id: string, more: Partial<Training> = {}): Training =>
  ({
    id,
    status: 'running',
    doing: 'training',
    step: 0,
    seconds_left: null,
    settings: { steps: 100 },
    points: [],
    validation: [],
    message: '',
    ended_at: null,
    ...more
  }) as unknown as Training;

function make(answers: Record<string, unknown> = {}) {
  const calls: Array<[string, unknown]> = [];
  const heard = new Map<string, Hear>();
  const usual: Record<string, unknown> = {
    'GET /training-sets': [made('a')],
    'GET /trainings': [],
    'GET /liked-answers': { count: 2, models: [] },
    'GET /training-sets/{set_id}/versions': [{ number: 2 }, { number: 1 }],
    'GET /training-sets/{set_id}/rows': { rows: [row('1'), row('2')], total: 3 }
  };
  const sponde = {
    api: {
      call: async (route: string, options: unknown) => {
        calls.push([route, options]);
        const known = answers[route] ?? usual[route];
        if (known instanceof Error) {
          throw known;
        }
        return known;
      },
      url: (route: string, options: unknown) => `${route} ${JSON.stringify(options)}`
    },
    feed: { on: (kind: string, hear: Hear) => heard.set(kind, hear), reset: new Signal({}) }
  } as unknown as ISponde;
  const state = new TuningState(sponde);
  return { state, calls, hear: (kind: string, event: unknown) => heard.get(kind)?.(event) };
}

test('nothing is fetched before somebody looks', () => {
  const { state, calls } = make();
  expect(calls).toEqual([]);
  state.watch();
  state.watch();
  expect(calls.length).toBe(3);
});

test('a set is opened at its latest version, with its first rows', async () => {
  const { state, calls } = make();
  await state.load();
  await state.open('a');
  expect(state.view).toBe('set');
  expect(state.version).toBe(2);
  expect(state.rows?.map(one => one.id)).toEqual(['1', '2']);
  await state.showMoreRows();
  const [, options] = calls[calls.length - 1];
  expect(options).toMatchObject({ query: { offset: 2, version: 2, part: 'train', is_out: false } });
  expect(state.rows?.length).toBe(4);
});

test('rows that were left out are of no part', async () => {
  const { state, calls } = make();
  await state.load();
  await state.open('a');
  await state.showRows('out');
  expect(calls[calls.length - 1][1]).toMatchObject({ query: { is_out: true, part: undefined } });
});

test('a row that is taken out of a used version shows the next version', async () => {
  const { state } = make({
    'PATCH /training-rows/{row_id}': made('a', { version: 3, updated_at: '2026-02-01' })
  });
  await state.load();
  await state.open('a');
  await state.setExcluded(row('1'), true);
  expect(state.version).toBe(3);
  expect(state.isLatest).toBe(true);
});

test('what cannot be made is said in the form', async () => {
  const { state } = make({ 'POST /training-sets': new Error('no answer') });
  await state.begin();
  await state.make({} as never);
  expect(state.view).toBe('new');
  expect(String(state.formError)).toContain('no answer');
  expect(state.isSending).toBe(false);
});

test('a deleted set goes from the list, and from the page that shows it', async () => {
  const { state, hear } = make();
  await state.load();
  await state.open('a');
  hear('TrainingSetRemoved', { set_id: 'a' });
  expect(state.view).toBe('home');
  expect(state.sets).toEqual([]);
});

test('a set that is deleted while the list is on its way stays deleted', async () => {
  let answer: (value: unknown) => void = () => undefined;
  const answers = { 'GET /training-sets': new Promise(done => (answer = done)) as unknown };
  const { state, hear } = make(answers);
  const loading = state.load();
  hear('TrainingSetRemoved', { set_id: 'a' });
  answer([made('a')]);
  answers['GET /training-sets'] = [];
  await loading;
  expect(state.sets).toEqual([]);
  expect(state.isKnown).toBe(true);
});

test('late news of progress do not bring an ended training back', () => {
  const { state, hear } = make();
  hear('TrainingChanged', { training: training('t', { status: 'failed', ended_at: 'now' }) });
  hear('TrainingChanged', { training: training('t', { step: 5 }) });
  expect(state.trainings.map(one => one.status)).toEqual(['failed']);
});

test('the answer to an earlier question about the estimate does not count', async () => {
  let answer: (value: unknown) => void = () => undefined;
  const { state } = make({ 'POST /training-estimates': new Promise(done => (answer = done)) });
  const first = state.weigh({ base: 'a' } as never);
  const second = state.weigh({ base: 'b' } as never);
  answer({ sentence: 'fits' });
  await Promise.all([first, second]);
  expect(state.estimate?.sentence).toBe('fits');
});

test('numbers are said with their nouns', () => {
  expect(some(1, 'row')).toBe('1 row');
  expect(some(1204, 'row')).toBe('1,204 rows');
  expect(listed([{ name: 'sql', count: 2 }, { name: 'python', count: 1 }], 1)).toBe('sql (2), 1 more');
});

test('a training says what it does, how far it is, and what came of it', () => {
  expect(standing(training('t', { status: 'queued' }))).toBe('Waiting for its turn');
  expect(standing(training('t', { doing: 'reading the base' }))).toBe('reading the base…');
  const points = [
    { step: 1, loss: 4 },
    { step: 2, loss: 2.5 }
  ];
  expect(standing(training('t', { step: 2, points, seconds_left: 30 }))).toBe(
    'Step 2 of 100, loss 2.50, 30 s left'
  );
  const ended = training('t', { status: 'succeeded', points, validation: points });
  expect(result(ended)).toBe('loss 4.00 → 2.50; rows kept back 4.00 → 2.50');
  expect(result(training('t', { status: 'cancelled' }))).toBe('');
});

test('a curve begins where the first step is and is high where the loss is', () => {
  const points = [
    { step: 0, loss: 4 },
    { step: 10, loss: 1 }
  ];
  expect(curve(points, { step: 10, loss: 4 }, 100, 40)).toBe('M0.0 0.0L100.0 30.0');
});
