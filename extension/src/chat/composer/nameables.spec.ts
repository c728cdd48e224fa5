/** What is offered behind an @, while slow and broken sources are asked, too. */
import { describe, expect, it } from 'vitest';
import { best, Finder } from './nameables';
import type { Nameable, ReferenceSource } from '../tokens';

const offer = (name: string, detail = ''): Nameable => ({ kind: 'variable', name, id: name, detail });

function source(label: string, rank: number, find: ReferenceSource['find']): ReferenceSource {
  return { kind: 'variable', label, rank, find, take: async () => null, open: async () => undefined };
}

const begin = (...sources: ReferenceSource[]): Finder =>
  new Finder(
    () => sources,
    async () => undefined
  );

const settled = async (): Promise<void> => {
  for (let step = 0; step < 12; step += 1) {
    await Promise.resolve();
  }
};

describe('what fits', () => {
  it('is ranked: exactly it, its beginning, a word, a part, its details', () => {
    const offers = ['my_data', 'adata', 'x', 'data_2', 'data'].map(name => offer(name));
    const fits = best([...offers, offer('y', 'data frame'), offer('z')], 'Data');
    expect(fits.map(({ offer: { name } }) => name)).toEqual(['data', 'data_2', 'my_data', 'adata', 'y']);
  });
});

describe('the sources', () => {
  it('are shown as they come, whoever is slow or broken', async () => {
    let late: (list: Nameable[]) => void = () => undefined;
    const finder = begin(
      source('Slow', 10, () => new Promise(resolve => (late = resolve))),
      source('Quick', 20, async () => [offer('dose')]),
      source('Broken', 30, async () => {
        throw new Error('no');
      })
    );
    finder.look('do');
    await settled();
    expect(finder.groups.map(({ label }) => label)).toEqual(['Quick']);
    late([offer('done')]);
    await settled();
    expect(finder.groups.map(({ label }) => label)).toEqual(['Slow', 'Quick']);
  });

  it('put the group with the best match first', async () => {
    const finder = begin(
      source('Loose', 10, async () => [offer('my_df')]),
      source('Exact', 20, async () => [offer('df')])
    );
    finder.look('df');
    await settled();
    expect(finder.groups.map(({ label }) => label)).toEqual(['Exact', 'Loose']);
  });

  it('do not show what was found for letters that are gone', async () => {
    const waiting: Array<(list: Nameable[]) => void> = [];
    const finder = begin(source('Any', 10, () => new Promise(resolve => waiting.push(resolve))));
    finder.look('a');
    await settled();
    finder.look('ab');
    await settled();
    waiting[0]([offer('ax'), offer('abc')]);
    await settled();
    expect(finder.groups).toEqual([]);
    waiting[1]([offer('abd')]);
    await settled();
    expect(finder.groups[0].offers.map(({ name }) => name)).toEqual(['abd']);
    finder.look(null);
    expect(finder.groups).toEqual([]);
  });
});
