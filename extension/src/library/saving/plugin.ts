/** Joins the ways into the library to JupyterLab: selections, notebooks, files, pasted code. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Refusal } from '../../api/client';
import type { BlockSource } from '../../api/schema';
import { ISponde } from '../../api/tokens';
import { libraryIcon } from '../../ui/icons';
import { trans } from '../../ui/words';
import { COMPARE, MERGE } from './saved';
import { chosenText } from './selection';

const SELECTION = 'sponde:library:save-selection';
const NOTEBOOK = 'sponde:library:save-notebook';
const FILE = 'sponde:library:save-file';
const FUNCTIONS = 'sponde:library:save-functions';
const NEW = 'sponde:library:new-block';
const SOURCE = 'sponde:library:open-source';
const IMPORT = 'sponde:library:import';

type Saving = typeof import('./saving');
type Means = Parameters<Saving['newBlock']>[0];
type Args = ReadonlyPartialJSONObject;

export const savingPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:saving',
  description: 'Ways into the code library.',
  autoStart: true,
  requires: [ISponde, INotebookTracker, IEditorServices, IEditorLanguageRegistry],
  optional: [IFileBrowserFactory, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    notebooks: INotebookTracker,
    editors: IEditorServices,
    languages: IEditorLanguageRegistry,
    files: IFileBrowserFactory | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands } = app;
    const around: Means = { app, sponde, means: { editors, languages } };
    const does =
      (work: (saving: Saving, args: Args) => Promise<void>) =>
      async (args: Args): Promise<void> => {
        try {
          await work(await import('./saving'), args);
        } catch (error) {
          const { message, hint } = Refusal.from(error);
          Notification.error(`${message} ${hint}`.trim(), { autoClose: 8000 });
        }
      };
    const props = (...names: string[]): { args: ReadonlyJSONObject } => ({
      args: {
        type: 'object',
        properties: Object.fromEntries(names.map(name => [name, { type: 'string' }]))
      }
    });
    const none = { args: { type: 'object', properties: {} } };
    /** The .py file or notebook that is chosen in the file browser. */
    const chosenFile = (): string => {
      const items = [...(files?.tracker.currentWidget?.selectedItems() ?? [])];
      return items.length === 1 && /\.(py|ipynb)$/.test(items[0].path) ? items[0].path : '';
    };
    const importable = (): string => {
      const items = [...(files?.tracker.currentWidget?.selectedItems() ?? [])];
      return items.length === 1 && /\.(json|zip|py|ipynb|md|sql|r)$/i.test(items[0].path) ? items[0].path : '';
    };
    /** The Python file that stands in the editor in front. */
    const openFile = (): { path: string; text: string } | null => {
      const widget = app.shell.currentWidget as {
        context?: { path: string; model?: { toString(): string } };
      } | null;
      const path = widget?.context?.path ?? '';
      return path.endsWith('.py') ? { path, text: widget?.context?.model?.toString() ?? '' } : null;
    };
    const hasSelection = (): boolean => chosenText(app.shell.currentWidget) !== null;

    commands.addCommand(SELECTION, {
      label: () => trans.__('Save Selection to Library'),
      caption: () => trans.__('Keep the selected code as a block'),
      icon: args => (args.isPalette ? undefined : libraryIcon),
      isVisible: args => Boolean(args.isPalette) || hasSelection(),
      describedBy: none,
      execute: does(saving => saving.saveSelection(around))
    });
    commands.addCommand(NOTEBOOK, {
      label: () => trans.__('Save Cells to Library…'),
      caption: () => trans.__('Choose which cells of this notebook are kept as blocks'),
      isEnabled: () => notebooks.currentWidget !== null,
      describedBy: none,
      execute: does(async saving => {
        if (notebooks.currentWidget) {
          await saving.saveNotebook(around, notebooks.currentWidget);
        }
      })
    });
    commands.addCommand(FILE, {
      label: () =>
        chosenFile().endsWith('.ipynb')
          ? trans.__('Save Cells to Library…')
          : trans.__('Save Functions to Library…'),
      icon: libraryIcon,
      isVisible: () => chosenFile() !== '',
      describedBy: props('path'),
      execute: does(async (saving, args) => {
        const path = typeof args.path === 'string' ? args.path : chosenFile();
        if (path) {
          await saving.saveFile(around, path);
        }
      })
    });
    commands.addCommand(FUNCTIONS, {
      label: () => trans.__('Save Functions to Library…'),
      caption: () => trans.__('Choose which functions of this file are kept as blocks'),
      isVisible: args => Boolean(args.isPalette) || openFile() !== null,
      isEnabled: () => openFile() !== null,
      describedBy: none,
      execute: does(async saving => {
        const file = openFile();
        if (file) {
          await saving.saveFile(around, file.path, file.text);
        }
      })
    });
    commands.addCommand(NEW, {
      label: () => trans.__('New Code Block'),
      caption: () => trans.__('Type or paste code and keep it'),
      describedBy: none,
      execute: does(saving => saving.newBlock(around))
    });
    commands.addCommand(COMPARE, {
      label: () => trans.__('Compare Two Code Blocks'),
      describedBy: props('block_id', 'other_id'),
      execute: does((saving, args) =>
        saving.compare(around, String(args.block_id), String(args.other_id))
      )
    });
    commands.addCommand(MERGE, {
      label: () => trans.__('Make a Code Block a Revision of Another'),
      describedBy: props('block_id', 'other_id'),
      execute: does((saving, args) => saving.merge(around, String(args.block_id), String(args.other_id)))
    });
    commands.addCommand(SOURCE, {
      label: () => trans.__('Show Where a Code Block Came From'),
      describedBy: props('message_id', 'path', 'cell_id'),
      execute: does((saving, args) => saving.openSource(around, args as unknown as BlockSource))
    });
    commands.addCommand(IMPORT, {
      label: args =>
        args.isPalette
          ? trans.__('Import, Export and Keep Code Blocks as Files…')
          : trans.__('Import into Library…'),
      icon: args => (args.isPalette ? undefined : libraryIcon),
      isVisible: args => Boolean(args.isPalette) || importable() !== '',
      describedBy: props('path'),
      execute: does(async (_, args) => {
        const gate = (await import('../transfer/gate')).gateOf(around);
        const path = typeof args.path === 'string' ? args.path : args.isPalette ? '' : importable();
        await commands.execute('sponde:library:open');
        await (path ? gate.bringPath(path) : gate.open());
      })
    });
    [SELECTION, NOTEBOOK, FUNCTIONS, NEW, IMPORT].forEach(command =>
      palette?.addItem({ command, category: 'Sponde', args: { isPalette: true } })
    );
  }
};
