/** Lays the difference of two texts out side by side. Pure. */
import { hunks, rows, type Row } from '../../ui/diff';

/** One side of a row: a line with its number; nothing where the other side has one more. */
export interface Side {
  line: number;
  mark?: [number, number];
}

export type Pair =
  | { kind: 'same'; left: Side; right: Side }
  | { kind: 'changed'; left: Side | null; right: Side | null }
  | { kind: 'skipped'; lines: number };

/** The rows of two texts side by side; long parts that are the same are left out. */
export function besideEachOther(before: string, after: string): Pair[] {
  const pairs: Pair[] = [];
  let left = 0;
  let right = 0;
  let waiting: { removed: Row[]; added: Row[] } = { removed: [], added: [] };
  const flush = (): void => {
    const { removed, added } = waiting;
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      pairs.push({
        kind: 'changed',
        left: removed[at] ? { line: left + at, mark: removed[at].mark } : null,
        right: added[at] ? { line: right + at, mark: added[at].mark } : null
      });
    }
    left += removed.length;
    right += added.length;
    waiting = { removed: [], added: [] };
  };
  let hunk = -1;
  for (const row of rows(before, hunks(before, after))) {
    if (row.hunk !== hunk) {
      flush();
      hunk = row.hunk;
    }
    if (row.kind === 'removed' || row.kind === 'added') {
      waiting[row.kind].push(row);
    } else if (row.kind === 'skipped') {
      pairs.push({ kind: 'skipped', lines: Number(row.text) });
      left += Number(row.text);
      right += Number(row.text);
    } else {
      pairs.push({ kind: 'same', left: { line: left }, right: { line: right } });
      left += 1;
      right += 1;
    }
  }
  flush();
  return pairs;
}
