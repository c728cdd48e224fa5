/** The Data panel: drop files anywhere on it, see what is in them. Draws; never fetches. */
import { addIcon, folderIcon, linkIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { dropped } from '../ui/dropped';
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
    /** Take the example that comes with Sponde. */
    example: () => void;
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
      <Button kind="accept" label={trans.__('Add files…')} onClick={() => picker.current?.click()} />
      <Button icon={folderIcon} label={trans.__('Add from folder…')} onClick={deeds.choose} />
      <Button icon={linkIcon} label={trans.__('Add from an address…')} onClick={deeds.fetch} />
      <Button kind="quiet" label={trans.__('Try an example')} onClick={deeds.example} />
    </>
  );
  return (
    <div className={`sp-Data ${over ? 'sp-mod-over' : ''}`} {...drop}>
      <PanelHeader title={trans.__('Data')}>
        <Button
          iconOnly
          icon={addIcon}
          label={trans.__('Add files from this computer…')}
          onClick={() => picker.current?.click()}
        />
        <Button
          iconOnly
          icon={folderIcon}
          label={trans.__("Add files from JupyterLab's folder…")}
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
        aria-label={trans.__('Data files')}
        accept={state.accept}
        onChange={event => {
          deeds.takeIn([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      {state.datasets.length > 0 && (
        <SearchBox
          label={trans.__('Search data and columns')}
          value={state.query}
          onChange={query => state.search(query)}
        />
      )}
      <div className="sp-Scroll">
        <ErrorNote error={state.error} onDismiss={() => state.refuse(null)} />
        {state.more && <MoreRows more={state.more} />}
        {uploads && <UploadRows uploads={uploads} choose={() => picker.current?.click()} />}
        {!state.loaded && <Busy label={trans.__('Looking for datasets…')} />}
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
          <Empty
            title={trans.__('Nothing found')}
            text={trans.__("No dataset, folder, tag or column is called '%1'.", state.query)}
          />
        )}
        {state.datasets.length > 0 && <DatasetList state={state} shown={shown} deeds={deeds} />}
      </div>
      {over && (
        <div className="sp-Data-over" aria-hidden="true">
          {trans.__('Drop to add as data')}
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
        const [files, folders] = dropped(event.dataTransfer);
        if (folders.length) {
          takeFolders(folders);
        }
        takeIn(files);
      }
    }
  ];
}
