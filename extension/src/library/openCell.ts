/** Opens a notebook at a cell. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { trans } from '../ui/words';

export async function openCell(app: JupyterFrontEnd, path: string, cellId: string): Promise<void> {
  const panel = (await app.commands.execute('docmanager:open', { path })) as NotebookPanel | undefined;
  if (!panel?.content || !cellId) {
    return;
  }
  await panel.context.ready;
  const at = panel.content.widgets.findIndex(cell => cell.model.id === cellId);
  if (at < 0) {
    Notification.info(trans.__('The cell is not in this notebook any more.'), { autoClose: 4000 });
    return;
  }
  panel.content.activeCellIndex = at;
  panel.content.deselectAll();
  await panel.content.scrollToItem(at, 'center').catch(() => undefined); // closed again
}
