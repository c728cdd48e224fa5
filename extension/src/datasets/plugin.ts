/** Puts the Data panel on the left, its commands into menus, and its list into the chat's hands. */
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog, Notification, WidgetTracker } from '@jupyterlab/apputils';
import type { CodeCell } from '@jupyterlab/cells';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { MimeData } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { Dataset } from '../api/schema';
import { ISponde } from '../api/tokens';
import { datasetsIcon } from '../ui/icons';
import { watchDrag, type Dragged } from '../ui/drag';
import { dropped } from '../ui/dropped';
import { Panel } from '../ui/Panel';
import { DatasetsView } from './panel';
import type { DatasetFits } from './fits';
import type { More } from './adding/more';
import type { GoneDeeds } from './Vanished';
import { DatasetsState } from './state';
import { IDatasets } from './tokens';
import { lazily } from '../ui/lazily';
import { offerUndo } from '../ui/offerUndo';
import { trans } from '../ui/words';

const DatasetPage = lazily(async () => (await import('./page/page')).DatasetPage);

export const COMMANDS = {
  show: 'sponde:datasets:open',
  choose: 'sponde:datasets:choose',
  use: 'sponde:datasets:use-file',
  page: 'sponde:datasets:open-page',
  insert: 'sponde:datasets:insert-code',
  fetch: 'sponde:datasets:fetch',
  rename: 'sponde:datasets:rename',
  tag: 'sponde:datasets:tag',
  remove: 'sponde:datasets:remove',
  cell: 'sponde:datasets:open-cell'
};

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;
const BY_NAME = {
  args: {
    type: 'object',
    properties: { name: { type: 'string', description: 'The name of the dataset.' } }
  }
} as const;
const LAB_FILES = 'application/x-jupyter-icontents';

