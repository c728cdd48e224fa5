/** The dialog of models, and the word about them for those who ask. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, ICommandPalette, ReactWidget } from '@jupyterlab/apputils';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { ModelsView } from './panel';
import { ModelsState } from './state';
import { IModels } from './tokens';

const OPEN = 'sponde:models:open';

export const modelsPlugin: JupyterFrontEndPlugin<IModels> = {
  id: 'sponde-lab:models',
  description: 'Connects language models.',
  autoStart: true,
  requires: [ISponde],
  optional: [ICommandPalette],
  provides: IModels,
  activate: (app: JupyterFrontEnd, sponde: ISponde, palette: ICommandPalette | null): IModels => {
    const state = new ModelsState(sponde);
    let shown: Dialog<unknown> | null = null;
    app.commands.addCommand(OPEN, {
      label: 'Models…',
      caption: 'Connect language models and choose the one that answers',
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        if (shown) {
          return;
        }
        void state.load();
        shown = new Dialog({
          title: 'Models',
          body: ReactWidget.create(React.createElement(ModelsView, { state })),
          buttons: [Dialog.cancelButton({ label: 'Close' })],
          hasClose: true
        });
        shown.addClass('sp-Dialog');
        shown.addClass('sp-ModelsDialog');
        const release = keepEnter(shown.node);
        void shown.ready.then(() => focusAddress(shown?.node, 30));
        await shown.launch().catch(() => undefined);
        release();
        shown = null;
      }
    });
    palette?.addItem({ command: OPEN, category: 'Sponde' });
    void app.restored.then(() => state.load());
    return {
      get models() {
        return state.models;
      },
      get chosen() {
        return state.chosen;
      },
      get isKnown() {
        return state.isKnown;
      },
      changed: state.changed,
      choose: modelId => state.choose(modelId),
      open: () => void app.commands.execute(OPEN)
    };
  }
};

/** Begin in the form; the dialog draws it some frames after it has opened. */
function focusAddress(dialog: HTMLElement | undefined, frames: number): void {
  const input = dialog?.querySelector<HTMLElement>('input[name=address]');
  input?.focus();
  if (dialog && document.activeElement !== input && frames > 0) {
    requestAnimationFrame(() => focusAddress(dialog, frames - 1));
  }
}

/** Let Enter press our buttons and send our form: JupyterLab's dialogs would close. */
function keepEnter(dialog: HTMLElement): () => void {
  const heard = (event: KeyboardEvent): void => {
    const target = event.target;
    if (
      event.key === 'Enter' &&
      target instanceof HTMLElement &&
      dialog.contains(target) &&
      target.closest('.sp-Models')
    ) {
      event.stopImmediatePropagation();
    }
  };
  window.addEventListener('keydown', heard, true);
  return () => window.removeEventListener('keydown', heard, true);
}
