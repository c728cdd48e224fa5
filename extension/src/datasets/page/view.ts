/** How one looks at a dataset's rows: sorted, filtered, searched; which columns. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal, type Api } from '../../api/client';
import type {
  CodeLanguage,
  Column,
  Dataset,
  NewPage,
  NewValues,
  PageWhen,
  Profile,
  ViewFilter,
  ViewPage,
  ViewSort,
  ViewValue
} from '../../api/schema';
import { trans } from '../../ui/words';
import type { Layout } from '../grid/model';
import type { GridSource } from '../grid/source';
import { figure } from '../words';

export type Filter = Required<ViewFilter>;

/** A view, with all that the server would fill in. */
export interface View {
  sorts: Array<Required<ViewSort>>;
  filters: Filter[];
  search: string;
  columns: string[];
}

/** What is kept of a view while the tab is open, also over a reload. */
interface Kept {
  view: View;
  hidden: string[];
  frozen: string[];
  written: boolean;
}

export interface Keeper {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Where rows come from: a dataset, or what SQL gave. */
export interface RowsOf {
  page: (body: NewPage, signal?: AbortSignal) => Promise<ViewPage>;
  values: (body: NewValues) => Promise<ViewValue[]>;
  /** Whether there is a file: what is written in it, its code, its downloads. */
  hasFile: boolean;
}

function ofDataset(api: Api, dataset: Dataset): RowsOf {
  const path = { dataset_id: dataset.id };
  return {
    page: (body, signal) => api.call('POST /datasets/{dataset_id}/page', { path, body, signal }),
    values: body => api.call('POST /datasets/{dataset_id}/values', { path, body }),
    hasFile: true
  };
}

const SO_FAR_MS = 1000;
const NOTHING: View = { sorts: [], filters: [], search: '', columns: [] };

export class ViewState {
  view: View = NOTHING;
  layout: Layout;
  written = false;
  hasCopy = false;
  total: number;
  error: Refusal | null = null;
  readonly source: GridSource;
  private readonly _changed = new Signal<ViewState, void>(this);
  private readonly _rows = new Signal<ViewState, void | 'values'>(this);
  /** Whether the rest is still looked through, or put in order. */
  isSettling = false;
  private _turn = 0;
  private _counted = true;
  private _found = 0;
  private _asking = new AbortController();

  constructor(
    private readonly _api: Api,
    readonly dataset: Dataset,
    readonly profile: Profile,
    private readonly _keeper: Keeper | null = null,
    private readonly _of: RowsOf = ofDataset(_api, dataset)
  ) {
    this.total = profile.rows;
    this.layout = { order: profile.columns.map((_, place) => place), frozen: 0 };
    this._takeKept();
    const state = this;
    this.source = {
      columns: profile.columns.map(({ name, type, kind, title, lengths }) => ({
        name,
        type,
        kind,
        title,
        letters: lengths ? Math.max(lengths.mean, lengths.shortest) : undefined
      })),
      get rowCount() {
        return state.total;
      },
      rows: (offset, limit, columns) => this._fetch(offset, limit, columns),
      changed: this._rows
    };
  }

  get changed(): ISignal<ViewState, void> {
    return this._changed;
  }

  get hasFile(): boolean {
    return this._of.hasFile;
  }

  /** Whether the first rows are not here yet. */
  get isLooking(): boolean {
    return !this._counted && !this.error;
  }

  /** Whether it shows other rows or columns than the file, or in another order. */
  get isOther(): boolean {
    const { columns } = this.whole();
    return !this.isPlain || this.view.sorts.length > 0 || columns.length > 0;
  }

  /** Whether every row of the file is shown. */
  get isPlain(): boolean {
    return !this.view.filters.length && !this.view.search;
  }

  column(place: number): Column {
    return this.profile.columns[place];
  }

  // -- sorting ---------------------------------------------------------------------------------

  /** Up, then down, then as in the file; with `further` beside what it is sorted by already. */
  sortBy(place: number, further = false): void {
    const { name } = this.column(place);
    const known = this.view.sorts.find(sort => sort.column === name);
    const rest = further ? this.view.sorts.filter(sort => sort.column !== name) : [];
    if (!known) {
      this._look({ sorts: [...rest, { column: name, descending: false }] });
    } else if (!known.descending) {
      const down = { column: name, descending: true };
      this._look({
        sorts: further ? this.view.sorts.map(sort => (sort === known ? down : sort)) : [down]
      });
    } else {
      this._look({ sorts: rest });
    }
  }

