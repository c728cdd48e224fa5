/** Publishing notebooks and conversations: commands, the page of dashboards, their places. */
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { PageConfig, PathExt, URLExt } from '@jupyterlab/coreutils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { Dashboard } from '../api/schema';
import { ISponde } from '../api/tokens';
import { publishIcon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { saveIfOpen, selectedNotebook } from '../ui/notebooks';
import { PublishState, type ExportFormat } from './state';
import { lazily } from '../ui/lazily';
import { offerUndo } from '../ui/offerUndo';
import { trans } from '../ui/words';

const DashboardsView = lazily(async () => (await import('./panel')).DashboardsView);

const OPEN = 'sponde:publish:open';
const PUBLISH = 'sponde:publish:dashboard';
const PUBLISH_SELECTED = 'sponde:publish:selected';
const EXPORT = 'sponde:publish:export-conversation';

const NOTHING = { args: { type: 'object', properties: {} } } as const;
const FORMATS = {
  notebook: 'Export as Notebook',
  markdown: 'Export as Markdown',
  html: 'Export as HTML'
} as const;

export const publishPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:publish',
  description: 'Notebooks as dashboards, conversations as files.',
  autoStart: true,
  requires: [ISponde],
  optional: [INotebookTracker, IDefaultFileBrowser, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    notebooks: INotebookTracker | null,
    files: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ) => {
    const { commands, shell } = app;
    const state = new PublishState(sponde);
    const pages = new WidgetTracker<Panel>({ namespace: 'sponde-publish' });
    void restorer?.restore(pages, { command: OPEN, name: () => 'dashboards' });

    const address = (id: string): string =>
      URLExt.join(PageConfig.getBaseUrl(), 'sponde/dashboards', id);
    const show = (id: string): void => {
      window.open(address(id), '_blank', 'noopener,noreferrer');
    };
    const copy = (id: string): void => {
      Clipboard.copyToSystem(new URL(address(id), window.location.href).href);
      Notification.info('The link is copied. It works for everyone who can log in here.', {
        autoClose: 4000
      });
    };
    const fail = (error: unknown): void => {
      const { message, hint } = Refusal.from(error);
      Notification.error(`${message} ${hint}`.trim(), { autoClose: false });
    };
    const openFile = (path: string): void =>
      void commands.execute('docmanager:open', { path });

    async function publish(path: string): Promise<void> {
      const local = app.serviceManager.contents.localPath(path);
      try {
        await saveIfOpen(notebooks, open => open === path);
        const { id, name } = await state.publish(local);
        Notification.success(`“${name}” is published as a dashboard.`, {
          autoClose: 15_000,
          actions: [
            { label: 'Open', displayType: 'accent', callback: () => show(id) },
            {
              label: 'Copy link',
              // Keep the notification: the dashboard may be opened after.
              callback: event => {
                event.preventDefault();
                copy(id);
              }
            }
          ]
        });
      } catch (error) {
        fail(error);
      }
    }

    async function withdraw({ publication: { id, name } }: Dashboard): Promise<void> {
      if (await state.withdraw(id)) {
        offerUndo(trans.__('“%1” was withdrawn; its link no longer works.', name), () =>
          state.restore(id).catch(fail)
        );
      }
    }

    async function update({ publication: { id, name } }: Dashboard): Promise<void> {
      if (await state.update(id)) {
        Notification.success(`“${name}” now shows the notebook as it is.`, { autoClose: 4000 });
      }
    }

    commands.addCommand(PUBLISH, {
      label: 'Publish as Dashboard',
      caption: 'Publish as dashboard: results and widgets without the code',
      icon: publishIcon,
      describedBy: { args: { type: 'object', properties: { path: { type: 'string' } } } },
      isEnabled: args => Boolean(args.path ?? notebooks?.currentWidget),
      execute: async args => {
        const path = args.path ?? notebooks?.currentWidget?.context.path;
        if (path) {
          await publish(String(path));
        }
      }
    });
    commands.addCommand(PUBLISH_SELECTED, {
      label: 'Publish as Dashboard',
      icon: publishIcon,
      describedBy: NOTHING,
      isEnabled: () => selectedNotebook(files) !== null,
      execute: async () => {
        const path = selectedNotebook(files);
        if (path) {
          await publish(path);
        }
      }
    });
    commands.addCommand(OPEN, {
      label: 'Dashboards',
      caption: 'What is published, and where',
      icon: publishIcon,
      describedBy: NOTHING,
      execute: () => {
        let page = pages.find(() => true);
        if (!page) {
          page = new Panel(
            { id: 'sponde-publish', title: 'Dashboards', icon: publishIcon, place: 'main' },
            () =>
              React.createElement(DashboardsView, {
                state,
                address: ({ publication }: Dashboard) => address(publication.id),
                onCopy: ({ publication }: Dashboard) => copy(publication.id),
                onUpdate: dashboard => void update(dashboard),
                onWithdraw: dashboard => void withdraw(dashboard),
                onOpenNotebook: openFile
              })
          );
          shell.add(page, 'main', { type: 'Sponde' });
          void pages.add(page);
        }
        void state.load();
        shell.activateById(page.id);
      }
    });
    // A notebook that was saved is "changed since" at once.
    shell.currentChanged?.connect((_, { newValue }) => {
      if (newValue && pages.find(page => page === newValue)) {
        void state.load();
      }
    });
    commands.addCommand(EXPORT, {
      label: args => FORMATS[formatOf(args.format)],
      describedBy: {
        args: {
          type: 'object',
          properties: {
            conversation_id: { type: 'string' },
            format: { type: 'string', enum: Object.keys(FORMATS) }
          },
          required: ['conversation_id']
        }
      },
      execute: async args => {
        const folder = app.serviceManager.contents.localPath(files?.model.path ?? '');
        try {
          const path = await state.save(
            String(args.conversation_id),
            formatOf(args.format),
            folder
          );
          openFile(path);
          Notification.success(`Saved as “${PathExt.basename(path)}”.`, { autoClose: 4000 });
        } catch (error) {
          fail(error);
        }
      }
    });
    [OPEN, PUBLISH].forEach(command => palette?.addItem({ command, category: 'Sponde' }));
  }
};

function formatOf(given: unknown): ExportFormat {
  return given === 'markdown' || given === 'html' ? given : 'notebook';
}
