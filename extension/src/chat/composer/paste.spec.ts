/** What is pasted as text, and what as a chip. */
import { describe, expect, it } from 'vitest';
import { isTabular, pasted } from './paste';

const data = (text: string, html = '') => ({ getData: (mime: string) => (mime === 'text/html' ? html : text) });

describe('a paste', () => {
  it('stays text where it is short', () => {
    expect(pasted(data('a few words\nand a line'), 0)).toBeNull();
  });

  it('becomes a chip where it is long, and remembers its place', () => {
    const found = pasted(data('x'.repeat(2001)), 7);
    expect(found?.at).toBe(7);
    expect(found?.reference).toMatchObject({ kind: 'selection', name: 'pasted text', path: '' });
    expect(found?.reference.text).toHaveLength(2001);
  });

  it('becomes a chip where it is a table', () => {
    expect(pasted(data('a\tb\n1\t2\n3\t4\n'), 0)?.reference.name).toBe('pasted table');
    expect(pasted(data('a\tb', '<meta><table><tr>'), 0)?.reference.name).toBe('pasted table');
  });

  it('is no table where lines have tabs as they like', () => {
    expect(isTabular('if x:\n\ty = 1\n\t\tz = 2')).toBe(false);
    expect(isTabular('\ta\n\tb\n\tc')).toBe(true);
  });
});
