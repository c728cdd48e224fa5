/** Taking a dataset away as a file: all of it or the view, and in which form. */
import * as React from 'react';
import type { DownloadFormat } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { duration } from '../../ui/time';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { Taking } from '../taking';
import { count, size } from '../words';
import { Popover } from './Popover';
import type { ViewState } from './view';

const SHEET_ROWS = 1_048_575;
const SHEET_COLUMNS = 16_384;
const SAID_MS = 12_000;

interface Form {
  id: DownloadFormat;
  label: string;
  note: string;
}

const forms = (): Form[] => [
  {
    id: 'csv',
    label: trans.__('CSV, exact'),
    note: trans.__('Every value and every name as it is written in the file. For programs.')
  },
  {
    id: 'spreadsheet_csv',
    label: trans.__('CSV, safe for spreadsheets'),
    note: trans.__('Text that Excel would run as a formula gets an apostrophe.')
  },
  {
    id: 'parquet',
    label: trans.__('Parquet'),
    note: trans.__('Small and quick, with types. For pandas, polars, DuckDB, R.')
  },
  {
    id: 'xlsx',
    label: trans.__('Excel'),
    note: trans.__('One sheet with types; at most %1 rows.', count(SHEET_ROWS))
  }
];

interface DownloadPartProps {
  state: ViewState;
  taking: Taking;
  at: { x: number; y: number };
  onClose: () => void;
}

export function DownloadPart({ state, taking, at, onClose }: DownloadPartProps): JSX.Element {
  const all = state.profile.columns.length;
  const isOther = state.isOther;
  const [isView, ofView] = React.useState(isOther);
  const [format, choose] = React.useState<DownloadFormat>('csv');
  const rows = isView ? state.total : state.profile.rows;
  const columns = isView ? state.layout.order.length : all;
  const isTooMuch = (id: DownloadFormat): boolean => id === 'xlsx' && (rows > SHEET_ROWS || columns > SHEET_COLUMNS);
  const much = (rows_: number, columns_: number): string =>
    [
      trans._n('%2 row', '%2 rows', rows_, count(rows_)),
      trans._n('%2 column', '%2 columns', columns_, count(columns_))
    ].join(', ');
  return (
    <Popover title={trans.__('Download %1', state.dataset.name)} at={at} onClose={onClose}>
      <form
        className="sp-Download"
        onSubmit={event => {
          event.preventDefault();
          void taking.make({
            format,
            dataset_id: state.dataset.id,
            view: isView ? state.whole() : null,
            name: isView ? `${state.dataset.name}-view` : ''
          });
          onClose();
        }}
      >
        {isOther ? (
          <fieldset>
            <legend>{trans.__('Which rows and columns')}</legend>
            <Choice
              name="what"
              label={trans.__('This view')}
              note={trans.__('%1, as they are shown', much(state.total, state.layout.order.length))}
              checked={isView}
              onChoose={() => ofView(true)}
            />
            <Choice
              name="what"
              label={trans.__('All of it')}
              note={trans.__('%1, in the order of the file', much(state.profile.rows, all))}
              checked={!isView}
              onChoose={() => ofView(false)}
            />
          </fieldset>
        ) : (
          <p className="sp-Quiet">{trans.__('All of it: %1.', much(state.profile.rows, all))}</p>
        )}
        <fieldset>
          <legend>{trans.__('As')}</legend>
          {forms().map(form => (
            <Choice
              key={form.id}
              name="form"
              label={form.label}
              note={form.note}
              checked={format === form.id}
              disabled={isTooMuch(form.id)}
              onChoose={() => choose(form.id)}
            />
          ))}
        </fieldset>
        <button
          type="submit"
          className="sp-Button jp-mod-styled jp-mod-accept"
          disabled={taking.since !== null || isTooMuch(format)}
        >
          {trans.__('Download')}
        </button>
      </form>
    </Popover>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  note: string;
  checked: boolean;
  disabled?: boolean;
  onChoose: () => void;
}

function Choice({ name, label, note, checked, disabled, onChoose }: ChoiceProps): JSX.Element {
  const id = React.useId();
  return (
    <label className="sp-Download-choice">
      <input
        type="radio"
        name={name}
        checked={checked}
        disabled={disabled}
        data-first={checked || undefined}
        aria-describedby={id}
        onChange={onChoose}
      />
      <span>
        <span>{label}</span>
        <small id={id}>{note}</small>
      </span>
    </label>
  );
}

/** How far the file is that is being made, and what became of the last one. */
export function TakingLine({ taking }: { taking: Taking }): JSX.Element | null {
  useSignal(taking.changed);
  const [, tick] = React.useReducer((n: number) => n + 1, 0);
  const { since, made, error } = taking;
  React.useEffect(() => {
    if (since !== null) {
      const timer = window.setInterval(tick, 1000);
      return () => window.clearInterval(timer);
    }
  }, [since]);
  React.useEffect(() => {
    if (made) {
      const timer = window.setTimeout(() => taking.dismiss(), SAID_MS);
      return () => window.clearTimeout(timer);
    }
  }, [made, taking]);
  if (since === null && !made && !error) {
    return null;
  }
  return (
    <div className="sp-Download-line">
      <ErrorNote error={error} onDismiss={() => taking.dismiss()} />
      {since !== null && (
        <>
          <Busy label={trans.__('Making the file…')} />
          <span className="sp-Quiet" aria-hidden="true">
            {duration(Math.max(0, Date.now() - since) / 1000)}
          </span>
          <Button kind="quiet" label={trans.__('Stop')} onClick={() => taking.stop()} />
        </>
      )}
      {made && (
        <>
          <span role="status">
            {trans.__(
              '%1 is on its way: %2, %3.',
              made.filename,
              trans._n('%2 row', '%2 rows', made.rows, count(made.rows)),
              size(made.bytes)
            )}
          </span>
          <Button kind="quiet" label={trans.__('Dismiss')} onClick={() => taking.dismiss()} />
        </>
      )}
    </div>
  );
}
