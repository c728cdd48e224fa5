/** The receipt of an answer, fetched when it is opened: to whom, how much, and every word. */
import * as React from 'react';
import { Refusal } from '../../api/client';
import type { Message, Receipt } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { trans } from '../../ui/words';
import type { ChatState } from '../state';
import { Parts, Turns } from './Parts';
import { rowsOf, tokensOf } from './words';
import '../../../style/receipt.css';

export function SentBody({ state, answer }: { state: ChatState; answer: Message }): JSX.Element {
  const [receipt, setReceipt] = React.useState<Receipt | null>(null);
  const [error, setError] = React.useState<Refusal | null>(null);
  // Grows with the requests that tools lead to.
  const size = answer.receipt?.tokens;
  React.useEffect(() => {
    let isLeft = false;
    state.receipt(answer).then(
      found => isLeft || setReceipt(found),
      failure => isLeft || setError(Refusal.from(failure))
    );
    return () => {
      isLeft = true;
    };
  }, [answer.id, size]);
  const sent = receipt ?? answer.receipt;
  const rows = receipt?.is_local ? [] : (receipt?.parts.filter(part => part.rows > 0) ?? []);
  if (!sent) {
    return <Busy label={trans.__('Fetching…')} />;
  }
  return (
    <div className="sp-Sent-body">
      <dl>
        <dt>{trans.__('To')}</dt>
        <dd>
          {sent.model} <span className="sp-Quiet">({sent.provider})</span>
        </dd>
        <dt>{trans.__('Where')}</dt>
        <dd>
          {sent.address}
          <div className="sp-Quiet">
            {sent.is_local
              ? trans.__('This machine: nothing left it.')
              : rows.length
                ? trans.__('It left this machine, with %1.', rows.map(rowsOf).join(', '))
                : trans.__('It left this machine.')}
          </div>
        </dd>
        <dt>{trans.__('Size')}</dt>
        <dd>{trans.__('about %1', tokensOf(sent.tokens))}</dd>
      </dl>
      {error && (
        <div role="alert">
          {error.message} {error.hint}
        </div>
      )}
      {!receipt && !error && <Busy label={trans.__('Fetching every word…')} />}
      {receipt && (receipt.parts.length ? <Parts receipt={receipt} onPolicy={null} /> : <Turns receipt={receipt} />)}
    </div>
  );
}
