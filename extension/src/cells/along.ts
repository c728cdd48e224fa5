/** What goes along with a question about a cell: the cell, its error, what it depends on. */
import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Reference } from '../api/schema';
import type { ISponde } from '../api/tokens';
import type { IKernels } from '../kernels/tokens';
import { trans } from '../ui/words';
import { errorText, shortened } from './answer';

const LONGEST_CELL = 20_000;
const MOST_VARIABLES = 20;

interface ErrorOutput {
  ename: string;
  evalue: string;
  traceback: string[];
}

/** The error that a cell's outputs hold; null where there is none. */
export function errorOf(cell: CodeCell): ErrorOutput | null {
  for (const output of cell.model.sharedModel.getOutputs()) {
    if (output.output_type === 'error') {
      return {
        ename: String(output.ename ?? ''),
        evalue: String(output.evalue ?? ''),
        traceback: Array.isArray(output.traceback) ? output.traceback.map(String) : []
      };
    }
  }
  return null;
}

/** What a cell is called in a question: by the number beside it, else by its place. */
export function nameOf(panel: NotebookPanel, cell: CodeCell): string {
  const count = cell.model.executionCount;
  const place = panel.content.widgets.indexOf(cell) + 1;
  return count === null ? trans.__('the cell at place %1', place) : trans.__('cell [%1]', count);
}

export class Along {
  constructor(
    private readonly _sponde: ISponde,
    private readonly _kernels: IKernels | null
  ) {}

  /** Gather it; `withError` sends the error too. What cannot be had is left out. */
  async gather(panel: NotebookPanel, cell: CodeCell, withError: boolean): Promise<Reference[]> {
    const language = panel.content.model?.defaultKernelLanguage || 'python';
    const name = nameOf(panel, cell);
    const source = cell.model.sharedModel.getSource();
    const reference = (id: string, title: string, text: string): Reference => ({
      kind: 'cell', name: title, id, path: panel.context.path, text, language
    });
    const { cells, names } = await this._needs(panel, cell);
    const found = cells.map(([needed, code]) =>
      reference(needed.id, titleOf(panel, needed.id), code)
    );
    if (source.trim()) {
      found.push(reference(cell.model.id, name, shortened(source, LONGEST_CELL)));
    }
    const error = withError ? errorOf(cell) : null;
    if (error) {
      const text = errorText(error.traceback, error.ename, error.evalue);
      found.push({
        kind: 'selection', name: trans.__('error of %1', name), id: `${cell.model.id}:error`,
        path: panel.context.path, text, language: 'text'
      });
    }
    return [...found, ...(await this._variables(panel, names))];
  }

  /** The earlier cells that a cell depends on, with their texts, and the names that it uses. */
  private async _needs(
    panel: NotebookPanel,
    cell: CodeCell
  ): Promise<{ cells: Array<[{ id: string }, string]>; names: string[] }> {
    const texts = new Map<string, string>();
    for (const one of panel.content.widgets) {
      if (one.model.type === 'code') {
        texts.set(one.model.id, one.model.sharedModel.getSource());
      }
      if (one === cell) {
        break;
      }
    }
    try {
      const needs = await this._sponde.api.call('POST /cell-needs', {
        body: {
          cell_id: cell.model.id,
          cells: [...texts].map(([id, code]) => ({ id, code }))
        }
      });
      return {
        cells: needs.cells.map(needed => [needed, texts.get(needed.id) ?? '']),
        names: needs.names
      };
    } catch {
      return { cells: [], names: [] }; // the question can be asked without
    }
  }

  private async _variables(panel: NotebookPanel, names: string[]): Promise<Reference[]> {
    if (!names.length || !this._kernels) {
      return [];
    }
    const wanted = new Set(names);
    const known = await this._kernels.variables(panel).catch(() => []);
    return known
      .filter(({ name }) => wanted.has(name))
      .slice(0, MOST_VARIABLES)
      .map(({ name, type, shape }) => ({
        kind: 'variable', name, id: name, path: panel.context.path,
        text: `${name}: ${type}${shape ? ` (${shape})` : ''}`, language: ''
      }));
  }
}

function titleOf(panel: NotebookPanel, id: string): string {
  const at = panel.content.widgets.findIndex(one => one.model.id === id);
  const cell = panel.content.widgets[at];
  return cell ? nameOf(panel, cell as CodeCell) : id;
}
