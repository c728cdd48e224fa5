/** The Models page, the dialog that connects one, and the word about them for those who ask. */
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, ICommandPalette, ReactWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { modelsIcon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { focusWhenDrawn } from '../ui/focus';
import { trans } from '../ui/words';
import { ModelsPage, ModelsSections } from './page';
import { ModelsState } from './state';
import { IModels } from './tokens';
import { lazily } from '../ui/lazily';

const ModelsView = lazily(async () => (await import('./panel')).ModelsView);

const OPEN = 'sponde:models:open';
const SHOW = 'sponde:models:show';

export const modelsPlugin: JupyterFrontEndPlugin<IModels> = {
  id: 'sponde-lab:models',
  description: 'Connects language models.',
  autoStart: true,
  requires: [ISponde],
  optional: [ICommandPalette, ILayoutRestorer, ILauncher],
  provides: IModels,
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    launcher: ILauncher | null
  ): IModels => {
    const state = new ModelsState(sponde);
    const sections = new ModelsSections();
    sections.add({
      id: 'connected',
      label: trans.__('Connected'),
      rank: 20,
      draw: () =>
        React.createElement(
          React.Fragment,
          null,
          React.createElement('h1', null, trans.__('Connected')),
          React.createElement(ModelsView, { state })
        )
    });
    const pages = new WidgetTracker<Panel>({ namespace: 'sponde-models' });
    void restorer?.restore(pages, { command: SHOW, name: () => 'models' });
    let page: Panel | null = null;
    app.commands.addCommand(SHOW, {
      label: trans.__('Models'),
      caption: trans.__('Models on this machine and elsewhere: run, connect, measure, use'),
      icon: modelsIcon,
      describedBy: { args: { type: 'object', properties: { section: { type: 'string' } } } },
      execute: args => {
        if (typeof args.section === 'string') {
          sections.show(args.section);
        }
        if (!page || page.isDisposed) {
          page = new Panel(
            { id: 'sponde-models', title: trans.__('Models'), icon: modelsIcon, place: 'main' },
            () => React.createElement(ModelsPage, { sections })
          );
          void pages.add(page);
        }
        if (!page.isAttached) {
          app.shell.add(page, 'main', { type: 'Sponde' });
        }
        app.shell.activateById(page.id);
      }
    });
    launcher?.add({ command: SHOW, category: 'Sponde', rank: 5 });
    palette?.addItem({ command: SHOW, category: 'Sponde' });
    let shown: Dialog<unknown> | null = null;
    app.commands.addCommand(OPEN, {
      label: trans.__('Connect a Model…'),
      caption: trans.__('Connect language models and choose the one that answers'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        if (shown) {
          return;
        }
        void state.load();
        shown = new Dialog({
          title: trans.__('Models'),
          body: ReactWidget.create(React.createElement(ModelsView, { state })),
          buttons: [Dialog.cancelButton({ label: trans.__('Close') })],
          hasClose: true
        });
        shown.addClass('sp-Dialog');
        shown.addClass('sp-ModelsDialog');
        const release = keepEnter(shown.node);
        void shown.ready.then(() =>
          focusWhenDrawn(() => shown?.node.querySelector<HTMLElement>('input[name=address]'))
        );
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
      open: () => void app.commands.execute(OPEN),
      addSection: section => sections.add(section),
      show: section => void app.commands.execute(SHOW, section ? { section } : {})
    };
  }
};

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
