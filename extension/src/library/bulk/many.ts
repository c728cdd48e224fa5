/** Holds which blocks are chosen, and does one thing to all of them, with an undo each. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CodeBlock, ManyChanged, NewManyChange } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import type { LibraryState } from '../state';

/** What else can be done with chosen blocks: other parts of the library add to it. */
export interface ChosenAction {
  id: string;
  label: string;
  icon: LabIcon;
  run: (blockIds: string[]) => Promise<void>;
}

/** A tag of some of the chosen blocks. */
export interface ChosenTag {
  tag: string;
  /** How many of them have it. */
  blocks: number;
}

const MOST_UNDOS = 50;
/** More than this nobody chooses to go through by hand. */
const MOST_CHOSEN = 10_000;

export class Many {
  readonly changed: ISignal<this, void>;
  chosen: ReadonlySet<string> = new Set();
  isBusy = false;
  readonly actions: ChosenAction[] = [];
  /** Told of what was done, so that it can be said with a way back. */
  onDone: (done: ManyChanged, name: string) => void = () => undefined;
  /** Told of what went wrong. */
  onFailed: (error: unknown) => void = () => undefined;

  private readonly _changed = new Signal<this, void>(this);
  private _anchor = '';
  private readonly _undos: Array<{ id: string; run: () => Promise<void> }> = [];

  constructor(
    private readonly _sponde: ISponde,
    private readonly _state: Pick<LibraryState, 'blocks' | 'hasMore' | 'more'>
  ) {
    this.changed = this._changed;
  }

  add(action: ChosenAction): void {
    this.actions.push(action);
    this._changed.emit();
  }

  // -- choosing ------------------------------------------------------------------------------

  toggle(blockId: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(blockId)) {
      chosen.add(blockId);
    }
    this._anchor = blockId;
    this._choose(chosen);
  }

  /** Choose everything from the block that was chosen last to this one. */
  reach(blockId: string, from = ''): void {
    const ids = this._state.blocks.map(block => block.id);
    const start = ids.indexOf(this._anchor || from || blockId);
    const end = ids.indexOf(blockId);
    if (start < 0 || end < 0) {
      this.toggle(blockId);
      return;
    }
    this._anchor = ids[start];
    const [low, high] = [Math.min(start, end), Math.max(start, end)];
    this._choose(new Set(ids.slice(low, high + 1)));
  }

  chooseAll(): void {
    this._choose(new Set(this._state.blocks.map(block => block.id)));
  }

  /** Fetch the rest of what was found, and choose all of it. */
  async chooseAllFound(): Promise<void> {
    this._busy(true);
    try {
      for (let before = -1; this._state.hasMore && this._state.blocks.length < MOST_CHOSEN; ) {
        if (this._state.blocks.length === before) {
          break; // the server gives no more
        }
        before = this._state.blocks.length;
        await this._state.more();
      }
      this.chooseAll();
    } finally {
      this._busy(false);
    }
  }

  clear(): void {
    this._anchor = '';
    this._choose(new Set());
  }

  /** The chosen blocks, as far as they are in the list. */
  get blocks(): CodeBlock[] {
    return this._state.blocks.filter(block => this.chosen.has(block.id));
  }

  /** The tags of the chosen blocks, the most frequent first. */
  get tags(): ChosenTag[] {
    const counts = new Map<string, number>();
    this.blocks.forEach(block =>
      block.tags.forEach(tag => counts.set(tag, (counts.get(tag) ?? 0) + 1))
    );
    return [...counts]
      .map(([tag, blocks]) => ({ tag, blocks }))
      .sort((one, other) => other.blocks - one.blocks || one.tag.localeCompare(other.tag));
  }

  // -- doing ---------------------------------------------------------------------------------

  tag(give: string[], take: string[] = []): Promise<boolean> {
    return this._do({ deed: 'tag', block_ids: [...this.chosen], add_tags: give, remove_tags: take });
  }

  /** Delete the chosen blocks, or these. */
  async remove(blockIds: string[] = [...this.chosen], name = ''): Promise<boolean> {
    const done = await this._do({ deed: 'remove', block_ids: blockIds }, name);
    if (done) {
      this._choose(new Set([...this.chosen].filter(id => !blockIds.includes(id))));
    }
    return done;
  }

  restore(blockIds: string[], name = ''): Promise<boolean> {
    return this._do({ deed: 'restore', block_ids: blockIds }, name);
  }

  /** Remember how something is taken back: Ctrl+Z takes back the latest. */
  remember(id: string, run: () => Promise<void>): void {
    this._undos.push({ id, run });
    this._undos.splice(0, this._undos.length - MOST_UNDOS);
  }

  /** Take back what was done; nothing where that has happened already. */
  async undo(id: string): Promise<void> {
    const at = this._undos.findIndex(one => one.id === id);
    if (at < 0) {
      return;
    }
    const [undo] = this._undos.splice(at, 1);
    this._busy(true);
    try {
      await undo.run();
    } catch (error) {
      this.onFailed(error);
    } finally {
      this._busy(false);
    }
  }

  /** Take back the latest; false where there is nothing to take back. */
  undoLast(): boolean {
    const last = this._undos[this._undos.length - 1];
    void (last && this.undo(last.id));
    return Boolean(last);
  }

  // -- inside --------------------------------------------------------------------------------

  private async _do(
    wanted: Pick<NewManyChange, 'deed' | 'block_ids'> & Partial<NewManyChange>,
    name = ''
  ): Promise<boolean> {
    this._busy(true);
    try {
      const done = await this._sponde.api.call('POST /code-blocks-many', {
        body: { add_tags: [], remove_tags: [], ...wanted }
      });
      if (done.changed.length) {
        this.remember(done.id, async () => {
          const undone = await this._sponde.api.call('POST /code-blocks-many/{change_id}/undo', {
            path: { change_id: done.id }
          });
          undone.refused.forEach(sentence => this.onFailed(new Error(sentence)));
        });
      }
      this.onDone(done, name);
      return true;
    } catch (error) {
      this.onFailed(error);
      return false;
    } finally {
      this._busy(false);
    }
  }

  private _choose(chosen: ReadonlySet<string>): void {
    this.chosen = chosen;
    this._changed.emit();
  }

  private _busy(isBusy: boolean): void {
    this.isBusy = isBusy;
    this._changed.emit();
  }
}
