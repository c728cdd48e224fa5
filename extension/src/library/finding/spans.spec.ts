/** The lines around a match, the filters of a search box, and one search over a slow server. */
import { describe, expect, it } from 'vitest';
import { openWord, queryOf, takeFilters, withOffer } from './filters';
import { linesAround, spansOf } from './spans';

describe('lines around a match', () => {
  const code = ['import a', '', 'x = 1', 'y = 2', 'z = 3', 'def read_csv():', '    pass'].join('\n');

  it('begin at the top where nothing was looked for', () => {
    expect(linesAround(code, [], 2, 80)).toEqual({ text: 'import a\nx = 1 …', spans: [] });
  });

  it('show a match further down, with the line before it, and where it is', () => {
    const start = code.indexOf('read_csv');
    const found = linesAround(code, [{ start, end: start + 8 }], 3, 80);
    expect(found.text).toBe('z = 3\ndef read_csv():\n    pass');
    expect(found.spans.map(span => found.text.slice(span.start, span.end))).toEqual(['read_csv']);
  });

  it('take only the marks of the field', () => {
    const marks = [
      { field: 'name', start: 0, end: 1 },
      { field: 'code', start: 2, end: 3 }
    ];
    expect(spansOf(marks, 'code')).toHaveLength(1);
    expect(spansOf(undefined, 'code')).toEqual([]);
  });
});

describe('filters in the box', () => {
  it('become chips when a space stands behind them', () => {
    expect(takeFilters('plot lang:python ')).toEqual({ chips: ['lang:python'], rest: 'plot ' });
    expect(takeFilters('plot lang:python')).toEqual({ chips: [], rest: 'plot lang:python' });
    expect(takeFilters('tag:"machine learning" x').chips).toEqual(['tag:"machine learning"']);
  });

  it('stay text where the key is not known, in quotes and in expressions', () => {
    for (const text of ['colour:red ', '"lang:python " ', '/lang:python / ', 'np:x ']) {
      expect(takeFilters(text)).toEqual({ chips: [], rest: text });
    }
  });

  it('are sent with a space behind, so that they are meant whole', () => {
    expect(queryOf(['lang:python'], 'imports:pan')).toBe('lang:python imports:pan');
    expect(queryOf(['lang:python'], '')).toBe('lang:python ');
  });

  it('are offered for the last word', () => {
    expect(openWord('plot im')).toBe('im');
    expect(openWord('plot imports:pa')).toBe('imports:pa');
    expect(openWord('plot import ')).toBe('');
    expect(openWord('np:x')).toBe('');
    expect(withOffer('plot im', 'im', 'imports:')).toBe('plot imports:');
    expect(withOffer('plot imports:pa', 'imports:pa', 'imports:pandas')).toBe('plot imports:pandas ');
  });
});
