// What is data, and what uses it in words.
import { expect, test } from 'vitest';
import type { AddressFetch, DatasetUse } from '../api/schema';
import { isData, told } from './adding/names';
import { aboutUse, openUse, usesInWords } from './uses';

const use = (kind: DatasetUse['kind'], more: Partial<DatasetUse> = {}): DatasetUse => ({
  kind,
  label: kind,
  subject_id: 'one',
  message_id: '',
  path: 'a/reads.ipynb',
  cell_id: '',
  cell: 2,
  cells: 1,
  last_at: null,
  ...more
});

test('files of data are known by their names, hidden ones and those of programs left out', () => {
  expect(['a.csv', 'b/C.TSV.gz', 'd.xlsx', 'e.ndjson'].every(isData)).toBe(true);
  expect(['a.md', '.a.csv', '.git/a.csv', 'x/package.json', 'a.ipynb'].some(isData)).toBe(false);
});

test('what uses a dataset is counted in words', () => {
  expect(usesInWords([])).toBe('');
  expect(usesInWords([use('block')])).toBe('1 code block');
  expect(usesInWords([use('conversation'), use('notebook'), use('notebook'), use('job')])).toBe(
    '2 notebooks, 1 job and 1 conversation'
  );
});

test('each use says what it is and leads there', () => {
  const kinds = ['notebook', 'job', 'dashboard', 'block', 'conversation'] as const;
  expect(kinds.map(kind => aboutUse(use(kind)))).toEqual([
    'cell 2',
    'job of reads.ipynb',
    'dashboard of reads.ipynb',
    'code block',
    'conversation'
  ]);
  expect(aboutUse(use('notebook', { cells: 3 }))).toBe('3 cells');
  const opened: string[] = [];
  kinds.forEach(kind => openUse(use(kind), command => void opened.push(command)));
  expect(opened).toEqual([
    'sponde:datasets:open-cell',
    'sponde:jobs:open',
    'sponde:publish:open',
    'sponde:library:open',
    'sponde:chat:open'
  ]);
});

test('a fetch says how far it is, also where nobody knows how long it will be', () => {
  const fetch: AddressFetch = {
    id: 'one', address: '', name: 'rain.csv', folder: '', bytes: 2000, received: 500,
    status: 'fetching', failure: null, dataset_id: '', created_at: ''
  };
  expect(told(fetch)).toBe('rain.csv: 25 % of 2.0 kB');
  expect(told({ ...fetch, bytes: null })).toBe('rain.csv: 500 bytes so far');
  expect(told({ ...fetch, status: 'waiting' })).toContain('goes on by itself');
});
