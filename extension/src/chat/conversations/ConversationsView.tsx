/** The list of conversations: search, filters, folders, what can be done with one or several. */
import { Notification } from '@jupyterlab/apputils';
import { closeIcon, ellipsesIcon, newFolderIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Refusal } from '../../api/client';
import type { Conversation, Folder, Model } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { keepFile } from '../../ui/fetchFile';
import { offerUndo } from '../../ui/offerUndo';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { ChatState } from '../state';
import { choose } from './files';
import { Filters } from './Filters';
import { arrange, found, type Line } from './arrange';
import { Lines } from './Lines';
import { showMenu, type Entry } from './menus';
import { FOUND, Shelf, type Change } from './state';
import '../../../style/conversations.css';

export interface ConversationsProps {
  sponde: ISponde;
  state: ChatState;
  models: readonly Model[];
  /** The model that is asked when nobody chooses. */
  chosenModel: Model | null;
  datasets: readonly string[];
  /** Open a conversation as a page of its own. */
  onPage: (id: string) => void;
  /** Write a conversation into a file beside the notebooks; null where that part is not there. */
  onExport: ((id: string, format: string) => void) | null;
  onClose: () => void;
  /** Whether the list stays open beside the conversation; null where there is no room for both. */
  stays: boolean;
}

