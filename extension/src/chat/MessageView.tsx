/** One message on the screen: a question with what was sent for it, or an answer and how it ended. */
import {
  caretLeftIcon,
  caretRightIcon,
  copyIcon,
  editIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Message, Receipt } from '../api/schema';
import type { IModels } from '../models/tokens';
import { Button } from '../ui/Button';
import { ago } from '../ui/time';
import { useSignal } from '../ui/useSignal';
import { Answer } from './Answer';
import type { ChatState } from './state';

interface MessageProps {
  state: ChatState;
  models: IModels;
  message: Message;
}

export function MessageView(props: Omit<MessageProps, 'message'> & { id: string }): JSX.Element | null {
  const { state, models, id } = props;
  useGrowth(state, id);
  const message = state.thread.get(id);
  if (!message) {
    return null;
  }
  const given = { state, models, message };
  return message.role === 'user' ? <Question {...given} /> : <AnswerView {...given} />;
}

/** Draw again when this answer grew, at most once a frame. */
function useGrowth(state: ChatState, id: string): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    let request = 0;
    const heard = (_: ChatState, grown: string): void => {
      if (grown === id && !request) {
        request = requestAnimationFrame(() => {
          request = 0;
          redraw();
        });
      }
    };
    state.grew.connect(heard);
    return () => {
      cancelAnimationFrame(request);
      state.grew.disconnect(heard);
    };
  }, [state, id]);
}

// -- questions -------------------------------------------------------------------------------

function Question({ state, models, message }: MessageProps): JSX.Element {
  const [isEditing, setEditing] = React.useState(false);
  const answer = state.thread.answerTo(message);
  if (isEditing) {
    return (
      <EditForm
        text={message.text}
        onCancel={() => setEditing(false)}
        onSend={text => {
          setEditing(false);
          void state.edit(message, text);
        }}
      />
    );
  }
  return (
    <article className="sp-Question" aria-label="Your question">
      <QuestionText message={message} />
      <div className={`sp-Message-foot ${answer?.receipt ? '' : 'sp-mod-over'}`}>
        {answer?.receipt && <WhatWasSent receipt={answer.receipt} />}
        <span className="sp-Message-actions">
          <Branches state={state} message={message} />
          <CopyButton text={message.text} label="Copy question" />
          <Button
            label="Edit and ask again"
            icon={editIcon}
            iconOnly
            disabled={state.isAnswering}
            onClick={() => setEditing(true)}
          />
        </span>
      </div>
    </article>
  );
}

/** A question as it was typed; the names that were understood stand out. */
export function QuestionText(props: { message: Pick<Message, 'text' | 'references'> }): JSX.Element {
  const { text, references } = props.message;
  const names = new Set(references.map(reference => reference.name));
  const parts = text.split(/(@[\w-]+)/);
  return (
    <div className="sp-Question-text">
      {parts.map((part, index) =>
        names.has(part.slice(1)) && part.startsWith('@') ? (
          <span key={index} className="sp-Reference">
            {part}
          </span>
        ) : (
          part
        )
      )}
    </div>
  );
}

function EditForm(props: {
  text: string;
  onCancel: () => void;
  onSend: (text: string) => void;
}): JSX.Element {
  const [text, setText] = React.useState(props.text);
  const input = React.useRef<HTMLTextAreaElement>(null);
  React.useLayoutEffect(() => {
    const node = input.current;
    if (node) {
      node.style.height = 'auto';
      node.style.height = `${Math.min(node.scrollHeight + 2, 300)}px`;
    }
  }, [text]);
  React.useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(props.text.length, props.text.length);
  }, []);
  return (
    <div className="sp-Question sp-mod-editing">
      <textarea
        ref={input}
        aria-label="Edit the question"
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            props.onSend(text);
          } else if (event.key === 'Escape') {
            props.onCancel();
          }
        }}
      />
      <div className="sp-Question-edit">
        <Button label="Ask again" kind="accept" disabled={!text.trim()} onClick={() => props.onSend(text)} />
        <Button label="Cancel" onClick={props.onCancel} />
      </div>
    </div>
  );
}

/** The receipt: to whom, how much, and every word. */
function WhatWasSent(props: { receipt: Receipt }): JSX.Element {
  const { receipt } = props;
  const [isOpen, setOpen] = React.useState(false);
  return (
    <details className="sp-Sent" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>What was sent</summary>
      {isOpen && (
        <div className="sp-Sent-body">
          <dl>
            <dt>To</dt>
            <dd>
              {receipt.model} <span className="sp-Quiet">({receipt.provider})</span>
            </dd>
            <dt>Where</dt>
            <dd>
              {receipt.address}
              <div className="sp-Quiet">
                {receipt.is_local ? 'This machine: nothing left it.' : 'It left this machine.'}
              </div>
            </dd>
            <dt>Size</dt>
            <dd>about {receipt.tokens.toLocaleString()} tokens</dd>
          </dl>
          {receipt.turns.map((turn, index) => (
            <div key={index} className="sp-Sent-turn">
              <div className="sp-Sent-role">{ROLES[turn.role]}</div>
              <pre tabIndex={0}>{turn.content}</pre>
            </div>
          ))}
        </div>
      )}
    </details>
  );
}

