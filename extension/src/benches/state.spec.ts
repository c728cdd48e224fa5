/** How benchmarks follow what happens, and what two have in common. */
import { Signal } from '@lumino/signaling';
import { expect, test } from 'vitest';
import type { Bench, BenchPoint, Model } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { ticks } from './Chart';
import { BenchesState } from './state';
import { differences, numbers, ratio, shared, tokens } from './words';

type Hear = (event: unknown) => void;

const bench = (id: string, more: Partial<Bench> = {}): Bench =>
  ({ id, model: id, version: 0, status: 'running', points: [], tool: 'ours', ...more }) as Bench;
const point = (streams: number, speed: number, context = 64): BenchPoint =>
  ({ streams, context, tokens_per_second: speed, first_p50_ms: 10 }) as BenchPoint;

function make(answers: Record<string, unknown> = {}) {
  const heard = new Map<string, Hear>();
  const sent: unknown[] = [];
  const sponde = {
    api: {
      call: async (route: string, options: { body?: unknown } = {}) => {
        sent.push(options.body);
        const answer = answers[route] ?? [];
        if (answer instanceof Error) {
          throw answer;
        }
        return answer;
      },
      url: (route: string) => route
    },
    feed: { on: (kind: string, hear: Hear) => heard.set(kind, hear), reset: new Signal({}) }
  } as unknown as ISponde;
  const state = new BenchesState(sponde);
  return { state, sent, hear: (kind: string, event: unknown) => heard.get(kind)?.(event) };
}

test('the newest is drawn, and compared with an older one from then to now', async () => {
  const { state } = make({ 'GET /benches': [bench('b'), bench('a')] });
  await state.load();
  expect(state.drawn.map(one => one.id)).toEqual(['b']);
  state.compare(state.benches[1]);
  expect(state.drawn.map(one => one.id)).toEqual(['a', 'b']);
  state.compare(state.benches[1]);
  expect(state.shown).toEqual(['b']);
});

test('late news do not bring an ended one back to life', () => {
  const { state, hear } = make();
  hear('BenchChanged', { bench: bench('a', { status: 'done' }) });
  hear('BenchChanged', { bench: bench('a') });
  expect(state.benches[0].status).toBe('done');
});

test('one that is deleted elsewhere is no longer drawn', async () => {
  const { state, hear } = make({ 'GET /benches': [bench('a')] });
  await state.load();
  hear('BenchRemoved', { bench_id: 'a' });
  expect([state.benches, state.shown]).toEqual([[], []]);
});

test('the form says how many requests it makes, and what is wrong', async () => {
  const { state, sent } = make({ 'POST /benches': bench('new') });
  state.edit({ contexts: '64 128', streams: '1, 20', requests: '8', answer: '16' });
  expect(state.planned).toBe(2 * (8 + 20));
  expect(await state.start({ id: 'p/m' } as Model)).toBe(true);
  expect(sent.pop()).toEqual({
    model_id: 'p/m',
    contexts: [64, 128],
    streams: [1, 20],
    requests: 8,
    answer_tokens: 16,
    tool: null
  });
  state.edit({ streams: 'many', answer: '1 2' });
  expect(state.wrong('streams')).toContain('Whole numbers');
  expect(state.wrong('answer')).toContain('One whole number');
  expect(state.planned).toBe(0);
});

test('a refusal is kept with the form', async () => {
  const { state } = make({ 'POST /benches': new Error('no') });
  expect(await state.start({ id: 'p/m' } as Model)).toBe(false);
  expect(state.formError).toBeInstanceOf(Error);
});

test('two benchmarks are compared where they measured the same', () => {
  const one = bench('a', { points: [point(1, 10), point(2, 20)] });
  const other = bench('b', { points: [point(2, 50), point(4, 60)], tool: 'vllm' });
  const [both] = shared(one, other);
  expect([both.streams, both.first.tokens_per_second, both.second.tokens_per_second]).toEqual([
    2, 20, 50
  ]);
  expect(differences(one, other)).toHaveLength(1);
  expect([ratio(20, 50), ratio(10, 8), ratio(10, 10), ratio(null, 1)]).toEqual([
    '2.5 times',
    '−20 %',
    'the same',
    '–'
  ]);
});

test('numbers are read and written as people do', () => {
  expect([numbers('1, 2;4  8'), numbers(''), numbers('1,x')]).toEqual([[1, 2, 4, 8], null, null]);
  expect([tokens(null), tokens(9.96), tokens(1234.4)]).toEqual(['–', '10.0', '1,234']);
  expect(ticks(90)).toEqual([0, 25, 50, 75, 100]);
  expect(ticks(0)).toEqual([0, 1]);
});
