/** What a turn changed, in words. */
import type { Checkpoint } from '../api/schema';
import { trans } from '../ui/words';

type File = Checkpoint['files'][number];

/** "analysis.ipynb: 1 cell inserted, 2 changed". */
export function summary(file: File): string {
  const name = file.path.split('/').pop() ?? file.path;
  if (file.before === null) {
    return trans.__('%1: too large to be kept', name);
  }
  if (!file.before) {
    return trans.__('%1: made', name);
  }
  if (file.after === '') {
    return trans.__('%1: deleted', name);
  }
  const { added, changed, removed, ran } = file.cells;
  const parts = [
    added ? trans._n('%1 cell inserted', '%1 cells inserted', added) : '',
    changed ? trans._n('%1 cell changed', '%1 cells changed', changed) : '',
    removed ? trans._n('%1 cell deleted', '%1 cells deleted', removed) : '',
    ran ? trans._n('%1 cell run', '%1 cells run', ran) : ''
  ].filter(Boolean);
  return parts.length ? `${name}: ${parts.join(', ')}` : trans.__('%1: written', name);
}

/** Those that the turn changed. */
export function changedFiles(checkpoint: Checkpoint): File[] {
  return checkpoint.files.filter(file => file.before === null || file.before !== file.after);
}