export const datasetsPlugin: JupyterFrontEndPlugin<IDatasets> = {
  id: 'sponde-lab:datasets',
  description: 'Data files: drop them in, see what is in them, use them in notebooks and in the chat.',
  autoStart: true,
  requires: [ISponde, INotebookTracker, IDocumentManager, IFileBrowserFactory],
  optional: [IDefaultFileBrowser, ILayoutRestorer, ICommandPalette],
  provides: IDatasets,
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    notebooks: INotebookTracker,
    documents: IDocumentManager,
    browsers: IFileBrowserFactory,
    files: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): IDatasets => {
    const state = new DatasetsState(sponde.api, sponde.feed);
    state.folder = () => localFolder(files);
    state.onReplaced = (name, putBack) => {
      Notification.info(trans.__("'%1' was replaced. The old file is kept and can be put back.", name), {
        autoClose: 20_000,
        actions: [
          { label: trans.__('Put it back'), callback: () => void putBack().catch(error => state.refuse(error)) }
        ]
      });
    };
    const run = (command: string, name: string) => void app.commands.execute(command, { name });
    let known: Promise<DatasetFits> | null = null;
    const fits = (): Promise<DatasetFits> =>
      (known ??= import('./fits').then(found => new found.DatasetFits(sponde, app.commands)));
    const more = (): Promise<More> =>
      import('./adding/more').then(found => (state.more ??= new found.More(sponde, state)));
    const isFolder = async (path: string): Promise<boolean> =>
      (await documents.services.contents.get(path, { content: false })).type === 'directory';
    // What is dropped on the file browser is sent by JupyterLab; what is data becomes a dataset.
    files?.node.addEventListener(
      'drop',
      event => {
        const [given, folders] = event.dataTransfer ? dropped(event.dataTransfer) : [[], []];
        const folder = files.model.path;
        const names = given.map(file => file.name);
        if (names.length || folders.length) {
          void more().then(found => found.dropped(files, names, folders, folder));
        }
      },
      true
    );
    const gone: GoneDeeds = {
      point: (dataset, path) => void more().then(found => found.point(dataset, path, () => chooseFile(documents))),
      whereabouts: async dataset => (await more()).whereabouts(dataset),
      remove: dataset => run(COMMANDS.remove, dataset.name)
    };
    const panel = new DataPanel(state, more, isFolder, {
      fits,
      takeIn: given => void state.upload(given, localFolder(files)),
      takeFolders: entries => void more().then(found => found.takeFolders(entries)),
      choose: () => void app.commands.execute(COMMANDS.choose),
      fetch: () => void app.commands.execute(COMMANDS.fetch),
      example: () => void more().then(found => found.addExample()),
      rename: dataset => run(COMMANDS.rename, dataset.name),
      open: (dataset, section = '') =>
        void app.commands.execute(COMMANDS.page, { name: dataset.name, section }),
      insert: dataset => run(COMMANDS.insert, dataset.name),
      query: name => void app.commands.execute('sponde:datasets:sql', name ? { name } : {}),
      ...gone,
      menu: (dataset, x, y) => void import('./menu').then(found => found.openMenu(app.commands, dataset, x, y)),
      drag: (event, dataset, begins) => watchDrag(event, () => dragged(dataset), begins)
    });
    app.shell.add(panel, 'left', { rank: 210 });
    restorer?.add(panel, panel.id);
    void app.restored.then(() => state.load());

    const named = (name: unknown): Dataset | undefined =>
      state.list().find(dataset => dataset.name === name);
    const pages = new WidgetTracker<DatasetPanel>({ namespace: 'sponde-datasets' });
    void restorer?.restore(pages, {
      command: COMMANDS.page,
      name: page => page.shows.id,
      args: page => ({ ...page.shows, is_restored: true })
    });
    state.changed.connect(() => pages.forEach(page => page.rename(state.find(page.shows.id)?.name)));
    palette?.addItem({ command: COMMANDS.page, category: 'Sponde' });

    app.commands.addCommand(COMMANDS.show, {
      label: trans.__('Show Data'),
      caption: trans.__('Show the datasets and what is in them'),
      icon: datasetsIcon,
      describedBy: NO_ARGUMENTS,
      execute: () => {
        app.shell.activateById(panel.id);
      }
    });
    app.commands.addCommand(COMMANDS.choose, {
      label: trans.__('Add Data from Folder…'),
      caption: trans.__('Choose files that lie in JupyterLab’s folder already'),
      describedBy: NO_ARGUMENTS,
      execute: async () => {
        const chosen = await FileDialog.getOpenFiles({
          manager: documents,
          title: trans.__('Use as datasets'),
          defaultPath: localFolder(files),
          filter: model => (model.type === 'file' || model.type === 'directory' ? {} : null)
        });
        if (chosen.button.accept) {
          app.shell.activateById(panel.id);
          await (await more()).addPaths((chosen.value ?? []).map(model => model.path), isFolder);
        }
      }
    });
    app.commands.addCommand(COMMANDS.use, {
      label: trans.__('Use as a Dataset'),
      caption: trans.__('Show what is in the file, and let chat and notebooks use it by name'),
      icon: datasetsIcon,
      describedBy: NO_ARGUMENTS,
      execute: async () => {
        const chosen = [...(browsers.tracker.currentWidget?.selectedItems() ?? [])];
        app.shell.activateById(panel.id);
        await (await more()).addPaths(chosen.map(model => model.path), isFolder);
      }
    });
    app.commands.addCommand(COMMANDS.page, {
      label: args => {
        const name = String(args.name ?? '');
        if (args.section === 'history') {
          return trans.__('History and uses of %1', name);
        }
        return name ? trans.__('Open %1', name) : trans.__('Open a Dataset…');
      },
      caption: trans.__('Show its rows, and what is known of them, on a page of their own'),
      icon: datasetsIcon,
      describedBy: BY_NAME,
      execute: async args => {
        const name = String(args.name ?? '') || (args.id ? '' : await chosenName(state));
        const { id } = named(name) ?? { id: String(args.id ?? '') };
        if (!id) {
          return;
        }
        const known = pages.find(page => page.shows.id === id);
        const page = known ?? new DatasetPanel(id, named(name)?.name ?? name, drawn => (
          React.createElement(DatasetPage, {
            state,
            api: sponde.api,
            id: drawn,
            section: String(args.section ?? ''),
            deeds: {
              insert: code => insertCode(app, notebooks, code),
              run: (command, given) => void app.commands.execute(command, given),
              ...gone
            }
          })
        ));
        if (!known) {
          app.shell.add(page, 'main');
          void pages.add(page);
        }
        app.shell.activateById(page.id);
        if (!args.is_restored) {
          // Asked for while JupyterLab still opens what was open, it stays in front of that.
          void app.restored.then(() => app.shell.activateById(page.id));
        }
        if (known && args.section) {
          document.getElementById(`sp-tab-${id}-${String(args.section)}`)?.click();
        }
      }
    });
    app.commands.addCommand(COMMANDS.cell, {
      label: trans.__('Open the Cell that Reads a Dataset'),
      describedBy: {
        args: {
          type: 'object',
          properties: { path: { type: 'string' }, cell_id: { type: 'string' }, cell: { type: 'number' } }
        }
      },
      isVisible: args => Boolean(args.path),
      execute: async args => {
        const { openCell } = await import('../ui/openCell');
        await openCell(app, String(args.path), String(args.cell_id ?? ''), Number(args.cell ?? 0));
      }
    });
    app.commands.addCommand(COMMANDS.insert, {
      label: args =>
        args.name
          ? trans.__('Insert code that reads %1', String(args.name))
          : trans.__('Insert Code that Reads a Dataset'),
      describedBy: BY_NAME,
      isVisible: args => Boolean(args.name),
      execute: args => {
        const dataset = named(args.name);
        if (dataset) {
          insertCode(app, notebooks, codeFor(dataset.name));
        }
      }
    });
    app.commands.addCommand(COMMANDS.fetch, {
      label: trans.__('Add Data from an Address…'),
      caption: trans.__('Fetch a file from the web into JupyterLab’s folder'),
      describedBy: NO_ARGUMENTS,
      execute: async () => {
        app.shell.activateById(panel.id);
        await (await more()).askAddress();
      }
    });
    palette?.addItem({ command: COMMANDS.fetch, category: 'Sponde' });
    app.commands.addCommand(COMMANDS.rename, {
      label: args => trans.__('Rename %1…', String(args.name ?? '')),
      describedBy: BY_NAME,
      isVisible: args => Boolean(args.name),
      execute: async args => {
        const dataset = named(args.name);
        await (dataset && (await more()).rename(dataset));
      }
    });
    app.commands.addCommand(COMMANDS.tag, {
      label: args => trans.__('Change tags of %1…', String(args.name ?? '')),
      describedBy: BY_NAME,
      isVisible: args => Boolean(args.name),
      execute: async args => {
        const dataset = named(args.name);
        await (dataset && (await more()).tag(dataset));
      }
    });
    app.commands.addCommand(COMMANDS.remove, {
      label: args =>
        args.name ? trans.__('Remove %1 from the list', String(args.name)) : trans.__('Remove a Dataset'),
      describedBy: BY_NAME,
      isVisible: args => Boolean(args.name),
      execute: async args => {
        const dataset = named(args.name);
        if (dataset && (await (await more()).mayRemove(dataset)) && (await state.remove(dataset.id))) {
          offerUndo(trans.__("'%1' is off the list. Its file stays.", dataset.name), () =>
            state.restore(dataset.id)
          );
        }
      }
    });
    return {
      list: () => state.list(),
      profile: id => state.profile(id),
      changed: state.changed,
      takeIn: async given => (await more()).takeIn(given),
      takeFolders: async folders => (await more()).takeFolders(folders)
    };
  }
};

