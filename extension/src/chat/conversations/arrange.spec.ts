/** What stands in the list, in which order, and what of it is drawn. */
import { describe, expect, it } from 'vitest';
import type { ConversationRow, Folder } from '../../api/schema';
import { conversation } from '../fixture';
import { daysAgo, isSet, toggled, valueOf, withValue } from './terms';
import { arrange, between, inOrder, tops, when } from './arrange';

const NOW = new Date(2026, 10, 21, 12);
const at = (day: number, month = 10): string => new Date(2026, month, day, 9).toISOString();
const row = (id: string, updated_at: string, given = {}): ConversationRow => ({
  conversation: conversation(id, { updated_at, ...given }),
  hit: null
});
const folder = (id: string, name: string, parent_id = ''): Folder => ({
  id,
  name,
  parent_id,
  created_at: at(1)
});

describe('the list of conversations', () => {
  it('says when in the words that people use', () => {
    expect(when(at(21), NOW)).toBe('Today');
    expect(when(at(20), NOW)).toBe('Yesterday');
    expect(when(at(15), NOW)).toBe('Last 7 days');
    expect(when(at(2), NOW)).toMatch(/November/);
    expect(when(at(2, -8), NOW)).toMatch(/2026|2025/);
  });

  it('puts pinned ones first, then the latest', () => {
    const rows = [row('a', at(1)), row('b', at(3)), row('c', at(2), { is_pinned: true })];
    expect(inOrder(rows).map(one => one.conversation.id)).toEqual(['c', 'b', 'a']);
  });

  it('draws folders, what lies in open ones, and the rest under headings', () => {
    const rows: Record<string, ConversationRow[]> = {
      '': [row('p', at(1), { is_pinned: true }), row('t', at(21)), row('u', at(21))],
      f: [row('i', at(4))],
      g: []
    };
    const lines = arrange(
      [folder('g', 'Inner', 'f'), folder('f', 'Outer')],
      new Set(['f', 'g']),
      key => ({ rows: rows[key], isKnown: true }),
      NOW
    );
    const said = lines.map(line =>
      line.kind === 'row' ? line.key : line.kind === 'folder' ? line.folder.name : line.label
    );
    expect(said).toEqual([
      'Folders',
      'Outer',
      'Inner',
      'Nothing in here yet: drag a conversation onto it.',
      'i',
      'Pinned',
      'p',
      'Today',
      't',
      'u'
    ]);
    expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
  });

  it('finds the lines in sight among thousands', () => {
    const rows = Array.from({ length: 5000 }, (_, number) => row(`r${number}`, at(21)));
    const lines = arrange([], new Set(), () => ({ rows, isKnown: true }), NOW);
    const starts = tops(lines);
    const [from, to] = between(starts, starts[2500], starts[2500] + 600);
    expect(from).toBe(2500);
    expect(to - from).toBeLessThan(25);
    expect(between(starts, -100, 100)[0]).toBe(0);
    expect(between(starts, starts[lines.length], starts[lines.length] + 10)[1]).toBe(lines.length);
    expect(between([0], 0, 100)).toEqual([0, 0]);
  });
});

describe('filters', () => {
  it('stand in the text, and are changed there', () => {
    const text = 'bird model:gpt is:liked';
    expect(valueOf(text, 'model')).toBe('gpt');
    expect(isSet(text, 'is', 'liked')).toBe(true);
    expect(toggled(text, 'is', 'liked')).toBe('bird model:gpt');
    expect(toggled(text, 'is', 'unread')).toBe('bird model:gpt is:liked is:unread');
    expect(withValue(text, 'model', 'my model')).toBe('bird is:liked model:"my model"');
    expect(valueOf('model:"my model" x', 'model')).toBe('my model');
    expect(withValue(text, 'model', '')).toBe('bird is:liked');
    expect(withValue('"bird strike"', 'after', daysAgo(20, NOW))).toBe(
      '"bird strike" after:2026-11-01'
    );
  });
});
