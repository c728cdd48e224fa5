/** Who serves language models, and which is asked when nobody chooses. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { FoundEngine, Model, NewProvider, Provider } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { trans } from '../ui/words';

/** Who serves models, as a starting point for the form. */
export interface Preset {
  name: string;
  /** Where; empty: a person knows. */
  base_url: string;
  hint: string;
}

export const presets = (): readonly Preset[] => [
  { name: 'OpenAI', base_url: 'https://api.openai.com/v1', hint: trans.__('remote, needs a key') },
  { name: 'Anthropic', base_url: 'https://api.anthropic.com/v1', hint: trans.__('remote, needs a key') },
  { name: trans.__('Another address'), base_url: '', hint: trans.__('a server that speaks as they do') }
];

export class ModelsState {
  readonly changed: ISignal<this, void>;
  providers: Provider[] = [];
  models: Model[] = [];
  isKnown = false;
  /** Why the lists could not be had. */
  error: unknown = null;
  /** What was entered is being tried. */
  isTesting = false;
  /** Why what was entered does not work. */
  formError: unknown = null;
  /** The provider that is being asked or removed, and what went wrong with it. */
  busy = '';
  failures: Readonly<Record<string, unknown>> = {};
  /** Programs that serve models already, as far as somebody looked. */
  found: FoundEngine[] = [];
  private readonly _changed = new Signal<this, void>(this);

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    for (const kind of ['ProvidersChanged', 'ModelRegistered', 'ModelUnregistered'] as const) {
      _sponde.feed.on(kind, () => void this.load());
    }
    _sponde.feed.reset.connect(() => void this.load());
  }

  get chosen(): Model | null {
    return this.models.find(model => model.is_default) ?? null;
  }

  modelsOf(provider: Provider): Model[] {
    return this.models.filter(model => model.provider_id === provider.id);
  }

  /** Look for programs that serve models already. */
  async look(): Promise<void> {
    try {
      this.found = await this._sponde.api.call('GET /engines/found');
    } catch {
      this.found = []; // nothing to offer; the form below is there all the same
    }
    this._changed.emit();
  }

  async load(): Promise<void> {
    try {
      const [providers, models] = await Promise.all([
        this._sponde.api.call('GET /providers'),
        this._sponde.api.call('GET /models')
      ]);
      this.providers = providers;
      this.models = models;
      this.isKnown = true;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  /** Try what was entered and keep it if it works; true where it does. */
  async add(entered: NewProvider): Promise<boolean> {
    this.isTesting = true;
    this.formError = null;
    this._changed.emit();
    try {
      await this._sponde.api.call('POST /providers', { body: entered });
    } catch (error) {
      this.formError = error;
    }
    this.isTesting = false;
    if (!this.formError) {
      await this.load();
    }
    this._changed.emit();
    return !this.formError;
  }

  /** Ask a provider again which models it has. */
  async check(id: string): Promise<void> {
    await this._work(id, async () => {
      await this._sponde.api.call('POST /providers/{provider_id}/check', {
        path: { provider_id: id }
      });
    });
  }

  async remove(id: string): Promise<void> {
    await this._work(id, async () => {
      await this._sponde.api.call('DELETE /providers/{provider_id}', {
        path: { provider_id: id }
      });
    });
  }

  async choose(modelId: string): Promise<void> {
    const provider = this.models.find(model => model.id === modelId)?.provider_id ?? '';
    await this._work(provider, async () => {
      await this._sponde.api.call('PUT /models/default', { body: { model_id: modelId } });
    });
  }

  clearForm(): void {
    this.formError = null;
    this._changed.emit();
  }

  private async _work(id: string, work: () => Promise<void>): Promise<void> {
    this.busy = id;
    this.failures = { ...this.failures, [id]: null };
    this._changed.emit();
    try {
      await work();
      await this.load();
    } catch (error) {
      this.failures = { ...this.failures, [id]: error };
    }
    this.busy = '';
    this._changed.emit();
  }
}
