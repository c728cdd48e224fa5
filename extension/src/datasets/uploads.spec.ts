/** Uploads over a server that is a plain object: it forgets nothing, and breaks when it is told to. */
import { describe, expect, it, vi } from 'vitest';
import { Refusal, type Api } from '../api/client';
import type { Dataset } from '../api/schema';
import { LARGEST_PIECE, nextPiece } from './sending';
import { Uploads } from './uploads';

interface Held {
  id: string;
  name: string;
  bytes: number;
  key: string;
  data: number[];
  path: string;
}

class Server {
  readonly files = new Map<string, number[]>();
  readonly held = new Map<string, Held>();
  readonly calls: string[] = [];
  /** Told before each call; what it throws is the answer. */
  before: (route: string, held?: Held) => void = () => undefined;
  most = 0;
  private _sending = 0;

  readonly api = {
    call: async (route: string, options: Record<string, never> = {} as never) => {
      this.calls.push(route);
      const { path, body, query, bytes, signal } = options as {
        path?: { upload_id: string };
        body?: { name: string; bytes: number; modified: number; fresh: boolean; conflict: string };
        query?: { offset: number };
        bytes?: ArrayBuffer;
        signal?: AbortSignal;
      };
      const held = path && this.held.get(path.upload_id);
      this._sending++;
      this.most = Math.max(this.most, this._sending);
      await Promise.resolve();
      this._sending--;
      if (signal?.aborted) {
        throw new DOMException('stopped', 'AbortError');
      }
      this.before(route, held);
      if (route === 'POST /dataset-uploads' && body) {
        const key = `${body.name} ${body.bytes} ${body.modified}`;
        const known = [...this.held.values()].find(one => one.key === key && !one.path);
        if (known && !body.fresh) {
          return this._seen(known);
        }
        const made = { id: String(this.held.size), name: body.name, bytes: body.bytes, key, data: [], path: '' };
        this.held.set(made.id, made);
        return this._seen(made);
      }
      if (route === 'GET /dataset-uploads') {
        return [...this.held.values()].filter(one => !one.path).map(one => this._seen(one));
      }
      if (!held) {
        throw new Refusal(404, 'not_found', 'This upload is not known any more.', 'Choose it again.');
      }
      if (route.startsWith('PATCH') && bytes) {
        if (query?.offset !== held.data.length) {
          throw new Refusal(409, 'conflict', 'It goes on elsewhere.', '');
        }
        held.data.push(...new Uint8Array(bytes));
      } else if (route.startsWith('DELETE')) {
        this.held.delete(held.id);
      } else if (route.endsWith('/finish')) {
        const isTaken = this.files.has(held.name);
        if (isTaken && body?.conflict === 'ask') {
          throw new Refusal(409, 'conflict', `'${held.name}' is in this folder already.`, '');
        }
        held.path = isTaken && body?.conflict === 'keep_both' ? `other-${held.id}-${held.name}` : held.name;
        this.files.set(held.path, held.data);
        const upload = { ...this._seen(held), has_replaced: isTaken && body?.conflict === 'replace' };
        return { upload, dataset: { id: held.id, path: held.path } };
      }
      return this._seen(held);
    }
  } as unknown as Api;

  private _seen({ id, name, bytes, data }: Held) {
    return { id, name, bytes, received: data.length };
  }
}

const BROKEN = new Refusal(0, 'offline', 'The Jupyter server does not answer.', '');
const file = (name: string, ...bytes: number[]): File =>
  new File([new Uint8Array(bytes)], name, { lastModified: 7 });

function make() {
  const server = new Server();
  const put: Dataset[] = [];
  const uploads = new Uploads(server.api, dataset => put.push(dataset));
  return { server, uploads, put };
}

const until = (holds: () => boolean) => vi.waitFor(() => expect(holds()).toBe(true), { timeout: 20_000 });

