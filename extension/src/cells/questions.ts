/** What a model is asked about a cell, as it stands in the conversation. Fetched on use. Pure. */
import type { ActionId } from './actions';

const WHOLE = 'Give the whole cell as one Python block.';

/** The question about a cell; `wish` is what the person wrote, where they did. */
export const QUESTIONS: Record<ActionId, (cell: string, wish: string) => string> = {
  explain: cell =>
    `Explain ${cell}: first in one sentence what it does, then the steps that are not obvious, ` +
    'then what could go wrong.',
  fix: cell =>
    `Fix the error in ${cell}. Say in a sentence why it happens, and change as little as ` +
    `needed. ${WHOLE}`,
  document: cell =>
    `Document ${cell}: docstrings for its functions, a comment where the reason is not obvious, ` +
    `none where the code says it. Leave the code as it is. ${WHOLE}`,
  tidy: cell =>
    `Tidy ${cell}: format it, give unclear names better ones, take out what is not used. ` +
    `It must do the same as before. ${WHOLE}`,
  test: cell =>
    `Write a test of what ${cell} makes, as one cell that stands below it: plain assertions ` +
    'with messages, on small data of its own where it tests a function, on the values that are ' +
    'there where it tests those. Give it as one Python block.',
  'to-pandas': cell =>
    `Write ${cell} in pandas. The names that it leaves behind stay, with the same values. ${WHOLE}`,
  'to-sql': cell =>
    `Write ${cell} in SQL that DuckDB runs: \`duckdb.sql("""…""").df()\`, which reads DataFrames ` +
    `by their names. The names that it leaves behind stay, with the same values. ${WHOLE}`,
  'to-polars': cell =>
    `Write ${cell} in polars, with lazy frames where it helps. The names that it leaves behind ` +
    `stay. ${WHOLE}`,
  generate: (cell, wish) =>
    `${wish}\n\nWrite it as one cell that stands below ${cell}. Give it as one Python block.`
};
