/** Draws a refusal: what is wrong and the way out. */
import * as React from 'react';
import { Refusal } from '../api/client';
import { Button } from './Button';
import { trans } from './words';

interface ErrorNoteProps {
  error: unknown;
  onRetry?: () => void;
  onDismiss?: () => void;
}

export function ErrorNote(props: ErrorNoteProps): JSX.Element | null {
  if (!props.error) {
    return null;
  }
  const refusal = Refusal.from(props.error);
  return (
    <div className="sp-ErrorNote" role="alert">
      <div className="sp-ErrorNote-message">{refusal.message}</div>
      {refusal.hint && <div className="sp-ErrorNote-hint">{refusal.hint}</div>}
      {(props.onRetry || props.onDismiss) && (
        <div className="sp-ErrorNote-actions">
          {props.onRetry && <Button label={trans.__('Try again')} kind="quiet" onClick={props.onRetry} />}
          {props.onDismiss && <Button label={trans.__('Dismiss')} kind="quiet" onClick={props.onDismiss} />}
        </div>
      )}
    </div>
  );
}
