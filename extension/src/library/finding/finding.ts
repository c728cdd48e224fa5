/** One search of the library: what is typed, its filters, and what was found. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type {
  CodeBlock,
  FilterOffer,
  FoundBlock,
  MeaningStatus,
  WithoutFilter
} from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { trans } from '../../ui/words';
import { isSame, openWord, queryOf, takeFilters, withOffer } from './filters';

export const PAGE = 50;
/** So many come with each letter: more than a list shows at once. */
const FIRST = 30;
/** Asked again so long after, while blocks are still being read. */
const READING_MS = 1500;
/** Without a letter for so long, nobody types any more. */
const PAUSE_MS = 400;

/** Why a block was found. */
export type Why = Pick<FoundBlock, 'reason' | 'marks'>;

export class Finding {
  readonly changed: ISignal<this, void>;
  /** What stands in the box. */
  text = '';
  /** The filters beside it. */
  chips: string[] = [];
  blocks: CodeBlock[] = [];
  hasMore = false;
  /** What of the search was not understood, a sentence each. */
  wrongs: readonly string[] = [];
  /** Where nothing was found: what there would be without one of the filters. */
  without: readonly WithoutFilter[] = [];
  /** Whether blocks that mean nearly what is typed are found too. */
  byMeaning = false;
  /** Whether that can be had; null until something was looked for. */
  meaning: MeaningStatus | null = null;
  /** Until the first answer. */
  isLoading = true;
  error: unknown = null;
  /** What the last word can become. */
  offers: readonly FilterOffer[] = [];
  /** Which offer the Tab key takes. */
  offerAt = 0;

  private readonly _changed = new Signal<this, void>(this);
  private _whys = new Map<string, Why>();
  private _asked = 0;
  private _offersAsked = 0;
  private _searching: Promise<void> = Promise.resolve();

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
  }

  get isNarrowed(): boolean {
    return Boolean(this.text.trim() || this.chips.length);
  }

  /** Why a block was found, and where it holds what was looked for. */
  why(blockId: string): Why | undefined {
    return this._whys.get(blockId);
  }

  /** Wait until what was typed last has been answered. */
  async answered(): Promise<void> {
    for (let searching; searching !== this._searching; ) {
      searching = this._searching;
      await searching;
    }
  }

  type(text: string): Promise<void> {
    const { chips, rest } = takeFilters(text);
    this.text = rest;
    this.chips = [...this.chips, ...chips.filter(chip => !this.has(chip))];
    // What does not fit the word any more is offered no longer than until this letter.
    const word = openWord(rest).toLowerCase();
    this.offers = word ? this.offers.filter(one => one.text.startsWith(word)) : [];
    this.offerAt = 0;
    void this._offer();
    if (rest.trim() && !this.meaning) {
      void this._askMeaning();
    }
    return this._narrowed();
  }

  /** Find by meaning or not; where that cannot be had, say how it could. */
  async setMeaning(byMeaning: boolean): Promise<void> {
    if (!this.meaning?.is_there) {
      await this._askMeaning(); // by now somebody may have put an encoder there
    }
    if (this.meaning?.is_there) {
      this.byMeaning = byMeaning;
      await this._narrowed();
    } else {
      this.wrongs = this.meaning ? [this.meaning.note] : [];
      this._changed.emit();
    }
  }

  has(filter: string): boolean {
    return this.chips.some(chip => isSame(chip, filter));
  }

  /** Put a filter there, or take it away. */
  toggle(filter: string): Promise<void> {
    this.chips = this.has(filter)
      ? this.chips.filter(chip => !isSame(chip, filter))
      : [...this.chips, filter];
    return this._narrowed();
  }

  /** Take a filter away, wherever it stands. */
  drop(filter: string): Promise<void> {
    this.chips = this.chips.filter(chip => !isSame(chip, filter));
    this.text = this.text.replace(filter, '').trim();
    return this._narrowed();
  }

  clear(): Promise<void> {
    this.text = '';
    this.chips = [];
    this.closeOffers();
    return this._narrowed();
  }

  // -- offers --------------------------------------------------------------------------------

  /** Move among the offers; false where there are none. */
  moveOffer(step: number): void {
    const { length } = this.offers;
    this.offerAt = length ? (this.offerAt + step + length) % length : 0;
    this._changed.emit();
  }

  takeOffer(offer = this.offers[this.offerAt]): Promise<void> {
    return this.type(withOffer(this.text, openWord(this.text), offer.text));
  }

  closeOffers(): void {
    this._offersAsked += 1;
    this.offers = [];
    this._changed.emit();
  }

  private async _offer(): Promise<void> {
    const asked = ++this._offersAsked;
    const typed = openWord(this.text);
    let offers: FilterOffer[] = [];
    if (typed) {
      try {
        const given = await this._sponde.api.call('GET /found-block-filters', { query: { typed } });
        // What stands there in full is no offer.
        offers = given.filter(one => !isSame(one.text, typed) && !this.has(one.text));
      } catch {
        offers = []; // the list's own refusal says it
      }
    }
    if (asked === this._offersAsked && (offers.length || this.offers.length)) {
      this.offers = offers;
      this.offerAt = 0;
      this._changed.emit();
    }
  }

  private async _askMeaning(): Promise<void> {
    try {
      this.meaning = await this._sponde.api.call('GET /found-block-meaning');
      this._changed.emit();
    } catch {
      this.meaning = null; // asked again with the next letter
    }
  }

  // -- what is found -------------------------------------------------------------------------

  /** Ask again for what is shown. */
  refresh(): Promise<void> {
    return this._fetch(Math.max(PAGE, this.blocks.length));
  }

  async more(): Promise<void> {
    if (this.hasMore) {
      await this._fetch(PAGE, this.blocks.length);
    }
  }

  private async _narrowed(): Promise<void> {
    this._changed.emit(); // the box shows the letter at once; what was found stays until the answer
    const searching = this._fetch(FIRST, 0, true);
    this._searching = searching;
    await searching;
  }

  /** Look through what there was no time for, once nobody types any more. */
  private async _lookFurther(): Promise<void> {
    const asked = this._asked;
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    if (asked === this._asked) {
      await this._fetch(PAGE);
    }
  }

  private async _fetch(limit: number, offset = 0, typing?: true): Promise<void> {
    const asked = ++this._asked;
    const query = queryOf(this.chips, this.text).trimStart() || undefined;
    try {
      const found = await this._sponde.api.call('GET /found-blocks', {
        query: { query, limit, offset, by_meaning: this.byMeaning || undefined, typing }
      });
      if (asked !== this._asked) {
        return; // a later letter was typed
      }
      const seen = new Set(offset ? this.blocks.map(block => block.id) : []);
      const fresh = found.blocks.filter(one => !seen.has(one.block.id));
      this.blocks = [...(offset ? this.blocks : []), ...fresh.map(one => one.block)];
      this._whys = new Map([
        ...(offset ? this._whys : []),
        ...fresh.map(({ block, reason, marks }): [string, Why] => [block.id, { reason, marks }])
      ]);
      this.hasMore = found.has_more;
      if (found.is_reading && !offset) {
        setTimeout(() => void (asked === this._asked && this.refresh()), READING_MS);
      }
      this.wrongs = found.wrongs;
      if (typing && found.was_cut) {
        this.wrongs = [...found.wrongs, trans.__('Still looking through the rest…')];
        void this._lookFurther();
      }
      this.without = found.without;
      this.error = null;
    } catch (error) {
      if (asked !== this._asked) {
        return;
      }
      this.error = error;
    }
    this.isLoading = false;
    this._changed.emit();
  }
}
