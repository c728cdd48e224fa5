/** A query's result as a grid's source: pages of it, as the server keeps them. */
import type { Api } from '../../api/client';
import type { DatasetQuery } from '../../api/schema';
import { kindOf, type GridSource } from '../grid/source';

export function resultOf(api: Api, query: DatasetQuery): GridSource {
  const rowCount = query.rows ?? 0;
  return {
    columns: query.columns.map((name, place) => ({
      name,
      type: query.types[place],
      kind: kindOf(query.types[place])
    })),
    rowCount,
    rows: async (offset, limit, columns) => {
      const end = Math.min(offset + limit, rowCount);
      const rows: Array<readonly unknown[]> = [];
      // An answer of very long texts holds fewer rows than were asked for.
      while (offset + rows.length < end) {
        const table = await api.call('GET /dataset-queries/{query_id}/rows', {
          path: { query_id: query.id },
          query: { offset: offset + rows.length, limit: end - offset - rows.length }
        });
        if (!table.rows.length) {
          break;
        }
        rows.push(...table.rows);
      }
      return columns ? rows.map(row => columns.map(place => row[place])) : rows;
    }
  };
}
