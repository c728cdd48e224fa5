/** The rows of a dataset: sorted, filtered, searched, and made into code. */
import { filterIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Profile } from '../../api/schema';
import { barsOf } from '../Chart';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { ErrorNote } from '../../ui/ErrorNote';
import { SearchBox } from '../../ui/SearchBox';
import { lazily } from '../../ui/lazily';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { Grid, type GridCell, type GridHandle } from '../grid/Grid';
import type { HeaderHit } from '../grid/mouse';
import type { Marks } from '../grid/paint';
import { Taking } from '../taking';
import { count } from '../words';
import type { SectionProps } from './sections';
import { ViewState } from './view';

const ColumnMenu = lazily(async () => (await import('./ColumnMenu')).ColumnMenu);
const ColumnList = lazily(async () => (await import('./ColumnList')).ColumnList);
const CodePart = lazily(async () => (await import('./CodePart')).CodePart);
const CellPart = lazily(async () => (await import('./CellPart')).CellPart);
const DownloadPart = lazily(async () => (await import('./DownloadPart')).DownloadPart);
const TakingLine = lazily(async () => (await import('./DownloadPart')).TakingLine);
const Begun = lazily(async () => (await import('./Begun')).Begun);
const TYPING_MS = 300;

type Spot = { x: number; y: number };
type Open =
  | { what: 'column'; place: number; at: Spot }
  | { what: 'columns'; at: Spot }
  | { what: 'download'; at: Spot }
  | { what: 'code'; at: Spot; plot: string[] | null }
  | { what: 'cell'; cell: GridCell; at: Spot };

export function Table({ dataset, state, api, deeds }: SectionProps): JSX.Element {
  const [profile, setProfile] = React.useState<Profile | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [again, setAgain] = React.useState(0);
  const isReady = dataset.status === 'ready';
  React.useEffect(() => {
    let isGone = false;
    setError(null);
    if (isReady) {
      state.profile(dataset.id).then(
        found => !isGone && setProfile(found),
        problem => !isGone && setError(problem)
      );
    }
    return () => {
      isGone = true;
    };
  }, [dataset.id, dataset.modified, isReady, again]);
  const view = React.useMemo(
    () => (profile ? new ViewState(api, dataset, profile, window.sessionStorage) : null),
    [api, dataset.id, profile]
  );
  const taking = React.useMemo(() => new Taking(api), [api]);
  useSignal(taking.changed);
  if (error) {
    return <ErrorNote error={error} onRetry={() => setAgain(again + 1)} />;
  }
  if (!view) {
    if (isReady) {
      return <Busy label={trans.__('Fetching its columns…')} />;
    }
    return dataset.status === 'failed' ? <></> : <Begun dataset={dataset} api={api} />;
  }
  return (
    <Rows
      key={dataset.id}
      view={view}
      of={{
        taking,
        insert: deeds.insert,
        ask: () =>
          deeds.run('sponde:chat:write', {
            text: view.isPlain ? '' : trans.__('Of the rows where %1: ', view.words()),
            references: [
              { kind: 'dataset', name: dataset.name, id: dataset.id, path: '', text: '', language: '' }
            ]
          })
      }}
    />
  );
}

interface RowsProps {
  view: ViewState;
  /** What can be done with the rows of a dataset; null for those of a result of SQL. */
  of: { taking: Taking; insert: (code: string) => void; ask: () => void } | null;
}

