/** Makes the values of a block its fields: what is offered, the draft, and the way back. No React. */
import { Notification } from '@jupyterlab/apputils';
import { Signal, type ISignal } from '@lumino/signaling';
import type { BlockField, CodeBlock, FieldKind, Offered, TwinOf } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { trans } from '../../ui/words';
import type { Many } from '../bulk/many';

/** A value that may become a field, as a person has it now. */
export interface Draft extends Offered {
  isTaken: boolean;
  name: string;
  kind: FieldKind;
}

export class FieldsMaking {
  readonly changed: ISignal<this, void>;
  twins: readonly TwinOf[] = [];
  /** What is being made; null where nothing is. */
  draft: Draft[] | null = null;
  /** The twins that go up in the block when it is accepted. */
  chosen: readonly TwinOf[] = [];
  isBusy = false;
  error: unknown = null;
  private readonly _changed = new Signal<this, void>(this);
  private _wanted: { blockId: string; twinIds: string[] } | null = null;
  private _looked = '';
  private _block: CodeBlock | null = null;

  constructor(
    private readonly _sponde: ISponde,
    private readonly _many: Many
  ) {
    this.changed = this._changed;
  }

  /** Begin with these twins as soon as the block is shown. */
  want(blockId: string, twinIds: string[]): void {
    this._wanted = { blockId, twinIds };
    this._looked = '';
    this._changed.emit();
  }

  /** Ask which twins a block has. */
  async look(block: CodeBlock): Promise<void> {
    const key = `${block.id} ${block.updated_at} ${block.code.length}`;
    if (key === this._looked) {
      return;
    }
    this._looked = key;
    const isOther = this._block?.id !== block.id || this._block.code !== block.code;
    this._block = block;
    if (isOther) {
      this._begin([], null);
      this.twins = [];
      this._changed.emit();
    }
    const wanted = this._wanted?.blockId === block.id ? this._wanted : null;
    this._wanted = null;
    try {
      if (wanted) {
        await this.begin(wanted.twinIds);
      } else if (!this.draft) {
        const found = await this._ask([], false);
        if (this._looked === key) {
          this.twins = found.twins;
        }
      }
    } catch {
      this.twins = []; // offered again when the block is opened again
    }
    this._changed.emit();
  }

  /** Show what may become a field: what differs from the twins, or every value where none are named. */
  async begin(twinIds: string[]): Promise<void> {
    const block = this._block;
    if (!block) {
      return;
    }
    this._busy(true);
    try {
      const found = await this._ask(twinIds, !twinIds.length);
      const known = new Map(block.fields.map(field => [placeOf(field), field]));
      this._begin(
        twinIds.length ? found.twins : [],
        found.offers.map(offer => {
          const had = known.get(placeOf(offer.field));
          const { name, kind } = had ?? offer.field;
          return { ...offer, field: had ?? offer.field, name, kind, isTaken: Boolean(had) || twinIds.length > 0 };
        })
      );
    } catch (error) {
      this.error = error;
    }
    this._busy(false);
  }

  edit(at: number, change: Partial<Pick<Draft, 'isTaken' | 'name' | 'kind'>>): void {
    this.draft = (this.draft ?? []).map((one, place) => (place === at ? { ...one, ...change } : one));
    this.error = null;
    this._changed.emit();
  }

  cancel(): void {
    this._begin([], null);
    this._changed.emit();
  }

  /** Give the block its fields; true where that was done. */
  async accept(): Promise<boolean> {
    const taken = (this.draft ?? []).filter(({ isTaken }) => isTaken);
    const twins = this.chosen;
    const fields = taken.map(({ field, name, kind, sources }) => fieldOf(field, name, kind, sources));
    const done = await this._make(fields, twins.map(({ block_id }) => block_id));
    if (done && this._block) {
      const { name } = this._block;
      this._say(
        done,
        twins.length
          ? trans._n(
              '“%2” and its twin are one block with fields.',
              '“%2” and its %1 twins are one block with fields.',
              twins.length,
              name
            )
          : trans._n('“%2” has a field.', '“%2” has %1 fields.', taken.length, name)
      );
    }
    return done !== '';
  }

  /** Take the fields away; the values stay in the code. */
  async clear(): Promise<void> {
    const done = await this._make([], []);
    if (done && this._block) {
      this._say(done, trans.__('“%1” has no fields any more.', this._block.name));
    }
  }

  // -- inside --------------------------------------------------------------------------------

  private _ask(twinIds: string[], alone: boolean): Promise<{ twins: TwinOf[]; offers: Offered[] }> {
    return this._sponde.api.call('POST /code-blocks/{block_id}/field-offers', {
      path: { block_id: this._block!.id },
      body: { twin_ids: twinIds, alone }
    }) as Promise<{ twins: TwinOf[]; offers: Offered[] }>;
  }

  private async _make(fields: BlockField[], twinIds: string[]): Promise<string> {
    this._busy(true);
    try {
      const made = await this._sponde.api.call('PUT /code-blocks/{block_id}/fields', {
        path: { block_id: this._block!.id },
        body: { fields, twin_ids: twinIds }
      });
      this._begin([], null);
      this._looked = '';
      return made.change_id;
    } catch (error) {
      this.error = error;
      return '';
    } finally {
      this._busy(false);
    }
  }

  private _say(changeId: string, sentence: string): void {
    this._many.remember(changeId, async () => {
      await this._sponde.api.call('POST /field-changes/{change_id}/undo', {
        path: { change_id: changeId }
      });
      this._looked = '';
    });
    Notification.info(sentence, {
      autoClose: 12_000,
      actions: [{ label: trans.__('Undo'), callback: () => void this._many.undo(changeId) }]
    });
  }

  private _begin(chosen: readonly TwinOf[], draft: Draft[] | null): void {
    this.chosen = chosen;
    this.draft = draft;
    this.error = null;
  }

  private _busy(isBusy: boolean): void {
    this.isBusy = isBusy;
    this._changed.emit();
  }
}

function placeOf(field: BlockField): string {
  return field.spots.map(({ start, end }) => `${start}-${end}`).join(' ');
}

/** The field as it was drafted; one that becomes a choice offers the values that were seen. */
export function fieldOf(
  field: BlockField,
  name: string,
  kind: FieldKind,
  sources: readonly string[]
): BlockField {
  const seen = sources.map(source => {
    const text = /^(["']).*\1$/.test(source) ? source.slice(1, -1) : '';
    return text ? { text, literal: '' } : { text: source, literal: source };
  });
  const choices = kind !== 'choice' ? [] : field.choices.length ? field.choices : seen;
  return { ...field, name: name.trim(), kind, choices };
}
