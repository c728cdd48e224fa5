/** What a turn did to a notebook, what the person did since, and what going back would leave. Pure. */

export interface NotebookCell {
  id?: string;
  cell_type: string;
  source: string | string[];
  metadata?: unknown;
  outputs?: unknown[];
  execution_count?: number | null;
}

export interface NotebookText {
  cells: NotebookCell[];
}

export type Kind = 'inserted' | 'changed' | 'removed' | 'ran';

/** One cell that a turn changed. */
export interface Change {
  id: string;
  kind: Kind;
  before: string;
  after: string;
  /** Whether the person changed the same cell since. */
  isTouched: boolean;
  /** Whether there is nothing to go back from any more: the person has done so by hand. */
  isMoot: boolean;
}

/** Only what the turn changed and the person did not touch since, or everything as it was. */
export type Mode = 'ours' | 'everything';

export function changes(before: NotebookText, after: NotebookText, now: NotebookText): Change[] {
  const [old, made, present] = [byId(before), byId(after), byId(now)];
  const found: Change[] = [];
  const add = (id: string, kind: Kind, isTouched: boolean, isMoot: boolean): void => {
    const texts = { before: text(old.get(id)), after: text(made.get(id)) };
    found.push({ id, kind, ...texts, isTouched, isMoot });
  };
  for (const [id, cell] of made) {
    const was = old.get(id);
    const is = present.get(id);
    const isOther = !is || text(is) !== text(cell) || is.cell_type !== cell.cell_type;
    if (!was) {
      add(id, 'inserted', is !== undefined && isOther, !is);
    } else if (text(was) !== text(cell) || was.cell_type !== cell.cell_type) {
      const isBack = is !== undefined && text(is) === text(was) && is.cell_type === was.cell_type;
      add(id, 'changed', isOther && !isBack, isBack);
    } else if (ran(was) !== ran(cell)) {
      // Where it was run or written again since, its outputs belong to that.
      add(id, 'ran', false, isOther || ran(is) !== ran(cell));
    }
  }
  for (const id of old.keys()) {
    if (!made.has(id)) {
      add(id, 'removed', false, present.has(id));
    }
  }
  return found;
}

/** The cells that going back leaves. */
export function target(
  before: NotebookText,
  after: NotebookText,
  now: NotebookText,
  mode: Mode
): NotebookCell[] {
  if (mode === 'everything') {
    return before.cells;
  }
  const old = byId(before);
  const undone = changes(before, after, now).filter(one => !one.isTouched && !one.isMoot);
  const kinds = new Map(undone.map(one => [one.id, one.kind]));
  const cells: NotebookCell[] = [];
  for (const [id, cell] of byId(now)) {
    const kind = kinds.get(id);
    const was = old.get(id);
    if (kind === 'changed' || kind === 'ran') {
      cells.push({ ...cell, ...was, metadata: cell.metadata, id });
    } else if (kind !== 'inserted') {
      cells.push({ ...cell, id });
    }
  }
  // Each cell that was taken away comes back below the one that it stood below.
  let above: string | null = null;
  for (const [id, cell] of old) {
    if (kinds.get(id) === 'removed') {
      const at: number = above === null ? 0 : cells.findIndex(one => one.id === above) + 1;
      cells.splice(at, 0, { ...cell, id });
    }
    if (cells.some(one => one.id === id)) {
      above = id;
    }
  }
  return cells;
}

/** Whether two texts of a cell are told apart by nothing that a person would miss. */
export function same(one: NotebookCell, other: NotebookCell): boolean {
  return one.cell_type === other.cell_type && text(one) === text(other) && ran(one) === ran(other);
}

export function text(cell: NotebookCell | undefined): string {
  const source = cell?.source ?? '';
  return Array.isArray(source) ? source.join('') : source;
}

function ran(cell: NotebookCell | undefined): string {
  return JSON.stringify([cell?.execution_count ?? null, cell?.outputs ?? []]);
}

/** Cells by id, in their order; where a notebook has no ids, a cell is known by its place. */
function byId(notebook: NotebookText): Map<string, NotebookCell> {
  return new Map(notebook.cells.map((cell, index) => [cell.id ?? `#${index}`, cell]));
}

// -- lines ------------------------------------------------------------------------------------

export interface Line {
  sign: ' ' | '−' | '+';
  text: string;
}

const MOST_LINES = 600;

/** What became of a text, line by line; far from a change lines are left out (as a text of "…"). */
export function lines(before: string, after: string, around = 2): Line[] {
  const split = (one: string): string[] => (one ? one.replace(/\n$/, '').split('\n') : []);
  const [old, made] = [split(before), split(after)];
  if (old.length * made.length > MOST_LINES * MOST_LINES) {
    return [
      ...old.map(one => ({ sign: '−' as const, text: one })),
      ...made.map(one => ({ sign: '+' as const, text: one }))
    ];
  }
  // The longest common subsequence, from the end.
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(made.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = made.length - 1; j >= 0; j--) {
      table[i][j] =
        old[i] === made[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const all: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < made.length) {
    if (i < old.length && j < made.length && old[i] === made[j]) {
      all.push({ sign: ' ', text: old[i] });
      i++;
      j++;
    } else if (i < old.length && (j === made.length || table[i + 1][j] >= table[i][j + 1])) {
      all.push({ sign: '−', text: old[i++] });
    } else {
      all.push({ sign: '+', text: made[j++] });
    }
  }
  const isNear = all.map((_, at) =>
    all.slice(Math.max(0, at - around), at + around + 1).some(line => line.sign !== ' ')
  );
  const shown: Line[] = [];
  all.forEach((line, at) => {
    if (isNear[at]) {
      shown.push(line);
    } else if (shown.length === 0 || isNear[at - 1]) {
      shown.push({ sign: ' ', text: '…' });
    }
  });
  return shown;
}
