/** The grid's rows as Lumino's data grid asks for them: answered at once from what is here. */
import { DataModel } from '@lumino/datagrid';
import { Blocks } from './blocks';
import type { GridColumn, GridSource } from './source';

/** Which columns are shown, in order, by their places in the source; the first are frozen. */
export interface Layout {
  order: readonly number[];
  frozen: number;
}

/** The value of a cell that is on its way. */
export const PENDING = Symbol('pending');
const COPIED_AT_ONCE = 1000;

export class GridModel extends DataModel {
  private _layout: Layout;
  private _rows: number;
  private readonly _blocks: Blocks;

  constructor(
    private readonly _source: GridSource,
    layout: Layout | null,
    failed: (error: unknown) => void
  ) {
    super();
    this._layout = layout ?? { order: _source.columns.map((_, place) => place), frozen: 0 };
    this._rows = _source.rowCount;
    this._blocks = new Blocks({
      fetch: (offset, limit, columns) => _source.rows(offset, limit, columns),
      arrived: (row, column, rows, columns) => this._arrived(row, column, rows, columns),
      failed
    });
    this._blocks.reset(this._rows, this._layout.order);
  }

  get layout(): Layout {
    return this._layout;
  }

  /** Other rows: sorted, filtered, counted. What is drawn is asked for again. */
  refresh(): void {
    this._rows = this._source.rowCount;
    this._blocks.reset(this._rows, this._layout.order);
    this.emitChanged({ type: 'model-reset' });
  }

  lay(layout: Layout): void {
    this._layout = layout;
    this._blocks.reset(this._rows, layout.order);
    this.emitChanged({ type: 'model-reset' });
  }

  retry(): void {
    this._blocks.retry();
    this._redraw();
  }

  /** Draw the headers again: a mark on them has changed. */
  redrawHeaders(): void {
    this._changedCells('column-header', 0, 0, 1, this.columnCount('body'));
    this._changedCells('corner-header', 0, 0, 1, this.columnCount('row-header'));
  }

  /** The column of a body or frozen place. */
  column(region: DataModel.CellRegion, place: number): GridColumn | null {
    const at = this.place(region, place);
    return at === null ? null : this._source.columns[at];
  }

  /** Its place in the source; null for the row's number. */
  place(region: DataModel.CellRegion, column: number): number | null {
    const shown = this._shown(region, column);
    return shown < 0 ? null : (this._layout.order[shown] ?? null);
  }

  /** The name of a column by its place among the shown ones. */
  nameAt(shown: number): string {
    return this._source.columns[this._layout.order[shown]]?.name ?? '';
  }

  /** What is known of a cell, by its place among the shown columns; nothing is fetched. */
  known(row: number, shown: number): unknown {
    return this._blocks.known(row, shown);
  }

  /** Rows of shown columns for copying; fetched where they are not here. */
  async fetched(row: number, rows: number, from: number, columns: number): Promise<unknown[][]> {
    const { order } = this._layout;
    const found: unknown[][] = [];
    for (let at = row; at < row + rows; at += COPIED_AT_ONCE) {
      const limit = Math.min(COPIED_AT_ONCE, row + rows - at);
      const cells = Array.from({ length: limit }, (_, line) =>
        Array.from({ length: columns }, (__, beside) => this._blocks.known(at + line, from + beside))
      );
      const isHere = cells.every(line => line.every(value => value !== undefined));
      const part = isHere ? cells : await this._source.rows(at, limit, order.slice(from, from + columns));
      found.push(...part.map(line => [...line]));
    }
    return found;
  }

  rowCount(region: DataModel.RowRegion): number {
    return region === 'body' ? this._rows : 1;
  }

  columnCount(region: DataModel.ColumnRegion): number {
    const { order, frozen } = this._layout;
    return region === 'body' ? order.length - frozen : frozen + 1;
  }

  data(region: DataModel.CellRegion, row: number, column: number): unknown {
    if (region === 'column-header' || region === 'corner-header') {
      return this.column(region, column)?.name ?? '';
    }
    const shown = this._shown(region, column);
    if (shown < 0) {
      return row + 1;
    }
    const value = this._blocks.cell(row, shown);
    return value === undefined ? PENDING : value;
  }

  /** The place among the shown columns; -1 is the row's number. */
  private _shown(region: DataModel.CellRegion, column: number): number {
    const isFrozen = region === 'row-header' || region === 'corner-header';
    return isFrozen ? column - 1 : column + this._layout.frozen;
  }

  private _arrived(row: number, column: number, rows: number, columns: number): void {
    const { frozen } = this._layout;
    const end = column + columns;
    if (column < frozen) {
      this._changedCells('row-header', row, column + 1, rows, Math.min(end, frozen) - column);
    }
    if (end > frozen) {
      const from = Math.max(column, frozen);
      this._changedCells('body', row, from - frozen, rows, end - from);
    }
  }

  private _redraw(): void {
    this._changedCells('body', 0, 0, this._rows, this.columnCount('body'));
    this._changedCells('row-header', 0, 0, this._rows, this.columnCount('row-header'));
  }

  private _changedCells(
    region: DataModel.CellRegion,
    row: number,
    column: number,
    rowSpan: number,
    columnSpan: number
  ): void {
    if (rowSpan > 0 && columnSpan > 0) {
      this.emitChanged({ type: 'cells-changed', region, row, column, rowSpan, columnSpan });
    }
  }
}
