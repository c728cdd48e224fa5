// Which datasets the panel shows, in which groups.
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../api/schema';
import { found, grouped, type Known } from './finding';
import { DRAWN_AT_ONCE, Shelves } from './shelves';

const dataset = (name: string, path: string, tags: string[] = []): Dataset =>
  ({ id: name, name, path, tags }) as unknown as Dataset;

const nothing: Known = {
  isOpen: () => false,
  profile: () => null,
  error: () => null,
  names: () => []
};

const some = [
  dataset('rain', 'coast/2026/rain.csv', ['raw', 'sea']),
  dataset('towns', 'towns.csv'),
  dataset('wind', 'coast/wind.csv', ['sea'])
];

describe('groups', () => {
  const shape = (by: 'none' | 'folder' | 'tag', query = ''): string[] =>
    grouped(found(some, query, nothing), by).map(
      ({ label, shown }) => `${label}: ${shown.map(one => one.dataset.name).join(' ')}`
    );

  test('by folder have those of the top folder first', () => {
    expect(shape('folder')).toEqual(['top folder: towns', 'coast: wind', 'coast/2026: rain']);
    expect(shape('folder', '2026')).toEqual(['coast/2026: rain']);
  });

  test('by tag show a dataset with each of its tags, those without one last', () => {
    expect(shape('tag')).toEqual(['#raw: rain', '#sea: rain wind', 'without a tag: towns']);
  });

  test('of nothing are one, and of no dataset none', () => {
    expect(shape('none')).toEqual(['top folder: rain towns wind']);
    expect(grouped([], 'none')).toEqual([]);
  });
});

test('five hundred datasets with fifty columns are searched in milliseconds', () => {
  const many = Array.from({ length: 500 }, (_, at) => dataset(`d${at}`, `folder ${at % 20}/d${at}.csv`));
  const names = Array.from({ length: 50 }, (_, at) => `column ${at}`);
  const known = { ...nothing, names: (id: string) => (id === 'd7' ? [...names, 'price'] : names) };
  const began = performance.now();
  expect(found(many, 'price', known).map(one => [one.dataset.name, one.isOpen])).toEqual([['d7', true]]);
  const all = found(many, 'column', known);
  expect(all).toHaveLength(500);
  expect(all.filter(one => one.isOpen)).toHaveLength(20);
  expect(grouped(all, 'folder')).toHaveLength(20);
  expect(performance.now() - began).toBeLessThan(2000);
});

test('what is folded, and how it is grouped, is there again after a reload', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  };
  const shelves = new Shelves(storage);
  expect([shelves.by, shelves.isFolded('coast')]).toEqual(['folder', false]);
  shelves.fold('coast');
  shelves.group('tag');
  expect(shelves.isFolded('coast')).toBe(false);
  const again = new Shelves(storage);
  expect(again.by).toBe('tag');
  again.group('folder');
  expect(again.isFolded('coast')).toBe(true);
  expect(again.drawn('coast')).toBe(DRAWN_AT_ONCE);
  again.drawMore('coast');
  expect(again.drawn('coast')).toBe(2 * DRAWN_AT_ONCE);
  const broken = new Shelves({ getItem: () => '{', setItem: () => { throw new Error('full'); } });
  broken.fold('a');
  expect(broken.isFolded('a')).toBe(true);
});
