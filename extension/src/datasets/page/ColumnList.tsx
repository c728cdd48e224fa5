/** Which columns are shown: a list with a search, quick for ten thousand of them. */
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
}

export function ColumnList({ state, at, onClose }: ColumnListProps): JSX.Element {
  const [search, setSearch] = React.useState('');
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const all = state.profile.columns.map((column, place) => ({ column, place }));
  const found = all.filter(({ column }) => words.every(word => column.name.toLowerCase().includes(word)));
  const shown = new Set(state.layout.order);
  const places = found.map(({ place }) => place);
  return (
    <Popover title={trans.__('Columns')} at={at} onClose={onClose}>
      <SearchBox label={trans.__('Search columns')} value={search} onChange={setSearch} />
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
            <label title={column.name}>
              <input
                type="checkbox"
                checked={shown.has(place)}
                disabled={shown.has(place) && shown.size === 1}
                onChange={() =>
                  shown.has(place) ? state.hide(place) : state.show([...state.layout.order, place])
                }
              />
              <span>{column.name}</span>
              <small>{column.type.toLowerCase()}</small>
            </label>
            <Button
              kind="quiet"
              label={state.isFrozen(place) ? trans.__('Let go') : trans.__('Freeze')}
              onClick={() => state.freeze(place, !state.isFrozen(place))}
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
