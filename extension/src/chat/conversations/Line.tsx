/** One line of the list: a heading, a folder, a conversation with what was found in it. */
import {
  caretDownIcon,
  caretRightIcon,
  ellipsesIcon,
  folderIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Hit } from '../../api/schema';
import { ago } from '../../ui/time';
import { trans } from '../../ui/words';
import type { Line } from './arrange';

export interface LineProps {
  line: Line;
  id: string;
  top: number;
  isActive: boolean;
  isChosen: boolean;
  isCurrent: boolean;
  /** Whether its name is being typed. */
  isRenaming: boolean;
  isDropTarget: boolean;
  isChoosing: boolean;
  onRename: (name: string | null) => void;
  onPress: (event: React.MouseEvent) => void;
  onMenu: (x: number, y: number) => void;
  onDrag: (event: React.DragEvent) => void;
  onDragOver: (event: React.DragEvent) => void;
  onDrop: (event: React.DragEvent) => void;
}

export function LineView(props: LineProps): JSX.Element {
  const { line, id, top } = props;
  const place = { top, height: line.height, paddingLeft: 'depth' in line ? 8 + line.depth * 16 : 8 };
  if (line.kind === 'heading') {
    return (
      <div className="sp-Line sp-mod-heading" role="presentation" style={place}>
        {line.label}
      </div>
    );
  }
  if (line.kind === 'quiet') {
    return (
      <div className="sp-Line sp-mod-quiet" role="presentation" style={place}>
        {line.label}
      </div>
    );
  }
  const name = line.kind === 'folder' ? line.folder.name : line.row.conversation.title;
  const shared = {
    id,
    role: 'treeitem',
    style: place,
    'aria-level': line.depth + 1,
    'aria-selected': props.isChosen,
    'data-active': props.isActive,
    onClick: props.onPress,
    onContextMenu: (event: React.MouseEvent) => {
      event.preventDefault();
      event.stopPropagation();
      props.onMenu(event.clientX, event.clientY);
    },
    draggable: !props.isRenaming,
    onDragStart: props.onDrag,
    onDragOver: props.onDragOver,
    onDrop: props.onDrop
  };
  const more = (
    <button
      type="button"
      className="sp-IconButton sp-Button sp-Line-more"
      tabIndex={-1}
      title={trans.__('More')}
      aria-label={trans.__('More for %1', name)}
      onClick={event => {
        event.stopPropagation();
        const { right, bottom } = event.currentTarget.getBoundingClientRect();
        props.onMenu(right, bottom);
      }}
    >
      <ellipsesIcon.react tag="span" width="16px" height="16px" />
    </button>
  );
  const label = props.isRenaming ? (
    <Rename name={name} onEnd={props.onRename} />
  ) : (
    <span className="sp-Line-title">{name}</span>
  );
  if (line.kind === 'folder') {
    const Caret = line.isOpen ? caretDownIcon : caretRightIcon;
    return (
      <div
        {...shared}
        className="sp-Line sp-mod-folder"
        aria-expanded={line.isOpen}
        data-drop={props.isDropTarget}
      >
        <Caret.react tag="span" width="16px" height="16px" />
        <folderIcon.react tag="span" width="16px" height="16px" />
        {label}
        {more}
      </div>
    );
  }
  const { conversation, hit } = line.row;
  const isUnread = conversation.is_unread && !props.isCurrent;
  return (
    <div
      {...shared}
      className="sp-Line sp-mod-row"
      aria-current={props.isCurrent}
      title={`${conversation.title}\n${new Date(conversation.updated_at).toLocaleString()}`}
    >
      <div className="sp-Line-first">
        {props.isChoosing && (
          <input type="checkbox" tabIndex={-1} checked={props.isChosen} readOnly aria-hidden />
        )}
        {isUnread && (
          <span className="sp-Line-dot" role="img" aria-label={trans.__('New answer')} />
        )}
        {label}
        <span className="sp-Line-when">{short(conversation.updated_at)}</span>
        {more}
      </div>
      {hit && <Passage hit={hit} />}
    </div>
  );
}

/** What was found, with the words marked. */
function Passage(props: { hit: Hit }): JSX.Element {
  const { passage, marks, is_question } = props.hit;
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const mark of marks) {
    parts.push(passage.slice(at, mark.at), <mark key={mark.at}>{passage.slice(mark.at, mark.to)}</mark>);
    at = mark.to;
  }
  parts.push(passage.slice(at));
  return (
    <div className="sp-Line-passage">
      <span className="sp-Line-who">{is_question ? trans.__('You:') : trans.__('Answer:')}</span>{' '}
      {parts}
    </div>
  );
}

function Rename(props: { name: string; onEnd: (name: string | null) => void }): JSX.Element {
  const [name, setName] = React.useState(props.name);
  const isDone = React.useRef(false);
  const end = (kept: string | null): void => {
    if (!isDone.current) {
      isDone.current = true;
      props.onEnd(kept);
    }
  };
  return (
    <input
      className="sp-Line-rename"
      aria-label={trans.__('New name')}
      autoFocus
      value={name}
      onFocus={event => event.target.select()}
      onChange={event => setName(event.target.value)}
      onClick={event => event.stopPropagation()}
      onBlur={() => end(name)}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
          end(name);
        } else if (event.key === 'Escape') {
          end(null);
        }
      }}
    />
  );
}

/** A moment in few letters. */
function short(moment: string): string {
  const at = new Date(moment);
  const isRecent = Date.now() - at.getTime() < 86_400_000;
  return isRecent ? ago(moment) : at.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}
