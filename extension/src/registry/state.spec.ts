/** How the list of models follows what happens. */
import { expect, test } from 'vitest';
import { Refusal, type Api } from '../api/client';
import { EventDispatcher } from '../api/feed';
import type { Alias, ModelVersion, RegisteredModel } from '../api/schema';
import { version } from './samples';
import { RegistryState } from './state';

const model: RegisteredModel = {
  name: 'm',
  kind: 'base',
  base: '',
  base_reference: '',
  notes: '',
  licence: 'mit',
  current: 1,
  earlier: [],
  versions: [version],
  id: 'id-m',
  created_at: '2026-11-21T10:00:00Z'
};
const alias: Alias = { name: 'fast', model_id: 'local/m', wrong: '', history: [] };

function make(answers: Record<string, unknown> = {}) {
  const asked: Array<[string, unknown]> = [];
  const feed = new EventDispatcher();
  const all: Record<string, unknown> = {
    'GET /registered-models': [model],
    'GET /aliases': [alias],
    'GET /hub': { url: 'https://hub.example', token_hint: '' },
    ...answers
  };
  const api = {
    call: async (route: string, options: unknown): Promise<unknown> => {
      asked.push([route, options]);
      const answer = all[route];
      if (answer instanceof Error) {
        throw answer;
      }
      return typeof answer === 'function' ? answer(options) : answer;
    },
    url: () => ''
  } as unknown as Api;
  return { state: new RegistryState({ api, feed }), asked, feed };
}

function downloading(done = 0): ModelVersion {
  return { ...version, number: 2, id: 'v2', status: 'downloading', done_bytes: done };
}

test('models are known with their aliases once they were asked for', async () => {
  const { state } = make();
  expect(state.isKnown).toBe(false);
  await state.load();
  expect(state.models).toEqual([model]);
  expect(state.aliasesOf(model)).toEqual([alias]);
});

test('a failure to list them is kept to be shown', async () => {
  const refusal = new Refusal(503, 'unavailable', 'No.', 'Later.');
  const { state } = make({ 'GET /registered-models': refusal });
  await state.load();
  expect(state.error).toBe(refusal);
  expect(state.isKnown).toBe(false);
});

test('progress is followed until the version is whole', async () => {
  const { state, feed } = make();
  await state.load();
  feed.dispatch('ModelRegistered', { model: { ...model, versions: [downloading(), version] } });
  const event = { model: 'm', number: 2, done_bytes: 5, size_bytes: 9, bytes_per_second: 1, doing: '' };
  feed.dispatch('DownloadProgressed', event);
  expect(state.progressOf(state.models[0].versions[0])).toEqual(event);
  const whole: ModelVersion = { ...downloading(9), status: 'ready' };
  feed.dispatch('ModelRegistered', { model: { ...model, versions: [whole, version] } });
  expect(state.progressOf(whole)).toBeNull();
});

test('models come and go in the order of their names', async () => {
  const { state, feed } = make();
  await state.load();
  feed.dispatch('ModelRegistered', { model: { ...model, name: 'Alpha', id: 'a' } });
  expect(state.models.map(one => one.name)).toEqual(['Alpha', 'm']);
  feed.dispatch('ModelUnregistered', { name: 'm' });
  expect(state.models.map(one => one.name)).toEqual(['Alpha']);
});

test('what is looked up late is not shown for what was entered since', async () => {
  let answer: (found: unknown) => void = () => undefined;
  const slow = new Promise(resolve => (answer = resolve));
  const { state } = make({ 'POST /hub-models': () => slow });
  const looking = state.lookUp('a/one', '');
  expect(state.doing).toBe('looking');
  state.clear();
  answer({ hub_id: 'a/one' });
  await looking;
  expect(state.found).toBeNull();
  expect(state.doing).toBeNull();
});

test('a download that began closes the form and shows the model', async () => {
  const begun = { ...model, name: 'new', id: 'n', versions: [downloading()] };
  const { state } = make({ 'POST /downloads': begun });
  state.begin('hub');
  expect(await state.download({ hub_id: 'a/new', name: 'new', revision: '', allow_pickle: '' })).toBe(true);
  expect(state.way).toBeNull();
  expect(state.models).toEqual([begun]);
});

test('a download that is refused keeps the form, with the reason', async () => {
  const refusal = new Refusal(403, 'forbidden', 'Gated.', 'Accept.');
  const { state } = make({ 'POST /downloads': refusal });
  state.begin('hub');
  expect(await state.download({ hub_id: 'a/new', name: '', revision: '', allow_pickle: '' })).toBe(false);
  expect([state.way, state.formError]).toEqual(['hub', refusal]);
});

test('what goes wrong with a model is shown at the model', async () => {
  const refusal = new Refusal(409, 'conflict', 'It is running.', 'Stop it.');
  const { state } = make({ 'DELETE /registered-models/{name}': refusal });
  await state.load();
  expect(await state.remove({ name: 'm', number: 0 })).toBe(false);
  expect(state.failures.get('m')).toBe(refusal);
  state.dismiss('m');
  expect(state.failures.size).toBe(0);
});

test('a deleted version is brought back by its number', async () => {
  const { state, asked } = make({
    'POST /registered-models/{name}/versions/{number}/restore': model
  });
  await state.restore({ name: 'm', number: 1 });
  expect(asked[0][1]).toEqual({ path: { name: 'm', number: '1' } });
  expect(state.models).toEqual([model]);
});

test('an alias is set for the id that the model is asked by', async () => {
  const { state, asked } = make();
  await state.setAlias(model, 'vision');
  expect(asked[0]).toEqual([
    'PUT /aliases/{name}',
    { path: { name: 'vision' }, body: { model_id: 'local/m' } }
  ]);
});

test('a model of a provider is asked by its own id, also for aliases', async () => {
  const remote: RegisteredModel = {
    ...model,
    name: 'big',
    kind: 'remote',
    versions: [{ ...version, model: 'big', source: 'provider', reference: 'p/gpt', path: '' }]
  };
  const { state, asked } = make({ 'POST /remote-models': remote });
  await state.registerRemote({ model_id: 'p/gpt', name: 'big', notes: '' });
  await state.setAlias(state.models[0], 'fast');
  expect(asked[1][1]).toEqual({ path: { name: 'fast' }, body: { model_id: 'p/gpt' } });
});

test('strips stand in the order of their ranks', () => {
  const { state } = make();
  state.addStrip({ rank: 20, draw: () => null });
  state.addStrip({ rank: 10, draw: () => null });
  expect(state.strips.map(strip => strip.rank)).toEqual([10, 20]);
});
