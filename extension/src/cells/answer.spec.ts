// Which block of an answer belongs into a cell, and how an error is told.
import { describe, expect, it } from 'vitest';
import { codeFor, errorText, fences } from './answer';

const fence = (language: string, code: string): string => '```' + language + '\n' + code + '\n```';

describe('the code for a cell', () => {
  it('is the first Python block that is no installation', () => {
    const text = ['First', fence('python', '!pip install x'), fence('sql', 'select 1'), fence('py', 'x = 1')];
    expect(codeFor(text.join('\n\n'), 'y = 2', true)).toBe('x = 1');
  });

  it('is the block that is like the cell, where several are there', () => {
    const cell = 'a = 1\nb = wrong\nprint(a)';
    const text = fence('python', 'def other():\n    pass') + '\n' + fence('python', cell.replace('wrong', 'right'));
    expect(codeFor(text, cell, true)).toBe('a = 1\nb = right\nprint(a)');
    expect(codeFor(text, cell, false)).toBe('def other():\n    pass');
  });

  it('is an unlabelled block where no other is there, and else nothing', () => {
    expect(codeFor(fence('', 'x = 1'), '', false)).toBe('x = 1');
    expect(codeFor('No code here, only `x = 1`.', '', false)).toBeNull();
    expect(codeFor(fence('sql', 'select 1'), '', false)).toBeNull();
    expect(codeFor(fence('python', '   '), '', false)).toBeNull();
  });

  it('may hold fences itself, and one that was cut', () => {
    expect(fences('````python\n```\n````\n')).toEqual([{ language: 'python', code: '```' }]);
    expect(fences('```python\nx = 1')).toEqual([{ language: 'python', code: 'x = 1' }]);
    expect(fences('  ```python\n  x = 1\n    y\n  ```')[0].code).toBe('x = 1\n  y');
  });
});

describe('an error', () => {
  it('has no colours', () => {
    expect(errorText(['\x1b[0;31mNameError\x1b[0m', 'name \x1b[1mx\x1b[0m'], 'NameError', 'x')).toBe(
      'NameError\nname x'
    );
    expect(errorText([], 'NameError', 'x')).toBe('NameError: x');
  });

  it('is shortened in its middle', () => {
    const text = errorText(['begin' + 'x'.repeat(20_000) + 'end'], '', '');
    expect(text.length).toBeLessThan(6100);
    expect(text.startsWith('begin')).toBe(true);
    expect(text.endsWith('end')).toBe(true);
  });
});