const ROLES = { system: 'Instructions', user: 'You', assistant: 'Answer' } as const;

// -- answers ---------------------------------------------------------------------------------

function AnswerView({ state, models, message }: MessageProps): JSX.Element {
  const isStreaming = message.status === 'streaming';
  return (
    <article className="sp-Answer" aria-label="Answer" aria-busy={isStreaming} data-status={message.status}>
      <Answer message={message} />
      {isStreaming && <Typing label={waitingFor(state, message, models)} />}
      <Ending state={state} models={models} message={message} />
      {!isStreaming && (
        <div className="sp-Message-foot">
          <span className="sp-Answer-by" title={new Date(message.created_at).toLocaleString()}>
            {byline(message)}
          </span>
          <span className="sp-Message-actions">
            <Branches state={state} message={message} />
            {message.text && <CopyButton text={message.text} label="Copy answer" />}
            <Button
              label="Answer again"
              icon={refreshIcon}
              iconOnly
              disabled={state.isAnswering}
              onClick={() => void state.retry(message)}
            />
          </span>
        </div>
      )}
    </article>
  );
}

function waitingFor(state: ChatState, message: Message, models: IModels): string {
  if (state.stopping === message.id) {
    return 'Stopping…';
  }
  if (message.text) {
    return 'Writing…';
  }
  const question = state.thread.get(message.parent_id ?? '');
  if (question?.text.startsWith('/')) {
    return 'Working…';
  }
  return models.chosen ? `Waiting for ${models.chosen.name}…` : 'Waiting…';
}

function byline(message: Message): string {
  const tokens = message.usage?.completion_tokens;
  return [
    message.receipt?.model ?? (message.status === 'complete' ? 'Without a model' : ''),
    tokens ? `${tokens.toLocaleString()} tokens` : '',
    ago(message.created_at)
  ]
    .filter(Boolean)
    .join(' · ');
}

export function Typing(props: { label: string }): JSX.Element {
  return (
    <div className="sp-Typing" role="status">
      <span className="sp-Typing-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span>{props.label}</span>
    </div>
  );
}

/** How an answer ended, in words, where it did not end well. */
function Ending({ state, models, message }: MessageProps): JSX.Element | null {
  useSignal(models.changed);
  const { status, failure } = message;
  if (status === 'streaming' || status === 'complete') {
    return null;
  }
  const isFailed = status === 'failed';
  const isCommand = state.thread.get(message.parent_id ?? '')?.text.startsWith('/') === true;
  const needsModel = isFailed && !isCommand && models.isKnown && models.models.length === 0;
  const { text, hint } = ENDINGS[status];
  return (
    <div className={`sp-Ending ${isFailed ? 'sp-mod-failed' : ''}`} role={isFailed ? 'alert' : undefined}>
      <div className="sp-Ending-text">{failure?.message || text}</div>
      {(failure?.hint || hint) && <div className="sp-Ending-hint">{failure?.hint || hint}</div>}
      <div className="sp-Ending-actions">
        {needsModel && (
          <Button label="Connect a model…" kind="accept" onClick={() => models.open()} />
        )}
        <Button
          label="Try again"
          icon={refreshIcon}
          disabled={state.isAnswering}
          onClick={() => void state.retry(message)}
        />
      </div>
    </div>
  );
}

const ENDINGS = {
  stopped: { text: 'You stopped this answer.', hint: '' },
  truncated: {
    text: 'This answer was cut off before its end.',
    hint: 'The connection broke, or the model reached its limit.'
  },
  interrupted: {
    text: 'The server ended while this answer was being written.',
    hint: 'What had come until then is above.'
  },
  failed: { text: 'There is no answer.', hint: '' }
} as const;

// -- shared pieces ---------------------------------------------------------------------------

/** ‹1/2›, where a question was edited or answered more than once. */
function Branches(props: { state: ChatState; message: Message }): JSX.Element | null {
  const { state, message } = props;
  const siblings = state.thread.siblings(message);
  if (siblings.length < 2) {
    return null;
  }
  const at = siblings.indexOf(message.id);
  return (
    <span className="sp-Branches">
      <Button
        label="The one before"
        icon={caretLeftIcon}
        iconOnly
        disabled={at === 0}
        onClick={() => state.choose(siblings[at - 1])}
      />
      <span title={`${at + 1} of ${siblings.length}`}>
        {at + 1}/{siblings.length}
      </span>
      <Button
        label="The next one"
        icon={caretRightIcon}
        iconOnly
        disabled={at === siblings.length - 1}
        onClick={() => state.choose(siblings[at + 1])}
      />
    </span>
  );
}

function CopyButton(props: { text: string; label: string }): JSX.Element {
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
            () => setSaid('Copied'),
            () => setSaid('Not allowed')
          );
        }}
      />
    </>
  );
}
