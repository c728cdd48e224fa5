/** The datasets as this tab knows them: the list, profiles, uploads, what is open. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal, type Api } from '../api/client';
import type { Feed } from '../api/feed';
import type { Dataset, Policy, Profile } from '../api/schema';
import type { More } from './adding/more';
import { found, type Shown } from './finding';
import type { Uploads } from './uploads';

export class DatasetsState {
  datasets: Dataset[] = [];
  loaded = false;
  error: Refusal | null = null;
  query = '';
  /** What the file picker offers, until others' readers are known. */
  accept = '.csv,.tsv,.tab,.psv,.txt,.dat,.parquet,.json,.jsonl,.ndjson,.xlsx,.xls,.ods,.arrow,.feather,.gz,.zst,.zip';
  /** What is on its way; its code is fetched with the first file. */
  uploads: Uploads | null = null;
  /** The other ways in; its code is fetched when the panel is first seen. */
  more: More | null = null;
  /** Tells the id of a dataset that got a version more. */
  readonly historyChanged = new Signal<DatasetsState, string>(this);
  /** Told when a file has taken another's place. */
  onReplaced: Uploads['onReplaced'] = () => undefined;
  /** Where new files go. */
  folder: () => string = () => '';
  private readonly _changed = new Signal<DatasetsState, void>(this);
  private readonly _profiles = new Map<string, Profile>();
  private readonly _asked = new Map<string, Promise<Profile>>();
  private readonly _errors = new Map<string, Refusal>();
  private readonly _open = new Set<string>();
  private readonly _openColumns = new Set<string>();
  private _columns = new Map<string, readonly string[]>();
  private _knowsColumns = false;

  constructor(
    private readonly _api: Api,
    feed: Feed
  ) {
    feed.on('DatasetChanged', event => this._put(event.dataset));
    feed.on('DatasetRemoved', event => this._take(event.dataset_id));
    feed.on('DatasetHistoryChanged', event => this.historyChanged.emit(event.dataset_id));
    feed.reset.connect(() => void this.load());
  }

  get changed(): ISignal<DatasetsState, void> {
    return this._changed;
  }

  list(): Dataset[] {
    return this.datasets;
  }

  find(id: string): Dataset | undefined {
    return this.datasets.find(dataset => dataset.id === id);
  }

  /** Say what a language model may read of a dataset, from the next question on. */
  async setPolicy(dataset: Dataset, { policy, rows }: { policy: Policy; rows: number }): Promise<void> {
    try {
      this._put(
        await this._api.call('PATCH /datasets/{dataset_id}', {
          path: { dataset_id: dataset.id },
          body: { policy, policy_rows: rows }
        })
      );
    } catch (error) {
      this.refuse(error);
    }
  }

  async load(): Promise<void> {
    try {
      this.datasets = await this._api.call('GET /datasets');
      this.error = null;
    } catch (error) {
      this.error = Refusal.from(error);
    }
    this.loaded = true;
    this._forgetProfiles();
    this._changed.emit();
  }

  // -- files in ------------------------------------------------------------------------------

  /** Register a file that lies in the root folder already; it opens in the list. */
  async add(path: string, part = '', isOpen = true): Promise<Dataset | null> {
    try {
      const dataset = await this._api.call('POST /datasets', { body: { path, part } });
      if (isOpen) {
        this._open.add(dataset.id);
      }
      this._put(dataset);
      this.error = null;
      return dataset;
    } catch (error) {
      this.error = Refusal.from(error);
      return null;
    } finally {
      this._changed.emit();
    }
  }

  /** Ask which kinds of files are read here: other packages may bring some. */
  async learnKinds(): Promise<void> {
    const { extensions } = await this._api.call('GET /dataset-kinds');
    this.accept = extensions.join(',');
    this._changed.emit();
  }

  /** Take files in from the person's computer, two at a time; where a name is taken, ask. */
  async upload(files: File[], folder: string): Promise<Dataset[]> {
    return (await this.sending()).take(files, folder, 'ask');
  }

  /** How many files are here in part, and how many are fetched. */
  async underway(): Promise<{ uploads: number; fetches: number }> {
    const [uploads, fetches] = await Promise.all([
      this._api.call('GET /dataset-uploads'),
      this._api.call('GET /dataset-fetches')
    ]);
    return { uploads: uploads.length, fetches: fetches.length };
  }

  async sending(): Promise<Uploads> {
    const found = await import('./uploads');
    if (!this.uploads) {
      this.uploads = new found.Uploads(this._api, dataset => {
        this._open.add(dataset.id);
        this._put(dataset);
      });
      this.uploads.onReplaced = (name, putBack) => this.onReplaced(name, putBack);
      this.uploads.changed.connect(() => this._changed.emit());
      this._changed.emit();
    }
    return this.uploads;
  }

  refuse(error: unknown): void {
    this.error = error ? Refusal.from(error) : null;
    this._changed.emit();
  }

  // -- off the list, and back ------------------------------------------------------------------

  async remove(id: string): Promise<boolean> {
    try {
      await this._api.call('DELETE /datasets/{dataset_id}', { path: { dataset_id: id } });
      this._take(id);
      return true;
    } catch (error) {
      this.refuse(Refusal.from(error));
      return false;
    }
  }

  async restore(id: string): Promise<void> {
    try {
      this._put(
        await this._api.call('POST /datasets/{dataset_id}/restore', { path: { dataset_id: id } })
      );
    } catch (error) {
      this.refuse(Refusal.from(error));
    }
  }

  // -- looking at them -------------------------------------------------------------------------

  async toggle(id: string): Promise<void> {
    if (this._open.delete(id)) {
      this._changed.emit();
      return;
    }
    this._open.add(id);
    this._changed.emit();
    const dataset = this.find(id);
    if (dataset?.status === 'ready' || dataset?.is_gone) {
      // Asked for by a person: the server looks whether the file has changed.
      this._profiles.delete(id);
      await this._fetch(dataset);
    }
  }

  isColumnOpen(id: string, place: number): boolean {
    return this._openColumns.has(`${id}/${place}`);
  }

  toggleColumn(id: string, place: number): void {
    const key = `${id}/${place}`;
    if (!this._openColumns.delete(key)) {
      this._openColumns.add(key);
    }
    this._changed.emit();
  }

  async profile(id: string): Promise<Profile> {
    const known = this._profiles.get(id);
    if (known) {
      return known;
    }
    const asked = this._asked.get(id) ?? this._ask(id);
    this._asked.set(id, asked);
    try {
      const profile = await asked;
      if (this._asked.get(id) === asked) {
        this._profiles.set(id, profile);
      }
      return profile;
    } finally {
      if (this._asked.get(id) === asked) {
        this._asked.delete(id);
      }
    }
  }

  /** A large file's first rows while all of it is read; null where all of it is known as soon. */
  firstView(id: string): Promise<Profile | null> {
    return this._api.call('GET /datasets/{dataset_id}/first-view', { path: { dataset_id: id } });
  }

  /** Ask for a profile once the file has been read; where it cannot be, say why without asking. */
  private async _ask(id: string): Promise<Profile> {
    const dataset = await this._read(id);
    const path = { dataset_id: id };
    if (dataset?.is_gone && dataset.rows !== null) {
      return this._api.call('GET /datasets/{dataset_id}/last-profile', { path });
    }
    if (dataset?.failure) {
      const { message, hint } = dataset.failure;
      throw new Refusal(409, 'conflict', `'${dataset.name}' cannot be read. ${message}`, hint);
    }
    return this._api.call('GET /datasets/{dataset_id}/profile', { path });
  }

  private _read(id: string): Promise<Dataset | undefined> {
    const isRead = (): boolean => {
      const status = this.find(id)?.status;
      return status !== 'waiting' && status !== 'profiling';
    };
    return new Promise(resolve => {
      const look = () => {
        if (isRead()) {
          this._changed.disconnect(look);
          resolve(this.find(id));
        }
      };
      this._changed.connect(look);
      look();
    });
  }

  search(query: string): void {
    this.query = query;
    this._changed.emit();
    if (query.trim()) {
      void this._findColumns();
    }
  }

  /** What the panel shows: all of them, or those that the search finds by name or column. */
  visible(): Shown[] {
    return found(this.datasets, this.query, {
      isOpen: id => this._open.has(id),
      profile: id => this._profiles.get(id) ?? null,
      error: id => this._errors.get(id) ?? null,
      names: id => this._columns.get(id) ?? []
    });
  }

  /** Ask once for the names of all columns; then for the profiles of what opens. */
  private async _findColumns(): Promise<void> {
    if (!this._knowsColumns) {
      this._knowsColumns = true;
      try {
        const known = await this._api.call('GET /dataset-columns');
        this._columns = new Map(known.map(one => [one.dataset_id, one.names]));
      } catch {
        this._knowsColumns = false; // by name it finds as well; the list says where the server is silent
      }
      this._changed.emit();
    }
    for (const { dataset, isOpen, profile } of this.visible()) {
      if (isOpen && !profile) {
        void this._fetch(dataset);
      }
    }
  }

  // -- what the server tells -------------------------------------------------------------------

  private async _fetch(dataset: Dataset): Promise<void> {
    try {
      await this.profile(dataset.id);
      this._errors.delete(dataset.id);
    } catch (error) {
      this._errors.set(dataset.id, Refusal.from(error));
    }
    this._changed.emit();
  }

  private _put(dataset: Dataset): void {
    const place = this.datasets.findIndex(one => one.id === dataset.id);
    const before = this.datasets[place];
    if (before?.status === 'ready' && dataset.status === 'waiting') {
      // An answer that was overtaken by the feed.
      return;
    }
    const datasets = [...this.datasets];
    if (place < 0) {
      datasets.push(dataset);
      datasets.sort((a, b) => (a.id < b.id ? 1 : -1));
    } else {
      datasets[place] = dataset;
    }
    this.datasets = datasets;
    if (dataset.status === 'profiling') {
      this._profiles.delete(dataset.id);
    } else if (dataset.status === 'ready' || dataset.is_gone) {
      this._knowsColumns = false;
      this._errors.delete(dataset.id);
      if (this._open.has(dataset.id) && !this._profiles.has(dataset.id)) {
        void this._fetch(dataset);
      }
    }
    this._changed.emit();
  }

  private _take(id: string): void {
    this.datasets = this.datasets.filter(one => one.id !== id);
    this._profiles.delete(id);
    this._errors.delete(id);
    this._changed.emit();
  }

  private _forgetProfiles(): void {
    this._profiles.clear();
    for (const dataset of this.datasets) {
      if (this._open.has(dataset.id) && dataset.status === 'ready') {
        void this._fetch(dataset);
      }
    }
  }
}
