/** Draws the found blocks as cards or a list, only those that can be seen, with a keyboard of their own. */
import * as React from 'react';
import { useSignal } from '../../ui/useSignal';
import { useSize } from '../../ui/useSize';
import { trans } from '../../ui/words';
import type { LibraryViewProps } from '../block';
import { Card, heightOf } from './Card';
import { between, placeOf, rowsOf, scrolledTo, wholeHeight } from './windowed';

/** Narrower than this a card is not put beside another. */
const CARD_WIDTH = 265;
/** Drawn beyond what is seen, so that scrolling shows no gap. */
const BEYOND = 300;
/** The next page is fetched when so many blocks are left below. */
const AHEAD = 30;

export function Blocks(props: LibraryViewProps): JSX.Element {
  const { state, many, look } = props;
  useSignal(many.changed);
  useSignal(look.changed);
  const host = React.useRef<HTMLDivElement>(null);
  const { width, height } = useSize(host);
  const [scrolled, setScrolled] = React.useState(look.scrolled);
  const { blocks } = state;
  const kind = look.kind;
  const columns = kind === 'cards' ? Math.max(1, Math.floor(width / CARD_WIDTH)) : 1;
  const rows = React.useMemo(
    () => rowsOf(blocks.map(block => heightOf(block, kind)), columns),
    [blocks, kind, columns]
  );
  const [first, last] = between(rows, scrolled - BEYOND, scrolled + height + BEYOND, blocks.length);
  const selectedAt = blocks.findIndex(block => block.id === state.selectedId);
  const stop = Math.max(0, selectedAt);

  // Where the list was before a block was opened, or the panel moved.
  React.useLayoutEffect(() => {
    if (host.current && height) {
      host.current.scrollTop = look.scrolled;
    }
  }, [height > 0, kind]);

  // The selected block is seen, and has the keyboard where the list has it.
  const wantsFocus = React.useRef(false);
  React.useLayoutEffect(() => {
    const node = host.current;
    if (!node || selectedAt < 0 || !height) {
      return;
    }
    const to = scrolledTo(rows, selectedAt, node.scrollTop, height);
    if (Math.abs(to - node.scrollTop) > 1) {
      node.scrollTop = to;
      setScrolled(to);
    }
    // Only if nobody writes elsewhere by now: Escape may have chosen nothing, and letters came after.
    const { activeElement } = document;
    const isFree = node.contains(activeElement) || activeElement === document.body;
    const isWanted = wantsFocus.current && isFree;
    wantsFocus.current = false;
    if (isWanted) {
      document.getElementById(`sp-block-${state.selectedId}`)?.focus({ preventScroll: true });
    }
  }, [state.selectedId, height > 0]);

  const isAsking = React.useRef(false);
  React.useEffect(() => {
    if (state.hasMore && !isAsking.current && height && last >= blocks.length - AHEAD) {
      isAsking.current = true;
      void state.more().finally(() => (isAsking.current = false));
    }
  }, [last, blocks.length, state.hasMore, height > 0]);

  const drawn = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  if (blocks.length && (stop < first || stop >= last)) {
    drawn.push(stop); // what takes the keyboard is always there
  }
  return (
    <div
      ref={host}
      className={`sp-Scroll sp-Library-blocks ${many.chosen.size ? 'sp-mod-choosing' : ''}`}
      onScroll={event => {
        look.scrolled = event.currentTarget.scrollTop;
        setScrolled(look.scrolled);
      }}
      onKeyDown={event => {
        if (onKey(event, props, columns, Math.max(1, Math.floor(height / (rows.tops[1] || 1))))) {
          wantsFocus.current = true;
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    >
      <div
        className="sp-Library-list"
        role="list"
        aria-label={trans.__('Code blocks')}
        style={{ height: wholeHeight(rows) }}
      >
        {drawn.map(at => {
          const block = blocks[at];
          const place = placeOf(rows, at);
          return (
            <Card
              key={block.id}
              {...props}
              block={block}
              kind={kind}
              at={at}
              count={state.hasMore ? -1 : blocks.length}
              isSelected={at === selectedAt}
              isChosen={many.chosen.has(block.id)}
              isStop={at === stop}
              style={{
                top: place.top,
                height: place.height,
                left: `${((at % columns) * 100) / columns}%`,
                width: `${100 / columns}%`
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Do what a key asks for; false where it asks for nothing here. */
function onKey(
  event: React.KeyboardEvent<HTMLElement>,
  { state, many, look, deeds, search }: LibraryViewProps,
  columns: number,
  page: number
): boolean {
  const item = (event.target as HTMLElement).closest('[role=listitem]');
  const isOnItem = item === event.target;
  const block = state.selected;
  const isAccel = event.ctrlKey || event.metaKey;
  const steps: Record<string, number> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    ArrowRight: columns > 1 ? 1 : 0,
    ArrowLeft: columns > 1 ? -1 : 0,
    PageDown: page * columns,
    PageUp: -page * columns,
    Home: -Infinity,
    End: Infinity
  };
  if (event.key in steps && steps[event.key] && !isAccel) {
    const from = state.selectedId;
    state.select(steps[event.key]);
    if (event.shiftKey) {
      many.reach(state.selectedId, from);
    }
    return true;
  }
  if (isAccel && event.key.toLowerCase() === 'a') {
    many.chooseAll();
    return true;
  }
  if (event.key === 'Escape') {
    if (many.chosen.size) {
      many.clear();
      return true;
    }
    search.current?.focus();
    event.preventDefault();
    event.stopPropagation();
    return false;
  }
  if (event.key === '/' && !isAccel) {
    event.preventDefault();
    search.current?.focus();
    return false;
  }
  if (!isOnItem || !block) {
    return false;
  }
  if (event.key === ' ') {
    many.toggle(block.id);
  } else if (event.key === 'Enter' && (event.shiftKey || event.altKey)) {
    look.cameFromList = true;
    void state.open(block.id);
    event.preventDefault();
    event.stopPropagation();
    return false;
  } else if (event.key === 'Enter' && !event.repeat) {
    deeds.insert(block, isAccel);
    event.preventDefault();
    event.stopPropagation();
    return false;
  } else if (event.key === 'Delete' || (event.key === 'Backspace' && isAccel)) {
    if (many.chosen.size) {
      void many.remove();
    } else {
      deeds.remove(block);
    }
  } else {
    return false;
  }
  return true;
}
