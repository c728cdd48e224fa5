/** What stands in the list of conversations, line by line, and which lines are in sight. Pure. */
import type { ConversationRow, Folder } from '../../api/schema';
import { trans } from '../../ui/words';

export type Line =
  | { kind: 'heading'; key: string; label: string; height: number }
  | { kind: 'folder'; key: string; folder: Folder; depth: number; isOpen: boolean; height: number }
  | { kind: 'row'; key: string; row: ConversationRow; depth: number; height: number }
  | { kind: 'quiet'; key: string; label: string; depth: number; height: number };

const HEADING = 28;
const ROW = 34;
const HIT = 68;
const DAY = 86_400_000;

/** Pinned ones first, then the latest. */
export function inOrder(rows: readonly ConversationRow[]): ConversationRow[] {
  return [...rows].sort(({ conversation: one }, { conversation: other }) => {
    const pinned = Number(other.is_pinned) - Number(one.is_pinned);
    return pinned || Date.parse(other.updated_at) - Date.parse(one.updated_at);
  });
}

/** The heading under which a conversation stands. */
export function when(moment: string, now: Date): string {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const at = new Date(moment);
  const time = at.getTime();
  if (time >= midnight) {
    return trans.__('Today');
  }
  if (time >= midnight - DAY) {
    return trans.__('Yesterday');
  }
  if (time >= midnight - 7 * DAY) {
    return trans.__('Last 7 days');
  }
  const isThisYear = at.getFullYear() === now.getFullYear();
  return at.toLocaleDateString(undefined, {
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' })
  });
}

/** The whole list: folders with what lies in open ones, then the rest by time. */
export function arrange(
  folders: readonly Folder[],
  open: ReadonlySet<string>,
  rowsOf: (folder: string) => { rows: readonly ConversationRow[]; isKnown: boolean },
  now: Date
): Line[] {
  const lines: Line[] = [];
  const below = (parent: string): Folder[] =>
    folders
      .filter(({ parent_id }) => parent_id === parent)
      .sort((one, other) => one.name.localeCompare(other.name));
  const add = (folder: Folder, depth: number): void => {
    const isOpen = open.has(folder.id);
    lines.push({ kind: 'folder', key: folder.id, folder, depth, isOpen, height: ROW });
    if (isOpen) {
      const inner = below(folder.id);
      inner.forEach(one => add(one, depth + 1));
      const { rows, isKnown } = rowsOf(folder.id);
      rows.forEach(row => lines.push(asLine(row, depth + 1)));
      if (isKnown && !rows.length && !inner.length) {
        const label = trans.__('Nothing in here yet: drag a conversation onto it.');
        lines.push({ kind: 'quiet', key: `${folder.id}-empty`, label, depth: depth + 1, height: ROW });
      }
    }
  };
  const top = below('');
  if (top.length) {
    lines.push({ kind: 'heading', key: 'folders', label: trans.__('Folders'), height: HEADING });
    top.forEach(folder => add(folder, 0));
  }
  let heading = '';
  for (const row of rowsOf('').rows) {
    const { is_pinned, updated_at } = row.conversation;
    const label = is_pinned ? trans.__('Pinned') : when(updated_at, now);
    if (label !== heading) {
      heading = label;
      lines.push({ kind: 'heading', key: `heading-${label}`, label, height: HEADING });
    }
    lines.push(asLine(row, 0));
  }
  return lines;
}

/** What a search found: one below the other. */
export function found(rows: readonly ConversationRow[]): Line[] {
  return rows.map(row => asLine(row, 0));
}

function asLine(row: ConversationRow, depth: number): Line {
  return {
    kind: 'row',
    key: row.conversation.id,
    row,
    depth,
    height: row.hit ? HIT : ROW
  };
}

/** Where each line begins; the last entry is the height of all. */
export function tops(lines: readonly Line[]): number[] {
  const all = [0];
  lines.forEach(({ height }, at) => all.push(all[at] + height));
  return all;
}

/** The lines between two heights, from and up to. */
export function between(starts: readonly number[], top: number, bottom: number): [number, number] {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= top) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  let end = low;
  while (end < starts.length - 1 && starts[end] < bottom) {
    end += 1;
  }
  return [Math.min(low, Math.max(0, starts.length - 2)), end];
}
