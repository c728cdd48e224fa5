/** What the columns of a dataset say together: keys, correlations, gaps. */
import * as React from 'react';
import type { Across, Correlation, DateGaps } from '../../api/schema';
import { trans } from '../../ui/words';
import { count, share } from '../words';

export function Together({ across, rows }: { across: Across; rows: number }): JSX.Element | null {
  const parts = [
    across.keys.length > 0 && (
      <Part key="keys" title={trans.__('What tells rows apart')}>
        <ul>
          {across.keys.slice(0, 8).map(key => (
            <li key={key.columns.join()}>{key.columns.join(' + ')}</li>
          ))}
        </ul>
      </Part>
    ),
    across.correlations.length > 0 && (
      <Part
        key="correlations"
        title={trans.__('Numbers that go together')}
        note={
          across.correlated_rows < rows
            ? trans.__('measured on %1 rows', count(across.correlated_rows))
            : ''
        }
      >
        <ul>
          {across.correlations.slice(0, 10).map(one => (
            <Strength key={`${one.first}/${one.second}`} {...one} />
          ))}
        </ul>
      </Part>
    ),
    across.missing_together.length > 0 && (
      <Part key="missing" title={trans.__('Empty in the same rows')}>
        <ul>
          {across.missing_together.slice(0, 8).map(one => (
            <li key={one.columns.join()}>
              {trans.__('%1: %2 of the rows', one.columns.slice(0, 6).join(', '), share(one.rows, rows))}
              {one.columns.length > 6 &&
                ` ${trans.__('(and %1 more columns)', count(one.columns.length - 6))}`}
            </li>
          ))}
        </ul>
      </Part>
    ),
    across.date_gaps.length > 0 && (
      <Part key="gaps" title={trans.__('Dates left out')}>
        {across.date_gaps.map(one => (
          <Gaps key={one.column} gaps={one} />
        ))}
      </Part>
    )
  ].filter(Boolean);
  return parts.length ? <div className="sp-Together">{parts}</div> : null;
}

interface PartProps {
  title: string;
  note?: string;
  children: React.ReactNode;
}

function Part({ title, note = '', children }: PartProps): JSX.Element {
  return (
    <section aria-label={title}>
      <h3>
        {title} {note && <small className="sp-Quiet">{note}</small>}
      </h3>
      {children}
    </section>
  );
}

/** A bar to the right where both grow, to the left where one falls as the other grows. */
function Strength({ first, second, strength }: Correlation): JSX.Element {
  const width = 50 * Math.abs(strength);
  const words =
    strength > 0
      ? trans.__('%1 and %2 grow together', first, second)
      : trans.__('%1 falls as %2 grows', first, second);
  return (
    <li className="sp-Strength" title={words}>
      <span className="sp-Strength-names">{`${first} · ${second}`}</span>
      <span className="sp-Strength-bar" aria-hidden="true">
        <span
          className={strength < 0 ? 'sp-mod-falls' : ''}
          style={{ width: `${width}%`, left: strength < 0 ? `${50 - width}%` : '50%' }}
        />
      </span>
      <span className="sp-Strength-figure">{strength.toFixed(2).replace('-', '−')}</span>
    </li>
  );
}

function Gaps({ gaps }: { gaps: DateGaps }): JSX.Element {
  return (
    <div>
      <p>
        {trans.__(
          '%1 leaves out %2 in %3.',
          gaps.column,
          trans._n('%2 day', '%2 days', gaps.days, count(gaps.days)),
          trans._n('%2 gap', '%2 gaps', gaps.count, count(gaps.count))
        )}
      </p>
      <ul>
        {gaps.longest.map(gap => (
          <li key={gap.after}>
            {trans.__(
              'between %1 and %2: %3',
              gap.after,
              gap.before,
              trans._n('%2 day', '%2 days', gap.days, count(gap.days))
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
