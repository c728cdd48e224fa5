/** A query's result as a grid's source: pages of it, as the server keeps them; sorted and filtered there. */
import type { Api } from '../../api/client';
import type { Column, Dataset, DatasetQuery, Profile } from '../../api/schema';
import { kindOf, type GridSource } from '../grid/source';
import { ViewState, type RowsOf } from '../page/view';

export interface ResultSource extends GridSource {
  /** How one looks at the rows: sorted, filtered, searched. */
  readonly view: ViewState;
}

/** The rows of a result, as a dataset's are looked at. */
function viewOf(api: Api, query: DatasetQuery): ViewState {
  const path = { query_id: query.id };
  const of: RowsOf = {
    page: (body, signal) => api.call('POST /dataset-queries/{query_id}/page', { path, body, signal }),
    values: body => api.call('POST /dataset-queries/{query_id}/values', { path, body }),
    hasFile: false
  };
  const columns = query.columns.map((name, place) => {
    const type = query.types[place];
    return { name, type, kind: kindOf(type), title: null, lengths: null, histogram: null, top: [] };
  });
  const profile = { rows: query.rows ?? 0, columns: columns as unknown as Column[] } as Profile;
  return new ViewState(api, { id: query.id, name: '' } as Dataset, profile, null, of);
}

export function resultOf(api: Api, query: DatasetQuery): ResultSource {
  const rowCount = query.rows ?? 0;
  return {
    view: viewOf(api, query),
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
