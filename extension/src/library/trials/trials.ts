/** The trials that this tab knows, as they go on. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { BlockTrial, TrialInput, TrialOffer } from '../../api/schema';
import type { ISponde } from '../../api/tokens';

const ENDED = new Set<BlockTrial['status']>(['ok', 'failed', 'stopped', 'cancelled']);

export function hasEnded(trial: BlockTrial): boolean {
  return ENDED.has(trial.status);
}

export class Trials {
  readonly changed: ISignal<this, void>;
  /** The last trial of each block. */
  private readonly _ofBlock = new Map<string, string>();
  private readonly _known = new Map<string, BlockTrial>();
  private readonly _changed = new Signal<this, void>(this);

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    _sponde.feed.on('TrialChanged', ({ trial }) => {
      const known = this._known.get(trial.id);
      if (known) {
        this._set({ ...trial, outputs: known.outputs });
      }
    });
    _sponde.feed.on('TrialPrinted', ({ trial_id: id, at, outputs }) => {
      const known = this._known.get(id);
      if (known && at <= known.outputs.length) {
        this._set({ ...known, outputs: [...known.outputs.slice(0, at), ...outputs] });
      } else if (known) {
        void this._fetch(id);
      }
    });
    _sponde.feed.reset.connect(() => {
      [...this._known.values()].filter(trial => !hasEnded(trial)).forEach(trial => void this._fetch(trial.id));
    });
  }

  /** The last trial of a block in this tab. */
  of(blockId: string): BlockTrial | null {
    return this._known.get(this._ofBlock.get(blockId) ?? '') ?? null;
  }

  get(trialId: string): BlockTrial | null {
    return this._known.get(trialId) ?? null;
  }

  offer(blockId: string): Promise<TrialOffer> {
    return this._sponde.api.call('GET /code-blocks/{block_id}/trial-offer', {
      path: { block_id: blockId }
    });
  }

  /** Try a block; without inputs the server takes what fits best. */
  async begin(blockId: string, inputs: TrialInput[] | null): Promise<BlockTrial> {
    const trial = await this._sponde.api.call('POST /block-trials', {
      body: { block_id: blockId, inputs }
    });
    this._ofBlock.set(blockId, trial.id);
    this._set(trial);
    await this._fetch(trial.id); // it may have moved on before this tab knew it
    return trial;
  }

  async cancel(trialId: string): Promise<void> {
    const trial = await this._sponde.api.call('POST /block-trials/{trial_id}/cancel', {
      path: { trial_id: trialId }
    });
    this._set(trial);
  }

  /** Wait for a trial's end. */
  async ended(trialId: string): Promise<BlockTrial> {
    for (;;) {
      const trial = this._known.get(trialId);
      if (trial && hasEnded(trial)) {
        return trial;
      }
      await new Promise<void>(resolve => {
        const heard = (): void => {
          this._changed.disconnect(heard);
          resolve();
        };
        this._changed.connect(heard);
      });
    }
  }

  private async _fetch(trialId: string): Promise<void> {
    try {
      this._set(await this._sponde.api.call('GET /block-trials/{trial_id}', { path: { trial_id: trialId } }));
    } catch {
      const known = this._known.get(trialId);
      if (known && !hasEnded(known)) {
        this._set({ ...known, status: 'cancelled', error_message: '' }); // the server began anew
      }
    }
  }

  private _set(trial: BlockTrial): void {
    this._known.set(trial.id, trial);
    this._changed.emit();
  }
}
