/** What can be named in a question: everything behind an @, and datasets' columns. No React. */
import type { MimeData } from '@lumino/coreutils';
import { ISignal, Signal } from '@lumino/signaling';
import type { Reference, ReferenceKind } from '../../api/schema';
import type { IDatasets } from '../../datasets/tokens';
import { REFERENCE } from '../../ui/drag';
import { trans } from '../../ui/words';
import type { CommandOffers } from './commandOffers';
import type { Name } from './completion';
import { Finder } from './nameables';
import type { ReferenceSource } from '../tokens';

export interface ColumnName {
  name: string;
  detail: string;
  /** How many different values it has. */
  distinct: number;
}

/** Kinds that are seen once more when the question is asked: they may have changed meanwhile. */
const LIVE: readonly ReferenceKind[] = ['cell', 'variable', 'notebook'];
/** Nobody waits longer for them, in milliseconds: what was seen when they were named serves. */
const PATIENCE = 1500;

export class Names {
  readonly changed: ISignal<this, void>;
  /** What fits behind the @ that is being typed. */
  readonly finder: Finder;
  /** What the server offers while a command is written. */
  commands: CommandOffers | null = null;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _columns = new Map<string, readonly ColumnName[]>();

  constructor(
    private readonly _datasets: IDatasets | null,
    private readonly _sources: () => readonly ReferenceSource[],
    private readonly _load: () => Promise<void>
  ) {
    this.changed = this._changed;
    this.finder = new Finder(_sources, _load);
    _datasets?.changed.connect(() => {
      this._columns.clear();
      this._changed.emit();
    });
  }

  /** The datasets: what commands may name. */
  get list(): readonly Name[] {
    return (this._datasets?.list() ?? []).map(({ name, rows }): Name => {
      const detail =
        rows === null
          ? trans.__('dataset')
          : trans._n('%2 row', '%2 rows', rows, rows.toLocaleString());
      return { kind: 'dataset', name, detail };
    });
  }

  /** Whether any of them is to be seen once more when the question is asked. */
  isLive(chips: readonly Reference[]): boolean {
    return chips.some(({ kind }) => LIVE.includes(kind));
  }

  /** References as they are now, at the moment of asking. */
  async taken(chips: readonly Reference[]): Promise<readonly Reference[]> {
    return Promise.all(chips.map(chip => (LIVE.includes(chip.kind) ? this._again(chip) : chip)));
  }

  /** What is selected in an editor, or else the cell that is worked in. */
  async beingWritten(): Promise<Reference[]> {
    await this._load();
    for (const kind of ['selection', 'cell']) {
      const source = this._sources().find(one => one.kind === kind);
      const [nearest] = (await source?.find('')) ?? [];
      const found = nearest && (await source?.take({ ...nearest, kind: source.kind }));
      if (found) {
        return [found];
      }
    }
    return [];
  }

  private async _again(chip: Reference): Promise<Reference> {
    const source = this._sources().find(({ kind }) => kind === chip.kind);
    const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE));
    const seen = source?.take({ kind: chip.kind, name: chip.name, id: chip.id, detail: '' });
    const now = await Promise.race([Promise.resolve(seen).catch(() => null), late]);
    return now && now.path === chip.path ? { ...now, name: chip.name } : chip;
  }

  /** Show what a reference names. */
  async open(reference: Reference): Promise<void> {
    await this._load();
    await this._sources().find(({ kind }) => kind === reference.kind)?.open(reference);
  }

  /** What was dragged here, as references. */
  async dropped(data: MimeData, from: unknown): Promise<Reference[]> {
    if (data.hasData(REFERENCE)) {
      return [data.getData(REFERENCE) as Reference];
    }
    await this._load();
    const given = this._sources().map(source => source.dropped?.(data, from) ?? []);
    return (await Promise.all(given)).flat();
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
}
