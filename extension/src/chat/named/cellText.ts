/** Cells as text for a model: what they hold and, in short, what they gave. Pure. */
import type * as nbformat from '@jupyterlab/nbformat';

export interface CellParts {
  type: string;
  source: string;
  ran: number | null;
  outputs: readonly nbformat.IOutput[];
}

const OUTPUT_CHARACTERS = 600;

/** One cell: its source alone, or as Markdown where it has outputs. */
export function cellText(cell: CellParts, language: string): { text: string; language: string } {
  if (cell.type !== 'code') {
    return { text: cell.source, language: cell.type === 'markdown' ? 'markdown' : 'text' };
  }
  const said = saidBy(cell);
  if (!said) {
    return { text: cell.source, language };
  }
  return { text: `${fenced(cell.source, language)}\n\nOutput:\n\n${fenced(said, 'text')}`, language: '' };
}

/** A notebook's cells, one after the other; the server writes those on its disk the same way. */
export function notebookText(cells: readonly CellParts[], language: string): string {
  return cells
    .map((cell, at) => {
      if (cell.type !== 'code') {
        return `Cell ${at + 1} (text):\n\n${fenced(cell.source.trim(), 'markdown')}`;
      }
      const head = `Cell ${at + 1} (code, ${cell.ran ? `ran as ${cell.ran}` : 'not run'}):`;
      const said = saidBy(cell);
      const output = said ? `\n\nOutput:\n\n${fenced(said, 'text')}` : '';
      return `${head}\n\n${fenced(cell.source.trim(), language)}${output}`;
    })
    .join('\n\n');
}

export function firstLine(source: string): string {
  return source.split('\n').find(line => line.trim() !== '')?.trim() ?? '';
}

function saidBy(cell: CellParts): string {
  const text = cell.outputs.map(said).filter(Boolean).join('\n');
  const left = text.length - OUTPUT_CHARACTERS;
  return left > 0
    ? `${text.slice(0, OUTPUT_CHARACTERS)}\n… ${left.toLocaleString('en')} more characters`
    : text;
}

function said(output: nbformat.IOutput): string {
  switch (output.output_type) {
    case 'stream':
      return joined(output.text).trim();
    case 'error':
      return `${String(output.ename)}: ${String(output.evalue)}`;
    default: {
      const data = (output.data ?? {}) as Record<string, unknown>;
      const isPicture = Object.keys(data).some(mime => mime.startsWith('image/'));
      return isPicture ? '[a picture]' : joined(data['text/plain'] ?? '').trim();
    }
  }
}

function joined(text: unknown): string {
  return Array.isArray(text) ? text.join('') : String(text);
}

function fenced(code: string, language: string): string {
  let fence = '```';
  while (code.includes(fence)) {
    fence += '`';
  }
  return `${fence}${language}\n${code}\n${fence}`;
}
