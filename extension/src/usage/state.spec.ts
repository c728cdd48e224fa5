/** How usage is fetched, kept current, and changed. */
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ModelRequest, Price } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { UsageState } from './state';

type Options = { query?: Record<string, unknown>; body?: unknown };

function make(answers: Record<string, unknown> = {}) {
  const calls: Array<[string, Options]> = [];
  const heard = new Map<string, () => void>();
  const known: Record<string, unknown> = {
    'GET /usage/requests': [],
    'GET /prices': [],
    'GET /prices/history': [],
    'GET /budgets': [],
    'GET /conversations': [{ id: 'c1', title: 'Birds' }],
    'GET /gateway-tokens': new Error('not here'),
    ...answers
  };
  const sponde = {
    api: {
      call: async (route: string, options: Options = {}) => {
        calls.push([route, options]);
        if (route === 'GET /usage') {
          return { by: options.query?.by, today: '2026-11-21', groups: [], currency: 'EUR' };
        }
        const answer = known[route];
        if (answer instanceof Error) {
          throw answer;
        }
        return typeof answer === 'function' ? answer(options) : answer;
      },
      url: (route: string, options: Options) => `${route} ${JSON.stringify(options.query)}`
    },
    feed: {
      on: (kind: string, hear: () => void) => heard.set(kind, hear),
      reset: new Signal<object, void>({})
    }
  } as unknown as ISponde;
  const state = new UsageState(sponde);
  const asked = (route: string) => calls.filter(([name]) => name === route);
  return { state, asked, hear: (kind: string) => heard.get(kind)?.() };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the days of a period are the server’s', async () => {
  const { state, asked } = make();
  await state.load();
  expect(asked('GET /usage').map(([, { query }]) => query?.since)).toEqual([
    undefined,
    ...Array(6).fill('2026-10-23')
  ]);
  await state.show('today');
  expect(asked('GET /usage').pop()?.[1].query).toMatchObject({
    since: '2026-11-21',
    until: '2026-11-21'
  });
  expect(state.table).toContain('2026-11-21');
  expect(state.currency).toBe('EUR');
});

test('names of other slices are shown where they answer, and missed where not', async () => {
  const { state } = make();
  await state.load();
  expect(state.names.get('c1')).toBe('Birds');
  expect(state.error).toBeNull();
});

test('only who looks fetches again, and not for each request', async () => {
  const { state, asked, hear } = make();
  hear('UsageChanged');
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked('GET /budgets')).toHaveLength(0);
  const leave = state.watch();
  await vi.advanceTimersByTimeAsync(0);
  hear('UsageChanged');
  hear('UsageChanged');
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked('GET /budgets')).toHaveLength(2);
  leave();
  hear('UsageChanged');
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked('GET /budgets')).toHaveLength(2);
});

test('older requests stay when newer ones come', async () => {
  const page = (from: number): ModelRequest[] =>
    Array.from({ length: 50 }, (_, at) => ({ id: String(from - at), at: String(from - at) }) as ModelRequest);
  let first = 999;
  const { state, hear } = make({
    'GET /usage/requests': ({ query }: Options) =>
      query?.before ? page(Number(query.before) - 1) : page(first)
  });
  state.watch();
  await vi.advanceTimersByTimeAsync(0);
  await state.loadOlder();
  expect(state.requests).toHaveLength(100);
  first = 1000;
  hear('UsageChanged');
  await vi.advanceTimersByTimeAsync(3000);
  expect(state.requests.map(one => Number(one.id))).toEqual(
    Array.from({ length: 101 }, (_, at) => 1000 - at)
  );
});

test('a refusal is kept and shown, and the next success takes it away', async () => {
  const price = { id: 'p1', pattern: 'x' } as Price;
  const { state } = make({ 'DELETE /prices/{price_id}': new Error('gone') });
  expect(await state.removePrice(price)).toBe(false);
  expect((state.error as Error).message).toBe('gone');
  await state.load();
  expect(state.error).toBeNull();
});

test('a budget is added, or changed where it has an id', async () => {
  const { state, asked } = make();
  const body = { limit: 5 };
  await state.keepBudget(body, '');
  await state.keepBudget(body, 'b1');
  expect(asked('POST /budgets')).toHaveLength(1);
  expect(asked('PUT /budgets/{budget_id}')[0][1]).toEqual({ path: { budget_id: 'b1' }, body });
});
