/** Opens a notebook at a cell. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { trans } from './words';

/** Say which cell of a notebook that is open it is, from 1, though it may not be saved yet; else 0. */
export function cellNumber(app: JupyterFrontEnd, path: string, cellId: string): number {
  for (const widget of app.shell.widgets('main')) {
    const { context, content } = widget as unknown as Partial<NotebookPanel>;
    if (context?.path === path && Array.isArray(content?.widgets)) {
      return content.widgets.findIndex(cell => cell.model?.id === cellId) + 1;
    }
  }
  return 0;
}

/** Old notebooks have cells without ids: of those the number says which one it is, from 1. */
export async function openCell(
  app: JupyterFrontEnd,
  path: string,
  cellId: string,
  number = 0
): Promise<void> {
  const panel = (await app.commands.execute('docmanager:open', { path })) as NotebookPanel | undefined;
  if (!panel?.content || !(cellId || number)) {
    return;
  }
  await panel.context.ready;
  const { widgets } = panel.content;
  const at = cellId ? widgets.findIndex(cell => cell.model.id === cellId) : Math.min(number, widgets.length) - 1;
  if (at < 0) {
    Notification.info(trans.__('The cell is not in this notebook any more.'), { autoClose: 4000 });
    return;
  }
  panel.content.activeCellIndex = at;
  panel.content.deselectAll();
  await panel.content.scrollToItem(at, 'center').catch(() => undefined); // closed again
}
