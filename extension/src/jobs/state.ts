/** Runs and schedules as the server knows them: kept current by its events. */
import { ISignal, Signal } from '@lumino/signaling';
import type { JobDefinition, Run } from '../api/schema';
import type { ISponde } from '../api/tokens';

export type Tab = 'runs' | 'schedules';

export class JobsState {
  runs: Run[] = [];
  definitions: JobDefinition[] = [];
  tab: Tab = 'runs';
  isLoaded = false;
  error: unknown = null;
  /** Logs that are open, by the run's id. */
  readonly logs = new Map<string, string>();
  private readonly _words = new Map<string, string>();
  private readonly _cancelling = new Set<string>();
  private readonly _changed = new Signal<this, void>(this);

  constructor(private readonly _sponde: ISponde) {
    const { feed } = _sponde;
    feed.on('RunChanged', ({ run }) => this._putRun(run));
    feed.on('JobDefinitionChanged', ({ definition }) => this._putDefinition(definition));
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
    try {
      const [runs, definitions] = await Promise.all([
        this._sponde.api.call('GET /runs', { query: { limit: 200 } }),
        this._sponde.api.call('GET /job-definitions')
      ]);
      this.runs = runs;
      this.definitions = definitions;
      this.isLoaded = true;
      this.error = null;
      await Promise.all(definitions.map(definition => this._findWords(definition)));
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  show(tab: Tab): void {
    this.tab = tab;
    this._changed.emit();
  }

  dismiss(): void {
    this.error = null;
    this._changed.emit();
  }

  lastRun(definition: JobDefinition): Run | undefined {
    return this.runs.find(run => run.definition_id === definition.id);
  }

  /** A schedule in words, such as "At 08:00 every day"; the cron line until they are known. */
  words(definition: JobDefinition): string {
    const cron = definition.schedule?.cron ?? '';
    return this._words.get(cron) ?? cron;
  }

  isCancelling(run: Run): boolean {
    return this._cancelling.has(run.id);
  }

  async cancel(run: Run): Promise<void> {
    this._cancelling.add(run.id);
    this._changed.emit();
    await this._try(async () => {
      this._putRun(
        await this._sponde.api.call('POST /runs/{run_id}/cancel', { path: { run_id: run.id } })
      );
    });
    this._cancelling.delete(run.id);
    this._changed.emit();
  }

  async runAgain(run: Run): Promise<void> {
    const { notebook, parameters, time_limit } = run;
    await this._try(async () => {
      const body = { notebook, parameters, time_limit };
      this._putRun(await this._sponde.api.call('POST /runs', { body }));
    });
  }

  async toggleLog(run: Run): Promise<void> {
    if (this.logs.delete(run.id)) {
      this._changed.emit();
      return;
    }
    await this._try(async () => {
      const path = { run_id: run.id };
      const { text } = await this._sponde.api.call('GET /runs/{run_id}/log', { path });
      this.logs.set(run.id, text);
    });
    this._changed.emit();
  }

  async runNow(definition: JobDefinition): Promise<void> {
    await this._try(async () => {
      const path = { definition_id: definition.id };
      this._putRun(
        await this._sponde.api.call('POST /job-definitions/{definition_id}/runs', { path })
      );
    });
  }

  async setEnabled(definition: JobDefinition, is_enabled: boolean): Promise<void> {
    await this._try(async () => {
      this._putDefinition(
        await this._sponde.api.call('PATCH /job-definitions/{definition_id}', {
          path: { definition_id: definition.id },
          body: { is_enabled }
        })
      );
    });
  }

  /** Delete a schedule; true where it is gone and can be restored. */
  async remove(definition: JobDefinition): Promise<boolean> {
    return this._try(async () => {
      const path = { definition_id: definition.id };
      await this._sponde.api.call('DELETE /job-definitions/{definition_id}', { path });
      this.definitions = this.definitions.filter(one => one.id !== definition.id);
      this._changed.emit();
    });
  }

  async restore(definition: JobDefinition): Promise<void> {
    await this._try(async () => {
      const path = { definition_id: definition.id };
      this._putDefinition(
        await this._sponde.api.call('POST /job-definitions/{definition_id}/restore', { path })
      );
    });
  }

  private async _try(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.error = null;
      return true;
    } catch (error) {
      this.error = error;
      this._changed.emit();
      return false;
    }
  }

  private _putRun(run: Run): void {
    const at = this.runs.findIndex(one => one.id === run.id);
    if (at < 0) {
      // Ids sort by time: the newest run stands first.
      const later = this.runs.filter(one => one.id > run.id).length;
      this.runs = [...this.runs.slice(0, later), run, ...this.runs.slice(later)];
    } else if (!(this.runs[at].ended_at && !run.ended_at)) {
      this.runs = this.runs.map((one, index) => (index === at ? run : one));
    }
    if (this.logs.has(run.id)) {
      void this._refreshLog(run);
    }
    this._changed.emit();
  }

  private async _refreshLog(run: Run): Promise<void> {
    await this._try(async () => {
      const path = { run_id: run.id };
      const { text } = await this._sponde.api.call('GET /runs/{run_id}/log', { path });
      if (this.logs.has(run.id)) {
        this.logs.set(run.id, text);
        this._changed.emit();
      }
    });
  }

  private _putDefinition(definition: JobDefinition): void {
    const others = this.definitions.filter(one => one.id !== definition.id);
    const all = definition.removed_at ? others : [...others, definition];
    this.definitions = all.sort((a, b) => a.name.localeCompare(b.name));
    void this._findWords(definition).then(() => this._changed.emit());
    this._changed.emit();
  }

  private async _findWords({ schedule }: JobDefinition): Promise<void> {
    if (schedule && !this._words.has(schedule.cron)) {
      const { words } = await this._sponde.api.call('POST /schedule-outlooks', { body: schedule });
      this._words.set(schedule.cron, words);
    }
  }
}