describe('an upload', () => {
  it('arrives as it was and becomes a dataset', async () => {
    const { server, uploads, put } = make();
    const taken = await uploads.take([file('a.csv', 1, 2, 3), file('none.csv')], '', 'ask');
    expect(taken.map(one => one.path)).toEqual(['a.csv', 'none.csv']);
    expect(server.files.get('a.csv')).toEqual([1, 2, 3]);
    expect(put).toHaveLength(2);
    expect(uploads.entries).toEqual([]);
  });

  it('goes two at a time', async () => {
    const { server, uploads } = make();
    await uploads.take([1, 2, 3, 4, 5].map(n => file(`${n}.csv`, n)), '', 'ask');
    expect(server.files.size).toBe(5);
    expect(server.most).toBeLessThanOrEqual(2);
  });

  it('goes on by itself after a break, where the server says', async () => {
    const { server, uploads } = make();
    let breaks = 2;
    server.before = (route, held) => {
      if (route.startsWith('PATCH') && breaks-- > 0) {
        // The bytes had come, only the answer was lost.
        held?.data.push(...(held.data.length ? [] : [1]));
        throw BROKEN;
      }
    };
    const states: string[] = [];
    uploads.changed.connect(() => {
      states.push(uploads.entries[0]?.state);
      uploads.entries.forEach(one => uploads.retry(one));
    });
    await uploads.take([file('a.csv', 1, 2, 3)], '', 'ask');
    expect(states).toContain('broken');
    expect(server.files.get('a.csv')).toEqual([1, 2, 3]);
    expect(server.calls.filter(call => call.startsWith('GET'))).toHaveLength(2);
  });

  it('goes on where the last page stopped when the same file is chosen', async () => {
    const { server, uploads } = make();
    const before = { id: '9', name: 'a.csv', bytes: 3, key: 'a.csv 3 7', data: [1, 2], path: '' };
    server.held.set('9', before);
    await uploads.load();
    expect(uploads.left.map(one => one.id)).toEqual(['9']);
    await uploads.take([file('a.csv', 1, 2, 3)], '', 'ask');
    expect(uploads.left).toEqual([]);
    expect(before.data).toEqual([1, 2, 3]);
  });

  it('of the same file twice makes two files', async () => {
    const { server, uploads } = make();
    await uploads.take([file('a.csv', 1), file('a.csv', 1)], '', 'keep_both');
    expect(server.files.size).toBe(2);
  });

  it('asks where the name is taken, without holding up the others', async () => {
    const { server, uploads } = make();
    server.files.set('a.csv', [0]);
    server.files.set('b.csv', [0]);
    const told: string[] = [];
    uploads.onReplaced = name => told.push(name);
    const all = uploads.take(['a', 'b', 'c', 'd'].map(one => file(`${one}.csv`, 5)), '', 'ask');
    await until(() => server.files.has('d.csv') && uploads.entries.every(one => one.state === 'asking'));
    expect(uploads.entries).toHaveLength(2);
    uploads.entries[0].go('replace');
    uploads.entries[1].go('keep_both');
    expect((await all).map(one => one.path)).toEqual(['a.csv', 'other-1-b.csv', 'c.csv', 'd.csv']);
    expect(server.files.get('a.csv')).toEqual([5]);
    expect(server.files.get('b.csv')).toEqual([0]);
    expect(told).toEqual(['a.csv']);
  });

  it('that is cancelled is forgotten, also while it asks or waits for the connection', async () => {
    const { server, uploads } = make();
    server.files.set('a.csv', [0]);
    server.before = route => {
      if (route.startsWith('PATCH') && uploads.entries.length > 1) {
        throw BROKEN;
      }
    };
    const all = uploads.take([file('x.csv', 1), file('a.csv', 1)], '', 'ask');
    await until(() => uploads.entries.every(one => one.state === 'broken'));
    uploads.cancel(uploads.entries[0]);
    uploads.retry(uploads.entries[0]);
    await until(() => uploads.entries[0].state === 'asking');
    uploads.cancel(uploads.entries[0]);
    expect(await all).toEqual([]);
    await until(() => server.held.size === 0);
    expect([...server.files.keys()]).toEqual(['a.csv']);
    expect(uploads.entries).toEqual([]);
  });

  it('that is refused stays with its sentence, and can be tried again', async () => {
    const { server, uploads } = make();
    server.before = () => {
      throw new Refusal(413, 'too_large', "'a.csv' has 6.0 GB; uploads may have 5.0 GB.", 'Copy it.');
    };
    expect(await uploads.take([file('a.csv', 1)], '', 'ask')).toEqual([]);
    expect(uploads.entries[0].error?.message).toBe("'a.csv' has 6.0 GB; uploads may have 5.0 GB.");
    expect(server.calls).toEqual(['POST /dataset-uploads']);
    server.before = () => undefined;
    uploads.retry(uploads.entries[0]);
    await until(() => server.files.has('a.csv'));
  });

  it('is cut into pieces of about a second', () => {
    expect(nextPiece(1024, 10)).toBe(64 * 1024);
    expect(nextPiece(1024 * 1024, 100)).toBe(2 * 1024 * 1024);
    expect(nextPiece(1024 * 1024, 5000)).toBe(512 * 1024);
    expect(nextPiece(LARGEST_PIECE, 1)).toBe(LARGEST_PIECE);
  });
});
