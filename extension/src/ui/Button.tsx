/** A button with an icon, a word, or both; the label is always there for screen readers. */
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface ButtonProps {
  label: string;
  onClick: (event: React.MouseEvent) => void;
  icon?: LabIcon;
  /** Show the icon only; the label becomes the tooltip. */
  iconOnly?: boolean;
  kind?: 'plain' | 'accept' | 'warn' | 'quiet';
  disabled?: boolean;
  title?: string;
  pressed?: boolean;
}

const KINDS = { plain: '', accept: 'jp-mod-accept', warn: 'jp-mod-warn', quiet: 'jp-mod-minimal' };

export function Button(props: ButtonProps): JSX.Element {
  const { icon: Icon, label, kind = 'plain', iconOnly } = props;
  const look = iconOnly ? 'sp-IconButton' : `jp-mod-styled ${KINDS[kind]}`;
  return (
    <button
      type="button"
      className={`sp-Button ${look}`}
      title={props.title ?? (iconOnly ? label : undefined)}
      aria-label={label}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {Icon && <Icon.react tag="span" className="sp-Button-icon" width="16px" height="16px" />}
      {!iconOnly && <span>{label}</span>}
    </button>
  );
}
