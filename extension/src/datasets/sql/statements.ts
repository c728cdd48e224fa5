/** Where SQL's statements, words, texts and remarks begin and end. Knows no datasets. */

export type PieceKind = 'word' | 'name' | 'text' | 'remark' | 'number' | 'mark';

/** A piece of SQL; what is between two of them is white space. */
export interface Piece {
  kind: PieceKind;
  start: number;
  end: number;
  text: string;
}

export interface Statement {
  start: number;
  end: number;
  text: string;
}

const PIECE =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|\d[\w.]*|[\p{L}_][\p{L}\p{N}_$]*|[^\s]/gu;

export function piecesOf(sql: string): Piece[] {
  return [...sql.matchAll(PIECE)].map(found => {
    const text = found[0];
    return { kind: kindOf(text), start: found.index, end: found.index + text.length, text };
  });
}

function kindOf(text: string): PieceKind {
  if (text.startsWith('--') || text.startsWith('/*')) {
    return 'remark';
  }
  if (text.startsWith("'") || (text.startsWith('$') && text.length > 1)) {
    return 'text';
  }
  if (text.startsWith('"')) {
    return 'name';
  }
  if (/^\d/.test(text)) {
    return 'number';
  }
  return /^[\p{L}_]/u.test(text) ? 'word' : 'mark';
}

/** The statements of a text, without the semicolons between them; remarks alone are none. */
export function statementsOf(sql: string): Statement[] {
  const found: Statement[] = [];
  let start = 0;
  const add = (end: number): void => {
    const text = sql.slice(start, end);
    const begin = start + (text.length - text.trimStart().length);
    if (piecesOf(text).some(piece => piece.kind !== 'remark')) {
      found.push({ start: begin, end: begin + text.trim().length, text: text.trim() });
    }
    start = end + 1;
  };
  for (const piece of piecesOf(sql)) {
    if (piece.text === ';') {
      add(piece.start);
    }
  }
  add(sql.length);
  return found;
}

/** The statement that the cursor stands in, or the one before it. */
export function statementAt(sql: string, offset: number): Statement | null {
  const all = statementsOf(sql);
  const here = all.find(one => one.start <= offset && offset <= one.end + 1);
  return here ?? [...all].reverse().find(one => one.start <= offset) ?? all[0] ?? null;
}

/** Write a name as SQL takes it: in quotes where it is more than letters, digits and underscores. */
export function quoted(name: string, isReserved: (word: string) => boolean = () => false): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) && !isReserved(name.toLowerCase())
    ? name
    : `"${name.replace(/"/g, '""')}"`;
}

/** The name that a word or a name in quotes stands for. */
export function plain(text: string): string {
  return text.startsWith('"') ? text.slice(1, text.endsWith('"') && text.length > 1 ? -1 : undefined).replace(/""/g, '"') : text;
}
