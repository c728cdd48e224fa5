/** Coloured letters, cut at the ends of lines and where they are marked. Pure. */

/** Letters of one colour. */
export interface Piece {
  text: string;
  className: string;
  isMarked?: boolean;
}

/** Cut coloured letters at the ends of lines. */
export function linesOf(pieces: readonly Piece[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const { text, className } of pieces) {
    text.split('\n').forEach((part, at) => {
      if (at) {
        lines.push([]);
      }
      if (part) {
        lines[lines.length - 1].push({ text: part, className });
      }
    });
  }
  return lines;
}

/** Mark the letters of a line from one place to another. */
export function marked(line: readonly Piece[], mark?: readonly [number, number]): Piece[] {
  if (!mark) {
    return [...line];
  }
  const cut: Piece[] = [];
  let at = 0;
  for (const { text, className } of line) {
    const [from, to] = mark.map(place => Math.max(0, Math.min(place - at, text.length)));
    const parts: Array<[string, boolean]> = [
      [text.slice(0, from), false],
      [text.slice(from, to), true],
      [text.slice(to), false]
    ];
    parts
      .filter(([part]) => part)
      .forEach(([part, isMarked]) => cut.push({ text: part, className, isMarked }));
    at += text.length;
  }
  return cut;
}
