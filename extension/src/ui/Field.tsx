/** A labelled input with room for a hint or for what is wrong with the value. */
import * as React from 'react';

interface FieldProps {
  label: string;
  hint?: string;
  error?: string;
  /** Exactly one input, select or textarea. */
  children: React.ReactElement;
}

export function Field(props: FieldProps): JSX.Element {
  const id = React.useId();
  const note = props.error ?? props.hint;
  const input = React.cloneElement(props.children, {
    id,
    'aria-invalid': props.error ? true : undefined,
    'aria-describedby': note ? `${id}-note` : undefined
  });
  return (
    <div className={`sp-Field ${props.error ? 'sp-mod-wrong' : ''}`}>
      <label htmlFor={id}>{props.label}</label>
      {input}
      {note && (
        <div
          className="sp-Field-note"
          id={`${id}-note`}
          role={props.error ? 'alert' : undefined}
        >
          {note}
        </div>
      )}
    </div>
  );
}
