/** The outputs of a cell, as a model reads them. Pure. */
import type * as nbformat from '@jupyterlab/nbformat';

/** As much of a cell's outputs as a model may read; the server cuts again. */
const LONGEST = 20_000;
const PICTURES = /^image\/|vega|plotly|bokeh/;

/** A cell's outputs as a model reads them; pictures are only named. */
export function asText(outputs: readonly nbformat.IOutput[]): string {
  const parts = outputs.map(output => {
    if (output.output_type === 'stream') {
      return joined(output.text);
    }
    if (output.output_type === 'error') {
      const trace = joined((output.traceback as string[] | undefined)?.join('\n'));
      return trace || `${String(output.ename)}: ${String(output.evalue)}`;
    }
    const data = (output.data ?? {}) as nbformat.IMimeBundle;
    const picture = Object.keys(data).find(mime => PICTURES.test(mime));
    const plain = joined(data['text/markdown'] ?? data['text/plain']);
    return picture ? `[a picture (${picture}), shown in the notebook]` : plain;
  });
  const text = parts
    .filter(Boolean)
    .join('\n')
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
    .trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n[cut]` : text;
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.join('') : typeof value === 'string' ? value : '';
}
