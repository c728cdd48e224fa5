/** What the sources of names stand on. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Reference, ReferenceKind } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import type { IDatasets } from '../../datasets/tokens';
import type { IKernels } from '../../kernels/tokens';
import type { ChatState } from '../state';

export interface NamingMeans {
  app: JupyterFrontEnd;
  sponde: ISponde;
  datasets: IDatasets | null;
  kernels: IKernels | null;
  notebooks: INotebookTracker | null;
  /** The conversations of the chat that was used last. */
  state: () => ChatState;
}

export function reference(
  kind: ReferenceKind,
  name: string,
  id: string,
  more: Partial<Reference> = {}
): Reference {
  return { kind, name, id, path: '', text: '', language: '', ...more };
}

const WAIT = 120;

/** Asks once a person stops typing for a moment; what was found before serves until then. */
export function settled<T>(ask: (typed: string) => Promise<T[]>): (typed: string) => Promise<T[]> {
  let latest = '';
  let known: T[] = [];
  return async typed => {
    latest = typed;
    await new Promise(resolve => setTimeout(resolve, WAIT));
    if (latest !== typed) {
      return known;
    }
    known = await ask(typed);
    return known;
  };
}

/** A path's last part. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder that a path lies in; empty: the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Open a document at a path, as the file browser would. */
export async function openPath(app: JupyterFrontEnd, path: string): Promise<void> {
  await app.commands.execute('docmanager:open', { path });
}
