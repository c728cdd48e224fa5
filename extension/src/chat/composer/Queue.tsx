/** The questions that wait, for the answer before them or to be sent at all: change, drop, reorder. */
import { caretUpIcon, closeIcon, editIcon, runIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../../ui/Button';
import { trans } from '../../ui/words';
import type { ChatState } from '../state';

export function Queue(props: { state: ChatState }): JSX.Element {
  const { state } = props;
  const { held, queue } = state;
  return (
    <ol className="sp-Queue" aria-label={trans.__('Questions that wait')}>
      {held.map((one, at) => (
        <li key={at} className="sp-Queued sp-mod-held">
          <span
            className="sp-Queued-label"
            role="status"
            title={trans.__('It is sent as soon as the server has said which models there are.')}
          >
            {trans.__('Waits for the models')}
          </span>
          <span className="sp-Queued-text" title={one.text}>
            {one.text}
          </span>
          <Button
            label={trans.__('Change the waiting question')}
            icon={editIcon}
            iconOnly
            onClick={() => state.takeHeld(one, false)}
          />
          <Button
            label={trans.__('Drop the waiting question')}
            icon={closeIcon}
            iconOnly
            onClick={() => state.takeHeld(one, true)}
          />
        </li>
      ))}
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
