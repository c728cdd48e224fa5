/** The search field of the list, and its filters as chips. */
import * as React from 'react';
import { SearchBox } from '../../ui/SearchBox';
import { trans } from '../../ui/words';
import { daysAgo, isSet, toggled, valueOf, withValue } from './terms';
import type { Shelf } from './state';

interface FiltersProps {
  shelf: Shelf;
  models: readonly string[];
  datasets: readonly string[];
  search: React.RefObject<HTMLInputElement>;
  /** Go on into the list. */
  onDown: () => void;
}

export function Filters(props: FiltersProps): JSX.Element {
  const { shelf, models, datasets } = props;
  const { text } = shelf;
  const [isOpen, setOpen] = React.useState(false);
  const isShown = isOpen || shelf.isSearching;
  const toggles: Array<[string, string, string]> = [
    [trans.__('Unread'), 'is', 'unread'],
    [trans.__('Liked'), 'is', 'liked'],
    [trans.__('Has code'), 'has', 'code'],
    [trans.__('Archived'), 'is', 'archived']
  ];
  const now = new Date();
  const days: Array<[string, string]> = [
    [trans.__('Today'), daysAgo(0, now)],
    [trans.__('Last 7 days'), daysAgo(7, now)],
    [trans.__('Last 30 days'), daysAgo(30, now)],
    [trans.__('This year'), `${now.getFullYear()}`]
  ];
  return (
    // Once shown they stay: a list that moved up under the pointer would lose the click on a row.
    <div className="sp-Filters" onFocus={() => setOpen(true)}>
      <SearchBox
        ref={props.search}
        label={trans.__('Search conversations')}
        value={text}
        onChange={value => shelf.search(value)}
        onKeyDown={event => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            event.stopPropagation();
            props.onDown();
          }
        }}
      />
      {isShown && (
        <div className="sp-Filters-chips" role="group" aria-label={trans.__('Filters')}>
          {toggles.map(([label, name, value]) => (
            <button
              key={label}
              type="button"
              className="sp-FilterChip"
              aria-pressed={isSet(text, name, value)}
              onClick={() => shelf.search(toggled(text, name, value))}
            >
              {label}
            </button>
          ))}
          <Choice
            label={trans.__('Since')}
            value={valueOf(text, 'after')}
            options={days}
            onChange={value => shelf.search(withValue(text, 'after', value))}
          />
          <Choice
            label={trans.__('Model')}
            value={valueOf(text, 'model')}
            options={models.map(name => [name, name])}
            onChange={value => shelf.search(withValue(text, 'model', value))}
          />
          <Choice
            label={trans.__('Dataset')}
            value={valueOf(text, 'dataset')}
            options={datasets.map(name => [name, name])}
            onChange={value => shelf.search(withValue(text, 'dataset', value))}
          />
          {shelf.meaning && (
            <button
              type="button"
              className="sp-FilterChip"
              aria-pressed={shelf.isByMeaning}
              aria-disabled={!shelf.meaning.is_there}
              title={shelf.meaning.note}
              onClick={() =>
                shelf.meaning?.is_there ? shelf.setByMeaning(!shelf.isByMeaning) : undefined
              }
            >
              {trans.__('By meaning')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** A chip that is set to one of several values. */
function Choice(props: {
  label: string;
  value: string;
  options: ReadonlyArray<[string, string]>;
  onChange: (value: string) => void;
}): JSX.Element | null {
  const { label, value, options } = props;
  if (!options.length && !value) {
    return null;
  }
  const isOther = value !== '' && !options.some(([, known]) => known === value);
  return (
    <select
      className="sp-FilterChip"
      aria-label={label}
      data-set={value !== ''}
      value={value}
      onChange={event => props.onChange(event.target.value)}
    >
      <option value="">{value ? trans.__('Any') : label}</option>
      {isOther && <option value={value}>{value}</option>}
      {options.map(([name, known]) => (
        <option key={known} value={known}>
          {name}
        </option>
      ))}
    </select>
  );
}
