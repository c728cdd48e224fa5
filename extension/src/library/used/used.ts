/** Holds where the open block is used, and how often over time. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { UsageWeek, UsedPlace } from '../../api/schema';
import type { ISponde } from '../../api/tokens';

const WEEKS = 26;
const GATHER = 300;

export class Used {
  readonly changed: ISignal<this, void>;
  blockId = '';
  places: readonly UsedPlace[] = [];
  weeks: readonly UsageWeek[] = [];
  isCut = false;
  isLoading = false;
  error: unknown = null;
  private readonly _changed = new Signal<this, void>(this);
  private _asked = 0;
  private _gathering: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const again = (): void => {
      this._gathering ??= setTimeout(() => {
        this._gathering = null;
        void this._fetch();
      }, GATHER);
    };
    _sponde.feed.on('CodeBlockChanged', ({ block }) => void (block.id === this.blockId && again()));
    _sponde.feed.on('CollectionChanged', again);
    _sponde.feed.on('CollectionRemoved', again);
    _sponde.feed.reset.connect(again);
  }

  /** Show this block's. */
  async look(blockId: string): Promise<void> {
    if (blockId !== this.blockId) {
      this.blockId = blockId;
      this.places = [];
      this.weeks = [];
      this.isLoading = true;
    }
    await this._fetch();
  }

  /** Nothing is shown any more. */
  leave(): void {
    this.blockId = '';
  }

  private async _fetch(): Promise<void> {
    if (!this.blockId) {
      return;
    }
    const asked = ++this._asked;
    const path = { block_id: this.blockId };
    const { api } = this._sponde;
    try {
      const [where, usage] = await Promise.all([
        api.call('GET /code-blocks/{block_id}/where-used', { path }),
        api.call('GET /code-blocks/{block_id}/usage-weeks', { path, query: { weeks: WEEKS } })
      ]);
      if (asked !== this._asked) {
        return;
      }
      this.places = where.places;
      this.isCut = where.is_cut;
      this.weeks = usage.weeks;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.isLoading = false;
    this._changed.emit();
  }
}
