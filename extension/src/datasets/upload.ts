/** Files into JupyterLab's folder, piece by piece, through its own Contents API. No second upload code. */
import type { Contents } from '@jupyterlab/services';

/** Small enough for the server to hold, large enough to be quick. */
export const PIECE_BYTES = 2 * 1024 * 1024;

/** What an upload needs of JupyterLab. */
export type Folder = Pick<Contents.IManager, 'get' | 'save' | 'delete'>;

export class Cancelled extends Error {}

/**
 * Put a file into a folder under its own name, or with -1, -2, … where that is taken.
 * Returns its path. What has come of a cancelled or failed upload is taken away again.
 */
export async function upload(
  contents: Folder,
  folder: string,
  file: File,
  progress: (sent: number) => void,
  signal: AbortSignal
): Promise<string> {
  const path = await inTurn(async () => {
    const free = await freePath(contents, folder, file.name);
    underWay.add(free);
    return free;
  });
  const isWhole = file.size <= PIECE_BYTES;
  let started = false;
  try {
    let end = 0;
    for (let number = 1; number === 1 || end < file.size; number++) {
      const start = end;
      end = Math.min(start + PIECE_BYTES, file.size);
      const content = await base64(file.slice(start, end));
      const chunk = isWhole ? undefined : end >= file.size ? -1 : number;
      if (signal.aborted) {
        throw new Cancelled();
      }
      started = true;
      await contents.save(path, { type: 'file', format: 'base64', name: nameOf(path), content, chunk });
      progress(end);
    }
    if (signal.aborted) {
      throw new Cancelled();
    }
  } catch (error) {
    if (started) {
      await contents.delete(path).catch(() => undefined);
    }
    throw error;
  } finally {
    void inTurn(async () => underWay.delete(path));
  }
  return path;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Paths of uploads that are under way: two files of one name must not meet. */
const underWay = new Set<string>();

/** A name is neither taken nor given back while another upload reads the folder's list. */
let turn: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work, work);
  turn = mine.catch(() => undefined);
  return mine;
}

/** The path that nobody has yet: name.csv, name-1.csv, name-2.csv, … */
export async function freePath(contents: Folder, folder: string, name: string): Promise<string> {
  const place = folder ? `${folder.replace(/\/$/, '')}/` : '';
  // The folder's list, and not a question for each name: a browser reports every 404.
  const listed = await contents.get(folder, { type: 'directory', content: true });
  const taken = new Set((listed.content as Contents.IModel[]).map(model => model.name));
  const dot = name.lastIndexOf('.');
  const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let number = 0; ; number++) {
    const free = `${number ? `${stem}-${number}` : stem}${end}`;
    if (!taken.has(free) && !underWay.has(place + free)) {
      return place + free;
    }
  }
}

function base64(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const text = String(reader.result);
      resolve(text.slice(text.indexOf(',') + 1));
    };
    reader.onerror = () =>
      reject(new Error('The browser could not read the file. It may have been moved or changed.'));
    reader.readAsDataURL(piece);
  });
}
