/** The difference of two texts, line by line, in parts that can be taken one by one. Pure. */

/** A part that changes: lines of the old text that go, and those that come in their place. */
export interface Hunk {
  /** Where it begins in the old text, in lines from 0. */
  at: number;
  removed: string[];
  added: string[];
}

/** A line as it is drawn. */
export interface Row {
  kind: 'same' | 'removed' | 'added' | 'skipped';
  text: string;
  /** The hunk that it belongs to; -1 for lines that stay. */
  hunk: number;
  /** The part of the line that differs from its counterpart, where there is one. */
  mark?: [number, number];
}

const CONTEXT = 2;
/** Beyond so many pairs of lines the middle counts as one change. */
const MOST_PAIRS = 4_000_000;

export function hunks(before: string, after: string): Hunk[] {
  const old = before.split('\n');
  const now = after.split('\n');
  const [head, tail] = ends(old, now);
  const found: Hunk[] = [];
  for (const [kind, text, at] of steps(
    old.slice(head, old.length - tail),
    now.slice(head, now.length - tail)
  )) {
    const place = head + at;
    let last = found[found.length - 1];
    if (!last || last.at + last.removed.length !== place) {
      last = { at: place, removed: [], added: [] };
      found.push(last);
    }
    (kind === 'removed' ? last.removed : last.added).push(text);
  }
  return found;
}

/** The steps from one list of lines to the other; each with its place in the old one. */
function* steps(
  old: string[],
  now: string[]
): Generator<['removed' | 'added', string, number]> {
  if (old.length * now.length > MOST_PAIRS) {
    yield* old.map((text, at): ['removed', string, number] => ['removed', text, at]);
    yield* now.map((text): ['added', string, number] => ['added', text, old.length]);
    return;
  }
  // The longest common subsequence, from the end, so that it is walked from the beginning.
  const width = now.length + 1;
  const table = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      table[i * width + j] =
        old[i] === now[j]
          ? table[(i + 1) * width + j + 1] + 1
          : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i += 1;
      j += 1;
    } else if (
      j >= now.length ||
      (i < old.length && table[(i + 1) * width + j] >= table[i * width + j + 1])
    ) {
      yield ['removed', old[i], i];
      i += 1;
    } else {
      yield ['added', now[j], i];
      j += 1;
    }
  }
}

/** The text with some of its hunks taken. */
export function taken(before: string, parts: readonly Hunk[]): string {
  const lines = before.split('\n');
  for (const part of [...parts].sort((one, other) => other.at - one.at)) {
    lines.splice(part.at, part.removed.length, ...part.added);
  }
  return lines.join('\n');
}

/** What is drawn: the hunks with a few lines around them. */
export function rows(before: string, parts: readonly Hunk[]): Row[] {
  const lines = before.split('\n');
  const drawn: Row[] = [];
  let at = 0;
  const same = (from: number, to: number, isFirst: boolean, isLast: boolean): void => {
    // A single line is not left out: saying so would take its place.
    const first = isFirst && to - from > CONTEXT + 1 ? to - CONTEXT : from;
    const last = isLast && to - from > CONTEXT + 1 ? from + CONTEXT : to;
    const skipsMiddle = !isFirst && !isLast && to - from > 2 * CONTEXT + 1;
    if (isFirst && first > from) {
      drawn.push({ kind: 'skipped', text: String(first - from), hunk: -1 });
    }
    for (let line = first; line < last; line += 1) {
      if (skipsMiddle && line === from + CONTEXT) {
        drawn.push({ kind: 'skipped', text: String(to - from - 2 * CONTEXT), hunk: -1 });
        line = to - CONTEXT;
      }
      drawn.push({ kind: 'same', text: lines[line], hunk: -1 });
    }
    if (isLast && !isFirst && last < to) {
      drawn.push({ kind: 'skipped', text: String(to - last), hunk: -1 });
    }
  };
  parts.forEach((part, hunk) => {
    same(at, part.at, hunk === 0, false);
    const pairs = part.removed.length === part.added.length;
    part.removed.forEach((text, line) =>
      drawn.push({
        kind: 'removed',
        text,
        hunk,
        mark: pairs ? differs(text, part.added[line]) : undefined
      })
    );
    part.added.forEach((text, line) =>
      drawn.push({
        kind: 'added',
        text,
        hunk,
        mark: pairs ? differs(text, part.removed[line]) : undefined
      })
    );
    at = part.at + part.removed.length;
  });
  if (parts.length) {
    same(at, lines.length, false, true);
  }
  return drawn;
}

/** The part of a line that is not the same in the other one; none where all of it differs. */
export function differs(text: string, other: string): [number, number] | undefined {
  const [head, tail] = ends(text, other);
  const isLittle = head + tail > 0 && text.trim().length > 0;
  return isLittle && text.length - tail > head ? [head, text.length - tail] : undefined;
}

/** How many lines, or letters, two texts share at their beginnings, and then at their ends. */
function ends(one: ArrayLike<string>, other: ArrayLike<string>): [number, number] {
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) {
    head += 1;
  }
  let tail = 0;
  while (tail < shorter - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) {
    tail += 1;
  }
  return [head, tail];
}
