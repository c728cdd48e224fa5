/** Engines as the server knows them, what would fit, and which parts of a row are open. */
import { ISignal, Signal } from '@lumino/signaling';
import type {
  Engine,
  EngineMonitor,
  EngineSettings,
  FoundEngine,
  Installation,
  ModelVersion,
  Plan,
  RegisteredModel
} from '../api/schema';
import type { ISponde } from '../api/tokens';
import { NO_SETTINGS } from './words';

/** The form of an engine's settings, and what it would come to. */
export interface SettingsForm {
  settings: EngineSettings;
  plan: Plan | null;
  isPlanning: boolean;
  error: unknown;
}

const LOG_BYTES = 60_000;
const PLAN_WAIT = 300;

export class EnginesState {
  engines: Engine[] = [];
  installation: Installation | null = null;
  /** Engines of others that run already, as far as somebody looked. */
  found: FoundEngine[] = [];
  isLoaded = false;
  /** What went wrong, by the model's name; '' for the page. */
  readonly errors = new Map<string, unknown>();
  /** Open forms, by the model's name. */
  readonly forms = new Map<string, SettingsForm>();
  /** Open logs, by the engine's id. */
  readonly logs = new Map<string, string>();
  /** Open monitors, by the engine's id. */
  readonly monitors = new Set<string>();
  private readonly _timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly _changed = new Signal<this, void>(this);
  private _logTimer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly _sponde: ISponde) {
    const { feed } = _sponde;
    feed.on('EngineChanged', ({ engine }) => this._put(engine));
    feed.on('EngineRemoved', ({ engine_id }) => {
      this.engines = this.engines.filter(one => one.id !== engine_id);
      this._changed.emit();
    });
    feed.reset.connect(() => {
      if (this.isLoaded) {
        void this.load();
      }
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async load(): Promise<void> {
    await this._try('', async () => {
      const [engines, installation] = await Promise.all([
        this._sponde.api.call('GET /engines'),
        this._sponde.api.call('GET /engines/installation')
      ]);
      this.engines = engines;
      this.installation = installation;
      this.isLoaded = true;
    });
    this._changed.emit();
  }

  /** Ask what an engine does now. */
  async monitor(engine: Engine): Promise<EngineMonitor> {
    const path = { engine_id: engine.id };
    return this._sponde.api.call('GET /engines/{engine_id}/monitor', { path });
  }

  /** Look for engines of others. */
  async look(): Promise<void> {
    await this._try('', async () => {
      this.found = await this._sponde.api.call('GET /engines/found');
    });
  }

  /** The engine of a model's version; of an adapter, the one of its base that serves it best. */
  find(model: RegisteredModel, version: ModelVersion): Engine | undefined {
    const ours = this.engines.filter(engine => engine.source === 'ours');
    if (model.kind === 'adapter') {
      const bases = ours.filter(engine => engine.model === model.base);
      return bases.find(engine => engine.adapters.includes(model.name)) ?? bases.find(isOn) ?? bases[0];
    }
    return ours.find(engine => engine.model === model.name && engine.version === version.number);
  }

  get adopted(): Engine[] {
    return this.engines.filter(engine => engine.source === 'adopted');
  }

  dismiss(name: string): void {
    this.errors.delete(name);
    this._changed.emit();
  }

  async start(name: string, version = 0, settings?: EngineSettings, is_forced = false): Promise<boolean> {
    const body = { model: name, version, settings: settings ?? null, is_forced };
    return this._try(name, async () => {
      this._put(await this._sponde.api.call('POST /engines', { body }));
    });
  }

  async act(
    name: string,
    engine: Engine,
    what: 'stop' | 'wake' | 'restart'
  ): Promise<boolean> {
    const route = `POST /engines/{engine_id}/${what}` as const;
    return this._try(name, async () => {
      this._put(await this._sponde.api.call(route, { path: { engine_id: engine.id } }));
    });
  }

  async sleep(name: string, engine: Engine, level = 0): Promise<boolean> {
    return this._try(name, async () => {
      const path = { engine_id: engine.id };
      this._put(
        await this._sponde.api.call('POST /engines/{engine_id}/sleep', { path, body: { level } })
      );
    });
  }

  async pin(name: string, engine: Engine): Promise<boolean> {
    return this._try(name, async () => {
      const path = { engine_id: engine.id };
      const body = { is_pinned: !engine.settings.is_pinned };
      this._put(await this._sponde.api.call('POST /engines/{engine_id}/pin', { path, body }));
    });
  }

  /** Take the smaller settings that a failure offers, and start with them. */
  async startSmaller(name: string, engine: Engine, settings: EngineSettings): Promise<boolean> {
    const pinned = { ...settings, is_pinned: engine.settings.is_pinned };
    return this.start(name, engine.version, pinned);
  }

  async addAdapter(engine: Engine, name: string): Promise<boolean> {
    return this._try(name, async () => {
      const path = { engine_id: engine.id };
      this._put(
        await this._sponde.api.call('POST /engines/{engine_id}/adapters', { path, body: { name } })
      );
    });
  }

  async removeAdapter(engine: Engine, name: string): Promise<boolean> {
    return this._try(name, async () => {
      const path = { engine_id: engine.id, name };
      this._put(await this._sponde.api.call('DELETE /engines/{engine_id}/adapters/{name}', { path }));
    });
  }

  /** Use an engine that runs already; true where it is used now. */
  async adopt(address: string, api_key: string): Promise<boolean> {
    return this._try('', async () => {
      const body = { address, api_key };
      const engines = await this._sponde.api.call('POST /engines/adopt', { body });
      engines.forEach(engine => this._put(engine));
    });
  }

  async forget(engine: Engine): Promise<boolean> {
    return this._try('', async () => {
      await this._sponde.api.call('DELETE /engines/{engine_id}', { path: { engine_id: engine.id } });
      this.engines = this.engines.filter(one => one.id !== engine.id);
      this._changed.emit();
    });
  }

  // -- settings ------------------------------------------------------------------------------

  toggleForm(name: string, version: number, engine: Engine | undefined): void {
    if (!this.forms.delete(name)) {
      const settings = engine?.settings ?? NO_SETTINGS;
      this.forms.set(name, { settings, plan: null, isPlanning: true, error: null });
      void this._plan(name, version);
    }
    this._changed.emit();
  }

  /** Change a field of the form; what it would come to is asked a moment later. */
  edit(name: string, version: number, change: Partial<EngineSettings>): void {
    const form = this.forms.get(name);
    if (!form) {
      return;
    }
    this.forms.set(name, {
      ...form,
      settings: { ...form.settings, ...change },
      isPlanning: true
    });
    clearTimeout(this._timers.get(name));
    this._timers.set(
      name,
      setTimeout(() => void this._plan(name, version), PLAN_WAIT)
    );
    this._changed.emit();
  }

  /** Keep the form's settings; start, or start again, with them. */
  async saveForm(name: string, version: number, engine: Engine | undefined): Promise<void> {
    const form = this.forms.get(name);
    if (!form) {
      return;
    }
    const path = { engine_id: engine?.id ?? '' };
    const body = { settings: form.settings, restarts: true };
    const isDone =
      engine && isOn(engine)
        ? await this._try(name, async () => {
            this._put(await this._sponde.api.call('PATCH /engines/{engine_id}', { path, body }));
          })
        : await this.start(name, version, form.settings, form.plan?.fits === false);
    if (isDone) {
      this.forms.delete(name);
      this._changed.emit();
    }
  }

  private async _plan(name: string, version: number): Promise<void> {
    const form = this.forms.get(name);
    if (!form) {
      return;
    }
    const { settings } = form;
    let plan = form.plan;
    let error: unknown = null;
    try {
      const body = { model: name, version, settings, is_forced: false };
      plan = await this._sponde.api.call('POST /engines/plan', { body });
    } catch (refused) {
      error = refused;
    }
    const now = this.forms.get(name);
    if (now && now.settings === settings) {
      this.forms.set(name, { settings, plan, isPlanning: false, error });
      this._changed.emit();
    }
  }

  // -- logs and monitors ---------------------------------------------------------------------

  toggleMonitor(engine: Engine): void {
    if (!this.monitors.delete(engine.id)) {
      this.monitors.add(engine.id);
    }
    this._changed.emit();
  }

  async toggleLog(engine: Engine): Promise<void> {
    if (!this.logs.delete(engine.id)) {
      this.logs.set(engine.id, '');
      await this._readLog(engine.id);
    }
    if (this.logs.size && !this._logTimer) {
      this._logTimer = setInterval(() => this.readLogs(), 1500);
    } else if (!this.logs.size && this._logTimer) {
      clearInterval(this._logTimer);
      this._logTimer = null;
    }
    this._changed.emit();
  }

  /** Read the open logs again. */
  readLogs(): void {
    for (const id of this.logs.keys()) {
      const engine = this.engines.find(one => one.id === id);
      if (engine && isOn(engine) && !document.hidden) {
        void this._readLog(id);
      }
    }
  }

  private async _readLog(id: string): Promise<void> {
    try {
      const { text } = await this._sponde.api.call('GET /engines/{engine_id}/log', {
        path: { engine_id: id },
        query: { tail: LOG_BYTES }
      });
      if (this.logs.has(id) && this.logs.get(id) !== text) {
        this.logs.set(id, text);
        this._changed.emit();
      }
    } catch (error) {
      this.errors.set('', error);
    }
  }

  private async _try(name: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.errors.delete(name);
      this._changed.emit();
      return true;
    } catch (error) {
      this.errors.set(name, error);
      this._changed.emit();
      return false;
    }
  }

  private _put(engine: Engine): void {
    const known = this.engines.some(one => one.id === engine.id);
    this.engines = known
      ? this.engines.map(one => (one.id === engine.id ? engine : one))
      : [...this.engines, engine];
    if (this.logs.has(engine.id)) {
      void this._readLog(engine.id);
    }
    this._changed.emit();
  }
}

export function isOn(engine: Engine): boolean {
  return engine.status === 'starting' || engine.status === 'ready' || engine.status === 'asleep';
}
