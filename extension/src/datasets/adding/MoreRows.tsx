/** Files on their way from addresses, and a folder that is being registered. Draws; never fetches. */
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Refusal } from '../../api/client';
import type { AddressFetch } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { count } from '../words';
import type { More } from './more';
import { told } from './names';

export function MoreRows({ more }: { more: More }): JSX.Element | null {
  useSignal(more.changed);
  const { batch, fetches } = more;
  if (!batch && !fetches.length) {
    return null;
  }
  return (
    <section aria-label={trans.__('On their way')}>
      {batch && (
        <div className="sp-Upload">
          <Busy
            label={trans.__('Adding files: %1 of %2', count(batch.done), count(batch.all))}
            progress={batch.done / batch.all}
          />
          <Button
            iconOnly
            icon={closeIcon}
            label={trans.__('Stop adding files')}
            disabled={batch.isStopped}
            onClick={() => more.stopBatch()}
          />
        </div>
      )}
      {fetches.map(fetch => (
        <FetchRow key={fetch.id} fetch={fetch} more={more} />
      ))}
    </section>
  );
}

function FetchRow({ fetch, more }: { fetch: AddressFetch; more: More }): JSX.Element {
  if (fetch.status === 'failed' && fetch.failure) {
    const { message, hint } = fetch.failure;
    return (
      <ErrorNote
        error={new Refusal(0, 'failed', `${fetch.name}: ${message}`, hint)}
        onRetry={() => void more.retry(fetch.id)}
        onDismiss={() => void more.cancel(fetch.id)}
      />
    );
  }
  const progress = fetch.bytes ? fetch.received / fetch.bytes : undefined;
  return (
    <div className={`sp-Upload ${fetch.status === 'waiting' ? 'sp-mod-broken' : ''}`} title={fetch.address}>
      <Busy label={told(fetch)} progress={progress} />
      <Button
        iconOnly
        icon={closeIcon}
        label={trans.__('Cancel %1', fetch.name)}
        onClick={() => void more.cancel(fetch.id)}
      />
    </div>
  );
}
