/** Cells as a model reads them. */
import { describe, expect, it } from 'vitest';
import { cellText, firstLine, notebookText } from './cellText';

const code = (source: string, outputs: unknown[] = []) => ({
  type: 'code',
  source,
  ran: 3,
  outputs: outputs as never
});

describe('a cell', () => {
  it('is its source in its language', () => {
    expect(cellText(code('x = 1'), 'python')).toEqual({ text: 'x = 1', language: 'python' });
    expect(cellText({ ...code('# T'), type: 'markdown' }, 'python').language).toBe('markdown');
  });

  it('brings the beginning of what it gave, and pictures by their kind only', () => {
    const outputs = [
      { output_type: 'stream', text: ['one\n', 'two\n'] },
      { output_type: 'display_data', data: { 'image/png': 'AAAA', 'text/plain': '<Figure>' } },
      { output_type: 'error', ename: 'KeyError', evalue: "'x'" },
      { output_type: 'execute_result', data: { 'text/plain': 'y'.repeat(1000) } }
    ];
    const { text, language } = cellText(code('f()', outputs), 'python');
    expect(language).toBe('');
    expect(text).toContain('one\ntwo\n[a picture]\nKeyError: \'x\'\nyyy');
    expect(text).toMatch(/… \d+ more characters/);
    expect(text).not.toContain('AAAA');
  });

  it('keeps fences in it from ending it', () => {
    const text = notebookText([{ ...code('```\nx\n```'), type: 'markdown' }], 'python');
    expect(text).toContain('````markdown\n```\nx\n```\n````');
  });

  it('is called by its first line that says something', () => {
    expect(firstLine('\n  \n  import pandas\nx')).toBe('import pandas');
  });
});
