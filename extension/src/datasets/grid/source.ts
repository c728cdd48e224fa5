/** What a grid draws: columns, and rows that are fetched a block at a time. Draws nothing. */
import type { ISignal } from '@lumino/signaling';
import type { ColumnKind, Table } from '../../api/schema';

export interface GridColumn {
  name: string;
  /** Its DuckDB type. */
  type: string;
  kind: ColumnKind;
  /** Its name as it stands in the file, where that is another. */
  title?: string | null;
  /** How many letters its values usually have, where that is known. */
  letters?: number;
}

export interface GridSource {
  readonly columns: readonly GridColumn[];
  readonly rowCount: number;
  /** Rows from `offset` on; of the columns at these places, in this order (all where left out). */
  rows(
    offset: number,
    limit: number,
    columns?: readonly number[]
  ): Promise<ReadonlyArray<readonly unknown[]>>;
  /** Told when the rows are others than before; 'values': the same rows, only written otherwise. */
  readonly changed?: ISignal<unknown, void | 'values'>;
}

const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL|REAL)/i;

export function kindOf(type: string): ColumnKind {
  if (/\[|^(STRUCT|MAP|UNION|LIST|BLOB)/i.test(type)) {
    return 'other';
  }
  if (NUMBERS.test(type)) {
    return 'number';
  }
  if (/^(DATE|TIMESTAMP)/i.test(type)) {
    return 'date';
  }
  return /^TIME/i.test(type) ? 'time' : /^BOOL/i.test(type) ? 'boolean' : 'text';
}

/** A table that is here already, such as a query's result, as a grid's source. */
export function sourceOf(table: Table): GridSource {
  return {
    columns: table.columns.map((name, place) => ({
      name,
      type: table.types[place],
      kind: kindOf(table.types[place])
    })),
    rowCount: table.rows.length,
    rows: async (offset, limit, columns) => {
      const rows = table.rows.slice(offset, offset + limit);
      return columns ? rows.map(row => columns.map(place => row[place])) : rows;
    }
  };
}
