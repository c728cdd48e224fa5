/** Puts a query into the notebook in front: as a %%sql cell, or as Python. */
import { type INotebookTracker, NotebookActions } from '@jupyterlab/notebook';

export type Form = 'magic' | 'python';

/** The cells that a query becomes. */
export function cellsFor(form: Form, sql: string, datasets: readonly string[], hasMagic: boolean): string[] {
  const text = sql.trim();
  if (form === 'magic') {
    const magic = `%%sql result\n${text}`;
    return hasMagic ? [magic] : ['%load_ext sponde', magic];
  }
  const reads = datasets.length ? `sponde.dataset("${datasets[0]}").sql` : 'sponde.sql';
  // Within r"""…""" only these two would end the text.
  const isPlain = !text.includes('"""') && !text.endsWith('"');
  const literal = isPlain ? `r"""\n${text}\n"""` : JSON.stringify(text);
  return [`import sponde\n\nresult = ${reads}(${literal})\nresult`];
}

/** The datasets that a query names, in the order of the list. */
export function datasetsIn(sql: string, names: readonly string[]): string[] {
  const words = new Set(sql.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []);
  return names.filter(name => words.has(name.toLowerCase()));
}

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
