/** What comes beside answers' texts. */
import { describe, expect, it } from 'vitest';
import { EventDispatcher } from '../../api/feed';
import { Beside } from './beside';
import { message } from '../fixture';

const where = { conversation_id: 'c', message_id: 'a' };

function beside(): { feed: EventDispatcher; found: Beside; told: string[] } {
  const feed = new EventDispatcher();
  const found = new Beside(feed);
  const told: string[] = [];
  found.changed.connect((_, id) => told.push(id));
  return { feed, found, told };
}

describe('what comes beside an answer', () => {
  it('is a wait, until its first word', () => {
    const { feed, found, told } = beside();
    feed.dispatch('AnswerWaits', { ...where, seconds: 3, why: 'Busy.' });
    expect(found.waitOf('a')?.why).toBe('Busy.');
    expect(found.waitOf('a')?.until).toBeGreaterThan(Date.now());
    feed.dispatch('MessageGrew', { ...where, at: 0, text: 'Hello' });
    expect(found.waitOf('a')).toBeUndefined();
    expect(told).toEqual(['a', 'a']);
  });

  it('is what its model thinks, told twice or not', () => {
    const { feed, found } = beside();
    feed.dispatch('MessageThought', { ...where, at: 0, text: 'Let me ' });
    feed.dispatch('MessageThought', { ...where, at: 7, text: 'think.' });
    feed.dispatch('MessageThought', { ...where, at: 7, text: 'think.' });
    expect(found.thoughtsOf('a', '')).toBe('Let me think.');
    expect(found.thoughtsOf('a', 'Let me think. And more.')).toBe('Let me think. And more.');
  });

  it('leaves out thoughts whose beginning this tab never heard', () => {
    const { feed, found } = beside();
    feed.dispatch('MessageThought', { ...where, at: 7, text: 'think.' });
    expect(found.thoughtsOf('a', '')).toBe('');
  });

  it('is forgotten when the answer has ended', () => {
    const { feed, found } = beside();
    feed.dispatch('AnswerWaits', { ...where, seconds: 3, why: 'Busy.' });
    feed.dispatch('MessageThought', { ...where, at: 0, text: 'Hm' });
    feed.dispatch('MessageChanged', { message: message('a', { status: 'failed' }) });
    expect(found.waitOf('a')).toBeUndefined();
    expect(found.thoughtsOf('a', '')).toBe('');
  });
});
