/** Long conversations: their shape first, their texts as they are looked at. */
import { describe, expect, it } from 'vitest';
import type { Outline } from '../../api/schema';
import { message } from '../fixture';
import { Thread } from '../thread';

const outline = (count: number): Outline => ({
  ids: Array.from({ length: count }, (_, at) => `m${at}`),
  parents: Array.from({ length: count }, (_, at) => at - 1),
  lengths: Array.from({ length: count }, () => 500),
  questions: Array.from({ length: count / 2 }, (_, at) => 2 * at),
  kept: {},
  rounds: {},
  streaming: []
});
const end = message('m9999', { text: 'The end', parent_id: 'm9998' });

describe('a long conversation', () => {
  it('knows the place of everything and the text of its end', () => {
    const thread = new Thread();
    thread.put(end);
    thread.putEnd([end]);
    expect(thread.path).toEqual(['m9999']);
    thread.putOutline(outline(10_000), 'c');
    expect(thread.path.length).toBe(10_000);
    expect(thread.last?.text).toBe('The end');
    expect(thread.lacks('m9999')).toBe(false);
    expect(thread.lacks('m5000')).toBe(true);
    expect(thread.lengthOf('m5000')).toBe(500);
    expect(thread.get('m5000')?.role).toBe('user');
  });

  it('takes the texts as they come, without changing what is shown', () => {
    const thread = new Thread();
    thread.putOutline(outline(100), 'c');
    const before = thread.path;
    thread.put(message('m50', { text: 'Here', role: 'user', parent_id: 'm49' }));
    expect(thread.lacks('m50')).toBe(false);
    expect(thread.get('m50')?.text).toBe('Here');
    expect(thread.path).toEqual(before);
    thread.putOutline(outline(100), 'c');
    expect(thread.get('m50')?.text).toBe('Here');
  });

  it('shows the branch that is kept, and the rounds that are not decided', () => {
    const thread = new Thread();
    thread.put(message('d', { parent_id: 'c', text: 'x' }));
    thread.putOutline(
      {
      ...outline(2),
      ids: ['q', 'a', 'b', 'c', 'd'],
      parents: [-1, 0, 0, 1, 3],
      lengths: [1, 1, 1, 1, 1],
      questions: [0, 3],
      kept: { 0: 'a' },
      rounds: { 1: ['r', 'one'], 2: ['r', 'two'] }
      },
      'c'
    );
    expect(thread.path).toEqual(['q', 'a', 'c', 'd']);
    thread.setOpen('q', true);
    const answer = thread.get('a');
    expect(answer && thread.columns(answer).map(({ id }) => id)).toEqual(['a', 'b']);
  });
});
