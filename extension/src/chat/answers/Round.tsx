/** Answers of several models to one question, side by side; one of them is kept. */
import {
  checkIcon,
  closeIcon,
  launchIcon,
  refreshIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Message } from '../../api/schema';
import { Button } from '../../ui/Button';
import { compareIcon } from '../../ui/icons';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { figures } from './figures';
import {
  AnswerBody,
  CopyButton,
  WhatWasSent,
  nameOfAnswer,
  useGrowth,
  type MessageProps
} from './AnswerParts';
import { RatingButtons, RatingNote } from './Rating';
import { MOST_MODELS } from '../state';

export function Round(props: MessageProps): JSX.Element {
  const { state, models, message } = props;
  useSignal(models.changed);
  const columns = state.thread.columns(message);
  const question = state.thread.get(message.parent_id ?? '');
  const isBlind = question?.is_blind === true && !question.kept_id;
  const scroller = React.useRef<HTMLDivElement>(null);
  const [at, setAt] = React.useState(0);
  const name = (answer: Message, index: number): string =>
    isBlind ? trans.__('Answer %1', 'ABCD'[index]) : nameOfAnswer(answer, models);
  const look = (): void => {
    const node = scroller.current;
    if (node) {
      const width = (node.scrollWidth || 1) / columns.length;
      setAt(Math.min(columns.length - 1, Math.round(node.scrollLeft / width)));
    }
  };
  const show = (index: number): void => {
    const node = scroller.current;
    const column = node?.children[index] as HTMLElement | undefined;
    if (node && column) {
      node.scrollTo({ left: column.offsetLeft, behavior: 'auto' });
      setAt(index);
    }
  };
  return (
    <section className="sp-Round" data-count={columns.length} aria-label={trans._n('%1 answer', '%1 answers side by side', columns.length)}>
      <div className="sp-Round-head">
        <div className="sp-Round-tabs" role="tablist" aria-label={trans.__('Answers')}>
          {columns.map((answer, index) => (
            <button
              key={answer.model_id}
              type="button"
              role="tab"
              aria-selected={index === at}
              data-status={answer.status}
              onClick={() => show(index)}
            >
              <span>{name(answer, index)}</span>
            </button>
          ))}
        </div>
        <span className="sp-Round-actions">
          {!isBlind && columns.length < MOST_MODELS && message.status !== 'streaming' && (
            <Button
              label={trans.__('Compare with…')}
              icon={compareIcon}
              iconOnly
              onClick={() => state.openModels({ kind: 'compare', answer: message })}
            />
          )}
          {props.onPage && (
            <Button label={trans.__('Open as page')} icon={launchIcon} iconOnly onClick={props.onPage} />
          )}
          {question?.kept_id && (
            <Button
              label={trans.__('Show only the kept answer')}
              icon={closeIcon}
              iconOnly
              onClick={() => state.setOpen(question.id, false)}
            />
          )}
        </span>
      </div>
      <div className="sp-Round-columns" ref={scroller} onScroll={look}>
        {columns.map((answer, index) => (
          <Column
            {...props}
            key={answer.model_id}
            message={answer}
            name={name(answer, index)}
            isBlind={isBlind}
            isKept={question?.kept_id === answer.id}
          />
        ))}
      </div>
    </section>
  );
}

interface ColumnProps extends MessageProps {
  name: string;
  isBlind: boolean;
  isKept: boolean;
}

function Column(props: ColumnProps): JSX.Element {
  const { state, name, isBlind, isKept } = props;
  useGrowth(state, props.message.id);
  const message = state.thread.get(props.message.id) ?? props.message;
  const isStreaming = message.status === 'streaming';
  const isStopping = state.stopping.has(message.id);
  return (
    <article
      className={`sp-Voice sp-Answer ${isKept ? 'sp-mod-kept' : ''}`}
      aria-label={trans.__('Answer of %1', name)}
      aria-busy={isStreaming}
      data-status={message.status}
      data-answer={message.id}
    >
      <div className="sp-Voice-head">
        <h4 title={isBlind ? undefined : message.receipt?.provider}>{name}</h4>
        {!isBlind && message.receipt && (
          <span className="sp-Quiet">{message.receipt.provider}</span>
        )}
        {isStreaming && (
          <Button
            label={isStopping ? trans.__('Stopping…') : trans.__('Stop %1', name)}
            icon={stopIcon}
            iconOnly
            disabled={isStopping}
            onClick={() => void state.stopOne(message.id)}
          />
        )}
      </div>
      <div className="sp-Voice-body">
        <AnswerBody {...props} message={message} isBlind={isBlind} />
      </div>
      {!isStreaming && (
        <>
          <Figures message={message} isBlind={isBlind} />
          <div className="sp-Message-foot sp-Voice-foot">
            {isKept ? (
              <span className="sp-Voice-kept">
                <checkIcon.react tag="span" width="14px" height="14px" /> {trans.__('Kept')}
              </span>
            ) : (
              <Button
                label={trans.__('Keep this one')}
                icon={checkIcon}
                disabled={!message.text && message.status === 'failed'}
                title={trans.__('The conversation goes on from this answer; the others stay')}
                onClick={() => void state.keep(message)}
              />
            )}
            <span className="sp-Message-actions">
              {message.text && <RatingButtons ratings={state.ratings} message={message} />}
              {message.text && <CopyButton text={message.text} label={trans.__('Copy answer')} />}
              <Button
                label={trans.__('Answer again')}
                icon={refreshIcon}
                iconOnly
                onClick={() => void state.retry(message)}
              />
            </span>
          </div>
          <RatingNote ratings={state.ratings} message={message} />
          {!isBlind && message.receipt && <WhatWasSent state={state} answer={message} />}
        </>
      )}
    </article>
  );
}

/** First token, speed, length and cost. */
function Figures(props: { message: Message; isBlind: boolean }): JSX.Element | null {
  // A price would tell the name.
  const known = figures(props.message).filter(({ label }) => !props.isBlind || label !== trans.__('Cost'));
  return known.length ? (
    <dl className="sp-Figures">
      {known.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  ) : null;
}
