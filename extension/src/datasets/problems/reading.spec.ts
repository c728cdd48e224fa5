/** How a dataset's file is read: tried out, kept, undone. */
import { describe, expect, it } from 'vitest';
import type { Api } from '../../api/client';
import type { Dataset, Problem, Writing } from '../../api/schema';
import { NOTHING_SAID, ReadingState, saidParts } from './reading';
import { choices, linesInWords } from './words';

function made(wishes: Writing | null = null): { reading: ReadingState; calls: Array<[string, Writing]> } {
  const calls: Array<[string, Writing]> = [];
  let dataset = { id: 'd', modified: 1, wishes } as Dataset;
  const api = {
    call: async (route: string, { body }: { body: Writing }) => {
      calls.push([route.split(' ')[0], body]);
      if (route.startsWith('PUT')) {
        dataset = { ...dataset, wishes: saidParts(body) ? body : null };
        return dataset;
      }
      return { detected: NOTHING_SAID, used: body };
    },
    url: () => ''
  } as unknown as Api;
  return { reading: new ReadingState(api, dataset), calls };
}

describe('how a file is read', () => {
  it('is tried out without being kept, and discarded', async () => {
    const { reading, calls } = made();
    reading.set({ delimiter: ';' });
    expect(reading.isChanged).toBe(true);
    reading.discard();
    expect(reading.isChanged).toBe(false);
    await reading.look();
    expect(calls.every(([method]) => method === 'POST')).toBe(true);
  });

  it('is kept, and what was kept before comes back', async () => {
    const { reading } = made({ ...NOTHING_SAID, quote: "'" });
    reading.set({ delimiter: ';' });
    await reading.keep();
    expect(reading.kept).toEqual({ ...NOTHING_SAID, quote: "'", delimiter: ';' });
    await reading.undo();
    expect(reading.kept).toEqual({ ...NOTHING_SAID, quote: "'" });
    expect(reading.before).toBe(null);
  });

  it('takes what a problem asks for besides what is kept', async () => {
    const { reading } = made({ ...NOTHING_SAID, text_columns: ['a'] });
    await reading.add({ text_columns: ['b'] });
    expect(reading.kept.text_columns).toEqual(['a', 'b']);
  });
});

describe('what can be done about a problem', () => {
  const problem = (kind: Problem['kind'], message = '.', column = 'c'): Problem => ({
    kind,
    message,
    column,
    line: 1,
    text: '',
    row: null
  });

  it('is said by its kind', () => {
    expect(choices(problem('date')).map(([, part]) => part)).toEqual([
      { day_first: true },
      { day_first: false },
      { text_columns: ['c'] }
    ]);
    expect(choices(problem('type')).map(([, part]) => part)).toEqual([
      { text_columns: ['c'] },
      { whole_columns: ['c'] }
    ]);
    expect(choices(problem('short', '.', '')).map(([, part]) => part)).toEqual([{ left_out: ['short'] }]);
    expect(choices(problem('long', '.', ''))).toEqual([]);
    expect(choices(problem('quote')).map(([, part]) => part)).toEqual([{ quote: '' }]);
    expect(choices(problem('quote', '.', '')).map(([, part]) => part)).toEqual([{ left_out: ['quote'] }]);
  });

  it('offers no order of dates where both are there', () => {
    const mixed = problem('date', 'has the day first, most others have the month first');
    expect(choices(mixed).map(([, part]) => Object.keys(part)[0])).toEqual(['text_columns', 'whole_columns']);
  });
});

describe('the lines of a file', () => {
  it('add up', () => {
    const lines = { total: 4606, above: 3, rows: 4469, left_out: 133, comments: 0, rest: 1 };
    expect(linesInWords(lines)).toBe(
      '4,606 lines in the file: 4,469 rows shown + 133 rows left out + 3 above the first row + 1 blank or inside a row.'
    );
  });
});
