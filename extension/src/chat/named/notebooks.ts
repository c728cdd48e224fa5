/** Open notebooks, the cells of the one that was used last, and what is selected. */
import type { DocumentWidget } from '@jupyterlab/docregistry';
import type { Cell } from '@jupyterlab/cells';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { MimeData } from '@lumino/coreutils';
import type { Reference } from '../../api/schema';
import { trans } from '../../ui/words';
import type { Nameable, ReferenceSource } from '../tokens';
import { cellText, firstLine, notebookText, type CellParts } from './cellText';
import { baseName, folderOf, openPath, reference, type NamingMeans } from './means';

const CELLS = 'internal:cells';

export function notebookSource(means: NamingMeans): ReferenceSource {
  const { app, notebooks } = means;
  return {
    kind: 'notebook',
    label: trans.__('Open notebooks'),
    rank: 40,
    find: async () => {
      const found: Nameable[] = [];
      notebooks?.forEach(({ context: { path } }) => {
        found.push({ kind: 'notebook', name: baseName(path), id: path, detail: folderOf(path) });
      });
      return found;
    },
    take: ({ id }) => notebookReference(means, id),
    open: ({ path, id }) => openPath(app, path || id)
  };
}

/** A notebook: as it stands open, or as the server finds it. */
export async function notebookReference(means: NamingMeans, path: string): Promise<Reference> {
  const panel = panelOf(means, path);
  const cells = panel?.content.widgets.map(partsOf) ?? [];
  return reference('notebook', baseName(path), path, {
    path,
    text: cells.length ? notebookText(cells, languageOf(panel)) : ''
  });
}

export function cellSource(means: NamingMeans): ReferenceSource {
  const { app, kernels } = means;
  const taken = (panel: NotebookPanel, cell: Cell): Reference => {
    const at = panel.content.widgets.indexOf(cell);
    return reference('cell', `cell-${at + 1}`, cell.model.id, {
      path: panel.context.path,
      ...cellText(partsOf(cell), languageOf(panel))
    });
  };
  return {
    kind: 'cell',
    label: trans.__('Cells'),
    rank: 20,
    find: async () => {
      const panel = kernels?.notebook;
      const active = panel?.content.activeCellIndex ?? 0;
      return (panel?.content.widgets ?? [])
        .map((cell, at) => ({ cell, at }))
        .sort((one, other) => Math.abs(one.at - active) - Math.abs(other.at - active))
        .map(({ cell, at }): Nameable => {
          const line = firstLine(cell.model.sharedModel.getSource());
          return { kind: 'cell', name: `cell-${at + 1}`, id: cell.model.id, detail: line };
        })
        .filter(({ detail }) => detail !== '');
    },
    take: async ({ id }) => {
      const found = findCell(means, id);
      return found && taken(...found);
    },
    open: async ({ id, path }) => {
      if (!panelOf(means, path)) {
        await openPath(app, path);
      }
      const found = findCell(means, id, path);
      if (found) {
        const [panel, cell] = found;
        const at = panel.content.widgets.indexOf(cell);
        app.shell.activateById(panel.id);
        panel.content.deselectAll();
        panel.content.activeCellIndex = at;
        await panel.content.scrollToItem(at, 'center').catch(() => undefined); // gone again
      }
    },
    dropped: (data: MimeData) => {
      if (!data.hasData(CELLS)) {
        return null;
      }
      const cells = (data.getData(CELLS) as Cell[]).map(cell => findCell(means, cell.model.id));
      return Promise.resolve(cells.flatMap(found => (found ? [taken(...found)] : [])));
    }
  };
}

export function selectionSource(means: NamingMeans): ReferenceSource {
  return {
    kind: 'selection',
    label: trans.__('Selection'),
    rank: 5,
    find: async () => {
      const found = selected(means);
      const detail = found ? `${baseName(found.path)}: ${firstLine(found.text)}` : '';
      return found ? [{ kind: 'selection', name: 'selection', id: found.path, detail }] : [];
    },
    take: async () => {
      const found = selected(means);
      // Two parts of one file are two references.
      const id = found ? `${found.path}#${found.from}-${found.from + found.text.length}` : '';
      return found && reference('selection', 'selection', id, { ...found });
    },
    open: ({ path }) => openPath(means.app, path)
  };
}

// -- looking ---------------------------------------------------------------------------------

export function panelOf({ notebooks }: NamingMeans, path: string): NotebookPanel | null {
  return notebooks?.find(panel => panel.context.path === path) ?? null;
}

function findCell(
  { notebooks, kernels }: NamingMeans,
  id: string,
  path?: string
): [NotebookPanel, Cell] | null {
  const panels: NotebookPanel[] = kernels?.notebook ? [kernels.notebook] : [];
  notebooks?.forEach(panel => panels.push(panel));
  for (const panel of panels) {
    const cell = panel.content.widgets.find(({ model }) => model.id === id);
    if (cell && (path === undefined || panel.context.path === path)) {
      return [panel, cell];
    }
  }
  return null;
}

function languageOf(panel: NotebookPanel | null): string {
  return panel?.content.model?.defaultKernelLanguage || 'python';
}

function partsOf(cell: Cell): CellParts {
  const shared = cell.model.sharedModel.toJSON();
  return {
    type: cell.model.type,
    source: cell.model.sharedModel.getSource(),
    ran: 'execution_count' in shared ? ((shared.execution_count as number | null) ?? null) : null,
    outputs: 'outputs' in shared ? (shared.outputs as unknown as CellParts['outputs']) : []
  };
}

interface Selected {
  path: string;
  text: string;
  language: string;
}

/** What is selected in a cell or a file's editor: of the document used last, or one in sight. */
function selected({ app, kernels }: NamingMeans): (Selected & { from: number }) | null {
  const shown = [app.shell.currentWidget, kernels?.notebook, ...app.shell.widgets('main')];
  for (const widget of shown) {
    const page = widget as Partial<DocumentWidget> | null | undefined;
    const content = page?.content as
      | { editor?: CodeEditor.IEditor; activeCell?: Cell | null }
      | undefined;
    const editor = content?.editor ?? content?.activeCell?.editor;
    if (!editor || !widget?.isVisible || !page?.context) {
      continue;
    }
    const { start, end } = editor.getSelection();
    const [one, other] = [editor.getOffsetAt(start), editor.getOffsetAt(end)];
    const from = Math.min(one, other);
    const text = editor.model.sharedModel.getSource().slice(from, Math.max(one, other));
    if (text.trim()) {
      const language = editor.model.mimeType.replace(/^[a-z]+\/(x-)?/, '');
      return { path: page.context.path, text, language: language.replace(/^i(?=python$)/, ''), from };
    }
  }
  return null;
}
