/** The registered models: their section of the Models page, and the places for other slices. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { FileDialog, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import * as React from 'react';
import { Refusal } from '../api/client';
import { ISponde } from '../api/tokens';
import { IModels } from '../models/tokens';
import { modelsIcon } from '../ui/icons';
import { lazily } from '../ui/lazily';
import { offerUndo } from '../ui/offerUndo';
import { RegistryState, type Deleted } from './state';
import { IRegistry } from './tokens';
import { bytes, freed } from './words';

const RegistryView = lazily(async () => (await import('./panel')).RegistryView);

const ADD = 'sponde:registry:add';

export const registryPlugin: JupyterFrontEndPlugin<IRegistry> = {
  id: 'sponde-lab:registry',
  description: 'Models that are kept on this machine by name.',
  autoStart: true,
  requires: [ISponde, IModels],
  optional: [IDefaultFileBrowser, ICommandPalette],
  provides: IRegistry,
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    models: IModels,
    files: IDefaultFileBrowser | null,
    palette: ICommandPalette | null
  ): IRegistry => {
    const state = new RegistryState(sponde);

    async function browse(): Promise<string> {
      if (!files) {
        return '';
      }
      const chosen = await FileDialog.getExistingDirectory({
        manager: files.model.manager,
        title: 'The folder of a model'
      });
      const path = chosen.value?.[0]?.path;
      return path === undefined ? '' : app.serviceManager.contents.localPath(path) || '.';
    }

    async function remove(what: Deleted): Promise<void> {
      const model = state.models.find(one => one.name === what.name);
      const versions = (model?.versions ?? []).filter(
        version => !what.number || version.number === what.number
      );
      const size = freed(versions);
      const isUnfinished = versions.every(version => version.status !== 'ready');
      if (!(await state.remove(what))) {
        return;
      }
      const whole = !what.number || model?.versions.length === 1;
      const subject = whole ? `“${what.name}”` : `Version ${what.number} of “${what.name}”`;
      const text = isUnfinished ? 'is not downloaded any further' : 'was deleted';
      const note = size ? `; ${bytes(size)} are freed in ten minutes` : '';
      offerUndo(`${subject} ${text}${note}.`, () =>
        state.restore(whole ? { ...what, number: 0 } : what).catch(fail)
      );
    }

    function fail(error: unknown): void {
      const { message, hint } = Refusal.from(error);
      Notification.error(`${message} ${hint}`.trim(), { autoClose: false });
    }

    models.addSection({
      id: 'local',
      label: 'On this machine',
      rank: 10,
      draw: () =>
        React.createElement(RegistryView, {
          state,
          onBrowse: browse,
          connected: () => models.models.filter(model => model.provider_id !== 'local'),
          onRemove: what => void remove(what)
        })
    });
    app.commands.addCommand(ADD, {
      label: 'Add a Model to This Machine…',
      caption: 'Download a model, or register a folder that holds one',
      icon: modelsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        state.begin('hub');
        models.show('local');
      }
    });
    palette?.addItem({ command: ADD, category: 'Sponde' });
    void app.restored.then(() => state.load());
    return {
      get models() {
        return state.models;
      },
      get isKnown() {
        return state.isKnown;
      },
      changed: state.changed,
      addStrip: strip => state.addStrip(strip),
      addAction: action => state.addAction(action),
      show: name => {
        if (name) {
          state.reveal(name);
        }
        models.show('local');
      }
    };
  }
};
