/** What would be sent for the question that is being written: asked when one pauses. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal } from '../../api/client';
import type { NewMessage, Receipt } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import type { PolicyChoice } from '../../ui/Policy';

/** A question as it would be sent now. */
export interface Drafted {
  conversationId: string;
  message: NewMessage;
}

export const PAUSE = 500;
/** A conversation that is not begun has no id. */
const NONE = 'new';

export class Draft {
  receipts: readonly Receipt[] = [];
  error: Refusal | null = null;
  /** Whether the words are there, not only their sizes. */
  isWhole = false;
  private readonly _changed = new Signal<this, void>(this);
  private _drafted: (() => Drafted) | null = null;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _asking: AbortController | null = null;

  constructor(
    private readonly _sponde: ISponde,
    private readonly _pause = PAUSE
  ) {
    policiesOf(_sponde).connect(this._again, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Ask when nothing else is wanted for a moment; null: there is no question. */
  want(drafted: (() => Drafted) | null): void {
    this._stop();
    this._drafted = drafted;
    if (drafted) {
      this._timer = setTimeout(() => void this._ask(), this._pause);
    } else if (this.receipts.length || this.error) {
      this.receipts = [];
      this.error = null;
      this._changed.emit();
    }
  }

  /** Fetch the words too, from now on or not any more. */
  open(isWhole: boolean): void {
    this.isWhole = isWhole;
    if (isWhole) {
      this._again();
    }
  }

  /** Say what a model may read of a dataset; the receipt follows. */
  async setPolicy(datasetId: string, { policy, rows }: PolicyChoice): Promise<void> {
    try {
      await this._sponde.api.call('PATCH /datasets/{dataset_id}', {
        path: { dataset_id: datasetId },
        body: { policy, policy_rows: rows }
      });
    } catch (error) {
      this.error = Refusal.from(error);
      this._changed.emit();
    }
  }

  dispose(): void {
    this._stop();
    policiesOf(this._sponde).disconnect(this._again, this);
    Signal.clearData(this);
  }

  private _again(): void {
    if (this._drafted) {
      this._stop();
      void this._ask();
    }
  }

  private _stop(): void {
    if (this._timer) {
      clearTimeout(this._timer);
      this._timer = null;
    }
    this._asking?.abort();
    this._asking = null;
  }

  private async _ask(): Promise<void> {
    const drafted = this._drafted?.();
    if (!drafted) {
      return;
    }
    const asking = new AbortController();
    this._asking = asking;
    const { model_ids: several, ...message } = drafted.message;
    try {
      const receipts = await Promise.all(
        (several?.length ? several : [message.model_id ?? '']).map(id =>
          this._sponde.api.call('POST /conversations/{conversation_id}/receipt', {
            path: { conversation_id: drafted.conversationId || NONE },
            query: { is_brief: this.isWhole ? undefined : true },
            body: { ...message, model_id: id },
            signal: asking.signal
          })
        )
      );
      if (this._asking === asking) {
        this.receipts = receipts;
        this.error = null;
        this._changed.emit();
      }
    } catch (error) {
      if (this._asking === asking) {
        this.receipts = [];
        this.error = Refusal.from(error);
        this._changed.emit();
      }
    }
  }
}

const _policies = new WeakMap<ISponde, Signal<ISponde, void>>();

/** Told when a dataset changed, and with it what may be sent. */
function policiesOf(sponde: ISponde): Signal<ISponde, void> {
  let signal = _policies.get(sponde);
  if (!signal) {
    const made = new Signal<ISponde, void>(sponde);
    signal = made;
    _policies.set(sponde, made);
    sponde.feed.on('DatasetChanged', () => made.emit());
  }
  return signal;
}
