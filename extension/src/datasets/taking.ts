/** Files to take away: made on the server while one waits, then fetched by the browser. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal, type Api } from '../api/client';
import type { DatasetDownload, NewDatasetDownload } from '../api/schema';
import { fetchFile } from '../ui/fetchFile';

export class Taking {
  /** Since when a file is being made; null where none is. */
  since: number | null = null;
  /** The last one that was made. */
  made: DatasetDownload | null = null;
  error: Refusal | null = null;
  private _stopper: AbortController | null = null;
  private readonly _changed = new Signal<Taking, void>(this);

  constructor(
    private readonly _api: Api,
    /** Has the browser fetch an address as a file. */
    private readonly _fetch: (address: string) => void = fetchFile
  ) {}

  get changed(): ISignal<Taking, void> {
    return this._changed;
  }

  /** Have a file made, and fetched; one at a time. */
  async make(wish: NewDatasetDownload): Promise<void> {
    if (this._stopper) {
      return;
    }
    const stopper = (this._stopper = new AbortController());
    this.since = Date.now();
    this.made = this.error = null;
    this._changed.emit();
    try {
      const made = await this._api.call('POST /dataset-downloads', { body: wish, signal: stopper.signal });
      this.made = made;
      this._fetch(this._api.url('GET /dataset-downloads/{download_id}', { path: { download_id: made.id } }));
    } catch (error) {
      if (!stopper.signal.aborted) {
        this.error = Refusal.from(error);
      }
    }
    this._stopper = null;
    this.since = null;
    this._changed.emit();
  }

  /** What is half made goes, on the server too. */
  stop(): void {
    this._stopper?.abort();
  }

  dismiss(): void {
    this.made = this.error = null;
    this._changed.emit();
  }
}
