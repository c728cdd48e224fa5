/** The replays that the open conversation is a part of. Asks the server; no React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { Replay } from '../api/schema';
import type { ISponde } from '../api/tokens';

export class Replays {
  readonly changed: ISignal<this, void>;
  /** As a copy or as the source, oldest first. */
  list: readonly Replay[] = [];
  private readonly _changed = new Signal<this, void>(this);
  private _conversation = '';

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    _sponde.feed.on('ReplayChanged', ({ replay }) => this._heard(replay));
  }

  /** The replay that fills the open conversation. */
  get own(): Replay | undefined {
    return this.list.find(({ id }) => id === this._conversation);
  }

  /** The conversations that replay the open one. */
  get copies(): readonly Replay[] {
    return this.list.filter(({ source_id }) => source_id === this._conversation);
  }

  async load(conversation: string): Promise<void> {
    this.enter(conversation);
    const list = await this._sponde.api.call('GET /conversations/{conversation_id}/replays', {
      path: { conversation_id: conversation }
    });
    if (this._conversation === conversation) {
      this.list = list;
      this._changed.emit();
    }
  }

  /** Know which conversation is open. */
  enter(conversation: string): void {
    if (this._conversation !== conversation) {
      this._conversation = conversation;
      this.list = [];
    }
  }

  begin(conversation: string, modelId: string, messageId: string): Promise<Replay> {
    return this._sponde.api.call('POST /conversations/{conversation_id}/replays', {
      path: { conversation_id: conversation },
      body: { model_id: modelId, message_id: messageId }
    });
  }

  async stop(id: string): Promise<void> {
    const path = { conversation_id: id };
    this._heard(await this._sponde.api.call('POST /replays/{conversation_id}/stop', { path }));
  }

  async resume(id: string): Promise<void> {
    const path = { conversation_id: id };
    this._heard(await this._sponde.api.call('POST /replays/{conversation_id}/resume', { path }));
  }

  private _heard(replay: Replay): void {
    if (replay.id !== this._conversation && replay.source_id !== this._conversation) {
      return;
    }
    const others = this.list.filter(({ id }) => id !== replay.id);
    this.list = [...others, replay];
    this._changed.emit();
  }
}
