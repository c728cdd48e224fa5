/** Joins what can be asked about cells to JupyterLab: commands, menu, keys, completion. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { CodeCell, type Cell } from '@jupyterlab/cells';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { MenuSvg } from '@jupyterlab/ui-components';
import type { Menu } from '@lumino/widgets';
import { ISponde } from '../api/tokens';
import { ICheckpoints } from '../checkpoints/tokens';
import { IChat } from '../chat/tokens';
import { IKernels } from '../kernels/tokens';
import { IModels } from '../models/tokens';
import { chatIcon } from '../ui/icons';
import { trans } from '../ui/words';
import { ACTIONS, type ActionId } from './actions';
import type { CellDeeds } from './deeds';
import { inlineProvider } from './provider';

const MENU = 'sponde:cells:menu';
const ACCEPT = 'sponde:cells:accept';
const REJECT = 'sponde:cells:reject';
const WHO = 'sponde:cells:who';
const command = (id: ActionId): string => `sponde:cells:${id}`;
const NOTHING = { args: { type: 'object', properties: {} } } as const;

export const cellsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:cells',
  description: 'Explains, mends, documents, tidies, tests, converts and completes cells.',
  autoStart: true,
  requires: [ISponde, IChat, IModels, INotebookTracker, IEditorLanguageRegistry],
  optional: [IKernels, ICommandPalette, ICompletionProviderManager, ICheckpoints],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    chat: IChat,
    models: IModels,
    tracker: INotebookTracker,
    languages: IEditorLanguageRegistry,
    kernels: IKernels | null,
    palette: ICommandPalette | null,
    completers: ICompletionProviderManager | null,
    checkpoints: ICheckpoints | null
  ) => {
    const { commands } = app;
    let made: CellDeeds | null = null;

    const whoAnswers = (): string => {
      const model = models.chosen;
      if (!model) {
        return trans.__('No model is connected.');
      }
      return model.is_local
        ? trans.__('%1 answers, on this machine.', model.name)
        : trans.__('%1 answers; the cell goes to %2.', model.name, model.provider_name);
    };

    const deeds = async (): Promise<CellDeeds> => {
      const { CellDeeds } = await import('./deeds');
      made ??= new CellDeeds({ sponde, chat, models, kernels, checkpoints, languages, whoAnswers });
      return made;
    };

    const active = (): { panel: NotebookPanel; cell: CodeCell } | null => {
      const panel = tracker.currentWidget;
      const cell = panel?.content.activeCell;
      return panel && cell instanceof CodeCell ? { panel, cell } : null;
    };

    const act = async (id: ActionId, at = active()): Promise<void> => {
      if (at) {
        await (await deeds()).act(id, at.panel, at.cell);
      }
    };

    for (const { id, label, caption } of ACTIONS) {
      commands.addCommand(command(id), {
        label,
        caption: () => `${caption()}. ${whoAnswers()}`,
        describedBy: NOTHING,
        isEnabled: () => {
          const at = active();
          return at !== null && (id !== 'fix' || hasError(at.cell));
        },
        execute: () => act(id)
      });
      palette?.addItem({ command: command(id), category: 'Sponde' });
    }
    commands.addCommand(WHO, {
      label: whoAnswers,
      describedBy: NOTHING,
      execute: () => models.open()
    });
    const decide = (isAccepted: boolean): void => {
      const at = active();
      if (at) {
        made?.decide(at.cell, isAccepted);
      }
    };
    const isProposed = (): boolean => {
      const at = active();
      return at !== null && Boolean(made?.has(at.cell));
    };
    commands.addCommand(ACCEPT, {
      label: trans.__('Accept Proposed Change of Cell'),
      describedBy: NOTHING,
      isEnabled: isProposed,
      execute: () => decide(true)
    });
    commands.addCommand(REJECT, {
      label: trans.__('Reject Proposed Change of Cell'),
      describedBy: NOTHING,
      isEnabled: isProposed,
      execute: () => decide(false)
    });
    commands.addCommand(MENU, {
      label: trans.__('Ask About Cell…'),
      caption: () => trans.__('Ask about this cell. %1', whoAnswers()),
      icon: args => (args.toolbar ? chatIcon : undefined),
      describedBy: { args: { type: 'object', properties: { toolbar: { type: 'boolean' } } } },
      isEnabled: () => active() !== null,
      execute: () => {
        const at = active();
        if (at) {
          openMenu(at.cell);
        }
      }
    });
    [ACCEPT, REJECT, MENU].forEach(one => palette?.addItem({ command: one, category: 'Sponde' }));

    let menu: Menu | null = null;
    function openMenu(cell: Cell): void {
      menu ??= makeMenu();
      const button = cell.node.querySelector(`.jp-cell-toolbar [data-command="${MENU}"]`);
      const { right, bottom, top } = (button ?? cell.node).getBoundingClientRect();
      menu.open(right, button ? bottom : Math.max(0, top), { horizontalAlignment: 'right' });
      menu.activeIndex = 0;
    }

    function makeMenu(): Menu {
      const made = new MenuSvg({ commands });
      made.addClass('sp-CellMenu');
      const convert = new MenuSvg({ commands });
      convert.title.label = trans.__('Convert');
      for (const { id } of ACTIONS) {
        if (id.startsWith('to-')) {
          convert.addItem({ command: command(id) });
        }
      }
      for (const { id } of ACTIONS.filter(action => !action.id.startsWith('to-'))) {
        if (id === 'generate') {
          made.addItem({ type: 'submenu', submenu: convert });
          made.addItem({ type: 'separator' });
        }
        made.addItem({ command: command(id) });
      }
      made.addItem({ type: 'separator' });
      made.addItem({ command: WHO });
      return made;
    }

    // -- errors -------------------------------------------------------------------------------

    const offer = async (panel: NotebookPanel, cell: Cell): Promise<void> => {
      if (cell instanceof CodeCell && !cell.isDisposed && hasError(cell)) {
        const { offerFix } = await import('./errors');
        offerFix(
          cell,
          () => void act('fix', { panel, cell }),
          () => void act('explain', { panel, cell }),
          whoAnswers()
        );
      }
    };
    NotebookActions.executed.connect((_, { notebook, cell, success }) => {
      const panel = success ? undefined : tracker.find(one => one.content === notebook);
      if (panel) {
        void offer(panel, cell);
      }
    });
    tracker.activeCellChanged.connect((_, cell) => {
      if (cell && tracker.currentWidget) {
        void offer(tracker.currentWidget, cell);
      }
    });

    completers?.registerInlineProvider(
      inlineProvider(sponde, message => Notification.warning(message, { autoClose: 8000 }))
    );
  }
};

function hasError(cell: CodeCell): boolean {
  // A cell that was deleted a moment ago has none any more.
  const outputs = cell.isDisposed ? null : cell.model.outputs;
  for (let at = 0; at < (outputs?.length ?? 0); at += 1) {
    if (outputs?.get(at).type === 'error') {
      return true;
    }
  }
  return false;
}
