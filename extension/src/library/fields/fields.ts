/** The values that a block asks for when it is put into a notebook. No React. */
import { Signal, type ISignal } from '@lumino/signaling';
import { Refusal } from '../../api/client';
import type { BlockField, CodeBlock, FieldsOfBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { trans } from '../../ui/words';

const NUMBER = /^[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?$/;

export class Filling {
  readonly changed: ISignal<this, void>;
  readonly values: Record<string, string> = {};
  /** What is wrong, beside the field that it speaks of. */
  wrongs: Record<string, string> = {};
  /** What the server says of the whole. */
  error: unknown = null;
  /** The columns of the variable that is chosen for the block's table. */
  columnsHere: readonly string[] = [];
  private readonly _changed = new Signal<this, void>(this);

  constructor(
    private readonly _sponde: ISponde,
    readonly block: CodeBlock,
    readonly asked: FieldsOfBlock
  ) {
    this.changed = this._changed;
    asked.fields.forEach(field => (this.values[field.name] = asked.last[field.name] ?? field.default));
  }

  get fields(): readonly BlockField[] {
    return this.asked.fields;
  }

  /** The tables that the code names with these values in it. */
  get tables(): string[] {
    const now = new Map(
      this.fields.filter(({ kind }) => kind === 'dataset').map(field => [field.default, this.values[field.name]])
    );
    return this.block.facts.datasets.map(table => now.get(table) ?? table);
  }

  /** What a column or a dataset may be; the likeliest first. */
  known(field: BlockField): string[] {
    if (field.kind === 'dataset') {
      return [...this.asked.datasets];
    }
    if (field.kind !== 'column') {
      return [];
    }
    const of = field.dataset ? (this.asked.columns[field.dataset] ?? []) : [];
    const all = Object.values(this.asked.columns).flat();
    return [...new Set([...this.columnsHere, ...of, ...(this.columnsHere.length ? [] : all), field.default])];
  }

  set(name: string, value: string): void {
    this.values[name] = value;
    delete this.wrongs[name];
    this.error = null;
    this._changed.emit();
  }

  /** Take values that belong together. */
  take(values: Record<string, string>): void {
    Object.assign(this.values, values);
    this.wrongs = {};
    this._changed.emit();
  }

  /** Whether every value may be taken; says beside each what is wrong. */
  check(): boolean {
    this.wrongs = {};
    for (const field of this.fields) {
      const wrong = wrongValue(field, this.values[field.name]);
      if (wrong) {
        this.wrongs[field.name] = wrong;
      }
    }
    this._changed.emit();
    return !Object.keys(this.wrongs).length;
  }

  /** The code with the values in it; null where the server refuses them, which the form then says. */
  async code(): Promise<string | null> {
    try {
      return (await filled(this._sponde, this.block.id, this.values, true)).code;
    } catch (error) {
      this.error = error;
      const { message, hint } = Refusal.from(error);
      const field = this.fields.find(({ name }) => message.includes(`'${name}'`));
      if (field) {
        this.wrongs = { [field.name]: `${message} ${hint}`.trim() };
        this.error = null;
      }
      this._changed.emit();
      return null;
    }
  }
}

/** What a block asks for. */
export async function fillingOf(sponde: ISponde, block: CodeBlock): Promise<Filling> {
  const path = { block_id: block.id };
  return new Filling(sponde, block, await sponde.api.call('GET /code-blocks/{block_id}/fields', { path }));
}

/** A block's code with these values. */
export function filled(
  sponde: ISponde,
  blockId: string,
  values: Record<string, string>,
  remembers = false
): Promise<{ code: string }> {
  return sponde.api.call('POST /code-blocks/{block_id}/filled', {
    path: { block_id: blockId },
    body: { values, remembers }
  });
}

/** A block's code as a cell has it: with the values that the cell was given, as far as they still fit. */
export async function withValues(
  sponde: ISponde,
  block: CodeBlock,
  values: Record<string, string> | undefined
): Promise<string> {
  const known = block.fields.map(({ name }) => name);
  const left = Object.entries(values ?? {}).filter(([name]) => known.includes(name));
  if (!left.length) {
    return block.code;
  }
  try {
    return (await filled(sponde, block.id, Object.fromEntries(left))).code;
  } catch {
    return block.code; // a value is no choice any more: the block's own stand there
  }
}

/** Why a value cannot be taken; empty where it can. */
export function wrongValue(field: BlockField, value: string): string {
  const text = value.trim();
  if (field.kind === 'number' && !NUMBER.test(text)) {
    const swapped = text.replace(',', '.');
    return NUMBER.test(swapped)
      ? trans.__('Write the number with a point: %1.', swapped)
      : trans.__('Write a number, such as 10, -0.5 or 1e6.');
  }
  if (field.kind === 'date' && !(DAY.test(text) && !isNaN(Date.parse(text.replace(' ', 'T'))))) {
    return trans.__('Write a date as year-month-day, such as 2026-10-31.');
  }
  if (field.kind === 'choice' && !field.choices.some(({ text: one }) => one === value)) {
    return trans.__('Choose one of %1.', field.choices.map(({ text: one }) => one).join(', '));
  }
  if ((field.kind === 'column' || field.kind === 'dataset') && !text) {
    return trans.__('Write a name.');
  }
  return '';
}
