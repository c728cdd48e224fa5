/** Benchmarks: their section of the Models page. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { IModels } from '../models/tokens';
import { lazily } from '../ui/lazily';
import { BenchesState } from './state';

const BenchesView = lazily(async () => (await import('./panel')).BenchesView);

export const benchesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:benches',
  description: 'Measures how fast models answer.',
  autoStart: true,
  requires: [ISponde, IModels],
  activate: (app: JupyterFrontEnd, sponde: ISponde, models: IModels) => {
    const state = new BenchesState(sponde);
    models.addSection({
      id: 'benchmarks',
      label: 'Benchmarks',
      rank: 30,
      draw: () => React.createElement(BenchesView, { state, models })
    });
  }
};
