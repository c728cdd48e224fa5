/** Holds the deleted blocks that can still be brought back. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { DeletedBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';

const PAGE = 50;
const GATHER = 150;

export class Deleted {
  readonly changed: ISignal<this, void>;
  isShown = false;
  isLoading = false;
  query = '';
  blocks: DeletedBlock[] = [];
  total = 0;
  error: unknown = null;

  private readonly _changed = new Signal<this, void>(this);
  private _asked = 0;
  private _gathering: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const again = (): void => this._gather();
    _sponde.feed.on('CodeBlocksChanged', again);
    _sponde.feed.on('CodeBlockRemoved', again);
    _sponde.feed.on('CodeBlockChanged', again);
    _sponde.feed.reset.connect(again);
  }

  async show(isShown: boolean): Promise<void> {
    this.isShown = isShown;
    this.isLoading = isShown;
    this.query = '';
    this._changed.emit();
    if (isShown) {
      await this._fetch(PAGE);
    }
  }

  search(query: string): Promise<void> {
    this.query = query;
    this._changed.emit();
    return this._fetch(PAGE);
  }

  more(): Promise<void> {
    return this._fetch(PAGE, this.blocks.length);
  }

  private async _fetch(limit: number, offset = 0): Promise<void> {
    const asked = ++this._asked;
    try {
      const found = await this._sponde.api.call('GET /code-blocks-deleted', {
        query: { query: this.query.trim() || undefined, limit, offset }
      });
      if (asked === this._asked) {
        this.blocks = [...this.blocks.slice(0, offset), ...found.blocks];
        this.total = found.total;
        this.error = null;
      }
    } catch (error) {
      this.error = error;
    }
    this.isLoading = false;
    this._changed.emit();
  }

  private _gather(): void {
    if (this.isShown) {
      this._gathering ??= setTimeout(() => {
        this._gathering = null;
        void this._fetch(PAGE);
      }, GATHER);
    }
  }
}
