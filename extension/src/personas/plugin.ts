/** Personas and templates: what the chat offers of them, their section of the Models page, undo. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { InputDialog, Notification } from '@jupyterlab/apputils';
import * as React from 'react';
import { Refusal } from '../api/client';
import { ISponde } from '../api/tokens';
import { IDatasets } from '../datasets/tokens';
import { IKernels } from '../kernels/tokens';
import { IModels } from '../models/tokens';
import { lazily } from '../ui/lazily';
import { trans } from '../ui/words';
import { makePicker } from './Picker';
import { nameFor } from './places';
import { PersonasState } from './state';
import { IPersonas, type FillProps } from './tokens';

export const personasPlugin: JupyterFrontEndPlugin<IPersonas> = {
  id: 'sponde-lab:personas',
  description: 'Who can be asked to answer, and questions to ask again.',
  autoStart: true,
  provides: IPersonas,
  requires: [ISponde, IModels],
  optional: [IDatasets, IKernels],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    models: IModels,
    datasets: IDatasets | null,
    kernels: IKernels | null
  ): IPersonas => {
    const state = new PersonasState(sponde);
    void app.restored.then(() => state.load());
    const Section = lazily(async () => {
      const { makeSection } = await import('./section');
      return makeSection(sponde, state, models);
    });
    models.addSection({
      id: 'personas',
      label: trans.__('Personas and templates'),
      rank: 80,
      draw: () => React.createElement(Section)
    });
    const Fields = lazily(async () => (await import('./Fill')).Fill);
    return {
      get personas() {
        return state.personas;
      },
      get templates() {
        return state.templates;
      },
      changed: state.changed,
      Picker: makePicker(state, () => models.show('personas')),
      Fill: (props: FillProps) => React.createElement(Fields, { ...props, datasets, kernels }),
      saveTemplate: async text => {
        const asked = await InputDialog.getText({
          title: trans.__('Save as template'),
          label: trans.__('Name, written behind a slash; {{dataset}} and {{column}} in its text are asked for'),
          text: nameFor(text),
          okLabel: trans.__('Save')
        });
        if (!asked.button.accept || !asked.value?.trim()) {
          return;
        }
        try {
          const made = await state.saveTemplate('', { name: asked.value, text, summary: '' });
          Notification.success(trans.__('Saved: write /%1 to ask it again.', made.name), {
            autoClose: 8000,
            actions: [{ label: trans.__('Change…'), callback: () => models.show('personas') }]
          });
        } catch (error) {
          const { message, hint } = Refusal.from(error);
          Notification.error(`${message} ${hint}`, { autoClose: 8000 });
        }
      }
    };
  }
};
