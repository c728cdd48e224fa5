/** The questions that wait for the answer before them: change, drop, put in another order. */
import { caretUpIcon, closeIcon, editIcon, runIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../ui/Button';
import { trans } from '../ui/words';
import type { ChatState } from './state';

export function Queue(props: { state: ChatState }): JSX.Element | null {
  const { state } = props;
  const { queue } = state;
  if (!queue.length) {
    return null;
  }
  return (
    <ol className="sp-Queue" aria-label={trans.__('Questions that wait')}>
      {queue.map(({ id, message }, at) => (
        <li key={id} className="sp-Queued">
          <span className="sp-Queued-label">{at === 0 ? trans.__('Next') : trans.__('Then')}</span>
          <span className="sp-Queued-text" title={message.text}>
            {message.text}
          </span>
          {at === 0 && !state.isAnswering && (
            <Button
              label={trans.__('Send the waiting question')}
              icon={runIcon}
              iconOnly
              onClick={() => void state.sendQueued()}
            />
          )}
          {at > 0 && (
            <Button
              label={trans.__('Ask it sooner')}
              icon={caretUpIcon}
              iconOnly
              onClick={() => void state.moveQueued(id, at - 1)}
            />
          )}
          <Button
            label={trans.__('Change the waiting question')}
            icon={editIcon}
            iconOnly
            onClick={() => void state.changeQueued(id)}
          />
          <Button
            label={trans.__('Drop the waiting question')}
            icon={closeIcon}
            iconOnly
            onClick={() => void state.dropQueued(id)}
          />
        </li>
      ))}
    </ol>
  );
}
