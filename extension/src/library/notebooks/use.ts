/** Insert, run, copy and save code, and tell the library how it went. No React. */
import { Notification } from '@jupyterlab/apputils';
import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Refusal } from '../../api/client';
import type { CodeBlock, SavedBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import type { IKernels } from '../../kernels/tokens';
import { trans } from '../../ui/words';
import { type Cells, type Execution, type Placed, type Ran, type Spot, lastRun } from './cells';
import type { Fitted } from '../fits/fitting';
import type { Kept } from '../saving/kept';
import { fingerprint, isEmpty, type CellMark } from './marks';
import type { Evidence } from '../proof/noting';
import type { ShownCode } from '../tokens';
import { blockText, cannotRun, cellText } from './wrapping';

/** Longer than this nobody waits in front of a button. */
const PATIENCE = 8000;

interface Insertion {
  run?: boolean;
  /** Give the keyboard to the cell. */
  focus?: boolean;
  /** Where it goes; below the active cell where left out. */
  spot?: Spot;
  /** How it fits, where that is known already: nothing is asked. */
  fits?: Fitted;
  /** Code for a cell of its own above it, run before it. */
  before?: string;
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
    private readonly _kept: Kept,
    private readonly _kernels: IKernels | null = null
  ) {
    _cells.executed.connect((_, execution) => void this._note(execution));
  }

  async copy(code: ShownCode): Promise<string> {
    await navigator.clipboard.writeText(code.code);
    return trans.__('Copied');
  }

  /** Put code into a notebook, the open one where none is said; the answer is a word for the button. */
  async insert(
    code: ShownCode,
    options: Insertion = {},
    panel: NotebookPanel | null = this._cells.notebook
  ): Promise<string> {
    if (panel) {
      return this._into(panel, code, options);
    }
    this._cells.offerNotebook(made => void this._into(made, code, { ...options, focus: true }));
    return trans.__('No notebook is open');
  }

  /** Keep code that is shown somewhere. */
  async save(code: ShownCode): Promise<SavedBlock> {
    const block = await this._sponde.api.call('POST /code-blocks', {
      body: {
        code: code.code,
        language: code.language,
        message_id: code.messageId,
        source: code.source
      }
    });
    this._kept.add(code.code, block);
    const ran = this._ran.get(code.code.trim());
    if (ran && !block.last_outcome) {
      this._ran.delete(code.code.trim());
      this._cells.setMark(ran.cell, markOf(block, sourceOf(ran.cell)));
      await this._noteUse(ran.cell, block.id, ran.notebook);
      await this._noteRan(ran.cell, block.id, ran.ran, code.code);
    }
    return block;
  }

  /** Keep a cell's code; the cell carries its block from now on. */
  async saveCell(panel: NotebookPanel, cell: CodeCell, language: string): Promise<SavedBlock> {
    const code = cell.model.sharedModel.getSource();
    const source = { kind: 'cell' as const, path: panel.context.path, cell_id: cell.model.id };
    const block = await this.save({ code, language, source });
    if (this._cells.mark(cell).block_id !== block.id) {
      this._cells.setMark(cell, {
        ...markOf(block, code),
        use_id: undefined,
        renames: undefined,
        above: undefined
      });
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
    const kernelLanguage = this._cells.language(panel);
    const wrong =
      this._cells.isClosed(panel) || cannotRun(code.code, code.language, kernelLanguage);
    if (wrong) {
      Notification.warning(wrong, { autoClose: 8000 });
      return trans.__('Not inserted');
    }
    const blockId = code.blockId ?? this._kept.find(code.code)?.id;
    const block = blockId ? await this._block(blockId) : null;
    const isKept = block !== null && block.code === code.code;
    const fits = options.fits ?? (isKept ? await this._fitted(panel, block, options) : undefined);
    if (fits === null) {
      return trans.__('Not inserted');
    }
    const text = cellText(
      fits?.code ?? code.code,
      code.language,
      kernelLanguage,
      fits?.tables ?? block?.facts.datasets
    );
    const mark: CellMark = block ? markOf(block, text, fits) : {};
    const isMarkdown = code.language === 'markdown';
    const placed = this._cells.place(panel, text, isMarkdown, mark, options.spot);
    if (!placed) {
      return trans.__('The notebook is not ready yet');
    }
    this._languages.set(placed.cell.model, code.language);
    if (block) {
      const noting = this._noteUse(placed.cell, block.id, panel.context.path);
      this._noting.set(placed.cell.model, noting);
    }
    if (options.before) {
      await this._above(placed, options.before, Boolean(options.run));
    }
    if (fits?.installs) {
      this._install(placed, fits.install);
      return trans.__('Inserted');
    }
    if (options.focus) {
      this._cells.focus(placed);
    }
    if (fits?.install) {
      this._offerInstall(placed, fits.install);
    }
    return options.run ? this._run(placed) : trans.__('Inserted');
  }

  private async _block(blockId: string): Promise<CodeBlock | null> {
    try {
      return await this._sponde.api.call('GET /code-blocks/{block_id}', {
        path: { block_id: blockId }
      });
    } catch (error) {
      quiet(error);
      return null;
    }
  }

  /** The block's code as the notebook needs it; null where a person does not want it any more. */
  private async _fitted(
    panel: NotebookPanel,
    block: CodeBlock,
    options: Insertion
  ): Promise<Fitted | null | undefined> {
    if (!block.fields.length && (!this._kernels || block.language !== 'python')) {
      return undefined;
    }
    const { fitted } = await import('../fits/fitting');
    return fitted(this._sponde, this._kernels, panel, block, Boolean(options.run));
  }

  /** Put the line that installs what is missing above the cell that needs it. */
  private _install({ panel, cell }: Placed, line: string): void {
    const at = panel.content.widgets.indexOf(cell);
    const placed = this._cells.place(panel, line, false, {}, { at: Math.max(0, at) });
    if (placed) {
      this._cells.focus(placed);
    }
  }

  /** Put what loads the data into a cell above the one that needs it. */
  private async _above(placed: Placed, code: string, runs: boolean): Promise<void> {
    const { panel, cell } = placed;
    const at = panel.content.widgets.indexOf(cell);
    const above = this._cells.place(panel, code.trim(), false, {}, { at: Math.max(0, at) });
    if (above && runs) {
      await this._cells.run(above);
    }
    panel.content.activeCellIndex = Math.max(0, panel.content.widgets.indexOf(cell));
  }

  private _offerInstall(placed: Placed, line: string): void {
    const names = line.replace(/^%pip install /, '').split(' ').join(', ');
    Notification.warning(trans.__('This kernel does not find %1, which the code imports.', names), {
      autoClose: 15_000,
      actions: [
        {
          label: trans.__('Insert “%1”', line),
          callback: () => this._install(placed, line)
        }
      ]
    });
  }

  private async _run(placed: Placed): Promise<string> {
    const running = this._cells.run(placed).then(ran => {
      if (!ran) {
        return trans.__('Not run');
      }
      return ran.ok ? trans.__('Ran') : trans.__('Failed: %1', ran.errorName);
    });
    const waiting = new Promise<string>(resolve =>
      setTimeout(() => resolve(trans.__('Running…')), PATIENCE)
    );
    return Promise.race([running, waiting]);
  }

  private async _note({ cell, notebook, source, ran }: Execution): Promise<void> {
    await this._noting.get(cell.model);
    const mark = this._cells.mark(cell);
    const { block_id: blockId, use_id: useId } = mark;
    // Under the notebook's names it is still the block's own code.
    const isOurs = mark.text !== undefined && fingerprint(source) === mark.text;
    const code = blockText(source, this._languages.get(cell.model) ?? '');
    if (!blockId) {
      if (this._languages.has(cell.model)) {
        this._ran.set(code.trim(), { cell, notebook, ran });
      }
      return;
    }
    if (!useId) {
      await this._noteUse(cell, blockId, notebook);
    }
    await this._noteRan(cell, blockId, ran, isOurs ? undefined : code);
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

  /** What the run proves beside its outcome; that it cannot be told must not stand in the way. */
  private async _evidence(cell: CodeCell): Promise<Evidence> {
    try {
      const { evidence } = await import('../proof/noting');
      return await evidence(cell, this._cells.kernelOf(cell));
    } catch {
      return {};
    }
  }

  private async _noteRan(
    cell: CodeCell,
    blockId: string,
    ran: Ran,
    code: string | undefined
  ): Promise<void> {
    const useId = this._cells.mark(cell).use_id;
    if (!useId) {
      return;
    }
    const proof = await this._evidence(cell);
    try {
      await this._sponde.api.call('PATCH /code-blocks/{block_id}/uses/{use_id}', {
        path: { block_id: blockId, use_id: useId },
        body: {
          outcome: ran.ok ? 'ok' : 'failed',
          error_name: ran.errorName,
          error_message: ran.errorMessage,
          code,
          ...proof
        }
      });
    } catch (error) {
      quiet(error);
    }
  }
}

function sourceOf(cell: CodeCell): string {
  return cell.isDisposed ? '' : cell.model.sharedModel.getSource();
}

/** What a cell remembers of a block whose code it was given. */
export function markOf(block: CodeBlock, text: string, fits?: Fitted): CellMark {
  return {
    block_id: block.id,
    name: block.name,
    code: fingerprint(block.code),
    text: fingerprint(text),
    ...(fits && !isEmpty(fits.renames) ? { renames: fits.renames } : {}),
    ...(fits?.values ? { values: fits.values } : {})
  };
}

/** The cell is there and runs: that it could not be noted must not stand in the way. */
function quiet(error: unknown): void {
  const refusal = Refusal.from(error);
  if (refusal.status !== 404) {
    Notification.warning(trans.__('The library could not note the use. %1', refusal.message), {
      autoClose: 5000
    });
  }
}
