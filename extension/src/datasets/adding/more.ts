/**
 * The other ways in: files from addresses, whole folders, files dropped on the file browser. Fetched
 * when the Data panel is first seen, or when one of them is used. No React.
 */
import { Notification } from '@jupyterlab/apputils';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal } from '../../api/client';
import type { AddressFetch, Dataset, DatasetUse, NameConflict, Whereabout } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { trans } from '../../ui/words';
import type { DatasetsState } from '../state';
import { isData } from './names';

const MOST_DROPPED = 2000;
const PATIENCE_MS = 600_000;

/** Files that are being registered one after the other. */
export interface Batch {
  done: number;
  all: number;
  isStopped: boolean;
}

/** What JupyterLab's listing of a folder says of what is in it. */
interface Listed {
  path: string;
  size?: number;
  last_modified: string;
}

export interface DroppedFile {
  /** With the folders that it was dropped with. */
  path: string;
  file: File;
}

export class More {
  fetches: AddressFetch[] = [];
  batch: Batch | null = null;
  private readonly _changed = new Signal<this, void>(this);

  constructor(
    private readonly _sponde: ISponde,
    private readonly _state: DatasetsState
  ) {
    const { feed } = _sponde;
    feed.on('AddressFetchChanged', ({ fetch }) => this._put(fetch));
    feed.on('AddressFetchRemoved', ({ fetch_id }) => this._take(fetch_id));
    feed.reset.connect(() => void this.load());
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Ask what is on its way from addresses; no more than a hint, so a failure says nothing. */
  async load(): Promise<void> {
    try {
      this.fetches = await this._sponde.api.call('GET /dataset-fetches');
      this._changed.emit();
    } catch {
      // The list of datasets says that the server does not answer.
    }
  }

  // -- names, and off the list ---------------------------------------------------------------

  async rename(dataset: Dataset): Promise<void> {
    await this._told(async () => {
      const { askName } = await import('./asking');
      const name = await askName(dataset, await this._uses(dataset));
      if (name && name !== dataset.name) {
        await this._label(dataset, { name });
      }
    });
  }

  async tag(dataset: Dataset): Promise<void> {
    await this._told(async () => {
      const { askTags } = await import('./asking');
      const tags = await askTags(dataset);
      if (tags) {
        await this._label(dataset, { tags });
      }
    });
  }

  /** Say what uses a dataset before it goes off the list, where something does. */
  async mayRemove(dataset: Dataset): Promise<boolean> {
    const uses = await this._uses(dataset);
    return !uses.length || (await import('./asking')).mayRemove(dataset, uses);
  }

  private async _uses(dataset: Dataset): Promise<readonly DatasetUse[]> {
    try {
      const path = { dataset_id: dataset.id };
      return (await this._sponde.api.call('GET /datasets/{dataset_id}/uses', { path })).uses;
    } catch {
      return []; // what is asked next says that the server does not answer
    }
  }

  private async _label(dataset: Dataset, body: { name?: string; tags?: string[] }): Promise<void> {
    const path = { dataset_id: dataset.id };
    await this._sponde.api.call('PATCH /datasets/{dataset_id}/label', { path, body });
  }

  /** Where the file of one that is gone may be; no more than a hint, so a failure says nothing. */
  async whereabouts(dataset: Dataset): Promise<readonly Whereabout[]> {
    const path = { dataset_id: dataset.id };
    return this._sponde.api.call('GET /datasets/{dataset_id}/whereabouts', { path }).then(
      answer => answer.found,
      () => []
    );
  }

  /** Point a dataset whose file is gone at where that is; where nobody says, the person is asked. */
  async point(dataset: Dataset, path: string | undefined, ask: () => Promise<string>): Promise<void> {
    await this._told(async () => {
      const where = path ?? (await ask());
      if (where) {
        const given = { path: { dataset_id: dataset.id }, body: { path: where } };
        const { names } = await this._sponde.api.call('POST /datasets/{dataset_id}/whereabouts', given);
        if (names.length > 1) {
          Notification.info(trans.__('Found again: %1.', names.join(', ')), { autoClose: 8000 });
        }
      }
    });
  }

  // -- addresses -----------------------------------------------------------------------------

  async askAddress(): Promise<void> {
    const address = await (await import('./asking')).askAddress();
    if (address) {
      await this.fetch(address);
    }
  }

  async fetch(address: string): Promise<void> {
    await this._told(async () => {
      const body = { address, folder: this._state.folder() };
      // How far it is comes with the feed: the answer may be overtaken by its end.
      await this._sponde.api.call('POST /dataset-fetches', { body });
    });
  }

  async retry(id: string): Promise<void> {
    await this._told(async () => {
      const path = { fetch_id: id };
      await this._sponde.api.call('POST /dataset-fetches/{fetch_id}/retry', { path });
    });
  }

  async cancel(id: string): Promise<void> {
    await this._told(async () => {
      const path = { fetch_id: id };
      await this._sponde.api.call('DELETE /dataset-fetches/{fetch_id}', { path });
      this._take(id);
    });
  }

  // -- folders -------------------------------------------------------------------------------

  /** Offer the data files of a folder that JupyterLab serves, and register those that are chosen. */
  async addFolder(folder: string): Promise<void> {
    await this._told(async () => {
      const found = await this._sponde.api.call('GET /data-files', { query: { folder } });
      const { chooseFiles } = await import('./asking');
      const where = folder || trans.__('this folder');
      const chosen = await chooseFiles(
        where,
        found.files.map(one => ({ path: one.path, bytes: one.bytes, isHere: Boolean(one.dataset_id) })),
        found.is_cut
      );
      await this.addAll(chosen);
    });
  }

  /** Take the example that comes with Sponde. */
  async addExample(): Promise<void> {
    await this._told(async () => {
      const { path } = await this._sponde.api.call('POST /dataset-example');
      await this._state.add(path);
    });
  }

  /** Register files one after the other; what is left can be stopped. */
  async addAll(paths: readonly string[]): Promise<void> {
    if (!paths.length) {
      return;
    }
    const batch = { done: 0, all: paths.length, isStopped: false };
    this.batch = batch;
    this._changed.emit();
    let error: Refusal | null = null;
    for (const path of paths) {
      if (batch.isStopped) {
        break;
      }
      const isOpen = paths.length === 1;
      if (!(await this._state.add(path, '', isOpen))) {
        error = this._state.error ?? error;
      }
      batch.done++;
      this._changed.emit();
    }
    this.batch = null;
    this._state.refuse(error);
    this._changed.emit();
  }

  stopBatch(): void {
    if (this.batch) {
      this.batch.isStopped = true;
      this._changed.emit();
    }
  }

  /** Take in what JupyterLab's file browser hands over: files and folders by their paths. */
  async addPaths(paths: readonly string[], isFolder: (path: string) => Promise<boolean>): Promise<void> {
    const files: string[] = [];
    for (const path of paths) {
      if (!/\.[^/.]+$/.test(path) && (await isFolder(path))) {
        await this.addFolder(path);
      } else {
        files.push(path);
      }
    }
    await this.addAll(files);
  }

  /** Take files in from where no question can be seen: where a name is taken, both stay. */
  async takeIn(files: File[]): Promise<Dataset[]> {
    return this._send([[this._state.folder(), files]], 'keep_both', false);
  }

  /** Offer the data files of folders that were dropped from the person's computer, and send them. */
  async takeFolders(entries: readonly FileSystemEntry[]): Promise<Dataset[]> {
    let taken: Dataset[] = [];
    await this._told(async () => {
      const chosen = await this._chosenOf(entries);
      const base = this._state.folder();
      const groups = new Map<string, File[]>();
      for (const { path, file } of chosen) {
        const folder = [base, path.slice(0, path.lastIndexOf('/'))].filter(Boolean).join('/');
        groups.set(folder, [...(groups.get(folder) ?? []), file]);
      }
      taken = await this._send([...groups], 'ask', true);
    });
    return taken;
  }

  /** Which data files of folders that were dropped are wanted. */
  private async _chosenOf(entries: readonly FileSystemEntry[]): Promise<DroppedFile[]> {
    const found: DroppedFile[] = [];
    for (const entry of entries) {
      await walk(entry, found);
    }
    const data = found.filter(one => isData(one.path)).sort((a, b) => (a.path < b.path ? -1 : 1));
    const { chooseFiles } = await import('./asking');
    const chosen = new Set(
      await chooseFiles(
        entries.map(entry => entry.name).join(', '),
        data.map(one => ({ path: one.path, bytes: one.file.size, isHere: false })),
        found.length > MOST_DROPPED
      )
    );
    return data.filter(one => chosen.has(one.path));
  }

  /** Send files to their folders; how far they are is told where the panel is not seen. */
  private async _send(
    groups: ReadonlyArray<readonly [folder: string, files: File[]]>,
    conflict: NameConflict,
    makesFolder: boolean
  ): Promise<Dataset[]> {
    const [uploads, { tellSending }] = await Promise.all([this._state.sending(), import('./telling')]);
    const before = new Set(uploads.entries);
    const sent = groups.map(([folder, files]) => uploads.take(files, folder, conflict, makesFolder));
    tellSending(
      uploads,
      uploads.entries.filter(one => !before.has(one))
    );
    return (await Promise.all(sent)).flat();
  }

  // -- the file browser ----------------------------------------------------------------------

  /** Files and folders are dropped on the file browser: JupyterLab sends them; data becomes datasets. */
  async dropped(
    browser: FileBrowser,
    names: readonly string[],
    folders: readonly FileSystemEntry[],
    folder: string
  ): Promise<void> {
    if (folder.includes(':')) {
      return;
    }
    const inside = folders.length ? (await this._chosenOf(folders)).map(one => one.path) : [];
    const wanted = new Set(
      [...names.filter(isData), ...inside].map(name => (folder ? `${folder}/${name}` : name))
    );
    const added = (
      await Promise.all([...wanted].map(path => this._arrived(browser, folder, path)))
    ).filter((path): path is string => path !== null);
    if (!added.length) {
      return;
    }
    await this.addAll(added);
    const ids = this._state.datasets.filter(one => added.includes(one.path)).map(one => one.id);
    if (ids.length) {
      Notification.info(
        trans._n('%1 file is in the Data panel now.', '%1 files are in the Data panel now.', ids.length, ids.length),
        {
          autoClose: 10_000,
          actions: [
            {
              label: trans.__('Not as data'),
              callback: () => void Promise.all(ids.map(id => this._state.remove(id)))
            }
          ]
        }
      );
    }
  }

  /** Wait until JupyterLab has written a file to its end: it stands still from one look to the next. */
  private async _arrived(browser: FileBrowser, base: string, path: string): Promise<string | null> {
    const { contents } = browser.model.manager.services;
    const between = path.slice(base ? base.length + 1 : 0).split('/');
    const until = Date.now() + PATIENCE_MS;
    let before = '';
    let wait = 500;
    while (Date.now() < until) {
      const isGoing = [...browser.model.uploads()].some(one => one.path === path);
      // Asked of the folders: what is not there yet would be an error in the console.
      let found: Listed | undefined = { path: base, last_modified: '' };
      for (const name of between) {
        const above: string = found.path;
        const there = await contents.get(above).catch(() => null);
        found = ((there?.content ?? []) as Listed[]).find(
          one => one.path === (above ? `${above}/${name}` : name)
        );
        if (!found) {
          break;
        }
      }
      const now = found ? `${found.size} ${found.last_modified}` : '';
      if (found && !isGoing && now === before) {
        return path;
      }
      before = now;
      await new Promise(resolve => setTimeout(resolve, wait));
      wait = found ? 500 : Math.min(5000, wait * 1.3);
    }
    return null;
  }

  private async _told(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this._state.refuse(error);
    }
    this._changed.emit();
  }

  private _put(fetch: AddressFetch): void {
    if (fetch.status === 'done') {
      return this._take(fetch.id);
    }
    const place = this.fetches.findIndex(one => one.id === fetch.id);
    this.fetches = place < 0 ? [fetch, ...this.fetches] : this.fetches.map(one => (one.id === fetch.id ? fetch : one));
    this._changed.emit();
  }

  private _take(id: string): void {
    this.fetches = this.fetches.filter(one => one.id !== id);
    this._changed.emit();
  }
}

/** Collect the files below an entry, with their paths. */
async function walk(entry: FileSystemEntry, found: DroppedFile[]): Promise<void> {
  if (found.length > MOST_DROPPED || entry.name.startsWith('.') || entry.name === 'node_modules') {
    return;
  }
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (!some.length) {
      return;
    }
    for (const one of some) {
      await walk(one, found);
    }
  }
}