export const codeFor = (name: string): string =>
  `import sponde\n\n${name} = sponde.dataset("${name}").df()\n${name}.head()`;

/** A dataset that is dragged: a notebook takes code that reads it, the chat takes its name. */
function dragged({ id, name }: Dataset): Dragged {
  return {
    label: name,
    cell: { cell_type: 'code', source: codeFor(name), metadata: {} },
    text: codeFor(name),
    reference: { kind: 'dataset', name, id, path: '', text: '', language: '' }
  };
}

/** Into the active cell where it is empty code, otherwise into a new one below; shows the notebook. */
function insertCode(app: JupyterFrontEnd, notebooks: INotebookTracker, code: string): void {
  const panel = notebooks.currentWidget;
  if (!panel) {
    Notification.warning(trans.__('No notebook is open to put the code into.'), {
      autoClose: 10000,
      actions: [
        {
          label: trans.__('New notebook'),
          callback: () =>
            void app.commands
              .execute('notebook:create-new', { kernelName: 'python3' })
              .then((made: NotebookPanel) => made.context.ready)
              .then(() => insertCode(app, notebooks, code))
        }
      ]
    });
    return;
  }
  const active = panel.content.activeCell as CodeCell | null;
  if (active?.model.type !== 'code' || active.model.sharedModel.getSource().trim()) {
    NotebookActions.insertBelow(panel.content);
  }
  panel.content.activeCell?.model.sharedModel.setSource(code);
  app.shell.activateById(panel.id);
}

