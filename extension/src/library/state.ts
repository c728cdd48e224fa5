/** What the Library panel shows: the search, and the block that is open. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { CodeBlock, LanguageCount } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { browserShelf, Drafts, type Shelf } from './drafts';
import { OpenBlock } from './opened';

const PAGE = 50;
const GATHER = 150;

export class LibraryState {
  readonly changed: ISignal<this, void>;

  query = '';
  language = '';
  ranOk = false;
  blocks: CodeBlock[] = [];
  languages: LanguageCount[] = [];
  hasMore = false;
  /** Until the first answer. */
  isLoading = true;
  error: unknown = null;
  selectedId = '';
  /** The block that is open, with its draft and its past. */
  readonly opened: OpenBlock;

  private readonly _changed = new Signal<this, void>(this);
  private _started = false;
  private _asked = 0;
  private _searching: Promise<void> = Promise.resolve();
  private _gathering: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly _sponde: ISponde,
    shelf: Shelf = browserShelf
  ) {
    this.changed = this._changed;
    this.opened = new OpenBlock(_sponde, new Drafts(shelf));
    this.opened.changed.connect(() => this._changed.emit());
    _sponde.feed.on('CodeBlockChanged', ({ block }) => this._heard(block));
    _sponde.feed.on('CodeBlockRemoved', event => this._heardRemoved(event.block_id));
    _sponde.feed.on('CodeBlocksChanged', () => {
      this._gather();
      this.opened.refresh();
    });
    _sponde.feed.reset.connect(() => {
      if (this._started) {
        void this.refresh();
      }
    });
  }

  /** All blocks there are, whatever is searched. */
  get total(): number {
    return this.languages.reduce((sum, count) => sum + count.blocks, 0);
  }

  get isNarrowed(): boolean {
    return Boolean(this.query.trim() || this.language || this.ranOk);
  }

  get selected(): CodeBlock | null {
    return this.blocks.find(block => block.id === this.selectedId) ?? null;
  }

  /** What is selected once the search has been answered: Enter may come before it. */
  async found(): Promise<CodeBlock | null> {
    for (let searching; searching !== this._searching; ) {
      searching = this._searching;
      await searching;
    }
    return this.selected;
  }

  /** Fetch for the first time, when the panel is first seen. */
  start(): void {
    if (!this._started) {
      this._started = true;
      void this.refresh();
    }
  }

  // -- the list ------------------------------------------------------------------------------

  search(query: string): Promise<void> {
    this.query = query;
    return this._narrowed();
  }

  setLanguage(language: string): Promise<void> {
    this.language = language;
    return this._narrowed();
  }

  setRanOk(ranOk: boolean): Promise<void> {
    this.ranOk = ranOk;
    return this._narrowed();
  }

  showAll(): Promise<void> {
    this.query = this.language = '';
    this.ranOk = false;
    return this._narrowed();
  }

  /** Ask again for what is shown. */
  async refresh(): Promise<void> {
    const languages = this._sponde.api.call('GET /code-blocks-by-language').then(
      counts => (this.languages = counts),
      () => this.languages // the list's own refusal says it
    );
    await Promise.all([this._fetch(Math.max(PAGE, this.blocks.length)), languages]);
    this._changed.emit();
  }

  async more(): Promise<void> {
    if (this.hasMore) {
      await this._fetch(PAGE, this.blocks.length);
    }
  }

  /** Move the selection by so many blocks. */
  select(step: number): void {
    if (!this.blocks.length) {
      return;
    }
    const at = this.blocks.findIndex(block => block.id === this.selectedId);
    const next = at < 0 ? (step > 0 ? 0 : this.blocks.length - 1) : at + step;
    this.selectedId = this.blocks[Math.max(0, Math.min(next, this.blocks.length - 1))].id;
    this._changed.emit();
  }

  /** Select a block that a person points at. */
  point(blockId: string): void {
    if (this.selectedId !== blockId) {
      this.selectedId = blockId;
      this._changed.emit();
    }
  }

  // -- the open block ------------------------------------------------------------------------

  /** Show a block with its revisions and uses. */
  open(blockId: string): Promise<void> {
    this.selectedId = blockId;
    return this.opened.open(
      blockId,
      this.blocks.find(block => block.id === blockId)
    );
  }

  close(): void {
    this.opened.close();
  }

  // -- inside --------------------------------------------------------------------------------

  private async _narrowed(): Promise<void> {
    this.selectedId = '';
    this._changed.emit(); // the input shows the letter at once
    const searching = this._fetch(PAGE);
    this._searching = searching;
    await searching;
  }

  private async _fetch(limit: number, offset = 0): Promise<void> {
    const asked = ++this._asked;
    const { query, language, ranOk } = this;
    try {
      const found = await this._sponde.api.call('GET /code-blocks', {
        query: {
          query: query.trim() || undefined,
          language: language || undefined,
          ran_ok: ranOk || undefined,
          limit,
          offset
        }
      });
      if (asked !== this._asked) {
        return; // a later letter was typed
      }
      const seen = new Set(offset ? this.blocks.map(block => block.id) : []);
      this.blocks = [
        ...(offset ? this.blocks : []),
        ...found.filter(block => !seen.has(block.id))
      ];
      this.hasMore = found.length >= limit;
      this.error = null;
    } catch (error) {
      if (asked !== this._asked) {
        return;
      }
      this.error = error;
    }
    this.isLoading = false;
    if (!this.selected) {
      this.selectedId = query && this.blocks.length ? this.blocks[0].id : '';
    }
    this._changed.emit();
  }

  private _heard(block: CodeBlock): void {
    if (this.blocks.some(one => one.id === block.id)) {
      this.blocks = this.blocks.map(one => (one.id === block.id ? block : one));
    } else {
      this._gather();
    }
    this.opened.heard(block);
    this._changed.emit();
  }

  private _heardRemoved(blockId: string): void {
    const at = this.blocks.findIndex(block => block.id === blockId);
    if (at >= 0) {
      this.blocks = this.blocks.filter(block => block.id !== blockId);
      if (this.selectedId === blockId) {
        this.selectedId = this.blocks[Math.min(at, this.blocks.length - 1)]?.id ?? '';
      }
    }
    this.opened.heardRemoved(blockId);
    this._gather();
    this._changed.emit();
  }

  /** Ask again soon; many events are one question. */
  private _gather(): void {
    if (this._started) {
      this._gathering ??= setTimeout(() => {
        this._gathering = null;
        void this.refresh();
      }, GATHER);
    }
  }
}
