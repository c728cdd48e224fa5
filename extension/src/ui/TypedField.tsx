/** A labelled line to type into: a text, a number or a password; tells the text as it is typed. */
import * as React from 'react';
import { Field } from './Field';

interface TypedFieldProps extends Omit<React.InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  label: string;
  hint?: string;
  error?: string;
  value: string | number;
  onChange: (text: string) => void;
}

export function TypedField({ label, hint, error, onChange, ...input }: TypedFieldProps): JSX.Element {
  return (
    <Field label={label} hint={hint} error={error}>
      <input type="text" {...input} onChange={event => onChange(event.target.value)} />
    </Field>
  );
}
