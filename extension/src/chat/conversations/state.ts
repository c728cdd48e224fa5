/** The list of conversations: folders, parts that were fetched, a search. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type {
  Conversation,
  ConversationRow,
  ConversationsChange,
  ConversationsImported,
  Folder,
  MeaningStatus
} from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { inOrder } from './arrange';

/** Conversations that lie in one place, as far as they are fetched. */
export interface Listing {
  rows: readonly ConversationRow[];
  total: number;
  isLoading: boolean;
  isKnown: boolean;
}

/** What can be different about several conversations at once. */
export type Change = Omit<ConversationsChange, 'ids'>;

/** The listing of what a search found. */
export const FOUND = '?';
const PART = 50;
const TYPING = 120;
/** How long until more was read in, in milliseconds. */
const READING = 1500;
const NOTHING: Listing = { rows: [], total: 0, isLoading: false, isKnown: false };

export class Shelf {
  readonly changed: ISignal<this, void>;
  folders: readonly Folder[] = [];
  /** What is looked for. */
  text = '';
  isByMeaning = false;
  meaning: MeaningStatus | null = null;
  /** What the search could not do. */
  note = '';
  /** Why the list could not be had, or something not be done. */
  error: unknown = null;
  /** The folders that are open. */
  readonly open = new Set<string>();
  private readonly _listings = new Map<string, Listing>();
  private readonly _changed = new Signal<this, void>(this);
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _asked = 0;
  private _isStarted = false;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const { feed } = _sponde;
    feed.on('ConversationChanged', ({ conversation }) => this._heard(conversation));
    feed.on('ConversationRemoved', ({ conversation_id }) => this._drop(conversation_id));
    feed.on('FoldersChanged', ({ folders }) => {
      this.folders = folders;
      this._changed.emit();
    });
    feed.reset.connect(() => {
      if (this._isStarted) {
        void this.refresh();
      }
    });
  }

  /** The shelf of a server: every panel that lists conversations shows the same. */
  static of(sponde: ISponde): Shelf {
    const known = shelves.get(sponde) ?? new Shelf(sponde);
    shelves.set(sponde, known);
    return known;
  }

  listing(key: string): Listing {
    return this._listings.get(key) ?? NOTHING;
  }

  get isSearching(): boolean {
    return this.text.trim() !== '';
  }

  async start(): Promise<void> {
    if (!this._isStarted) {
      this._isStarted = true;
      await this.refresh();
    }
  }

  /** Fetch what is shown again. */
  async refresh(): Promise<void> {
    await this._act(async () => {
      this.folders = await this._sponde.api.call('GET /folders');
      const keys = ['', ...this.open];
      await Promise.all(keys.map(key => this._fetch(key, 0)));
      if (this.isSearching) {
        await this._fetch(FOUND, 0);
      }
      this.meaning = await this._sponde.api.call('GET /conversations/meaning');
    });
  }

  /** Look for something; an empty text shows everything. */
  search(text: string): void {
    this.text = text;
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
    if (this.isSearching) {
      this._timer = setTimeout(() => void this._act(() => this._fetch(FOUND, 0)), TYPING);
    } else {
      this._asked += 1;
      this.note = '';
      this._listings.delete(FOUND);
    }
    this._changed.emit();
  }

  setByMeaning(isByMeaning: boolean): void {
    this.isByMeaning = isByMeaning;
    this.search(this.text);
  }

  setOpen(folder: string, isOpen: boolean): void {
    if (isOpen) {
      this.open.add(folder);
      void this._act(() => this._fetch(folder, 0));
    } else {
      this.open.delete(folder);
    }
    this._changed.emit();
  }

  /** Fetch the next part of a listing. */
  async more(key: string): Promise<void> {
    const { rows, total, isLoading } = this.listing(key);
    if (!isLoading && rows.length < total) {
      await this._act(() => this._fetch(key, rows.length));
    }
  }

  // -- doing something --------------------------------------------------------------------------

  /** Change conversations alike; true where that went well. */
  change(ids: readonly string[], change: Change): Promise<boolean> {
    return this._act(async () => {
      const changed = await this._sponde.api.call('POST /conversations/change', {
        body: { ids: [...ids], ...change }
      });
      if (change.is_removed) {
        ids.forEach(id => this._drop(id));
      }
      changed.forEach(conversation => this._heard(conversation));
    });
  }

  rename(id: string, title: string): Promise<boolean> {
    return this._act(async () => {
      this._heard(
        await this._sponde.api.call('PATCH /conversations/{conversation_id}', {
          path: { conversation_id: id },
          body: { title }
        })
      );
    });
  }

  suggestTitle(id: string, modelId: string): Promise<boolean> {
    return this._act(async () => {
      this._heard(
        await this._sponde.api.call('POST /conversations/{conversation_id}/title', {
          path: { conversation_id: id },
          body: { model_id: modelId }
        })
      );
    });
  }

  /** Copy a conversation, or one branch of it; gives the copy. */
  async duplicate(id: string, leaf: string): Promise<Conversation | null> {
    let made: Conversation | null = null;
    await this._act(async () => {
      made = await this._sponde.api.call('POST /conversations/{conversation_id}/duplicate', {
        path: { conversation_id: id },
        body: { leaf_id: leaf }
      });
      this._heard(made);
    });
    return made;
  }

  /** Make a folder; gives its id, empty where that did not go. */
  async makeFolder(name: string, parent: string): Promise<string> {
    let made = '';
    await this._act(async () => {
      const folder = await this._sponde.api.call('POST /folders', {
        body: { name, parent_id: parent }
      });
      made = folder.id;
      this.folders = [...this.folders.filter(({ id }) => id !== made), folder];
    });
    return made;
  }

  changeFolder(id: string, change: { name?: string; parent_id?: string }): Promise<boolean> {
    return this._act(async () => {
      const changed = await this._sponde.api.call('PATCH /folders/{folder_id}', {
        path: { folder_id: id },
        body: change
      });
      this.folders = this.folders.map(folder => (folder.id === id ? changed : folder));
    });
  }

  removeFolder(id: string): Promise<boolean> {
    return this._act(async () => {
      await this._sponde.api.call('DELETE /folders/{folder_id}', { path: { folder_id: id } });
      this.open.delete(id);
      await this.refresh();
    });
  }

  /** The file of these conversations (none: of all). */
  async file(ids: readonly string[]): Promise<Blob | null> {
    let file: Blob | null = null;
    await this._act(async () => {
      file = await this._sponde.api.call('POST /conversations/file', { body: { ids: [...ids] } });
    });
    return file;
  }

  /** Read a file in; the refusal is thrown, so that it can be said beside the file. */
  async take(text: string, name: string): Promise<ConversationsImported> {
    const taken = await this._sponde.api.call('POST /conversations/import', {
      body: { text, name }
    });
    await this.refresh();
    return taken;
  }

  dismissError(): void {
    this.error = null;
    this._changed.emit();
  }

  // -- inside -----------------------------------------------------------------------------------

  private async _fetch(key: string, offset: number): Promise<void> {
    const asked = key === FOUND ? (this._asked += 1) : 0;
    const before = this.listing(key);
    this._listings.set(key, { ...before, isLoading: true });
    this._changed.emit();
    try {
      const page = await this._sponde.api.call('GET /conversations/page', {
        query:
          key === FOUND
            ? { text: this.text, offset, limit: PART, by_meaning: this.isByMeaning }
            : { folder_id: key, offset, limit: PART }
      });
      if (key === FOUND && asked !== this._asked) {
        return; // something else is looked for by now
      }
      const kept = offset ? this.listing(key).rows.slice(0, offset) : [];
      const known = new Set(kept.map(({ conversation }) => conversation.id));
      const rows = [...kept, ...page.rows.filter(row => !known.has(row.conversation.id))];
      this._listings.set(key, { rows, total: page.total, isLoading: false, isKnown: true });
      this.note = key === FOUND ? page.note : this.note;
      if (page.is_reading && !offset) {
        this._timer = setTimeout(() => void this._act(() => this._fetch(FOUND, 0)), READING);
      }
    } catch (error) {
      this._listings.set(key, { ...before, isLoading: false });
      throw error;
    }
  }

  private _heard(conversation: Conversation): void {
    const { id } = conversation;
    const home = conversation.is_archived ? null : conversation.folder_id;
    for (const [key, listing] of this._listings) {
      const at = listing.rows.findIndex(row => row.conversation.id === id);
      if (key === FOUND) {
        if (at >= 0) {
          const rows = listing.rows.map(row =>
            row.conversation.id === id ? { ...row, conversation } : row
          );
          this._listings.set(key, { ...listing, rows });
        }
        continue;
      }
      const rows = listing.rows.filter(row => row.conversation.id !== id);
      const total = listing.total - (at >= 0 ? 1 : 0);
      const isHere = key === home && listing.isKnown;
      this._listings.set(key, {
        ...listing,
        rows: isHere ? inOrder([...rows, { conversation, hit: null }]) : rows,
        total: total + (isHere ? 1 : 0)
      });
    }
    this._changed.emit();
  }

  private _drop(id: string): void {
    for (const [key, listing] of this._listings) {
      const rows = listing.rows.filter(row => row.conversation.id !== id);
      const total = listing.total - (listing.rows.length - rows.length);
      this._listings.set(key, { ...listing, rows, total });
    }
    this._changed.emit();
  }

  private async _act(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.error = null;
      return true;
    } catch (error) {
      this.error = error;
      return false;
    } finally {
      this._changed.emit();
    }
  }
}

const shelves = new WeakMap<ISponde, Shelf>();