/** A dataset's page, by its id: it is there again after a reload. */
class DatasetPanel extends Panel {
  readonly shows: { id: string; name: string };

  constructor(id: string, name: string, draw: (id: string) => JSX.Element) {
    super({ id: `sp-dataset-${id}`, title: name, icon: datasetsIcon, place: 'main' }, () => draw(id));
    this.shows = { id, name };
  }

  /** Call the page as its dataset is called now. */
  rename(name = this.shows.name): void {
    this.title.label = this.title.caption = this.shows.name = name;
  }
}

async function chosenName(state: DatasetsState): Promise<string> {
  const items = state.list().map(({ name }) => name);
  if (!items.length) {
    return '';
  }
  const asked = await InputDialog.getItem({
    title: trans.__('Open a dataset'),
    label: trans.__('Dataset'),
    items
  });
  return asked.button.accept ? (asked.value ?? '') : '';
}

/** Let the person choose one file that JupyterLab serves; empty where they do not. */
async function chooseFile(manager: IDocumentManager): Promise<string> {
  const chosen = await FileDialog.getOpenFiles({
    manager,
    title: trans.__('Where is the file now?'),
    filter: model => (model.type === 'file' || model.type === 'directory' ? {} : null)
  });
  return (chosen.button.accept && chosen.value?.[0]?.path) || '';
}

/** Where new files go: the folder that the file browser shows, unless that is another drive. */
function localFolder(files: IDefaultFileBrowser | null): string {
  const path = files?.model.path ?? '';
  return path.includes(':') ? '' : path;
}

interface LabDragEvent extends Event {
  mimeData: MimeData;
  proposedAction: string;
  dropAction: string;
}

/** The panel also takes files that are dragged over from JupyterLab's own file browser. */
class DataPanel extends Panel {
  private _hasAsked = false;

  constructor(
    private readonly _state: DatasetsState,
    private readonly _more: () => Promise<More>,
    private readonly _isFolder: (path: string) => Promise<boolean>,
    deeds: React.ComponentProps<typeof DatasetsView>['deeds']
  ) {
    super({ id: 'sponde-datasets', title: trans.__('Data'), icon: datasetsIcon, place: 'side' }, () =>
      React.createElement(DatasetsView, { state: _state, deeds })
    );
  }

  handleEvent(event: Event): void {
    const drag = event as LabDragEvent;
    if (!drag.mimeData?.hasData(LAB_FILES)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.node.classList.toggle('sp-mod-over', event.type === 'lm-dragenter' || event.type === 'lm-dragover');
    if (event.type === 'lm-dragover') {
      drag.dropAction = drag.proposedAction;
    } else if (event.type === 'lm-drop') {
      drag.dropAction = 'copy';
      void this._add(drag.mimeData.getData(LAB_FILES) as string[]);
    }
  }

  /** What is here in part is asked for when the panel is first seen, not at the start. */
  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    if (!this._hasAsked) {
      this._hasAsked = true;
      // No more than hints: the list of datasets says where the server does not answer.
      void Promise.all([this._goOn(), this._state.learnKinds()]).catch(() => undefined);
    }
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.onAfterShow(message);
    }
    for (const kind of ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop']) {
      this.node.addEventListener(kind, this);
    }
  }

  protected onBeforeDetach(message: Message): void {
    super.onBeforeDetach(message);
    for (const kind of ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop']) {
      this.node.removeEventListener(kind, this);
    }
  }

  /** What is under way or here in part is shown; the code for it is fetched where there is some. */
  private async _goOn(): Promise<void> {
    const { uploads, fetches } = await this._state.underway();
    await (uploads && (await this._state.sending()).load());
    await (fetches && (await this._more()).load());
  }

  private async _add(paths: string[]): Promise<void> {
    await (await this._more()).addPaths(paths, this._isFolder);
  }
}
