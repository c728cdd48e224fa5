/** The parts that a single answer and one of several have in common. */
import { copyIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Message } from '../../api/schema';
import { nameOf } from '../../models/names';
import type { IModels } from '../../models/tokens';
import { Button } from '../../ui/Button';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { Answer } from './Answer';
import type { Engines } from '../engines';
import { MeansContext } from '../markdown/drawing';
import { Again, Thoughts, useBeside } from './BesideViews';
import { SentBody } from '../receipt/late';
import type { ChatState } from '../state';

export interface MessageProps {
  state: ChatState;
  models: IModels;
  engines: Engines;
  message: Message;
  /** Open the conversation as a page; null where this is one. */
  onPage: (() => void) | null;
}

/**
 * Draw again when this answer grew: at once where not much comes, else once a frame, within that very
 * frame. An update of an external store is not put off behind the frame's drawing, as others are.
 */
export function useGrowth(state: ChatState, id: string): void {
  const count = React.useRef(0);
  const follow = React.useCallback(
    (changed: () => void) => {
      let request = 0;
      let isSlow = true;
      let isWaiting = false;
      const draw = (): void => {
        count.current += 1;
        changed();
      };
      const nextFrame = (): void => {
        request = 0;
        isSlow = !isWaiting;
        if (isWaiting) {
          isWaiting = false;
          draw();
        }
      };
      const heard = (_: ChatState, grown: string): void => {
        if (grown !== id) {
          return;
        }
        const isFirst = !request;
        request ||= requestAnimationFrame(nextFrame);
        if (isFirst && isSlow) {
          draw();
        } else {
          isWaiting = true;
        }
      };
      state.grew.connect(heard);
      return () => {
        cancelAnimationFrame(request);
        state.grew.disconnect(heard);
      };
    },
    [state, id]
  );
  React.useSyncExternalStore(follow, () => count.current);
}

/** What an answer says, what it waits for, and how it ended. */
export function AnswerBody(props: MessageProps & { isBlind?: boolean }): JSX.Element {
  const { message } = props;
  useBeside(props.state.beside, message.id);
  const Turn = React.useContext(MeansContext)?.checkpoints?.Turn;
  return (
    <>
      <Thoughts beside={props.state.beside} message={message} />
      <Answer message={message} onStop={() => void props.state.stopOne(message.id)} />
      {message.status === 'streaming' && <Waiting {...props} />}
      <Ending {...props} />
      {Turn && <Turn messageId={message.id} />}
    </>
  );
}

/** What an answer waits for; the engine of this machine says how far it is. */
function Waiting(props: MessageProps & { isBlind?: boolean }): JSX.Element {
  const { state, models, engines, message, isBlind } = props;
  useSignal(engines.changed);
  const question = state.thread.get(message.parent_id ?? '');
  if (state.stopping.has(message.id)) {
    return <Typing label={trans.__('Stopping…')} />;
  }
  if (message.calls.some(({ status }) => status === 'waiting')) {
    return <Typing label={trans.__('Waiting for your permission…')} />;
  }
  if (message.calls.some(({ status }) => status === 'running')) {
    return <Typing label={trans.__('A tool is at work…')} />;
  }
  if (state.beside.waitOf(message.id)) {
    return <Again beside={state.beside} message={message} />;
  }
  if (message.text) {
    return <Typing label={trans.__('Writing…')} />;
  }
  if (question?.text.startsWith('/')) {
    return <Typing label={trans.__('Working…')} />;
  }
  const doing = engines.doing(message, isBlind);
  if (doing) {
    return <Typing label={doing.label} progress={doing.progress} />;
  }
  const name = isBlind ? trans.__('an answer') : nameOfAnswer(message, models);
  return <Typing label={name ? trans.__('Waiting for %1…', name) : trans.__('Waiting…')} />;
}

/** What the model behind an answer is called, also before it was asked. */
export function nameOfAnswer(message: Message, models: IModels): string {
  if (message.receipt) {
    return message.receipt.model;
  }
  return message.model_id ? nameOf(models, message.model_id) : (models.chosen?.name ?? '');
}

export function Typing(props: { label: string; progress?: number | null }): JSX.Element {
  const { progress } = props;
  return (
    <div className="sp-Typing" role="status">
      <span className="sp-Typing-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span>{props.label}</span>
      {typeof progress === 'number' && (
        <>
          <progress max={1} value={progress} aria-label={props.label} />
          <span>{Math.round(100 * progress)} %</span>
        </>
      )}
    </div>
  );
}

/** How an answer ended, in words, where it did not end well. */
function Ending({ state, models, message }: MessageProps): JSX.Element | null {
  useSignal(models.changed);
  const { status, failure } = message;
  if (status === 'streaming' || status === 'complete') {
    return message.remark ? <div className="sp-Remark">{message.remark}</div> : null;
  }
  const isFailed = status === 'failed';
  const isCommand = state.thread.get(message.parent_id ?? '')?.text.startsWith('/') === true;
  const needsModel = isFailed && !isCommand && models.isKnown && models.models.length === 0;
  const { text, hint } = endings()[status];
  return (
    <div className={`sp-Ending ${isFailed ? 'sp-mod-failed' : ''}`} role={isFailed ? 'alert' : undefined}>
      {message.remark && <div className="sp-Remark">{message.remark}</div>}
      <div className="sp-Ending-text">{failure?.message || text}</div>
      {(failure?.hint || hint) && <div className="sp-Ending-hint">{failure?.hint || hint}</div>}
      <div className="sp-Ending-actions">
        {needsModel && (
          <Button label={trans.__('Connect a model…')} kind="accept" onClick={() => models.open()} />
        )}
        {message.receipt && message.text.trim() && (
          <Button
            label={trans.__('Continue')}
            kind="accept"
            disabled={state.isAnswering && !state.thread.isOpen(message)}
            onClick={() => void state.goOn(message)}
          />
        )}
        <Button
          label={trans.__('Try again')}
          icon={refreshIcon}
          disabled={state.isAnswering && !state.thread.isOpen(message)}
          onClick={() => void state.retry(message)}
        />
      </div>
    </div>
  );
}

const endings = (): Record<string, { text: string; hint: string }> => ({
  stopped: { text: trans.__('You stopped this answer.'), hint: '' },
  truncated: {
    text: trans.__('This answer was cut off before its end.'),
    hint: trans.__('The connection broke, or the model reached its limit.')
  },
  interrupted: {
    text: trans.__('The server ended while this answer was being written.'),
    hint: trans.__('What had come until then is above.')
  },
  failed: { text: trans.__('There is no answer.'), hint: '' }
});

/** The receipt: to whom, how much, and every word; fetched when it is opened. */
export function WhatWasSent(props: { state: ChatState; answer: Message }): JSX.Element {
  const [isOpen, setOpen] = React.useState(false);
  return (
    <details className="sp-Sent" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{trans.__('What was sent')}</summary>
      {isOpen && <SentBody {...props} />}
    </details>
  );
}

export function CopyButton(props: { text: string; label: string }): JSX.Element {
  const [said, setSaid] = React.useState('');
  React.useEffect(() => {
    const timer = said ? setTimeout(() => setSaid(''), 2000) : undefined;
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <>
      <span className="sp-Code-said" role="status">
        {said}
      </span>
      <Button
        label={props.label}
        icon={copyIcon}
        iconOnly
        onClick={() => {
          navigator.clipboard.writeText(props.text).then(
            () => setSaid(trans.__('Copied')),
            () => setSaid(trans.__('Not allowed'))
          );
        }}
      />
    </>
  );
}
