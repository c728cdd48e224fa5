/** How a dataset's file is read: what a person tries out, and what is kept. Knows no React. */
import { Signal, type ISignal } from '@lumino/signaling';
import { Refusal, type Api } from '../../api/client';
import type { Dataset, ReadingPreview, Writing } from '../../api/schema';

export const NOTHING_SAID: Writing = {
  delimiter: null,
  quote: null,
  escape: null,
  header_rows: null,
  skip_lines: null,
  comment: null,
  encoding: null,
  decimal_comma: null,
  day_first: null,
  missing: null,
  text_columns: [],
  whole_columns: [],
  left_out: []
};

const PAUSE = 250;

export class ReadingState {
  /** What is tried out now. */
  draft: Writing;
  preview: ReadingPreview | null = null;
  error: Refusal | null = null;
  busy = false;
  /** What was kept before the last change; for undo. */
  before: Writing | null = null;
  private readonly _changed = new Signal<ReadingState, void>(this);
  private _asked = 0;
  private _timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly _api: Api,
    private _dataset: Dataset
  ) {
    this.draft = said(_dataset);
  }

  get changed(): ISignal<ReadingState, void> {
    return this._changed;
  }

  get kept(): Writing {
    return said(this._dataset);
  }

  get isChanged(): boolean {
    return !same(this.draft, this.kept);
  }

  /** The dataset as it is now; where the person has nothing open, what is kept is shown. */
  see(dataset: Dataset): void {
    const wasChanged = this.isChanged;
    const isOther = !same(said(dataset), this.kept) || dataset.modified !== this._dataset.modified;
    this._dataset = dataset;
    if (isOther) {
      if (!wasChanged) {
        this.draft = said(dataset);
      }
      void this.look();
    }
  }

  /** Change one part, and see the effect soon. */
  set(part: Partial<Writing>): void {
    this.draft = { ...this.draft, ...part };
    this._changed.emit();
    if (this._timer !== null) {
      clearTimeout(this._timer);
    }
    this._timer = setTimeout(() => void this.look(), PAUSE);
  }

  discard(): void {
    this.draft = this.kept;
    this._changed.emit();
    void this.look();
  }

  /** Read the first rows as the draft says; an answer that was overtaken is not shown. */
  async look(): Promise<void> {
    const number = ++this._asked;
    this.busy = true;
    this._changed.emit();
    try {
      const preview = await this._api.call('POST /datasets/{dataset_id}/writing/preview', {
        path: { dataset_id: this._dataset.id },
        body: this.draft
      });
      if (number === this._asked) {
        this.preview = preview;
        this.error = null;
      }
    } catch (error) {
      if (number === this._asked) {
        this.error = Refusal.from(error);
      }
    }
    if (number === this._asked) {
      this.busy = false;
      this._changed.emit();
    }
  }

  /** Keep the draft, or something else: the file is read again by it. */
  async keep(wanted: Writing = this.draft): Promise<boolean> {
    const before = this.kept;
    try {
      const dataset = await this._api.call('PUT /datasets/{dataset_id}/writing', {
        path: { dataset_id: this._dataset.id },
        body: wanted
      });
      this._dataset = dataset;
      this.draft = said(dataset);
      this.before = same(before, wanted) ? this.before : before;
      this.error = null;
      this._changed.emit();
      void this.look();
      return true;
    } catch (error) {
      this.error = Refusal.from(error);
      this._changed.emit();
      return false;
    }
  }

  /** Keep what is kept already, and this besides: what a problem's button does. */
  async add(part: Partial<Writing>): Promise<boolean> {
    const kept = this.kept;
    return this.keep({
      ...kept,
      ...part,
      text_columns: joined(kept.text_columns, part.text_columns),
      whole_columns: joined(kept.whole_columns, part.whole_columns),
      left_out: joined(kept.left_out, part.left_out)
    });
  }

  async undo(): Promise<void> {
    if (this.before) {
      const wanted = this.before;
      if (await this.keep(wanted)) {
        this.before = null;
        this._changed.emit();
      }
    }
  }
}

/** How many parts a person has said. */
export function saidParts(writing: Writing): number {
  return Object.values(writing).filter(one => (Array.isArray(one) ? one.length > 0 : one !== null)).length;
}

export function same(one: Writing, other: Writing): boolean {
  return (Object.keys(NOTHING_SAID) as Array<keyof Writing>).every(
    name => JSON.stringify(one[name]) === JSON.stringify(other[name])
  );
}

function said(dataset: Dataset): Writing {
  return { ...NOTHING_SAID, ...dataset.wishes };
}

function joined<T>(kept: readonly T[], more: readonly T[] = []): T[] {
  return [...new Set([...kept, ...more])];
}
