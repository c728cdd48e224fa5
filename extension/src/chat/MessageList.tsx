/**
 * The messages of the open conversation; only those near the screen are drawn.
 *
 * Messages that are not drawn keep their place by the height that they had, or by a guess. What is
 * being read stays where it is while heights around it change: the end where the end is watched,
 * otherwise the first message in sight.
 */
import { caretDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Message } from '../api/schema';
import type { IModels } from '../models/tokens';
import { trans } from '../ui/words';
import type { Engines } from './engines';
import { MeansContext, SettleContext } from './markdown/drawing';
import { Typing } from './answers/AnswerParts';
import { MessageView, QuestionText } from './MessageView';
import { stampOf } from './stamp';
import type { ChatState } from './state';
import { ErrorNote } from '../ui/ErrorNote';
import { Button } from '../ui/Button';

/** How far beyond the screen messages are drawn, in pixels. */
const MARGIN = 900;
/** How far at first, until the screen itself was painted. */
const FIRST_MARGIN = 60;
const FIRST_ROWS = 4;
const AT_END = 24;
/** How long after a key, a wheel or a touch the scroll bar may still move by it, in milliseconds. */
const HAND = 1500;

interface ListProps {
  state: ChatState;
  models: IModels;
  engines: Engines;
  onPage: (() => void) | null;
}

interface Range {
  from: number;
  to: number;
}

interface Place {
  id: string;
  offset: number;
}

