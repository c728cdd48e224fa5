/** One column: its kind, name, gaps and spread; opened, its numbers and most frequent values. */
import * as React from 'react';
import type { Column } from '../api/schema';
import { Chart } from './Chart';
import { bound, count, figure, many, share, SHORT_KIND } from './words';

interface ColumnRowProps {
  column: Column;
  rows: number;
  isOpen: boolean;
  onToggle: () => void;
}

export function ColumnRow({ column, rows, isOpen, onToggle }: ColumnRowProps): JSX.Element {
  const missing = column.nulls ? `${share(column.nulls, rows)} empty` : '';
  return (
    <li className={`sp-Column ${isOpen ? 'sp-mod-open' : ''}`}>
      <button
        type="button"
        className="sp-Column-head"
        aria-expanded={isOpen}
        title={`${column.name} (${column.type})${missing ? `, ${missing}` : ''}`}
        onClick={onToggle}
      >
        <span className={`sp-Kind sp-mod-${column.kind}`} title={column.type}>
          {SHORT_KIND[column.kind]}
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
            aria-label={`${count(column.nulls)} of ${count(rows)} rows are empty`}
          >
            <span style={{ width: `${(100 * column.nulls) / Math.max(rows, 1)}%` }} />
          </span>
        )}
      </button>
      {isOpen && <Details column={column} rows={rows} />}
    </li>
  );
}

function Details({ column, rows }: { column: Column; rows: number }): JSX.Element {
  const there = rows - column.nulls;
  const facts: Array<[string, string]> = [['Type', column.form ? `${column.type} (${column.form})` : column.type]];
  if (column.kind !== 'other') {
    facts.push(['Different', `${column.distinct_is_exact ? '' : 'about '}${count(column.distinct)}`]);
  }
  facts.push(['Empty', column.nulls ? `${count(column.nulls)} (${share(column.nulls, rows)})` : 'none']);
  if (column.minimum !== null && column.maximum !== null) {
    facts.push(['Range', `${bound(column, column.minimum)} – ${bound(column, column.maximum)}`]);
  }
  if (column.mean !== null) {
    const deviation = column.deviation === null ? '' : ` ± ${figure(column.deviation)}`;
    facts.push(['Mean', `${figure(column.mean)}${deviation}`]);
  }
  if (column.quantiles.length === 5) {
    facts.push(['Median', figure(column.quantiles[2])]);
    facts.push(['Middle half', `${figure(column.quantiles[1])} – ${figure(column.quantiles[3])}`]);
  }
  const most = column.top[0]?.count ?? 0;
  const listsTop = most > 1 && (column.kind === 'text' || column.kind === 'boolean' || column.distinct <= 20);
  return (
    <div className="sp-Column-details">
      {column.histogram && column.histogram.counts.length > 1 && (
        <div className="sp-Column-large">
          <Chart column={column} width={220} height={56} />
        </div>
      )}
      <dl>
        {facts.map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      {listsTop && (
        <ul className="sp-Top" aria-label="Most frequent values">
          {column.top.map(top => (
            <li key={top.value} title={`${top.value}: ${many(top.count, 'row')}`}>
              <span className="sp-Top-bar" style={{ width: `${(100 * top.count) / most}%` }} />
              <span className="sp-Top-value">{top.value}</span>
              <span className="sp-Top-count">{share(top.count, there)}</span>
            </li>
          ))}
        </ul>
      )}
      {!listsTop && column.kind !== 'number' && column.examples.length > 0 && (
        <div className="sp-Column-examples">
          Such as{' '}
          {column.examples.slice(0, 3).map((example, place) => (
            <React.Fragment key={place}>
              {place > 0 && ', '}
              <q>{example}</q>
            </React.Fragment>
          ))}
        </div>
      )}
    </div>
  );
}
