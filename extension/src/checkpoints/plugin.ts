/** Checkpoints before turns of the chat; what they changed is drawn below their answers. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { lazily } from '../ui/lazily';
import { useSignal } from '../ui/useSignal';
import { Documents } from './documents';
import { CheckpointsState } from './state';
import { ICheckpoints } from './tokens';

const TurnView = lazily(async () => (await import('./Turn')).TurnView);

export const checkpointsPlugin: JupyterFrontEndPlugin<ICheckpoints> = {
  id: 'sponde-lab:checkpoints',
  description: 'Keeps notebooks and files before a turn of the chat changes them.',
  autoStart: true,
  requires: [ISponde, IDocumentManager],
  provides: ICheckpoints,
  activate: (app: JupyterFrontEnd, sponde: ISponde, manager: IDocumentManager): ICheckpoints => {
    const state = new CheckpointsState(sponde, new Documents(manager));
    return {
      before: (messageId, paths) => state.before(messageId, paths),
      Turn: function Turn({ messageId }) {
        useSignal(state.changed);
        const checkpoint = state.of(messageId);
        return checkpoint ? React.createElement(TurnView, { state, checkpoint }) : null;
      }
    };
  }
};