  sort(place: number, descending: boolean | null): void {
    const { name } = this.column(place);
    this._look({ sorts: descending === null ? [] : [{ column: name, descending }] });
  }

  /** 1, 2, … where the rows are sorted by it, negative where downwards, 0 where not. */
  sorted(place: number): number {
    const { name } = this.column(place);
    const at = this.view.sorts.findIndex(sort => sort.column === name);
    return at < 0 ? 0 : this.view.sorts[at].descending ? -(at + 1) : at + 1;
  }

  // -- filters ---------------------------------------------------------------------------------

  filtersOf(place: number): Filter[] {
    const { name } = this.column(place);
    return this.view.filters.filter(filter => filter.column === name);
  }

  /** What is asked of a column from now on; nothing where empty. */
  filter(place: number, filters: Filter[]): void {
    const { name } = this.column(place);
    const rest = this.view.filters.filter(filter => filter.column !== name);
    this._look({ filters: [...rest, ...filters] });
  }

  /** Only the rows with this value, or with any other. */
  filterValue(place: number, value: unknown, negated = false): void {
    const column = this.column(place);
    const before = this.filtersOf(place).filter(filter => filter.kind !== 'empty');
    const made =
      value === null || value === undefined
        ? filterOf(column.name, 'empty', { negated })
        : filterOf(column.name, 'among', { values: [String(value)], negated });
    this.filter(place, negated ? [...before, made] : [made]);
  }

  /** Only the rows in this bar of the column's picture. */
  filterBar(place: number, bar: number): void {
    const column = this.column(place);
    const { histogram } = column;
    if (histogram && histogram.counts.length > 1) {
      const isLast = bar === histogram.counts.length - 1;
      this.filter(place, [barOf(column, histogram.edges[bar], histogram.edges[bar + 1], isLast)]);
    } else if (column.top[bar]) {
      this.filterValue(place, column.top[bar].value);
    }
  }

  removeFilter(filter: Filter): void {
    this._look({ filters: this.view.filters.filter(one => one !== filter) });
  }

  search(text: string): void {
    this._look({ search: text });
  }

  clear(): void {
    this._look({ filters: [], search: '' });
  }

  /** A column's values in the view as it is, the most frequent first. */
  values(place: number, search: string): Promise<ViewValue[]> {
    return this._of.values({ view: this.view, column: this.column(place).name, search });
  }

  // -- columns ---------------------------------------------------------------------------------

  isShown(place: number): boolean {
    return this.layout.order.includes(place);
  }

  show(places: readonly number[]): void {
    const frozen = this._frozenPlaces().filter(place => places.includes(place));
    const rest = [...places].filter(place => !frozen.includes(place)).sort((a, b) => a - b);
    this._lay([...frozen, ...rest], frozen.length);
  }

  /** Show a column that may be hidden, where it belongs. */
  reveal(place: number): void {
    if (!this.isShown(place)) {
      this.show([...this.layout.order, place]);
    }
  }

  hide(place: number): void {
    this.show(this.layout.order.filter(one => one !== place));
  }

  /** Keep a column at the left while the rest moves, or let it go again. */
  freeze(place: number, isFrozen: boolean): void {
    const others = this._frozenPlaces().filter(one => one !== place);
    const frozen = isFrozen ? [...others, place] : others;
    const rest = this.layout.order.filter(one => !frozen.includes(one)).sort((a, b) => a - b);
    this._lay([...frozen, ...rest], frozen.length);
  }

  isFrozen(place: number): boolean {
    return this._frozenPlaces().includes(place);
  }

  setWritten(written: boolean): void {
    this.written = written;
    this._again('values');
  }

  // -- what comes of it ------------------------------------------------------------------------

  /** The view with its columns, where not all are shown as they come. */
  whole(): View {
    const all = this.profile.columns.length;
    const isAll =
      this.layout.order.length === all && this.layout.order.every((place, at) => place === at);
    return {
      ...this.view,
      columns: isAll ? [] : this.layout.order.map(place => this.column(place).name)
    };
  }

