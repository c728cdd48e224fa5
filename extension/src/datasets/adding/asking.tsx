/** What is asked in windows: an address, which files of a folder, a name, tags, whether to remove. */
import { Dialog, InputDialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import * as React from 'react';
import type { Dataset, DatasetUse } from '../../api/schema';
import { trans } from '../../ui/words';
import { aboutUse, usesInWords } from '../uses';
import { size } from '../words';
import '../../../style/history.css';

export interface OfferedFile {
  path: string;
  bytes: number;
  /** Whether it is a dataset already. */
  isHere: boolean;
}

export async function askAddress(): Promise<string> {
  const asked = await InputDialog.getText({
    title: trans.__('Add data from an address'),
    label: trans.__('The address of the file itself; it is copied into the folder of the file browser.'),
    placeholder: 'https://example.org/data/towns.csv',
    okLabel: trans.__('Fetch')
  });
  return asked.button.accept ? (asked.value ?? '').trim() : '';
}

/** Let a person choose files; those that are datasets already are not chosen, and listed as such. */
export async function chooseFiles(
  where: string,
  files: readonly OfferedFile[],
  isCut: boolean
): Promise<string[]> {
  if (!files.length) {
    await showDialog({
      title: trans.__('No data files'),
      body: trans.__("In '%1' and the folders below it are no files that look like data.", where),
      buttons: [Dialog.okButton()]
    });
    return [];
  }
  const chosen = new Set(files.filter(file => !file.isHere).map(file => file.path));
  const answer = await showDialog({
    title: trans.__('Add data from %1', where),
    body: ReactWidget.create(<FilesForm files={files} chosen={chosen} isCut={isCut} />),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Add') })]
  });
  return answer.button.accept ? files.map(file => file.path).filter(path => chosen.has(path)) : [];
}

interface FilesFormProps {
  files: readonly OfferedFile[];
  /** What is chosen; changed in place. */
  chosen: Set<string>;
  isCut: boolean;
}

export function FilesForm({ files, chosen, isCut }: FilesFormProps): JSX.Element {
  const [, draw] = React.useReducer((times: number) => times + 1, 0);
  const offered = files.filter(file => !file.isHere);
  const some = offered.filter(file => chosen.has(file.path));
  const set = (path: string, isChosen: boolean): void => {
    if (isChosen) {
      chosen.add(path);
    } else {
      chosen.delete(path);
    }
    draw();
  };
  return (
    <div className="sp-FilesForm">
      <label className="sp-FilesForm-all">
        <input
          type="checkbox"
          checked={some.length === offered.length && offered.length > 0}
          ref={box => {
            if (box) {
              box.indeterminate = some.length > 0 && some.length < offered.length;
            }
          }}
          onChange={event => offered.forEach(file => set(file.path, event.target.checked))}
        />
        <span aria-live="polite">
          {trans._n('%1 file, %2', '%1 files, %2', some.length, size(some.reduce((sum, file) => sum + file.bytes, 0)))}
        </span>
      </label>
      <ul aria-label={trans.__('Data files')}>
        {files.map(file => (
          <li key={file.path}>
            <label>
              <input
                type="checkbox"
                checked={file.isHere || chosen.has(file.path)}
                disabled={file.isHere}
                onChange={event => set(file.path, event.target.checked)}
              />
              <span>{file.path}</span>
              <span className="sp-Quiet">
                {file.isHere ? trans.__('is a dataset') : size(file.bytes)}
              </span>
            </label>
          </li>
        ))}
      </ul>
      {isCut && <p className="sp-Quiet">{trans.__('There are more files; choose a folder further in.')}</p>}
    </div>
  );
}

export async function askName(dataset: Dataset, uses: readonly DatasetUse[]): Promise<string> {
  const code = uses.filter(use => use.kind !== 'conversation');
  const asked = await InputDialog.getText({
    title: trans.__('Rename %1', dataset.name),
    label: code.length
      ? trans.__(
          'Letters, digits and underscores. Used under its old name by %1, which will have to be changed.',
          usesInWords(code)
        )
      : trans.__('Letters, digits and underscores. The file keeps its own name.'),
    text: dataset.name,
    selectionRange: dataset.name.length,
    okLabel: trans.__('Rename')
  });
  return asked.button.accept ? (asked.value ?? '').trim() : '';
}

/** Null where it was left as it is. */
export async function askTags(dataset: Dataset): Promise<string[] | null> {
  const asked = await InputDialog.getText({
    title: trans.__('Tags of %1', dataset.name),
    label: trans.__('Words to find it by, with commas between them'),
    text: dataset.tags.join(', '),
    okLabel: trans.__('Save')
  });
  return asked.button.accept ? (asked.value ?? '').split(',').map(tag => tag.trim()).filter(Boolean) : null;
}

const MOST_NAMED = 8;

/** Where something uses a dataset, say what, and ask. */
export async function mayRemove(dataset: Dataset, uses: readonly DatasetUse[]): Promise<boolean> {
  if (!uses.length) {
    return true;
  }
  const more = uses.length - MOST_NAMED;
  const answer = await showDialog({
    title: trans.__("'%1' is used", dataset.name),
    body: ReactWidget.create(
      <div className="sp-FilesForm">
        <p>
          {trans.__(
            'It is used by %1. Off the list, it is not found there any more; its file stays, and it can be brought back.',
            usesInWords(uses)
          )}
        </p>
        <ul aria-label={trans.__('Used by')}>
          {uses.slice(0, MOST_NAMED).map((use, place) => (
            <li key={place}>
              <label>
                <span />
                <span>{use.label}</span>
                <span className="sp-Quiet">{aboutUse(use)}</span>
              </label>
            </li>
          ))}
          {more > 0 && <li>{trans._n('… and %1 more', '… and %1 more', more, more)}</li>}
        </ul>
      </div>
    ),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Remove it from the list') })]
  });
  return answer.button.accept;
}
