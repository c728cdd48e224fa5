/** One column: its kind, name, gaps and spread; opened, its numbers and most frequent values. */
import * as React from 'react';
import type { Column } from '../api/schema';
import { trans } from '../ui/words';
import { Chart } from './Chart';
import { factsOf, listsTop, meaningOf, shortMeaning } from './facts';
import { count, share, SHORT_KIND } from './words';

interface ColumnRowProps {
  column: Column;
  rows: number;
  isOpen: boolean;
  onToggle: () => void;
}

export function ColumnRow({ column, rows, isOpen, onToggle }: ColumnRowProps): JSX.Element {
  const missing = column.nulls ? trans.__('%1 empty', share(column.nulls, rows)) : '';
  const kind = column.meaning ? `${meaningOf(column.meaning)}, ${column.type}` : column.type;
  return (
    <li className={`sp-Column ${isOpen ? 'sp-mod-open' : ''}`}>
      <button
        type="button"
        className="sp-Column-head"
        aria-expanded={isOpen}
        title={`${column.name} (${kind})${missing ? `, ${missing}` : ''}`}
        onClick={onToggle}
      >
        <span className={`sp-Kind sp-mod-${column.kind}`} title={kind}>
          {column.meaning ? shortMeaning(column.meaning) : SHORT_KIND[column.kind]}
        </span>
        <span className="sp-Column-name">{column.name}</span>
        {missing && <span className="sp-Column-missing">{missing}</span>}
        <span className="sp-Column-chart">
          <Chart column={column} width={64} />
        </span>
        {column.nulls > 0 && (
          <span
            className="sp-Nulls"
            role="img"
            aria-label={trans.__('%1 of %2 rows are empty', count(column.nulls), count(rows))}
          >
            <span style={{ width: `${(100 * column.nulls) / Math.max(rows, 1)}%` }} />
          </span>
        )}
      </button>
      {isOpen && (
        <div className="sp-Column-details">
          {column.histogram && column.histogram.counts.length > 1 && (
            <div className="sp-Column-large">
              <Chart column={column} width={220} height={56} />
            </div>
          )}
          <Facts column={column} rows={rows} />
          <Values column={column} rows={rows} />
        </div>
      )}
    </li>
  );
}

/** The figures of a column. */
export function Facts({ column, rows }: { column: Column; rows: number }): JSX.Element {
  return (
    <dl>
      {factsOf(column, rows).map(([name, value]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

/** Its most frequent values, or a few from the first rows. */
export function Values({ column, rows }: { column: Column; rows: number }): JSX.Element | null {
  const most = column.top[0]?.count ?? 0;
  if (listsTop(column)) {
    return (
      <ul className="sp-Top" aria-label={trans.__('Most frequent values')}>
        {column.top.map(top => (
          <li
            key={top.value}
            title={`${top.value}: ${trans._n('%2 row', '%2 rows', top.count, count(top.count))}`}
          >
            <span className="sp-Top-bar" style={{ width: `${(100 * top.count) / most}%` }} />
            <span className="sp-Top-value">{top.value}</span>
            <span className="sp-Top-count">{share(top.count, rows - column.nulls)}</span>
          </li>
        ))}
      </ul>
    );
  }
  if (column.kind === 'number' || !column.examples.length) {
    return null;
  }
  return (
    <div className="sp-Column-examples">
      {trans.__('Such as')}{' '}
      {column.examples.slice(0, 3).map((example, place) => (
        <React.Fragment key={place}>
          {place > 0 && ', '}
          <q>{example}</q>
        </React.Fragment>
      ))}
    </div>
  );
}
