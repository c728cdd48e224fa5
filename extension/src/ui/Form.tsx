/** The frame of a form: sent by Enter or its button, left by Escape. Knows no slice. */
import * as React from 'react';

interface FormProps {
  className: string;
  /** What it is for, for who hears the page. */
  label?: string;
  onSend: () => void;
  /** Where it can be left without sending. */
  onLeave?: () => void;
  children: React.ReactNode;
}

export function Form({ className, label, onSend, onLeave, children }: FormProps): JSX.Element {
  return (
    <form
      className={className}
      aria-label={label}
      onSubmit={event => {
        event.preventDefault();
        onSend();
      }}
      onKeyDown={event => {
        if (onLeave && event.key === 'Escape') {
          event.stopPropagation();
          onLeave();
        }
      }}
    >
      {children}
    </form>
  );
}

/** The button that sends the form that it stands in. */
export function Submit(props: { label: string; disabled: boolean; isQuiet?: boolean }): JSX.Element {
  return (
    <button
      type="submit"
      className={`sp-Button jp-mod-styled${props.isQuiet ? '' : ' jp-mod-accept'}`}
      disabled={props.disabled}
    >
      {props.label}
    </button>
  );
}
