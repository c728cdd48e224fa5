/** Which datasets the panel shows: those that the search finds, in groups by folder or by tag. Pure. */
import type { Refusal } from '../api/client';
import type { Column, Dataset, Profile } from '../api/schema';
import { trans } from '../ui/words';

/** A dataset as it is shown: with its columns where it is open. */
export interface Shown {
  dataset: Dataset;
  isOpen: boolean;
  profile: Profile | null;
  error: Refusal | null;
  /** The columns that fit the search, with their places; all of them without one. */
  columns: Array<[number, Column]>;
}

/** What a state knows of a dataset. */
export interface Known {
  isOpen: (id: string) => boolean;
  profile: (id: string) => Profile | null;
  error: (id: string) => Refusal | null;
  /** The columns' names, also where the profile is not here. */
  names: (id: string) => readonly string[];
}

export type Grouping = 'none' | 'folder' | 'tag';

export interface Group {
  /** The folder or the tag; empty for the folder that JupyterLab serves, and for no tag. */
  key: string;
  label: string;
  shown: Shown[];
}

/** So many datasets that are found by a column open by themselves. */
const MOST_OPENED = 20;

/** Those that the words are found in: by name, folder, tag or column. */
export function found(datasets: readonly Dataset[], query: string, known: Known): Shown[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string): boolean => words.every(word => text.toLowerCase().includes(word));
  const shown: Shown[] = [];
  let opened = 0;
  for (const dataset of datasets) {
    const { id } = dataset;
    const byColumn = words.length > 0 && known.names(id).some(fits);
    const byName = fits(`${dataset.name} ${dataset.path} ${dataset.tags.join(' ')}`);
    if (!byName && !byColumn) {
      continue;
    }
    const profile = known.profile(id);
    const all = (profile?.columns ?? []).map((column, place): [number, Column] => [place, column]);
    opened += byColumn ? 1 : 0;
    shown.push({
      dataset,
      isOpen: known.isOpen(id) || (byColumn && opened <= MOST_OPENED),
      profile,
      error: known.error(id),
      columns: byColumn ? all.filter(([, column]) => fits(column.name)) : all
    });
  }
  return shown;
}

export const folderOf = ({ path }: Dataset): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Put what is shown into groups, by their names; what has no tag comes last. */
export function grouped(shown: readonly Shown[], by: Grouping): Group[] {
  const groups = new Map<string, Shown[]>();
  for (const one of shown) {
    const { tags } = one.dataset;
    const keys = by === 'folder' ? [folderOf(one.dataset)] : by === 'tag' && tags.length ? tags : [''];
    for (const key of keys) {
      const there = groups.get(key);
      if (there) {
        there.push(one);
      } else {
        groups.set(key, [one]);
      }
    }
  }
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  const isLast = (key: string): number => (by === 'tag' && !key ? 1 : 0);
  return [...groups]
    .sort(([a], [b]) => isLast(a) - isLast(b) || compare(a, b))
    .map(([key, some]) => ({ key, label: labelOf(key, by), shown: some }));
}

function labelOf(key: string, by: Grouping): string {
  if (by === 'tag') {
    return key ? `#${key}` : trans.__('without a tag');
  }
  return key || trans.__('top folder');
}
