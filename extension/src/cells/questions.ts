/** What a model is asked about a cell, as it stands in the conversation. Fetched on use. Pure. */
import type { ActionId } from './actions';
import { trans } from '../ui/words';

const whole = (): string => trans.__('Give the whole cell as one Python block.');

/** The question about a cell; `wish` is what the person wrote, where they did. */
export const QUESTIONS: Record<ActionId, (cell: string, wish: string) => string> = {
  explain: cell =>
    trans.__(
      'Explain %1: first in one sentence what it does, then the steps that are not obvious, ' +
        'then what could go wrong.',
      cell
    ),
  fix: cell =>
    trans.__(
      'Fix the error in %1. Say in a sentence why it happens, and change as little as needed. %2',
      cell,
      whole()
    ),
  document: cell =>
    trans.__(
      'Document %1: docstrings for its functions, a comment where the reason is not obvious, ' +
        'none where the code says it. Leave the code as it is. %2',
      cell,
      whole()
    ),
  tidy: cell =>
    trans.__(
      'Tidy %1: format it, give unclear names better ones, take out what is not used. ' +
        'It must do the same as before. %2',
      cell,
      whole()
    ),
  test: cell =>
    trans.__(
      'Write a test of what %1 makes, as one cell that stands below it: plain assertions ' +
        'with messages, on small data of its own where it tests a function, on the values that are ' +
        'there where it tests those. Give it as one Python block.',
      cell
    ),
  'to-pandas': cell =>
    trans.__(
      'Write %1 in pandas. The names that it leaves behind stay, with the same values. %2',
      cell,
      whole()
    ),
  'to-sql': cell =>
    trans.__(
      'Write %1 in SQL that DuckDB runs: `duckdb.sql("""…""").df()`, which reads DataFrames ' +
        'by their names. The names that it leaves behind stay, with the same values. %2',
      cell,
      whole()
    ),
  'to-polars': cell =>
    trans.__(
      'Write %1 in polars, with lazy frames where it helps. The names that it leaves behind ' +
        'stay. %2',
      cell,
      whole()
    ),
  // A person's own words are never part of what is filled in: they may hold a % themselves.
  generate: (cell, wish) =>
    `${wish}\n\n${trans.__(
      'Write it as one cell that stands below %1. Give it as one Python block.',
      cell
    )}`
};
