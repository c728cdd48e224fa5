/** Draws an import: choose a file, look at what is in it, keep it, take it back. Fetches nothing. */
import * as React from 'react';
import { Refusal } from '../../api/client';
import type { BlockImport, RowState } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { ago } from '../../ui/time';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { CodeMeans } from '../code/CodeText';
import { ImportRows } from './ImportRows';
import type { Transfers } from './transfers';

const KINDS = '.json,.zip,.py,.ipynb,.md,.sql,.r,.jl,.sh,.js,.ts';
const PAST = 3;

interface ImportPartProps {
  transfers: Transfers;
  means: CodeMeans;
}

export function ImportPart({ transfers, means }: ImportPartProps): JSX.Element {
  useSignal(transfers.changed);
  const one = transfers.importing;
  return (
    <section className="sp-Carry-part" aria-label={trans.__('Import')}>
      <h3>{trans.__('Import')}</h3>
      <ErrorNote error={transfers.error} />
      {!one ? (
        <Choose transfers={transfers} />
      ) : transfers.isBusy ? (
        <Going transfers={transfers} one={one} />
      ) : one.status === 'ready' ? (
        <Look transfers={transfers} means={means} one={one} />
      ) : (
        <Ended transfers={transfers} one={one} />
      )}
    </section>
  );
}

function Choose({ transfers }: { transfers: Transfers }): JSX.Element {
  const input = React.useRef<HTMLInputElement>(null);
  const past = transfers.past.filter(one => one.status !== 'undone').slice(0, PAST);
  return (
    <>
      <div className="sp-Carry-drop">
        <span>{trans.__('Drop a bundle, zip, notebook or file of code here')}</span>
        <Button label={trans.__('Choose a file')} onClick={() => input.current?.click()} />
        <input
          ref={input}
          type="file"
          accept={KINDS}
          hidden
          aria-label={trans.__('File to import')}
          onChange={event => {
            const file = event.target.files?.[0];
            event.target.value = '';
            void (file && transfers.send(file));
          }}
        />
      </div>
      {past.length > 0 && (
        <ul className="sp-Carry-past" aria-label={trans.__('Earlier imports')}>
          {past.map(one => (
            <li key={one.id}>
              <span className="sp-Carry-name">{one.filename}</span>
              <span className="sp-Quiet">
                {trans.__('%1, %2', keptWords(one), ago(one.made_at))}
              </span>
              <Button
                label={trans.__('Undo')}
                title={trans.__('Undo the import of %1', one.filename)}
                kind="quiet"
                onClick={() => void transfers.undo(one.id)}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Going({ transfers, one }: { transfers: Transfers; one: BlockImport }): JSX.Element {
  const label =
    transfers.sent !== null
      ? trans.__('Sending %1', one.filename)
      : one.status === 'working'
        ? trans.__('%1 of %2 blocks', one.done, one.total)
        : trans._n('%1 block read', '%1 blocks read', one.done, one.done);
  const progress = transfers.sent ?? (one.total ? one.done / one.total : undefined);
  return (
    <>
      <Busy label={label} progress={progress} />
      <Button label={trans.__('Cancel')} kind="quiet" onClick={() => void transfers.cancel()} />
    </>
  );
}

function Look(props: ImportPartProps & { one: BlockImport }): JSX.Element {
  const { transfers, one } = props;
  const states: Array<[RowState, string, number]> = [
    ['new', trans.__('new'), one.new],
    ['near', trans.__('nearly here'), one.near],
    ['same', trans.__('here already'), one.same],
    ['broken', trans.__('broken'), one.broken]
  ];
  const count = transfers.wanted;
  return (
    <>
      <div className="sp-Carry-name">{one.filename}</div>
      <div className="sp-Carry-states" role="group" aria-label={trans.__('What is in it')}>
        {states
          .filter(([, , total]) => total > 0)
          .map(([state, label, total]) => (
            <Button
              key={state}
              label={`${total} ${label}`}
              kind="quiet"
              pressed={transfers.shown === state}
              onClick={() => void transfers.show(transfers.shown === state ? '' : state)}
            />
          ))}
      </div>
      <ImportRows {...props} />
      <div className="sp-Carry-deeds">
        <Button
          label={trans._n('Import %1 block', 'Import %1 blocks', count, count)}
          kind="accept"
          disabled={!count}
          onClick={() => void transfers.keep()}
        />
        <Button label={trans.__('Cancel')} kind="quiet" onClick={() => void transfers.cancel()} />
      </div>
    </>
  );
}

function Ended({ transfers, one }: { transfers: Transfers; one: BlockImport }): JSX.Element {
  const did = one.added + one.revised + one.noted > 0;
  return (
    <>
      {one.status === 'failed' ? (
        <ErrorNote error={new Refusal(0, '', one.error, one.hint)} />
      ) : (
        <p role="status">
          {one.status === 'undone'
            ? trans.__('The import of %1 was undone.', one.filename)
            : one.status === 'cancelled'
              ? trans.__('Stopped: %1.', keptWords(one))
              : trans.__('%1: %2.', one.filename, keptWords(one))}
        </p>
      )}
      {one.refused.length > 0 && (
        <ul className="sp-Carry-refused">
          {one.refused.map(sentence => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <div className="sp-Carry-deeds">
        <Button label={trans.__('Import another file')} onClick={() => transfers.leave()} />
        {did && one.status !== 'undone' && (
          <Button
            label={trans.__('Undo')}
            kind="quiet"
            onClick={() => void transfers.undo(one.id)}
          />
        )}
      </div>
    </>
  );
}

/** What an import did: `12 blocks added, 1 revised, 3 were here`. */
function keptWords(one: BlockImport): string {
  const parts = [trans._n('%1 block added', '%1 blocks added', one.added, one.added)];
  if (one.revised) {
    parts.push(trans._n('%1 revised', '%1 revised', one.revised, one.revised));
  }
  if (one.noted) {
    parts.push(trans._n('%1 was here', '%1 were here', one.noted, one.noted));
  }
  return parts.join(', ');
}
