/** The tab's one stream: joined again after every kind of loss. */
import { ServerConnection } from '@jupyterlab/services';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ServerFeed } from './feed';

describe('the stream', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is joined again, where it was, after a silence that nobody told of', async () => {
    vi.useFakeTimers();
    const asked: string[] = [];
    const words = new TextEncoder();
    // A network that is gone: nothing comes any more, and nothing is closed either.
    const fetch = async (request: Request): Promise<Response> => {
      asked.push(new URL(request.url).searchParams.get('after') ?? '');
      const body = new ReadableStream<Uint8Array>({
        start: controller => {
          controller.enqueue(words.encode('id: 7\nevent: ProvidersChanged\ndata: {}\n\n'));
          request.signal.addEventListener('abort', () => controller.error(new Error('left')));
        }
      });
      return new Response(body);
    };
    const settings = ServerConnection.makeSettings({
      baseUrl: 'http://here/',
      fetch: fetch as typeof globalThis.fetch,
      Request,
      Headers
    });
    const feed = new ServerFeed(after => `http://here/stream?after=${after}`, settings);
    const heard = vi.fn();
    feed.on('ProvidersChanged', heard);
    void feed.follow();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(feed.connected).toBe(true);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toEqual(['', '7']);
    expect(heard).toHaveBeenCalledTimes(2);
  });
});
