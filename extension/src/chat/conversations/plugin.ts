/** Conversations that begin with a notebook: from its toolbar, the file browser, the palette. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { chatIcon } from '../../ui/icons';
import { saveIfOpen, selectedNotebook } from '../../ui/notebooks';
import { trans } from '../../ui/words';

const NEW = 'sponde:chat:new';
const NOTEBOOK = 'sponde:chat:notebook';
const SELECTED = 'sponde:chat:notebook-selected';

export const conversationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:conversations',
  description: 'Begins conversations about notebooks.',
  autoStart: true,
  optional: [INotebookTracker, IDefaultFileBrowser, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker | null,
    files: IDefaultFileBrowser | null,
    palette: ICommandPalette | null
  ) => {
    const { commands } = app;

    /** Begin a conversation whose first question carries the notebook's cells. */
    async function begin(path: string): Promise<void> {
      await saveIfOpen(notebooks, open => open === path);
      const local = app.serviceManager.contents.localPath(path);
      const name = PathExt.basename(local).replace(/\.ipynb$/, '');
      await commands.execute(NEW, {
        references: [{ kind: 'notebook', name, id: local, path: local, text: '', language: '' }]
      });
    }

    commands.addCommand(NOTEBOOK, {
      label: trans.__('Ask about This Notebook'),
      caption: trans.__('Begin a conversation that knows this notebook’s cells'),
      icon: chatIcon,
      describedBy: { args: { type: 'object', properties: { path: { type: 'string' } } } },
      isEnabled: args => Boolean(args.path ?? notebooks?.currentWidget),
      execute: async args => {
        const path = args.path ?? notebooks?.currentWidget?.context.path;
        if (path) {
          await begin(String(path));
        }
      }
    });
    commands.addCommand(SELECTED, {
      label: trans.__('Ask about This Notebook'),
      icon: chatIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => selectedNotebook(files) !== null,
      execute: async () => {
        const path = selectedNotebook(files);
        if (path) {
          await begin(path);
        }
      }
    });
    palette?.addItem({ command: NOTEBOOK, category: 'Sponde' });
  }
};
