/** One message on the screen: a question with what was sent for it, or an answer and how it ended. */
import {
  caretLeftIcon,
  caretRightIcon,
  editIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Message } from '../api/schema';
import { Button } from '../ui/Button';
import { compareIcon } from '../ui/icons';
import { ago } from '../ui/time';
import { AnswerBody, CopyButton, WhatWasSent, useGrowth, type MessageProps } from './AnswerParts';
import { cost, figures } from './figures';
import { RatingButtons, RatingNote } from './Rating';
import { Round } from './Round';
import type { ChatState } from './state';

export function MessageView(props: Omit<MessageProps, 'message'> & { id: string }): JSX.Element | null {
  const { state, id } = props;
  useGrowth(state, id);
  const message = state.thread.get(id);
  if (!message) {
    return null;
  }
  if (message.role === 'user') {
    return <Question {...props} message={message} />;
  }
  return state.thread.isOpen(message) ? (
    <Round {...props} message={message} />
  ) : (
    <AnswerView {...props} message={message} />
  );
}

// -- questions -------------------------------------------------------------------------------

function Question({ state, models, message }: MessageProps): JSX.Element {
  const [isEditing, setEditing] = React.useState(false);
  const shown = state.thread.answerTo(message);
  // Answers side by side say each for itself what was sent.
  const answer = shown && state.thread.isOpen(shown) ? undefined : shown;
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
        {answer?.receipt && <WhatWasSent key={answer.id} state={state} answer={answer} />}
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

// -- answers ---------------------------------------------------------------------------------

function AnswerView(props: MessageProps): JSX.Element {
  const { state, message } = props;
  const isStreaming = message.status === 'streaming';
  const isRound = state.thread.columns(message).length > 1;
  return (
    <article className="sp-Answer" aria-label="Answer" aria-busy={isStreaming} data-status={message.status}>
      <AnswerBody {...props} />
      {!isStreaming && (
        <>
          <div className="sp-Message-foot">
            <span className="sp-Answer-by" title={details(message)}>
              {byline(message)}
            </span>
            <span className="sp-Message-actions">
              <Branches state={state} message={message} />
              {message.receipt && message.text && (
                <RatingButtons ratings={state.ratings} message={message} />
              )}
              {message.text && <CopyButton text={message.text} label="Copy answer" />}
              {isRound ? (
                <Button
                  label="Show the answers side by side"
                  icon={compareIcon}
                  iconOnly
                  onClick={() => state.setOpen(message.parent_id ?? '', true)}
                />
              ) : (
                message.receipt && (
                  <Button
                    label="Compare with…"
                    icon={compareIcon}
                    iconOnly
                    disabled={state.isAnswering}
                    onClick={() => state.openModels({ kind: 'compare', answer: message })}
                  />
                )
              )}
              <Button
                label="Answer again"
                icon={refreshIcon}
                iconOnly
                disabled={state.isAnswering}
                onClick={() => void state.retry(message)}
              />
            </span>
          </div>
          <RatingNote ratings={state.ratings} message={message} />
        </>
      )}
    </article>
  );
}

function details(message: Message): string {
  return [
    new Date(message.created_at).toLocaleString(),
    ...figures(message).map(({ label, value }) => `${label}: ${value}`)
  ].join('\n');
}

function byline(message: Message): string {
  const { usage } = message;
  const tokens = usage?.completion_tokens;
  return [
    message.receipt?.model ?? (message.status === 'complete' ? 'Without a model' : ''),
    tokens ? `${usage.is_counted ? '' : '≈ '}${tokens.toLocaleString()} tokens` : '',
    usage?.cost ? cost(message) : '',
    ago(message.created_at)
  ]
    .filter(Boolean)
    .join(' · ');
}

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
