/** One message on the screen: a question with what was sent for it, or an answer and how it ended. */
import {
  caretLeftIcon,
  caretRightIcon,
  editIcon,
  refreshIcon,
  saveIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Message, Reference } from '../api/schema';
import { Button } from '../ui/Button';
import { compareIcon } from '../ui/icons';
import { trans } from '../ui/words';
import { AnswerBody, CopyButton, WhatWasSent, useGrowth, type MessageProps } from './answers/AnswerParts';
import { isNamed, parts } from './composer/hanging';
import { MeansContext } from './markdown/drawing';
import { ChipRow, NameChip } from './composer/Chips';
import { Byline } from './answers/BesideViews';
import { RatingButtons, RatingNote } from './answers/Rating';
import { Round } from './answers/Round';
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
          const references = kept(message, text);
          void state.edit(message, text, { references });
        }}
      />
    );
  }
  return (
    <article className="sp-Question" aria-label={trans.__('Your question')}>
      <QuestionText message={message} />
      <div className={`sp-Message-foot ${answer?.receipt ? '' : 'sp-mod-over'}`}>
        {answer?.receipt && <WhatWasSent key={answer.id} state={state} answer={answer} />}
        <span className="sp-Message-actions">
          <Branches state={state} message={message} />
          <CopyButton text={message.text} label={trans.__('Copy question')} />
          <SaveTemplate text={message.text} />
          <Button
            label={trans.__('Edit and ask again')}
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

/** Keep a question, to be asked again with other data. */
function SaveTemplate({ text }: { text: string }): JSX.Element | null {
  const personas = React.useContext(MeansContext)?.personas;
  return personas ? (
    <Button
      label={trans.__('Save as template')}
      icon={saveIcon}
      iconOnly
      onClick={() => void personas.saveTemplate(text)}
    />
  ) : null;
}

/** A question as it was typed: its names open what they name; what else hangs on it stands above. */
export function QuestionText(props: { message: Pick<Message, 'text' | 'references'> }): JSX.Element {
  const { text, references } = props.message;
  return (
    <>
      <ChipRow chips={references.filter(reference => !isNamed(reference, text))} />
      <div className="sp-Question-text">
        {parts(text, references).map(({ text: piece, reference }, index) =>
          reference ? <NameChip key={index} reference={reference} text={piece} /> : piece
        )}
      </div>
    </>
  );
}

/** What hangs on a question that was changed: not what it named and names no longer. */
function kept({ text, references }: Message, now: string): Reference[] {
  return references.filter(one => !isNamed(one, text) || isNamed(one, now));
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
        aria-label={trans.__('Edit the question')}
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
        <Button label={trans.__('Ask again')} kind="accept" disabled={!text.trim()} onClick={() => props.onSend(text)} />
        <Button label={trans.__('Cancel')} onClick={props.onCancel} />
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
    <article className="sp-Answer" aria-label={trans.__('Answer')} aria-busy={isStreaming} data-status={message.status}>
      <AnswerBody {...props} />
      {!isStreaming && (
        <>
          <div className="sp-Message-foot">
            <Byline message={message} />
            <span className="sp-Message-actions">
              <Branches state={state} message={message} />
              {message.receipt && message.text && (
                <RatingButtons ratings={state.ratings} message={message} />
              )}
              {message.text && <CopyButton text={message.text} label={trans.__('Copy answer')} />}
              {isRound ? (
                <Button
                  label={trans.__('Show the answers side by side')}
                  icon={compareIcon}
                  iconOnly
                  onClick={() => state.setOpen(message.parent_id ?? '', true)}
                />
              ) : (
                message.receipt && (
                  <Button
                    label={trans.__('Compare with…')}
                    icon={compareIcon}
                    iconOnly
                    disabled={state.isAnswering}
                    onClick={() => state.openModels({ kind: 'compare', answer: message })}
                  />
                )
              )}
              <Button
                label={trans.__('Answer again')}
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

// -- shared pieces ---------------------------------------------------------------------------

/** ‹1/2›, where a question was edited or answered more than once. */
function Branches(props: { state: ChatState; message: Message }): JSX.Element | null {
  const { state, message } = props;
  const siblings = state.thread.siblings(message);
  const node = React.useRef<HTMLSpanElement>(null);
  if (siblings.length < 2) {
    return null;
  }
  const at = siblings.indexOf(message.id);
  /** Show another one; the keyboard stays on the button of the one that takes its place. */
  const go = (id: string, isNext: boolean): void => {
    const list = node.current?.closest('.sp-Thread-scroll');
    state.reveal(id);
    requestAnimationFrame(() => {
      const buttons = list?.querySelectorAll<HTMLButtonElement>(
        `[data-id="${id}"] .sp-Branches button`
      );
      const [before, next] = [buttons?.[0], buttons?.[1]];
      const wanted = isNext ? [next, before] : [before, next];
      wanted.find(button => button && !button.disabled)?.focus();
    });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const to = event.key === 'ArrowLeft' ? at - 1 : event.key === 'ArrowRight' ? at + 1 : -1;
    if (siblings[to]) {
      event.preventDefault();
      go(siblings[to], to > at);
    }
  };
  return (
    <span
      ref={node}
      className="sp-Branches"
      role="group"
      aria-label={trans.__('Version %1 of %2', at + 1, siblings.length)}
      onKeyDown={onKeyDown}
    >
      <Button
        label={trans.__('The one before')}
        icon={caretLeftIcon}
        iconOnly
        disabled={at === 0}
        onClick={() => go(siblings[at - 1], false)}
      />
      <span title={trans.__('Version %1 of %2', at + 1, siblings.length)}>
        {at + 1}/{siblings.length}
      </span>
      <Button
        label={trans.__('The next one')}
        icon={caretRightIcon}
        iconOnly
        disabled={at === siblings.length - 1}
        onClick={() => go(siblings[at + 1], true)}
      />
    </span>
  );
}
