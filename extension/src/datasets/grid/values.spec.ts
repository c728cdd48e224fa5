/** How cells are shown, copied and named. */
import { afterEach, describe, expect, it } from 'vitest';
import type { GridColumn } from './source';
import { exact, inFile, shown, speakNumbers, tsv } from './values';

const of = (kind: GridColumn['kind'], name = 'amount'): GridColumn => ({ name, kind, type: '' });

afterEach(() => speakNumbers(undefined));

describe('a value', () => {
  it('is shown as the language writes it', () => {
    speakNumbers('de');
    expect(shown(1234567.5, of('number'))).toBe('1.234.567,5');
    expect(shown('2024-03-01', of('date'))).toBe('01.03.2024');
    expect(shown('2024-03-01 14:05:06.123456', of('date'))).toBe('01.03.2024 14:05:06.123456');
    speakNumbers('en-US');
    expect(shown(-1234.25, of('number'))).toBe('-1,234.25');
    expect(shown('2024-03-01', of('date'))).toBe('Mar 1, 2024');
  });

  it('keeps its figures where separators would mislead: years, keys, very large and small ones', () => {
    speakNumbers('en');
    expect(shown(2024, of('number', 'year'))).toBe('2024');
    expect(shown(12345, of('number', 'order_id'))).toBe('12345');
    expect(shown(1.5e300, of('number'))).toBe('1.5e+300');
    expect(shown('9007199254740993', of('number'))).toBe('9007199254740993');
  });

  it('is shown as it is where it is no day that a calendar knows', () => {
    expect(shown('infinity', of('date'))).toBe('infinity');
    expect(shown('12024-01-01', of('date'))).toBe('12024-01-01');
    expect(shown('0044-03-15 (BC)', of('date'))).toContain('(BC)');
  });

  it('is one line in a cell, and whole when it is copied', () => {
    const text = 'two\nlines\tand a tab';
    expect(shown(text, of('text'))).toBe('two ↵ lines ↵ and a tab');
    expect(exact(text)).toBe(text);
    expect(exact(1234.5)).toBe('1234.5');
    expect(exact(null)).toBe('');
  });
});

describe('copied cells', () => {
  it('are rows of tab-separated text that a spreadsheet takes apart again', () => {
    expect(tsv([['a', 'b'], [1.5, null], ['two\nlines', 'say "so"'], ['x\ty', true]])).toBe(
      'a\tb\n1.5\t\n"two\nlines"\t"say ""so"""\n"x\ty"\ttrue'
    );
  });
});

it('a column is named as in the file where it could not be taken as it is', () => {
  expect(inFile('amount')).toBe('in the file “amount”');
  expect(inFile(' ')).toBe('no name in the file');
});
