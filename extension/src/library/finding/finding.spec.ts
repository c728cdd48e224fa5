/** The switch of the search by meaning, over a server that answers as told. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Api } from '../../api/client';
import { EventDispatcher } from '../../api/feed';
import { Finding } from './finding';

function finding(isThere: () => boolean): { finding: Finding; asked: unknown[][] } {
  const asked: unknown[][] = [];
  const api = {
    call: async (route: string, options?: { query?: object }): Promise<unknown> => {
      asked.push([route, options?.query]);
      return route === 'GET /found-block-meaning'
        ? { is_there: isThere(), note: 'pip install numpy' }
        : route === 'GET /found-blocks'
          ? { blocks: [], has_more: false, wrongs: [], without: [] }
          : [];
    },
    url: () => ''
  } as unknown as Api;
  return { finding: new Finding({ api, feed: new EventDispatcher() }), asked };
}

describe('a search that there was no time for', () => {
  afterEach(() => vi.useRealTimers());

  it('shows what was found, and looks through the rest once nobody types any more', async () => {
    vi.useFakeTimers();
    const asked: object[] = [];
    const api = {
      call: async (route: string, options?: { query?: { typing?: boolean } }): Promise<unknown> => {
        if (route !== 'GET /found-blocks') {
          return [];
        }
        asked.push(options?.query ?? {});
        return { blocks: [], has_more: false, wrongs: [], without: [], was_cut: options?.query?.typing };
      },
      url: () => ''
    } as unknown as Api;
    const one = new Finding({ api, feed: new EventDispatcher() });
    await one.type('/a.*/');
    await one.type('/a.*b/');
    expect(one.wrongs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.map(query => (query as { typing?: true }).typing)).toEqual([true, true, undefined]);
    expect(one.wrongs).toEqual([]);
  });
});

describe('the switch for meaning', () => {
  it('is asked for when something is looked for, and once', async () => {
    const { finding: one, asked } = finding(() => true);
    await one.refresh();
    expect(one.meaning).toBeNull();
    await one.type('a');
    await one.type('ab');
    expect(one.meaning?.is_there).toBe(true);
    expect(asked.filter(([route]) => route === 'GET /found-block-meaning')).toHaveLength(1);
  });

  it('asks for what is meant too while it is on', async () => {
    const { finding: one, asked } = finding(() => true);
    await one.type('bird');
    await one.setMeaning(true);
    expect(asked.at(-1)).toEqual([
      'GET /found-blocks',
      { query: 'bird', limit: 30, offset: 0, by_meaning: true, typing: true }
    ]);
    await one.setMeaning(false);
    expect(asked.at(-1)?.[1]).toMatchObject({ by_meaning: undefined });
  });

  it('says how it could be had where it cannot', async () => {
    const { finding: one } = finding(() => false);
    await one.type('bird');
    await one.setMeaning(true);
    expect(one.byMeaning).toBe(false);
    expect(one.wrongs).toEqual(['pip install numpy']);
  });

  it('is on at once where an encoder has come meanwhile', async () => {
    const isThere = { now: false };
    const { finding: one } = finding(() => isThere.now);
    await one.type('bird');
    await one.setMeaning(true);
    isThere.now = true;
    await one.setMeaning(true);
    expect(one.byMeaning).toBe(true);
    expect(one.wrongs).toEqual([]);
  });
});