export function MessageList(props: ListProps): JSX.Element {
  const { state, models, engines, onPage } = props;
  const ids = state.thread.path;
  const scroller = React.useRef<HTMLDivElement>(null);
  const heights = React.useRef(new Map<string, number>());
  /** How high those may be that were never drawn; guessed once. */
  const guesses = React.useRef(new Map<string, number>());
  const margin = React.useRef(FIRST_MARGIN);
  const isStuck = React.useRef(true);
  /** Where we left the scroll bar; another place means that a person moved it. */
  const lastTop = React.useRef(0);
  const lastInput = React.useRef(0);
  /** What is being read, while the end is not watched. */
  const anchor = React.useRef<Place | null>(null);
  const [isAway, setAway] = React.useState(false);
  const [range, setRange] = React.useState<Range>({ from: Math.max(0, ids.length - FIRST_ROWS), to: ids.length });
  const { personas } = React.useContext(MeansContext) ?? {};
  const key = `scroll:${state.current?.id ?? ''}`;

  const height = React.useCallback(
    (id: string): number => {
      const known = heights.current.get(id) ?? guesses.current.get(id);
      if (known !== undefined) {
        return known;
      }
      const guessed = guess(state.thread.get(id), state.thread.lengthOf(id));
      guesses.current.set(id, guessed);
      return guessed;
    },
    [state]
  );

  /** Draw what is near the place that is held, or else near the screen. */
  const look = React.useCallback(() => {
    const node = scroller.current;
    const path = state.thread.path;
    if (!node || node.clientHeight === 0) {
      return;
    }
    const above = (index: number): number =>
      path.slice(0, index).reduce((all, id) => all + height(id), 0);
    const index = anchor.current ? path.indexOf(anchor.current.id) : -1;
    let screen = node.scrollTop;
    if (isStuck.current) {
      screen = above(path.length) - node.clientHeight;
    } else if (anchor.current && index >= 0) {
      screen = above(index) - anchor.current.offset;
    }
    const top = screen - margin.current;
    const bottom = screen + node.clientHeight + margin.current;
    let from = 0;
    let at = 0;
    while (from < path.length - 1 && at + height(path[from]) < top) {
      at += height(path[from]);
      from += 1;
    }
    let to = from;
    while (to < path.length && at < bottom) {
      at += height(path[to]);
      to += 1;
    }
    state.need(path.slice(from, to));
    setRange(before => (before.from === from && before.to === to ? before : { from, to }));
  }, [state, height]);

  /** See whether a person scrolled since we last looked. */
  const notice = React.useCallback((): boolean => {
    const node = scroller.current;
    if (!node || node.clientHeight === 0) {
      return false;
    }
    const most = node.scrollHeight - node.clientHeight;
    const isClamped = lastTop.current > most && node.scrollTop >= most - 1;
    if (Math.abs(node.scrollTop - lastTop.current) <= 1 || isClamped) {
      return false;
    }
    // A picture that is drawn again moves the end, too: only a hand takes the eye away from it.
    if (isStuck.current && performance.now() - lastInput.current > HAND) {
      return false;
    }
    lastTop.current = node.scrollTop;
    isStuck.current = most - node.scrollTop < AT_END;
    anchor.current = isStuck.current ? null : placeOf(node);
    setAway(!isStuck.current);
    return true;
  }, []);

  /** Hold the place: the end while it is watched, or the message that is read. */
  const hold = React.useCallback(() => {
    const node = scroller.current;
    if (!node || node.clientHeight === 0 || notice()) {
      return;
    }
    if (isStuck.current) {
      node.scrollTop = node.scrollHeight;
    } else if (anchor.current) {
      const row = node.querySelector<HTMLElement>(`[data-id="${anchor.current.id}"]`);
      if (row) {
        node.scrollTop = row.offsetTop - anchor.current.offset;
      }
    } else {
      anchor.current = placeOf(node);
    }
    lastTop.current = node.scrollTop;
  }, [notice]);

  const observer = React.useMemo(
    () =>
      new ResizeObserver(entries => {
        for (const { target } of entries) {
          const { id } = (target as HTMLElement).dataset;
          if (id) {
            heights.current.set(id, (target as HTMLElement).offsetHeight);
          }
        }
        hold();
        look();
      }),
    [hold, look]
  );

  // What is not in sight is drawn after what is.
  React.useEffect(
    () =>
      afterPaint(() => {
        margin.current = MARGIN;
        look();
      }),
    [look]
  );

  // Where this conversation was left.
  React.useLayoutEffect(() => {
    const place = readPlace(state.memory.read(key));
    const index = place ? ids.indexOf(place.id) : -1;
    if (place && index >= 0) {
      anchor.current = place;
      isStuck.current = false;
      setAway(true);
      setRange({ from: Math.max(0, index - 4), to: Math.min(ids.length, index + 8) });
    } else {
      isStuck.current = true;
    }
    const node = scroller.current;
    if (node) {
      observer.observe(node);
    }
    return () => observer.disconnect();
  }, [observer]);

  const watchEnd = (): void => {
    notice();
    isStuck.current = true;
    anchor.current = null;
    setAway(false);
    look();
  };

  // A message that is asked for comes into sight; one that takes another's place takes it exactly.
  React.useEffect(() => {
    const reveal = (_: unknown, id: string): void => {
      const node = scroller.current;
      const message = state.thread.get(id);
      const path = state.thread.path;
      const isLast = path.indexOf(id) >= path.length - 2;
      if (!node || !message || (isStuck.current && isLast)) {
        return;
      }
      const rows = state.thread.siblings(message).map(one => node.querySelector<HTMLElement>(`[data-id="${one}"]`));
      const row = rows.find(found => found !== null);
      const seen = row ? row.offsetTop - node.scrollTop : -1;
      const isSeen = seen > -node.clientHeight && seen < node.clientHeight - 40;
      anchor.current = { id, offset: isSeen ? seen : 40 };
      isStuck.current = false;
      lastTop.current = node.scrollTop;
      const index = path.indexOf(id);
      setRange({ from: Math.max(0, index - 4), to: Math.min(path.length, index + 8) });
      setAway(!isLast);
    };
    state.revealed.connect(reveal);
    return () => {
      state.revealed.disconnect(reveal);
    };
  }, [state]);

  const sendingText = state.sending?.text ?? '';
  const count = ids.length;
  React.useLayoutEffect(() => {
    if (isStuck.current) {
      // Those that stand there now, though others came before them.
      setRange(before => ({ from: Math.max(0, count - Math.max(before.to - before.from, FIRST_ROWS)), to: count }));
    }
    look();
  }, [count, look]);
  React.useLayoutEffect(() => {
    // A question of one's own is always watched.
    if (sendingText) {
      watchEnd();
    }
  }, [sendingText]);
  React.useLayoutEffect(hold);

  const remember = useLater(() => {
    const node = scroller.current;
    if (node && node.clientHeight > 0) {
      state.memory.write(key, isStuck.current ? '' : JSON.stringify(placeOf(node)));
    }
  });

  const onInput = (): void => {
    lastInput.current = performance.now();
  };
  const onScroll = (): void => {
    if (notice()) {
      look();
      remember();
    }
  };

  const from = Math.min(range.from, count);
  const to = Math.min(Math.max(range.to, from), count);
  const sum = (list: readonly string[]): number => list.reduce((all, id) => all + height(id), 0);
  const { sending } = state;
  return (
    <div className="sp-Thread">
      <div
        ref={scroller}
        className="sp-Thread-scroll"
        role="log"
        aria-label={trans.__('Conversation')}
        aria-live="off"
        tabIndex={0}
        onScroll={onScroll}
        onWheel={onInput}
        onPointerDown={onInput}
        onPointerMove={event => event.buttons && onInput()}
        onTouchMove={onInput}
        onKeyDown={onInput}
      >
        <div style={{ height: sum(ids.slice(0, from)) }} />
        {ids.slice(from, to).map(id => state.thread.lacks(id) ? (
          <div key={id} className="sp-Row sp-mod-waiting" data-id={id} style={{ height: height(id) }} />
        ) : (
          <Row key={id} id={id} observer={observer} known={heights.current.get(id)}>
            <Drawn
              id={id}
              state={state}
              models={models}
              engines={engines}
              onPage={onPage}
              stamp={stampOf(state, id, models, personas)}
            />
          </Row>
        ))}
        <div style={{ height: sum(ids.slice(to)) }} />
        {sending && !sending.heardId && (
          <div className="sp-Row">
            <div className="sp-Question">
              <QuestionText message={{ text: sending.text, references: [...(sending.references ?? [])] }} />
            </div>
            {sending.error ? (
              <div className="sp-Sending-failed">
                <ErrorNote error={sending.error} />
                <div className="sp-Ending-actions">
                  <Button label={trans.__('Send again')} kind="accept" onClick={() => void state.resend()} />
                  <Button label={trans.__('Change it')} onClick={() => state.takeBack()} />
                </div>
              </div>
            ) : (
              <Typing label={sending.isStopped ? trans.__('Stopping…') : trans.__('Sending…')} />
            )}
          </div>
        )}
      </div>
      {isAway && (
        <button
          type="button"
          className="sp-Jump"
          onClick={watchEnd}
        >
          <caretDownIcon.react tag="span" width="16px" height="16px" />
          {state.isAnswering ? trans.__('An answer is being written') : trans.__('Jump to latest')}
        </button>
      )}
    </div>
  );
}

