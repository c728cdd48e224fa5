/** Insert, run, copy and save code, and tell the library how it went. No React. */
import { Notification } from '@jupyterlab/apputils';
import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Refusal } from '../api/client';
import type { CodeBlock } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { type Cells, type Execution, type Placed, type Ran, blockText, lastRun } from './cells';
import type { Kept } from './kept';
import type { ShownCode } from './tokens';

/** Longer than this nobody waits in front of a button. */
const PATIENCE = 8000;

interface Insertion {
  run?: boolean;
  /** Give the keyboard to the cell. */
  focus?: boolean;
}

export class CodeUse {
  /** How codes went that we put into cells and no block holds (yet): noted when they are saved. */
  private readonly _ran = new Map<string, { cell: CodeCell; notebook: string; ran: Ran }>();
  /** The languages of the cells that we filled: a cell's text may begin with a magic of ours. */
  private readonly _languages = new WeakMap<object, string>();
  private readonly _noting = new WeakMap<object, Promise<void>>();

  constructor(
    private readonly _sponde: ISponde,
    private readonly _cells: Cells,
    private readonly _kept: Kept
  ) {
    _cells.executed.connect((_, execution) => void this._note(execution));
  }

  async copy(code: ShownCode): Promise<string> {
    await navigator.clipboard.writeText(code.code);
    return 'Copied';
  }

  /** Put code into the open notebook; the answer is a word for the button. */
  async insert(code: ShownCode, options: Insertion = {}): Promise<string> {
    const panel = this._cells.notebook;
    if (panel) {
      return this._into(panel, code, options);
    }
    this._cells.offerNotebook(made => void this._into(made, code, { ...options, focus: true }));
    return 'No notebook is open';
  }

  /** Keep code that is shown somewhere. */
  async save(code: ShownCode): Promise<CodeBlock> {
    const block = await this._sponde.api.call('POST /code-blocks', {
      body: { code: code.code, language: code.language, message_id: code.messageId }
    });
    this._kept.add(code.code, block);
    const ran = this._ran.get(code.code.trim());
    if (ran && !block.last_outcome) {
      this._ran.delete(code.code.trim());
      this._cells.setMark(ran.cell, { block_id: block.id });
      await this._noteUse(ran.cell, block.id, ran.notebook);
      await this._noteRan(ran.cell, block.id, ran.ran, code.code);
    }
    return block;
  }

  /** Keep a cell's code; the cell carries its block from now on. */
  async saveCell(panel: NotebookPanel, cell: CodeCell, language: string): Promise<CodeBlock> {
    const code = cell.model.sharedModel.getSource();
    const block = await this.save({ code, language });
    if (this._cells.mark(cell).block_id !== block.id) {
      this._cells.setMark(cell, { block_id: block.id, use_id: undefined });
      const ran = lastRun(cell);
      if (ran) {
        await this._noteUse(cell, block.id, panel.context.path);
        await this._noteRan(cell, block.id, ran, code);
      }
    }
    return block;
  }

  // -- inside --------------------------------------------------------------------------------

  private async _into(panel: NotebookPanel, code: ShownCode, options: Insertion): Promise<string> {
    const blockId = code.blockId ?? this._kept.find(code.code)?.id;
    const placed = this._cells.place(panel, code.code, code.language, { block_id: blockId });
    if (!placed) {
      return 'The notebook is not ready yet';
    }
    this._languages.set(placed.cell.model, code.language);
    if (blockId) {
      const noting = this._noteUse(placed.cell, blockId, panel.context.path);
      this._noting.set(placed.cell.model, noting);
    }
    if (options.focus) {
      this._cells.focus(placed);
    }
    return options.run ? this._run(placed) : 'Inserted';
  }

  private async _run(placed: Placed): Promise<string> {
    const running = this._cells.run(placed).then(ran => {
      if (!ran) {
        return 'Not run';
      }
      return ran.ok ? 'Ran' : `Failed: ${ran.errorName}`;
    });
    const waiting = new Promise<string>(resolve =>
      setTimeout(() => resolve('Running…'), PATIENCE)
    );
    return Promise.race([running, waiting]);
  }

  private async _note({ cell, notebook, source, ran }: Execution): Promise<void> {
    const code = blockText(source, this._languages.get(cell.model) ?? '');
    await this._noting.get(cell.model);
    const { block_id: blockId, use_id: useId } = this._cells.mark(cell);
    if (!blockId) {
      if (this._languages.has(cell.model)) {
        this._ran.set(code.trim(), { cell, notebook, ran });
      }
      return;
    }
    if (!useId) {
      await this._noteUse(cell, blockId, notebook);
    }
    await this._noteRan(cell, blockId, ran, code);
  }

  private async _noteUse(
    cell: Placed['cell'],
    blockId: string,
    notebook: string
  ): Promise<void> {
    try {
      const use = await this._sponde.api.call('POST /code-blocks/{block_id}/uses', {
        path: { block_id: blockId },
        body: { notebook, cell_id: cell.model.id }
      });
      this._cells.setMark(cell, { use_id: use.id });
    } catch (error) {
      quiet(error);
    }
  }

  private async _noteRan(
    cell: CodeCell,
    blockId: string,
    ran: Ran,
    code: string
  ): Promise<void> {
    const useId = this._cells.mark(cell).use_id;
    if (!useId) {
      return;
    }
    try {
      await this._sponde.api.call('PATCH /code-blocks/{block_id}/uses/{use_id}', {
        path: { block_id: blockId, use_id: useId },
        body: {
          outcome: ran.ok ? 'ok' : 'failed',
          error_name: ran.errorName,
          error_message: ran.errorMessage,
          code
        }
      });
    } catch (error) {
      quiet(error);
    }
  }
}

/** The cell is there and runs: that it could not be noted must not stand in the way. */
function quiet(error: unknown): void {
  const refusal = Refusal.from(error);
  if (refusal.status !== 404) {
    Notification.warning(`The library could not note the use. ${refusal.message}`, {
      autoClose: 5000
    });
  }
}
