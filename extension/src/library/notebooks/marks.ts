/** What a cell remembers of its block, and how the two stand to each other. Pure. */

/** Other names that a block got in a notebook: what the block says → what is here. */
export interface CellRenames {
  names?: Record<string, string>;
  columns?: Record<string, string>;
}

/** What our cells carry in their metadata, under `sponde`. */
export interface CellMark {
  /** The block that was put there. */
  block_id?: string;
  /** The use that its outcome is noted on. */
  use_id?: string;
  /** What the block was called then. */
  name?: string;
  /** Which code of the block it was, as a fingerprint. */
  code?: string;
  /** Which text was put into the cell, as a fingerprint. */
  text?: string;
  /** The names that it got. */
  renames?: CellRenames;
  /** What was filled into the block's fields. */
  values?: Record<string, string>;
  /** What of the block stands further up in the notebook: its imports, its plain values. */
  above?: string;
}

export interface Standing {
  /** Whether the cell's text is not the one that came from the block. */
  isChanged: boolean;
  /** Whether the block is not what it was when it was put there. */
  isNewer: boolean;
}

/** How a cell stands to its block as it is now; `plain` is the cell's text without our wrapping. */
export function standing(mark: CellMark, text: string, plain: string, code: string): Standing {
  const now = fingerprint(code);
  if (fingerprint(plain) === now) {
    return { isChanged: false, isNewer: false };
  }
  if (!mark.code || !mark.text) {
    return { isChanged: true, isNewer: true }; // from before cells remembered: nobody knows
  }
  return { isChanged: fingerprint(text) !== mark.text, isNewer: mark.code !== now };
}

/** A text in 14 letters; texts that differ in white space at line ends only are alike. */
export function fingerprint(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const tidy = lines.map(line => line.trimEnd()).join('\n').replace(/^\n+|\n+$/g, '');
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < tidy.length; at += 1) {
    const letter = tidy.charCodeAt(at);
    one = Math.imul(one ^ letter, 2654435761);
    two = Math.imul(two ^ letter, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  const whole = 4294967296 * (2097151 & two) + (one >>> 0);
  return whole.toString(16).padStart(14, '0');
}

/** A cell's text with what of its block stands further up in the notebook. */
export function whole({ above = '' }: CellMark, text: string): string {
  return above ? `${above}\n\n${text}` : text;
}

/** The way back from renames; null where two names became one. */
export function undone({ names = {}, columns = {} }: CellRenames): Required<CellRenames> | null {
  const back = (given: Record<string, string>): Record<string, string> | null => {
    const turned = Object.fromEntries(Object.entries(given).map(([old, now]) => [now, old]));
    return Object.keys(turned).length === Object.keys(given).length ? turned : null;
  };
  const [oldNames, oldColumns] = [back(names), back(columns)];
  return oldNames && oldColumns ? { names: oldNames, columns: oldColumns } : null;
}

export function isEmpty({ names = {}, columns = {} }: CellRenames): boolean {
  return !Object.keys(names).length && !Object.keys(columns).length;
}

/** What `%use name df=sales "unit price"=Price` says; null where it is none, or runs at once. */
export function readUse(text: string): { name: string; pairs: Array<[string, string]> } | null {
  const line = text.trim();
  const found = /^%?use[ \t]+(?!=)([\w-]+)([^\n]*)$/.exec(line);
  if (!found || /(^|\s)--run(\s|$)/.test(found[2])) {
    return null;
  }
  const pairs: Array<[string, string]> = [];
  for (const part of found[2].matchAll(/("[^"]*"|'[^']*'|[^\s=]+)=("[^"]*"|'[^']*'|\S+)/g)) {
    pairs.push([bare(part[1]), bare(part[2])]);
  }
  return { name: found[1], pairs };
}

function bare(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
