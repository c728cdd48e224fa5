/** How the list of dashboards follows what happens. */
import { Signal } from '@lumino/signaling';
import { expect, test } from 'vitest';
import type { ISponde } from '../api/tokens';
import { PublishState } from './state';

function make(answers: Record<string, () => unknown>) {
  const calls: string[] = [];
  const heard = new Map<string, () => void>();
  const owner = {};
  const reset = new Signal<object, void>(owner);
  const sponde = {
    api: {
      call: async (route: string) => {
        calls.push(route);
        return answers[route]?.() ?? null;
      },
      url: () => ''
    },
    feed: { on: (kind: string, listener: () => void) => heard.set(kind, listener), reset }
  } as unknown as ISponde;
  return { state: new PublishState(sponde), calls, heard, reset };
}

const LIST = 'GET /publications';

test('nothing is fetched before somebody looks', () => {
  const { calls, heard, reset } = make({});
  heard.get('PublicationChanged')?.();
  reset.emit();
  expect(calls).toEqual([]);
});

test('the list is fetched again when a publication changed or events were missed', async () => {
  const { state, calls, heard, reset } = make({ [LIST]: () => [] });
  await state.load();
  heard.get('PublicationChanged')?.();
  reset.emit();
  expect(calls).toEqual([LIST, LIST, LIST]);
  expect(state.isKnown).toBe(true);
});

test('a failed update is kept with its dashboard and leaves nothing busy', async () => {
  const gone = new Error('gone');
  const { state } = make({
    'POST /publications/{publication_id}/update': () => {
      throw gone;
    }
  });
  expect(await state.update('a')).toBe(false);
  expect(state.failures.get('a')).toBe(gone);
  expect(state.busy.size).toBe(0);
});

test('a list that cannot be had says why, and is whole again later', async () => {
  let isBroken = true;
  const { state } = make({
    [LIST]: () => {
      if (isBroken) {
        throw new Error('offline');
      }
      return [];
    }
  });
  await state.load();
  expect(state.error).toBeTruthy();
  isBroken = false;
  await state.load();
  expect(state.error).toBeNull();
});
