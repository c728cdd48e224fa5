/** A receipt is asked for when one pauses, and only the last one counts. */
import { describe, expect, it, vi } from 'vitest';
import { Refusal, type Api } from '../../api/client';
import { EventDispatcher } from '../../api/feed';
import { Draft, type Drafted } from './draft';

const asked = (text: string, more = {}): (() => Drafted) => () => ({
  conversationId: '',
  message: { text, ...more }
});

function make(answer: (body: { text: string; model_id?: string }) => unknown) {
  const calls: Array<{ text: string; model_id?: string }> = [];
  const aborted: string[] = [];
  const api = {
    call: async (_: string, { body, signal }: { body: { text: string }; signal?: AbortSignal }) => {
      calls.push(body);
      signal?.addEventListener('abort', () => aborted.push(body.text));
      return answer(body);
    },
    url: () => ''
  } as unknown as Api;
  const feed = new EventDispatcher();
  return { draft: new Draft({ api, feed }, 50), calls, aborted, feed };
}

const settle = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(60);
};

describe('the receipt of a draft', () => {
  it('waits for a pause, then asks once', async () => {
    vi.useFakeTimers();
    const { draft, calls } = make(body => ({ tokens: body.text.length }));
    for (const text of ['a', 'ab', 'abc']) {
      draft.want(asked(text));
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(calls).toEqual([]);
    await settle();
    expect(calls.map(({ text }) => text)).toEqual(['abc']);
    expect(draft.receipts).toEqual([{ tokens: 3 }]);
    draft.want(null);
    expect(draft.receipts).toEqual([]);
    vi.useRealTimers();
  });

  it('is not that of an earlier text which comes late', async () => {
    vi.useFakeTimers();
    let late: (value: unknown) => void = () => undefined;
    const { draft, aborted } = make(({ text }) =>
      text === 'slow' ? new Promise(resolve => (late = resolve)) : { tokens: 1 }
    );
    draft.want(asked('slow'));
    await settle();
    draft.want(asked('quick'));
    expect(aborted).toEqual(['slow']);
    await settle();
    late({ tokens: 99 });
    await settle();
    expect(draft.receipts).toEqual([{ tokens: 1 }]);
    vi.useRealTimers();
  });

  it('is asked for each model, and again when a policy changed', async () => {
    vi.useFakeTimers();
    const { draft, calls, feed } = make(({ model_id }) => ({ model_id }));
    draft.want(asked('hi', { model_ids: ['a', 'b'] }));
    await settle();
    expect(draft.receipts).toEqual([{ model_id: 'a' }, { model_id: 'b' }]);
    feed.dispatch('DatasetChanged', { dataset: {} });
    await settle();
    expect(calls.length).toBe(4);
    draft.dispose();
    feed.dispatch('DatasetChanged', { dataset: {} });
    await settle();
    expect(calls.length).toBe(4);
    vi.useRealTimers();
  });

  it('says in a sentence why there is none', async () => {
    vi.useFakeTimers();
    const { draft } = make(() => {
      throw new Refusal(413, 'too_large', 'The question has too many tokens.', 'Ask for less.');
    });
    draft.want(asked('long'));
    await settle();
    expect(draft.error?.message).toBe('The question has too many tokens.');
    vi.useRealTimers();
  });
});
