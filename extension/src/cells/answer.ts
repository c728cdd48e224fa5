/** The code in an answer that belongs into a cell. Pure. */

const PYTHON = new Set(['', 'python', 'py', 'python3', 'ipython', 'ipython3']);
const OPEN = /^( {0,3})(`{3,}|~{3,})[ \t]*([^\s`{]*)/;

export interface Fenced {
  language: string;
  code: string;
}

/** The fenced blocks of a Markdown text; one that was not closed counts too. */
export function fences(text: string): Fenced[] {
  const found: Fenced[] = [];
  let open: { indent: number; fence: string; language: string; lines: string[] } | null = null;
  for (const line of text.split('\n')) {
    if (!open) {
      const begins = OPEN.exec(line);
      if (begins && !(begins[2][0] === '`' && line.slice(begins[0].length).includes('`'))) {
        const [, indent, fence, language] = begins;
        open = { indent: indent.length, fence, language: language.toLowerCase(), lines: [] };
      }
      continue;
    }
    const ends = new RegExp(`^ {0,3}\\${open.fence[0]}{${open.fence.length},}[ \\t]*$`);
    if (ends.test(line)) {
      found.push({ language: open.language, code: open.lines.join('\n') });
      open = null;
    } else {
      const margin = line.length - line.trimStart().length;
      open.lines.push(line.slice(Math.min(open.indent, margin)));
    }
  }
  if (open) {
    found.push({ language: open.language, code: open.lines.join('\n') });
  }
  return found;
}

/** The block that fits best: like the cell where it changes one, else the first; null: none. */
export function codeFor(text: string, cell: string, isChange: boolean): string | null {
  const all = fences(text)
    .filter(({ language, code }) => PYTHON.has(language) && code.trim())
    .map(({ code, language }) => ({ code: code.replace(/\s+$/, ''), language }));
  const said = all.filter(({ language }) => language);
  const blocks = said.length ? said : all;
  const first = blocks.find(({ code }) => !isInstall(code)) ?? null;
  if (!isChange || !cell.trim()) {
    return first?.code ?? null;
  }
  const near = blocks.find(({ code }) => !isInstall(code) && likeness(code, cell) >= 0.3);
  return (near ?? first)?.code ?? null;
}

function isInstall(code: string): boolean {
  return code.split('\n').every(line => !line.trim() || /^\s*[!%]?\s*pip3? install/.test(line));
}

/** How many of a cell's lines a block has too, from 0 to 1. */
function likeness(code: string, cell: string): number {
  const lines = new Set(code.split('\n').map(line => line.trim()));
  const own = cell.split('\n').map(line => line.trim()).filter(Boolean);
  return own.filter(line => lines.has(line)).length / Math.max(1, own.length);
}

/** An error as text: no colours, and its middle left out where it is long. */
export function errorText(traceback: readonly string[], name: string, value: string): string {
  const text = (traceback.length ? traceback.join('\n') : `${name}: ${value}`)
    // eslint-disable-next-line no-control-regex
    .replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07/g, '')
    .replace(/\r\n?/g, '\n')
    .trim();
  return shortened(text, 6000);
}

export function shortened(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const head = Math.floor(most / 3);
  const tail = most - head;
  const left = text.length - head - tail;
  return `${text.slice(0, head)}\n[… ${left} characters left out …]\n${text.slice(-tail)}`;
}
