/** The first rows of a dataset, as they stand in the file, on a page of their own. */
import * as React from 'react';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { useSignal } from '../ui/useSignal';
import type { DatasetFits } from './fits';
import { FitsList } from './FitsList';
import { PREVIEW_ROWS, type DatasetsState } from './state';
import { count, many } from './words';

const MOST_COLUMNS = 200;

interface PreviewViewProps {
  state: DatasetsState;
  id: string;
  fits: () => Promise<DatasetFits>;
}

export function PreviewView({ state, id, fits }: PreviewViewProps): JSX.Element {
  useSignal(state.changed);
  const { table, error, busy } = state.preview(id);
  const dataset = state.find(id);
  const columns = table?.columns.slice(0, MOST_COLUMNS) ?? [];
  return (
    <div className="sp-Preview">
      <div className="sp-Preview-head">
        <strong>{dataset?.name ?? 'This dataset was removed'}</strong>
        {table && dataset?.rows !== undefined && (
          <span className="sp-Quiet">
            {`rows 1 to ${count(table.rows.length)} of ${count(dataset.rows ?? table.rows.length)}`}
            {table.columns.length > MOST_COLUMNS &&
              `, the first ${MOST_COLUMNS} of ${many(table.columns.length, 'column')}`}
          </span>
        )}
      </div>
      {dataset && <FitsList name={dataset.name} fits={fits} />}
      <ErrorNote error={error} onRetry={() => void state.fetchRows(id)} />
      {table && (
        <div className="sp-Preview-scroll" tabIndex={0} role="region" aria-label="Rows">
          <table>
            <thead>
              <tr>
                <th scope="col" className="sp-Preview-number" aria-label="Row" />
                {columns.map((name, place) => (
                  <th key={place} scope="col" className={align(table.types[place])}>
                    <span>{name}</span>
                    <small>{table.types[place]}</small>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, number) => (
                <tr key={number}>
                  <th scope="row" className="sp-Preview-number">
                    {count(number + 1)}
                  </th>
                  {columns.map((_, place) => (
                    <Cell key={place} value={row[place]} className={align(table.types[place])} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {table.truncated && !busy && (
            <div className="sp-Preview-more">
              <Button
                label={`Show ${PREVIEW_ROWS} more rows`}
                onClick={() => void state.fetchRows(id, true)}
              />
            </div>
          )}
        </div>
      )}
      {busy && <Busy label="Reading rows…" />}
    </div>
  );
}

const NUMBERS = /INT|FLOAT|DOUBLE|DECIMAL|REAL/;
const align = (type: string): string => (NUMBERS.test(type) ? 'sp-mod-number' : '');

function Cell({ value, className }: { value: unknown; className: string }): JSX.Element {
  if (value === null || value === undefined) {
    return <td className="sp-mod-missing" aria-label="empty" />;
  }
  const text = String(value);
  return (
    <td className={className} title={text.length > 40 ? text.slice(0, 2000) : undefined}>
      {text.length > 500 ? `${text.slice(0, 500)}…` : text}
    </td>
  );
}
