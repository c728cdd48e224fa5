/** A form made from one notebook's parameters: to run it now, or by a schedule. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal } from '../api/client';
import type { JobDefinition, NotebookParameters, Parameter, ScheduleOutlook } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { asText, cronOf, presetOf, type Preset } from './words';

const OUTLOOK_DELAY = 250;

export class RunForm {
  notebook: NotebookParameters | null = null;
  /** What stands in each input. */
  readonly values = new Map<string, string>();
  /** What is wrong, by the field's name. */
  problems: Record<string, string> = {};
  error: unknown = null;
  isBusy = false;
  isScheduling: boolean;
  name = '';
  preset: Preset = 'daily';
  time = '08:00';
  cron = '0 8 * * *';
  zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  catchesUp = false;
  outlook: ScheduleOutlook | null = null;
  private _outlookTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly _changed = new Signal<this, void>(this);

  constructor(
    private readonly _sponde: ISponde,
    readonly path: string,
    /** The schedule to edit; a new one where there is none. */
    readonly definition: JobDefinition | null = null
  ) {
    this.isScheduling = definition !== null;
    this.name = definition?.name ?? '';
    const schedule = definition?.schedule;
    if (schedule) {
      this.cron = schedule.cron;
      this.zone = schedule.time_zone;
      this.catchesUp = schedule.catch_up === 'run_once';
      Object.assign(this, presetOf(schedule.cron));
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const query = { path: this.path };
      this.notebook = await this._sponde.api.call('GET /notebooks/parameters', { query });
      for (const parameter of this.notebook.parameters) {
        const kept = this.definition?.parameters[parameter.name];
        this.values.set(parameter.name, kept === undefined ? initial(parameter) : asText(kept));
      }
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
    if (this.isScheduling) {
      await this._look();
    }
  }

  set(name: string, value: string): void {
    this.values.set(name, value);
    delete this.problems[name];
    this._changed.emit();
  }

  /** Put the notebook's own value back. */
  reset(parameter: Parameter): void {
    this.set(parameter.name, initial(parameter));
  }

  isChanged(parameter: Parameter): boolean {
    return this.values.get(parameter.name) !== initial(parameter);
  }

  startScheduling(): void {
    this.isScheduling = true;
    this._changed.emit();
    void this._look();
  }

  setSchedule(
    change: Partial<Pick<RunForm, 'preset' | 'time' | 'cron' | 'zone' | 'catchesUp' | 'name'>>
  ): void {
    Object.assign(this, change);
    if (this.preset !== 'custom') {
      this.cron = cronOf(this.preset, this.time);
    }
    delete this.problems.cron;
    delete this.problems.time_zone;
    this._changed.emit();
    clearTimeout(this._outlookTimer);
    this._outlookTimer = setTimeout(() => void this._look(), OUTLOOK_DELAY);
  }

  /** Run now; true where the run is on its way. */
  async run(): Promise<boolean> {
    return this._send(async parameters => {
      await this._sponde.api.call('POST /runs', { body: { notebook: this.path, parameters } });
    });
  }

  /** Keep the schedule; true where it is kept. */
  async save(): Promise<boolean> {
    await this._look();
    if (this.problems.cron || this.problems.time_zone) {
      return false;
    }
    const schedule = {
      cron: this.cron,
      time_zone: this.zone,
      catch_up: this.catchesUp ? 'run_once' : 'record'
    } as const;
    return this._send(async parameters => {
      const { name } = this;
      if (this.definition) {
        await this._sponde.api.call('PATCH /job-definitions/{definition_id}', {
          path: { definition_id: this.definition.id },
          body: { name, parameters, schedule }
        });
      } else {
        const body = { notebook: this.path, name, parameters, schedule };
        await this._sponde.api.call('POST /job-definitions', { body });
      }
    });
  }

  /** What is given: only what differs from the notebook, which may change its own values later. */
  given(): Record<string, unknown> {
    const given: Record<string, unknown> = {};
    for (const parameter of this.notebook?.parameters ?? []) {
      if (this.isChanged(parameter)) {
        const text = this.values.get(parameter.name) ?? '';
        const isEmpty = text === '' && parameter.is_optional;
        given[parameter.name] = isEmpty ? null : typed(parameter, text);
      }
    }
    return given;
  }

  private async _send(send: (parameters: Record<string, unknown>) => Promise<void>): Promise<boolean> {
    this.isBusy = true;
    this.error = null;
    this._changed.emit();
    try {
      const parameters = this.given();
      const body = { notebook: this.path, parameters };
      const problems = await this._sponde.api.call('POST /notebooks/parameters', { body });
      this.problems = Object.fromEntries(problems.map(({ name, message }) => [name, message]));
      if (problems.length === 0) {
        await send(parameters);
      }
      return problems.length === 0;
    } catch (error) {
      this.error = Refusal.from(error);
      return false;
    } finally {
      this.isBusy = false;
      this._changed.emit();
    }
  }

  private async _look(): Promise<void> {
    clearTimeout(this._outlookTimer);
    try {
      const body = { cron: this.cron, time_zone: this.zone, catch_up: 'record' } as const;
      const outlook = await this._sponde.api.call('POST /schedule-outlooks', { body });
      if (body.cron !== this.cron || body.time_zone !== this.zone) {
        return; // typed on meanwhile
      }
      this.outlook = outlook;
      for (const { name, message } of outlook.problems) {
        this.problems[name] = message;
      }
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }
}

/** What stands in a parameter's input before anybody types. */
function initial(parameter: Parameter): string {
  return parameter.choices && parameter.default === null && !parameter.is_optional
    ? asText(parameter.expression ? '' : parameter.choices[0])
    : asText(parameter.default);
}

/** Choices are compared as they are; everything else is read by the server. */
function typed(parameter: Parameter, text: string): unknown {
  const choice = parameter.choices?.find(one => asText(one) === text);
  return choice === undefined ? text : choice;
}
