/** Comparing two versions of a notebook: the page, its commands and their places. */
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import * as React from 'react';
import type { Experiment } from '../api/schema';
import { ISponde } from '../api/tokens';
import { experimentsIcon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { saveIfOpen, selectedNotebook } from '../ui/notebooks';
import type { Filled } from './form';
import { ExperimentsState } from './state';
import { lazily } from '../ui/lazily';
import { offerUndo } from '../ui/offerUndo';
import { trans } from '../ui/words';

const ExperimentsView = lazily(async () => (await import('./panel')).ExperimentsView);

const OPEN = 'sponde:experiments:open';
const COMPARE = 'sponde:experiments:compare';
const COMPARE_SELECTED = 'sponde:experiments:compare-selected';
const NOTHING = { args: { type: 'object', properties: {} } } as const;

export const experimentsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:experiments',
  description: 'Compares two versions of a notebook over a number of runs.',
  autoStart: true,
  requires: [ISponde],
  optional: [INotebookTracker, IDocumentManager, IDefaultFileBrowser, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    notebooks: INotebookTracker | null,
    documents: IDocumentManager | null,
    files: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ) => {
    const { commands, shell } = app;
    const state = new ExperimentsState(sponde);
    const pages = new WidgetTracker<Panel>({ namespace: 'sponde-experiments' });
    void restorer?.restore(pages, { command: OPEN, name: () => 'experiments' });
    const local = (path: string): string => app.serviceManager.contents.localPath(path);

    async function choose(): Promise<string | null> {
      if (!documents) {
        return null;
      }
      const chosen = await FileDialog.getOpenFiles({
        manager: documents,
        title: 'Choose a notebook',
        defaultPath: local(files?.model.path ?? ''),
        filter: model => (model.type === 'notebook' || model.type === 'directory' ? {} : null)
      });
      const [model] = chosen.button.accept ? (chosen.value ?? []) : [];
      return model?.type === 'notebook' ? local(model.path) : null;
    }

    async function remove({ id, name }: Experiment): Promise<void> {
      if (await state.remove(id)) {
        offerUndo(trans.__('Deleted “%1”.', name), () => state.restore(id));
      }
    }

    function openPage(): void {
      let page = pages.find(() => true);
      if (!page) {
        page = new Panel(
          { id: 'sponde-experiments', title: 'Experiments', icon: experimentsIcon, place: 'main' },
          () =>
            React.createElement(ExperimentsView, {
              state,
              onChoose: choose,
              onRemove: experiment => void remove(experiment),
              onOpenNotebook: path => void commands.execute('docmanager:open', { path })
            })
        );
        shell.add(page, 'main', { type: 'Sponde' });
        void pages.add(page);
      }
      shell.activateById(page.id);
    }

    async function compare(path: string, filled: Filled = {}): Promise<void> {
      await saveIfOpen(notebooks, open => local(open) === path); // what runs is what is on the disk
      openPage();
      await state.begin(path, filled);
    }

    commands.addCommand(OPEN, {
      label: 'Experiments',
      caption: 'Versions of notebooks, compared',
      icon: experimentsIcon,
      describedBy: { args: { type: 'object', properties: { experiment_id: { type: 'string' } } } },
      execute: async args => {
        openPage();
        await (args.experiment_id ? state.show(String(args.experiment_id)) : state.showList());
      }
    });
    commands.addCommand(COMPARE, {
      label: 'Compare Two Versions…',
      caption: 'Run two versions of a notebook a number of times and compare a metric',
      icon: experimentsIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            notebook: { type: 'string' },
            names: { type: 'array', items: { type: 'string' } },
            notebooks: { type: 'array', items: { type: 'string' } },
            parameters: { type: 'array', items: { type: 'object' } },
            metric: { type: 'string' },
            direction: { type: 'string' },
            repeats: { type: 'number' }
          }
        }
      },
      execute: args => {
        const current = notebooks?.currentWidget;
        const isShown = current !== null && current === shell.currentWidget;
        const notebook = String(
          args.notebook ?? (isShown ? local(current?.context.path ?? '') : '')
        );
        return compare(notebook, args as Filled);
      }
    });
    commands.addCommand(COMPARE_SELECTED, {
      label: 'Compare Two Versions…',
      icon: experimentsIcon,
      describedBy: NOTHING,
      execute: async () => {
        const path = selectedNotebook(files);
        if (path !== null) {
          await compare(local(path));
        }
      }
    });
    [OPEN, COMPARE].forEach(command => palette?.addItem({ command, category: 'Sponde' }));
  }
};
