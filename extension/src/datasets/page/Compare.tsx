/** Two versions of a dataset beside each other: chosen, and what is different. */
import * as React from 'react';
import type { DatasetHistory, DatasetVersion } from '../../api/schema';
import { Button } from '../../ui/Button';
import { ago } from '../../ui/time';
import { trans } from '../../ui/words';
import type { Past } from '../past';
import { count, size } from '../words';
import { Changes } from './Changes';

export function Compare({ past, history }: { past: Past; history: DatasetHistory }): JSX.Element {
  const known = history.versions.filter(version => history.known.includes(version.id));
  const [before, setBefore] = React.useState(known[known.length - 1].id);
  const [after, setAfter] = React.useState(known[0].id);
  const { comparison } = past;
  return (
    <details className="sp-Past-compare">
      <summary>{trans.__('Compare two versions')}</summary>
      <div className="sp-Past-deeds">
        <VersionChoice label={trans.__('Before')} known={known} chosen={before} choose={setBefore} />
        <VersionChoice label={trans.__('After')} known={known} chosen={after} choose={setAfter} />
        <Button
          label={past.isComparing ? trans.__('Comparing…') : trans.__('Compare')}
          disabled={past.isComparing || before === after}
          onClick={() => void past.compare(before, after)}
        />
      </div>
      {comparison && (
        <section aria-label={trans.__('Comparison')} aria-live="polite">
          <table className="sp-Past-table">
            <thead>
              <tr>
                <td />
                <th scope="col">{trans.__('Version %1', comparison.before.number)}</th>
                <th scope="col">{trans.__('Version %1', comparison.after.number)}</th>
              </tr>
            </thead>
            <tbody>
              <FactRow name={trans.__('Rows')} of={one => count(one.rows)} {...comparison} />
              <FactRow name={trans.__('Columns')} of={one => count(one.columns)} {...comparison} />
              <FactRow name={trans.__('Size')} of={one => size(one.bytes)} {...comparison} />
            </tbody>
          </table>
          {comparison.changes.length ? (
            <Changes changes={comparison.changes} label={trans.__('What is different')} />
          ) : (
            <p>
              {comparison.before.digest === comparison.after.digest
                ? trans.__('They are the same.')
                : trans.__('Some values differ; rows, columns and how values are spread are alike.')}
            </p>
          )}
          {comparison.change_count > comparison.changes.length && (
            <p className="sp-Quiet">
              {trans.__('… and %1 more differences.', count(comparison.change_count - comparison.changes.length))}
            </p>
          )}
        </section>
      )}
      {known.length < history.versions.length && (
        <p className="sp-Quiet">{trans.__('Of older versions no more is known than what is listed below.')}</p>
      )}
    </details>
  );
}

interface VersionChoiceProps {
  label: string;
  known: readonly DatasetVersion[];
  chosen: string;
  choose: (id: string) => void;
}

function VersionChoice({ label, known, chosen, choose }: VersionChoiceProps): JSX.Element {
  return (
    <label className="sp-Past-choice">
      <span>{label}</span>
      <select className="jp-mod-styled" value={chosen} onChange={event => choose(event.target.value)}>
        {known.map(version => (
          <option key={version.id} value={version.id}>
            {trans.__('Version %1, %2', version.number, ago(version.noted_at))}
          </option>
        ))}
      </select>
    </label>
  );
}

interface FactRowProps {
  name: string;
  before: DatasetVersion;
  after: DatasetVersion;
  of: (version: DatasetVersion) => string;
}

function FactRow({ name, before, after, of }: FactRowProps): JSX.Element {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{of(before)}</td>
      <td>{of(after)}</td>
    </tr>
  );
}
