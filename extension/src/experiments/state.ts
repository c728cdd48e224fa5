/** The experiments, the one that is looked at, and the form for a new one. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { ExperimentOverview, ExperimentReport, KnownMetric } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { emptyForm, filledForm, request, type Column, type Filled, type Form } from './form';

export type View = 'list' | 'new' | 'report';

export class ExperimentsState {
  readonly changed: ISignal<this, void>;
  view: View = 'list';
  experiments: readonly ExperimentOverview[] = [];
  isKnown = false;
  /** Why what is shown could not be had. */
  error: unknown = null;
  report: ExperimentReport | null = null;
  form: Form = emptyForm('');
  knownMetrics: readonly KnownMetric[] = [];
  isSending = false;
  /** Why the experiment could not be begun. */
  formError: unknown = null;
  private readonly _changed = new Signal<this, void>(this);
  private _shownId = '';
  private _isWatched = false;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    _sponde.feed.on('ExperimentChanged', ({ experiment_id }) => this._again(experiment_id));
    _sponde.feed.reset.connect(() => this._again(this._shownId));
  }

  // -- looking ------------------------------------------------------------------------------

  async showList(): Promise<void> {
    this._isWatched = true;
    this.view = 'list';
    this._shownId = '';
    this.error = null;
    this._changed.emit();
    await this._load();
  }

  async show(id: string): Promise<void> {
    this._isWatched = true;
    this.view = 'report';
    this.error = null;
    if (this._shownId !== id) {
      this.report = null;
    }
    this._shownId = id;
    this._changed.emit();
    await this._load();
  }

  async load(): Promise<void> {
    await this._load();
  }

  async cancel(): Promise<void> {
    await this._work(() =>
      this._sponde.api.call('POST /experiments/{experiment_id}/cancel', {
        path: { experiment_id: this._shownId }
      })
    );
  }

  /** Delete one; true where that went well. */
  async remove(id: string): Promise<boolean> {
    return this._work(() =>
      this._sponde.api.call('DELETE /experiments/{experiment_id}', { path: { experiment_id: id } })
    );
  }

  async restore(id: string): Promise<void> {
    await this._work(() =>
      this._sponde.api.call('POST /experiments/{experiment_id}/restore', {
        path: { experiment_id: id }
      })
    );
  }

  // -- beginning ----------------------------------------------------------------------------

  /** Show the form, for a notebook where one is given, with what is known already. */
  async begin(notebook: string, filled: Filled = {}): Promise<void> {
    this._isWatched = true;
    this.view = 'new';
    this._shownId = '';
    this.form = filledForm(notebook, filled);
    this.formError = null;
    this.knownMetrics = [];
    this._changed.emit();
    if (notebook) {
      await this._read(notebook, [0, 1]);
    }
  }

  change(changes: Partial<Form>): void {
    this.form = { ...this.form, ...changes };
    this.formError = null;
    this._changed.emit();
  }

  changeColumn(index: number, changes: Partial<Column>): void {
    const columns = this.form.columns.map((column, n) =>
      n === index ? { ...column, ...changes } : column
    ) as unknown as [Column, Column];
    this.change({ columns });
  }

  setValue(index: number, name: string, value: string): void {
    const { values } = this.form.columns[index];
    this.changeColumn(index, { values: { ...values, [name]: value } });
  }

  /** Take a notebook for one column, or for both where they share it. */
  async choose(index: number, notebook: string): Promise<void> {
    const indexes = this.form.isTwoNotebooks ? [index] : [0, 1];
    for (const n of indexes) {
      this.changeColumn(n, { notebook, known: null, error: null, values: {} });
    }
    await this._read(notebook, indexes);
  }

  /** Give the second column a notebook of its own, or take it away. */
  async setTwoNotebooks(isTwoNotebooks: boolean): Promise<void> {
    this.change({ isTwoNotebooks });
    const [first, second] = this.form.columns;
    if (!isTwoNotebooks && second.notebook !== first.notebook) {
      this.changeColumn(1, { notebook: first.notebook, known: first.known, values: {} });
    }
  }

  /** Begin the experiment and show it. */
  async send(): Promise<void> {
    this.isSending = true;
    this.formError = null;
    this._changed.emit();
    try {
      const begun = await this._sponde.api.call('POST /experiments', { body: request(this.form) });
      this.isSending = false;
      await this.show(begun.id);
    } catch (error) {
      this.isSending = false;
      this.formError = error;
      this._changed.emit();
    }
  }

  private async _read(notebook: string, indexes: readonly number[]): Promise<void> {
    const [read, metrics] = await Promise.allSettled([
      this._sponde.api.call('GET /notebooks/parameters', { query: { path: notebook } }),
      this._sponde.api.call('GET /experiments/metrics', { query: { notebook } })
    ]);
    for (const n of indexes) {
      if (this.form.columns[n].notebook !== notebook) {
        continue; // another one was chosen meanwhile
      }
      this.changeColumn(
        n,
        read.status === 'fulfilled'
          ? { known: read.value, error: null }
          : { known: null, error: read.reason }
      );
    }
    if (metrics.status === 'fulfilled' && metrics.value.length) {
      this.knownMetrics = metrics.value;
      if (!this.form.metric) {
        this.change({ metric: metrics.value[0].name });
      }
    }
    this._changed.emit();
  }

  // -- the truth ----------------------------------------------------------------------------

  private _again(id: string): void {
    if (this._isWatched && (this.view === 'list' || (this._shownId && this._shownId === id))) {
      void this._load();
    }
  }

  private async _load(): Promise<void> {
    const { view, _shownId: id } = this;
    try {
      if (view === 'report' && id) {
        const report = await this._sponde.api.call('GET /experiments/{experiment_id}', {
          path: { experiment_id: id }
        });
        // An older answer may come after a newer one, or after the person went on.
        if (this._shownId === id && report.done >= (this.report?.done ?? 0)) {
          this.report = report;
        }
      } else if (view === 'list') {
        this.experiments = await this._sponde.api.call('GET /experiments');
        this.isKnown = true;
      }
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  private async _work(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      this.error = error;
      this._changed.emit();
      return false;
    }
    await this._load();
    return true;
  }
}
