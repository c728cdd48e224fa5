/** What the page of experiments shows while things happen. */
import { Signal } from '@lumino/signaling';
import { expect, test } from 'vitest';
import type { ISponde } from '../api/tokens';
import { ExperimentsState } from './state';

type Answers = Record<string, (options: never) => unknown>;

function make(answers: Answers) {
  const calls: string[] = [];
  const heard = new Map<string, (event: { experiment_id: string }) => void>();
  const owner = {};
  const reset = new Signal<object, void>(owner);
  const sponde = {
    api: {
      call: async (route: string, options: never) => {
        calls.push(route);
        return answers[route]?.(options) ?? null;
      },
      url: () => ''
    },
    feed: {
      on: (kind: string, listener: (event: { experiment_id: string }) => void) =>
        heard.set(kind, listener),
      reset
    }
  } as unknown as ISponde;
  const changed = (experiment_id: string) => heard.get('ExperimentChanged')?.({ experiment_id });
  return { state: new ExperimentsState(sponde), calls, changed, reset };
}

const LIST = 'GET /experiments';
const ONE = 'GET /experiments/{experiment_id}';
const settle = () => new Promise(resolve => setTimeout(resolve));

test('nothing is fetched before somebody looks', async () => {
  const { calls, changed, reset } = make({});
  changed('a');
  reset.emit();
  await settle();
  expect(calls).toEqual([]);
});

test('only what is shown is fetched again', async () => {
  const { state, calls, changed } = make({ [LIST]: () => [], [ONE]: () => ({ done: 1 }) });
  await state.show('a');
  changed('b');
  changed('a');
  await settle();
  expect(calls).toEqual([ONE, ONE]);
  await state.showList();
  changed('b');
  await settle();
  expect(calls).toEqual([ONE, ONE, LIST, LIST]);
});

test('an older answer that comes late does not undo progress', async () => {
  const dones = [3, 2];
  const { state, changed } = make({ [ONE]: () => ({ done: dones.shift() }) });
  await state.show('a');
  changed('a');
  await settle();
  expect(state.report?.done).toBe(3);
});

test('the metric that earlier runs reported is offered and filled in', async () => {
  const { state } = make({
    'GET /notebooks/parameters': () => ({ notebook: 'n', kernel: '', parameters: [], note: '' }),
    'GET /experiments/metrics': () => [{ name: 'rmse', value: 0.3 }]
  });
  await state.begin('n.ipynb');
  expect(state.form.metric).toBe('rmse');
  expect(state.form.columns[1].known?.notebook).toBe('n');
});

test('a notebook that cannot be read is said in its column', async () => {
  const gone = new Error('gone');
  const { state } = make({
    'GET /notebooks/parameters': () => {
      throw gone;
    },
    'GET /experiments/metrics': () => []
  });
  await state.begin('n.ipynb');
  expect(state.form.columns[0].error).toBe(gone);
});

test('a second notebook is given up again without its values', async () => {
  const { state } = make({
    'GET /notebooks/parameters': ({ query }: { query: { path: string } }) => ({
      notebook: query.path,
      parameters: [],
      note: ''
    }),
    'GET /experiments/metrics': () => []
  } as unknown as Answers);
  await state.begin('a.ipynb');
  await state.setTwoNotebooks(true);
  await state.choose(1, 'b.ipynb');
  expect(state.form.columns.map(column => column.notebook)).toEqual(['a.ipynb', 'b.ipynb']);
  await state.setTwoNotebooks(false);
  expect(state.form.columns.map(column => column.known?.notebook)).toEqual(['a.ipynb', 'a.ipynb']);
});

test('a refused experiment keeps the form and says why', async () => {
  const refused = new Error('no');
  const { state } = make({
    'POST /experiments': () => {
      throw refused;
    }
  });
  await state.begin('');
  await state.send();
  expect([state.view, state.formError, state.isSending]).toEqual(['new', refused, false]);
});
