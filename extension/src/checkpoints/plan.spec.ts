/** What going back would leave, with what the person did since. */
import { expect, test } from 'vitest';
import { changes, lines, target, type NotebookCell, type NotebookText } from './plan';

const cell = (id: string, source: string, given: Partial<NotebookCell> = {}): NotebookCell => ({
  id,
  cell_type: 'code',
  source,
  metadata: {},
  outputs: [],
  execution_count: null,
  ...given
});
const book = (...cells: NotebookCell[]): NotebookText => ({ cells });
const ids = (cells: NotebookCell[]): string => cells.map(one => `${one.id}=${one.source}`).join(' ');

const BEFORE = book(cell('a', '1'), cell('b', '2'), cell('c', '3'));
const AFTER = book(cell('a', '1'), cell('b', '20'), cell('n', 'new'));

test('what the turn did goes back, and what the person did elsewhere stays', () => {
  const now = book(cell('p', 'mine'), cell('a', '1 # mine'), cell('b', '20'), cell('n', 'new'));
  expect(changes(BEFORE, AFTER, now).map(one => [one.kind, one.isTouched])).toEqual([
    ['changed', false],
    ['inserted', false],
    ['removed', false]
  ]);
  expect(ids(target(BEFORE, AFTER, now, 'ours'))).toBe('p=mine a=1 # mine b=2 c=3');
  expect(ids(target(BEFORE, AFTER, now, 'everything'))).toBe('a=1 b=2 c=3');
});

test('a cell that the person changed since is warned of and left alone', () => {
  const now = book(cell('a', '1'), cell('b', '20 # mine'), cell('n', 'new # mine'));
  const touched = changes(BEFORE, AFTER, now).filter(one => one.isTouched);
  expect(touched.map(one => one.id)).toEqual(['b', 'n']);
  expect(ids(target(BEFORE, AFTER, now, 'ours'))).toBe('a=1 b=20 # mine c=3 n=new # mine');
});

test('a cell that the person deleted since is not brought back alone', () => {
  const now = book(cell('a', '1'), cell('n', 'new'));
  expect(changes(BEFORE, AFTER, now)[0]).toMatchObject({ kind: 'changed', isTouched: true });
  expect(ids(target(BEFORE, AFTER, now, 'ours'))).toBe('a=1 c=3');
});

test('what the person has undone by hand needs no warning', () => {
  expect(changes(BEFORE, AFTER, BEFORE).every(one => one.isMoot && !one.isTouched)).toBe(true);
  expect(target(BEFORE, AFTER, BEFORE, 'ours')).toEqual(BEFORE.cells);
});

test('a cell that was only run gets its old outputs, unless it was run again since', () => {
  const shown = [{ output_type: 'stream', text: 'x' }];
  const before = book(cell('a', '1'));
  const after = book(cell('a', '1', { outputs: shown, execution_count: 1 }));
  expect(changes(before, after, after)).toMatchObject([{ kind: 'ran', isMoot: false }]);
  expect(target(before, after, after, 'ours')[0].outputs).toEqual([]);
  const again = book(cell('a', '1', { outputs: shown, execution_count: 2 }));
  expect(changes(before, after, again)).toMatchObject([{ kind: 'ran', isMoot: true }]);
  expect(target(before, after, again, 'ours')[0].execution_count).toBe(2);
});

test('several cells that were taken away come back in their places', () => {
  const before = book(cell('a', '1'), cell('b', '2'), cell('c', '3'), cell('d', '4'));
  const after = book(cell('c', '3'));
  const now = book(cell('x', 'mine'), cell('c', '3'), cell('y', 'mine'));
  expect(ids(target(before, after, now, 'ours'))).toBe('a=1 b=2 x=mine c=3 d=4 y=mine');
});

test('cells of an old notebook, which have no ids, are known by their places', () => {
  const bare = (source: string): NotebookCell => ({ cell_type: 'code', source: [source] });
  const before = book(bare('1'), bare('2'));
  const after = book(bare('1'), bare('20'));
  expect(changes(before, after, after)).toMatchObject([{ id: '#1', kind: 'changed' }]);
});

test('lines that changed are shown with those around them', () => {
  const old = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].join('\n');
  expect(lines(old, old.replace('f', 'F')).map(line => line.sign + line.text)).toEqual([
    ' …',
    ' d',
    ' e',
    '−f',
    '+F',
    ' g'
  ]);
  expect(lines('', 'new')).toEqual([{ sign: '+', text: 'new' }]);
  expect(lines('gone', '')).toEqual([{ sign: '−', text: 'gone' }]);
});
