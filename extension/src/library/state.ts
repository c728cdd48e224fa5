/** What the Library panel shows: the search, and the block that is open. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { CodeBlock, LanguageCount } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { browserShelf, Drafts, type Shelf } from './page/drafts';
import { Finding } from './finding/finding';
import { OpenBlock } from './page/opened';

const GATHER = 150;

export class LibraryState {
  readonly changed: ISignal<this, void>;

  /** The search and what it found. */
  readonly finding: Finding;
  languages: LanguageCount[] = [];
  selectedId = '';
  /** The block that is open, with its draft and its past. */
  readonly opened: OpenBlock;

  private readonly _changed = new Signal<this, void>(this);
  private _started = false;
  private _gathering: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly _sponde: ISponde,
    shelf: Shelf = browserShelf
  ) {
    this.changed = this._changed;
    this.finding = new Finding(_sponde);
    this.finding.changed.connect(() => {
      if (!this.selected) {
        this.selectedId = this.query.trim() ? (this.blocks[0]?.id ?? '') : '';
      }
      this._changed.emit();
    });
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

  get query(): string {
    return this.finding.text;
  }

  get blocks(): CodeBlock[] {
    return this.finding.blocks;
  }

  get hasMore(): boolean {
    return this.finding.hasMore;
  }

  get isLoading(): boolean {
    return this.finding.isLoading;
  }

  get error(): unknown {
    return this.finding.error;
  }

  get isNarrowed(): boolean {
    return this.finding.isNarrowed;
  }

  get selected(): CodeBlock | null {
    return this.blocks.find(block => block.id === this.selectedId) ?? null;
  }

  /** What is selected once the search has been answered: Enter may come before it. */
  async found(): Promise<CodeBlock | null> {
    await this.finding.answered();
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

  search(text: string): Promise<void> {
    this.selectedId = '';
    return this.finding.type(text);
  }

  /** Put a filter such as `ran:ok` there, or take it away. */
  toggle(filter: string): Promise<void> {
    this.selectedId = '';
    return this.finding.toggle(filter);
  }

  showAll(): Promise<void> {
    this.selectedId = '';
    return this.finding.clear();
  }

  /** Ask again for what is shown. */
  async refresh(): Promise<void> {
    const languages = this._sponde.api.call('GET /code-blocks-by-language').then(
      counts => (this.languages = counts),
      () => this.languages // the list's own refusal says it
    );
    await Promise.all([this.finding.refresh(), languages]);
    this._changed.emit();
  }

  more(): Promise<void> {
    return this.finding.more();
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

  private _heard(block: CodeBlock): void {
    if (this.blocks.some(one => one.id === block.id)) {
      this.finding.blocks = this.blocks.map(one => (one.id === block.id ? block : one));
    } else {
      this._gather();
    }
    this.opened.heard(block);
    this._changed.emit();
  }

  private _heardRemoved(blockId: string): void {
    const at = this.blocks.findIndex(block => block.id === blockId);
    if (at >= 0) {
      this.finding.blocks = this.blocks.filter(block => block.id !== blockId);
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
