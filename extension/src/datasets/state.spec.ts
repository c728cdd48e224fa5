/** The list, the search, uploads, over a server that is a plain object. */
import { describe, expect, it } from 'vitest';
import { Refusal, type Api } from '../api/client';
import { EventDispatcher } from '../api/feed';
import type { Column, Dataset, Profile, Routes } from '../api/schema';
import { DatasetsState } from './state';

const dataset = (given: Partial<Dataset>): Dataset => ({
  id: '1',
  name: 'sales',
  path: 'sales.csv',
  part: '',
  bytes: 10,
  modified: 0,
  rows: 2,
  columns: 2,
  problems: 0,
  warnings: 0,
  status: 'ready',
  failure: null,
  workspace: '',
  policy: 'statistics',
  policy_rows: 20,
  tags: [],
  created_at: '2026-01-01T00:00:00Z',
  ...given
}) as Dataset;

const column = (name: string): Column => ({
  name,
  title: '',
  type: 'VARCHAR',
  kind: 'text',
  meaning: null,
  form: '',
  missing: [],
  nulls: 0,
  distinct: 1,
  distinct_is_exact: true,
  minimum: null,
  maximum: null,
  mean: null,
  deviation: null,
  quantiles: [],
  quantiles_are_exact: true,
  zeros: 0,
  negatives: 0,
  lengths: null,
  histogram: null,
  top: [],
  examples: []
}) as Column;

const profile = (...names: string[]): Profile =>
  ({ columns: names.map(column), rows: 2, warnings: [], problems: [], problem_count: 0 }) as unknown as Profile;

type Answers = { [R in keyof Routes]?: (options: { path?: Record<string, string>; body?: unknown }) => unknown };

function make(answers: Answers) {
  const calls: string[] = [];
  const api = {
    call: async (route: keyof Routes, options = {}) => {
      calls.push(route);
      const answer = answers[route];
      if (!answer) {
        throw new Refusal(404, 'not_found', `no ${route}`, '');
      }
      return answer(options);
    },
    url: () => ''
  } as unknown as Api;
  const feed = new EventDispatcher();
  return { state: new DatasetsState(api, feed), feed, calls };
}

const settled = () => new Promise(resolve => setTimeout(resolve, 5));

describe('the list', () => {
  it('is fetched, kept true by the stream, and fetched again after a loss', async () => {
    let known = [dataset({})];
    const { state, feed } = make({ 'GET /datasets': () => known });
    await state.load();
    expect(state.list().map(one => one.name)).toEqual(['sales']);
    feed.dispatch('DatasetChanged', { dataset: dataset({ id: '2', name: 'more' }) });
    expect(state.list().map(one => one.name)).toEqual(['more', 'sales']);
    feed.dispatch('DatasetRemoved', { dataset_id: '1' });
    expect(state.list().map(one => one.name)).toEqual(['more']);
    known = [];
    feed.reset.emit();
    await settled();
    expect(state.list()).toEqual([]);
  });

  it('says what is wrong when the server does not answer', async () => {
    const { state } = make({});
    await state.load();
    expect(state.error?.message).toBe('no GET /datasets');
    expect(state.loaded).toBe(true);
  });

  it('adds a sheet of a workbook by its name, and knows what the picker may offer', async () => {
    const { state, calls } = make({
      'POST /datasets': () => dataset({ part: 'Costs' }),
      'GET /dataset-kinds': () => ({ extensions: ['.csv', '.dbf'], readers: [] })
    });
    expect((await state.add('book.xlsx', 'Costs'))?.part).toBe('Costs');
    await state.learnKinds();
    expect(state.accept).toBe('.csv,.dbf');
    expect(calls).toContain('GET /dataset-kinds');
  });

  it('does not let a late answer undo what the stream told', async () => {
    const { state, feed } = make({ 'POST /datasets': () => dataset({ status: 'waiting' }) });
    feed.dispatch('DatasetChanged', { dataset: dataset({ status: 'ready' }) });
    await state.add('sales.csv');
    expect(state.list()[0].status).toBe('ready');
  });

  it('fetches the profile of an open dataset as soon as it is ready, once', async () => {
    const { state, feed, calls } = make({
      'POST /datasets': () => dataset({ status: 'waiting' }),
      'GET /datasets/{dataset_id}/profile': () => profile('a')
    });
    await state.add('sales.csv');
    expect(calls).toEqual(['POST /datasets']);
    feed.dispatch('DatasetChanged', { dataset: dataset({ status: 'profiling' }) });
    feed.dispatch('DatasetChanged', { dataset: dataset({ status: 'ready' }) });
    await settled();
    expect(calls.filter(call => call.includes('profile'))).toHaveLength(1);
    expect(state.visible()[0].columns.map(([, one]) => one.name)).toEqual(['a']);
  });
});

describe('a profile', () => {
  it('is asked for when the file has been read, and never of one that cannot be', async () => {
    const { state, feed, calls } = make({ 'GET /datasets/{dataset_id}/profile': () => profile('a') });
    feed.dispatch('DatasetChanged', { dataset: dataset({ status: 'waiting' }) });
    const asked = state.profile('1');
    await settled();
    expect(calls).toEqual([]);
    feed.dispatch('DatasetChanged', { dataset: dataset({}) });
    expect((await asked).columns).toHaveLength(1);
    const failure = { message: 'It is a picture.', hint: 'Add a table.' };
    feed.dispatch('DatasetChanged', { dataset: dataset({ id: '2', status: 'failed', failure }) });
    await expect(state.profile('2')).rejects.toThrow("'sales' cannot be read. It is a picture.");
    expect(calls).toHaveLength(1);
  });
});

describe('a file that is gone', () => {
  it('shows what was last known of it, until it is there again', async () => {
    const gone = dataset({ status: 'failed', is_gone: true, failure: { message: 'Gone.', hint: '' } });
    const { state, feed } = make({
      'GET /datasets': () => [gone],
      'GET /datasets/{dataset_id}/last-profile': () => profile('a', 'b')
    });
    await state.load();
    await state.toggle('1');
    expect(state.visible()[0].columns).toHaveLength(2);
    feed.dispatch('DatasetChanged', { dataset: dataset({ status: 'profiling' }) });
    feed.dispatch('DatasetChanged', { dataset: dataset({}) });
    await settled();
    expect(state.visible()[0].error?.message).toBe('no GET /datasets/{dataset_id}/profile');
  });
});

describe('the search', () => {
  it('finds datasets by name and by column, and shows the columns found', async () => {
    const { state, calls } = make({
      'GET /datasets': () => [dataset({}), dataset({ id: '2', name: 'birds', path: 'b.csv' })],
      'GET /dataset-columns': () => [
        { dataset_id: '1', names: ['Town', 'Price'] },
        { dataset_id: '2', names: ['Species', 'Town'] }
      ],
      'GET /datasets/{dataset_id}/profile': ({ path }) =>
        path?.dataset_id === '1' ? profile('Town', 'Price') : profile('Species', 'Town')
    });
    await state.load();
    state.search('price');
    await settled();
    expect(calls.filter(call => call.includes('{dataset_id}/profile'))).toHaveLength(1);
    expect(state.visible().map(one => [one.dataset.name, one.columns.length])).toEqual([['sales', 1]]);
    state.search('TOWN');
    await settled();
    expect(state.visible()).toHaveLength(2);
    expect(calls.filter(call => call === 'GET /dataset-columns')).toHaveLength(1);
    state.search('bird');
    expect(state.visible().map(one => one.columns.length)).toEqual([2]);
    state.search('nothing');
    expect(state.visible()).toEqual([]);
  });
});
