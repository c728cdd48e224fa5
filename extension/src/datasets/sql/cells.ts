/** The cells of a notebook that a query becomes. */

export type Form = 'magic' | 'python';

/** The cells that a query becomes. */
export function cellsFor(form: Form, sql: string, datasets: readonly string[], hasMagic: boolean): string[] {
  const text = sql.trim();
  if (form === 'magic') {
    const magic = `%%sql result\n${text}`;
    return hasMagic ? [magic] : ['%load_ext sponde', magic];
  }
  const reads = datasets.length ? `sponde.dataset("${datasets[0]}").sql` : 'sponde.sql';
  // Within r"""…""" only these two would end the text.
  const isPlain = !text.includes('"""') && !text.endsWith('"');
  const literal = isPlain ? `r"""\n${text}\n"""` : JSON.stringify(text);
  return [`import sponde\n\nresult = ${reads}(${literal})\nresult`];
}

/** The datasets that a query names, in the order of the list. */
export function datasetsIn(sql: string, names: readonly string[]): string[] {
  const words = new Set(sql.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []);
  return names.filter(name => words.has(name.toLowerCase()));
}
