/** The @names that can be written: datasets with their columns, and kept code blocks. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { ISponde } from '../api/tokens';
import type { IDatasets } from '../datasets/tokens';
import type { Name } from './completion';

export interface ColumnName {
  name: string;
  detail: string;
  /** How many different values it has. */
  distinct: number;
}

const LOOK_WAIT = 120;
const MOST_BLOCKS = 20;

export class Names {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _columns = new Map<string, readonly ColumnName[]>();
  private _blocks: readonly Name[] = [];
  private _looked: string | null = null;
  private _timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly _sponde: ISponde,
    private readonly _datasets: IDatasets | null
  ) {
    this.changed = this._changed;
    const forget = (): void => {
      this._looked = null;
    };
    _sponde.feed.on('CodeBlockChanged', forget);
    _sponde.feed.on('CodeBlockRemoved', forget);
    _datasets?.changed.connect(() => {
      this._columns.clear();
      this._changed.emit();
    });
  }

  get list(): readonly Name[] {
    const datasets = (this._datasets?.list() ?? []).map(({ name, rows }): Name => {
      const detail = rows === null ? 'dataset' : `${rows.toLocaleString()} rows`;
      return { kind: 'dataset', name, detail };
    });
    return [...datasets, ...this._blocks];
  }

  /** A dataset's columns, as far as they were fetched. */
  columns(dataset: string): readonly ColumnName[] {
    return this._columns.get(dataset) ?? [];
  }

  async loadColumns(dataset: string): Promise<void> {
    const known = this._datasets?.list().find(({ name }) => name === dataset);
    if (!known || this._columns.has(dataset)) {
      return;
    }
    this._columns.set(dataset, []);
    try {
      const profile = await this._datasets?.profile(known.id);
      const columns = profile?.columns ?? [];
      this._columns.set(
        dataset,
        columns.map(({ name, kind, distinct }) => ({ name, detail: kind, distinct }))
      );
      this._changed.emit();
    } catch {
      // Nothing is offered for a dataset that cannot be read; its panel says why.
      this._columns.delete(dataset);
    }
  }

  /** Look for kept code blocks whose name is being typed. */
  look(typed: string): void {
    if (this._looked === typed) {
      return;
    }
    this._looked = typed;
    if (this._timer !== null) {
      clearTimeout(this._timer);
    }
    this._timer = setTimeout(() => void this._look(typed), LOOK_WAIT);
  }

  private async _look(typed: string): Promise<void> {
    try {
      const found = await this._sponde.api.call('GET /code-blocks', {
        query: { query: typed, limit: MOST_BLOCKS }
      });
      if (this._looked === typed) {
        this._blocks = found.map(({ name, language }): Name => {
          return { kind: 'code_block', name, detail: `${language} block` };
        });
        this._changed.emit();
      }
    } catch {
      this._looked = null; // tried again with the next letter
    }
  }
}
