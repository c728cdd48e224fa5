/** What a tab of SQL holds over a reload: its text, and which query's result it shows. */

export interface Kept {
  text: string;
  /** The query whose result is shown; empty without one. */
  queryId: string;
}

const PREFIX = 'sponde-sql:';
const NONE: Kept = { text: '', queryId: '' };

export interface Keeper {
  get(id: string): Kept;
  put(id: string, kept: Kept): void;
  drop(id: string): void;
}

export function browserKeeper(storage: Storage): Keeper {
  return {
    get: id => {
      try {
        return { ...NONE, ...(JSON.parse(storage.getItem(PREFIX + id) ?? '{}') as Partial<Kept>) };
      } catch {
        return NONE;
      }
    },
    put: (id, kept) => {
      try {
        storage.setItem(PREFIX + id, JSON.stringify(kept));
      } catch {
        // The browser's room is full: the text is in the history once it was run.
      }
    },
    drop: id => storage.removeItem(PREFIX + id)
  };
}
