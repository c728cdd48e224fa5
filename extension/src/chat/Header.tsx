/** The line on top of the chat: the conversation's title, the others, a new one. */
import {
  addIcon,
  deleteIcon,
  ellipsesIcon,
  historyIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Conversation } from '../api/schema';
import { Button } from '../ui/Button';
import { SearchBox } from '../ui/SearchBox';
import { ago } from '../ui/time';
import type { ChatState } from './state';

interface HeaderProps {
  state: ChatState;
  /** Open the menu of what can be done with the conversation. */
  onMenu: (x: number, y: number) => void;
  onRemove: (conversation: Conversation) => void;
  /** Raised by the rename command. */
  isRenaming: boolean;
  setRenaming: (renaming: boolean) => void;
}

export function Header(props: HeaderProps): JSX.Element {
  const { state } = props;
  const [isListing, setListing] = React.useState(false);
  const list = React.useRef<HTMLSpanElement>(null);
  return (
    <div className="sp-ChatHeader">
      <Title {...props} />
      <span ref={list}>
        <Button
          label="Conversations"
          icon={historyIcon}
          iconOnly
          pressed={isListing}
          onClick={() => setListing(!isListing)}
        />
      </span>
      <Button label="New conversation" icon={addIcon} iconOnly onClick={() => state.begin()} />
      <Button
        label="More"
        icon={ellipsesIcon}
        iconOnly
        onClick={event => {
          const { right, bottom } = event.currentTarget.getBoundingClientRect();
          props.onMenu(right, bottom);
        }}
      />
      {isListing && (
        <ConversationList
          state={state}
          onRemove={props.onRemove}
          onClose={() => {
            setListing(false);
            list.current?.querySelector('button')?.focus();
          }}
        />
      )}
    </div>
  );
}

function Title(props: HeaderProps): JSX.Element {
  const { state, isRenaming, setRenaming } = props;
  const { current } = state;
  const [title, setTitle] = React.useState('');
  const isDone = React.useRef(false);
  React.useEffect(() => {
    if (isRenaming) {
      isDone.current = false;
      setTitle(current?.title ?? '');
    }
  }, [isRenaming]);
  if (!current) {
    return <h2 className="sp-ChatHeader-title">New conversation</h2>;
  }
  if (isRenaming) {
    const end = (keep: boolean): void => {
      if (!isDone.current) {
        isDone.current = true;
        setRenaming(false);
        if (keep) {
          void state.rename(current.id, title);
        }
      }
    };
    return (
      <input
        className="sp-ChatHeader-rename"
        aria-label="Title of the conversation"
        autoFocus
        value={title}
        onFocus={event => event.target.select()}
        onChange={event => setTitle(event.target.value)}
        onBlur={() => end(true)}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
            end(true);
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            end(false);
          }
        }}
      />
    );
  }
  return (
    <h2 className="sp-ChatHeader-title">
      <button type="button" title={`${current.title} (click to rename)`} onClick={() => setRenaming(true)}>
        {current.title}
      </button>
    </h2>
  );
}

function ConversationList(props: {
  state: ChatState;
  onRemove: (conversation: Conversation) => void;
  onClose: () => void;
}): JSX.Element {
  const { state, onClose } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const search = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    search.current?.focus();
    const away = (event: PointerEvent): void => {
      const node = event.target as Node;
      if (box.current && !box.current.parentElement?.contains(node)) {
        onClose();
      }
    };
    document.addEventListener('pointerdown', away, true);
    return () => {
      document.removeEventListener('pointerdown', away, true);
      state.search('');
    };
  }, []);
  const shown = state.found ?? state.conversations;
  const move = (by: number): void => {
    const items = [...(box.current?.querySelectorAll<HTMLElement>('.sp-Conversation-open') ?? [])];
    const at = items.findIndex(item => item === document.activeElement);
    const next = at + by;
    if (next < 0) {
      search.current?.focus();
    } else {
      items[Math.min(next, items.length - 1)]?.focus();
    }
  };
  return (
    <div
      ref={box}
      className="sp-Conversations"
      role="dialog"
      aria-label="Conversations"
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          event.preventDefault();
          move(event.key === 'ArrowDown' ? 1 : -1);
        }
      }}
    >
      <SearchBox
        ref={search}
        label="Search conversations"
        value={state.query}
        onChange={query => state.search(query)}
      />
      <ul>
        {shown.map(conversation => (
          <li
            key={conversation.id}
            className="sp-Conversation"
            aria-current={conversation.id === state.current?.id}
          >
            <button
              type="button"
              className="sp-Conversation-open"
              onClick={() => {
                void state.open(conversation.id);
                onClose();
              }}
            >
              <span className="sp-Conversation-title">{conversation.title}</span>
              <span className="sp-Conversation-when">{ago(conversation.updated_at)}</span>
            </button>
            <Button
              label={`Delete ${conversation.title}`}
              icon={deleteIcon}
              iconOnly
              onClick={() => props.onRemove(conversation)}
            />
          </li>
        ))}
      </ul>
      {shown.length === 0 && (
        <p className="sp-Quiet">
          {state.query ? `Nothing was said about “${state.query}”.` : 'No conversation yet.'}
        </p>
      )}
    </div>
  );
}

