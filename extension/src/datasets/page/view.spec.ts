/** How one looks at a dataset's rows, over a server that is a plain object. */
import { describe, expect, it } from 'vitest';
import type { Api } from '../../api/client';
import type { Column, Dataset, Profile } from '../../api/schema';
import { ViewState, type Keeper } from './view';

const column = (given: Partial<Column>): Column =>
  ({ title: null, lengths: null, histogram: null, top: [], type: 'VARCHAR', kind: 'text', ...given }) as Column;

const profile = {
  rows: 100,
  columns: [
    column({ name: 'city', top: [{ value: 'Oslo', count: 9 }, { value: 'Bonn', count: 4 }] }),
    column({ name: 'units', type: 'BIGINT', kind: 'number', histogram: { edges: [0, 2.5, 5], counts: [3, 2] } }),
    column({ name: 'price', type: 'DOUBLE', kind: 'number', histogram: { edges: [0, 2.5, 5], counts: [3, 2] } }),
    column({
      name: 'day',
      type: 'DATE',
      kind: 'date',
      histogram: { edges: [0, 1.5 * 86_400, 3 * 86_400], counts: [2, 2] }
    })
  ]
} as unknown as Profile;

function look(keeper: Keeper | null = null, total = 10) {
  const asked: Array<{ view: { filters: unknown[]; search: string } }> = [];
  const api = {
    call: async (_: string, { body }: { body: (typeof asked)[0] }) => {
      asked.push(body);
      return { rows: [['x']], total, has_copy: false };
    }
  } as unknown as Api;
  return { asked, state: new ViewState(api, { id: '1', name: 'sales' } as Dataset, profile, keeper) };
}

const settled = (): Promise<void> => new Promise(done => setTimeout(done, 0));

describe('a bar of a column’s picture', () => {
  const wordsOf = (place: number, bar: number): string => {
    const { state } = look();
    state.filterBar(place, bar);
    return state.words();
  };

  it('asks for whole numbers and days from the first to the last in it', () => {
    expect(wordsOf(1, 0)).toBe('units from 0 to 2');
    expect(wordsOf(1, 1)).toBe('units from 3 to 5');
    expect(wordsOf(3, 0)).toBe('day from 1970-01-01 to 1970-01-02');
    expect(wordsOf(3, 1)).toBe('day from 1970-01-03 to 1970-01-04');
  });

  it('asks for other numbers below its end, so that no row is in two bars', () => {
    const { state } = look();
    state.filterBar(2, 0);
    expect(state.view.filters[0]).toMatchObject({ low: '0', high: '2.5', below: true });
    state.filterBar(2, 1);
    expect(state.view.filters[0]).toMatchObject({ low: '2.5', high: '5', below: false });
  });

  it('asks for its value where the bars are values', () => {
    expect(wordsOf(0, 1)).toBe('city is Bonn');
  });
});

describe('a view', () => {
  it('is other than the file as soon as it is sorted, filtered, or has fewer columns', async () => {
    const { state } = look();
    expect(state.isOther).toBe(false);
    state.sortBy(1);
    expect([state.isOther, state.isPlain]).toEqual([true, true]);
    state.sortBy(1);
    state.sortBy(1);
    expect(state.isOther).toBe(false);
    state.hide(0);
    expect([state.isOther, state.whole().columns]).toEqual([true, ['units', 'price', 'day']]);
    state.reveal(0);
    expect(state.isOther).toBe(false);
    state.search('x');
    await settled();
    expect([state.isOther, state.total]).toEqual([true, 10]);
  });

  it('keeps the rows where it is only written otherwise', async () => {
    const { state } = look();
    const told: unknown[] = [];
    state.source.changed?.connect((_, what) => told.push(what));
    state.setWritten(true);
    state.sortBy(0);
    await settled();
    expect(told).toEqual(['values', undefined]);
  });

  it('is as it was after a reload, without columns that are gone', async () => {
    const kept = new Map<string, string>();
    const keeper: Keeper = { getItem: key => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
    const { state } = look(keeper);
    state.filterValue(0, 'Oslo');
    state.freeze(3, true);
    state.hide(1);
    const text = [...kept.values()][0].replace('"filters":[', '"filters":[{"column":"gone","kind":"empty"},');
    kept.set([...kept.keys()][0], text);
    const { state: again } = look(keeper);
    expect(again.words()).toBe('city is Oslo');
    expect(again.layout).toEqual({ order: [3, 0, 2], frozen: 1 });
  });

  it('freezes columns at the left and lets them go where they came from', () => {
    const { state } = look();
    state.freeze(2, true);
    state.freeze(1, true);
    expect(state.layout).toEqual({ order: [2, 1, 0, 3], frozen: 2 });
    state.freeze(2, false);
    expect(state.layout).toEqual({ order: [1, 0, 2, 3], frozen: 1 });
  });
});

describe('a view that is worked out while one looks', () => {
  type Page = { rows: unknown[][]; total: number; has_copy: boolean; is_whole: boolean };
  const answers = () => {
    const asked: Array<{ when: string; signal: AbortSignal; give: (page: Partial<Page>) => void }> = [];
    const api = {
      call: (_: string, { body, signal }: { body: { when: string }; signal: AbortSignal }) =>
        new Promise((give, refuse) => {
          signal.addEventListener('abort', () => refuse(new Error('aborted')));
          asked.push({
            when: body.when,
            signal,
            give: page => give({ rows: [['x']], total: 0, has_copy: true, is_whole: true, ...page })
          });
        })
    } as unknown as Api;
    return { asked, state: new ViewState(api, { id: '1', name: 'sales' } as Dataset, profile) };
  };

  it('shows the first rows, says what is still done, and then how many there are', async () => {
    const { asked, state } = answers();
    state.search('os');
    expect([state.isLooking, asked.map(one => one.when)]).toEqual([true, ['early']]);
    asked[0].give({ total: 12, is_whole: false });
    await settled();
    expect([state.isLooking, state.isSettling, state.total]).toEqual([false, true, 12]);
    expect(asked[1].when).toBe('whole');
    asked[1].give({ total: 40 });
    await settled();
    expect([state.isSettling, state.total]).toEqual([false, 40]);
  });

  it('lets the server go of a view that one has left', async () => {
    const { asked, state } = answers();
    state.search('os');
    asked[0].give({ total: 12, is_whole: false });
    await settled();
    state.search('oslo');
    expect(asked[1].signal.aborted).toBe(true);
    await settled();
    expect([state.error, state.isSettling, state.isLooking]).toEqual([null, false, true]);
    asked[2].give({ total: 3 });
    await settled();
    expect([state.isSettling, state.total]).toEqual([false, 3]);
  });
});
