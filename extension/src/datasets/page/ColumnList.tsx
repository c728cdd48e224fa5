/** The columns by name: to go to one, to show or hide it; quick for ten thousand of them. */
import { ellipsesIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../../ui/Button';
import { SearchBox } from '../../ui/SearchBox';
import { trans } from '../../ui/words';
import { count } from '../words';
import { Popover } from './Popover';
import type { ViewState } from './view';

const MOST = 200;

interface ColumnListProps {
  state: ViewState;
  at: { x: number; y: number };
  onClose: () => void;
  /** Bring a column into view. */
  onGo: (place: number) => void;
  /** Open a column's menu. */
  onMenu: (place: number) => void;
}

export function ColumnList({ state, at, onClose, onGo, onMenu }: ColumnListProps): JSX.Element {
  const [search, setSearch] = React.useState('');
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const all = state.profile.columns.map((column, place) => ({ column, place }));
  const fits = (name: string): boolean => words.every(word => name.toLowerCase().includes(word));
  const isIt = (name: string): boolean => name.toLowerCase() === search.trim().toLowerCase();
  const found = all.filter(({ column }) => fits(`${column.name} ${column.title ?? ''}`));
  // The one that is called so comes first: c1 before c10.
  found.sort((a, b) => Number(isIt(b.column.name)) - Number(isIt(a.column.name)));
  const shown = new Set(state.layout.order);
  const places = found.map(({ place }) => place);
  return (
    <Popover title={trans.__('Columns')} at={at} onClose={onClose}>
      <SearchBox
        label={trans.__('Search columns')}
        value={search}
        onChange={setSearch}
        onKeyDown={event => {
          if (event.key === 'Enter' && found.length) {
            event.preventDefault();
            onGo(found[0].place);
          }
        }}
      />
      <div className="sp-Quiet">{trans.__('Enter goes to the first of them.')}</div>
      <div className="sp-ColumnMenu-deeds">
        <Button
          label={words.length ? trans.__('Show only these') : trans.__('Show all')}
          disabled={!places.length}
          onClick={() => state.show(places)}
        />
        {words.length > 0 && (
          <Button
            label={trans.__('Hide these')}
            disabled={!places.some(place => shown.has(place)) || places.length >= shown.size}
            onClick={() => state.show(state.layout.order.filter(place => !places.includes(place)))}
          />
        )}
      </div>
      <div className="sp-Quiet" aria-live="polite">
        {trans.__('%1 of %2 columns are shown', count(shown.size), count(all.length))}
      </div>
      <ul className="sp-ColumnList" aria-label={trans.__('Columns')}>
        {found.slice(0, MOST).map(({ column, place }) => (
          <li key={place}>
            <input
              type="checkbox"
              aria-label={trans.__('Show %1', column.name)}
              checked={shown.has(place)}
              disabled={shown.has(place) && shown.size === 1}
              onChange={() => (shown.has(place) ? state.hide(place) : state.reveal(place))}
            />
            <button
              type="button"
              className="sp-ColumnList-name"
              title={trans.__('Go to %1', column.name)}
              onClick={() => onGo(place)}
            >
              <span>{column.name}</span>
              <small>{column.type.toLowerCase()}</small>
            </button>
            <Button
              kind="quiet"
              label={state.isFrozen(place) ? trans.__('Let go') : trans.__('Freeze')}
              onClick={() => state.freeze(place, !state.isFrozen(place))}
            />
            <Button
              iconOnly
              icon={ellipsesIcon}
              label={trans.__('More about %1', column.name)}
              onClick={() => onMenu(place)}
            />
          </li>
        ))}
        {found.length > MOST && (
          <li className="sp-Quiet">
            {trans.__('… and %1 more: search for them by name.', count(found.length - MOST))}
          </li>
        )}
      </ul>
    </Popover>
  );
}
