/** Where a conversation is a replay, or was replayed: how far it is, and the way to the other. */
import { refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Replay } from '../api/schema';
import { Button } from '../ui/Button';
import { useSignal } from '../ui/useSignal';
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
            Replay of{' '}
            <button type="button" className="sp-Link" onClick={() => void state.open(own.source_id)}>
              {titleOf(state, own.source_id)}
            </button>
            {PROGRESS[own.status](own)}
          </span>
          {own.status === 'running' ? (
            <Button label="Stop the replay" icon={stopIcon} iconOnly onClick={() => void state.stopReplay(own.id)} />
          ) : (
            own.status !== 'complete' && (
              <Button label="Go on" icon={refreshIcon} onClick={() => void state.resumeReplay(own.id)} />
            )
          )}
          <button type="button" className="sp-Link" onClick={() => onBoth(own.source_id, own.id)}>
            Side by side
          </button>
          {own.status === 'running' && (
            <progress max={own.total} value={own.done} aria-label="Questions answered" />
          )}
        </div>
      )}
      {copies.length > 0 && (
        <div className="sp-Replay-line">
          <span className="sp-Replay-text">
            Replayed on{' '}
            {copies.map((copy, index) => (
              <React.Fragment key={copy.id}>
                {index > 0 && ', '}
                <button type="button" className="sp-Link" onClick={() => void state.open(copy.id)}>
                  {copy.model}
                </button>
                {copy.status === 'running' && ` (${copy.done} of ${copy.total})`}
              </React.Fragment>
            ))}
          </span>
          {copies.length === 1 && (
            <button
              type="button"
              className="sp-Link"
              onClick={() => onBoth(copies[0].source_id, copies[0].id)}
            >
              Side by side
            </button>
          )}
        </div>
      )}
    </div>
  );
}

const PROGRESS: Record<Replay['status'], (replay: Replay) => string> = {
  running: ({ done, total }) => `: ${done} of ${total} questions answered`,
  complete: () => '',
  stopped: ({ done, total }) => ` was stopped after ${done} of ${total} questions`,
  failed: ({ done, total }) => ` could not go on after ${done} of ${total} questions`,
  interrupted: ({ done, total }) => ` was cut after ${done} of ${total} questions`
};

function titleOf(state: ChatState, id: string): string {
  const title = state.conversations.find(conversation => conversation.id === id)?.title;
  return title ?? 'another conversation';
}