  async code(language: CodeLanguage, plot: string[] = []): Promise<string> {
    const { code } = await this._api.call('POST /datasets/{dataset_id}/code', {
      path: { dataset_id: this.dataset.id },
      body: { view: this.whole(), language, plot }
    });
    return code;
  }

  /** One cell, whole, and as it is written in the file. */
  async cell(row: number, place: number): Promise<{ value: unknown; written: unknown }> {
    const ask = async (written: boolean): Promise<unknown> => {
      const page = await this._of.page({
        view: this.view,
        offset: row,
        limit: 1,
        columns: [place],
        written,
        whole: true,
        when: 'early'
      });
      return page.rows[0]?.[0] ?? null;
    };
    const [value, written] = await Promise.all([ask(false), this.hasFile ? ask(true) : null]);
    return { value, written };
  }

  /** The view in words, such as for a question about it. */
  words(): string {
    const parts = this.view.filters.map(filter => wordsOf(this._columnOf(filter), filter));
    if (this.view.search) {
      parts.push(trans.__('any column contains “%1”', this.view.search));
    }
    return parts.join(', ');
  }

  wordsOf(filter: Filter): string {
    return wordsOf(this._columnOf(filter), filter);
  }

  private _columnOf(filter: Filter): Column | undefined {
    return this.profile.columns.find(column => column.name === filter.column);
  }

  private _frozenPlaces(): number[] {
    return this.layout.order.slice(0, this.layout.frozen);
  }

  private _lay(order: number[], frozen: number): void {
    if (order.length) {
      this.layout = { order, frozen };
      this._keep();
      this._changed.emit();
    }
  }

  private _look(changed: Partial<View>): void {
    const isOther = 'filters' in changed || 'search' in changed;
    this.view = { ...this.view, ...changed };
    if (isOther) {
      this._counted = false;
    }
    this._again();
  }

  /** The rows are others: count them with the first page, then draw. */
  private _again(what: void | 'values' = undefined): void {
    const turn = ++this._turn;
    // The server lets go of what nobody waits for.
    this._asking.abort();
    this._asking = new AbortController();
    this._found = 0;
    this.isSettling = false;
    this.error = null;
    this._keep();
    this._changed.emit();
    if (this._counted) {
      this._rows.emit(what);
      return;
    }
    void this._fetch(0, 1, [0]).then(
      () => {
        if (turn === this._turn) {
          this._counted = true;
          this._rows.emit();
          this._changed.emit();
        }
      },
      error => this._fail(turn, error)
    );
  }

  private _fail(turn: number, error: unknown): void {
    if (turn === this._turn) {
      this.isSettling = false;
      this.error = Refusal.from(error);
      this._changed.emit();
    }
  }

  /** Pages of the view as it is; of one that was left, nothing comes any more. */
  private async _fetch(
    offset: number,
    limit: number,
    columns: readonly number[] = []
  ): Promise<ReadonlyArray<readonly unknown[]>> {
    const turn = this._turn;
    try {
      const page = await this._ask(offset, limit, columns, 'early');
      if (turn === this._turn && page.is_whole === false && !this.isSettling) {
        void this._settle(turn);
      }
      return page.rows;
    } catch (error) {
      return turn === this._turn ? Promise.reject(error) : new Promise(() => undefined);
    }
  }

  private async _ask(
    offset: number,
    limit: number,
    columns: readonly number[],
    when: PageWhen
  ): Promise<ViewPage> {
    const turn = this._turn;
    const { view, written } = this;
    const body = { view, offset, limit, columns: [...columns], written, whole: false, when };
    const page = await this._of.page(body, this._asking.signal);
    if (turn === this._turn) {
      this.hasCopy = page.has_copy;
      this.total = this._found = Math.max(this._found, page.total);
    }
    return page;
  }

  /** Wait until all rows are found and in order; tell meanwhile how many there are so far. */
  private async _settle(turn: number): Promise<void> {
    this.isSettling = true;
    this._changed.emit();
    const before = this.total;
    const further = setInterval(() => {
      if (!this.isPlain && turn === this._turn) {
        void this._ask(0, 1, [0], 'early').then(() => this._changed.emit(), () => undefined);
      }
    }, SO_FAR_MS);
    try {
      await this._ask(0, 1, [0], 'whole');
    } catch (error) {
      this._fail(turn, error);
      return;
    } finally {
      clearInterval(further);
    }
    if (turn === this._turn) {
      this.isSettling = false;
      if (this.total !== before) {
        this._rows.emit();
      }
      this._changed.emit();
    }
  }

