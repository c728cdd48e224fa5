/** What a page of SQL needs of JupyterLab and of the other slices. */
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { ISignal } from '@lumino/signaling';
import type { Dataset } from '../../api/schema';
import type { Completing } from './completing';
import type { Form } from './cells';

export interface SqlMeans {
  editors: IEditorServices;
  completing: Completing;
  datasets: () => readonly Dataset[];
  /** Told when the datasets have changed. */
  changed: ISignal<unknown, void>;
  /** Keep the SQL in the library; gives what to show for a moment. Null without a library. */
  save: ((sql: string) => Promise<string>) | null;
  /** Put the SQL into the notebook in front; gives whether there is one. */
  insert: (form: Form, sql: string) => boolean;
  /** Go on in the chat with a question about a result. Null without a chat. */
  ask: ((sql: string) => void) | null;
  /** Open another tab. */
  open: (sql: string) => void;
}
