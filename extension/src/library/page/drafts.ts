/** What was written into open blocks and not saved yet: it outlives another block and a reload. No React. */

/** A block's fields as a person edits them. */
export interface Draft {
  name: string;
  description: string;
  /** Tags between commas. */
  tags: string;
  language: string;
  code: string;
}

/** A draft that waits, with what it was begun from. */
export interface KeptDraft {
  draft: Draft;
  /** The block's text when the draft was begun. */
  base: Draft;
}

/** Where drafts are kept: the browser's own store; nothing is lost where there is none. */
export interface Shelf {
  read(): string | null;
  write(text: string): void;
}

const KEY = 'sponde:library:drafts';
/** Browsers give a page some 5 MB; the drafts written last are kept. */
const MOST_LETTERS = 1_000_000;
const WAIT = 300;

export const browserShelf: Shelf = {
  read: () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // a browser that keeps nothing
    }
  },
  write: text => {
    try {
      localStorage.setItem(KEY, text);
    } catch {
      // Full, or not allowed: the drafts live as long as the page.
    }
  }
};

export class Drafts {
  private _kept: Map<string, KeptDraft>;
  private _timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly _shelf: Shelf) {
    this._kept = new Map(read(_shelf.read()));
    if (typeof window !== 'undefined') {
      window.addEventListener('pagehide', () => this.flush());
    }
  }

  get(blockId: string): KeptDraft | undefined {
    return this._kept.get(blockId);
  }

  /** The blocks that have unsaved changes. */
  has(blockId: string): boolean {
    return this._kept.has(blockId);
  }

  put(blockId: string, kept: KeptDraft): void {
    this._kept.delete(blockId); // the one written last stands last
    this._kept.set(blockId, kept);
    this._timer ??= setTimeout(() => this.flush(), WAIT);
  }

  drop(blockId: string): void {
    if (this._kept.delete(blockId)) {
      this.flush();
    }
  }

  /** Write what is not written yet. */
  flush(): void {
    if (this._timer) {
      clearTimeout(this._timer);
      this._timer = null;
    }
    const entries = [...this._kept];
    let text = JSON.stringify(entries);
    while (text.length > MOST_LETTERS && entries.length > 1) {
      entries.shift();
      text = JSON.stringify(entries);
    }
    this._shelf.write(text);
  }
}

function read(text: string | null): Array<[string, KeptDraft]> {
  try {
    const found: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(found) ? (found as Array<[string, KeptDraft]>) : [];
  } catch {
    return []; // written by something else
  }
}
