/** What a dataset has been and what uses it, as its page shows them. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal, type Api } from '../api/client';
import type { DatasetHistory, DatasetUse, VersionComparison } from '../api/schema';

export class Past {
  history: DatasetHistory | null = null;
  uses: readonly DatasetUse[] | null = null;
  /** Whether there are more notebooks than were looked through. */
  isCut = false;
  error: Refusal | null = null;
  /** The version that is being put back. */
  goingBackTo = '';
  /** What two versions that a person chose differ in; null until they are chosen. */
  comparison: VersionComparison | null = null;
  isComparing = false;
  private readonly _changed = new Signal<this, void>(this);

  constructor(
    readonly id: string,
    private readonly _api: Api
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async load(): Promise<void> {
    const path = { dataset_id: this.id };
    await Promise.all([
      this._told(async () => {
        this.history = await this._api.call('GET /datasets/{dataset_id}/versions', { path });
        this.error = null;
      }),
      this._told(async () => {
        const found = await this._api.call('GET /datasets/{dataset_id}/uses', { path });
        this.uses = found.uses;
        this.isCut = found.is_cut;
      })
    ]);
  }

  async loadHistory(): Promise<void> {
    const path = { dataset_id: this.id };
    await this._told(async () => {
      this.history = await this._api.call('GET /datasets/{dataset_id}/versions', { path });
      this.error = null;
    });
  }

  async goBack(versionId: string): Promise<void> {
    this.goingBackTo = versionId;
    this._changed.emit();
    await this._told(async () => {
      const path = { dataset_id: this.id, version_id: versionId };
      await this._api.call('POST /datasets/{dataset_id}/versions/{version_id}/put-back', { path });
    });
    this.goingBackTo = '';
    this._changed.emit();
  }

  async compare(beforeId: string, afterId: string): Promise<void> {
    this.isComparing = true;
    this._changed.emit();
    await this._told(async () => {
      this.comparison = await this._api.call('GET /datasets/{dataset_id}/versions/{version_id}/changes', {
        path: { dataset_id: this.id, version_id: afterId },
        query: { since: beforeId }
      });
      this.error = null;
    });
    this.isComparing = false;
    this._changed.emit();
  }

  dismiss(): void {
    this.error = null;
    this._changed.emit();
  }

  private async _told(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.error = Refusal.from(error);
    }
    this._changed.emit();
  }
}
