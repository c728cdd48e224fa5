// What a cell remembers of its block, and how its text is wrapped for a kernel.
import { describe, expect, it } from 'vitest';
import { fingerprint, readUse, standing, undone } from './marks';
import { blockText, cannotRun, cellText } from './wrapping';

const mark = (code: string, text = code) => ({ code: fingerprint(code), text: fingerprint(text) });

describe('a cell and its block', () => {
  it('are the same while neither was changed, under other names too', () => {
    expect(standing(mark('df', 'sales'), 'sales', 'sales', 'df')).toEqual({
      isChanged: false,
      isNewer: false
    });
    expect(standing(mark('x = 1'), 'x = 1  \n', 'x = 1  \n', 'x = 1').isChanged).toBe(false);
  });

  it('say which of them was changed', () => {
    expect(standing(mark('x = 1'), 'x = 2', 'x = 2', 'x = 1')).toEqual({ isChanged: true, isNewer: false });
    expect(standing(mark('x = 1'), 'x = 1', 'x = 1', 'x = 3')).toEqual({ isChanged: false, isNewer: true });
    expect(standing(mark('x = 1'), 'x = 2', 'x = 2', 'x = 3')).toEqual({ isChanged: true, isNewer: true });
  });

  it('are the same again when the cell holds what the block is', () => {
    expect(standing(mark('x = 1'), 'x = 3', 'x = 3', 'x = 3')).toEqual({ isChanged: false, isNewer: false });
  });

  it('differ where nobody knows what was put there', () => {
    expect(standing({}, 'x = 2', 'x = 2', 'x = 1')).toEqual({ isChanged: true, isNewer: true });
  });
});

describe('renames', () => {
  it('are undone, but for two names that became one', () => {
    expect(undone({ names: { df: 'sales' } })).toEqual({ names: { sales: 'df' }, columns: {} });
    expect(undone({ names: { a: 'x', b: 'x' } })).toBeNull();
  });
});

describe('%use', () => {
  it('is read with its names and columns', () => {
    expect(readUse('%use plot df=sales "unit price"=Price')).toEqual({
      name: 'plot',
      pairs: [
        ['df', 'sales'],
        ['unit price', 'Price']
      ]
    });
    expect(readUse('%use plot --run')).toBeNull();
    expect(readUse('use = 1')).toBeNull();
    expect(readUse('x = 1\n%use plot')).toBeNull();
  });
});

describe('a cell of a Python kernel', () => {
  it('runs SQL over its dataset, and gives it back', () => {
    for (const sql of ['select 1', 'select "a" from t', "select '\\d' || '\"\"\"' from t", 'select "a"']) {
      for (const tables of [[], ['t']]) {
        const text = cellText(sql, 'sql', 'python', tables);
        expect(text).toContain(tables.length ? 'sponde.dataset("t").sql(' : 'duckdb.sql(');
        expect(blockText(text, 'sql')).toBe(sql);
      }
    }
  });

  it('runs bash by its magic, and gives it back', () => {
    expect(cellText('ls', 'bash', 'python')).toBe('%%bash\nls');
    expect(blockText('%%bash\nls', 'bash')).toBe('ls');
    expect(cellText('x = 1', 'python', 'python')).toBe('x = 1');
  });
});

describe('another language', () => {
  it('is refused in a sentence', () => {
    expect(cannotRun('x <- 1', 'r', 'python')).toContain('This code is R');
    expect(cannotRun('x = 1', 'python', 'R')).toContain('kernel runs R');
    expect(cannotRun('select 1', 'sql', 'R')).toContain('SQL');
    expect(cannotRun('select 1', 'sql', 'python')).toBe('');
    expect(cannotRun('# hi', 'markdown', 'R')).toBe('');
    expect(cannotRun('x <- 1', 'r', 'R')).toBe('');
    expect(cannotRun('%%R\nx', 'r', 'python')).toBe('');
  });
});
