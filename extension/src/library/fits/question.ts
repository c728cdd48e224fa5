/** What is asked before a block is put into a notebook: which variables and columns are meant. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { Candidate, NeededName, Renames } from '../../api/schema';
import type { CellRenames } from '../notebooks/marks';

/** A column that is not there under its name. */
export interface ColumnQuestion {
  name: string;
  chosen: string;
  there: readonly string[];
}

/** A name that is not here, or whose columns are called otherwise. */
export interface NameQuestion {
  need: NeededName;
  chosen: Candidate | null;
  columns: ColumnQuestion[];
}

export class Question {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  readonly install: string;
  readonly packages: readonly string[];
  /** In the block's order; only those where there is something to choose. */
  readonly names: NameQuestion[];
  private readonly _needs: readonly NeededName[];

  constructor({ needs, missing_packages, install }: Renames) {
    this.changed = this._changed;
    this.install = install;
    this.packages = missing_packages;
    this.names = needs.flatMap(need => asked(need));
    this._needs = needs;
  }

  /** Whether there is something to choose. */
  get isOpen(): boolean {
    return this.names.length > 0;
  }

  /** Choose a variable; empty leaves the name as it is. */
  choose(at: number, variable: string): void {
    const { need } = this.names[at];
    const chosen = need.candidates.find(({ name }) => name === variable) ?? null;
    this.names[at] = { need, chosen, columns: columnsOf(chosen) };
    this._changed.emit();
  }

  /** Choose a column; empty leaves it as it is. */
  chooseColumn(at: number, column: string, here: string): void {
    const name = this.names[at];
    const columns = name.columns.map(one => (one.name === column ? { ...one, chosen: here } : one));
    this.names[at] = { ...name, columns };
    this._changed.emit();
  }

  /** The columns of the tables that are meant. */
  get columns(): string[] {
    const chosen = new Map(this.names.map(({ need, chosen: one }) => [need.name, one]));
    const meant = this._needs.map(({ name, is_here, candidates }) =>
      chosen.has(name) ? chosen.get(name) : is_here ? candidates.find(one => one.name === name) : null
    );
    return [...new Set(meant.flatMap(one => one?.all_columns ?? []))];
  }

  /** What was chosen. */
  get renames(): CellRenames {
    const names: Record<string, string> = {};
    const columns: Record<string, string> = {};
    for (const { need, chosen, columns: asked } of this.names) {
      if (chosen && chosen.name !== need.name) {
        names[need.name] = chosen.name;
      }
      for (const column of asked) {
        if (column.chosen && column.chosen !== column.name) {
          columns[column.name] = column.chosen;
        }
      }
    }
    return {
      ...(Object.keys(names).length ? { names } : {}),
      ...(Object.keys(columns).length ? { columns } : {})
    };
  }
}

function asked(need: NeededName): NameQuestion[] {
  const own = need.candidates.find(({ name }) => name === need.name);
  if (need.is_here) {
    // It is here: asked only where a column of it goes by a name that is like the block's.
    const columns = columnsOf(own ?? null);
    const isOther = columns.some(({ chosen }) => chosen);
    return own && isOther ? [{ need, chosen: own, columns }] : [];
  }
  if (!need.candidates.length) {
    return [];
  }
  const chosen = need.candidates.find(({ is_likely }) => is_likely) ?? null;
  return [{ need, chosen, columns: columnsOf(chosen) }];
}

function columnsOf(candidate: Candidate | null): ColumnQuestion[] {
  return (candidate?.columns ?? [])
    .filter(({ name, here }) => here !== name)
    .map(({ name, here }) => ({ name, chosen: here, there: candidate?.all_columns ?? [] }));
}
