/** The lines of the list: only those in sight are drawn; keys, choosing and dragging. */
import * as React from 'react';
import { LineView } from './Line';
import { between, tops, type Line } from './arrange';

const MARGIN = 300;
const DRAGGED = 'application/x-sponde-conversations';

interface LinesProps {
  label: string;
  lines: readonly Line[];
  current: string;
  /** The keys of the conversations that are chosen. */
  chosen: ReadonlySet<string>;
  setChosen: (chosen: ReadonlySet<string>) => void;
  renaming: string;
  setRenaming: (key: string) => void;
  onOpen: (line: Line) => void;
  onFold: (line: Line, isOpen: boolean) => void;
  onRename: (line: Line, name: string) => void;
  onRemove: (line: Line) => void;
  onMenu: (line: Line, x: number, y: number) => void;
  onMove: (ids: readonly string[], folder: string) => void;
  /** Letters that are typed go on in the search field. */
  onType: (letter: string) => void;
  /** Up from the first line. */
  onUp: () => void;
  onMore: () => void;
}

export const Lines = React.forwardRef<HTMLDivElement, LinesProps>(function Lines(props, ref) {
  const { lines, chosen } = props;
  const name = React.useId();
  const box = React.useRef<HTMLDivElement>(null);
  React.useImperativeHandle(ref, () => box.current as HTMLDivElement);
  const [view, setView] = React.useState({ top: 0, height: 600 });
  const [active, setActive] = React.useState('');
  const [over, setOver] = React.useState('');
  const starts = React.useMemo(() => tops(lines), [lines]);
  const at = lines.findIndex(({ key }) => key === active);

  const look = (): void => {
    const node = box.current;
    if (node) {
      setView({ top: node.scrollTop, height: node.clientHeight });
      if (node.scrollTop + node.clientHeight > starts[lines.length] - 4 * MARGIN) {
        props.onMore();
      }
    }
  };
  React.useLayoutEffect(() => {
    const node = box.current;
    if (!node) {
      return undefined;
    }
    const observer = new ResizeObserver(look);
    observer.observe(node);
    return () => observer.disconnect();
  });

  const stops = (line: Line): boolean => line.kind === 'row' || line.kind === 'folder';
  const go = (from: number, by: number): void => {
    let next = from + by;
    while (next >= 0 && next < lines.length && !stops(lines[next])) {
      next += by > 0 ? 1 : -1;
    }
    if (next < 0) {
      props.onUp();
      return;
    }
    const line = lines[Math.min(next, lines.length - 1)];
    if (!line || !stops(line)) {
      return;
    }
    setActive(line.key);
    const node = box.current;
    const top = starts[lines.indexOf(line)];
    if (node && top < node.scrollTop) {
      node.scrollTop = Math.max(0, top - 30);
    } else if (node && top + line.height > node.scrollTop + node.clientHeight) {
      node.scrollTop = top + line.height - node.clientHeight;
    }
  };

  const choose = (line: Line, isRange: boolean): void => {
    const next = new Set(chosen);
    const last = lines.findIndex(({ key }) => key === active);
    const here = lines.indexOf(line);
    if (isRange && last >= 0) {
      lines
        .slice(Math.min(last, here), Math.max(last, here) + 1)
        .forEach(one => one.kind === 'row' && next.add(one.key));
    } else if (next.has(line.key)) {
      next.delete(line.key);
    } else if (line.kind === 'row') {
      next.add(line.key);
    }
    props.setChosen(next);
  };

  const onKey = (event: React.KeyboardEvent): void => {
    const line = lines[at];
    const isCommand = event.ctrlKey || event.metaKey;
    const known = ((): boolean => {
      switch (event.key) {
        case 'ArrowDown':
        case 'ArrowUp': {
          const by = event.key === 'ArrowDown' ? 1 : -1;
          if (event.shiftKey && line && !chosen.has(line.key)) {
            choose(line, false);
          }
          const next = lines[at + by];
          if (event.shiftKey && next && next.kind === 'row' && !chosen.has(next.key)) {
            props.setChosen(new Set([...chosen, ...(line?.kind === 'row' ? [line.key] : []), next.key]));
          }
          go(at, by);
          return true;
        }
        case 'Home':
          go(-1, 1);
          return true;
        case 'End':
          go(lines.length, -1);
          return true;
        case 'PageDown':
          go(Math.min(at + 10, lines.length - 2), 1);
          return true;
        case 'PageUp':
          go(Math.max(at - 10, 0), -1);
          return true;
      }
      if (!line) {
        return false;
      }
      switch (event.key) {
        case 'Enter':
          props.onOpen(line);
          return true;
        case ' ':
          choose(line, event.shiftKey);
          return true;
        case 'F2':
          props.setRenaming(line.key);
          return true;
        case 'Delete':
        case 'Backspace':
          props.onRemove(line);
          return true;
        case 'ArrowRight':
        case 'ArrowLeft':
          props.onFold(line, event.key === 'ArrowRight');
          return true;
        case 'ContextMenu':
        case 'F10': {
          if (event.key === 'F10' && !event.shiftKey) {
            return false;
          }
          const row = document.getElementById(`${name}-${at}`)?.getBoundingClientRect();
          props.onMenu(line, row?.left ?? 0, row?.bottom ?? 0);
          return true;
        }
      }
      return false;
    })();
    if (known) {
      event.preventDefault();
      event.stopPropagation();
    } else if (isCommand && event.key.toLowerCase() === 'a') {
      event.preventDefault();
      event.stopPropagation();
      props.setChosen(new Set(lines.filter(({ kind }) => kind === 'row').map(({ key }) => key)));
    } else if (event.key === 'Escape' && chosen.size) {
      event.stopPropagation();
      props.setChosen(new Set());
    } else if (event.key.length === 1 && !isCommand && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      props.onType(event.key);
    }
  };

  const [from, to] = between(starts, view.top - MARGIN, view.top + view.height + MARGIN);
  const shown = lines.slice(from, to);
  return (
    <div
      ref={box}
      className="sp-Lines"
      role="tree"
      aria-label={props.label}
      aria-multiselectable
      aria-activedescendant={at >= from && at < to ? `${name}-${at}` : undefined}
      tabIndex={0}
      onScroll={look}
      onFocus={() => at < 0 && go(-1, 1)}
      onKeyDown={event => event.target === box.current && onKey(event)}
      onDragEnd={() => setOver('')}
      onDragLeave={event => event.target === box.current && setOver('')}
    >
      <div style={{ height: starts[lines.length] }} />
      {shown.map((line, place) => (
        <LineView
          key={line.key}
          id={`${name}-${from + place}`}
          line={line}
          top={starts[from + place]}
          isActive={line.key === active}
          isChosen={chosen.has(line.key)}
          isCurrent={line.key === props.current}
          isRenaming={line.key === props.renaming}
          isDropTarget={line.key === over}
          isChoosing={chosen.size > 0}
          onRename={typed => {
            props.setRenaming('');
            box.current?.focus();
            if (typed !== null) {
              props.onRename(line, typed);
            }
          }}
          onPress={event => {
            const isMany = event.ctrlKey || event.metaKey || event.shiftKey;
            if (line.kind === 'row' && (isMany || chosen.size)) {
              choose(line, event.shiftKey);
            } else {
              props.onOpen(line);
            }
            setActive(line.key);
          }}
          onMenu={(x, y) => {
            setActive(line.key);
            props.onMenu(line, x, y);
          }}
          onDrag={event => {
            const isOne = line.kind === 'row' && !chosen.has(line.key);
            const ids = isOne ? [line.key] : [...chosen];
            if (line.kind !== 'row') {
              event.preventDefault();
              return;
            }
            event.dataTransfer.effectAllowed = 'move';
            event.dataTransfer.setData(DRAGGED, JSON.stringify(ids));
          }}
          onDragOver={event => {
            if (event.dataTransfer.types.includes(DRAGGED)) {
              event.preventDefault();
              setOver(line.kind === 'folder' ? line.key : '');
            }
          }}
          onDrop={event => {
            const dragged = event.dataTransfer.getData(DRAGGED);
            if (dragged) {
              event.preventDefault();
              event.stopPropagation();
              const home = line.kind === 'row' ? line.row.conversation.folder_id : '';
              props.onMove(
                JSON.parse(dragged) as string[],
                line.kind === 'folder' ? line.key : home
              );
            }
            setOver('');
          }}
        />
      ))}
    </div>
  );
});
