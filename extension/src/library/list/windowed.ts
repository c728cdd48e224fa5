/** Says which of many pieces can be seen, so that only those are drawn. Pure. */

export interface Rows {
  /** Where each row begins, in pixels; one more than there are rows: the last is the whole height. */
  tops: number[];
  columns: number;
}

/** Lay pieces of these heights out in rows; the highest of a row makes its height. */
export function rowsOf(heights: readonly number[], columns: number): Rows {
  const tops = [0];
  for (let first = 0; first < heights.length; first += columns) {
    const row = heights.slice(first, first + columns);
    tops.push(tops[tops.length - 1] + Math.max(...row));
  }
  return { tops, columns };
}

export function wholeHeight({ tops }: Rows): number {
  return tops[tops.length - 1];
}

/** The pieces between two heights: the first, and the one after the last. */
export function between(rows: Rows, from: number, to: number, count: number): [number, number] {
  const { tops, columns } = rows;
  const first = Math.max(0, rowAt(tops, from));
  const last = rowAt(tops, to);
  return [Math.min(first * columns, count), Math.min((last + 1) * columns, count)];
}

/** Where a piece lies, and how high its row is. */
export function placeOf({ tops, columns }: Rows, at: number): { top: number; height: number } {
  const row = Math.floor(at / columns);
  return { top: tops[row], height: tops[row + 1] - tops[row] };
}

/** How far to scroll so that a piece is seen: as little as needed. */
export function scrolledTo(rows: Rows, at: number, scrolled: number, height: number): number {
  const place = placeOf(rows, at);
  if (place.top < scrolled) {
    return place.top;
  }
  return Math.max(scrolled, place.top + place.height - height);
}

/** The row that lies at a height. */
function rowAt(tops: readonly number[], height: number): number {
  let low = 0;
  let high = tops.length - 2;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (tops[middle] <= height) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return Math.max(0, low);
}
