/** The files that are on their way from this tab: two at a time, each with what is to be seen of it. */
import { Signal, type ISignal } from '@lumino/signaling';
import { Refusal, type Api } from '../api/client';
import type { Dataset, DatasetUpload, NameConflict } from '../api/schema';
import { trans } from '../ui/words';
import { Cancelled, send } from './sending';

export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly folder: string;
  /** Whether that is made where it is not there. */
  readonly makesFolder: boolean;
  /** What is done where the name is taken; 'ask' lets the person choose. */
  choice: NameConflict;
  sent: number;
  state: 'waiting' | 'sending' | 'broken' | 'asking' | 'failed';
  error: Refusal | null;
  /** Bytes in a second, of late. */
  speed: number;
  stop: AbortController;
  /** The server's id of it, once it is known there. */
  known: string;
  /** Ends a pause or a question. */
  go: (choice?: NameConflict) => void;
}

const AT_ONCE = 2;

export class Uploads {
  entries: Upload[] = [];
  /** What is here in part since before this page was loaded. */
  left: DatasetUpload[] = [];
  /** Told when a file has taken another's place. */
  onReplaced: (name: string, putBack: () => Promise<void>) => void = () => undefined;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _waiting: Array<() => void> = [];
  private _running = 0;
  private _number = 0;

  constructor(
    private readonly _api: Api,
    private readonly _put: (dataset: Dataset) => void
  ) {
    globalThis.addEventListener?.('online', () => this.entries.forEach(one => this.retry(one)));
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Send files; those that failed stay in the list, with why. */
  async take(files: File[], folder: string, choice: NameConflict, makesFolder = false): Promise<Dataset[]> {
    const taken = await Promise.all(files.map(file => this._begin(file, folder, choice, makesFolder)));
    return taken.filter((one): one is Dataset => one !== null);
  }

  /** Ask what is here in part from before; no more than a hint, so a failure says nothing. */
  async load(): Promise<void> {
    try {
      const open = await this._api.call('GET /dataset-uploads');
      this.left = open.filter(one => !this.entries.some(entry => entry.known === one.id));
      this._changed.emit();
    } catch {
      // The list of datasets says that the server does not answer.
    }
  }

  cancel(entry: Upload): void {
    this.entries = this.entries.filter(one => one !== entry);
    entry.stop.abort();
    entry.go();
    if (entry.known) {
      void this._forget(entry.known);
    }
    this._changed.emit();
  }

  async discard(id: string): Promise<void> {
    this.left = this.left.filter(one => one.id !== id);
    this._changed.emit();
    await this._forget(id);
  }

  /** Go on now: after a pause, or after a failure. */
  retry(entry: Upload): void {
    if (entry.state === 'broken') {
      entry.go();
    } else if (entry.state === 'failed') {
      entry.error = null;
      entry.stop = new AbortController();
      void this._run(entry);
    }
  }

  private async _forget(id: string): Promise<void> {
    try {
      await this._api.call('DELETE /dataset-uploads/{upload_id}', { path: { upload_id: id } });
    } catch {
      // The server forgets it by itself after a day.
    }
  }

  private _begin(
    file: File,
    folder: string,
    choice: NameConflict,
    makesFolder: boolean
  ): Promise<Dataset | null> {
    const entry: Upload = {
      id: ++this._number,
      file,
      folder,
      makesFolder,
      choice,
      sent: 0,
      state: 'waiting',
      error: null,
      speed: 0,
      stop: new AbortController(),
      known: '',
      go: () => undefined
    };
    this.entries = [...this.entries, entry];
    return this._run(entry);
  }

  private async _run(entry: Upload): Promise<Dataset | null> {
    entry.state = 'waiting';
    this._changed.emit();
    await this._turn();
    let isHolding = true;
    const release = (): void => {
      if (isHolding) {
        isHolding = false;
        this._running--;
        this._waiting.shift()?.();
      }
    };
    try {
      if (entry.stop.signal.aborted) {
        return null;
      }
      this._set(entry, 'sending');
      let at = performance.now();
      const { dataset, upload } = await send(this._api, entry.file, entry.folder, this._isTwice(entry), {
        signal: entry.stop.signal,
        makesFolder: entry.makesFolder,
        began: found => {
          entry.known = found.id;
          entry.sent = found.received;
          this.left = this.left.filter(one => one.id !== found.id);
          at = performance.now();
          this._changed.emit();
        },
        sent: bytes => {
          const now = performance.now();
          const speed = (1000 * (bytes - entry.sent)) / Math.max(1, now - at);
          entry.speed = entry.speed ? 0.7 * entry.speed + 0.3 * Math.max(0, speed) : speed;
          at = now;
          entry.sent = bytes;
          this._set(entry, 'sending');
        },
        pause: ms => this._pause(entry, ms),
        choose: () => {
          release();
          return this._ask(entry);
        }
      });
      this.entries = this.entries.filter(one => one !== entry);
      this._put(dataset);
      if (upload.has_replaced) {
        this.onReplaced(upload.name, () => this._putBack(upload.id));
      }
      return dataset;
    } catch (error) {
      if (!(error instanceof Cancelled) && !entry.stop.signal.aborted) {
        entry.error = told(entry.file.name, Refusal.from(error));
        this._set(entry, 'failed');
      }
      return null;
    } finally {
      release();
      this._changed.emit();
    }
  }

  private async _putBack(id: string): Promise<void> {
    const path = { upload_id: id };
    this._put(await this._api.call('POST /dataset-uploads/{upload_id}/undo', { path }));
  }

  private async _turn(): Promise<void> {
    if (this._running >= AT_ONCE) {
      await new Promise<void>(resolve => this._waiting.push(resolve));
    }
    this._running++;
  }

  /** The same file twice in this tab is two uploads. */
  private _isTwice(entry: Upload): boolean {
    return this.entries.some(
      one =>
        one.id < entry.id &&
        one.file.name === entry.file.name &&
        one.file.size === entry.file.size &&
        one.folder === entry.folder
    );
  }

  private _pause(entry: Upload, ms: number): Promise<void> {
    if (ms >= 400) {
      this._set(entry, 'broken');
    }
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      entry.go = () => {
        clearTimeout(timer);
        resolve();
      };
      entry.stop.signal.addEventListener('abort', () => entry.go(), { once: true });
    });
  }

  private _ask(entry: Upload): Promise<NameConflict> {
    if (entry.choice !== 'ask') {
      return Promise.resolve(entry.choice);
    }
    this._set(entry, 'asking');
    return new Promise(resolve => {
      entry.go = choice => resolve(choice ?? 'ask');
    }).then(choice => {
      this._set(entry, 'sending');
      return choice as NameConflict;
    });
  }

  private _set(entry: Upload, state: Upload['state']): void {
    entry.state = state;
    this._changed.emit();
  }
}

function told(name: string, { status, code, message, hint }: Refusal): Refusal {
  return new Refusal(
    status,
    code,
    message.includes(`'${name}'`) ? message : trans.__("'%1' could not be taken in. %2", name, message),
    hint
  );
}
