/** Cards: only buttons that we know, only our own addresses. */
import { describe, expect, it } from 'vitest';
import { read } from './reading';

const card = (act: string, given: object): unknown => ({
  title: 'Export',
  lines: [['A', 'b'], ['broken'], 3],
  deeds: [{ label: 'Do it', act, arguments: given }]
});

describe('a card', () => {
  it('is read with what fits', () => {
    expect(read(card('download', { address: '/exports/csv?query=%40sales' }))).toEqual({
      title: 'Export',
      lines: [['A', 'b']],
      deeds: [{ label: 'Do it', act: 'download', arguments: { address: '/exports/csv?query=%40sales' } }]
    });
  });

  it('has no button that we do not know', () => {
    expect(read(card('delete', {}))?.deeds).toEqual([]);
  });

  it.each(['https://evil.test/x', '//evil.test', '/models', '/conversations/../x/export', 'javascript:1'])(
    'has no button to %s',
    address => {
      expect(read(card('download', { address }))?.deeds).toEqual([]);
    }
  );

  it.each([null, 'text', 3, [], { title: 3 }])('is nothing where it is %j', data => {
    expect(read(data)).toBeNull();
  });
});
