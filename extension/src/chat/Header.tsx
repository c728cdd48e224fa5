/** The line on top of the chat: the conversation's title, the others, a new one. */
import { addIcon, ellipsesIcon, historyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ISponde } from '../api/tokens';
import type { IModels } from '../models/tokens';
import { Button } from '../ui/Button';
import { lazily } from '../ui/lazily';
import { trans } from '../ui/words';
import type { Names } from './composer/names';
import type { ChatState } from './state';

/** What the list of conversations needs of its surroundings. */
export interface Listing {
  sponde: ISponde;
  /** Open a conversation as a page of its own. */
  onPage: (id: string) => void;
  /** Write a conversation into a file beside the notebooks; null where that part is not there. */
  onExport: ((id: string, format: string) => void) | null;
  /** Whether this is a page, where the list may stay beside the conversation. */
  isPage: boolean;
}

interface HeaderProps {
  state: ChatState;
  models: IModels;
  names: Names;
  listing: Listing;
  /** Open the menu of what can be done with the conversation. */
  onMenu: (x: number, y: number) => void;
  /** Raised by the rename command. */
  isRenaming: boolean;
  setRenaming: (renaming: boolean) => void;
}

/** Narrower pages have no room for the list beside the conversation, in pixels. */
const WIDE = 760;
const Conversations = lazily(() =>
  import('./conversations/ConversationsView').then(({ ConversationsView }) => ConversationsView)
);

export function Header(props: HeaderProps): JSX.Element {
  const { state, models, names, listing } = props;
  const [isListing, setListing] = React.useState(
    listing.isPage && state.memory.read('list') === 'stays'
  );
  const [isWide, setWide] = React.useState(false);
  const header = React.useRef<HTMLDivElement>(null);
  const stays = listing.isPage && isWide;
  React.useEffect(() => {
    const panel = header.current?.closest<HTMLElement>('.sp-Chat');
    if (!panel || !listing.isPage) {
      return undefined;
    }
    const observer = new ResizeObserver(() => setWide(panel.clientWidth >= WIDE));
    observer.observe(panel);
    return () => observer.disconnect();
  }, []);
  React.useLayoutEffect(() => {
    const panel = header.current?.closest('.sp-Chat');
    panel?.classList.toggle('sp-mod-listed', isListing && stays);
  }, [isListing, stays]);
  const show = (isShown: boolean): void => {
    setListing(isShown);
    if (listing.isPage) {
      state.memory.write('list', isShown ? 'stays' : '');
    }
  };
  const unread = state.unread - (state.current?.is_unread ? 1 : 0);
  return (
    <>
      <div className="sp-ChatHeader" ref={header}>
        <span className="sp-ChatHeader-list" data-unread={unread > 0}>
          <Button
            label={
              unread > 0
                ? trans._n('Conversations, %1 new', 'Conversations, %1 new', unread)
                : trans.__('Conversations')
            }
            icon={historyIcon}
            iconOnly
            pressed={isListing}
            onClick={() => show(!isListing)}
          />
        </span>
        <Title {...props} />
        <Button
          label={trans.__('New conversation')}
          icon={addIcon}
          iconOnly
          onClick={() => state.begin()}
        />
        <Button
          label={trans.__('More')}
          icon={ellipsesIcon}
          iconOnly
          onClick={event => {
            const { right, bottom } = event.currentTarget.getBoundingClientRect();
            props.onMenu(right, bottom);
          }}
        />
      </div>
      {isListing && (
        <div className={`sp-ListPlace${stays ? ' sp-mod-stays' : ''}`}>
          <Conversations
            sponde={listing.sponde}
            state={state}
            models={models.models}
            chosenModel={models.chosen}
            datasets={names.list.filter(({ kind }) => kind === 'dataset').map(({ name }) => name)}
            onPage={listing.onPage}
            onExport={listing.onExport}
            stays={stays}
            onClose={() => {
              show(false);
              header.current?.querySelector<HTMLElement>('button')?.focus();
            }}
          />
        </div>
      )}
    </>
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
    return <h2 className="sp-ChatHeader-title">{trans.__('New conversation')}</h2>;
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
        aria-label={trans.__('Title of the conversation')}
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
      <button type="button" title={trans.__('%1 (click to rename)', current.title)} onClick={() => setRenaming(true)}>
        {current.title}
      </button>
    </h2>
  );
}
