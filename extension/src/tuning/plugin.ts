/** Training: the section on the Models page and the command that shows it. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { IModels } from '../models/tokens';
import { IRegistry } from '../registry/tokens';
import { modelsIcon } from '../ui/icons';
import { lazily } from '../ui/lazily';

const SECTION = 'training';
const OPEN = 'sponde:tuning:open';

export const tuningPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:tuning',
  description: 'Training sets of liked answers, and adapters that are trained on them.',
  autoStart: true,
  requires: [ISponde, IModels],
  optional: [IRegistry, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    models: IModels,
    registry: IRegistry | null,
    palette: ICommandPalette | null
  ) => {
    const { commands } = app;
    const Section = lazily(async () =>
      (await import('./section')).sectionOf(sponde, commands, name =>
        registry ? registry.show(name) : models.show('local')
      )
    );
    models.addSection({
      id: SECTION,
      label: 'Training',
      rank: 60,
      draw: () => React.createElement(Section)
    });
    commands.addCommand(OPEN, {
      label: 'Training',
      caption: 'Training sets of liked answers, and adapters that are trained on them',
      icon: modelsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => models.show(SECTION)
    });
    palette?.addItem({ command: OPEN, category: 'Sponde' });
  }
};
