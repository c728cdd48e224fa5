/** What comes beside answers' texts while they are written: thoughts, and that a model is waited for. */
import { ISignal, Signal } from '@lumino/signaling';
import type { AnswerWaits, MessageThought } from '../../api/schema';
import type { Feed } from '../../api/feed';

/** A model that is asked again in a while. */
export interface Wait {
  /** When, in milliseconds since 1970. */
  until: number;
  /** What its provider said. */
  why: string;
}

export class Beside {
  /** Told with the id of the answer that it is about. */
  readonly changed: ISignal<this, string>;
  private readonly _waits = new Map<string, Wait>();
  private readonly _thoughts = new Map<string, string>();
  private readonly _changed = new Signal<this, string>(this);

  constructor(feed: Feed) {
    this.changed = this._changed;
    feed.on('AnswerWaits', event => this._wait(event));
    feed.on('MessageThought', event => this._think(event));
    feed.on('MessageGrew', ({ message_id }) => this._spoke(message_id));
    feed.on('MessageChanged', ({ message }) => {
      if (message.status !== 'streaming') {
        this._waits.delete(message.id);
        this._thoughts.delete(message.id);
      }
    });
  }

  /** Until when an answer's model is waited for; undefined: it is not. */
  waitOf(id: string): Wait | undefined {
    return this._waits.get(id);
  }

  /** What a model has thought so far; what the server told of later goes before what it saved. */
  thoughtsOf(id: string, saved: string): string {
    const heard = this._thoughts.get(id) ?? '';
    return heard.length > saved.length ? heard : saved;
  }

  private _wait({ message_id, seconds, why }: AnswerWaits): void {
    this._waits.set(message_id, { until: Date.now() + 1000 * seconds, why });
    this._changed.emit(message_id);
  }

  private _think({ message_id, at, text }: MessageThought): void {
    this._waits.delete(message_id);
    const known = this._thoughts.get(message_id) ?? '';
    // A tab that came later lacks the beginning: it has it when the answer ends.
    if (at <= known.length) {
      this._thoughts.set(message_id, known.slice(0, at) + text);
      this._changed.emit(message_id);
    }
  }

  private _spoke(id: string): void {
    if (this._waits.delete(id)) {
      this._changed.emit(id);
    }
  }
}
