/** What the library's proofs need of JupyterLab, and which of them is open. No React. */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISignal, Signal } from '@lumino/signaling';
import type { ISponde } from '../../api/tokens';
import type { Rerun } from './rerun';
import type { Trials } from '../trials/trials';

export class Proofs {
  readonly changed: ISignal<this, void>;
  /** The block whose runs are shown. */
  shownFor = '';
  /** Whether the blocks are shown whose packages have moved on. */
  isStaleShown = false;
  /** Made when a block is first tried. */
  trials: Trials | null = null;
  /** Made when stale blocks are first looked for. */
  rerun: Rerun | null = null;
  private readonly _changed = new Signal<this, void>(this);

  constructor(
    readonly sponde: ISponde,
    readonly rendermime: IRenderMimeRegistry,
    /** Open a notebook at a cell. */
    readonly openCell: (path: string, cellId: string) => void
  ) {
    this.changed = this._changed;
  }

  /** Show the runs of a block, or hide them. */
  show(blockId: string): void {
    this.shownFor = blockId;
    this._changed.emit();
  }

  showStale(shown: boolean): void {
    this.isStaleShown = shown;
    this._changed.emit();
  }
}
