/** What people think of the open conversation's answers. Asks the server; no React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal } from '../../api/client';
import type { NewRating, Rating } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { trans } from '../../ui/words';

/** The reasons to choose from, as they are kept, and the words for them. */
export function reasonsOf(verdict: Rating['verdict']): Record<string, string> {
  return verdict === 'liked'
    ? {
        Correct: trans.__('Correct'),
        Clear: trans._p('what is good about an answer', 'Clear'),
        Complete: trans.__('Complete'),
        'Good code': trans.__('Good code'),
        'To the point': trans.__('To the point')
      }
    : {
        Wrong: trans.__('Wrong'),
        'Made up': trans.__('Made up'),
        'Not what I asked': trans.__('Not what I asked'),
        'Code does not run': trans.__('Code does not run'),
        Incomplete: trans.__('Incomplete'),
        'Too long': trans.__('Too long')
      };
}

export class Ratings {
  readonly changed: ISignal<this, void>;
  /** The answer whose reasons are being chosen. */
  editing = '';
  /** The answer whose rating could not be kept, and why. */
  failed = '';
  failure = '';
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ratings = new Map<string, Rating>();
  private _conversation = '';

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const { feed } = _sponde;
    feed.on('AnswerRated', ({ rating }) => this._put(rating));
    feed.on('RatingRemoved', ({ message_id }) => this._drop(message_id));
  }

  of(messageId: string): Rating | undefined {
    return this._ratings.get(messageId);
  }

  async load(conversation: string): Promise<void> {
    this._conversation = conversation;
    const ratings = await this._sponde.api.call('GET /conversations/{conversation_id}/ratings', {
      path: { conversation_id: conversation }
    });
    if (this._conversation === conversation) {
      this._ratings.clear();
      ratings.forEach(rating => this._ratings.set(rating.id, rating));
      this._changed.emit();
    }
  }

  edit(messageId: string): void {
    this.editing = messageId;
    this._changed.emit();
  }

  async rate(messageId: string, rating: NewRating): Promise<void> {
    await this._act(messageId, async () => {
      this._put(
        await this._sponde.api.call('PUT /messages/{message_id}/rating', {
          path: { message_id: messageId },
          body: rating
        })
      );
    });
  }

  async remove(messageId: string): Promise<void> {
    await this._act(messageId, async () => {
      await this._sponde.api.call('DELETE /messages/{message_id}/rating', {
        path: { message_id: messageId }
      });
      this._drop(messageId);
    });
  }

  private async _act(messageId: string, work: () => Promise<void>): Promise<void> {
    this.failed = '';
    try {
      await work();
    } catch (error) {
      this.failed = messageId;
      this.failure = Refusal.from(error).message;
      this._changed.emit();
    }
  }

  private _put(rating: Rating): void {
    this._ratings.set(rating.id, rating);
    this._changed.emit();
  }

  private _drop(messageId: string): void {
    this._ratings.delete(messageId);
    this._changed.emit();
  }
}
