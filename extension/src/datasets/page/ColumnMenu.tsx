/** What can be done with one column: sort, freeze, hide, and choose which rows fit. */
import * as React from 'react';
import type { ViewValue } from '../../api/schema';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { SearchBox } from '../../ui/SearchBox';
import { trans } from '../../ui/words';
import { inFile } from '../grid/values';
import { count } from '../words';
import { Popover } from './Popover';
import { filterOf, type Filter, type ViewState } from './view';

interface ColumnMenuProps {
  state: ViewState;
  place: number;
  at: { x: number; y: number };
  onClose: () => void;
  /** Draws columns; null where there is nothing to draw with. */
  onPlot: ((columns: string[]) => void) | null;
}

export function ColumnMenu({ state, place, at, onClose, onPlot }: ColumnMenuProps): JSX.Element {
  const column = state.column(place);
  const done = (deed: () => void) => () => {
    deed();
    onClose();
  };
  const isFrozen = state.isFrozen(place);
  const isOrdered = column.kind === 'number' || column.kind === 'date' || column.kind === 'time';
  return (
    <Popover title={column.name} at={at} onClose={onClose}>
      {typeof column.title === 'string' && <div className="sp-Quiet">{inFile(column.title)}</div>}
      <div className="sp-ColumnMenu-deeds">
        <Button label={trans.__('Sort ▲')} title={trans.__('The smallest first')} onClick={done(() => state.sort(place, false))} />
        <Button label={trans.__('Sort ▼')} title={trans.__('The largest first')} onClick={done(() => state.sort(place, true))} />
        {state.sorted(place) !== 0 && (
          <Button label={trans.__('Unsorted')} onClick={done(() => state.sort(place, null))} />
        )}
        <Button
          label={isFrozen ? trans.__('Let go') : trans.__('Freeze')}
          title={trans.__('A frozen column stays at the left')}
          onClick={done(() => state.freeze(place, !isFrozen))}
        />
        <Button
          label={trans.__('Hide')}
          disabled={state.layout.order.length < 2}
          onClick={done(() => state.hide(place))}
        />
        {onPlot && <Button label={trans.__('Plot')} onClick={done(() => onPlot([column.name]))} />}
      </div>
      {isOrdered && <RangeForm state={state} place={place} onDone={onClose} />}
      {!isOrdered && column.kind !== 'boolean' && (
        <ContainsForm state={state} place={place} onDone={onClose} />
      )}
      <Values state={state} place={place} onDone={onClose} />
      <div className="sp-ColumnMenu-deeds">
        <Button
          label={trans.__('Is empty')}
          onClick={done(() => state.filter(place, [filterOf(column.name, 'empty')]))}
        />
        <Button
          label={trans.__('Is not empty')}
          onClick={done(() => state.filter(place, [filterOf(column.name, 'empty', { negated: true })]))}
        />
        {state.filtersOf(place).length > 0 && (
          <Button label={trans.__('Clear filter')} onClick={done(() => state.filter(place, []))} />
        )}
      </div>
    </Popover>
  );
}

interface FormProps {
  state: ViewState;
  place: number;
  onDone: () => void;
}

function RangeForm({ state, place, onDone }: FormProps): JSX.Element {
  const column = state.column(place);
  const known = state.filtersOf(place).find(filter => filter.kind === 'between');
  const day = (text: string | null | undefined): string => (column.type === 'DATE' ? (text ?? '').slice(0, 10) : (text ?? ''));
  const [low, setLow] = React.useState(day(known?.low));
  const [high, setHigh] = React.useState(day(known?.high));
  const type = column.kind === 'number' ? 'text' : column.type === 'DATE' ? 'date' : 'text';
  const field = (label: string, value: string, set: (text: string) => void, example: string | null): JSX.Element => (
    <label>
      <span>{label}</span>
      <input
        type={type}
        inputMode={column.kind === 'number' ? 'decimal' : undefined}
        value={value}
        placeholder={example ?? ''}
        onChange={event => set(event.target.value)}
      />
    </label>
  );
  return (
    <form
      className="sp-ColumnMenu-form"
      onSubmit={event => {
        event.preventDefault();
        const bound = (text: string): string | null => text.trim() || null;
        const isAsked = Boolean(bound(low) || bound(high));
        state.filter(
          place,
          isAsked ? [filterOf(column.name, 'between', { low: bound(low), high: bound(high) })] : []
        );
        onDone();
      }}
    >
      {field(trans.__('From'), low, setLow, column.minimum)}
      {field(trans.__('To'), high, setHigh, column.maximum)}
      <button type="submit" className="sp-Button jp-mod-styled">
        {trans.__('Filter')}
      </button>
    </form>
  );
}

