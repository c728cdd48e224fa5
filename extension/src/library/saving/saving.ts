/** Keeps code from wherever it stands: a selection, a notebook, a file, the clipboard. No React. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { CodeCell } from '@jupyterlab/cells';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';
import { Refusal } from '../../api/client';
import type { BlockSource, CodePiece, NewSource, SavedBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { trans } from '../../ui/words';
import type { CodeMeans } from '../code/CodeText';
import { CompareBody } from '../sources/Compare';
import { NewBlockBody } from './NewBlock';
import { PiecesBody } from './Pieces';
import { OPEN, tellSaved } from './saved';
import { chosenText } from './selection';
import '../../../style/saving.css';

export interface Around {
  app: JupyterFrontEnd;
  sponde: ISponde;
  means: CodeMeans;
}

/** Keep what is selected in a cell, a file or a console. */
export async function saveSelection({ app, sponde }: Around): Promise<void> {
  const chosen = chosenText(app.shell.currentWidget);
  if (!chosen?.text.trim()) {
    Notification.warning(trans.__('Nothing is selected: select some code first.'), {
      autoClose: 5000
    });
    return;
  }
  const { text, language, path, cellId, line } = chosen;
  const source = { kind: 'selection' as const, path, cell_id: cellId, line };
  tellSaved(app.commands, await keep(sponde, text, language, source));
}

/** Keep those of a notebook's cells that a person chooses. */
export async function saveNotebook(around: Around, panel: NotebookPanel): Promise<void> {
  const cells = panel.content.widgets
    .filter(cell => cell instanceof CodeCell)
    .map(cell => ({ id: cell.model.id, code: cell.model.sharedModel.getSource() }));
  const language = panel.content.model?.defaultKernelLanguage || 'python';
  const { path } = panel.context;
  const pieces = await around.sponde.api.call('POST /code-pieces', { body: { cells, language } });
  await choose(around, pieces, path, piece => ({ kind: 'cell', path, cell_id: piece.cell_id }));
}

/** Keep the functions of a .py file, or the cells of a notebook, that a person chooses. */
export async function saveFile(around: Around, path: string, text?: string): Promise<void> {
  const isNotebook = path.endsWith('.ipynb');
  if (text === undefined) {
    const { contents } = around.app.serviceManager;
    const file = await contents.get(path, { type: 'file', format: 'text', content: true });
    text = String(file.content);
  }
  const body = isNotebook ? { notebook: text } : { python: text };
  const pieces = await around.sponde.api.call('POST /code-pieces', { body });
  await choose(around, pieces, path, piece =>
    isNotebook
      ? { kind: 'cell', path, cell_id: piece.cell_id }
      : { kind: 'file', path, line: piece.line }
  );
}

/** Ask for code, and keep it. */
export async function newBlock({ app, sponde, means }: Around): Promise<void> {
  const body = new NewBlockBody(means);
  const asked = await showDialog({
    title: trans.__('New code block'),
    body,
    focusNodeSelector: '.cm-content',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save') })
    ]
  });
  if (!asked.button.accept || !asked.value) {
    return;
  }
  const { code, description } = asked.value;
  const saved = await keep(sponde, code, '', { kind: 'paste' }, description);
  tellSaved(app.commands, saved);
  await app.commands.execute(OPEN, { block_id: saved.id });
}

/** Show two blocks side by side, and offer to make one a revision of the other. */
export async function compare(around: Around, blockId: string, otherId: string): Promise<void> {
  const [block, other] = await Promise.all(
    [blockId, otherId].map(block_id =>
      around.sponde.api.call('GET /code-blocks/{block_id}', { path: { block_id } })
    )
  );
  const asked = await showDialog({
    title: trans.__('“%1” and “%2”', other.name, block.name),
    body: new CompareBody(around.means, other, block),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep both') }),
      Dialog.okButton({ label: trans.__('Make it a revision of %1', other.name) })
    ]
  });
  if (asked.button.accept) {
    await merge(around, blockId, otherId);
  }
}

