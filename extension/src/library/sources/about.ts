/** Knows where the open block came from and what could be said of it. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type {
  BlockClaim,
  BlockSource,
  CodeBlock,
  Described,
  CodeSuggestion
} from '../../api/schema';
import type { ISponde } from '../../api/tokens';

export interface Said {
  sources: readonly BlockSource[];
  suggestion: CodeSuggestion;
  /** What a bundle says of its runs elsewhere. */
  claims: readonly BlockClaim[];
}

export class AboutBlocks {
  readonly changed: ISignal<this, void>;
  /** Whether a model is being asked. */
  isAsking = false;
  /** What a model proposed for a block, until it is taken or dropped. */
  proposal: (Described & { blockId: string }) | null = null;
  error: unknown = null;

  private readonly _changed = new Signal<this, void>(this);
  private readonly _known = new Map<string, Said>();
  private readonly _asked = new Map<string, string>();

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
  }

  /** What is known now. */
  of(blockId: string): Said | null {
    return this._known.get(blockId) ?? null;
  }

  /** Ask, unless it was asked for this state of the block already. */
  async look(block: CodeBlock): Promise<void> {
    const state = [block.code, block.tags.join(), block.uses].join('\n');
    if (this._asked.get(block.id) === state) {
      return;
    }
    this._asked.set(block.id, state);
    const path = { block_id: block.id };
    try {
      const [sources, suggestion] = await Promise.all([
        this._sponde.api.call('GET /code-blocks/{block_id}/sources', { path }),
        this._sponde.api.call('GET /code-blocks/{block_id}/suggestion', { path })
      ]);
      const claims = sources.some(source => source.kind === 'import')
        ? await this._sponde.api.call('GET /code-blocks/{block_id}/claims', { path })
        : [];
      this._known.set(block.id, { sources, suggestion, claims });
      this._changed.emit();
    } catch {
      this._asked.delete(block.id); // asked again when it is shown again
    }
  }

  /** Ask a model what a block does; what it says is a proposal. */
  async describe(block: CodeBlock): Promise<void> {
    this.isAsking = true;
    this.error = this.proposal = null;
    this._changed.emit();
    try {
      const said = await this._sponde.api.call('POST /code-blocks/{block_id}/describe', {
        path: { block_id: block.id },
        body: {}
      });
      this.proposal = { ...said, blockId: block.id };
    } catch (error) {
      this.error = error;
    }
    this.isAsking = false;
    this._changed.emit();
  }

  drop(): void {
    this.error = this.proposal = null;
    this._changed.emit();
  }
}
