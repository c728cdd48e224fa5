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
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import {
  addBelowIcon,
  checkIcon,
  copyIcon,
  editIcon,
  runIcon,
  saveIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { CodeBlock, SavedBlock } from '../api/schema';
import { ISponde } from '../api/tokens';
import { IKernels } from '../kernels/tokens';
import { focusWhenDrawn } from '../ui/focus';
import { libraryIcon } from '../ui/icons';
import { trans } from '../ui/words';
import { AboutBlocks } from './sources/about';
import { CodeActions } from './actions';
import type { LibraryDeeds } from './block';
import { Cells } from './notebooks/cells';
import type { CodeMeans } from './code/CodeText';
import { completion } from './code/completion';
import { Deleted } from './bulk/deleted';
import { dragBlock, joinNotebooks, type NotebookMeans } from './notebooks/inNotebooks';
import type { FieldsMaking } from './fields/fieldsMaking';
import { Finding } from './finding/finding';
import { Kept } from './saving/kept';
import { Look } from './list/look';
import { Many } from './bulk/many';
import type { CellMark } from './notebooks/marks';
import { measureMarked } from './proof/measuring';
import { restoreRevision, sayDone } from './bulk/notices';
import { LibraryPanel, PANEL } from './place';
import { Proofs } from './proof/proofs';
import { tellNear, tellSaved } from './saving/saved';
import { LibraryState } from './state';
import { ICodeActions, type ShownCode } from './tokens';
import { CodeUse } from './notebooks/use';
import { lazily } from '../ui/lazily';

const LibraryView = lazily(async () => (await import('./panel')).LibraryView);

const OPEN = 'sponde:library:open';
const FIND = 'sponde:library:find';
const INSERT = 'sponde:library:insert';
const SAVE_CELL = 'sponde:library:save-cell';
const FIELDS = 'sponde:library:fields';
const STALE = 'sponde:library:stale';

export const libraryPlugin: JupyterFrontEndPlugin<ICodeActions> = {
  id: 'sponde-lab:library',
  description: 'Code blocks kept for reuse.',
  autoStart: true,
  provides: ICodeActions,
  requires: [
    ISponde,
    INotebookTracker,
    IEditorServices,
    IEditorLanguageRegistry,
    IRenderMimeRegistry
  ],
  optional: [
    ILabShell,
    ILayoutRestorer,
    ISessionContextDialogs,
    ICommandPalette,
    ICompletionProviderManager,
    IKernels
  ],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    tracker: INotebookTracker,
    editors: IEditorServices,
    languages: IEditorLanguageRegistry,
    rendermime: IRenderMimeRegistry,
    shell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    dialogs: ISessionContextDialogs | null,
    palette: ICommandPalette | null,
    completers: ICompletionProviderManager | null,
    kernels: IKernels | null
  ): ICodeActions => {
    const cells = new Cells(app, tracker, dialogs);
    const kept = new Kept(sponde);
    const use = new CodeUse(sponde, cells, kept, kernels);
    const state = new LibraryState(sponde);
    const many = new Many(sponde, state);
    const deleted = new Deleted(sponde);
    measureMarked(tracker, mark => Boolean((mark as CellMark | undefined)?.block_id));
    const look = new Look();
    const proofs = new Proofs(sponde, rendermime, (path, cellId) =>
      told(import('../ui/openCell').then(({ openCell }) => openCell(app, path, cellId)))
    );
    sayDone(many, error => told(Promise.reject(error)));
    const about = new AboutBlocks(sponde);
    const actions = codeActions(use, kept, block => tellNear(app.commands, block));

    const saveActiveCell = async (): Promise<void> => {
      const panel = cells.notebook;
      const cell = panel?.content.activeCell;
      if (!panel || !(cell instanceof CodeCell) || !cell.model.sharedModel.getSource().trim()) {
        Notification.warning(trans.__('There is no code to save: choose a code cell in a notebook first.'), {
          autoClose: 5000
        });
        return;
      }
      const mime = cell.model.mimeType;
      const block = await use.saveCell(panel, cell, mime.includes('python') ? '' : languageOf(mime));
      tellSaved(app.commands, block);
    };

    let making: Promise<FieldsMaking> | null = null;
    const fieldsMaking = (): Promise<FieldsMaking> =>
      (making ??= import('./fields/fieldsMaking').then(
        found => new found.FieldsMaking(sponde, many)
      ));
    many.add({
      id: 'fields',
      get label() {
        return trans.__('Make one block with fields');
      },
      icon: editIcon,
      run: async ids => {
        if (ids.length < 2) {
          throw new Error(trans.__('Choose two blocks or more that differ in nothing but values.'));
        }
        (await fieldsMaking()).want(ids[0], ids.slice(1));
        await open(ids[0]);
      }
    });

    const insert = async (
      block: CodeBlock,
      run: boolean,
      replaces = false,
      chips: readonly string[] = []
    ): Promise<void> => {
      const dataset = fittedTo(chips);
      if (dataset) {
        const { insertFitted } = await import('./fits/fits');
        return insertFitted({ sponde, kernels, use, cells }, block, dataset, run);
      }
      const draft = state.opened.detail?.block.id === block.id ? state.opened.detail.draft : null;
      const isAsKept = !draft || draft.code === block.code;
      await use.insert(
        {
          code: draft?.code ?? block.code,
          language: draft?.language ?? block.language,
          blockId: isAsKept ? block.id : undefined
        },
        { run, focus: true, spot: { replaces } }
      );
    };

    const notebooks: NotebookMeans = {
      sponde,
      tracker,
      cells,
      use,
      languages,
      open: id => void open(id),
      told
    };
    joinNotebooks(notebooks);

    const deeds: LibraryDeeds = {
      insert: (block, run) => told(insert(block, run, false, state.finding.chips)),
      replace: block => told(insert(block, false, true)),
      copy: block =>
        told(
          use.copy(block).then(() => {
            Notification.success(trans.__('“%1” was copied.', block.name), { autoClose: 2000 });
          })
        ),
      remove: block => void many.remove([block.id], block.name),
      openNotebook: path => void app.commands.execute('docmanager:open', { path }),
      saveActiveCell: () => told(saveActiveCell()),
      newBlock: () => void app.commands.execute('sponde:library:new-block'),
      openSource: source =>
        void app.commands.execute('sponde:library:open-source', { ...source }),
      restoreRevision: revisionId => told(restoreRevision(state, many, revisionId)),
      move: toMain => panel.move(toMain),
      drag: (event, block, begins) => dragBlock(notebooks, event, block, begins)
    };

    const means: CodeMeans = {
      editors,
      languages,
      complete:
        completers ? completion(completers, () => cells.notebook?.sessionContext.session ?? null) : undefined
    };
    const panel = new LibraryPanel(app.shell, () => state.start(), ({ isMain, search }) =>
      React.createElement(LibraryView, {
        app,
        state,
        about,
        many,
        deleted,
        look,
        proofs,
        fieldsMaking,
        deeds,
        means,
        isMain,
        search,
        person: app.serviceManager.user.identity?.username ?? ''
      })
    );
    app.shell.add(panel, 'left', { rank: 220, type: 'Sponde' });
    restorer?.add(panel, PANEL);

    const open = async (blockId: string): Promise<void> => {
      shell?.activateById(PANEL);
      await state.open(blockId);
    };

    let finding: Finding | null = null;
    app.commands.addCommand(FIND, {
      label: trans.__('Find a Code Block…'),
      icon: libraryIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        const { openPalette } = await import('./finding/palette');
        finding ??= new Finding(sponde);
        openPalette({
          finding,
          means,
          insert: (block, run) => told(insert(block, run, false, finding?.chips)),
          open: block => told(open(block.id))
        });
      }
    });
    // Our panels keep Lab's keys out, but this one is meant everywhere.
    document.addEventListener(
      'keydown',
      event => {
        const isAccel = event.ctrlKey || event.metaKey;
        const isOurs = event.target instanceof Element && event.target.closest('.sp-Panel');
        if (isAccel && event.shiftKey && event.key.toLowerCase() === 'k' && isOurs) {
          event.preventDefault();
          void app.commands.execute(FIND);
        }
      },
      true
    );
    app.commands.addCommand(OPEN, {
      label: trans.__('Search the Code Library'),
      icon: libraryIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: { block_id: { type: 'string' }, query: { type: 'string' } }
        }
      },
      execute: args => {
        shell?.activateById(PANEL);
        state.start();
        if (typeof args.query === 'string') {
          state.close();
          void state.finding.clear();
          return state.finding.type(`${args.query} `);
        }
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
    app.commands.addCommand(INSERT, {
      label: args => (args.run ? trans.__('Insert Code Block and Run') : trans.__('Insert Code Block')),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            block_id: { type: 'string' },
            run: { type: 'boolean' },
            replace: { type: 'boolean' },
            dataset: { type: 'string' }
          }
        }
      },
      isVisible: args => typeof args.block_id === 'string',
      execute: async args => {
        const path = { block_id: String(args.block_id) };
        const block = await sponde.api.call('GET /code-blocks/{block_id}', { path });
        const chips = typeof args.dataset === 'string' ? [`fits:${args.dataset}`] : [];
        await insert(block, Boolean(args.run), Boolean(args.replace), chips);
      }
    });
    app.commands.addCommand(FIELDS, {
      label: trans.__('Make One Block with Fields'),
      describedBy: {
        args: {
          type: 'object',
          properties: { block_id: { type: 'string' }, other_id: { type: 'string' } }
        }
      },
      isVisible: args => typeof args.block_id === 'string',
      execute: async args => {
        (await fieldsMaking()).want(String(args.block_id), [String(args.other_id)]);
        await open(String(args.block_id));
      }
    });
    app.commands.addCommand(STALE, {
      label: trans.__('Re-run Stale Code Blocks…'),
      caption: trans.__('Proven blocks whose packages have moved on'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        shell?.activateById(PANEL);
        state.close();
        proofs.showStale(true);
      }
    });
    app.commands.addCommand(SAVE_CELL, {
      label: trans.__('Save Cell to Library'),
      caption: trans.__('Save this cell to the code library'),
      icon: args => (args.toolbar ? libraryIcon : undefined),
      isEnabled: () => tracker.activeCell instanceof CodeCell,
      describedBy: { args: { type: 'object', properties: { toolbar: { type: 'boolean' } } } },
      execute: () => told(saveActiveCell())
    });
    [OPEN, SAVE_CELL, STALE].forEach(command => palette?.addItem({ command, category: 'Sponde' }));
    return actions;
  }
};

