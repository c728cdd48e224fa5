/** Where a conversation is a replay, or was replayed: how far it is, and the way to the other. */
import { refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Replay } from '../api/schema';
import { Button } from '../ui/Button';
import { filled } from '../ui/filled';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import type { ChatState } from './state';

export function ReplayBar(props: {
  state: ChatState;
  /** Open two conversations side by side. */
  onBoth: (left: string, right: string) => void;
}): JSX.Element | null {
  const { state, onBoth } = props;
  const { replays } = state;
  useSignal(replays.changed);
  const { own, copies } = replays;
  if (!own && !copies.length) {
    return null;
  }
  return (
    <div className="sp-Replay" role="status">
      {own && (
        <div className="sp-Replay-line">
          <span className="sp-Replay-text">
            {filled(
              progress(own),
              <button type="button" className="sp-Link" onClick={() => void state.open(own.source_id)}>
                {titleOf(state, own.source_id)}
              </button>
            )}
          </span>
          {own.status === 'running' ? (
            <Button label={trans.__('Stop the replay')} icon={stopIcon} iconOnly onClick={() => void state.stopReplay(own.id)} />
          ) : (
            own.status !== 'complete' && (
              <Button label={trans.__('Go on')} icon={refreshIcon} onClick={() => void state.resumeReplay(own.id)} />
            )
          )}
          <button type="button" className="sp-Link" onClick={() => onBoth(own.source_id, own.id)}>
            {trans.__('Side by side')}
          </button>
          {own.status === 'running' && (
            <progress max={own.total} value={own.done} aria-label={trans.__('Questions answered')} />
          )}
        </div>
      )}
      {copies.length > 0 && (
        <div className="sp-Replay-line">
          <span className="sp-Replay-text">
            {trans.__('Replayed on')}{' '}
            {copies.map((copy, index) => (
              <React.Fragment key={copy.id}>
                {index > 0 && ', '}
                <button type="button" className="sp-Link" onClick={() => void state.open(copy.id)}>
                  {copy.model}
                </button>
                {copy.status === 'running' && ` (${trans.__('%1 of %2', copy.done, copy.total)})`}
              </React.Fragment>
            ))}
          </span>
          {copies.length === 1 && (
            <button
              type="button"
              className="sp-Link"
              onClick={() => onBoth(copies[0].source_id, copies[0].id)}
            >
              {trans.__('Side by side')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** How far a replay is; %1 stands for the conversation that is replayed. */
function progress({ status, done, total }: Replay): string {
  switch (status) {
    case 'running':
      return trans.__('Replay of %1: %2 of %3 questions answered', '%1', done, total);
    case 'complete':
      return trans.__('Replay of %1', '%1');
    case 'stopped':
      return trans.__('Replay of %1 was stopped after %2 of %3 questions', '%1', done, total);
    case 'failed':
      return trans.__('Replay of %1 could not go on after %2 of %3 questions', '%1', done, total);
    case 'interrupted':
      return trans.__('Replay of %1 was cut after %2 of %3 questions', '%1', done, total);
  }
}

function titleOf(state: ChatState, id: string): string {
  const title = state.conversations.find(conversation => conversation.id === id)?.title;
  return title ?? trans.__('another conversation');
}
