/** Where code and words hold what was looked for: the lines around it, and marks in what is drawn. */
import type { FoundBlock } from '../../api/schema';

type Marks = FoundBlock['marks'];

/** A stretch of a text. */
export interface Span {
  start: number;
  end: number;
}

/** The stretches of one of a block's texts. */
export function spansOf(marks: Marks | undefined, field: string): Span[] {
  return (marks ?? []).filter(mark => mark.field === field);
}

/** Some lines of code with the first match among them, and where the matches are in these lines. */
export function linesAround(
  code: string,
  spans: readonly Span[],
  most: number,
  longest: number
): { text: string; spans: Span[] } {
  const lines: Array<{ text: string; start: number; isAfterGap: boolean }> = [];
  let at = 0;
  for (const text of code.split('\n')) {
    if (text.trim()) {
      lines.push({ text, start: at, isAfterGap: false });
    }
    at += text.length + 1;
  }
  const first = spans.length ? lines.findIndex(line => line.start + line.text.length > spans[0].start) : 0;
  // The beginning is kept where the match is near it.
  const from = first < most ? 0 : Math.max(0, first - 1);
  let text = '';
  const moved: Span[] = [];
  const shown = lines.slice(from, from + most);
  shown.forEach((line, number) => {
    const begins = text.length;
    const room = Math.min(line.text.length, longest);
    for (const span of spans) {
      const start = Math.max(0, span.start - line.start);
      const end = Math.min(room, span.end - line.start);
      if (end > start) {
        moved.push({ start: begins + start, end: begins + end });
      }
    }
    text += line.text.slice(0, room) + (number < shown.length - 1 ? '\n' : '');
  });
  if (from + most < lines.length) {
    text += ' …';
  }
  return { text, spans: moved };
}

/** Put marks around stretches of what is drawn in a node; its text stays what it is. */
export function markNode(node: Node, spans: readonly Span[]): void {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    texts.push(walker.currentNode as Text);
  }
  let at = 0;
  for (const text of texts) {
    const { length } = text.data;
    const inside = spans
      .map(({ start, end }) => ({ start: Math.max(0, start - at), end: Math.min(length, end - at) }))
      .filter(({ start, end }) => end > start);
    // From the last to the first, so that what comes before keeps its place.
    for (const { start, end } of inside.reverse()) {
      const marked = start ? text.splitText(start) : text;
      if (end - start < marked.data.length) {
        marked.splitText(end - start);
      }
      const mark = document.createElement('mark');
      mark.className = 'sp-Mark';
      marked.replaceWith(mark);
      mark.append(marked);
    }
    at += length;
  }
}
