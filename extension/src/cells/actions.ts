/** What can be asked about a cell, as menus name it. Pure. */
import { trans } from '../ui/words';

export type ActionId =
  | 'explain'
  | 'fix'
  | 'document'
  | 'tidy'
  | 'test'
  | 'to-pandas'
  | 'to-sql'
  | 'to-polars'
  | 'generate';

/** What becomes of the answer's code. */
export type Outcome = 'read' | 'change' | 'insert';

export interface CellAction {
  id: ActionId;
  outcome: Outcome;
  /** As menus and the palette name it. */
  label: () => string;
  /** What it does, under the pointer. */
  caption: () => string;
}

export const ACTIONS: readonly CellAction[] = [
  {
    id: 'explain',
    outcome: 'read',
    label: () => trans.__('Explain Cell'),
    caption: () => trans.__('Say what this cell does, step by step')
  },
  {
    id: 'fix',
    outcome: 'change',
    label: () => trans.__('Fix Error in Cell'),
    caption: () => trans.__('Find out why this cell fails, and propose a change')
  },
  {
    id: 'document',
    outcome: 'change',
    label: () => trans.__('Document Cell'),
    caption: () => trans.__('Propose docstrings and comments for this cell')
  },
  {
    id: 'tidy',
    outcome: 'change',
    label: () => trans.__('Tidy Cell'),
    caption: () => trans.__('Propose a cleaner form; with Ruff or Black in the kernel no model is asked')
  },
  {
    id: 'test',
    outcome: 'insert',
    label: () => trans.__('Make a Test for Cell'),
    caption: () => trans.__('Propose a cell below that checks this one')
  },
  {
    id: 'to-pandas',
    outcome: 'change',
    label: () => trans.__('Convert Cell to pandas'),
    caption: () => trans.__('Propose the same in pandas')
  },
  {
    id: 'to-sql',
    outcome: 'change',
    label: () => trans.__('Convert Cell to SQL'),
    caption: () => trans.__('Propose the same in SQL, run by DuckDB')
  },
  {
    id: 'to-polars',
    outcome: 'change',
    label: () => trans.__('Convert Cell to polars'),
    caption: () => trans.__('Propose the same in polars')
  },
  {
    id: 'generate',
    outcome: 'insert',
    label: () => trans.__('Generate Cell Below…'),
    caption: () => trans.__('Say what the next cell should do')
  }
];

export function actionOf(id: ActionId): CellAction {
  return ACTIONS.find(action => action.id === id)!;
}
