/** Usage: its section of the Models page. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { IModels } from '../models/tokens';
import { lazily } from '../ui/lazily';

export const usagePlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:usage',
  description: 'What models were asked, what it cost, and the budgets that stop it.',
  autoStart: true,
  requires: [ISponde, IModels],
  activate: (app: JupyterFrontEnd, sponde: ISponde, models: IModels) => {
    const Section = lazily(async () =>
      (await import('./ledger')).sectionOf(sponde, models, app.commands)
    );
    models.addSection({
      id: 'usage',
      label: 'Usage',
      rank: 40,
      draw: () => React.createElement(Section)
    });
  }
};
