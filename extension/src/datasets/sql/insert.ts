/** Puts a query into the notebook in front: as a %%sql cell, or as Python. */
import type { INotebookTracker } from '@jupyterlab/notebook';
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
  // By the model: a notebook that is not in front may have no widget for its cell.
  const { sharedModel } = notebook.model;
  let at = notebook.activeCellIndex;
  for (const source of cellsFor(form, sql, datasetsIn(sql, names), hasMagic)) {
    const active = sharedModel.cells[at];
    if (active?.cell_type === 'code' && !active.getSource().trim()) {
      active.setSource(source);
    } else {
      sharedModel.insertCell(++at, { cell_type: 'code', source, metadata: { trusted: true } });
    }
  }
  notebook.activeCellIndex = at;
  return true;
}
