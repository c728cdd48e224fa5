/** What the form shows and sends. */
import { expect, test } from 'vitest';
import type { NotebookParameters, Parameter } from '../api/schema';
import { emptyForm, filledForm, hasSeed, held, missing, request, rows, type Form } from './form';
import { hasWidth, say, span, ticks } from './numbers';

const parameter = (name: string, value: unknown, more: Partial<Parameter> = {}): Parameter =>
  ({ name, type: 'any', default: value, choices: null, is_optional: false, is_required: false,
    expression: '', help: '', ...more }) as Parameter;

const known = (...parameters: Parameter[]): NotebookParameters => ({
  notebook: 'a.ipynb',
  kernel: 'python3',
  parameters,
  note: ''
});

function form(changes: Partial<Form> = {}, second: Record<string, string> = {}): Form {
  const empty = emptyForm('a.ipynb');
  const parameters = known(parameter('rate', 0.1), parameter('seed', 0), parameter('kind', 'x'));
  return {
    ...empty,
    metric: 'rmse',
    columns: [
      { ...empty.columns[0], known: parameters },
      { ...empty.columns[1], known: parameters, values: second }
    ],
    ...changes
  };
}

test('the seed has no row, and what differs is marked', () => {
  const shown = rows(form({}, { rate: '0.2' }));
  expect(shown.map(row => [row.name, row.isDifferent])).toEqual([
    ['rate', true],
    ['kind', false]
  ]);
  expect(hasSeed(form())).toBe(true);
});

test('only values that differ from the notebook are sent', () => {
  const sent = request(form({}, { rate: '0.2', kind: 'x', seed: '5' }));
  expect(sent.variants.map(variant => variant.parameters)).toEqual([{}, { rate: '0.2' }]);
  expect(sent.goal).toEqual({ metric: 'rmse', direction: 'lower' });
});

test('an emptied optional value is none, an emptied text is empty', () => {
  const empty = emptyForm('a.ipynb');
  const parameters = known(parameter('limit', 5, { is_optional: true }), parameter('kind', 'x'));
  const columns: Form['columns'] = [
    { ...empty.columns[0], known: parameters },
    { ...empty.columns[1], known: parameters, values: { limit: '', kind: '' } }
  ];
  expect(request({ ...empty, columns }).variants[1].parameters).toEqual({ limit: null, kind: '' });
});

test('lists are shown as they are typed', () => {
  const column = { ...emptyForm('a').columns[0], known: null };
  expect(held(column, parameter('years', [2020, 2021]))).toBe('[2020,2021]');
  expect(held(column, parameter('on', true))).toBe('true');
  expect(held(column, parameter('nothing', null))).toBe('');
});

test.each([
  ['', emptyForm('')],
  ['still being read', emptyForm('a.ipynb')],
  ['at least one value', form()],
  ['by which metric', form({ metric: ' ' }, { rate: '1' })],
  ['how often', form({ repeats: 0 }, { rate: '1' })],
  ['another notebook for the second', form({ isTwoNotebooks: true })]
])('says what is missing: %s', (words, given) => {
  expect(missing(given)).toContain(words);
  expect(missing(given)).not.toBe('');
});

test('a whole form misses nothing', () => {
  expect(missing(form({}, { rate: '0.2' }))).toBe('');
});

test.each([
  [0.12345, '0.1235'],
  [-0.5, '−0.5'],
  [0, '0'],
  [12345.678, '12346'],
  [100, '100'],
  [0.00001234, '0.00001234'],
  [1e20, '1e+20']
])('writes %s as %s', (value, text) => {
  expect(say(value)).toBe(text);
});

test('an interval without a width is none', () => {
  expect(hasWidth({ value: 1, low: 0.5, high: 1.5 })).toBe(true);
  expect(hasWidth({ value: 1, low: 1, high: 1 })).toBe(false);
  expect(hasWidth({ value: 1, low: null, high: null })).toBe(false);
});

test('ticks are round and lie inside', () => {
  expect(ticks(0.13, 0.97, 4)).toEqual([0.5]);
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(-3, 12, 4)).toEqual([0, 5, 10]);
  expect(ticks(5, 5, 4)).toEqual([5]);
});

test('one value gets room around it', () => {
  expect(span([2])).toEqual([1.8, 2.2]);
  expect(span([0, 0])).toEqual([-1, 1]);
});

test('what somebody knows already is filled in', () => {
  const filled = filledForm('compare.ipynb', {
    names: ['base', 'adapter'],
    parameters: [{ model: 'local/base' }, { model: 'local/adapter', limit: 5 }],
    metric: 'similarity',
    direction: 'higher',
    repeats: 3
  });
  expect(filled.columns.map(one => [one.name, one.values])).toEqual([
    ['base', { model: 'local/base' }],
    ['adapter', { model: 'local/adapter', limit: '5' }]
  ]);
  expect([filled.metric, filled.direction, filled.repeats]).toEqual(['similarity', 'higher', 3]);
  expect(filledForm('a.ipynb', {})).toEqual(emptyForm('a.ipynb'));
});
