/** Training: the section on the Models page, undo, and the experiment against the base. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { Training, TrainingSet } from '../api/schema';
import { ISponde } from '../api/tokens';
import { IModels } from '../models/tokens';
import { IRegistry } from '../registry/tokens';
import { modelsIcon } from '../ui/icons';
import { lazily } from '../ui/lazily';
import { TuningState } from './state';

const TuningView = lazily(async () => (await import('./panel')).TuningView);

const SECTION = 'training';
const OPEN = 'sponde:tuning:open';
const JOBS = 'sponde:jobs:open';
const COMPARE = 'sponde:experiments:compare';

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
    const state = new TuningState(sponde);

    async function remove(made: TrainingSet): Promise<void> {
      if (await state.remove(made.id)) {
        Notification.info(`Deleted “${made.name}”.`, {
          autoClose: 8000,
          actions: [{ label: 'Undo', callback: () => void state.restore(made.id) }]
        });
      }
    }

    async function compare(training: Training): Promise<void> {
      try {
        const plan = await sponde.api.call('GET /trainings/{training_id}/comparison', {
          path: { training_id: training.id }
        });
        await commands.execute(COMPARE, { ...plan });
      } catch (error) {
        const { message, hint } = Refusal.from(error);
        Notification.error(`${message} ${hint}`.trim());
      }
    }

    models.addSection({
      id: SECTION,
      label: 'Training',
      rank: 60,
      draw: () =>
        React.createElement(TuningView, {
          state,
          onRemove: made => void remove(made),
          onOpenRun: () => void commands.execute(JOBS),
          onCompare: training => void compare(training),
          onShowModel: name => (registry ? registry.show(name) : models.show('local'))
        })
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
