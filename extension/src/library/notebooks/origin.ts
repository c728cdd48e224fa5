/** The blocks that cells came from, as they are now, and how each cell stands to its own. No React. */
import type { Cell } from '@jupyterlab/cells';
import { Signal, type ISignal } from '@lumino/signaling';
import type { CodeBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { standing, type CellMark, type Standing } from './marks';
import { blockText } from './wrapping';

const WAIT = 50;
const SETTLE = 150;

/** Blocks by their ids: asked for together, followed by events. */
export class Blocks {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  /** null: deleted. */
  private readonly _known = new Map<string, CodeBlock | null>();
  private readonly _wanted = new Set<string>();
  private _timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    _sponde.feed.on('CodeBlockChanged', ({ block }) => {
      if (this._known.has(block.id)) {
        this.set(block);
      }
    });
    _sponde.feed.on('CodeBlockRemoved', ({ block_id }) => {
      if (this._known.has(block_id)) {
        this._known.set(block_id, null);
        this._changed.emit();
      }
    });
    _sponde.feed.reset.connect(() => {
      this._known.clear();
      this._changed.emit(); // who draws one asks again
    });
  }

  /** A block as it is; null where it was deleted, undefined until that is known. */
  find(blockId: string): CodeBlock | null | undefined {
    const known = this._known.get(blockId);
    if (known === undefined) {
      this._wanted.add(blockId);
      this._timer ??= setTimeout(() => void this._ask(), WAIT);
    }
    return known;
  }

  set(block: CodeBlock): void {
    this._known.set(block.id, block);
    this._changed.emit();
  }

  private async _ask(): Promise<void> {
    const ids = [...this._wanted].slice(0, 500);
    ids.forEach(id => this._wanted.delete(id));
    this._timer = null;
    try {
      const found = await this._sponde.api.call('POST /code-blocks-by-id', { body: { ids } });
      ids.forEach(id => this._known.set(id, null));
      found.forEach(block => this._known.set(block.id, block));
    } catch {
      return; // no answer, no line; asked again when a line is drawn again
    }
    this._changed.emit();
  }
}

/** One cell and its block. */
export class Origin {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  private _timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    readonly cell: Cell,
    readonly blockId: string,
    private readonly _blocks: Blocks,
    private readonly _mark: () => CellMark
  ) {
    this.changed = this._changed;
    _blocks.changed.connect(this._tell, this);
    cell.model.metadataChanged.connect(this._tell, this);
    cell.model.contentChanged.connect(this._settle, this);
  }

  dispose(): void {
    clearTimeout(this._timer ?? undefined);
    Signal.clearData(this);
  }

  get block(): CodeBlock | null | undefined {
    return this._blocks.find(this.blockId);
  }

  /** What to call it: as it is named now, else as it was when it was put here. */
  get name(): string {
    return this.block?.name ?? this._mark().name ?? '';
  }

  /** How the two stand; null until the block is known, and where it was deleted. */
  get standing(): Standing | null {
    const block = this.block;
    if (!block || this.cell.isDisposed) {
      return null;
    }
    const text = this.cell.model.sharedModel.getSource();
    return standing(this._mark(), text, blockText(text, block.language), block.code);
  }

  private _tell(): void {
    this._changed.emit();
  }

  /** A letter was typed: look again when the typing rests. */
  private _settle(): void {
    clearTimeout(this._timer ?? undefined);
    this._timer = setTimeout(() => this._changed.emit(), SETTLE);
  }
}
