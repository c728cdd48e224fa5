/** Collections: their order, what is said of them, what they become, and the chart of uses. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CodeBlock, Collection, UsageWeek, UsedPlace } from '../../api/schema';
import { parameterWords, problemWords } from './CollectionPage';
import { Collections } from './collections';
import { numbered, saveNotebook } from './collected';
import { whole } from '../notebooks/marks';
import { chartWords, weekWords } from '../used/UsageChart';
import { aboutPlace } from '../used/UsedIn';

const getItem = vi.hoisted(() => vi.fn());
vi.mock('@jupyterlab/apputils', () => ({
  InputDialog: { getItem },
  Notification: { info: () => '' }
}));
vi.mock('@jupyterlab/ui-components', () => ({ LabIcon: class {} }));

const block = (id: string): CodeBlock => ({ id, name: id, updated_at: '1' }) as CodeBlock;
const collection = (change: Partial<Collection> = {}): Collection => ({
  id: 'c',
  name: 'Report',
  description: '',
  block_ids: ['a', 'b', 'd'],
  created_at: '1',
  updated_at: '1',
  ...change
});

let kept: Collection;
let calls: Array<[string, unknown]>;
let undos: Array<() => Promise<void>>;
const listeners = new Map<string, (event: never) => void>();

const sponde = {
  feed: {
    on: (kind: string, hear: (event: never) => void) => listeners.set(kind, hear),
    reset: { connect: () => undefined }
  },
  api: {
    call: async (route: string, given: { body?: Partial<Collection> } = {}) => {
      calls.push([route, given.body]);
      if (route === 'GET /collections') {
        return [kept];
      }
      if (route.startsWith('PATCH')) {
        kept = { ...kept, ...given.body, updated_at: `${calls.length}` };
        return kept;
      }
      if (route.endsWith('/sort')) {
        kept = { ...kept, block_ids: ['d', 'a', 'b'] };
        return kept;
      }
      if (route === 'POST /collections') {
        return collection({ id: 'new', ...given.body });
      }
      return {
        collection: kept,
        blocks: kept.block_ids.map(block),
        problems: [],
        parameters: [],
        sorted_ids: ['d', 'a', 'b'],
        gone: 0
      };
    }
  }
};

function made(): Collections {
  const many = { remember: (_: string, run: () => Promise<void>) => undos.push(run), undo: vi.fn() };
  return new Collections(sponde as never, { commands: {} } as never, many as never);
}

beforeEach(() => {
  kept = collection();
  calls = [];
  undos = [];
});

describe('The blocks of a collection', () => {
  it('move to a place, are said where they are, and go back', async () => {
    const state = made();
    await state.open('c');
    expect(state.isUnsorted).toBe(true);
    await state.move(block('d'), 0);
    expect(kept.block_ids).toEqual(['d', 'a', 'b']);
    expect(state.said).toBe('d is 1 of 3.');
    expect(state.isUnsorted).toBe(false);
    await undos[0]();
    expect(kept.block_ids).toEqual(['a', 'b', 'd']);
  });

  it('never move past the ends', async () => {
    const state = made();
    await state.open('c');
    await state.move(block('a'), -1);
    expect(kept.block_ids).toEqual(['a', 'b', 'd']);
    await state.move(block('a'), 9);
    expect(kept.block_ids).toEqual(['b', 'd', 'a']);
  });

  it('are taken out, added and put in order', async () => {
    const state = made();
    await state.open('c');
    await state.take(block('b'));
    expect(kept.block_ids).toEqual(['a', 'd']);
    await state.add(block('b'));
    expect(kept.block_ids).toEqual(['a', 'd', 'b']);
    await state.sort();
    expect(state.view?.blocks.map(({ id }) => id)).toEqual(['d', 'a', 'b']);
  });

  it('go into a new collection, or the one that is chosen', async () => {
    const state = made();
    getItem.mockResolvedValueOnce({ button: { accept: false } });
    expect(await state.collect(['x'])).toBeNull();
    getItem.mockResolvedValueOnce({ button: { accept: true }, value: 'Report' });
    expect((await state.collect(['x']))?.block_ids).toEqual(['a', 'b', 'd', 'x']);
    getItem.mockResolvedValueOnce({ button: { accept: true }, value: 'A new collection' });
    expect((await state.collect(['x', 'y']))?.id).toBe('new');
  });

  it('are gone from the page with their collection', async () => {
    const state = made();
    await state.open('c');
    listeners.get('CollectionRemoved')?.({ collection_id: 'c' } as never);
    expect(state.view).toBeNull();
    expect(state.all).toEqual([]);
  });
});

describe('What a collection becomes', () => {
  const text = JSON.stringify({ cells: [{ cell_type: 'code', source: ['x = 1'] }], metadata: {} });
  const file = { name: 'report.ipynb', text, notes: ['Look.'] };

  function app(there: Record<string, unknown>) {
    const saved: string[] = [];
    const contents = {
      localPath: (path: string) => path,
      get: async (path: string) =>
        path === 'work'
          ? { content: Object.keys(there).map(name => ({ name })) }
          : { content: there[path.replace('work/', '')] },
      save: async (path: string) => void saved.push(path)
    };
    const widgets = [{ id: 'filebrowser', model: { path: 'work' } }];
    return {
      saved,
      app: {
        serviceManager: { contents, kernelspecs: { specs: null } },
        shell: { widgets: (area: string) => (area === 'left' ? widgets : []) }
      } as never
    };
  }

  it('is written where the file browser is, under a name that is free', async () => {
    const { app: lab, saved } = app({ 'report.ipynb': { cells: [] } });
    expect(await saveNotebook(lab, file)).toEqual({ path: 'work/report_2.ipynb', notes: ['Look.'] });
    expect(saved).toEqual(['work/report_2.ipynb']);
  });

  it('is not written twice', async () => {
    const { app: lab, saved } = app({
      'report.ipynb': { cells: [{ cell_type: 'code', source: 'x = 1' }] }
    });
    expect((await saveNotebook(lab, file)).path).toBe('work/report.ipynb');
    expect(saved).toEqual([]);
  });

  it('is named so that it can be imported', () => {
    expect(numbered('report.py', 1)).toBe('report.py');
    expect(numbered('report.py', 3)).toBe('report_3.py');
  });
});

describe('Words', () => {
  it('say what is wrong', () => {
    const problem = { block_id: 'b', names: ['df'], other_id: 'a', other_name: 'load' };
    expect(problemWords({ ...problem, kind: 'late' })).toBe('Needs df, which load makes further down.');
    expect(problemWords({ ...problem, kind: 'open' })).toBe('Calls df, which no block here defines.');
  });

  it('say what is given', () => {
    const one = { name: 'df', value: '', dataset: '', is_table: false, block_ids: [] };
    expect(parameterWords({ ...one, name: 'n', value: '5' })).toBe('n = 5');
    expect(parameterWords({ ...one, is_table: true, dataset: 'sales' })).toBe('df from sales');
    expect(parameterWords(one)).toBe('df: to be given');
  });

  it('say what a place is', () => {
    const place = { kind: 'notebook', path: 'a/b.ipynb', cell: 3, is_there: true } as UsedPlace;
    expect(aboutPlace(place)).toBe('cell 3');
    expect(aboutPlace({ ...place, is_there: false })).toBe('not there any more');
    expect(aboutPlace({ ...place, kind: 'job' })).toBe('job of b.ipynb');
  });

  it('say what the chart shows', () => {
    const week = (begins_at: string, ok: number, failed = 0, waiting = 0): UsageWeek => ({
      begins_at,
      ok,
      failed,
      waiting
    });
    const weeks = [week('2026-11-02T12:00:00Z', 3, 1), week('2026-11-09T12:00:00Z', 0), week('2026-11-16T12:00:00Z', 0, 0, 2)];
    expect(weekWords(weeks[1])).toContain('not used');
    expect(chartWords(weeks)).toContain('Uses in the last 3 weeks: 3 ran, 1 failed, 2 not run.');
    expect(chartWords(weeks)).not.toContain('not used');
  });

  it('give a cell back what stands further up', () => {
    expect(whole({ above: 'import csv' }, 'rows')).toBe('import csv\n\nrows');
    expect(whole({}, 'rows')).toBe('rows');
  });
});
