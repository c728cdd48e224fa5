/** The registered models as the server knows them, their downloads and their aliases. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type {
  Alias,
  DownloadProgressed,
  FolderReport,
  Hub,
  HubModel,
  ModelVersion,
  NewDownload,
  NewImport,
  NewRemoteModel,
  RegisteredModel,
  RegisteredModelChange
} from '../api/schema';
import type { ISponde } from '../api/tokens';
import type { ModelAction, ModelStrip } from './tokens';
import { modelId } from './words';

export type Way = 'hub' | 'folder' | 'remote';

/** What was deleted, so that it can be brought back. */
export interface Deleted {
  name: string;
  /** The version's number; 0: the whole model. */
  number: number;
}

export class RegistryState {
  readonly changed: ISignal<this, void>;
  models: readonly RegisteredModel[] = [];
  aliases: readonly Alias[] = [];
  hub: Hub | null = null;
  isKnown = false;
  /** Why the list could not be had. */
  error: unknown = null;
  /** How a new model is added now; null while none is. */
  way: Way | null = null;
  /** What the hub said about the id that was looked up. */
  found: HubModel | null = null;
  /** What is in the folder that was looked at. */
  report: FolderReport | null = null;
  /** What is being waited for in the form: looking or adding. */
  doing: 'looking' | 'adding' | null = null;
  formError: unknown = null;
  strips: readonly ModelStrip[] = [];
  actions: readonly ModelAction[] = [];
  /** The models whose details are open, by name. */
  readonly open = new Set<string>();
  /** The models that something is being done with. */
  readonly busy = new Set<string>();
  /** What went wrong with one of them. */
  readonly failures = new Map<string, unknown>();
  private readonly _progress = new Map<string, DownloadProgressed>();
  private readonly _changed = new Signal<this, void>(this);
  private _asked = 0;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const { feed } = _sponde;
    feed.on('ModelRegistered', ({ model }) => {
      this._put(model);
      // An alias may stand for something again, or not any more.
      void this._loadAliases();
    });
    feed.on('ModelUnregistered', ({ name }) => {
      this.models = this.models.filter(model => model.name !== name);
      this._changed.emit();
      void this._loadAliases();
    });
    feed.on('DownloadProgressed', event => {
      this._progress.set(key(event.model, event.number), event);
      this._changed.emit();
    });
    feed.on('ProvidersChanged', () => void this._loadAliases());
    feed.reset.connect(() => void this.load());
  }

  async load(): Promise<void> {
    try {
      const { api } = this._sponde;
      const [models, aliases, hub] = await Promise.all([
        api.call('GET /registered-models'),
        api.call('GET /aliases'),
        api.call('GET /hub')
      ]);
      this.models = models;
      this.aliases = aliases;
      this.hub = hub;
      this.isKnown = true;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  addStrip(strip: ModelStrip): void {
    this.strips = [...this.strips, strip].sort((a, b) => a.rank - b.rank);
    this._changed.emit();
  }

  addAction(action: ModelAction): void {
    this.actions = [...this.actions, action].sort((a, b) => a.rank - b.rank);
    this._changed.emit();
  }

  progressOf(version: ModelVersion): DownloadProgressed | null {
    return this._progress.get(key(version.model, version.number)) ?? null;
  }

  aliasesOf(model: RegisteredModel): Alias[] {
    const id = modelId(model);
    return this.aliases.filter(alias => alias.model_id === id);
  }

  /** The aliases that stand for a model that is gone. */
  get lostAliases(): Alias[] {
    return this.aliases.filter(alias => alias.wrong);
  }

  toggle(name: string): void {
    if (!this.open.delete(name)) {
      this.open.add(name);
    }
    this._changed.emit();
  }

  reveal(name: string): void {
    this.open.add(name);
    this._changed.emit();
  }

  // -- adding ----------------------------------------------------------------------------------

  begin(way: Way | null): void {
    this.way = way;
    this.clear();
  }

  /** Forget what was looked up, because something else is entered. */
  clear(): void {
    this._asked += 1;
    this.found = null;
    this.report = null;
    this.formError = null;
    this.doing = null;
    this._changed.emit();
  }

  async lookUp(hub_id: string, revision: string, allow_pickle = ''): Promise<void> {
    await this._look(async () => {
      const body = { hub_id, revision, allow_pickle };
      const found = await this._sponde.api.call('POST /hub-models', { body });
      return () => (this.found = found);
    });
  }

  async lookAt(path: string, allow_pickle = ''): Promise<void> {
    await this._look(async () => {
      const body = { path, allow_pickle };
      const report = await this._sponde.api.call('POST /folder-reports', { body });
      return () => (this.report = report);
    });
  }

  async download(body: NewDownload): Promise<boolean> {
    return this._add(() => this._sponde.api.call('POST /downloads', { body }));
  }

  async importFolder(body: NewImport): Promise<boolean> {
    return this._add(() => this._sponde.api.call('POST /imports', { body }));
  }

  async registerRemote(body: NewRemoteModel): Promise<boolean> {
    return this._add(() => this._sponde.api.call('POST /remote-models', { body }));
  }

  async setToken(token: string): Promise<boolean> {
    try {
      this.hub = await this._sponde.api.call('PUT /hub', { body: { token } });
      this.formError = null;
    } catch (error) {
      this.formError = error;
    }
    this._changed.emit();
    return !this.formError;
  }

  // -- a model and its versions ----------------------------------------------------------------

  change(name: string, body: RegisteredModelChange): Promise<boolean> {
    return this._work(name, () =>
      this._sponde.api.call('PATCH /registered-models/{name}', { path: { name }, body })
    );
  }

  rollBack(name: string): Promise<boolean> {
    return this._work(name, () =>
      this._sponde.api.call('POST /registered-models/{name}/rollback', { path: { name } })
    );
  }

  pause(version: ModelVersion): Promise<boolean> {
    return this._work(version.model, () =>
      this._sponde.api.call('POST /registered-models/{name}/versions/{number}/pause', at(version))
    );
  }

  resume(version: ModelVersion): Promise<boolean> {
    return this._work(version.model, () =>
      this._sponde.api.call('POST /registered-models/{name}/versions/{number}/resume', at(version))
    );
  }

  verify(version: ModelVersion): Promise<boolean> {
    return this._work(version.model, () =>
      this._sponde.api.call('POST /registered-models/{name}/versions/{number}/verify', at(version))
    );
  }

  /** Delete a version, or a whole model; true where it is gone and can be brought back. */
  remove({ name, number }: Deleted): Promise<boolean> {
    return this._work(name, async () => {
      if (number) {
        await this._sponde.api.call('DELETE /registered-models/{name}/versions/{number}', {
          path: { name, number: String(number) }
        });
      } else {
        await this._sponde.api.call('DELETE /registered-models/{name}', { path: { name } });
      }
    });
  }

  async restore({ name, number }: Deleted): Promise<void> {
    const model = number
      ? await this._sponde.api.call('POST /registered-models/{name}/versions/{number}/restore', {
          path: { name, number: String(number) }
        })
      : await this._sponde.api.call('POST /registered-models/{name}/restore', { path: { name } });
    this._put(model);
  }

  // -- aliases ---------------------------------------------------------------------------------

  setAlias(model: RegisteredModel, alias: string): Promise<boolean> {
    return this._work(model.name, async () => {
      await this._sponde.api.call('PUT /aliases/{name}', {
        path: { name: alias },
        body: { model_id: modelId(model) }
      });
      await this._loadAliases();
    });
  }

  rollAliasBack(owner: string, alias: string): Promise<boolean> {
    return this._work(owner, async () => {
      await this._sponde.api.call('POST /aliases/{name}/rollback', { path: { name: alias } });
      await this._loadAliases();
    });
  }

  removeAlias(owner: string, alias: string): Promise<boolean> {
    return this._work(owner, async () => {
      await this._sponde.api.call('DELETE /aliases/{name}', { path: { name: alias } });
      await this._loadAliases();
    });
  }

  dismiss(name: string): void {
    this.failures.delete(name);
    this._changed.emit();
  }

  // -- inside ----------------------------------------------------------------------------------

  private async _look(ask: () => Promise<() => void>): Promise<void> {
    this.clear();
    const asked = this._asked;
    this.doing = 'looking';
    this._changed.emit();
    try {
      const take = await ask();
      if (asked === this._asked) {
        take();
      }
    } catch (error) {
      if (asked === this._asked) {
        this.formError = error;
      }
    }
    if (asked === this._asked) {
      this.doing = null;
    }
    this._changed.emit();
  }

  private async _add(send: () => Promise<RegisteredModel>): Promise<boolean> {
    this.doing = 'adding';
    this.formError = null;
    this._changed.emit();
    try {
      this._put(await send());
    } catch (error) {
      this.formError = error;
    }
    this.doing = null;
    if (!this.formError) {
      this.begin(null);
    }
    this._changed.emit();
    return !this.formError;
  }

  private async _work(name: string, work: () => Promise<RegisteredModel | void>): Promise<boolean> {
    this.busy.add(name);
    this.failures.delete(name);
    this._changed.emit();
    try {
      const model = await work();
      if (model) {
        this._put(model);
      }
      return true;
    } catch (error) {
      this.failures.set(name, error);
      return false;
    } finally {
      this.busy.delete(name);
      this._changed.emit();
    }
  }

  private async _loadAliases(): Promise<void> {
    try {
      this.aliases = await this._sponde.api.call('GET /aliases');
    } catch {
      // The stream says Reset when the server is back; then everything is fetched.
    }
    this._changed.emit();
  }

  private _put(model: RegisteredModel): void {
    for (const version of model.versions) {
      if (version.status !== 'downloading') {
        this._progress.delete(key(version.model, version.number));
      }
    }
    const others = this.models.filter(one => one.name !== model.name);
    this.models = [...others, model].sort((a, b) =>
      a.name.localeCompare(b.name, undefined, { sensitivity: 'base' })
    );
    this._changed.emit();
  }
}

function key(name: string, number: number): string {
  return `${name}/${number}`;
}

function at(version: ModelVersion): { path: { name: string; number: string } } {
  return { path: { name: version.model, number: String(version.number) } };
}
