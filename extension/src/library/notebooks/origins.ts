/** Keeps the lines at cells that came from the library. Fetched when a notebook has such a cell. */
import { Notification } from '@jupyterlab/apputils';
import type { Cell, CodeCell } from '@jupyterlab/cells';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';
import * as React from 'react';
import { Refusal } from '../../api/client';
import type { CodeBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { addStrip } from '../../cells/host';
import { Proposal } from '../../cells/proposal';
import { Strip, type StripDeeds } from '../../cells/Strip';
import { trans } from '../../ui/words';
import type { Cells } from './cells';
import { renamed } from '../fits/fitting';
import { isEmpty, readUse, undone, whole, type CellMark, type CellRenames } from './marks';
import { Blocks, Origin } from './origin';
import { OriginLine } from './OriginLine';
import { markOf } from './use';
import { blockText, cellText } from './wrapping';
import '../../../style/fitting.css';

export interface OriginMeans {
  sponde: ISponde;
  cells: Cells;
  languages: IEditorLanguageRegistry;
  /** Show a block in the library. */
  open: (blockId: string) => void;
}

export class Origins {
  private readonly _blocks: Blocks;
  private readonly _lines = new Map<Cell, { origin: Origin; line: Widget }>();
  private readonly _proposals = new Map<Cell, { proposal: Proposal; strip: Widget }>();
  private readonly _watched = new WeakSet<NotebookPanel>();

  constructor(private readonly _means: OriginMeans) {
    this._blocks = new Blocks(_means.sponde);
  }

  /** Keep the lines of a notebook from now on. */
  watch(panel: NotebookPanel): void {
    if (this._watched.has(panel)) {
      return;
    }
    this._watched.add(panel);
    const sync = (): void => this._sync(panel);
    panel.content.model?.cells.changed.connect(sync);
    panel.content.modelContentChanged.connect(sync); // a cell was marked, detached, brought back
    panel.disposed.connect(() => panel.content.modelContentChanged.disconnect(sync));
    sync();
  }

  /** A person typed %use: the cell that it became remembers its block. */
  async adopt(panel: NotebookPanel, cell: Cell, typed: string): Promise<void> {
    const said = readUse(typed);
    if (!said || cell.isDisposed) {
      return;
    }
    const { api } = this._means.sponde;
    const block = await api.call('GET /code-blocks-by-name/{name}', { path: { name: said.name } });
    const uses = await api.call('GET /code-blocks/{block_id}/uses', {
      path: { block_id: block.id },
      query: { limit: 10 }
    });
    const { needs } = block.facts;
    const renames: CellRenames = {};
    const values: Record<string, string> = {};
    for (const [old, now] of said.pairs) {
      if (block.fields.some(({ name }) => name === old)) {
        values[old] = now;
        continue;
      }
      const kind = needs.includes(old) ? 'names' : 'columns';
      renames[kind] = { ...renames[kind], [old]: now };
    }
    if (!cell.isDisposed) {
      this._means.cells.setMark(cell, {
        ...markOf(block, cell.model.sharedModel.getSource()),
        renames: isEmpty(renames) ? undefined : renames,
        values: Object.keys(values).length ? values : undefined,
        use_id: uses.find(use => use.cell_id === cell.model.id)?.id
      });
      this.watch(panel);
    }
  }

  // -- lines --------------------------------------------------------------------------------

  private _sync(panel: NotebookPanel): void {
    for (const [cell, { origin, line }] of this._lines) {
      if (cell.isDisposed || line.isDisposed) {
        origin.dispose();
        line.dispose();
        this._lines.delete(cell);
      }
    }
    for (const cell of panel.content.widgets) {
      const { block_id: blockId } = this._means.cells.mark(cell);
      const known = this._lines.get(cell);
      if (known && known.origin.blockId !== blockId) {
        known.origin.dispose();
        known.line.dispose();
        this._lines.delete(cell);
      }
      if (blockId && !this._lines.has(cell) && cell.model.type !== 'raw') {
        if (cell.isPlaceholder()) {
          void cell.ready.then(() => !cell.isDisposed && this._sync(panel), () => undefined);
        } else {
          this._add(cell, blockId);
        }
      }
    }
  }

  private _add(cell: Cell, blockId: string): void {
    const origin = new Origin(cell, blockId, this._blocks, () => this._means.cells.mark(cell));
    const line = addStrip(cell, 'input', () =>
      React.createElement(OriginLine, {
        origin,
        deeds: {
          open: () => this._means.open(blockId),
          updateBlock: () => void told(this._updateBlock(origin)),
          updateCell: () => void told(this._updateCell(origin)),
          detach: () => this._detach(cell),
          bringBack: () => void told(this._bringBack(blockId))
        }
      })
    );
    line.addClass('sp-mod-origin');
    this._lines.set(cell, { origin, line });
  }

  // -- deeds --------------------------------------------------------------------------------

  /** Make the cell's text the block's, with the renames undone; what it was is a revision. */
  private async _updateBlock({ cell, blockId, block }: Origin): Promise<void> {
    if (!block) {
      return;
    }
    const mark = this._means.cells.mark(cell);
    const source = cell.model.sharedModel.getSource();
    const back = undone(mark.renames ?? {});
    if (!back) {
      throw new Refusal(
        409,
        'conflict',
        trans.__('Two names of the block are one name in this cell.'),
        trans.__('Change the block itself in the library.')
      );
    }
    const { api } = this._means.sponde;
    const of = [...Object.keys(back.names), ...block.facts.needs];
    const code = await renamed(
      this._means.sponde,
      blockText(whole(mark, source), block.language),
      back,
      of
    );
    const now = await api.call('PATCH /code-blocks/{block_id}', {
      path: { block_id: blockId },
      body: { code }
    });
    this._blocks.set(now);
    if (!cell.isDisposed) {
      this._means.cells.setMark(cell, {
        ...markOf(now, source),
        renames: mark.renames,
        use_id: undefined
      });
    }
    Notification.success(trans.__('“%1” was updated; what it was is kept as a revision.', now.name), {
      autoClose: 8000,
      actions: [{ label: trans.__('Undo'), callback: () => void told(this._restore(now)) }]
    });
  }

  private async _restore(block: CodeBlock): Promise<void> {
    const { api } = this._means.sponde;
    const path = { block_id: block.id };
    const [last] = await api.call('GET /code-blocks/{block_id}/revisions', { path });
    if (last) {
      this._blocks.set(
        await api.call('POST /code-blocks/{block_id}/revisions/{revision_id}/restore', {
          path: { ...path, revision_id: last.id }
        })
      );
    }
  }

  /** Show what the block's newer code would change in the cell. */
  private async _updateCell({ cell, block }: Origin): Promise<void> {
    const panel = this._means.cells.panelOf(cell);
    const wrong = panel ? this._means.cells.isClosed(panel) : '';
    if (!block || !panel || wrong) {
      throw new Refusal(409, 'conflict', wrong || trans.__('The notebook is closed.'), '');
    }
    const { renames = {}, values } = this._means.cells.mark(cell);
    const { withValues } = await import('../fields/fields');
    const own = await withValues(this._means.sponde, block, values);
    const code = await renamed(this._means.sponde, own, renames, block.facts.needs);
    const text = cellText(
      code,
      block.language,
      this._means.cells.language(panel),
      block.facts.datasets
    );
    this._close(cell);
    const source = cell.model.sharedModel.getSource();
    const label = (): string => trans.__('Update the cell from “%1”', block.name);
    const proposal = new Proposal(
      { id: 'fix', outcome: 'change', label, caption: label },
      panel,
      cell.model.id,
      block.name,
      source
    );
    proposal.set({ status: 'ready', code: text });
    const deeds = this._stripDeeds(cell, { ...markOf(block, text), renames, values, above: undefined });
    const strip = addStrip(cell, 'input', () => React.createElement(Strip, { proposal, deeds }));
    this._proposals.set(cell, { proposal, strip });
    cell.model.contentChanged.connect(proposal.tell, proposal);
    strip.disposed.connect(() => !cell.isDisposed && cell.model.contentChanged.disconnect(proposal.tell, proposal));
    requestAnimationFrame(() => strip.node.querySelector<HTMLElement>('.jp-mod-accept')?.focus());
  }

  private _stripDeeds(cell: Cell, mark: CellMark): StripDeeds {
    const nothing = (): void => undefined;
    const end = (): void => {
      this._close(cell);
      this._focus(cell);
    };
    return {
      languages: this._means.languages,
      ask: nothing,
      stop: nothing,
      again: nothing,
      openChat: nothing,
      insert: proposal => {
        proposal.insert();
        end();
      },
      accept: (proposal, hunk) => {
        // One step of the cell's own undo takes back the text and what it remembers.
        cell.model.sharedModel.transact(() => {
          proposal.take(hunk);
          if (!proposal.hunks.length || !hunk) {
            this._means.cells.setMark(cell, { ...mark, use_id: undefined });
          }
        });
        if (!proposal.hunks.length) {
          end();
        }
      },
      reject: (proposal, hunk) => {
        if (hunk) {
          proposal.reject(hunk);
        }
        if (!hunk || !proposal.hunks.length) {
          end();
        }
      },
      leave: end
    };
  }

  private _detach(cell: Cell): void {
    this._close(cell);
    const { block_id, use_id, name, code, text, renames, values, above, ...rest } =
      this._means.cells.mark(cell);
    void [block_id, use_id, name, code, text, renames, values, above];
    cell.model.sharedModel.transact(() => {
      if (Object.keys(rest).length) {
        cell.model.setMetadata('sponde', rest);
      } else {
        cell.model.deleteMetadata('sponde');
      }
    });
    this._focus(cell);
  }

  private async _bringBack(blockId: string): Promise<void> {
    this._blocks.set(
      await this._means.sponde.api.call('POST /code-blocks/{block_id}/restore', {
        path: { block_id: blockId }
      })
    );
  }

  private _close(cell: Cell): void {
    this._proposals.get(cell)?.strip.dispose();
    this._proposals.delete(cell);
  }

  /** Give the keyboard to the cell's editor, where Ctrl Z takes back what was done to it. */
  private _focus(cell: Cell): void {
    const panel = this._means.cells.panelOf(cell);
    if (!panel || cell.isDisposed) {
      return;
    }
    panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
    panel.content.mode = 'edit';
    void NotebookActions.focusActiveCell(panel.content, { waitUntilReady: true });
    (cell as CodeCell).editor?.focus();
  }
}

function told(work: Promise<unknown>): Promise<unknown> {
  return work.catch(error => {
    const { message, hint } = Refusal.from(error);
    Notification.error(`${message} ${hint}`.trim(), { autoClose: 8000 });
  });
}
