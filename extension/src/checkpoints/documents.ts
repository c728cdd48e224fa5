/** Open notebooks and texts: how they stand with unsaved edits, and put back so that undo works. */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { Given } from '../api/schema';
import { trans } from '../ui/words';
import { same, text, type NotebookCell, type NotebookText } from './plan';

type Context = DocumentRegistry.Context;
type Shared = INotebookModel['sharedModel'];

export class Documents {
  constructor(private readonly _manager: IDocumentManager) {}

  /** The open document at a path, whatever shows it. */
  find(path: string): Context | null {
    const widget =
      this._manager.findWidget(path) ?? this._manager.findWidget(path, null) ?? undefined;
    const context = widget && this._manager.contextForWidget(widget);
    return context?.isReady ? context : null;
  }

  /** A file as the person sees it: with unsaved edits where it is open, else as on the disk. */
  given(path: string): Given {
    const context = this.find(path);
    const shared = context && notebookOf(context);
    if (shared) {
      return { path, notebook: toJson(shared) as unknown as Given['notebook'] };
    }
    const source = context && textOf(context);
    return source ? { path, text: source.getSource() } : { path };
  }

  /** The open notebook's cells; null where it is not open. */
  notebook(path: string): NotebookText | null {
    const context = this.find(path);
    const shared = context && notebookOf(context);
    return shared ? toJson(shared) : null;
  }

  /** The open text; null where it is not open or no text. */
  text(path: string): string | null {
    const context = this.find(path);
    return (context && textOf(context)?.getSource()) ?? null;
  }

  /** Open a notebook, without leaving what has the focus. */
  async open(path: string): Promise<boolean> {
    const widget = this._manager.open(path, 'default', undefined, { activate: false });
    const context = widget && this._manager.contextForWidget(widget);
    await context?.ready;
    return context ? notebookOf(context) !== null : false;
  }

  /** Make an open notebook's cells what they are to be; JupyterLab's undo takes that back too. */
  async putCells(path: string, cells: readonly NotebookCell[]): Promise<void> {
    const context = this.find(path);
    const shared = context && notebookOf(context);
    if (!context || !shared) {
      throw new Error(trans.__("'%1' was closed meanwhile.", path));
    }
    const isSaved = !context.model.dirty;
    if (shared.disableDocumentWideUndoRedo) {
      // Each cell has a history of its own, which a change within the notebook's would break.
      putCells(shared, cells);
    } else {
      shared.transact(() => putCells(shared, cells));
    }
    await this._save(context, isSaved);
  }

  async putText(path: string, source: string): Promise<void> {
    const context = this.find(path);
    const shared = context && textOf(context);
    if (!context || !shared) {
      throw new Error(trans.__("'%1' was closed meanwhile.", path));
    }
    const isSaved = !context.model.dirty;
    shared.setSource(source);
    await this._save(context, isSaved);
  }

  /** Show what lies on the disk now, where the file is open; close what is gone. */
  async reread(path: string, isThere: boolean): Promise<void> {
    const context = this.find(path);
    if (!context) {
      return;
    }
    if (isThere) {
      await context.revert();
    } else {
      context.model.dirty = false;
      await this._manager.closeFile(path);
    }
  }

  /** What was saved before stays saved; what had unsaved edits keeps them to the person. */
  private async _save(context: Context, isSaved: boolean): Promise<void> {
    if (isSaved && context.canSave) {
      await context.save();
    }
  }
}

function notebookOf(context: Context): Shared | null {
  const { model } = context;
  return 'cells' in model ? (model as unknown as INotebookModel).sharedModel : null;
}

interface SharedText {
  getSource(): string;
  setSource(source: string): void;
}

function textOf(context: Context): SharedText | null {
  const shared = context.model.sharedModel as unknown as Partial<SharedText>;
  return 'getSource' in shared && context.contentsModel?.format !== 'base64'
    ? (shared as SharedText)
    : null;
}

/** A notebook with its cells' ids, also in formats that do not write them. */
function toJson(shared: Shared): NotebookText {
  const cells = shared.cells.map(cell => ({ ...cell.toJSON(), id: cell.getId() }));
  return { ...shared.toJSON(), cells } as unknown as NotebookText;
}

/** The fewest changes that make a notebook's cells others: what stays keeps its place and history. */
export function putCells(shared: Shared, cells: readonly NotebookCell[]): void {
  const wanted = new Map(cells.map(cell => [cell.id, cell]));
  for (let at = shared.cells.length - 1; at >= 0; at--) {
    const cell = shared.cells[at];
    if (wanted.get(cell.getId())?.cell_type !== cell.cell_type) {
      shared.deleteCell(at);
    }
  }
  cells.forEach((cell, at) => {
    const from = shared.cells.findIndex(one => one.getId() === cell.id);
    if (from < 0) {
      shared.insertCell(at, cell as never);
      return;
    }
    if (from !== at) {
      shared.moveCell(from, at);
    }
    const there = shared.cells[at];
    if (!same(there.toJSON() as unknown as NotebookCell, cell)) {
      if (there.getSource() !== text(cell)) {
        there.setSource(text(cell));
      }
      if (there.cell_type === 'code') {
        (there as unknown as { setOutputs(outputs: unknown[]): void }).setOutputs(cell.outputs ?? []);
        (there as unknown as { execution_count: number | null }).execution_count =
          cell.execution_count ?? null;
      }
    }
  });
  if (!shared.cells.length) {
    shared.insertCell(0, { cell_type: 'code' });
  }
}
