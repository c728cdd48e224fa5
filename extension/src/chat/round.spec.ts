/** Several answers to one question: what stands side by side, and from which one it goes on. */
import { describe, expect, it } from 'vitest';
import { Thread } from './thread';
import { message } from './fixture';

const question = (given = {}) => message('q1', { role: 'user', ...given });
const answer = (id: string, model: string, given = {}) =>
  message(id, { parent_id: 'q1', round_id: 'r', model_id: model, ...given });

function round(...answers: ReturnType<typeof message>[]): Thread {
  const thread = new Thread();
  [question(), ...answers].forEach(one => thread.put(one));
  return thread;
}

describe('answers side by side', () => {
  it('stand in the order in which they were asked', () => {
    const thread = round(answer('a2', 'one'), answer('a3', 'two'));
    const [first] = thread.ends;
    expect(thread.isOpen(first)).toBe(true);
    expect(thread.ends.map(({ id }) => id)).toEqual(['a2', 'a3']);
    expect(thread.path).toEqual(['q1', 'a2']);
  });

  it('are none where one alone answered', () => {
    const thread = round(answer('a2', 'one', { round_id: '' }), answer('a3', 'two', { round_id: '' }));
    expect(thread.ends.map(({ id }) => id)).toEqual(['a3']);
    expect(thread.columns(thread.ends[0])).toEqual([]);
  });

  it('keep their place when one is tried again', () => {
    const thread = round(
      answer('a2', 'one', { status: 'failed' }),
      answer('a3', 'two'),
      answer('a4', 'one', { status: 'streaming' })
    );
    expect(thread.ends.map(({ id }) => id)).toEqual(['a4', 'a3']);
    // What is drawn is not drawn anew: the path stays.
    expect(thread.path).toEqual(['q1', 'a2']);
  });

  it('give way to the one that is kept, and come back when asked for', () => {
    const thread = round(answer('a2', 'one'), answer('a3', 'two'));
    expect(thread.path).toEqual(['q1', 'a2']);
    thread.put(question({ kept_id: 'a3' }));
    expect(thread.path).toEqual(['q1', 'a3']);
    expect(thread.ends).toHaveLength(1);
    thread.setOpen('q1', true);
    expect(thread.ends).toHaveLength(2);
    expect(thread.path).toEqual(['q1', 'a3']);
    thread.setOpen('q1', false);
    expect(thread.ends).toHaveLength(1);
  });

  it('leave the others to be looked at', () => {
    const thread = round(answer('a2', 'one'), answer('a3', 'two'));
    thread.put(question({ kept_id: 'a3' }));
    thread.choose('a2');
    expect(thread.path).toEqual(['q1', 'a2']);
    expect(thread.isOpen(thread.ends[0])).toBe(false);
  });

  it('stay on the branch that was asked on', () => {
    const thread = round(answer('a2', 'one'), answer('a3', 'two'));
    thread.put(message('q4', { role: 'user', parent_id: 'a3' }));
    expect(thread.path).toEqual(['q1', 'a3', 'q4']);
  });

  it('go on from the kept one, else from the first whole one', () => {
    const thread = round(
      answer('a2', 'one', { status: 'failed' }),
      answer('a3', 'two', { status: 'streaming' }),
      answer('a4', 'three')
    );
    expect(thread.tip?.id).toBe('a4');
    thread.put(question({ kept_id: 'a3' }));
    expect(thread.tip?.id).toBe('a3');
  });
});
