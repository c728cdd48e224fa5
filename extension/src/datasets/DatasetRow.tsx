/** One dataset: its name and size; opened, what is wrong with it and its columns. */
import { caretDownIcon, caretRightIcon, closeIcon, codeIcon, tableRowsIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { Dataset, Profile, Whereabout } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { sqlIcon } from '../ui/icons';
import { lazily } from '../ui/lazily';
import { trans } from '../ui/words';
import type { DatasetFits } from './fits';
import type { Shown } from './finding';
import type { DatasetsState } from './state';
import { count, many, size } from './words';

const PolicyField = lazily(() => import('../ui/Policy').then(found => found.PolicyField));
const Parts = lazily(() => import('./Parts').then(found => found.Parts));
const FitsList = lazily(() => import('./FitsList').then(found => found.FitsList));
const ColumnRow = lazily(() => import('./ColumnRow').then(found => found.ColumnRow));
const Vanished = lazily(() => import('./Vanished').then(found => found.Vanished));
const FirstColumns = lazily(() => import('./FirstColumns').then(found => found.FirstColumns));
const COLUMNS_AT_ONCE = 100;
const PROBLEMS_AT_ONCE = 5;
const WARNINGS_AT_ONCE = 4;

/** What a dataset's buttons do; the plugin says how. */
export interface Deeds {
  /** Opens its page, at one of its parts where one is named. */
  open: (dataset: Dataset, section?: string) => void;
  insert: (dataset: Dataset) => void;
  /** Opens a tab of SQL, over one dataset where one is named. */
  query: (name?: string) => void;
  remove: (dataset: Dataset) => void;
  /** Shows all that can be done with it, where the mouse is. */
  menu: (dataset: Dataset, x: number, y: number) => void;
  /** Where the file of one that is gone may be. */
  whereabouts: (dataset: Dataset) => Promise<readonly Whereabout[]>;
  /** Says where the file of one that is gone is now; asks where no path is given. */
  point: (dataset: Dataset, path?: string) => void;
  rename: (dataset: Dataset) => void;
  /** Which blocks of the library fit; fetched when it is shown. */
  fits: () => Promise<DatasetFits>;
  /** The pressed mouse may become a drag; `begins` is told when it does. */
  drag: (event: React.MouseEvent, dataset: Dataset, begins: () => void) => void;
}

interface DatasetRowProps {
  shown: Shown;
  state: DatasetsState;
  deeds: Deeds;
}

export function DatasetRow({ shown, state, deeds }: DatasetRowProps): JSX.Element {
  const { dataset, isOpen } = shown;
  const wasDragged = React.useRef(false);
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  const isGone = dataset.is_gone && dataset.status === 'failed';
  const busy = dataset.status === 'waiting' || dataset.status === 'profiling';
  return (
    <li className={`sp-Dataset ${isOpen ? 'sp-mod-open' : ''}`} data-dataset={dataset.name}>
      <div
        className="sp-Dataset-head"
        onContextMenu={event => {
          event.preventDefault();
          event.stopPropagation();
          deeds.menu(dataset, event.clientX, event.clientY);
        }}
      >
        <button
          type="button"
          className="sp-Dataset-toggle"
          data-walk="row"
          aria-expanded={isOpen}
          title={dataset.path}
          onMouseDown={event => {
            wasDragged.current = false;
            deeds.drag(event, dataset, () => (wasDragged.current = true));
          }}
          onClick={() => {
            if (!wasDragged.current) {
              void state.toggle(dataset.id);
            }
          }}
          onDoubleClick={() => deeds.open(dataset)}
          onKeyDown={event => {
            if (event.key === 'Delete') {
              deeds.remove(dataset);
            } else if (event.key === 'F2') {
              deeds.rename(dataset);
            } else if (event.key === 'Enter') {
              // Space opens it in the list, Enter on its page.
              event.preventDefault();
              deeds.open(dataset);
            }
          }}
        >
          <Caret.react tag="span" className="sp-Dataset-caret" width="16px" height="16px" />
          <span className="sp-Dataset-words">
            <span className="sp-Dataset-name">{dataset.name}</span>
            <span className="sp-Dataset-size">{summary(dataset)}</span>
            {dataset.tags.length > 0 && (
              <span className="sp-Dataset-size">{dataset.tags.map(tag => `#${tag}`).join(' ')}</span>
            )}
          </span>
        </button>
        <span className="sp-Dataset-deeds">
          <Button iconOnly icon={tableRowsIcon} label={trans.__('Open %1', dataset.name)} onClick={() => deeds.open(dataset)} />
          <Button iconOnly icon={sqlIcon} label={trans.__('Query %1 with SQL', dataset.name)} disabled={dataset.status === 'failed'} onClick={() => deeds.query(dataset.name)} />
          <Button iconOnly icon={codeIcon} label={trans.__('Insert code for %1', dataset.name)} disabled={dataset.status === 'failed'} onClick={() => deeds.insert(dataset)} />
          <Button iconOnly icon={closeIcon} label={trans.__('Remove %1 from the list', dataset.name)} onClick={() => deeds.remove(dataset)} />
        </span>
      </div>
      {dataset.problems > 0 && !isOpen && (
        <button type="button" className="sp-Dataset-problems sp-Link" onClick={() => deeds.open(dataset, 'problems')}>
          {problemsOf(dataset)}
        </button>
      )}
      {busy && <Busy label={trans.__('Reading the file…')} />}
      {busy && isOpen && <FirstColumns dataset={dataset} state={state} />}
      {isGone && <Vanished dataset={dataset} deeds={deeds} />}
      {dataset.status === 'failed' && dataset.failure && !isGone && (
        <ErrorNote
          error={new Refusal(0, 'failed', dataset.failure.message, dataset.failure.hint)}
          onRetry={() => void state.add(dataset.path, dataset.part)}
        />
      )}
      {isOpen && (dataset.status === 'ready' || (isGone && dataset.rows !== null)) && <Contents shown={shown} state={state} deeds={deeds} />}
    </li>
  );
}

const problemsOf = ({ problems }: Dataset): string =>
  trans._n('%2 problem', '%2 problems', problems, count(problems));

function summary(dataset: Dataset): string {
  const { rows, columns } = dataset;
  if (dataset.status === 'failed' && !dataset.is_gone) {
    return trans.__('cannot be read');
  }
  const parts = dataset.is_gone ? [trans.__('its file is gone')] : [];
  if (dataset.part) {
    parts.push(dataset.part);
  }
  if (rows !== null && columns !== null) {
    parts.push(trans._n('%2 row', '%2 rows', rows, count(rows)));
    parts.push(trans._n('%2 column', '%2 columns', columns, count(columns)));
  }
  return [...parts, size(dataset.bytes)].join(' · ');
}

function Contents({ shown, state, deeds }: DatasetRowProps): JSX.Element {
  const [most, setMost] = React.useState(COLUMNS_AT_ONCE);
  const { dataset, profile, columns } = shown;
  if (shown.error) {
    return <ErrorNote error={shown.error} onRetry={() => void state.add(dataset.path, dataset.part)} />;
  }
  if (!profile) {
    return <Busy label={trans.__('Fetching its columns…')} />;
  }
  return (
    <div className="sp-Dataset-contents">
      <PolicyField
        name={dataset.name}
        choice={{ policy: dataset.policy, rows: dataset.policy_rows }}
        onChange={choice => void state.setPolicy(dataset, choice)}
      />
      {profile.parts.length > 1 && <Parts dataset={dataset} profile={profile} state={state} />}
      {!dataset.is_gone && <FitsList name={dataset.name} fits={deeds.fits} />}
      <Remarks profile={profile} show={section => deeds.open(dataset, section)} />
      <ul className="sp-Columns" aria-label={trans.__('Columns of %1', dataset.name)}>
        {columns.slice(0, most).map(([place, column]) => (
          <ColumnRow
            key={place}
            column={column}
            rows={profile.rows}
            isOpen={state.isColumnOpen(dataset.id, place)}
            onToggle={() => state.toggleColumn(dataset.id, place)}
          />
        ))}
      </ul>
      {columns.length > most && (
        <div className="sp-Columns-more">
          <Button
            kind="quiet"
            label={trans.__(
              'Show %1 more of %2 columns',
              Math.min(COLUMNS_AT_ONCE, columns.length - most),
              count(columns.length)
            )}
            onClick={() => setMost(most + COLUMNS_AT_ONCE)}
          />
        </div>
      )}
    </div>
  );
}

function Remarks(props: { profile: Profile; show: (section: string) => void }): JSX.Element | null {
  const { profile, show } = props;
  const more = profile.warnings.length - WARNINGS_AT_ONCE;
  if (!profile.warnings.length && !profile.problem_count) {
    return null;
  }
  return (
    <div className="sp-Remarks">
      {profile.warnings.slice(0, WARNINGS_AT_ONCE).map(warning => (
        <p key={warning}>{warning}</p>
      ))}
      {more > 0 && (
        <Button
          kind="quiet"
          label={trans._n('%1 more: see its profile', '%1 more: see its profile', more)}
          onClick={() => show('profile')}
        />
      )}
      {profile.problem_count > 0 && (
        <>
          <Button
            kind="quiet"
            label={trans._n(
              '%2 problem: see it, and what can be done',
              '%2 problems: see them, and what can be done',
              profile.problem_count,
              count(profile.problem_count)
            )}
            onClick={() => show('problems')}
          />
          <p>
            {trans.__(
              '%1 mended, %2 left out.',
              many(profile.rows_mended, 'row'),
              many(profile.rows_left_out, 'row')
            )}
          </p>
          <ul aria-label={trans.__('Problems')}>
            {profile.problems.slice(0, PROBLEMS_AT_ONCE).map((problem, place) => (
              <li key={place} title={problem.text}>
                <span className="sp-Remarks-line">{trans.__('Line %1', count(problem.line))}</span>{' '}
                {problem.message}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
