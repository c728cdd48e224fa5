/** What was deleted is told with its way back. */
import { Notification } from '@jupyterlab/apputils';
import { trans } from './words';

const SECONDS = 8;

/** Say what is gone, with Undo beside it; who undoes tells its own failures. */
export function offerUndo(text: string, undo: () => unknown, seconds = SECONDS): void {
  Notification.info(text, {
    autoClose: seconds * 1000,
    actions: [{ label: trans.__('Undo'), callback: () => void undo() }]
  });
}
