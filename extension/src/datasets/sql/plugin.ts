/** Opens tabs of SQL over the datasets; what is in them is fetched with the first one. */
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISponde } from '../../api/tokens';
import { IChat } from '../../chat/tokens';
import { ICodeActions } from '../../library/tokens';
import { trans } from '../../ui/words';
import { IDatasets } from '../tokens';
import type { SqlPanel } from './open';

/** What tabs of SQL are made from. */
export interface Around {
  app: JupyterFrontEnd;
  sponde: ISponde;
  notebooks: INotebookTracker;
  editors: IEditorServices;
  datasets: IDatasets | null;
  actions: ICodeActions | null;
  chat: IChat | null;
  completer: ICompletionProviderManager | null;
  command: string;
}

const command = 'sponde:datasets:sql';
/** Marks the editors that are ours. */
export const FIELD = 'sp-Sql-field';

export const sqlPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:sql',
  description: 'SQL over datasets.',
  autoStart: true,
  requires: [ISponde, INotebookTracker, IEditorServices],
  optional: [IDatasets, ICodeActions, IChat, ICompletionProviderManager, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    notebooks: INotebookTracker,
    editors: IEditorServices,
    datasets: IDatasets | null,
    actions: ICodeActions | null,
    chat: IChat | null,
    completer: ICompletionProviderManager | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const around = { app, sponde, notebooks, editors, datasets, actions, chat, completer, command };
    const tabs = new WidgetTracker<SqlPanel>({ namespace: 'sponde-sql' });
    const text = { type: 'string' } as const;
    // JupyterLab asks only those that are there when it starts.
    completer?.registerProvider({
      identifier: 'sponde:sql',
      rank: 900,
      isApplicable: async ({ widget }) => widget.hasClass(FIELD),
      fetch: async (request, context) => {
        const { meansOf } = await import('./open');
        return meansOf(around).completing.fetch(request, context);
      }
    });
    app.commands.addCommand(command, {
      label: args => (args.name ? trans.__('Query %1 with SQL', String(args.name)) : trans.__('New SQL over Datasets')),
      describedBy: { args: { type: 'object', properties: { id: text, title: text, sql: text, name: text } } },
      execute: async args => {
        const { tabOf } = await import('./open');
        const taken = new Set<string>();
        tabs.forEach(tab => taken.add(tab.title.label));
        let number = 1;
        while (taken.has(`SQL ${number}`)) {
          number++;
        }
        const tab = tabOf(around, {
          id: String(args.id ?? Date.now().toString(36)),
          title: String(args.title ?? `SQL ${number}`),
          sql: String(args.sql ?? (args.name ? `SELECT * FROM ${String(args.name)} LIMIT 1000` : ''))
        });
        app.shell.add(tab, 'main');
        await tabs.add(tab);
        tab.title.changed.connect(() => void tabs.save(tab));
        app.shell.activateById(tab.id);
      }
    });
    void restorer?.restore(tabs, {
      command,
      name: tab => tab.shows.id,
      args: ({ shows, title }) => ({ id: shows.id, title: title.label })
    });
    palette?.addItem({ command, category: 'Sponde' });
  }
};
