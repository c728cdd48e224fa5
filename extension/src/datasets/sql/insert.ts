/** Puts a query into the notebook in front: as a %%sql cell, or as Python. */
import { type INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { cellsFor, datasetsIn, type Form } from './cells';

/** Whether there was a notebook to put it into. */
export function insertInto(
  notebooks: INotebookTracker,
  form: Form,
  sql: string,
  names: readonly string[]
): boolean {
  const panel = notebooks.currentWidget;
  const notebook = panel?.content;
  if (!notebook?.model) {
    return false;
  }
  const hasMagic = [...notebook.model.cells].some(cell =>
    /^\s*%(re)?load_ext\s+sponde\b/m.test(cell.sharedModel.getSource())
  );
  for (const code of cellsFor(form, sql, datasetsIn(sql, names), hasMagic)) {
    const active = notebook.activeCell;
    if (active?.model.type !== 'code' || active.model.sharedModel.getSource().trim()) {
      NotebookActions.insertBelow(notebook);
    }
    notebook.activeCell?.model.sharedModel.setSource(code);
  }
  return true;
}
