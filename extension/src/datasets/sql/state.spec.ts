/** Tabs of SQL: what is run, stopped, marked, kept over a reload, and put into notebooks. */
import { describe, expect, it } from 'vitest';
import { Refusal, type Api } from '../../api/client';
import type { DatasetQuery } from '../../api/schema';
import { cellsFor, datasetsIn } from './cells';
import { browserKeeper, type Kept, type Keeper } from './kept';
import { SqlState } from './state';

function query(given: Partial<DatasetQuery> = {}): DatasetQuery {
  return {
    id: 'q', sql: 'SELECT 1', person: '', workspace: '', status: 'done', columns: ['a'],
    types: ['INTEGER'], rows: 3, is_cut: false, seconds: 0.1, failure: null,
    started_at: '2026-01-01T00:00:00Z', ...given
  } as DatasetQuery;
}

/** A server that answers in turn, and remembers what it was asked. */
function serving(answers: Record<string, unknown[]>) {
  const asked: Array<[string, unknown]> = [];
  const api = {
    call: async (route: string, options: unknown) => {
      asked.push([route, options]);
      const answer = answers[route]?.length === 1 ? answers[route][0] : answers[route]?.shift();
      if (answer instanceof Error) {
        throw answer;
      }
      return answer;
    },
    url: (route: string) => `url of ${route}`
  } as unknown as Api;
  return { api, asked };
}

function keeping(kept: Kept = { text: '', queryId: '' }): Keeper & { kept: Kept } {
  return {
    kept,
    get() {
      return this.kept;
    },
    put(_, now) {
      this.kept = now;
    },
    drop() {
      this.kept = { text: '', queryId: '' };
    }
  };
}

const BEGIN = 'POST /dataset-queries';
const LOOK = 'GET /dataset-queries/{query_id}';

