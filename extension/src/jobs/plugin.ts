/** Running notebooks: commands, the form's and the Jobs page's places. */
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { JobDefinition } from '../api/schema';
import { ISponde } from '../api/tokens';
import { jobsIcon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { saveIfOpen, selectedNotebook } from '../ui/notebooks';
import { JobsState } from './state';
import { fileName } from './words';
import { lazily } from '../ui/lazily';
import { offerUndo } from '../ui/offerUndo';
import { trans } from '../ui/words';

const FormView = lazily(async () => (await import('./form')).FormView);
const JobsView = lazily(async () => (await import('./panel')).JobsView);

const OPEN = 'sponde:jobs:open';
const RUN = 'sponde:jobs:run-notebook';
const RUN_SELECTED = 'sponde:jobs:run-selected';
const COMPARE = 'sponde:experiments:compare';
const NOTHING = { args: { type: 'object', properties: {} } } as const;

export const jobsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:jobs',
  description: 'Notebooks run with parameters, now or by a schedule.',
  autoStart: true,
  requires: [ISponde],
  optional: [INotebookTracker, IDefaultFileBrowser, ILayoutRestorer, ICommandPalette, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    notebooks: INotebookTracker | null,
    files: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null
  ) => {
    const { commands, shell } = app;
    const state = new JobsState(sponde);
    const pages = new WidgetTracker<Panel>({ namespace: 'sponde-jobs' });
    void restorer?.restore(pages, { command: OPEN, name: () => 'jobs' });

    const open = (path: string): void => void commands.execute('docmanager:open', { path });
    const notebookInFront = (): string | null => notebooks?.currentWidget?.context.path ?? null;

    async function isSaved(path: string): Promise<boolean> {
      try {
        await saveIfOpen(notebooks, open => open === path);
        return true;
      } catch (error) {
        Notification.error(`“${fileName(path)}” could not be saved: ${Refusal.from(error).message}`);
        return false;
      }
    }

    async function openForm(path: string, definition: JobDefinition | null): Promise<void> {
      const id = `sponde-run-${definition?.id ?? path}`;
      for (const widget of shell.widgets('main')) {
        if (widget.id === id) {
          // What the notebook says may have changed since.
          widget.close();
        }
      }
      const { RunForm } = await import('./formState');
      const form = new RunForm(sponde, path, definition);
      const title = definition ? definition.name : `Run ${fileName(path)}`;
      const page: Panel = new Panel({ id, title, icon: jobsIcon, place: 'main' }, () =>
        React.createElement(FormView, {
          form,
          onRun: () => void send(form.run(), page, 'runs'),
          onSave: () => void send(form.save(), page, 'schedules'),
          onOpenNotebook: open
        })
      );
      shell.add(page, 'main', { type: 'Sponde' });
      shell.activateById(page.id);
      void form.load();
    }

    async function send(
      sending: Promise<boolean>,
      page: Panel,
      tab: 'runs' | 'schedules'
    ): Promise<void> {
      if (await sending) {
        page.close();
        state.show(tab);
        await commands.execute(OPEN);
      }
    }

    async function run(given: string | null): Promise<void> {
      if (!given) {
        Notification.info('Open a notebook first, then run it with parameters.', {
          autoClose: 5000
        });
        return;
      }
      if (await isSaved(given)) {
        await openForm(app.serviceManager.contents.localPath(given), null);
      }
    }

    async function remove(definition: JobDefinition): Promise<void> {
      if (await state.remove(definition)) {
        offerUndo(trans.__('The schedule “%1” was deleted.', definition.name), () =>
          state.restore(definition)
        );
      }
    }

    async function compare(): Promise<void> {
      const front = notebookInFront();
      const notebook = front
        ? app.serviceManager.contents.localPath(front)
        : (state.runs[0]?.notebook ?? '');
      await commands.execute(COMPARE, { notebook });
    }

    commands.addCommand(OPEN, {
      label: 'Jobs',
      caption: 'Runs of notebooks, and their schedules',
      icon: jobsIcon,
      describedBy: { args: { type: 'object', properties: { tab: { type: 'string' } } } },
      execute: args => {
        if (args.tab === 'runs' || args.tab === 'schedules') {
          state.show(args.tab);
        }
        let page = pages.find(() => true);
        if (!page) {
          page = new Panel(
            { id: 'sponde-jobs', title: 'Jobs', icon: jobsIcon, place: 'main' },
            () =>
              React.createElement(JobsView, {
                state,
                onOpen: open,
                onEdit: definition => void openForm(definition.notebook, definition),
                onRemove: definition => void remove(definition),
                onNew: notebookInFront() ? () => void run(notebookInFront()) : undefined,
                onCompare: commands.hasCommand(COMPARE)
                  ? () => void compare()
                  : undefined
              })
          );
          shell.add(page, 'main', { type: 'Sponde' });
          void pages.add(page);
        }
        void state.load();
        shell.activateById(page.id);
      }
    });
    commands.addCommand(RUN, {
      label: 'Run with Parameters…',
      caption: 'Run with parameters: in a process of its own, now or by a schedule',
      icon: jobsIcon,
      describedBy: { args: { type: 'object', properties: { path: { type: 'string' } } } },
      isEnabled: args => Boolean(args.path ?? notebookInFront()),
      execute: args => run(args.path ? String(args.path) : notebookInFront())
    });
    commands.addCommand(RUN_SELECTED, {
      label: 'Run with Parameters…',
      icon: jobsIcon,
      describedBy: NOTHING,
      isEnabled: () => selectedNotebook(files) !== null,
      execute: () => run(selectedNotebook(files))
    });
    launcher?.add({ command: OPEN, category: 'Sponde', rank: 40 });
    [OPEN, RUN].forEach(command => palette?.addItem({ command, category: 'Sponde' }));
  }
};
