/** Holds the collections and the open one, and what is made of it. No React. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, Notification } from '@jupyterlab/apputils';
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal } from '../../api/client';
import type { CodeBlock, Collection, CollectionEdit, CollectionView } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { trans } from '../../ui/words';
import { saveModule, saveNotebook, type Made } from './collected';
import type { Many } from '../bulk/many';

const LONG = 12_000;
const MOST_FOUND = 8;

export class Collections {
  readonly changed: ISignal<this, void>;
  all: Collection[] = [];
  isLoading = true;
  isBusy = false;
  error: unknown = null;
  view: CollectionView | null = null;
  /** Said to who cannot see that a block moved. */
  said = '';
  /** The file that was made last of the open collection. */
  made: Made | null = null;
  /** What is looked for to be added, and what was found. */
  query = '';
  found: CodeBlock[] = [];

  private readonly _changed = new Signal<this, void>(this);
  private _asked = 0;
  private _searched = 0;

  constructor(
    private readonly _sponde: ISponde,
    private readonly _app: JupyterFrontEnd,
    private readonly _many: Many
  ) {
    this.changed = this._changed;
    const { feed } = _sponde;
    feed.on('CollectionChanged', ({ collection }) => {
      this._put(collection);
      if (this.view?.collection.id === collection.id && this.view.collection.updated_at !== collection.updated_at) {
        void this._look(collection.id);
      }
    });
    feed.on('CollectionRemoved', ({ collection_id }) => this._drop(collection_id));
    const again = (): void => void (this.view && this._look(this.view.collection.id));
    feed.on('CodeBlocksChanged', again);
    feed.on('CodeBlockRemoved', again);
    feed.on('CodeBlockChanged', ({ block }) => {
      const known = this.view?.blocks.find(one => one.id === block.id);
      if (known && known.updated_at !== block.updated_at) {
        again();
      }
    });
    feed.reset.connect(() => void this._fetch());
  }

  // -- looking ------------------------------------------------------------------------------

  async list(): Promise<void> {
    this.view = null;
    this._forget();
    this._changed.emit();
    await this._fetch();
  }

  async open(collectionId: string): Promise<void> {
    this._forget();
    await this._look(collectionId);
    void this._fetch();
  }

  /** Whether another order would suit the needs of the open collection's blocks. */
  get isUnsorted(): boolean {
    return Boolean(this.view && this.view.blocks.some(({ id }, at) => this.view?.sorted_ids[at] !== id));
  }

  async search(query: string): Promise<void> {
    this.query = query;
    const asked = ++this._searched;
    this._changed.emit();
    if (!query.trim()) {
      this.found = [];
      this._changed.emit();
      return;
    }
    await this._try(async () => {
      const found = await this._sponde.api.call('GET /code-blocks', {
        query: { query, limit: MOST_FOUND }
      });
      if (asked === this._searched) {
        this.found = found.filter(({ id }) => !this.view?.collection.block_ids.includes(id));
      }
    }, false);
  }

  // -- changing -----------------------------------------------------------------------------

  /** Put blocks into a new collection, or into one that a person chooses; null where they leave. */
  async collect(blockIds: string[]): Promise<Collection | null> {
    await this._fetch();
    const fresh = trans.__('A new collection');
    if (this.all.length) {
      const asked = await InputDialog.getItem({
        title: trans._n('Put %1 block into', 'Put %1 blocks into', blockIds.length, blockIds.length),
        items: [fresh, ...this.all.map(one => one.name)],
        okLabel: trans.__('Put there')
      });
      if (!asked.button.accept) {
        return null;
      }
      const into = asked.value === fresh ? null : this.all.find(one => one.name === asked.value);
      if (into) {
        return this._sponde.api.call('PATCH /collections/{collection_id}', {
          path: { collection_id: into.id },
          body: { block_ids: [...into.block_ids, ...blockIds] }
        });
      }
    }
    const made = await this._sponde.api.call('POST /collections', { body: { block_ids: blockIds } });
    this._put(made);
    return made;
  }

  add(block: CodeBlock): Promise<boolean> {
    this.said = trans.__('%1 was added.', block.name);
    const done = this._order([...this._ids, block.id]);
    this.found = this.found.filter(one => one.id !== block.id);
    return done;
  }

  /** Add a block that is named in a problem. */
  async addById(blockId: string): Promise<void> {
    await this._try(async () => {
      await this.add(
        await this._sponde.api.call('GET /code-blocks/{block_id}', { path: { block_id: blockId } })
      );
    });
  }

  take(block: CodeBlock): Promise<boolean> {
    this.said = trans.__('%1 was taken out.', block.name);
    return this._order(this._ids.filter(id => id !== block.id));
  }

  /** Move a block to a place, counted from 0. */
  move(block: CodeBlock, to: number): Promise<boolean> {
    const ids = this._ids.filter(id => id !== block.id);
    const at = Math.max(0, Math.min(to, ids.length));
    ids.splice(at, 0, block.id);
    this.said = trans.__('%1 is %2 of %3.', block.name, at + 1, ids.length);
    return this._order(ids);
  }

  async sort(): Promise<void> {
    const { view } = this;
    if (view) {
      const before = this._ids;
      await this._try(async () => {
        await this._sponde.api.call('POST /collections/{collection_id}/sort', {
          path: { collection_id: view.collection.id }
        });
        this.said = trans.__('The blocks are in the order of their needs.');
        this._remember(view.collection.id, before);
        await this._look(view.collection.id);
      });
    }
  }

  edit(change: Pick<CollectionEdit, 'name' | 'description'>): Promise<boolean> {
    return this._edit(change);
  }

  async remove(): Promise<void> {
    const collection = this.view?.collection;
    if (!collection) {
      return;
    }
    const path = { collection_id: collection.id };
    const restore = async (): Promise<void> => {
      await this._sponde.api.call('POST /collections/{collection_id}/restore', { path });
      await this._fetch();
    };
    await this._try(async () => {
      await this._sponde.api.call('DELETE /collections/{collection_id}', { path });
      this._drop(collection.id);
      this._many.remember(collection.id, restore);
      Notification.info(trans.__('The collection “%1” was deleted; its blocks stay.', collection.name), {
        autoClose: LONG,
        actions: [{ label: trans.__('Undo'), callback: () => void this._many.undo(collection.id) }]
      });
    });
  }

  // -- making -------------------------------------------------------------------------------

  /** Make a notebook of it beside the notebooks, and open it. */
  async notebook(): Promise<void> {
    await this._make(async path => {
      await this._app.commands.execute('docmanager:open', { path });
    });
  }

  /** Make a notebook of it, and ask for its parameters and when it runs. */
  async job(): Promise<void> {
    await this._make(async path => {
      await this._app.commands.execute('sponde:jobs:run-notebook', { path });
    });
  }

  /** Make a module of it, and open it. */
  async module(): Promise<void> {
    const id = this.view?.collection.id;
    if (id) {
      await this._try(async () => {
        const file = await this._sponde.api.call('GET /collections/{collection_id}/module', {
          path: { collection_id: id }
        });
        this.made = await saveModule(this._app, file);
        await this._app.commands.execute('docmanager:open', { path: this.made.path });
      });
    }
  }

  openMade(): void {
    void (this.made && this._app.commands.execute('docmanager:open', { path: this.made.path }));
  }

  // -- inside -------------------------------------------------------------------------------

  private get _ids(): string[] {
    return this.view?.blocks.map(({ id }) => id) ?? [];
  }

  private _forget(): void {
    this.error = null;
    this.made = null;
    this.query = '';
    this.found = [];
    this.said = '';
  }

  private async _make(then: (path: string) => Promise<void>): Promise<void> {
    const id = this.view?.collection.id;
    if (id) {
      await this._try(async () => {
        const file = await this._sponde.api.call('GET /collections/{collection_id}/notebook', {
          path: { collection_id: id }
        });
        this.made = await saveNotebook(this._app, file);
        this.made = { ...this.made, notes: [] }; // the page says them already
        await then(this.made.path);
      });
    }
  }

  /** Show the new order at once; the server says what it means. */
  private async _order(ids: string[]): Promise<boolean> {
    const before = this._ids;
    if (this.view) {
      const known = new Map([...this.found, ...this.view.blocks].map(block => [block.id, block]));
      const blocks = ids.flatMap(id => known.get(id) ?? []);
      this.view = { ...this.view, blocks };
      this._changed.emit();
    }
    return this._edit({ block_ids: ids }, before);
  }

  private async _edit(body: CollectionEdit, before?: string[]): Promise<boolean> {
    const id = this.view?.collection.id;
    if (!id) {
      return false;
    }
    const isDone = await this._try(async () => {
      const changed = await this._sponde.api.call('PATCH /collections/{collection_id}', {
        path: { collection_id: id },
        body
      });
      if (before) {
        this._remember(id, before);
      }
      this._put(changed);
      await this._look(id);
    });
    if (!isDone) {
      const { error } = this;
      await this._look(id);
      this.error = error;
      this._changed.emit();
    }
    return isDone;
  }

  /** Ctrl Z gives back the order that was. */
  private _remember(id: string, before: string[]): void {
    this._many.remember(`${id}-${Date.now()}`, async () => {
      await this._sponde.api.call('PATCH /collections/{collection_id}', {
        path: { collection_id: id },
        body: { block_ids: before }
      });
      if (this.view?.collection.id === id) {
        await this._look(id);
      }
    });
  }

  private async _look(id: string): Promise<void> {
    const asked = ++this._asked;
    try {
      const view = await this._sponde.api.call('GET /collections/{collection_id}', {
        path: { collection_id: id }
      });
      if (asked === this._asked) {
        this.view = view;
        this.error = null;
      }
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  private async _fetch(): Promise<void> {
    await this._try(async () => {
      this.all = await this._sponde.api.call('GET /collections');
    }, false);
    this.isLoading = false;
    this._changed.emit();
  }

  private _put(collection: Collection): void {
    this.all = [collection, ...this.all.filter(one => one.id !== collection.id)].sort((one, other) =>
      other.updated_at.localeCompare(one.updated_at)
    );
    this._changed.emit();
  }

  private _drop(id: string): void {
    this.all = this.all.filter(one => one.id !== id);
    if (this.view?.collection.id === id) {
      this._asked += 1;
      this.view = null;
    }
    this._changed.emit();
  }

  private async _try(work: () => Promise<void>, isBusy = true): Promise<boolean> {
    this.isBusy = this.isBusy || isBusy;
    this.error = null;
    this._changed.emit();
    try {
      await work();
      return true;
    } catch (error) {
      this.error = Refusal.from(error);
      return false;
    } finally {
      this.isBusy = this.isBusy && !isBusy;
      this._changed.emit();
    }
  }
}