describe('a tab of SQL', () => {
  it('runs the statement at the cursor and waits for its end', async () => {
    const running = query({ status: 'running' });
    const { api, asked } = serving({ [BEGIN]: [running], [LOOK]: [running, query()] });
    const keeper = keeping();
    const state = new SqlState(api, 't', keeper);
    state.write('SELECT 1;\nSELECT 2');
    await state.run(12, 12);
    expect(asked[0]).toEqual([BEGIN, { body: { sql: 'SELECT 2' } }]);
    expect([state.isRunning, state.source?.rowCount, state.source?.columns[0].kind]).toEqual([false, 3, 'number']);
    expect(keeper.kept).toEqual({ text: 'SELECT 1;\nSELECT 2', queryId: 'q' });
  });

  it('runs what is selected, and nothing where there is nothing', async () => {
    const { api, asked } = serving({ [BEGIN]: [query()], [LOOK]: [query()] });
    const state = new SqlState(api, 't', keeping());
    state.write('SELECT 1, 2');
    await state.run(0, 8);
    expect(asked[0][1]).toEqual({ body: { sql: 'SELECT 1' } });
    state.write('-- nothing');
    await state.run(0, 0);
    expect(asked.filter(([route]) => route === BEGIN)).toHaveLength(1);
  });

  it('runs several statements that are selected in turn, and stops at one that fails', async () => {
    const failed = query({ sql: 'SELECT x', status: 'failed', failure: { message: 'No.', hint: '', place: 7, length: 1 } });
    const { api, asked } = serving({ [BEGIN]: [query()], [LOOK]: [query(), failed] });
    const state = new SqlState(api, 't', keeping());
    state.write('-- two\n;SELECT 1;\nSELECT x;\nSELECT 3');
    await state.run(0, state.text.length);
    const ran = asked.filter(([route]) => route === BEGIN).map(([, options]) => options);
    expect(ran).toEqual([{ body: { sql: 'SELECT 1' } }, { body: { sql: 'SELECT x' } }]);
    expect(state.text.slice(state.wrong?.from)).toBe('x;\nSELECT 3');
  });

  it('marks what is wrong where it stands, until the text changes', async () => {
    const failure = { message: 'No.', hint: '', place: 10, length: 4 };
    const failed = query({ sql: "SELECT '𝄞', nope", status: 'failed', rows: null, failure: { ...failure, place: 12 } });
    const { api } = serving({ [BEGIN]: [failed], [LOOK]: [failed] });
    const state = new SqlState(api, 't', keeping());
    state.write("SELECT 1;\nSELECT '𝄞', nope");
    await state.run(15, 15);
    expect(state.text.slice(state.wrong?.from, state.wrong?.to)).toBe('nope');
    expect(state.source).toBeNull();
    state.write('SELECT 1');
    expect(state.wrong).toBeNull();
  });

  it('is what it was after a reload, and begins anew where its query is gone', async () => {
    const { api } = serving({ [LOOK]: [query()] });
    const state = new SqlState(api, 't', keeping({ text: 'SELECT 1', queryId: 'q' }));
    await state.restore();
    expect([state.text, state.source?.rowCount]).toEqual(['SELECT 1', 3]);
    const gone = serving({ [LOOK]: [new Refusal(404, 'not_found', 'Gone.', '')] });
    const keeper = keeping({ text: 'SELECT 1', queryId: 'q' });
    const other = new SqlState(gone.api, 't', keeper);
    await other.restore();
    expect([other.text, other.error, keeper.kept.queryId]).toEqual(['SELECT 1', null, '']);
  });

  it('asks again for rows that one answer could not carry', async () => {
    const { api, asked } = serving({
      [BEGIN]: [query()],
      [LOOK]: [query()],
      'GET /dataset-queries/{query_id}/rows': [{ rows: [[1], [2]] }, { rows: [[3]] }]
    });
    const state = new SqlState(api, 't', keeping());
    state.write('SELECT 1');
    await state.run(0, 0);
    expect(await state.source?.rows(0, 100)).toEqual([[1], [2], [3]]);
    expect(asked.slice(-1)[0][1]).toMatchObject({ query: { offset: 2, limit: 1 } });
  });

  it('stops the query that was just begun, not the one before it', async () => {
    const { api, asked } = serving({
      [BEGIN]: [query({ id: 'old' }), query({ id: 'new', status: 'running' })],
      [LOOK]: [query({ id: 'old' }), query({ id: 'new', status: 'cancelled' })],
      'POST /dataset-queries/{query_id}/cancel': [query({ id: 'new', status: 'cancelled' })]
    });
    const state = new SqlState(api, 't', keeping());
    state.write('SELECT 1');
    await state.run(0, 0);
    const running = state.run(0, 0);
    await state.cancel();
    await running;
    const stopped = asked.filter(([route]) => route.endsWith('/cancel'));
    expect(stopped.map(([, options]) => options)).toEqual([{ path: { query_id: 'new' } }]);
    expect(state.query?.status).toBe('cancelled');
  });

  it('gives the address of a file that was made', async () => {
    const { api } = serving({ [BEGIN]: [query()], [LOOK]: [query()], 'POST /dataset-downloads': [{ id: 'd' }] });
    const state = new SqlState(api, 't', keeping());
    expect(await state.download('csv')).toBeNull();
    state.write('SELECT 1');
    await state.run(0, 0);
    expect(await state.download('csv')).toBe('url of GET /dataset-downloads/{download_id}');
  });
});

describe('what a query becomes in a notebook', () => {
  it('is a cell of %%sql, with the magics loaded before it where they are not', () => {
    expect(cellsFor('magic', 'SELECT 1', [], true)).toEqual(['%%sql result\nSELECT 1']);
    expect(cellsFor('magic', 'SELECT 1', [], false)[0]).toBe('%load_ext sponde');
  });

  it('is Python that Python reads as the same SQL', () => {
    expect(cellsFor('python', 'SELECT a\nFROM sales', ['sales'], true)[0]).toContain(
      'result = sponde.dataset("sales").sql(r"""\nSELECT a\nFROM sales\n""")'
    );
    expect(cellsFor('python', 'SELECT """" AS "a"', [], true)[0]).toContain('sponde.sql("SELECT');
    expect(datasetsIn('select * from Sales', ['towns', 'sales'])).toEqual(['sales']);
  });

  it('is kept in the browser under its tab', () => {
    const held = new Map<string, string>();
    const keeper = browserKeeper({
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, text: string) => void held.set(key, text),
      removeItem: (key: string) => void held.delete(key)
    } as Storage);
    keeper.put('t', { text: 'x', queryId: 'q' });
    expect(keeper.get('t')).toEqual({ text: 'x', queryId: 'q' });
    keeper.drop('t');
    expect(keeper.get('t').text).toBe('');
  });
});
