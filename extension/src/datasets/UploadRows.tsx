/** The files on their way: how far each is, and what one can do about it. Draws; never fetches. */
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { DatasetUpload } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import type { Upload, Uploads } from './uploads';
import { size } from './words';

interface UploadRowsProps {
  uploads: Uploads;
  /** Let the person choose a file of this computer. */
  choose: () => void;
}

export function UploadRows({ uploads, choose }: UploadRowsProps): JSX.Element | null {
  useSignal(uploads.changed);
  if (!uploads.entries.length && !uploads.left.length) {
    return null;
  }
  return (
    <section aria-label={trans.__('Uploads')}>
      {uploads.entries.map(entry => (
        <UploadRow key={entry.id} entry={entry} uploads={uploads} />
      ))}
      {uploads.left.map(left => (
        <LeftRow key={left.id} left={left} choose={choose} discard={() => void uploads.discard(left.id)} />
      ))}
    </section>
  );
}

function UploadRow({ entry, uploads }: { entry: Upload; uploads: Uploads }): JSX.Element {
  const { name } = entry.file;
  if (entry.state === 'failed') {
    return (
      <ErrorNote
        error={entry.error}
        onRetry={() => uploads.retry(entry)}
        onDismiss={() => uploads.cancel(entry)}
      />
    );
  }
  if (entry.state === 'asking') {
    return (
      <div className="sp-Upload-question" role="group" aria-label={name}>
        <p role="status">
          {trans.__("'%1' is in this folder already. A file that is replaced is kept and can be put back.", name)}
        </p>
        <div className="sp-Upload-choices">
          <Button kind="accept" label={trans.__('Keep both')} onClick={() => entry.go('keep_both')} />
          <Button label={trans.__('Replace')} onClick={() => entry.go('replace')} />
          <Button kind="quiet" label={trans.__('Cancel')} onClick={() => uploads.cancel(entry)} />
        </div>
      </div>
    );
  }
  const done = entry.file.size ? entry.sent / entry.file.size : 0;
  return (
    <div className={`sp-Upload ${entry.state === 'broken' ? 'sp-mod-broken' : ''}`}>
      <Busy label={progress(entry)} progress={done} />
      {entry.state === 'broken' && (
        <Button kind="quiet" label={trans.__('Try now')} onClick={() => uploads.retry(entry)} />
      )}
      <Button
        iconOnly
        icon={closeIcon}
        label={trans.__('Cancel %1', name)}
        onClick={() => uploads.cancel(entry)}
      />
    </div>
  );
}

function LeftRow({ left, choose, discard }: { left: DatasetUpload; choose: () => void; discard: () => void }): JSX.Element {
  const percent = Math.floor((100 * left.received) / Math.max(1, left.bytes));
  return (
    <div className="sp-Upload-question" role="group" aria-label={left.name}>
      <p>
        {trans.__(
          '%1 % of %2 (%3) is here. Choose the same file again, and it goes on there.',
          percent,
          left.name,
          size(left.bytes)
        )}
      </p>
      <div className="sp-Upload-choices">
        <Button label={trans.__('Choose it again…')} onClick={choose} />
        <Button kind="quiet" label={trans.__('Forget it')} onClick={discard} />
      </div>
    </div>
  );
}

export function progress({ file, sent, state, speed }: Upload): string {
  const { name } = file;
  const percent = file.size ? Math.floor((100 * sent) / file.size) : 100;
  if (state === 'waiting') {
    return trans.__('%1: waits, %2', name, size(file.size));
  }
  if (state === 'broken') {
    return trans.__('%1: the connection is broken at %2 %; it goes on by itself', name, percent);
  }
  const seconds = speed ? (file.size - sent) / speed : 0;
  const rest = seconds >= 2 ? ` · ${left(seconds)}` : '';
  return trans.__('%1: %2 % of %3', name, percent, size(file.size)) + rest;
}

function left(seconds: number): string {
  return seconds < 90
    ? trans.__('%1 s left', Math.ceil(seconds))
    : trans.__('%1 min left', Math.ceil(seconds / 60));
}
