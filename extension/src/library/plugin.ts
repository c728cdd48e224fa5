/** Joins the library to JupyterLab: its panel, commands, actions on code, and cells. */
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs, Notification } from '@jupyterlab/apputils';
import { CodeCell } from '@jupyterlab/cells';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';
import {
  addBelowIcon,
  checkIcon,
  copyIcon,
  runIcon,
  saveIcon
} from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { CodeBlock } from '../api/schema';
import { ISponde } from '../api/tokens';
import { Panel } from '../ui/Panel';
import { focusWhenDrawn } from '../ui/focus';
import { libraryIcon } from '../ui/icons';
import { CodeActions } from './actions';
import type { LibraryDeeds } from './block';
import { Cells, cellText } from './cells';
import { watchDrag } from './drag';
import { Kept } from './kept';
import { LibraryState } from './state';
import { ICodeActions, type ShownCode } from './tokens';
import { CodeUse } from './use';
import { lazily } from '../ui/lazily';

const LibraryView = lazily(async () => (await import('./panel')).LibraryView);

const PANEL = 'sponde-library';
const OPEN = 'sponde:library:open';
const SAVE_CELL = 'sponde:library:save-cell';

/** Fetches when it is first seen. */
class LibraryPanel extends Panel {
  readonly search = React.createRef<HTMLInputElement>();

  constructor(
    private readonly _state: LibraryState,
    draw: (search: React.RefObject<HTMLInputElement>) => JSX.Element
  ) {
    super({ id: PANEL, title: 'Code library', icon: libraryIcon, place: 'side' }, () =>
      draw(this.search)
    );
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._state.start();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this._state.start();
    }
  }
}

export const libraryPlugin: JupyterFrontEndPlugin<ICodeActions> = {
  id: 'sponde-lab:library',
  description: 'Code blocks kept for reuse.',
  autoStart: true,
  provides: ICodeActions,
  requires: [ISponde, INotebookTracker, IEditorServices, IEditorLanguageRegistry],
  optional: [ILabShell, ILayoutRestorer, ISessionContextDialogs, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    tracker: INotebookTracker,
    editors: IEditorServices,
    languages: IEditorLanguageRegistry,
    shell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    dialogs: ISessionContextDialogs | null,
    palette: ICommandPalette | null
  ): ICodeActions => {
    const cells = new Cells(app, tracker, dialogs);
    const kept = new Kept(sponde);
    const use = new CodeUse(sponde, cells, kept);
    const state = new LibraryState(sponde);
    const actions = codeActions(use, kept);

    const saveActiveCell = async (): Promise<void> => {
      const panel = cells.notebook;
      const cell = panel?.content.activeCell;
      if (!panel || !(cell instanceof CodeCell) || !cell.model.sharedModel.getSource().trim()) {
        Notification.warning('There is no code to save: choose a code cell in a notebook first.', {
          autoClose: 5000
        });
        return;
      }
      const mime = cell.model.mimeType;
      const block = await use.saveCell(panel, cell, mime.includes('python') ? '' : languageOf(mime));
      Notification.success(`Saved to the library as “${block.name}”.`, {
        autoClose: 5000,
        actions: [{ label: 'Open', callback: () => void open(block.id) }]
      });
    };

    const remove = async (block: CodeBlock): Promise<void> => {
      await state.remove(block.id);
      Notification.info(`“${block.name}” was deleted from the library.`, {
        autoClose: 10_000,
        actions: [{ label: 'Undo', callback: () => told(state.restore(block.id)) }]
      });
    };

    const insert = async (block: CodeBlock, run: boolean): Promise<void> => {
      const draft = state.opened.detail?.block.id === block.id ? state.opened.detail.draft : null;
      const isAsKept = !draft || draft.code === block.code;
      await use.insert(
        {
          code: draft?.code ?? block.code,
          language: draft?.language ?? block.language,
          blockId: isAsKept ? block.id : undefined
        },
        { run, focus: true }
      );
    };

    const deeds: LibraryDeeds = {
      insert: (block, run) => told(insert(block, run)),
      copy: block =>
        told(
          use.copy(block).then(() => {
            Notification.success(`“${block.name}” was copied.`, { autoClose: 2000 });
          })
        ),
      remove: block => told(remove(block)),
      openNotebook: path => void app.commands.execute('docmanager:open', { path }),
      saveActiveCell: () => told(saveActiveCell()),
      drag: (event, block, begins) => {
        const kernel = cells.notebook?.content.model?.defaultKernelLanguage ?? 'python';
        watchDrag(event, block, cellText(block.code, block.language, kernel), begins);
      }
    };

    const means = { editors, languages };
    const panel = new LibraryPanel(state, search =>
      React.createElement(LibraryView, { state, deeds, means, search })
    );
    app.shell.add(panel, 'left', { rank: 220, type: 'Sponde' });
    restorer?.add(panel, PANEL);

    const open = async (blockId: string): Promise<void> => {
      shell?.activateById(PANEL);
      await state.open(blockId);
    };

    app.commands.addCommand(OPEN, {
      label: 'Search the Code Library',
      icon: libraryIcon,
      describedBy: { args: { type: 'object', properties: { block_id: { type: 'string' } } } },
      execute: args => {
        shell?.activateById(PANEL);
        state.start();
        if (typeof args.block_id === 'string') {
          return open(args.block_id);
        }
        state.close();
        focusWhenDrawn(
          () => panel.search.current,
          () => panel.search.current?.select()
        );
      }
    });
    app.commands.addCommand(SAVE_CELL, {
      label: 'Save Cell to Library',
      caption: 'Save this cell to the code library',
      icon: args => (args.toolbar ? libraryIcon : undefined),
      isEnabled: () => tracker.activeCell instanceof CodeCell,
      describedBy: { args: { type: 'object', properties: { toolbar: { type: 'boolean' } } } },
      execute: () => told(saveActiveCell())
    });
    [OPEN, SAVE_CELL].forEach(command => palette?.addItem({ command, category: 'Sponde' }));
    return actions;
  }
};

/** Copy, Insert into cell, Insert and run, Save: on every code block that is shown anywhere. */
function codeActions(use: CodeUse, kept: Kept): CodeActions {
  const actions = new CodeActions();
  actions.add({
    id: 'copy',
    label: 'Copy',
    icon: copyIcon,
    rank: 10,
    run: code => use.copy(code)
  });
  actions.add({
    id: 'insert',
    label: 'Insert into cell',
    icon: addBelowIcon,
    rank: 20,
    run: code => use.insert(code)
  });
  actions.add({
    id: 'insert-run',
    label: 'Insert and run',
    icon: runIcon,
    rank: 30,
    run: code => use.insert(code, { run: true })
  });
  actions.addFor((code: ShownCode) => {
    const block = kept.find(code.code);
    return {
      id: 'save',
      label: block ? `Saved as ${block.name}` : 'Save to the library',
      icon: block ? checkIcon : saveIcon,
      rank: 40,
      run: async shown => `Saved as ${(await use.save(shown)).name}`
    };
  });
  kept.changed.connect(() => actions.tellChanged());
  return actions;
}

/** Show what went wrong, where there is no place for it in a panel. */
function told(work: Promise<unknown>): void {
  work.catch(error => {
    const { message, hint } = Refusal.from(error);
    Notification.error(`${message} ${hint}`.trim(), { autoClose: 8000 });
  });
}

/** The language of a cell, from its editor's MIME type: text/x-rsrc is R. */
function languageOf(mime: string): string {
  const name = mime.replace(/^text\/(x-)?/, '');
  return name === 'rsrc' ? 'r' : name === 'plain' ? '' : name;
}
