/** How the list of datasets is grouped, and which groups are folded; kept in the browser. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { Grouping } from './finding';

const KEY = 'sponde:datasets-list';
/** So many datasets of a group are drawn at once. */
export const DRAWN_AT_ONCE = 100;

interface Kept {
  by: Grouping;
  folded: string[];
}

export class Shelves {
  by: Grouping;
  private readonly _folded: Set<string>;
  private readonly _drawn = new Map<string, number>();
  private readonly _changed = new Signal<this, void>(this);

  constructor(private readonly _storage: Pick<Storage, 'getItem' | 'setItem'> | null) {
    const kept = this._kept();
    this.by = kept.by;
    this._folded = new Set(kept.folded);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  group(by: Grouping): void {
    this.by = by;
    this._keep();
  }

  isFolded(key: string): boolean {
    return this._folded.has(`${this.by}:${key}`);
  }

  fold(key: string, isFolded = !this.isFolded(key)): void {
    const name = `${this.by}:${key}`;
    if (isFolded) {
      this._folded.add(name);
    } else {
      this._folded.delete(name);
    }
    this._keep();
  }

  /** How many of a group are drawn. */
  drawn(key: string): number {
    return this._drawn.get(`${this.by}:${key}`) ?? DRAWN_AT_ONCE;
  }

  drawMore(key: string): void {
    this._drawn.set(`${this.by}:${key}`, this.drawn(key) + DRAWN_AT_ONCE);
    this._changed.emit();
  }

  private _kept(): Kept {
    try {
      const kept = JSON.parse(this._storage?.getItem(KEY) ?? '{}') as Partial<Kept>;
      return { by: kept.by ?? 'folder', folded: kept.folded ?? [] };
    } catch {
      return { by: 'folder', folded: [] };
    }
  }

  private _keep(): void {
    try {
      this._storage?.setItem(KEY, JSON.stringify({ by: this.by, folded: [...this._folded] }));
    } catch {
      // A browser that keeps nothing forgets it with the page.
    }
    this._changed.emit();
  }
}
