/** Runs the blocks again whose packages have moved on, one after the other. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal } from '../../api/client';
import type { StaleBlock, BlockTrial } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { hasEnded, type Trials } from '../trials/trials';

/** A block of the table, and how its trial went. */
export interface StaleRow {
  stale: StaleBlock;
  isChosen: boolean;
  trial: BlockTrial | null;
  /** Why it was not tried. */
  refusal: Refusal | null;
}

export class Rerun {
  readonly changed: ISignal<this, void>;
  rows: StaleRow[] = [];
  isLoading = true;
  isRunning = false;
  error: unknown = null;
  private _isStopped = false;
  private readonly _changed = new Signal<this, void>(this);

  constructor(
    private readonly _sponde: ISponde,
    private readonly _trials: Trials
  ) {
    this.changed = this._changed;
    _trials.changed.connect(() => {
      this.rows = this.rows.map(row => {
        const trial = row.trial && this._trials.get(row.trial.id);
        return trial && trial !== row.trial ? { ...row, trial } : row;
      });
      this._changed.emit();
    });
  }

  /** How many of the chosen have ended. */
  get done(): number {
    return this.rows.filter(
      row => row.isChosen && (row.refusal || (row.trial && hasEnded(row.trial)))
    ).length;
  }

  /** Look for the blocks. */
  async load(): Promise<void> {
    if (this.isRunning) {
      return;
    }
    this.isLoading = true;
    this.error = null;
    this._changed.emit();
    try {
      const found = await this._sponde.api.call('GET /stale-code-blocks');
      this.rows = found.map(stale => ({ stale, isChosen: true, trial: null, refusal: null }));
    } catch (error) {
      this.error = error;
    }
    this.isLoading = false;
    this._changed.emit();
  }

  choose(blockId: string, isChosen: boolean): void {
    this._put(blockId, { isChosen });
  }

  chooseAll(isChosen: boolean): void {
    this.rows = this.rows.map(row => ({ ...row, isChosen }));
    this._changed.emit();
  }

  /** Try the chosen ones, one after the other. */
  async run(): Promise<void> {
    if (this.isRunning) {
      return;
    }
    this.isRunning = true;
    this._isStopped = false;
    const chosen = this.rows.filter(row => row.isChosen).map(row => row.stale.block.id);
    chosen.forEach(id => this._put(id, { trial: null, refusal: null }));
    for (const id of chosen) {
      if (this._isStopped) {
        break;
      }
      try {
        const begun = await this._trials.begin(id, null);
        this._put(id, { trial: begun });
        if (this._isStopped) {
          await this._trials.cancel(begun.id).catch(() => undefined); // it has just ended
        }
        this._put(id, { trial: await this._trials.ended(begun.id) });
      } catch (error) {
        this._put(id, { refusal: Refusal.from(error) });
      }
    }
    this.isRunning = false;
    this._changed.emit();
  }

  /** End the one that runs, and begin no other. */
  async cancel(): Promise<void> {
    this._isStopped = true;
    const running = this.rows.find(row => row.trial && !hasEnded(row.trial));
    if (running?.trial) {
      await this._trials.cancel(running.trial.id).catch(() => undefined); // it has just ended
    }
  }

  private _put(blockId: string, change: Partial<StaleRow>): void {
    this.rows = this.rows.map(row => (row.stale.block.id === blockId ? { ...row, ...change } : row));
    this._changed.emit();
  }
}
