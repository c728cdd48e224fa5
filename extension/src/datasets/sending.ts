/**
 * One file to the server, piece by piece: asks the server where to go on, waits and tries again while
 * the connection is broken. Fetched when the first file is sent.
 */
import { Refusal, type Api } from '../api/client';
import type { DatasetUpload, NameConflict, UploadedDataset } from '../api/schema';
import { trans } from '../ui/words';

export const FIRST_PIECE = 1024 * 1024;
const SMALLEST_PIECE = 64 * 1024;
export const LARGEST_PIECE = 16 * 1024 * 1024;
const HEAD_BYTES = 64 * 1024;
/** A piece takes about so long: short enough for a lively bar, long enough for few requests. */
const PIECE_MS = 1000;
const PIECE_PATIENCE_MS = 120_000;
const LONGEST_PAUSE_MS = 30_000;
const MOST_QUARRELS = 8;

export class Cancelled extends Error {}

/** What a sending tells, and asks. */
export interface Hooks {
  signal: AbortSignal;
  /** Whether the folder is made where it is not there. */
  makesFolder?: boolean;
  /** The server knows the file; it may have a part of it already. */
  began(upload: DatasetUpload): void;
  sent(bytes: number): void;
  /** The connection is broken; it is tried again when the promise ends. */
  pause(ms: number): Promise<void>;
  /** All is sent, and another file has the name. */
  choose(): Promise<NameConflict>;
}

export async function send(
  api: Api,
  file: File,
  folder: string,
  fresh: boolean,
  hooks: Hooks
): Promise<UploadedDataset> {
  const head = await sum(await bytesOf(file, 0, HEAD_BYTES));
  const { signal, makesFolder = false } = hooks;
  const about = { name: file.name, bytes: file.size, modified: file.lastModified, head };
  const body = { ...about, folder, fresh, makes_folder: makesFolder };
  let upload = await patiently(hooks, () => api.call('POST /dataset-uploads', { body, signal }));
  hooks.began(upload);
  const isTaken = upload.is_taken;
  const path = { upload_id: upload.id };
  let piece = FIRST_PIECE;
  let quarrels = 0;
  let isLost = false;
  while (upload.received < file.size) {
    const offset = upload.received;
    try {
      if (isLost) {
        upload = await api.call('GET /dataset-uploads/{upload_id}', { path, signal });
        isLost = false;
        hooks.sent(upload.received);
        continue;
      }
      const data = await bytesOf(file, offset, offset + piece);
      const began = performance.now();
      const limit = AbortSignal.timeout(PIECE_PATIENCE_MS);
      upload = await api.call('PATCH /dataset-uploads/{upload_id}/bytes', {
        path,
        query: { offset, sha256: await sum(data) },
        bytes: data,
        signal: AbortSignal.any([signal, limit])
      });
      piece = nextPiece(piece, performance.now() - began);
      quarrels = 0;
      hooks.sent(upload.received);
    } catch (error) {
      stopIfCancelled(signal);
      const refusal = Refusal.from(error);
      quarrels = refusal.status === 409 ? quarrels + 1 : quarrels;
      if (!isPassing(error, refusal) || quarrels > MOST_QUARRELS) {
        throw error;
      }
      isLost = true;
      piece = Math.max(SMALLEST_PIECE, piece / 2);
      await hooks.pause(refusal.status === 409 ? 200 * quarrels : pauseAfter(hooks));
      stopIfCancelled(signal);
    }
  }
  let conflict: NameConflict = isTaken ? await hooks.choose() : 'ask';
  for (;;) {
    stopIfCancelled(signal);
    try {
      const given = { path, body: { conflict }, signal };
      return await patiently(hooks, () =>
        api.call('POST /dataset-uploads/{upload_id}/finish', given)
      );
    } catch (error) {
      if (Refusal.from(error).status !== 409 || conflict !== 'ask') {
        throw error;
      }
      conflict = await hooks.choose();
    }
  }
}

/** The next piece is as large as takes about a second. */
export function nextPiece(piece: number, ms: number): number {
  const wish = ms > PIECE_MS * 2 ? piece / 2 : ms < PIECE_MS / 2 ? piece * 2 : piece;
  return Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, wish));
}

const tries = new WeakMap<AbortSignal, { count: number; at: number }>();

/** 0.5, 1, 2, 4 … 30 seconds, a little apart for several files; from the start after a good while. */
function pauseAfter({ signal }: Hooks): number {
  const now = Date.now();
  const before = tries.get(signal);
  const count = before && now - before.at < 2 * LONGEST_PAUSE_MS ? before.count + 1 : 0;
  tries.set(signal, { count, at: now });
  return Math.min(LONGEST_PAUSE_MS, 500 * 2 ** count) * (0.75 + Math.random() / 2);
}

async function patiently<T>(hooks: Hooks, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      stopIfCancelled(hooks.signal);
      const refusal = Refusal.from(error);
      if (refusal.status === 409 || !isPassing(error, refusal)) {
        throw error;
      }
      await hooks.pause(pauseAfter(hooks));
      stopIfCancelled(hooks.signal);
    }
  }
}

function stopIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new Cancelled();
  }
}

/** Whether it may go better by itself: no connection, a proxy without a server, a wrong offset. */
function isPassing(error: unknown, { status, code }: Refusal): boolean {
  const isLate = error instanceof DOMException && ['TimeoutError', 'AbortError'].includes(error.name);
  return isLate || (status === 0 && code === 'offline') || [409, 429, 502, 503, 504].includes(status);
}

async function bytesOf(file: File, from: number, to: number): Promise<ArrayBuffer> {
  try {
    return await file.slice(from, to).arrayBuffer();
  } catch {
    throw new Refusal(
      0,
      'unreadable',
      trans.__('The browser could not read the file.'),
      trans.__('It may have been moved or changed. Choose it again.')
    );
  }
}

/** SHA-256 where the browser has it: not on pages without https on other machines. */
async function sum(data: ArrayBuffer): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    return '';
  }
  const made = await crypto.subtle.digest('SHA-256', data);
  return Array.from(new Uint8Array(made), byte => byte.toString(16).padStart(2, '0')).join('');
}
