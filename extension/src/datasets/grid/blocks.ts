/** The cells that are here, in blocks of rows and columns; what is looked at and missing is fetched. */

export const BLOCK_ROWS = 100;
export const BLOCK_COLUMNS = 60;
const MOST_BLOCKS = 300;
const AT_ONCE = 2;
/** What was looked at so much earlier than the rest is not looked at any more. */
const STALE_MS = 300;

export type Row = readonly unknown[];
type Fetch = (offset: number, limit: number, columns: readonly number[]) => Promise<readonly Row[]>;

export interface BlocksOptions {
  fetch: Fetch;
  /** A block is here: its first row, its first column, and how many of each. */
  arrived: (row: number, column: number, rows: number, columns: number) => void;
  failed: (error: unknown) => void;
  now?: () => number;
}

export class Blocks {
  private _blocks = new Map<string, readonly Row[]>();
  private _wanted = new Map<string, number>();
  private _coming = new Set<string>();
  private _broken = new Set<string>();
  private _order: readonly number[] = [];
  private _rows = 0;
  private _turn = 0;
  private _isPlanned = false;
  private readonly _now: () => number;

  constructor(private readonly _options: BlocksOptions) {
    this._now = _options.now ?? (() => performance.now());
  }

  /** Other rows, or other columns: nothing that was here counts any more. */
  reset(rows: number, order: readonly number[]): void {
    this._turn++;
    this._rows = rows;
    this._order = order;
    this._blocks.clear();
    this._wanted.clear();
    this._coming.clear();
    this._broken.clear();
  }

  /** The value of a cell; undefined while it is on its way. */
  cell(row: number, column: number): unknown {
    const block = Math.floor(row / BLOCK_ROWS);
    const beside = Math.floor(column / BLOCK_COLUMNS);
    const key = `${block}/${beside}`;
    const found = this._blocks.get(key);
    if (found) {
      const cells = found[row - block * BLOCK_ROWS];
      return cells ? (cells[column - beside * BLOCK_COLUMNS] ?? null) : null;
    }
    this._want(key);
    return undefined;
  }

  /** The cell where it is here; it is not asked for. */
  known(row: number, column: number): unknown {
    const found = this._blocks.get(
      `${Math.floor(row / BLOCK_ROWS)}/${Math.floor(column / BLOCK_COLUMNS)}`
    );
    return found?.[row % BLOCK_ROWS]?.[column % BLOCK_COLUMNS];
  }

  /** Ask again for what could not be fetched. */
  retry(): void {
    this._broken.clear();
  }

  private _want(key: string): void {
    if (this._coming.has(key) || this._broken.has(key)) {
      return;
    }
    this._wanted.delete(key);
    this._wanted.set(key, this._now());
    if (!this._isPlanned) {
      this._isPlanned = true;
      setTimeout(() => {
        this._isPlanned = false;
        this._pump();
      }, 0);
    }
  }

  private _pump(): void {
    const latest = Math.max(...this._wanted.values());
    for (const [key, moment] of this._wanted) {
      if (latest - moment > STALE_MS) {
        this._wanted.delete(key);
      }
    }
    while (this._coming.size < AT_ONCE && this._wanted.size) {
      const [key] = [...this._wanted.keys()].slice(-1);
      this._wanted.delete(key);
      void this._bring(key);
    }
  }

  private async _bring(key: string): Promise<void> {
    const turn = this._turn;
    const [block, beside] = key.split('/').map(Number);
    const row = block * BLOCK_ROWS;
    const column = beside * BLOCK_COLUMNS;
    const limit = Math.min(BLOCK_ROWS, this._rows - row);
    const columns = this._order.slice(column, column + BLOCK_COLUMNS);
    this._coming.add(key);
    try {
      const rows = await this._options.fetch(row, limit, columns);
      if (turn === this._turn) {
        this._keep(key, rows);
        this._coming.delete(key);
        this._options.arrived(row, column, limit, columns.length);
      }
    } catch (error) {
      if (turn === this._turn) {
        this._coming.delete(key);
        this._broken.add(key);
        this._options.failed(error);
      }
    }
    if (turn === this._turn) {
      this._pump();
    }
  }

  private _keep(key: string, rows: readonly Row[]): void {
    this._blocks.set(key, rows);
    while (this._blocks.size > MOST_BLOCKS) {
      const [oldest] = this._blocks.keys();
      this._blocks.delete(oldest);
    }
  }
}
