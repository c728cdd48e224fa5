/** The sheets of a workbook, or the files of an archive: which are datasets, and the rest to add. */
import { addIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Dataset, Profile } from '../api/schema';
import { Button } from '../ui/Button';
import { trans } from '../ui/words';
import type { DatasetsState } from './state';
import { count } from './words';

const AT_ONCE = 20;

interface PartsProps {
  dataset: Dataset;
  profile: Profile;
  state: DatasetsState;
}

export function Parts({ dataset, profile, state }: PartsProps): JSX.Element {
  const [most, setMost] = React.useState(AT_ONCE);
  const [adding, setAdding] = React.useState('');
  const known = new Map(
    state
      .list()
      .filter(one => one.path === dataset.path)
      .map(one => [one.part, one])
  );
  const { parts } = profile;
  const isWorkbook = profile.dialect.kind === 'excel' && profile.dialect.packed !== 'zip';
  const label = isWorkbook
    ? trans.__('Sheet %1 of %2', dataset.part, count(parts.length))
    : trans.__('File %1 of %2', dataset.part, count(parts.length));
  const add = async (part: string): Promise<void> => {
    setAdding(part);
    await state.add(dataset.path, part);
    setAdding('');
  };
  return (
    <details className="sp-Parts">
      <summary>{label}</summary>
      <ul aria-label={isWorkbook ? trans.__('Sheets') : trans.__('Files in the archive')}>
        {parts.slice(0, most).map(part => (
          <li key={part} aria-current={part === dataset.part || undefined}>
            <span className="sp-Parts-name" title={part}>
              {part}
            </span>
            {known.has(part) ? (
              <span className="sp-Quiet">{`@${known.get(part)?.name}`}</span>
            ) : (
              <Button
                iconOnly
                icon={addIcon}
                label={trans.__('Make %1 a dataset', part)}
                disabled={adding !== ''}
                onClick={() => void add(part)}
              />
            )}
          </li>
        ))}
      </ul>
      {parts.length > most && (
        <Button
          kind="quiet"
          label={trans.__('Show %1 more', count(Math.min(AT_ONCE * 5, parts.length - most)))}
          onClick={() => setMost(most + AT_ONCE * 5)}
        />
      )}
    </details>
  );
}
