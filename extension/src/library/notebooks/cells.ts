/** Puts code into notebooks, runs it there, and says how cells went. Knows no server. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification, type ISessionContextDialogs } from '@jupyterlab/apputils';
import { CodeCell, type Cell } from '@jupyterlab/cells';
import {
  NotebookActions,
  type INotebookTracker,
  type Notebook,
  type NotebookPanel
} from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { PartialJSONObject } from '@lumino/coreutils';
import { ISignal, Signal } from '@lumino/signaling';
import { trans } from '../../ui/words';
import type { CellMark } from './marks';

/** How a cell went. */
export interface Ran {
  ok: boolean;
  errorName: string;
  errorMessage: string;
}

/** A code cell that was run to its end. */
export interface Execution {
  cell: CodeCell;
  notebook: string;
  source: string;
  ran: Ran;
}

/** A cell that code was put into. */
export interface Placed {
  panel: NotebookPanel;
  cell: Cell;
}

const KEY = 'sponde';

/** Where code goes: below the active cell, in its place, or at a place of its own. */
export interface Spot {
  /** The place among the cells; the active cell's where left out. */
  at?: number;
  /** Whether the cell there goes. */
  replaces?: boolean;
}

export class Cells {
  /** Told when a code cell was run to its end (an interrupted one was not). */
  readonly executed: ISignal<this, Execution>;
  private readonly _executed = new Signal<this, Execution>(this);

  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _tracker: INotebookTracker,
    private readonly _dialogs: ISessionContextDialogs | null
  ) {
    this.executed = this._executed;
    NotebookActions.executed.connect((_, { notebook, cell, success, error }) => {
      const isOurs = cell instanceof CodeCell && cell.model.executionCount !== null;
      if (!isOurs || (!success && !error) || error?.errorName === 'KeyboardInterrupt') {
        return;
      }
      const panel = this._panelOf(notebook);
      this._executed.emit({
        cell,
        notebook: panel?.context.path ?? '',
        source: cell.model.sharedModel.getSource(),
        ran: {
          ok: success,
          errorName: error?.errorName ?? '',
          errorMessage: error?.errorValue ?? ''
        }
      });
    });
  }

  /** The notebook that a person works in: the last one used, or one that can be seen. */
  get notebook(): NotebookPanel | null {
    return (
      this._tracker.currentWidget ??
      this._tracker.find(panel => panel.isVisible) ??
      this._tracker.find(() => true) ??
      null
    );
  }

  /** Say that there is no notebook, and offer one. */
  offerNotebook(then: (panel: NotebookPanel) => void): void {
    Notification.warning(trans.__('No notebook is open, so there is no cell to put the code into.'), {
      autoClose: 10_000,
      actions: [
        {
          label: trans.__('Open a new notebook'),
          displayType: 'accent',
          callback: () => void this._newNotebook().then(then)
        }
      ]
    });
  }

  /** Why nothing can be put into a notebook; empty where it can. */
  isClosed(panel: NotebookPanel): string {
    const isReadOnly = panel.content.model?.readOnly || panel.context.contentsModel?.writable === false;
    return isReadOnly
      ? trans.__('“%1” is read-only: save a copy of it under another name first.', panel.title.label)
      : '';
  }

  /** The language that a notebook's kernel runs, as far as is known. */
  language(panel: NotebookPanel): string {
    return panel.content.model?.defaultKernelLanguage || 'python';
  }

  /** Put a text into the active cell where it is empty, else into a new cell; one step to undo. */
  place(
    panel: NotebookPanel,
    text: string,
    isMarkdown: boolean,
    mark: CellMark,
    spot: Spot = {}
  ): Placed | null {
    const notebook = panel.content;
    const shared = notebook.model?.sharedModel;
    if (!shared) {
      return null;
    }
    const active = notebook.activeCell;
    const isFree =
      spot.at === undefined &&
      active?.model.type === 'code' &&
      !active.model.sharedModel.getSource().trim();
    const goes = shared.cells.length > 0 && (isFree || Boolean(spot.replaces));
    const below = shared.cells.length ? notebook.activeCellIndex + (goes ? 0 : 1) : 0;
    const at = Math.max(0, Math.min(spot.at ?? below, shared.cells.length - (goes ? 1 : 0)));
    shared.transact(() => {
      if (goes) {
        shared.deleteCell(at);
      }
      shared.insertCell(at, {
        cell_type: isMarkdown ? 'markdown' : 'code',
        source: text,
        metadata: mark.block_id ? { [KEY]: { ...mark } as PartialJSONObject } : {}
      });
    });
    notebook.activeCellIndex = at;
    notebook.deselectAll();
    if (!panel.isVisible) {
      this._app.shell.activateById(panel.id);
    }
    void notebook.scrollToItem(at, 'smart').catch(() => undefined); // gone again
    const cell = notebook.widgets[at];
    return cell ? { panel, cell } : null;
  }

  /** Run the cell that code was put into; give how it went, or null where nothing ran. */
  async run({ panel, cell }: Placed): Promise<Ran | null> {
    const notebook = panel.content;
    let ran: Ran | null = null;
    const listen = (_: this, execution: Execution): void => {
      if (execution.cell.model === cell.model) {
        ran = execution.ran;
      }
    };
    this._executed.connect(listen);
    try {
      await panel.sessionContext.ready;
      notebook.activeCellIndex = notebook.widgets.indexOf(cell);
      notebook.deselectAll();
      await NotebookActions.run(notebook, panel.sessionContext, this._dialogs ?? undefined);
    } finally {
      this._executed.disconnect(listen);
    }
    return ran;
  }

  /** Give the keyboard to the notebook. */
  focus({ panel, cell }: Placed): void {
    this._app.shell.activateById(panel.id);
    panel.content.activate();
    void NotebookActions.focusActiveCell(panel.content);
    panel.content.activeCellIndex = Math.max(0, panel.content.widgets.indexOf(cell));
  }

  /** The Python kernel that a cell runs in; null where there is none. */
  kernelOf(cell: Cell): Kernel.IKernelConnection | null {
    const panel = this._tracker.find(one => one.content.widgets.includes(cell));
    const isPython = panel?.content.model?.defaultKernelLanguage === 'python';
    return (isPython && panel?.sessionContext.session?.kernel) || null;
  }

  mark(cell: Cell): CellMark {
    return (cell.model.getMetadata(KEY) as CellMark | undefined) ?? {};
  }

  /** Add to a cell's mark; what is given as undefined is taken away. */
  setMark(cell: Cell, mark: CellMark): void {
    if (!cell.isDisposed) {
      const whole = Object.entries({ ...this.mark(cell), ...mark });
      const kept = whole.filter(([, value]) => value !== undefined);
      cell.model.setMetadata(KEY, Object.fromEntries(kept));
    }
  }

  /** The notebook that holds a cell. */
  panelOf(cell: Cell): NotebookPanel | undefined {
    return this._tracker.find(panel => panel.content.widgets.includes(cell));
  }

  private _panelOf(notebook: Notebook): NotebookPanel | undefined {
    return this._tracker.find(panel => panel.content === notebook);
  }

  private async _newNotebook(): Promise<NotebookPanel> {
    await this._app.serviceManager.kernelspecs.ready;
    const panel: NotebookPanel = await this._app.commands.execute('notebook:create-new', {
      kernelName: this._app.serviceManager.kernelspecs.specs?.default
    });
    await panel.revealed;
    await panel.context.ready;
    return panel;
  }
}

/** How the last run of a cell went, from its outputs; null where it was not run as it stands. */
export function lastRun(cell: CodeCell): Ran | null {
  if (cell.model.executionCount === null || cell.model.isDirty) {
    return null;
  }
  for (const output of cell.model.sharedModel.getOutputs()) {
    if (output.output_type === 'error') {
      return {
        ok: false,
        errorName: String(output.ename ?? ''),
        errorMessage: String(output.evalue ?? '')
      };
    }
  }
  return { ok: true, errorName: '', errorMessage: '' };
}
