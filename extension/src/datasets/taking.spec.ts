/** Files to take away, over a server that is a plain object. */
import { describe, expect, it } from 'vitest';
import { Refusal, type Api } from '../api/client';
import { Taking } from './taking';

const made = { id: '7', filename: 'sales.csv', bytes: 12, rows: 3 };

function over(answer: (signal: AbortSignal) => Promise<unknown>) {
  const fetched: string[] = [];
  const api = {
    call: (_: string, options: { signal: AbortSignal }) => answer(options.signal),
    url: (_: string, options: { path: { download_id: string } }) => `/download/${options.path.download_id}`
  } as unknown as Api;
  return { taking: new Taking(api, address => fetched.push(address)), fetched };
}

describe('a file to take away', () => {
  it('is fetched when it was made, and told of', async () => {
    const { taking, fetched } = over(async () => made);
    const making = taking.make({ format: 'csv', dataset_id: '1' });
    expect(taking.since).not.toBeNull();
    await making;
    expect(fetched).toEqual(['/download/7']);
    expect([taking.since, taking.made, taking.error]).toEqual([null, made, null]);
  });

  it('is made no further when it is stopped, without an error', async () => {
    const { taking, fetched } = over(
      signal => new Promise((_, no) => signal.addEventListener('abort', () => no(new Error('aborted'))))
    );
    const making = taking.make({ format: 'parquet', dataset_id: '1' });
    taking.stop();
    await making;
    expect([taking.since, taking.made, taking.error, fetched]).toEqual([null, null, null, []]);
  });

  it('says why it cannot be made, and may be asked for again', async () => {
    let isFull = true;
    const { taking, fetched } = over(async () => {
      if (isFull) {
        throw new Refusal(413, 'too_large', 'An Excel sheet holds 1,048,575 rows.', 'Choose CSV.');
      }
      return made;
    });
    await taking.make({ format: 'xlsx', dataset_id: '1' });
    expect(taking.error?.hint).toBe('Choose CSV.');
    isFull = false;
    await taking.make({ format: 'csv', dataset_id: '1' });
    expect([taking.error, fetched.length]).toEqual([null, 1]);
  });
});
