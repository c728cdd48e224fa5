/** A button that opens a short list of things to do; arrows move in it, Escape closes it. */
import { caretDownIcon, type LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

export interface Choice {
  label: string;
  /** A line below it, in quiet letters. */
  note?: string;
  run: () => void;
}

interface ChoicesProps {
  label: string;
  icon?: LabIcon;
  choices: readonly Choice[];
  disabled?: boolean;
}

export function Choices({ label, icon: Icon, choices, disabled }: ChoicesProps): JSX.Element {
  const [isOpen, open] = React.useState(false);
  const button = React.useRef<HTMLButtonElement>(null);
  const list = React.useRef<HTMLDivElement>(null);
  const id = React.useId();
  const items = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  const close = (): void => {
    open(false);
    button.current?.focus();
  };
  React.useEffect(() => {
    if (isOpen) {
      items()[0]?.focus();
    }
  }, [isOpen]);
  const onKey = (event: React.KeyboardEvent): void => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape') {
      close();
    } else if (to !== undefined) {
      all[(to + all.length) % all.length]?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span
      className="sp-Choices"
      onBlur={event => {
        if (!event.currentTarget.contains(event.relatedTarget)) {
          open(false);
        }
      }}
    >
      <button
        ref={button}
        type="button"
        className="sp-Button jp-mod-styled"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        disabled={disabled}
        onClick={() => open(!isOpen)}
      >
        {Icon && <Icon.react tag="span" className="sp-Button-icon" width="16px" height="16px" />}
        <span>{label}</span>
        <caretDownIcon.react tag="span" className="sp-Button-icon" width="16px" height="16px" />
      </button>
      {isOpen && (
        <div ref={list} id={id} role="menu" aria-label={label} className="sp-Choices-list" onKeyDown={onKey}>
          {choices.map(choice => (
            <button
              key={choice.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close();
                choice.run();
              }}
            >
              <span>{choice.label}</span>
              {choice.note && <small>{choice.note}</small>}
            </button>
          ))}
        </div>
      )}
    </span>
  );
}
