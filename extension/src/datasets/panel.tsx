/** The Data panel: drop files anywhere on it, see what is in them. Draws; never fetches. */
import { addIcon, folderIcon, linkIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { PanelHeader } from '../ui/Panel';
import { sqlIcon } from '../ui/icons';
import { SearchBox } from '../ui/SearchBox';
import { lazily } from '../ui/lazily';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import type { Deeds } from './DatasetRow';
import type { DatasetsState } from './state';

const DatasetList = lazily(async () => (await import('./DatasetList')).DatasetList);
const MoreRows = lazily(async () => (await import('./adding/MoreRows')).MoreRows);
const UploadRows = lazily(async () => (await import('./UploadRows')).UploadRows);

interface DatasetsViewProps {
  state: DatasetsState;
  deeds: Deeds & {
    takeIn: (files: File[]) => void;
    /** Folders were dropped: which of their files is asked. */
    takeFolders: (entries: FileSystemEntry[]) => void;
    choose: () => void;
    /** Ask for an address to fetch a file from. */
    fetch: () => void;
  };
}

export function DatasetsView({ state, deeds }: DatasetsViewProps): JSX.Element {
  useSignal(state.changed);
  const picker = React.useRef<HTMLInputElement>(null);
  const [over, drop] = useDrop(deeds.takeIn, deeds.takeFolders);
  const shown = state.visible();
  const { uploads } = state;
  const isEmpty =
    state.loaded && !state.datasets.length && !uploads?.entries.length && !uploads?.left.length;
  const buttons = (
    <>
      <Button kind="accept" label="Add files…" onClick={() => picker.current?.click()} />
      <Button icon={folderIcon} label="Add from folder…" onClick={deeds.choose} />
      <Button icon={linkIcon} label={trans.__('Add from an address…')} onClick={deeds.fetch} />
    </>
  );
  return (
    <div className={`sp-Data ${over ? 'sp-mod-over' : ''}`} {...drop}>
      <PanelHeader title="Data">
        <Button
          iconOnly
          icon={addIcon}
          label="Add files from this computer…"
          onClick={() => picker.current?.click()}
        />
        <Button
          iconOnly
          icon={folderIcon}
          label="Add files from JupyterLab's folder…"
          onClick={deeds.choose}
        />
        <Button
          iconOnly
          icon={sqlIcon}
          label={trans.__('Ask datasets in SQL')}
          onClick={() => deeds.query()}
        />
        <Button
          iconOnly
          icon={linkIcon}
          label={trans.__('Add a file from an address…')}
          onClick={deeds.fetch}
        />
      </PanelHeader>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Data files"
        accept={state.accept}
        onChange={event => {
          deeds.takeIn([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      {state.datasets.length > 0 && (
        <SearchBox
          label="Search data and columns"
          value={state.query}
          onChange={query => state.search(query)}
        />
      )}
      <div className="sp-Scroll">
        <ErrorNote error={state.error} onDismiss={() => state.refuse(null)} />
        {state.more && <MoreRows more={state.more} />}
        {uploads && <UploadRows uploads={uploads} choose={() => picker.current?.click()} />}
        {!state.loaded && <Busy label="Looking for datasets…" />}
        {isEmpty && (
          <Empty
            title={trans.__('No data yet')}
            text={trans.__(
              'Drop CSV, TSV, Excel, Parquet, JSON or Arrow files here, also packed (zip, gz, zst), or choose them. You then see what is in them, and can ask about them in the chat with @ and their name.'
            )}
          >
            <div className="sp-Data-choices">{buttons}</div>
          </Empty>
        )}
        {state.loaded && !isEmpty && !shown.length && state.query && (
          <Empty title="Nothing found" text={`No dataset and no column is called '${state.query}'.`} />
        )}
        {state.datasets.length > 0 && <DatasetList state={state} shown={shown} deeds={deeds} />}
      </div>
      {over && (
        <div className="sp-Data-over" aria-hidden="true">
          Drop to add as data
        </div>
      )}
    </div>
  );
}

type DropHandlers = Pick<
  React.HTMLAttributes<HTMLDivElement>,
  'onDragEnter' | 'onDragOver' | 'onDragLeave' | 'onDrop'
>;

/** Files and folders dropped from outside of the browser. */
function useDrop(
  takeIn: (files: File[]) => void,
  takeFolders: (entries: FileSystemEntry[]) => void
): [boolean, DropHandlers] {
  const [depth, setDepth] = React.useState(0);
  const hasFiles = (event: React.DragEvent) => event.dataTransfer.types.includes('Files');
  return [
    depth > 0,
    {
      onDragEnter: event => {
        if (hasFiles(event)) {
          event.preventDefault();
          setDepth(before => before + 1);
        }
      },
      onDragOver: event => {
        if (hasFiles(event)) {
          event.preventDefault();
          event.dataTransfer.dropEffect = 'copy';
        }
      },
      onDragLeave: event => {
        if (hasFiles(event)) {
          setDepth(before => Math.max(0, before - 1));
        }
      },
      onDrop: event => {
        if (!hasFiles(event)) {
          return;
        }
        event.preventDefault();
        event.stopPropagation();
        setDepth(0);
        const [files, folders] = split(event.dataTransfer);
        if (folders.length) {
          takeFolders(folders);
        }
        takeIn(files);
      }
    }
  ];
}

function split(data: DataTransfer): [File[], FileSystemEntry[]] {
  const files: File[] = [];
  const folders: FileSystemEntry[] = [];
  for (const item of data.items) {
    const entry = item.webkitGetAsEntry?.();
    const file = item.getAsFile();
    if (entry?.isDirectory) {
      folders.push(entry);
    } else if (file) {
      files.push(file);
    }
  }
  return [files, folders];
}
