/** Whether the model is told of tools in this conversation: a switch beside it. */
import { extensionIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { trans } from '../../ui/words';
import type { ChatState } from '../state';

export function ToolsSwitch({ state }: { state: ChatState }): JSX.Element {
  const isOn = !state.withoutTools;
  return (
    <button
      type="button"
      className="sp-ToolsSwitch"
      role="switch"
      aria-checked={isOn}
      aria-label={trans.__('Tools')}
      title={
        isOn
          ? trans.__('The model may ask for tools here; each call waits for you. Press to switch them off.')
          : trans.__('The model is told of no tools here, which makes questions smaller. Press to switch them on.')
      }
      onClick={() => state.setTools(!isOn)}
    >
      <extensionIcon.react tag="span" width="14px" height="14px" />
      {!isOn && <span>{trans.__('off')}</span>}
    </button>
  );
}