/** Rows in the grid, with all that chooses among them. */
export function Rows({ view, of }: RowsProps): JSX.Element {
  useSignal(view.changed);
  const [seen, setSeen] = React.useState('');
  const [open, setOpen] = React.useState<Open | null>(null);
  const [typed, type] = React.useState(view.view.search);
  const box = React.useRef<HTMLInputElement>(null);
  const grid = React.useRef<GridHandle | null>(null);
  const close = React.useCallback(() => setOpen(null), []);
  React.useEffect(() => {
    const timer = setTimeout(() => typed !== view.view.search && view.search(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, view]);
  React.useEffect(() => type(view.view.search), [view, view.view.search]);

  const bars = React.useMemo(() => {
    const known = new Map<number, number[] | null>();
    return (place: number): number[] | null => {
      if (!known.has(place)) {
        const column = view.column(place);
        const counts = barsOf(column).map(bar => bar.count);
        const isFlat = column.kind === 'text' && Math.max(...counts, 0) < 2;
        known.set(place, counts.length && !isFlat ? counts : null);
      }
      return known.get(place) ?? null;
    };
  }, [view]);
  const marks: Marks = React.useMemo(
    () => ({
      sorted: place => view.sorted(place),
      isFiltered: place => view.filtersOf(place).length > 0,
      bars,
      hasBars: view.hasFile,
      hasMenu: true
    }),
    [view, view.view, bars]
  );
  const onHeader = (hit: HeaderHit): void => {
    if (hit.part === 'menu') {
      setOpen({ what: 'column', place: hit.place, at: hit });
    } else if (hit.part === 'bar') {
      view.filterBar(hit.place, hit.bar);
    } else {
      view.sortBy(hit.place, hit.shift);
    }
  };
  const onCell = (cell: GridCell, at: Spot): void => setOpen({ what: 'cell', cell, at });
  const below = (event: React.MouseEvent): Spot => {
    const rect = event.currentTarget.getBoundingClientRect();
    return { x: rect.left, y: rect.bottom + 4 };
  };
  const { view: looked, layout } = view;
  const hidden = view.profile.columns.length - layout.order.length;
  const chips = looked.filters.length > 0 || Boolean(looked.search);
  return (
    <div
      className="sp-TablePart"
      onKeyDown={event => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
          event.preventDefault();
          event.stopPropagation();
          box.current?.focus();
        }
      }}
    >
      <div className="sp-TablePart-bar" role="toolbar" aria-label={trans.__('The table')}>
        <SearchBox ref={box} label={trans.__('Search all columns')} value={typed} onChange={type} />
        <Button
          label={hidden ? trans._n('Columns (%1 hidden)', 'Columns (%1 hidden)', hidden) : trans.__('Columns')}
          onClick={event => setOpen({ what: 'columns', at: below(event) })}
        />
        {of && (
          <>
            <Button
              label={trans.__('As written')}
              title={trans.__('Show values as they are written in the file')}
              pressed={view.written}
              onClick={() => view.setWritten(!view.written)}
            />
            <Button
              label={trans.__('Code')}
              title={trans.__('This view as pandas, SQL or polars')}
              onClick={event => setOpen({ what: 'code', at: below(event), plot: null })}
            />
            <Button
              label={trans.__('Plot')}
              title={trans.__('One or two columns of this view, drawn')}
              onClick={event =>
                setOpen({ what: 'code', at: below(event), plot: [view.column(layout.order[0]).name] })
              }
            />
            <Button
              label={trans.__('Download')}
              title={trans.__('As CSV, Parquet or Excel: this view or all of it')}
              disabled={of.taking.since !== null}
              onClick={event => setOpen({ what: 'download', at: below(event) })}
            />
            <Button label={trans.__('Ask about this view')} onClick={of.ask} />
          </>
        )}
      </div>
      {of && (of.taking.since !== null || of.taking.made || of.taking.error) && <TakingLine taking={of.taking} />}
      {chips && (
        <ul className="sp-TablePart-chips" aria-label={trans.__('What the rows must fit')}>
          {looked.filters.map((filter, place) => (
            <li key={place}>
              <button
                type="button"
                className="sp-FilterChip"
                title={trans.__('Remove this filter')}
                aria-label={trans.__('Remove the filter: %1', view.wordsOf(filter))}
                onClick={() => view.removeFilter(filter)}
              >
                <filterIcon.react tag="span" width="12px" height="12px" />
                <span>{view.wordsOf(filter)}</span>
                <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
          {looked.search && (
            <li>
              <button
                type="button"
                className="sp-FilterChip"
                aria-label={trans.__('Clear the search for “%1”', looked.search)}
                onClick={() => view.search('')}
              >
                <span>{trans.__('any column contains “%1”', looked.search)}</span>
                <span aria-hidden="true">×</span>
              </button>
            </li>
          )}
          <li>
            <Button kind="quiet" label={trans.__('Clear')} onClick={() => view.clear()} />
          </li>
        </ul>
      )}
      <ErrorNote error={view.error} onDismiss={() => view.clear()} />
      <Grid
        source={view.source}
        label={view.hasFile ? trans.__('Rows of %1', view.dataset.name) : trans.__('Result')}
        layout={layout}
        marks={marks}
        onHeader={onHeader}
        onCell={onCell}
        handle={grid}
        onKey={(event, cell, at) => {
          if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'g') {
            setOpen({ what: 'columns', at });
            return true;
          }
          if (!cell || event.ctrlKey || event.metaKey) {
            return false;
          }
          if (event.altKey && event.key === 'ArrowDown') {
            setOpen({ what: 'column', place: cell.place, at });
            return true;
          }
          if (event.altKey || !KEYS.has(event.key.toLowerCase())) {
            return false;
          }
          const key = event.key.toLowerCase();
          if (key === 's') {
            view.sortBy(cell.place, event.shiftKey);
          } else if (key === 'f') {
            if (cell.value !== undefined) {
              view.filterValue(cell.place, cell.value);
            }
          } else {
            view.hide(cell.place);
          }
          return true;
        }}
        onSeen={(first, last) =>
          setSeen(trans.__('rows %1–%2 of %3', count(first + 1), count(last + 1), count(view.total)))
        }
      />
      {!view.total && !view.error && !view.isLooking && !view.isSettling && (
        <div className="sp-TablePart-none">
          {!view.hasFile && view.isPlain ? (
            <Empty title={trans.__('The result has no rows')} text={trans.__('Its columns are named above.')} />
          ) : view.isPlain ? (
            <Empty
              title={trans.__('This file has no rows')}
              text={trans.__('Its columns are named above. What does not fit in them is under Problems.')}
            />
          ) : (
            <Empty
              title={trans.__('No row fits')}
              text={trans.__('None of the %1 rows fits all that is asked above.', count(view.profile.rows))}
            >
              <Button kind="accept" label={trans.__('Clear the filters')} onClick={() => view.clear()} />
            </Empty>
          )}
        </div>
      )}
      <div className="sp-TablePart-foot">
        <span role="status">{stateOf(view, seen)}</span>
        {(view.isLooking || view.isSettling) && <Busy label={doingOf(view)} />}
        {!view.isPlain && (
          <span>
            {view.hasFile
              ? trans.__('%1 in the file', count(view.profile.rows))
              : trans.__('%1 in the result', count(view.profile.rows))}
          </span>
        )}
        <span className="sp-Quiet">
          {trans.__('Enter whole value · F filter by it · S sort · Alt+↓ column menu · Ctrl+G go to a column')}
        </span>
      </div>
      {open?.what === 'column' && (
        <ColumnMenu
          state={view}
          place={open.place}
          at={open.at}
          onClose={close}
          onPlot={of && (plot => setTimeout(() => setOpen({ what: 'code', at: open.at, plot }), 0))}
        />
      )}
      {open?.what === 'columns' && (
        <ColumnList
          state={view}
          at={open.at}
          onClose={close}
          onMenu={place => setTimeout(() => setOpen({ what: 'column', place, at: open.at }), 0)}
          onGo={place => {
            view.reveal(place);
            close();
            // The grid has the column a moment later, where it was hidden.
            setTimeout(() => grid.current?.show(place), 0);
          }}
        />
      )}
      {of && open?.what === 'download' && (
        <DownloadPart state={view} taking={of.taking} at={open.at} onClose={close} />
      )}
      {open?.what === 'cell' && <CellPart state={view} cell={open.cell} at={open.at} onClose={close} />}
      {of && open?.what === 'code' && (
        <CodePart state={view} at={open.at} plot={open.plot} onClose={close} insert={of.insert} />
      )}
    </div>
  );
}

function stateOf(view: ViewState, seen: string): string {
  if (view.isLooking) {
    return '';
  }
  return view.total ? seen : view.isPlain ? trans.__('No rows.') : trans.__('No row fits.');
}

/** What the server still does for the view. */
function doingOf(view: ViewState): string {
  if (view.isLooking) {
    return view.isPlain ? trans.__('Fetching rows…') : trans.__('Looking for rows that fit…');
  }
  return view.isPlain || view.view.sorts.length
    ? trans.__('Putting all rows in order…')
    : trans.__('Looking through the rest: %1 fit so far', count(view.total));
}

const KEYS = new Set(['s', 'f', 'h']);
