/** What a person thinks of an answer: two buttons, and below the answer the reasons. */
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Message, NewRating } from '../../api/schema';
import { Button } from '../../ui/Button';
import { dislikeIcon, likeIcon } from '../../ui/icons';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { reasonsOf, type Ratings } from './ratings';

interface RatingProps {
  ratings: Ratings;
  message: Message;
}

/** Like and dislike; a second press opens the reasons again. */
export function RatingButtons(props: RatingProps): JSX.Element {
  const { ratings, message } = props;
  useSignal(ratings.changed);
  const rating = ratings.of(message.id);
  const press = (verdict: NewRating['verdict']): void => {
    if (rating?.verdict === verdict) {
      ratings.edit(ratings.editing === message.id ? '' : message.id);
    } else {
      void ratings.rate(message.id, { verdict, text: rating?.text ?? '' });
      ratings.edit(message.id);
    }
  };
  return (
    <span className="sp-Rating" data-verdict={rating?.verdict}>
      <Button
        label={trans.__('Good answer')}
        icon={likeIcon}
        iconOnly
        pressed={rating?.verdict === 'liked'}
        onClick={() => press('liked')}
      />
      <Button
        label={trans.__('Bad answer')}
        icon={dislikeIcon}
        iconOnly
        pressed={rating?.verdict === 'disliked'}
        onClick={() => press('disliked')}
      />
    </span>
  );
}

/** The reasons in a line, or to be chosen. */
export function RatingNote(props: RatingProps): JSX.Element | null {
  const { ratings, message } = props;
  useSignal(ratings.changed);
  const rating = ratings.of(message.id);
  if (ratings.failed === message.id) {
    return (
      <div className="sp-Quiet" role="alert">
        {trans.__('The rating could not be kept: %1', ratings.failure)}
      </div>
    );
  }
  if (!rating) {
    return null;
  }
  if (ratings.editing === message.id) {
    return <Form key={message.id + rating.verdict} {...props} />;
  }
  const words = reasonsOf(rating.verdict);
  const said = [rating.reasons.map(reason => words[reason] ?? reason).join(', '), rating.text && `“${rating.text}”`].filter(Boolean);
  if (!said.length) {
    return null;
  }
  return (
    <button
      type="button"
      className="sp-Rating-said"
      title={trans.__('Change the reasons')}
      onClick={() => ratings.edit(message.id)}
    >
      {said.join(' · ')}
    </button>
  );
}

function Form({ ratings, message }: RatingProps): JSX.Element | null {
  const rating = ratings.of(message.id);
  const [text, setText] = React.useState(rating?.text ?? '');
  if (!rating) {
    return null;
  }
  const { verdict, reasons } = rating;
  const keep = (now: readonly string[]): void => {
    void ratings.rate(message.id, { verdict, reasons: [...now], text });
  };
  const done = (): void => {
    if (text !== rating.text) {
      keep(reasons);
    }
    ratings.edit('');
  };
  return (
    <form
      className="sp-Rating-form"
      aria-label={trans.__('Reasons')}
      onSubmit={event => {
        event.preventDefault();
        done();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          ratings.edit('');
        }
      }}
    >
      <div className="sp-Rating-head">
        <span>{verdict === 'liked' ? trans.__('What is good about it?') : trans.__('What is wrong with it?')}</span>
        <Button label={trans.__('Close')} icon={closeIcon} iconOnly onClick={done} />
      </div>
      <div className="sp-Rating-reasons">
        {Object.entries(reasonsOf(verdict)).map(([reason, word]) => (
          <button
            key={reason}
            type="button"
            className="sp-Rating-reason"
            aria-pressed={reasons.includes(reason)}
            onClick={() =>
              keep(
                reasons.includes(reason)
                  ? reasons.filter(other => other !== reason)
                  : [...reasons, reason]
              )
            }
          >
            {word}
          </button>
        ))}
      </div>
      <div className="sp-Rating-text">
        <input
          className="jp-mod-styled"
          aria-label={trans.__('In your own words')}
          placeholder={trans.__('In your own words (optional)')}
          value={text}
          maxLength={4000}
          onChange={event => setText(event.target.value)}
        />
        <Button label={trans.__('Done')} kind="accept" onClick={done} />
      </div>
      <button
        type="button"
        className="sp-Link"
        onClick={() => {
          ratings.edit('');
          void ratings.remove(message.id);
        }}
      >
        {trans.__('Take the rating back')}
      </button>
    </form>
  );
}