interface DrawnProps extends ListProps {
  id: string;
  /** What it shows besides its growing text; it is drawn again when anything of it differs. */
  stamp: readonly unknown[];
}

const Drawn = React.memo(
  function Drawn({ stamp: _, ...props }: DrawnProps): JSX.Element {
    return <MessageView {...props} />;
  },
  (before, now) =>
    before.state === now.state &&
    before.onPage === now.onPage &&
    before.stamp.length === now.stamp.length &&
    before.stamp.every((value, at) => Object.is(value, now.stamp[at]))
);

/** A message's place: it keeps its height until everything in it is drawn. */
function Row(props: {
  id: string;
  observer: ResizeObserver;
  known: number | undefined;
  children: React.ReactNode;
}): JSX.Element {
  const { id, observer } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const [held, setHeld] = React.useState(props.known);
  const settle = React.useMemo(() => {
    let open = 0;
    return {
      begin: () => {
        open += 1;
        let isDone = false;
        return () => {
          open -= isDone ? 0 : 1;
          isDone = true;
          if (open === 0) {
            setHeld(undefined);
          }
        };
      }
    };
  }, []);
  React.useEffect(() => {
    const row = node.current;
    if (row) {
      observer.observe(row);
      return () => observer.unobserve(row);
    }
    return undefined;
  }, [observer]);
  return (
    <div ref={node} className="sp-Row" data-id={id} style={{ minHeight: held }}>
      <SettleContext.Provider value={settle}>{props.children}</SettleContext.Provider>
    </div>
  );
}

/** About how high a message will be, before it was ever drawn. */
function guess(message: Message | undefined, length: number): number {
  if (!message) {
    return 60;
  }
  // Of one that is not fetched yet only the length is known: about 45 characters a line.
  const breaks = message.text ? message.text.split('\n').length : length / 90;
  const lines = breaks + length / 80;
  return Math.round(45 + lines * 15 + message.outputs.length * 240);
}

/** The first message in sight; null where none is drawn there yet. */
function placeOf(node: HTMLElement): Place | null {
  for (const row of node.querySelectorAll<HTMLElement>('[data-id]')) {
    const offset = row.offsetTop - node.scrollTop;
    if (offset + row.offsetHeight > 0) {
      return offset < node.clientHeight ? { id: row.dataset.id ?? '', offset } : null;
    }
  }
  return null;
}

/** Do it when the page was painted; gives what calls it off. */
function afterPaint(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const request = requestAnimationFrame(() => {
    timer = setTimeout(work);
  });
  // A page that is hidden paints nothing.
  const late = setTimeout(work, 300);
  return () => {
    cancelAnimationFrame(request);
    clearTimeout(timer);
    clearTimeout(late);
  };
}

function readPlace(text: string): Place | null {
  try {
    return text ? (JSON.parse(text) as Place) : null;
  } catch {
    return null;
  }
}

/** Do it a moment after the last call. */
function useLater(work: () => void): () => void {
  const held = React.useRef({ work, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  held.current.work = work;
  React.useEffect(() => () => clearTimeout(held.current.timer), []);
  return React.useCallback(() => {
    clearTimeout(held.current.timer);
    held.current.timer = setTimeout(() => held.current.work(), 150);
  }, []);
}