function ContainsForm({ state, place, onDone }: FormProps): JSX.Element {
  const { name } = state.column(place);
  const known = state.filtersOf(place).find(filter => filter.kind === 'contains');
  const [text, setText] = React.useState(known?.values[0] ?? '');
  const [negated, setNegated] = React.useState(known?.negated ?? false);
  return (
    <form
      className="sp-ColumnMenu-form"
      onSubmit={event => {
        event.preventDefault();
        state.filter(place, text ? [filterOf(name, 'contains', { values: [text], negated })] : []);
        onDone();
      }}
    >
      <label>
        <select
          aria-label={trans.__('How it is compared')}
          value={negated ? 'not' : 'is'}
          onChange={event => setNegated(event.target.value === 'not')}
        >
          <option value="is">{trans.__('contains')}</option>
          <option value="not">{trans.__('does not contain')}</option>
        </select>
        <input
          type="text"
          data-first
          aria-label={trans.__('Text to look for')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </label>
      <button type="submit" className="sp-Button jp-mod-styled">
        {trans.__('Filter')}
      </button>
    </form>
  );
}

function Values({ state, place, onDone }: FormProps): JSX.Element {
  const { name } = state.column(place);
  const known = state.filtersOf(place).find(filter => filter.kind === 'among' && !filter.negated);
  const [search, setSearch] = React.useState('');
  const [found, setFound] = React.useState<ViewValue[] | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [chosen, choose] = React.useState(new Set<string>(known?.values ?? []));
  React.useEffect(() => {
    let isGone = false;
    const timer = setTimeout(
      () => {
        state.values(place, search).then(
          values => !isGone && (setFound(values), setError(null)),
          problem => !isGone && setError(problem)
        );
      },
      search ? 200 : 0
    );
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [search, place]);
  const toggle = (value: string): void => {
    const next = new Set(chosen);
    if (!next.delete(value)) {
      next.add(value);
    }
    choose(next);
  };
  const apply = (): void => {
    const filters: Filter[] = chosen.size ? [filterOf(name, 'among', { values: [...chosen] })] : [];
    state.filter(place, filters);
    onDone();
  };
  const shown = (found ?? []).filter((one): one is ViewValue & { value: string } => one.value !== null);
  return (
    <div className="sp-ColumnMenu-values">
      <SearchBox label={trans.__('Search its values')} value={search} onChange={setSearch} />
      <ErrorNote error={error} />
      <ul aria-label={trans.__('Values of %1', name)}>
        {shown.map(one => (
          <li key={one.value}>
            <label title={one.value}>
              <input type="checkbox" checked={chosen.has(one.value)} onChange={() => toggle(one.value)} />
              <span>{one.value}</span>
              <small>{count(one.count)}</small>
            </label>
          </li>
        ))}
        {found && !shown.length && <li className="sp-Quiet">{trans.__('No value fits.')}</li>}
        {!found && !error && <li className="sp-Quiet">{trans.__('Counting…')}</li>}
      </ul>
      <Button
        kind="accept"
        label={chosen.size ? trans._n('Show only this %1 value', 'Show only these %1 values', chosen.size) : trans.__('Show all values')}
        onClick={apply}
      />
    </div>
  );
}
