/** The personas and templates as the server knows them. Asks the server, hears its stream; no React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { NewPersona, NewTemplate, Persona, Template, TemplateFile } from '../api/schema';
import type { ISponde } from '../api/tokens';

export class PersonasState {
  personas: readonly Persona[] = [];
  templates: readonly Template[] = [];
  isLoaded = false;
  error: unknown = null;
  private readonly _changed = new Signal<this, void>(this);

  constructor(private readonly _sponde: ISponde) {
    const { feed } = _sponde;
    const again = (): void => void this.load();
    feed.on('PersonaChanged', again);
    feed.on('PersonaRemoved', again);
    feed.on('TemplateChanged', again);
    feed.on('TemplateRemoved', again);
    feed.reset.connect(again);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async load(): Promise<void> {
    try {
      const { api } = this._sponde;
      [this.personas, this.templates] = await Promise.all([
        api.call('GET /personas'),
        api.call('GET /templates')
      ]);
      this.isLoaded = true;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  dismiss(): void {
    this.error = null;
    this._changed.emit();
  }

  /** Make a persona, or change one; a refusal is thrown to the form. */
  async savePersona(id: string, body: NewPersona): Promise<Persona> {
    const { api } = this._sponde;
    const saved = id
      ? await api.call('PUT /personas/{persona_id}', { path: { persona_id: id }, body })
      : await api.call('POST /personas', { body });
    await this.load();
    return saved;
  }

  async duplicate(id: string): Promise<Persona | null> {
    return this._try(() =>
      this._sponde.api.call('POST /personas/{persona_id}/duplicate', { path: { persona_id: id } })
    );
  }

  async reset(id: string): Promise<Persona | null> {
    return this._try(() =>
      this._sponde.api.call('POST /personas/{persona_id}/reset', { path: { persona_id: id } })
    );
  }

  async removePersona(id: string): Promise<boolean> {
    const path = { persona_id: id };
    return this._done(() => this._sponde.api.call('DELETE /personas/{persona_id}', { path }));
  }

  async restorePersona(id: string): Promise<boolean> {
    const path = { persona_id: id };
    return this._done(() => this._sponde.api.call('POST /personas/{persona_id}/restore', { path }));
  }

  /** Make a template, or change one; a refusal is thrown to the form. */
  async saveTemplate(id: string, body: NewTemplate): Promise<Template> {
    const { api } = this._sponde;
    const saved = id
      ? await api.call('PUT /templates/{template_id}', { path: { template_id: id }, body })
      : await api.call('POST /templates', { body });
    await this.load();
    return saved;
  }

  async removeTemplate(id: string): Promise<boolean> {
    const path = { template_id: id };
    return this._done(() => this._sponde.api.call('DELETE /templates/{template_id}', { path }));
  }

  async restoreTemplate(id: string): Promise<boolean> {
    const path = { template_id: id };
    return this._done(() => this._sponde.api.call('POST /templates/{template_id}/restore', { path }));
  }

  /** The address of all templates as a file. */
  get file(): string {
    return this._sponde.api.url('GET /template-file');
  }

  /** Take the templates of a file; gives how many were new, null where it was refused. */
  async take(text: string): Promise<number | null> {
    const taken = await this._try(() =>
      this._sponde.api.call('POST /template-file', { body: JSON.parse(text) as TemplateFile })
    );
    return taken?.length ?? null;
  }

  private async _done(work: () => Promise<unknown>): Promise<boolean> {
    return (await this._try(async () => {
      await work();
      return true;
    })) === true;
  }

  private async _try<T>(work: () => Promise<T>): Promise<T | null> {
    let made: T | null = null;
    let failure: unknown = null;
    try {
      made = await work();
    } catch (error) {
      failure = error;
    }
    await this.load();
    if (failure) {
      this.error = failure;
      this._changed.emit();
    }
    return made;
  }
}
