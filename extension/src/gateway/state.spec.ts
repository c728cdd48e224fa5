/** How tokens are made, changed and revoked. */
import { Signal } from '@lumino/signaling';
import { expect, test } from 'vitest';
import type { ISponde } from '../api/tokens';
import { AccessState, formOf, NEW_TOKEN } from './state';

const NOW = new Date('2026-11-21T00:00:00Z').getTime();
const TOKEN = {
  id: 't',
  name: 'nightly',
  scopes: ['chat'],
  models: ['fast'],
  requests_per_minute: 5,
  parallel: 0,
  tokens_per_day: 0
};

function make(answers: Record<string, () => unknown>) {
  const calls: Array<[string, unknown]> = [];
  const heard = new Map<string, () => void>();
  const sponde = {
    api: {
      call: async (route: string, options?: { body?: unknown }) => {
        calls.push([route, options?.body]);
        return answers[route]?.() ?? null;
      },
      url: () => ''
    },
    feed: {
      on: (kind: string, listener: () => void) => heard.set(kind, listener),
      reset: new Signal<object, void>({})
    }
  } as unknown as ISponde;
  return { state: new AccessState(sponde), calls, heard };
}

const LIST = 'GET /gateway-tokens';
const POST = 'POST /gateway-tokens';

test('nothing is fetched before somebody looks', () => {
  const { calls, heard } = make({});
  heard.get('TokensChanged')?.();
  expect(calls).toEqual([]);
});

test('a new token is shown once, with an end some days from now', async () => {
  const made = { token: TOKEN, secret: 'sponde-secret' };
  const { state, calls } = make({ [LIST]: () => [TOKEN], [POST]: () => made });
  state.edit('new');
  const form = { ...NEW_TOKEN, name: 'nightly', models: ' fast, ,a/b ', tokensPerDay: '1000' };
  expect(await state.save(form, NOW)).toBe(true);
  expect(calls[0][1]).toMatchObject({
    models: ['fast', 'a/b'],
    tokens_per_day: 1000,
    parallel: 0,
    expires_at: '2027-02-19T00:00:00.000Z'
  });
  expect(state.made?.secret).toBe('sponde-secret');
  expect(state.edited).toBe(null);
  state.forget();
  expect(state.made).toBe(null);
});

test('a refused token stays in the form with what is wrong', async () => {
  const refusal = new Error('no name');
  const { state } = make({
    [POST]: () => {
      throw refusal;
    }
  });
  state.edit('new');
  expect(await state.save(NEW_TOKEN)).toBe(false);
  expect(state.formError).toBe(refusal);
  expect(state.edited).toBe('new');
});

test('changing a token leaves its end as it is, unless another is chosen', async () => {
  const { state, calls } = make({ [LIST]: () => [TOKEN] });
  state.edit(TOKEN as never);
  await state.save(formOf(TOKEN as never), NOW);
  expect(calls[0]).toEqual([
    'PATCH /gateway-tokens/{token_id}',
    expect.objectContaining({ requests_per_minute: 5, models: ['fast'], expires_at: null })
  ]);
});

test('a revoked token is shown no more, also where it was just made', async () => {
  const { state, calls } = make({
    [LIST]: () => [],
    [POST]: () => ({ token: TOKEN, secret: 's' })
  });
  state.edit('new');
  await state.save(NEW_TOKEN);
  await state.revoke('t');
  expect(state.made).toBe(null);
  expect(calls.map(([route]) => route)).toContain('DELETE /gateway-tokens/{token_id}');
});
