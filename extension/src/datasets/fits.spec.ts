// What stands above the blocks that fit a dataset: each line counts the rows below it.
import { describe, expect, it } from 'vitest';
import type { BlockFit, BlockFits } from '../api/schema';
import { groupsOf } from './fits';

const fit = (is_whole: boolean, is_any: boolean): BlockFit =>
  ({ block: {}, reason: '', names: {}, columns: [], also: [], is_whole, is_any }) as unknown as BlockFit;

function said(count: number, any_table: number, almost: number, fits: BlockFit[]): Array<[string, number]> {
  const given: BlockFits = { dataset: 'd', count, any_table, almost, fits, has_more: false };
  return groupsOf(given).map(group => [group.words, group.fits.length]);
}

describe('the blocks that fit a dataset', () => {
  it('stand under a line each that says how many they are', () => {
    const fits = [fit(true, false), fit(false, false), fit(true, false), fit(true, true), fit(false, true)];
    expect(said(2, 1, 2, fits)).toEqual([
      ['2 blocks fit this file', 2],
      ['1 more works on any table', 1],
      ['2 more need something else too', 2]
    ]);
    expect(said(0, 2, 1, [fit(true, true), fit(true, true), fit(false, false)])).toEqual([
      ['2 blocks work on any table', 2],
      ['1 more needs something else too', 1]
    ]);
    expect(said(0, 0, 1, [fit(false, false)])).toEqual([['1 block fits and needs something else too', 1]]);
  });
});
