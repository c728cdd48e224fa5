/** Whether collections are shown in the panel, and the way to what holds them. No React. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ISignal, Signal } from '@lumino/signaling';
import { trans } from '../../ui/words';
import type { LibraryViewProps } from '../block';
import type { Collections } from './collections';
import { collectIcon } from '../icons';
import type { Used } from '../used/used';

type Means = Pick<LibraryViewProps, 'app' | 'many' | 'proofs' | 'state'>;

export class Shelf {
  readonly changed: ISignal<this, void>;
  isShown = false;
  /** Made when collections are first asked for. */
  collections: Collections | null = null;
  /** Made when a block is first opened. */
  used: Used | null = null;
  private readonly _changed = new Signal<this, void>(this);
  /** The block that was open behind the collections. */
  private _behind = '';

  constructor(private readonly _means: Means) {
    this.changed = this._changed;
    // Another block was opened, by a command or a mark: it is what is wanted now.
    _means.state.changed.connect(({ opened }) => {
      if (this.isShown && opened.detail && opened.detail.block.id !== this._behind) {
        this.close();
      }
    });
    _means.many.add({
      id: 'collect',
      label: trans.__('Put into a collection'),
      icon: collectIcon,
      run: async blockIds => {
        const collections = await this._made();
        const collection = await collections.collect(blockIds);
        if (collection) {
          _means.many.clear();
          await this.open(collection.id);
        }
      }
    });
  }

  /** Show the collections, or one of them. */
  async open(collectionId = ''): Promise<void> {
    const collections = await this._made();
    this._behind = this._means.state.opened.detail?.block.id ?? '';
    this.isShown = true;
    this._changed.emit();
    await (collectionId ? collections.open(collectionId) : collections.list());
  }

  close(): void {
    this.isShown = false;
    this._changed.emit();
  }

  /** Open one of the blocks; the list of blocks comes back with it. */
  openBlock(blockId: string): void {
    this.close();
    void this._means.state.open(blockId);
  }

  /** Where blocks are used. */
  async uses(): Promise<Used> {
    const { Used } = await import('../used/used');
    this.used ??= new Used(this._means.proofs.sponde);
    return this.used;
  }

  get app(): JupyterFrontEnd {
    return this._means.app;
  }

  private async _made(): Promise<Collections> {
    const { Collections } = await import('./collections');
    this.collections ??= new Collections(this._means.proofs.sponde, this._means.app, this._means.many);
    return this.collections;
  }
}

const shelves = new WeakMap<object, Shelf>();

/** The one shelf of a panel. */
export function shelfOf(means: Means): Shelf {
  const shelf = shelves.get(means.many) ?? new Shelf(means);
  shelves.set(means.many, shelf);
  return shelf;
}
