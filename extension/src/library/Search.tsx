/** Draws the search box and what narrows the list. Fetches nothing. */
import * as React from 'react';
import type { LanguageCount } from '../api/schema';
import { SearchBox } from '../ui/SearchBox';
import { trans } from '../ui/words';
import type { LibraryViewProps } from './block';
import type { LibraryState } from './state';

const MOST_CHIPS = 4;

/** The search; its keys choose among what is found, insert it and open it. */
export function Search(props: LibraryViewProps): JSX.Element {
  const { state, search } = props;
  return (
    <>
      <SearchBox
        ref={search}
        label={trans.__('Search code, names, tags')}
        value={state.query}
        onChange={query => void state.search(query)}
        onKeyDown={event => onSearchKey(event, props)}
      />
      {(state.total > 0 || state.isNarrowed) && <Filters state={state} />}
    </>
  );
}

function onSearchKey(event: React.KeyboardEvent, { state, deeds }: LibraryViewProps): void {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    state.select(event.key === 'ArrowDown' ? 1 : -1);
  } else if (event.key === 'Enter' && !event.repeat) {
    const opens = event.altKey || event.shiftKey;
    const runs = event.ctrlKey || event.metaKey;
    void state.found().then(block => {
      if (block && opens) {
        void state.open(block.id);
      } else if (block) {
        deeds.insert(block, runs);
      }
    });
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function Filters({ state }: { state: LibraryState }): JSX.Element {
  const shown: LanguageCount[] = state.languages.slice(0, MOST_CHIPS);
  return (
    <div className="sp-Library-filters" role="group" aria-label={trans.__('Narrow the list')}>
      <Toggle label={trans.__('Ran OK')} pressed={state.ranOk} onPress={on => void state.setRanOk(on)} />
      {shown.length > 1 &&
        shown.map(({ language, blocks }) => (
          <Toggle
            key={language}
            label={language}
            count={blocks}
            pressed={state.language === language}
            onPress={on => void state.setLanguage(on ? language : '')}
          />
        ))}
    </div>
  );
}

function Toggle(props: {
  label: string;
  count?: number;
  pressed: boolean;
  onPress: (on: boolean) => void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="sp-Toggle"
      aria-pressed={props.pressed}
      onClick={() => props.onPress(!props.pressed)}
    >
      {props.label}
      {props.count !== undefined && <span className="sp-Toggle-count">{props.count}</span>}
    </button>
  );
}
