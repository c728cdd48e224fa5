/** Engines: their part of the registered models' rows, and the section "Engines". */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { IModels } from '../models/tokens';
import { IRegistry } from '../registry/tokens';
import { lazily } from '../ui/lazily';
import { EnginesState } from './state';

const EngineStrip = lazily(async () => (await import('./strip')).EngineStrip);
const EnginesView = lazily(async () => (await import('./section')).EnginesView);

export const enginesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:engines',
  description: 'Starts, watches and stops the engines that run models on this machine.',
  autoStart: true,
  requires: [ISponde, IModels],
  optional: [IRegistry],
  activate: (app: JupyterFrontEnd, sponde: ISponde, models: IModels, registry: IRegistry | null) => {
    const state = new EnginesState(sponde);
    let isAsked = false;
    registry?.addStrip({
      rank: 10,
      draw: (model, version) => {
        if (!isAsked) {
          isAsked = true;
          void state.load();
        }
        const onHelp = (): void => models.show('engines');
        return React.createElement(EngineStrip, { state, model, version, onHelp });
      }
    });
    models.addSection({
      id: 'engines',
      label: 'Engines',
      rank: 15,
      draw: () => React.createElement(EnginesView, { state })
    });
  }
};