  private get _key(): string {
    return `sponde:view:${this.dataset.id}`;
  }

  private _keep(): void {
    const name = (place: number): string => this.column(place).name;
    const shown = new Set(this.layout.order);
    const kept: Kept = {
      view: this.view,
      hidden: this.profile.columns.filter((_, place) => !shown.has(place)).map(column => column.name),
      frozen: this._frozenPlaces().map(name),
      written: this.written
    };
    try {
      this._keeper?.setItem(this._key, JSON.stringify(kept));
    } catch {
      // Full, or not allowed: the view is kept no longer than the page.
    }
  }

  /** What was looked at before a reload, as far as its columns are still there. */
  private _takeKept(): void {
    let kept: Kept;
    try {
      kept = JSON.parse(this._keeper?.getItem(this._key) ?? '') as Kept;
    } catch {
      return;
    }
    const places = new Map(this.profile.columns.map(({ name }, place) => [name, place]));
    const isHere = ({ column }: { column: string }): boolean => places.has(column);
    const hidden = new Set(kept.hidden);
    const frozen = kept.frozen.flatMap(name => places.get(name) ?? []);
    const rest = this.layout.order.filter(
      place => !frozen.includes(place) && !hidden.has(this.column(place).name)
    );
    if (frozen.length + rest.length) {
      this.layout = { order: [...frozen, ...rest], frozen: frozen.length };
    }
    this.written = kept.written;
    this.view = {
      ...NOTHING,
      search: kept.view.search,
      sorts: kept.view.sorts.filter(isHere),
      filters: kept.view.filters.filter(isHere)
    };
    if (!this.isPlain) {
      this._counted = false;
      this._again();
    }
  }
}

export function filterOf(
  column: string,
  kind: Filter['kind'],
  rest: Partial<Filter> = {}
): Filter {
  return { column, kind, values: [], low: null, high: null, below: false, negated: false, ...rest };
}

const DAY = 86_400;

/** What lies in a bar: where values come in steps, from the first to the last of them. */
function barOf(column: Column, from: number, to: number, isLast: boolean): Filter {
  const step = column.type === 'DATE' ? DAY : /INT/.test(column.type) ? 1 : 0;
  const first = step ? Math.ceil(from / step) * step : from;
  const last = step ? (isLast ? Math.floor(to / step) : Math.ceil(to / step) - 1) * step : to;
  const isStepped = step > 0 && first <= last;
  return filterOf(column.name, 'between', {
    low: boundOf(column, isStepped ? first : from),
    high: boundOf(column, isStepped ? last : to),
    below: !isStepped && !isLast
  });
}

/** A histogram's edge as a filter's bound: seconds become days or moments. */
function boundOf(column: Column, value: number): string {
  if (column.kind === 'date') {
    return new Date(value * 1000).toISOString().replace('T', ' ').slice(0, 19);
  }
  if (column.kind === 'time') {
    return new Date(value * 1000).toISOString().slice(11, 19);
  }
  return String(value);
}

/** A filter in words, as its chip says it. */
function wordsOf(column: Column | undefined, filter: Filter): string {
  const { column: name, kind, values, low, high, negated } = filter;
  const show = (value: string): string => {
    const number = Number(value);
    if (column?.kind === 'number' && value.trim() && Number.isFinite(number)) {
      return figure(number);
    }
    return column?.kind === 'date' ? value.replace(/ 00:00:00$/, '') : value;
  };
  if (kind === 'empty') {
    return negated ? trans.__('%1 is not empty', name) : trans.__('%1 is empty', name);
  }
  if (kind === 'contains') {
    return negated
      ? trans.__('%1 does not contain “%2”', name, values[0])
      : trans.__('%1 contains “%2”', name, values[0]);
  }
  if (kind === 'among') {
    const some = values.slice(0, 3).map(show).join(', ') + (values.length > 3 ? ', …' : '');
    return negated ? trans.__('%1 is not %2', name, some) : trans.__('%1 is %2', name, some);
  }
  if (low !== null && high !== null) {
    return trans.__('%1 from %2 to %3', name, show(low), show(high));
  }
  return low !== null
    ? trans.__('%1 from %2', name, show(low))
    : trans.__('%1 up to %2', name, show(high ?? ''));
}

