/** What can be asked about a cell: in the person's words, and in the model's. Pure. */
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
  /** The question; it stands in the conversation as it is sent. */
  question: (cell: string, wish: string) => string;
}

const WHOLE = 'Give the whole cell as one Python block.';

export const ACTIONS: readonly CellAction[] = [
  {
    id: 'explain',
    outcome: 'read',
    label: () => trans.__('Explain Cell'),
    caption: () => trans.__('Say what this cell does, step by step'),
    question: cell =>
      `Explain ${cell}: first in one sentence what it does, then the steps that are not obvious, ` +
      'then what could go wrong.'
  },
  {
    id: 'fix',
    outcome: 'change',
    label: () => trans.__('Fix Error in Cell'),
    caption: () => trans.__('Find out why this cell fails, and propose a change'),
    question: cell =>
      `Fix the error in ${cell}. Say in a sentence why it happens, and change as little as ` +
      `needed. ${WHOLE}`
  },
  {
    id: 'document',
    outcome: 'change',
    label: () => trans.__('Document Cell'),
    caption: () => trans.__('Propose docstrings and comments for this cell'),
    question: cell =>
      `Document ${cell}: docstrings for its functions, a comment where the reason is not obvious, ` +
      `none where the code says it. Leave the code as it is. ${WHOLE}`
  },
  {
    id: 'tidy',
    outcome: 'change',
    label: () => trans.__('Tidy Cell'),
    caption: () => trans.__('Propose a cleaner form; with Ruff or Black in the kernel no model is asked'),
    question: cell =>
      `Tidy ${cell}: format it, give unclear names better ones, take out what is not used. ` +
      `It must do the same as before. ${WHOLE}`
  },
  {
    id: 'test',
    outcome: 'insert',
    label: () => trans.__('Make a Test for Cell'),
    caption: () => trans.__('Propose a cell below that checks this one'),
    question: cell =>
      `Write a test of what ${cell} makes, as one cell that stands below it: plain assertions ` +
      'with messages, on small data of its own where it tests a function, on the values that are ' +
      'there where it tests those. Give it as one Python block.'
  },
  {
    id: 'to-pandas',
    outcome: 'change',
    label: () => trans.__('Convert Cell to pandas'),
    caption: () => trans.__('Propose the same in pandas'),
    question: cell =>
      `Write ${cell} in pandas. The names that it leaves behind stay, with the same values. ${WHOLE}`
  },
  {
    id: 'to-sql',
    outcome: 'change',
    label: () => trans.__('Convert Cell to SQL'),
    caption: () => trans.__('Propose the same in SQL, run by DuckDB'),
    question: cell =>
      `Write ${cell} in SQL that DuckDB runs: \`duckdb.sql("""…""").df()\`, which reads DataFrames ` +
      `by their names. The names that it leaves behind stay, with the same values. ${WHOLE}`
  },
  {
    id: 'to-polars',
    outcome: 'change',
    label: () => trans.__('Convert Cell to polars'),
    caption: () => trans.__('Propose the same in polars'),
    question: cell =>
      `Write ${cell} in polars, with lazy frames where it helps. The names that it leaves behind ` +
      `stay. ${WHOLE}`
  },
  {
    id: 'generate',
    outcome: 'insert',
    label: () => trans.__('Generate Cell Below…'),
    caption: () => trans.__('Say what the next cell should do'),
    question: (cell, wish) =>
      `${wish}\n\nWrite it as one cell that stands below ${cell}. Give it as one Python block.`
  }
];

export function actionOf(id: ActionId): CellAction {
  return ACTIONS.find(action => action.id === id)!;
}
