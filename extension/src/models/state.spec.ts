/** Providers: added, refused, chosen, removed. */
import { describe, expect, it } from 'vitest';
import { Refusal, type Api } from '../api/client';
import { EventDispatcher } from '../api/feed';
import type { Model, Provider } from '../api/schema';
import { ModelsState } from './state';

const provider: Provider = {
  id: 'p',
  name: 'here',
  base_url: 'http://127.0.0.1:8000/v1',
  kind: 'openai',
  source: 'person',
  key_hint: '',
  key_place: null,
  models: ['one'],
  context_lengths: {},
  created_at: '2026-11-21T10:00:00Z'
};
const model: Model = {
  id: 'p/one',
  provider_id: 'p',
  provider_name: 'here',
  name: 'one',
  address: 'http://127.0.0.1:8000/v1',
  is_default: true,
  is_local: true,
  aliases: [],
  context_length: 0
};

function server(answers: Record<string, unknown>): { state: ModelsState; asked: string[]; feed: EventDispatcher } {
  const asked: string[] = [];
  const feed = new EventDispatcher();
  const api = {
    call: async (route: string): Promise<unknown> => {
      asked.push(route);
      const answer = answers[route];
      if (answer instanceof Error) {
        throw answer;
      }
      return answer;
    },
    url: () => ''
  } as unknown as Api;
  return { state: new ModelsState({ api, feed }), asked, feed };
}

describe('models', () => {
  it('are known once the server has said which there are', async () => {
    const { state } = server({ 'GET /providers': [provider], 'GET /models': [model] });
    expect(state.isKnown).toBe(false);
    await state.load();
    expect(state.chosen?.name).toBe('one');
    expect(state.modelsOf(provider)).toEqual([model]);
  });

  it('are asked for again when the server tells of a change', async () => {
    const { asked, feed } = server({ 'GET /providers': [], 'GET /models': [] });
    feed.dispatch('ProvidersChanged', {});
    expect(asked).toEqual(['GET /providers', 'GET /models']);
  });

  it('that do not answer are refused with the server’s sentence', async () => {
    const refusal = new Refusal(502, 'upstream_failed', 'The key is wrong.', 'Check it.');
    const { state } = server({ 'POST /providers': refusal });
    expect(await state.add({ base_url: 'http://127.0.0.1:1/v1' })).toBe(false);
    expect(state.formError).toBe(refusal);
    expect(state.isTesting).toBe(false);
  });

  it('keep a failure beside the provider that it belongs to', async () => {
    const refusal = new Refusal(502, 'upstream_failed', 'Nobody answers.', '');
    const { state } = server({
      'GET /providers': [provider],
      'GET /models': [model],
      'POST /providers/{provider_id}/check': refusal
    });
    await state.load();
    await state.check('p');
    expect(state.failures['p']).toBe(refusal);
    expect(state.busy).toBe('');
  });
});
