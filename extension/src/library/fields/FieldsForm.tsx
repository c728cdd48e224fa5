/** Draws the values that a block asks for: a small form; Enter inserts. Fetches nothing. */
import * as React from 'react';
import type { BlockField } from '../../api/schema';
import { ErrorNote } from '../../ui/ErrorNote';
import { Field } from '../../ui/Field';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { Filling } from './fields';
import '../../../style/fields.css';

export function FieldsForm({ filling }: { filling: Filling }): JSX.Element {
  useSignal(filling.changed);
  const { presets } = filling.asked;
  const taken = presets.find(({ values }) =>
    Object.entries(values).every(([name, value]) => filling.values[name] === value)
  );
  return (
    <div className="sp-Fields" role="group" aria-label={trans.__('Values')}>
      <ErrorNote error={filling.error} />
      {presets.length > 1 && (
        <div className="sp-Fields-presets" role="group" aria-label={trans.__('Values that belong together')}>
          <span className="sp-Quiet">{trans.__('As in')}</span>
          {presets.map(preset => (
            <button
              key={preset.name}
              type="button"
              className="sp-Fields-preset"
              aria-pressed={preset === taken}
              onClick={event => {
                filling.take(preset.values);
                // Enter inserts from here, too.
                event.currentTarget.closest('.sp-Fields')?.querySelector<HTMLElement>('input, select')?.focus();
              }}
            >
              {preset.name}
            </button>
          ))}
        </div>
      )}
      {filling.fields.map(field => (
        <Value key={field.name} field={field} filling={filling} />
      ))}
    </div>
  );
}

function Value({ field, filling }: { field: BlockField; filling: Filling }): JSX.Element {
  const place = React.useId();
  const value = filling.values[field.name] ?? '';
  const set = (text: string): void => filling.set(field.name, text);
  const known = filling.known(field);
  const wrong = filling.wrongs[field.name];
  return (
    <>
      <Field label={field.name} hint={hintOf(field)} error={wrong}>
        {field.kind === 'choice' ? (
          <select value={value} onChange={event => set(event.target.value)}>
            {field.choices.map(({ text }) => (
              <option key={text} value={text}>
                {text || trans.__('(empty)')}
              </option>
            ))}
          </select>
        ) : (
          <input
            type={field.kind === 'date' && /^\d{4}-\d{2}-\d{2}$|^$/.test(value) ? 'date' : 'text'}
            inputMode={field.kind === 'number' ? 'decimal' : undefined}
            spellCheck={false}
            autoComplete="off"
            list={known.length ? place : undefined}
            value={value}
            onFocus={event => event.target.select()}
            onChange={event => set(event.target.value)}
          />
        )}
      </Field>
      {known.length > 0 && (
        <datalist id={place}>
          {known.map(name => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
    </>
  );
}

function hintOf(field: BlockField): string | undefined {
  if (field.about) {
    return field.about;
  }
  return field.dataset ? trans.__('a column of %1', field.dataset) : undefined;
}