export function ConversationsView(props: ConversationsProps): JSX.Element {
  const { state } = props;
  const shelf = Shelf.of(props.sponde);
  useSignal(shelf.changed);
  useSignal(state.changed);
  const [chosen, setChosen] = React.useState<ReadonlySet<string>>(new Set());
  const [renaming, setRenaming] = React.useState('');
  const [isDropping, setDropping] = React.useState(false);
  const search = React.useRef<HTMLInputElement>(null);
  const list = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    void shelf.start();
    if (!props.stays) {
      search.current?.focus();
    }
  }, [shelf]);

  const { isSearching } = shelf;
  const listing = shelf.listing(isSearching ? FOUND : '');
  const day = new Date().toDateString();
  const lines = React.useMemo(
    () =>
      isSearching
        ? found(listing.rows)
        : arrange(shelf.folders, shelf.open, key => shelf.listing(key), new Date()),
    [isSearching, listing, shelf.folders, [...shelf.open].join(), day, foldersOf(shelf)]
  );
  const known = new Map(
    lines.flatMap(line => (line.kind === 'row' ? [[line.key, line.row.conversation]] : []))
  );
  const picked = [...chosen].filter(id => known.has(id));

  const openLine = (line: Line): void => {
    if (line.kind === 'folder') {
      shelf.setOpen(line.key, !line.isOpen);
    } else if (line.kind === 'row') {
      void state.open(line.key, line.row.hit?.message_id);
      if (!props.stays) {
        props.onClose();
      }
    }
  };

  /** Change conversations, and offer the way back. */
  const change = async (
    ids: readonly string[],
    wanted: Change,
    said: string,
    back: ReadonlyArray<[readonly string[], Change]>
  ): Promise<void> => {
    setChosen(new Set());
    if (ids.length && (await shelf.change(ids, wanted))) {
      offerUndo(said, () => back.forEach(([which, undo]) => void shelf.change(which, undo)));
    }
  };
  const named = (ids: readonly string[]): string =>
    ids.length === 1
      ? `“${known.get(ids[0])?.title ?? ''}”`
      : trans._n('%1 conversation', '%1 conversations', ids.length);
  const remove = (ids: readonly string[]): void =>
    void change(ids, { is_removed: true }, trans.__('Deleted %1.', named(ids)), [
      [ids, { is_removed: false }]
    ]);
  const archive = (ids: readonly string[], is_archived: boolean): void =>
    void change(
      ids,
      { is_archived },
      is_archived
        ? trans.__('Archived %1. A search for “is:archived” shows it.', named(ids))
        : trans.__('Brought back %1.', named(ids)),
      [[ids, { is_archived: !is_archived }]]
    );
  const move = (ids: readonly string[], folder: string): void => {
    const moving = ids.filter(id => known.get(id)?.folder_id !== folder);
    const homes = new Map<string, string[]>();
    moving.forEach(id => {
      const home = known.get(id)?.folder_id ?? '';
      homes.set(home, [...(homes.get(home) ?? []), id]);
    });
    const place = shelf.folders.find(({ id }) => id === folder)?.name;
    void change(
      moving,
      { folder_id: folder },
      place
        ? trans.__('Moved %1 into “%2”.', named(moving), place)
        : trans.__('Took %1 out of its folder.', named(moving)),
      [...homes].map(([home, which]) => [which, { folder_id: home }])
    );
  };
  const exportFile = async (ids: readonly string[]): Promise<void> => {
    const file = await shelf.file(ids);
    if (file) {
      const title = ids.length === 1 ? known.get(ids[0])?.title : '';
      keepFile(file, `${(title || trans.__('Conversations')).replace(/[\\/:*?"<>|]+/g, ' ')}.json`);
    }
  };
  const take = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      try {
        const taken = await shelf.take(await file.text(), file.name);
        const count = taken.conversations.length;
        Notification.success(
          trans._n(
            'Imported %1 conversation with %2 messages from %3.',
            'Imported %1 conversations with %2 messages from %3.',
            count,
            taken.messages,
            taken.source
          ),
          { autoClose: 6000 }
        );
        if (count === 1) {
          await state.open(taken.conversations[0].id);
        }
      } catch (error) {
        const { message, hint } = Refusal.from(error);
        Notification.error(`${message} ${hint}`.trim(), { autoClose: false });
      }
    }
  };
  const makeFolder = async (parent: string, ids: readonly string[]): Promise<void> => {
    const names = new Set(shelf.folders.map(({ name }) => name));
    let name = trans.__('New folder');
    for (let number = 2; names.has(name); number += 1) {
      name = trans.__('New folder %1', number);
    }
    const made = await shelf.makeFolder(name, parent);
    if (made) {
      shelf.search('');
      if (parent) {
        shelf.setOpen(parent, true);
      }
      if (ids.length) {
        move(ids, made);
      }
      setRenaming(made);
    }
  };
  const folders = (ids: readonly string[]): Entry => ({
    label: trans.__('Move to'),
    entries: [
      { label: trans.__('No folder'), run: () => move(ids, '') },
      ...shelf.folders.map(folder => ({
        label: pathOf(folder, shelf.folders),
        run: () => move(ids, folder.id)
      })),
      null,
      { label: trans.__('New folder'), run: () => void makeFolder('', ids) }
    ]
  });

  const rowMenu = (conversation: Conversation, x: number, y: number): void => {
    const { id, is_pinned, is_archived } = conversation;
    if (picked.length > 1 && chosen.has(id)) {
      showMenu(
        [
          { label: trans.__('Archive'), run: () => archive(picked, true) },
          folders(picked),
          { label: trans.__('Export as JSON'), run: () => void exportFile(picked) },
          null,
          { label: trans.__('Delete'), run: () => remove(picked) }
        ],
        x,
        y
      );
      return;
    }
    const { chosenModel } = props;
    const leaf = state.current?.id === id ? (state.thread.last?.id ?? '') : '';
    const copy = async (from: string): Promise<void> => {
      const made = await shelf.duplicate(id, from);
      if (made) {
        await state.open(made.id);
      }
    };
    const formats: Entry[] = [
      { label: trans.__('JSON, to import again'), run: () => void exportFile([id]) }
    ];
    if (props.onExport) {
      const { onExport } = props;
      formats.push(
        { label: trans.__('Notebook'), run: () => onExport(id, 'notebook') },
        { label: trans.__('Markdown'), run: () => onExport(id, 'markdown') },
        { label: trans.__('HTML'), run: () => onExport(id, 'html') }
      );
    }
    const entries: Entry[] = [
      {
        label: trans.__('Pinned'),
        isOn: is_pinned,
        run: () => void shelf.change([id], { is_pinned: !is_pinned })
      },
      { label: trans.__('Rename'), run: () => setRenaming(id) }
    ];
    if (chosenModel) {
      const { name, is_local, provider_name } = chosenModel;
      entries.push({
        label: is_local
          ? trans.__('Suggest a Title (asks %1, on this machine)', name)
          : trans.__('Suggest a Title (asks %1 at %2)', name, provider_name),
        run: () => void shelf.suggestTitle(id, chosenModel.id)
      });
    }
    entries.push(
      folders([id]),
      { label: is_archived ? trans.__('Bring Back') : trans.__('Archive'), run: () => archive([id], !is_archived) },
      null,
      { label: trans.__('Open as Page'), run: () => props.onPage(id) },
      { label: trans.__('Duplicate'), run: () => void copy('') }
    );
    if (leaf) {
      entries.push({ label: trans.__('Duplicate the Branch Shown'), run: () => void copy(leaf) });
    }
    entries.push({ label: trans.__('Export as'), entries: formats }, null, {
      label: trans.__('Delete'),
      run: () => remove([id])
    });
    showMenu(entries, x, y);
  };
  const folderMenu = (folder: Folder, x: number, y: number): void => {
    const inside = new Set<string>([folder.id]);
    shelf.folders.forEach(one => inside.has(one.parent_id) && inside.add(one.id));
    showMenu(
      [
        { label: trans.__('Rename'), run: () => setRenaming(folder.id) },
        { label: trans.__('New Folder in It'), run: () => void makeFolder(folder.id, []) },
        {
          label: trans.__('Move to'),
          entries: [
            {
              label: trans.__('No folder'),
              run: () => void shelf.changeFolder(folder.id, { parent_id: '' })
            },
            ...shelf.folders
              .filter(({ id }) => !inside.has(id))
              .map(other => ({
                label: pathOf(other, shelf.folders),
                run: () => void shelf.changeFolder(folder.id, { parent_id: other.id })
              }))
          ]
        },
        null,
        {
          label: trans.__('Delete; What Lies in It Goes Up'),
          run: () => void shelf.removeFolder(folder.id)
        }
      ],
      x,
      y
    );
  };
  const moreMenu = (x: number, y: number): void =>
    showMenu(
      [
        { label: trans.__('Import…'), run: () => void choose().then(take) },
        { label: trans.__('Export All as JSON'), run: () => void exportFile([]) },
        null,
        { label: trans.__('Show Archived'), run: () => shelf.search('is:archived') },
        { label: trans.__('Show Unread'), run: () => shelf.search('is:unread') }
      ],
      x,
      y
    );

  return (
    <div
      className={`sp-ConversationsView${props.stays ? ' sp-mod-stays' : ''}`}
      role={props.stays ? 'navigation' : 'dialog'}
      aria-label={trans.__('Conversations')}
      data-dropping={isDropping}
      onKeyDown={event => {
        if (event.key === 'Escape' && !props.stays) {
          event.stopPropagation();
          props.onClose();
        }
      }}
      onDragOver={event => {
        if (event.dataTransfer.types.includes('Files')) {
          event.preventDefault();
          setDropping(true);
        }
      }}
      onDragLeave={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
          setDropping(false);
        }
      }}
      onDrop={event => {
        setDropping(false);
        if (event.dataTransfer.files.length) {
          event.preventDefault();
          event.stopPropagation();
          void take([...event.dataTransfer.files]);
        }
      }}
    >
      <div className="sp-ConversationsView-top">
        <h3>{trans.__('Conversations')}</h3>
        <Button
          label={trans.__('New folder')}
          icon={newFolderIcon}
          iconOnly
          onClick={() => void makeFolder('', [])}
        />
        <Button
          label={trans.__('More')}
          icon={ellipsesIcon}
          iconOnly
          onClick={event => {
            const { left, bottom } = event.currentTarget.getBoundingClientRect();
            moreMenu(left, bottom);
          }}
        />
        <Button
          label={trans.__('Close the list')}
          icon={closeIcon}
          iconOnly
          onClick={props.onClose}
        />
      </div>
      <Filters
        shelf={shelf}
        models={[...new Set(props.models.map(({ name }) => name))]}
        datasets={props.datasets}
        search={search}
        onDown={() => list.current?.focus()}
      />
      <ErrorNote error={shelf.error} onDismiss={() => shelf.dismissError()} />
      {shelf.note && (
        <p className="sp-Quiet sp-ConversationsView-note" role="status">
          {shelf.note}
        </p>
      )}
      {isSearching && listing.isKnown && listing.rows.length > 0 && (
        <p className="sp-Quiet sp-ConversationsView-note" role="status">
          {trans._n('%1 conversation', '%1 conversations', listing.total)}
        </p>
      )}
      {!listing.isKnown && !shelf.error ? (
        <Busy label={isSearching ? trans.__('Searching…') : trans.__('Loading…')} />
      ) : lines.length === 0 ? (
        <Empty shelf={shelf} />
      ) : (
        <Lines
          ref={list}
          label={trans.__('Conversations')}
          lines={lines}
          current={state.current?.id ?? ''}
          chosen={chosen}
          setChosen={setChosen}
          renaming={renaming}
          setRenaming={setRenaming}
          onOpen={openLine}
          onFold={(line, isOpen) => line.kind === 'folder' && shelf.setOpen(line.key, isOpen)}
          onRename={(line, name) => {
            if (line.kind === 'folder' && name.trim() !== line.folder.name) {
              void shelf.changeFolder(line.key, { name });
            } else if (line.kind === 'row' && name.trim() !== line.row.conversation.title) {
              void shelf.rename(line.key, name);
            }
          }}
          onRemove={line => {
            if (picked.length) {
              remove(picked);
            } else if (line.kind === 'row') {
              remove([line.key]);
            }
          }}
          onMenu={(line, x, y) => {
            if (line.kind === 'folder') {
              folderMenu(line.folder, x, y);
            } else if (line.kind === 'row') {
              rowMenu(line.row.conversation, x, y);
            }
          }}
          onMove={move}
          onType={letter => {
            shelf.search(shelf.text + letter);
            search.current?.focus();
          }}
          onUp={() => search.current?.focus()}
          onMore={() => void shelf.more(isSearching ? FOUND : '')}
        />
      )}
      {picked.length > 0 && (
        <div className="sp-Chosen" role="toolbar" aria-label={trans.__('What is chosen')}>
          <span role="status">{trans._n('%1 chosen', '%1 chosen', picked.length)}</span>
          <Button label={trans.__('Archive')} onClick={() => archive(picked, true)} />
          <Button
            label={trans.__('Move…')}
            onClick={event => {
              const { left, top } = event.currentTarget.getBoundingClientRect();
              const entry = folders(picked);
              showMenu(entry && 'entries' in entry ? entry.entries : [], left, top);
            }}
          />
          <Button label={trans.__('Export')} onClick={() => void exportFile(picked)} />
          <Button label={trans.__('Delete')} kind="warn" onClick={() => remove(picked)} />
          <Button
            label={trans.__('Choose none')}
            icon={closeIcon}
            iconOnly
            onClick={() => setChosen(new Set())}
          />
        </div>
      )}
      {isDropping && (
        <div className="sp-ConversationsView-drop">{trans.__('Drop to import conversations')}</div>
      )}
    </div>
  );
}

/** Why nothing is listed, and what can be done. */
function Empty(props: { shelf: Shelf }): JSX.Element {
  const { shelf } = props;
  return (
    <div className="sp-ConversationsView-empty">
      {shelf.isSearching ? (
        <>
          <p>{trans.__('Nothing fits “%1”.', shelf.text.trim())}</p>
          <button type="button" className="sp-Link" onClick={() => shelf.search('')}>
            {trans.__('Show all conversations')}
          </button>
        </>
      ) : (
        <p>
          {trans.__(
            'No conversation yet. What you ask is kept here; a file that was exported can be dropped here.'
          )}
        </p>
      )}
    </div>
  );
}

function pathOf(folder: Folder, folders: readonly Folder[]): string {
  const above = folders.find(({ id }) => id === folder.parent_id);
  return above ? `${pathOf(above, folders)} / ${folder.name}` : folder.name;
}

/** Changes whenever what lies in an open folder does. */
function foldersOf(shelf: Shelf): string {
  return [...shelf.open]
    .map(key => shelf.listing(key).rows.map(row => row.conversation.updated_at + row.conversation.title + row.conversation.is_unread).join())
    .join('|');
}
