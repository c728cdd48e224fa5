/** Which of the codes on the screen the library holds: asked of the server in batches. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { CodeBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';

/** A block, as far as a mark on the screen needs it. */
export interface KeptBlock {
  id: string;
  name: string;
}

const WAIT = 120;
const MOST_AT_ONCE = 200;

export class Kept {
  /** Told when more is known than before. */
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  /** null: asked, and not in the library. */
  private readonly _known = new Map<string, KeptBlock | null>();
  private _wanted = new Set<string>();
  private _timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    _sponde.feed.on('CodeBlockChanged', ({ block }) => this._forget(block.id));
    _sponde.feed.on('CodeBlockRemoved', event => this._forget(event.block_id));
    const again = (): void => {
      this._known.clear();
      this._changed.emit();
    };
    _sponde.feed.on('CodeBlocksChanged', again);
    _sponde.feed.reset.connect(again);
  }

  /** The block that holds this code, as far as is known now; asks where nothing is. */
  find(code: string): KeptBlock | null {
    const known = this._known.get(code);
    if (known === undefined) {
      this._wanted.add(code);
      this._timer ??= setTimeout(() => void this._ask(), WAIT);
    }
    return known ?? null;
  }

  /** Learn that a block holds this code. */
  add(code: string, block: CodeBlock): void {
    this._known.set(code, { id: block.id, name: block.name });
    this._changed.emit();
  }

  /** A block changed: ask again about it, and about what was in no block. */
  private _forget(blockId: string): void {
    for (const [code, block] of this._known) {
      if (block === null || block.id === blockId) {
        this._known.delete(code);
      }
    }
    this._changed.emit();
  }

  private async _ask(): Promise<void> {
    const codes = [...this._wanted];
    this._wanted = new Set(codes.slice(MOST_AT_ONCE));
    this._timer = null;
    const asked = codes.slice(0, MOST_AT_ONCE);
    try {
      const found = await this._sponde.api.call('POST /code-blocks-by-code', {
        body: { codes: asked }
      });
      asked.forEach(code => this._known.set(code, null));
      found.forEach(one => this._known.set(one.code, { id: one.block_id, name: one.name }));
    } catch {
      // Without an answer nothing is marked as saved; it is asked again when it is shown again.
      return;
    }
    if (this._wanted.size) {
      this._timer = setTimeout(() => void this._ask(), WAIT);
    }
    this._changed.emit();
  }
}
