/** Which turns changed something, and going back to before one. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { Checkpoint } from '../api/schema';
import type { ISponde } from '../api/tokens';
import type { Documents } from './documents';
import type { FilePlan } from './going';
import type { Mode } from './plan';

export class CheckpointsState {
  readonly changed: ISignal<this, void>;
  /** Turns that one is going back from, or that one looks at. */
  readonly busy = new Set<string>();
  /** What went wrong, by message. */
  readonly failures = new Map<string, unknown>();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ofMessage = new Map<string, Checkpoint>();
  private _isAsked = false;

  constructor(
    private readonly _sponde: ISponde,
    private readonly _documents: Documents
  ) {
    this.changed = this._changed;
    _sponde.feed.on('CheckpointChanged', ({ checkpoint }) => this._take([checkpoint]));
    _sponde.feed.reset.connect(() => this._isAsked && void this._fetch());
  }

  /** The checkpoint of an answer's turn, where it changed something. */
  of(messageId: string): Checkpoint | undefined {
    if (!this._isAsked) {
      this._isAsked = true;
      void this._fetch();
    }
    const found = this._ofMessage.get(messageId);
    const isOther = found?.files.some(file => file.before !== file.after);
    return found?.is_made && isOther ? found : undefined;
  }

  /** Keep files before a turn changes them; call what it gives once that is done. */
  async before(messageId: string, paths: readonly string[]): Promise<() => Promise<void>> {
    const files = paths.map(path => this._documents.given(path));
    const body = { message_id: messageId, files };
    const { id } = await this._sponde.api.call('POST /checkpoints', { body });
    return async () => {
      const made = await this._sponde.api.call('POST /checkpoints/{checkpoint_id}/made', {
        path: { checkpoint_id: id },
        body: { files: paths.map(path => this._documents.given(path)) }
      });
      this._take([made]);
    };
  }

  /** What a turn did, and what the person did since. */
  async look(checkpoint: Checkpoint): Promise<FilePlan[]> {
    return (await import('./going')).look(this._sponde, this._documents, checkpoint);
  }

  /**
   * Go back to before a turn. Where the person changed the same since and no mode is given, nothing
   * is done: how many such changes there are is given, so that the person can choose.
   */
  async goBack(checkpoint: Checkpoint, mode?: Mode): Promise<number> {
    let found = 0;
    await this._doing(checkpoint.message_id, async () => {
      const going = await import('./going');
      if (!mode) {
        found = going.touched(await going.look(this._sponde, this._documents, checkpoint));
      }
      if (!found) {
        const back = await going.goBack(
          this._sponde,
          this._documents,
          checkpoint,
          mode ?? 'ours'
        );
        // Told by the stream too, where that is heard.
        this._take([{ ...checkpoint, went_back: back.id, went_back_at: back.created_at }]);
      }
    });
    return found;
  }

  /** Undo having gone back. */
  async undo(checkpoint: Checkpoint): Promise<void> {
    await this._doing(checkpoint.message_id, async () => {
      const path = { checkpoint_id: checkpoint.went_back };
      const back = await this._sponde.api.call('GET /checkpoints/{checkpoint_id}', { path });
      const going = await import('./going');
      await going.goBack(this._sponde, this._documents, back, 'ours');
      this._take([{ ...checkpoint, went_back: '', went_back_at: null }]);
    });
  }

  private async _doing(messageId: string, work: () => Promise<void>): Promise<void> {
    this.busy.add(messageId);
    this.failures.delete(messageId);
    this._changed.emit();
    try {
      await work();
    } catch (error) {
      this.failures.set(messageId, error);
    } finally {
      this.busy.delete(messageId);
      this._changed.emit();
    }
  }

  private async _fetch(): Promise<void> {
    try {
      this._take(await this._sponde.api.call('GET /checkpoints'));
    } catch {
      this._isAsked = false; // Asked again when something is drawn next.
    }
  }

  private _take(checkpoints: readonly Checkpoint[]): void {
    for (const one of checkpoints) {
      const known = this._ofMessage.get(one.message_id);
      if (!one.undoes && (!known || known.id <= one.id)) {
        this._ofMessage.set(one.message_id, one);
      }
    }
    this._changed.emit();
  }
}