/** Copy, Insert into cell, Insert and run, Save: on every code block that is shown anywhere. */
function codeActions(
  use: CodeUse,
  kept: Kept,
  onSaved: (block: SavedBlock) => void
): CodeActions {
  const actions = new CodeActions();
  actions.addFor(() => ({
    id: 'copy',
    label: trans.__('Copy'),
    icon: copyIcon,
    rank: 10,
    run: code => use.copy(code)
  }));
  actions.addFor(() => ({
    id: 'insert',
    label: trans.__('Insert into cell'),
    icon: addBelowIcon,
    rank: 20,
    run: code => use.insert(code)
  }));
  actions.addFor(() => ({
    id: 'insert-run',
    label: trans.__('Insert and run'),
    icon: runIcon,
    rank: 30,
    run: code => use.insert(code, { run: true })
  }));
  actions.addFor((code: ShownCode) => {
    const block = kept.find(code.code);
    return {
      id: 'save',
      label: block ? trans.__('Saved as %1', block.name) : trans.__('Save to the library'),
      icon: block ? checkIcon : saveIcon,
      rank: 40,
      run: async shown => {
        const saved = await use.save(shown);
        onSaved(saved);
        return trans.__('Saved as %1', saved.name);
      }
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

/** The dataset of a filter such as `fits:sales`; empty where there is none. */
function fittedTo(chips: readonly string[]): string {
  const found = chips.map(chip => /^fits:"?([^"]+)"?$/i.exec(chip)?.[1]).find(name => name);
  return found ?? '';
}

/** The language of a cell, from its editor's MIME type: text/x-rsrc is R. */
function languageOf(mime: string): string {
  const name = mime.replace(/^text\/(x-)?/, '');
  return name === 'rsrc' ? 'r' : name === 'plain' ? '' : name;
}
