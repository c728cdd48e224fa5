/** What a model proposes for a cell, from the question until it is taken or rejected. No React. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CellAction } from './actions';
import { hunks, type Hunk } from '../ui/diff';

export type Status = 'wish' | 'asking' | 'ready' | 'none' | 'failed' | 'stopped';

export class Proposal {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  status: Status = 'asking';
  /** Who was asked, and where, in words; empty where no model was. */
  asked = '';
  messageId = '';
  /** The proposed text. */
  code = '';
  /** What went wrong, and the way out. */
  note = '';
  /** Whether the person wants no answer any more. */
  isStopped = false;
  /** What was wished for, in the person's words. */
  wish = '';
  /** The cell's text that the proposal is compared with. */
  base: string;
  /** Hunks that were rejected, by their text. */
  private _rejected = new Set<string>();

  constructor(
    readonly action: CellAction,
    readonly panel: NotebookPanel,
    readonly cellId: string,
    readonly name: string,
    base: string
  ) {
    this.changed = this._changed;
    this.base = base;
  }

  /** The cell as it is now; null where it is gone. */
  get cell(): CodeCell | null {
    if (this.panel.isDisposed) {
      return null;
    }
    const found = this.panel.content.widgets.find(cell => cell.model.id === this.cellId);
    return (found as CodeCell | undefined) ?? null;
  }

  get isChange(): boolean {
    return this.action.outcome === 'change';
  }

  /** Whether the cell is not what it was when the proposal was made. */
  get isStale(): boolean {
    const cell = this.cell;
    return this.isChange && cell !== null && cell.model.sharedModel.getSource() !== this.base;
  }

  get hunks(): Hunk[] {
    return hunks(this.base, this.code).filter(hunk => !this._rejected.has(keyOf(hunk)));
  }

  set(change: Partial<Pick<Proposal, 'status' | 'asked' | 'messageId' | 'code' | 'note' | 'wish'>>): void {
    Object.assign(this, change);
    this._changed.emit();
  }

  /** Draw it again: the cell is another one. */
  tell(): void {
    this._changed.emit();
  }

  reject(hunk: Hunk): void {
    this._rejected.add(keyOf(hunk));
    this._changed.emit();
  }

  /** Compare with the cell as it is now. */
  rebase(): void {
    this.base = this.cell?.model.sharedModel.getSource() ?? this.base;
    this._rejected.clear();
    this._changed.emit();
  }

  /** Put a hunk, or all that were not rejected, into the cell, as one step that can be undone. */
  take(hunk?: Hunk): void {
    const cell = this.cell;
    if (!cell || this.isStale) {
      return;
    }
    const shared = cell.model.sharedModel;
    stopCapturing(shared);
    const parts = hunk ? [hunk] : this.hunks;
    shared.transact(() => {
      for (const part of [...parts].sort((one, other) => other.at - one.at)) {
        const [from, to, text] = rangeOf(shared.getSource(), part);
        shared.updateSource(from, to, text);
      }
    });
    stopCapturing(shared);
    this.base = shared.getSource();
    this._changed.emit();
  }

  /** Put the code into a new cell below, or where the cell stood; give the new cell's place. */
  insert(at?: number): number {
    const notebook = this.panel.content;
    const shared = notebook.model?.sharedModel;
    if (!shared) {
      return -1;
    }
    const own = notebook.widgets.findIndex(cell => cell.model.id === this.cellId);
    const place = own >= 0 ? own + 1 : Math.min(at ?? shared.cells.length, shared.cells.length);
    shared.transact(() => {
      shared.insertCell(place, { cell_type: 'code', source: this.code, metadata: {} });
    });
    return place;
  }
}

function keyOf({ removed, added }: Hunk): string {
  return JSON.stringify([removed, added]);
}

/** A hunk as a range of characters, and what comes in its place. */
export function rangeOf(source: string, { at, removed, added }: Hunk): [number, number, string] {
  const lines = source.split('\n');
  const offset = (line: number): number =>
    lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
  if (removed.length && added.length) {
    const from = offset(at);
    return [from, from + removed.join('\n').length, added.join('\n')];
  }
  const isEnd = at + removed.length >= lines.length;
  const text = added.join('\n');
  if (added.length) {
    // Whole lines come in: with their line end, before or behind them.
    return isEnd
      ? [source.length, source.length, `\n${text}`]
      : [offset(at), offset(at), `${text}\n`];
  }
  const from = offset(at);
  const to = from + removed.join('\n').length;
  return isEnd ? [Math.max(0, from - 1), to, ''] : [from, to + 1, ''];
}

/** Make what was typed until now a step of its own. */
function stopCapturing(shared: object): void {
  const { undoManager } = shared as { undoManager?: { stopCapturing?(): void } | null };
  undoManager?.stopCapturing?.();
}
