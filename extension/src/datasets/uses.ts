/** What uses a dataset: its words, and the way there. */
import type { DatasetUse } from '../api/schema';
import { trans } from '../ui/words';

type Run = (command: string, args: Record<string, string | number>) => void;

/** Open what uses a dataset. */
export function openUse(use: DatasetUse, run: Run): void {
  switch (use.kind) {
    case 'conversation':
      return run('sponde:chat:open', { conversation: use.subject_id, message: use.message_id });
    case 'block':
      return run('sponde:library:open', { block_id: use.subject_id });
    case 'job':
      return run('sponde:jobs:open', { tab: 'schedules' });
    case 'dashboard':
      return run('sponde:publish:open', {});
    default:
      return run('sponde:datasets:open-cell', { path: use.path, cell_id: use.cell_id, cell: use.cell });
  }
}

/** Say in few words what kind of thing it is. */
export function aboutUse(use: DatasetUse): string {
  const file = use.path.split('/').pop() ?? '';
  switch (use.kind) {
    case 'conversation':
      return trans.__('conversation');
    case 'block':
      return trans.__('code block');
    case 'job':
      return trans.__('job of %1', file);
    case 'dashboard':
      return trans.__('dashboard of %1', file);
    default:
      return use.cells > 1
        ? trans._n('%1 cell', '%1 cells', use.cells, use.cells)
        : trans.__('cell %1', use.cell);
  }
}

/** Such as "2 notebooks and 1 conversation". */
export function usesInWords(uses: readonly DatasetUse[]): string {
  const count = (kind: DatasetUse['kind']): number => uses.filter(use => use.kind === kind).length;
  const [books, jobs, boards, blocks, talks] = (
    ['notebook', 'job', 'dashboard', 'block', 'conversation'] as const
  ).map(count);
  const parts = [
    books && trans._n('%1 notebook', '%1 notebooks', books, books),
    jobs && trans._n('%1 job', '%1 jobs', jobs, jobs),
    boards && trans._n('%1 dashboard', '%1 dashboards', boards, boards),
    blocks && trans._n('%1 code block', '%1 code blocks', blocks, blocks),
    talks && trans._n('%1 conversation', '%1 conversations', talks, talks)
  ].filter((part): part is string => Boolean(part));
  return parts.length > 1
    ? trans.__('%1 and %2', parts.slice(0, -1).join(', '), parts[parts.length - 1])
    : (parts[0] ?? '');
}
