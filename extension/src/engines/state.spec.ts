/** How the engines' part of a row follows what happens. */
import { Signal } from '@lumino/signaling';
import { afterEach, expect, test, vi } from 'vitest';
import type { Engine, ModelVersion, Plan, RegisteredModel } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { EnginesState } from './state';
import { NO_SETTINGS, commandLine, mainAction, smaller, splitWords } from './words';

type Hear = (event: unknown) => void;

const engine = (id: string, more: Partial<Engine> = {}): Engine =>
  ({
    id,
    model: id,
    version: 1,
    status: 'stopped',
    source: 'ours',
    settings: NO_SETTINGS,
    adapters: [],
    ...more
  }) as Engine;
const model = (name: string, more: Partial<RegisteredModel> = {}): RegisteredModel =>
  ({ name, kind: 'base', base: '', ...more }) as RegisteredModel;
const version = (number: number): ModelVersion => ({ number }) as ModelVersion;

function make(answers: Record<string, unknown> = {}) {
  const calls: Array<[string, unknown]> = [];
  const heard = new Map<string, Hear>();
  const reset = new Signal<object, void>({});
  const sponde = {
    api: {
      call: async (route: string, options?: unknown) => {
        calls.push([route, options]);
        const answer = answers[route] ?? [];
        if (answer instanceof Error) {
          throw answer;
        }
        return typeof answer === 'function' ? answer(options) : answer;
      },
      url: () => ''
    },
    feed: { on: (kind: string, hear: Hear) => heard.set(kind, hear), reset }
  } as unknown as ISponde;
  const state = new EnginesState(sponde);
  return { state, calls, reset, hear: (kind: string, event: unknown) => heard.get(kind)?.(event) };
}

afterEach(() => {
  vi.useRealTimers();
});

test('an engine is known by its model and version, and changes where it stands', () => {
  const { state, hear } = make();
  hear('EngineChanged', { engine: engine('a') });
  hear('EngineChanged', { engine: engine('a', { status: 'starting' }) });
  expect(state.engines).toHaveLength(1);
  expect(state.find(model('a'), version(1))?.status).toBe('starting');
  expect(state.find(model('a'), version(2))).toBeUndefined();
  hear('EngineRemoved', { engine_id: 'a' });
  expect(state.engines).toEqual([]);
});

test("an adapter shows its base's engine, first the one that serves it", () => {
  const { state, hear } = make();
  hear('EngineChanged', { engine: engine('1', { model: 'base', status: 'ready' }) });
  hear('EngineChanged', { engine: engine('2', { model: 'base', adapters: ['sql'] }) });
  const adapter = model('sql', { kind: 'adapter', base: 'base' });
  expect(state.find(adapter, version(1))?.id).toBe('2');
  hear('EngineRemoved', { engine_id: '2' });
  expect(state.find(adapter, version(1))?.id).toBe('1');
});

test("a refusal stands in the model's row, and goes with the next success", async () => {
  const answers: Record<string, unknown> = { 'POST /engines': new Error('no room') };
  const { state } = make(answers);
  await state.start('a');
  expect((state.errors.get('a') as Error).message).toBe('no room');
  answers['POST /engines'] = engine('a', { status: 'starting' });
  await state.start('a');
  expect(state.errors.size).toBe(0);
});

test('what is typed is planned a moment later, once, and late plans are left', async () => {
  vi.useFakeTimers();
  const plan = (options: { body: { settings: unknown } }): Plan =>
    ({ settings: options.body.settings, fits: true, command: [] }) as unknown as Plan;
  const { state, calls } = make({ 'POST /engines/plan': plan });
  state.toggleForm('a', 1, undefined);
  await vi.runAllTimersAsync();
  for (const context_length of [1, 10, 102, 1024]) {
    state.edit('a', 1, { context_length });
  }
  expect(state.forms.get('a')?.isPlanning).toBe(true);
  await vi.runAllTimersAsync();
  expect(calls.filter(([route]) => route === 'POST /engines/plan')).toHaveLength(2);
  expect(state.forms.get('a')?.plan?.settings.context_length).toBe(1024);
});

test('settings of one that runs start it again; of others start it', async () => {
  const ready = engine('a', { status: 'ready' });
  const { state, calls } = make({
    'POST /engines/plan': { fits: true, command: [] },
    'PATCH /engines/{engine_id}': ready,
    'POST /engines': engine('b')
  });
  for (const [name, one] of [['a', ready], ['b', undefined]] as const) {
    state.toggleForm(name, 1, one);
    await state.saveForm(name, 1, one);
    expect(state.forms.size).toBe(0);
  }
  expect(calls.map(([route]) => route).filter(route => !route.endsWith('plan'))).toEqual([
    'PATCH /engines/{engine_id}',
    'POST /engines'
  ]);
});

test('an open log is read again when its engine changes, and closed ones are not', async () => {
  const { state, calls, hear } = make({ 'GET /engines/{engine_id}/log': { text: 'Loaded.' } });
  const one = engine('a', { status: 'ready' });
  await state.toggleLog(one);
  expect(state.logs.get('a')).toBe('Loaded.');
  hear('EngineChanged', { engine: one });
  await state.toggleLog(one);
  hear('EngineChanged', { engine: one });
  expect(calls).toHaveLength(2);
});

test('events that were missed are made good, but only for who looks', async () => {
  const { state, calls, reset } = make();
  reset.emit();
  expect(calls).toEqual([]);
  await state.load();
  reset.emit();
  expect(calls.filter(([route]) => route === 'GET /engines')).toHaveLength(2);
});

test('the main button follows the status', () => {
  expect(mainAction(undefined)).toBe('start');
  expect(mainAction(engine('a', { status: 'asleep' }))).toBe('wake');
  expect(mainAction(engine('a', { status: 'failed' }))).toBe('retry');
  expect(mainAction(engine('a', { status: 'starting' }))).toBe('stop');
  expect(mainAction(engine('a', { status: 'stopping' }))).toBeNull();
});

test('command lines are quoted where a shell needs it, and read back', () => {
  const words = ['vllm', 'serve', '/my models/a', '--config', '{"a":1}', "it's"];
  expect(commandLine(words)).toBe(`vllm serve '/my models/a' --config '{"a":1}' 'it'\\''s'`);
  expect(splitWords(`--seed 7 --name 'two words' "x y"`)).toEqual([
    '--seed',
    '7',
    '--name',
    'two words',
    'x y'
  ]);
  expect(smaller({ ...NO_SETTINGS, context_length: 4096 })).toEqual(['4,096 tokens']);
});
