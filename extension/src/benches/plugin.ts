/** Benchmarks: their section of the Models page. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { IModels } from '../models/tokens';
import { lazily } from '../ui/lazily';

export const benchesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:benches',
  description: 'Measures how fast models answer.',
  autoStart: true,
  requires: [ISponde, IModels],
  activate: (app: JupyterFrontEnd, sponde: ISponde, models: IModels) => {
    const Section = lazily(async () => {
      const [{ BenchesView }, { BenchesState }] = await Promise.all([
        import('./panel'),
        import('./state')
      ]);
      const state = new BenchesState(sponde);
      return () => React.createElement(BenchesView, { state, models });
    });
    models.addSection({
      id: 'benchmarks',
      label: 'Benchmarks',
      rank: 30,
      draw: () => React.createElement(Section)
    });
  }
};
