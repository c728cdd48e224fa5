/** The tree of messages: branches, siblings and what is shown. */
import { describe, expect, it } from 'vitest';
import type { MessageGrew } from '../api/schema';
import { message } from './fixture';
import { Thread } from './thread';

const piece = (at: number, text: string): MessageGrew => ({
  conversation_id: 'c',
  message_id: 'm1',
  at,
  text
});

function streaming(text: string): Thread {
  const thread = new Thread();
  thread.put(message('m1', { status: 'streaming', text }));
  return thread;
}

describe('a growing answer', () => {
  it('takes the pieces that follow', () => {
    const thread = streaming('');
    expect(thread.grow(piece(0, 'Hello'))).toBe('grew');
    expect(thread.grow(piece(5, ' you'))).toBe('grew');
    expect(thread.get('m1')?.text).toBe('Hello you');
  });

  it('doubles nothing that it has', () => {
    const thread = streaming('Hello');
    expect(thread.grow(piece(0, 'Hel'))).toBe('known');
    expect(thread.grow(piece(3, 'lo you'))).toBe('grew');
    expect(thread.get('m1')?.text).toBe('Hello you');
  });

  it('keeps pieces after a hole until the text before them is fetched', () => {
    const thread = streaming('Hel');
    expect(thread.grow(piece(8, 'u an'))).toBe('gap');
    expect(thread.grow(piece(12, 'd all'))).toBe('gap');
    expect(thread.get('m1')?.text).toBe('Hel');
    expect(thread.hasGap).toBe(true);
    thread.put(message('m1', { status: 'streaming', text: 'Hello you' }));
    expect(thread.get('m1')?.text).toBe('Hello you and all');
    expect(thread.hasGap).toBe(false);
  });

  it('waits on where a fetched text does not reach the hole yet', () => {
    const thread = streaming('H');
    thread.grow(piece(8, 'and'));
    thread.put(message('m1', { status: 'streaming', text: 'Hello' }));
    expect(thread.hasGap).toBe(true);
    expect(thread.get('m1')?.text).toBe('Hello');
    expect(thread.grow(piece(5, ' yo'))).toBe('grew');
    expect(thread.get('m1')?.text).toBe('Hello yoand');
  });

  it('keeps pieces of an answer that is not known yet', () => {
    const thread = new Thread();
    expect(thread.grow(piece(0, 'Hello'))).toBe('gap');
    thread.put(message('m1', { status: 'streaming' }));
    expect(thread.get('m1')?.text).toBe('Hello');
  });

  it('is not shortened by an older text', () => {
    const thread = streaming('Hello you');
    thread.put(message('m1', { status: 'streaming', text: 'Hello' }));
    expect(thread.get('m1')?.text).toBe('Hello you');
  });

  it('counts letters as the browser does', () => {
    const thread = streaming('😀');
    expect(thread.grow(piece(2, '!'))).toBe('grew');
    expect(thread.get('m1')?.text).toBe('😀!');
  });

  it('takes the whole text at its end, and is final', () => {
    const thread = streaming('Hel');
    thread.grow(piece(8, 'x'));
    thread.put(message('m1', { text: 'Hello you.' }));
    expect(thread.get('m1')?.text).toBe('Hello you.');
    expect(thread.grow(piece(10, ' more'))).toBe('known');
    thread.put(message('m1', { status: 'streaming', text: 'Hel' }));
    expect(thread.get('m1')?.status).toBe('complete');
    expect(thread.hasGap).toBe(false);
  });
});

describe('branches', () => {
  const tree = (): Thread => {
    const thread = new Thread();
    thread.put(message('q1', { role: 'user', text: 'one' }));
    thread.put(message('a2', { parent_id: 'q1' }));
    thread.put(message('q3', { role: 'user', parent_id: 'a2' }));
    thread.put(message('a4', { parent_id: 'q3' }));
    return thread;
  };

  it('shows the newest branch', () => {
    const thread = tree();
    expect(thread.path).toEqual(['q1', 'a2', 'q3', 'a4']);
    thread.put(message('q5', { role: 'user', parent_id: 'a2', text: 'edited' }));
    expect(thread.path).toEqual(['q1', 'a2', 'q5']);
    expect(thread.last?.id).toBe('q5');
  });

  it('shows another when asked to, and its siblings', () => {
    const thread = tree();
    thread.put(message('a5', { parent_id: 'q1' }));
    expect(thread.path).toEqual(['q1', 'a5']);
    expect(thread.siblings(message('a5', { parent_id: 'q1' }))).toEqual(['a2', 'a5']);
    thread.choose('a2');
    expect(thread.path).toEqual(['q1', 'a2', 'q3', 'a4']);
    expect(thread.answerTo(message('q1'))?.id).toBe('a2');
  });

  it('orders siblings by age, however they came', () => {
    const thread = new Thread();
    thread.put(message('q2', { role: 'user' }));
    thread.put(message('q1', { role: 'user' }));
    expect(thread.path).toEqual(['q2']);
  });
});