/** Make a block the newest revision of another; can be undone for a while. */
export async function merge({ app, sponde }: Around, blockId: string, otherId: string): Promise<void> {
  const done = await sponde.api.call('POST /code-blocks/{block_id}/merge-into/{other_id}', {
    path: { block_id: blockId, other_id: otherId }
  });
  await app.commands.execute(OPEN, { block_id: done.block.id });
  Notification.success(trans.__('It is the newest revision of “%1” now.', done.block.name), {
    autoClose: 15_000,
    actions: [
      {
        label: trans.__('Undo'),
        callback: () =>
          void sponde.api
            .call('POST /code-block-merges/{merge_id}/undo', { path: { merge_id: done.merge_id } })
            .then(back => app.commands.execute(OPEN, { block_id: back.id }))
            .catch(told)
      }
    ]
  });
}

/** Show the place that a block came from. */
export async function openSource({ app, sponde }: Around, source: BlockSource): Promise<void> {
  if (source.message_id) {
    const message = await sponde.api.call('GET /messages/{message_id}', {
      path: { message_id: source.message_id }
    });
    await app.commands.execute('sponde:chat:open', {
      conversation: message.conversation_id,
      message: message.id
    });
    return;
  }
  const widget: Widget = await app.commands.execute('docmanager:open', { path: source.path });
  if (widget instanceof NotebookPanel && source.cell_id) {
    await widget.revealed;
    const at = widget.content.widgets.findIndex(cell => cell.model.id === source.cell_id);
    if (at >= 0) {
      widget.content.activeCellIndex = at;
      await widget.content.scrollToItem(at, 'center');
    } else {
      Notification.info(trans.__('The cell is not in this notebook any more.'), { autoClose: 5000 });
    }
  } else if (source.line) {
    const editor = (widget as { content?: { editor?: CodeEditor.IEditor } }).content?.editor;
    editor?.setCursorPosition({ line: source.line - 1, column: 0 });
    editor?.revealPosition({ line: source.line - 1, column: 0 });
  }
}

function told(error: unknown): void {
  const { message, hint } = Refusal.from(error);
  Notification.error(`${message} ${hint}`.trim(), { autoClose: 8000 });
}

async function keep(
  sponde: ISponde,
  code: string,
  language: string,
  source: NewSource,
  description = ''
): Promise<SavedBlock> {
  return sponde.api.call('POST /code-blocks', { body: { code, language, description, source } });
}

async function choose(
  { app, sponde }: Around,
  pieces: readonly CodePiece[],
  path: string,
  sourceOf: (piece: CodePiece) => NewSource
): Promise<void> {
  const file = path.split('/').pop() ?? path;
  if (!pieces.length) {
    Notification.warning(trans.__('There is nothing in %1 that could be kept.', file), {
      autoClose: 5000
    });
    return;
  }
  const asked = await showDialog({
    title: trans.__('Keep code of %1', file),
    body: new PiecesBody(pieces),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save to the library') })
    ]
  });
  const chosen = asked.button.accept ? (asked.value ?? []) : [];
  if (!chosen.length) {
    return;
  }
  const saved: SavedBlock[] = [];
  for (const piece of chosen) {
    saved.push(await keep(sponde, piece.code, piece.language, sourceOf(piece)));
  }
  const made = saved.filter(block => block.is_new);
  if (saved.length === 1) {
    tellSaved(app.commands, saved[0]);
    return;
  }
  Notification.success(
    trans._n('%1 block of %2 was saved.', '%1 blocks of %2 were saved.', made.length, file),
    {
      autoClose: 10_000,
      actions: [
        { label: trans.__('Open'), callback: () => void app.commands.execute(OPEN) },
        {
          label: trans.__('Undo'),
          callback: () =>
            void Promise.all(
              made.map(block =>
                sponde.api.call('DELETE /code-blocks/{block_id}', { path: { block_id: block.id } })
              )
            ).catch(told)
        }
      ]
    }
  );
}
