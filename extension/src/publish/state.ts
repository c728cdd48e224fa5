/** What is shown as dashboards, and conversations as files. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { Dashboard, Publication } from '../api/schema';
import type { ISponde } from '../api/tokens';

export type ExportFormat = 'notebook' | 'markdown' | 'html';

export class PublishState {
  readonly changed: ISignal<this, void>;
  dashboards: readonly Dashboard[] = [];
  isKnown = false;
  /** Why the list could not be had. */
  error: unknown = null;
  /** The publications that something is being done with. */
  readonly busy = new Set<string>();
  /** What went wrong with one of them. */
  readonly failures = new Map<string, unknown>();
  private readonly _changed = new Signal<this, void>(this);
  private _isWatched = false;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const again = (): void => {
      if (this._isWatched) {
        void this.load();
      }
    };
    _sponde.feed.on('PublicationChanged', again);
    _sponde.feed.reset.connect(again);
  }

  /** Fetch the list, and from now on whenever it may have changed. */
  async load(): Promise<void> {
    this._isWatched = true;
    try {
      this.dashboards = await this._sponde.api.call('GET /publications');
      this.isKnown = true;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  /** Show a notebook as a dashboard, or update the one that shows it. */
  publish(source: string): Promise<Publication> {
    return this._sponde.api.call('POST /publications', { body: { source } });
  }

  /** Take the notebook's present state over; true where that went well. */
  update(id: string): Promise<boolean> {
    return this._work(id, () =>
      this._sponde.api.call('POST /publications/{publication_id}/update', {
        path: { publication_id: id }
      })
    );
  }

  withdraw(id: string): Promise<boolean> {
    return this._work(id, () =>
      this._sponde.api.call('DELETE /publications/{publication_id}', {
        path: { publication_id: id }
      })
    );
  }

  async restore(id: string): Promise<void> {
    await this._sponde.api.call('POST /publications/{publication_id}/restore', {
      path: { publication_id: id }
    });
  }

  /** Write a conversation into a new file, and give its path. */
  async save(conversation_id: string, format: ExportFormat, folder: string): Promise<string> {
    const saved = await this._sponde.api.call('POST /conversations/{conversation_id}/export', {
      path: { conversation_id },
      body: { format, folder }
    });
    return saved.path;
  }

  private async _work(id: string, work: () => Promise<unknown>): Promise<boolean> {
    this.busy.add(id);
    this.failures.delete(id);
    this._changed.emit();
    try {
      await work();
      await this.load();
      return true;
    } catch (error) {
      this.failures.set(id, error);
      return false;
    } finally {
      this.busy.delete(id);
      this._changed.emit();
    }
  }
}
