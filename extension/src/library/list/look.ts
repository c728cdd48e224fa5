/** How the library is looked at: cards or a dense list; remembered by the browser. No React. */
import { ISignal, Signal } from '@lumino/signaling';

export type LookKind = 'cards' | 'list';

const KEY = 'sponde:library:look';

export class Look {
  readonly changed: ISignal<this, void>;
  /** How far the list was scrolled, for when it is drawn again. */
  scrolled = 0;
  /** Whether the open block was opened from the list by a key: there the keyboard goes back to. */
  cameFromList = false;
  private readonly _changed = new Signal<this, void>(this);
  private _kind: LookKind;

  constructor(private readonly _store: Pick<Storage, 'getItem' | 'setItem'> | null = store()) {
    this.changed = this._changed;
    this._kind = this._store?.getItem(KEY) === 'list' ? 'list' : 'cards';
  }

  get kind(): LookKind {
    return this._kind;
  }

  set kind(kind: LookKind) {
    this._kind = kind;
    this.scrolled = 0;
    try {
      this._store?.setItem(KEY, kind);
    } catch {
      // The store is full: the choice holds as long as the page.
    }
    this._changed.emit();
  }
}

function store(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null; // a browser that keeps nothing
  }
}
