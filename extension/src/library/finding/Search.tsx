/** Draws the panel's search and what narrows the list. Fetches nothing. */
import * as React from 'react';
import { trans } from '../../ui/words';
import type { LibraryViewProps } from '../block';
import { SearchField } from './SearchField';
import type { LibraryState } from '../state';

const MOST_CHIPS = 4;

/** The search; its keys choose among what is found, insert it and open it. */
export function Search(props: LibraryViewProps): JSX.Element {
  const { state, search } = props;
  return (
    <>
      <SearchField
        ref={search}
        finding={state.finding}
        onType={text => void state.search(text)}
        onKeyDown={event => onSearchKey(event, props)}
        activeId={state.selectedId && `sp-block-${state.selectedId}`}
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
  const { finding } = state;
  const shown = state.languages.slice(0, MOST_CHIPS);
  return (
    <div className="sp-Library-filters" role="group" aria-label={trans.__('Narrow the list')}>
      <Toggle
        label={trans.__('Ran OK')}
        pressed={finding.has('ran:ok')}
        onPress={() => void state.toggle('ran:ok')}
      />
      {shown.length > 1 &&
        shown.map(({ language, blocks }) => (
          <Toggle
            key={language}
            label={language}
            count={blocks}
            pressed={finding.has(`lang:${language}`)}
            onPress={() => void state.toggle(`lang:${language}`)}
          />
        ))}
      {finding.meaning && (
        <Toggle
          label={trans.__('By meaning')}
          title={finding.meaning.note}
          isThere={finding.meaning.is_there}
          pressed={finding.byMeaning}
          onPress={() => void finding.setMeaning(!finding.byMeaning)}
        />
      )}
    </div>
  );
}

function Toggle(props: {
  label: string;
  count?: number;
  pressed: boolean;
  title?: string;
  isThere?: boolean;
  onPress: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="sp-Toggle"
      title={props.title}
      aria-disabled={props.isThere === false}
      aria-pressed={props.pressed}
      onClick={props.onPress}
    >
      {props.label}
      {props.count !== undefined && <span className="sp-Toggle-count">{props.count}</span>}
    </button>
  );
}
