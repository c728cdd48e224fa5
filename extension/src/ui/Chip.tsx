/** A small word in a frame: a type, a tag, a state, a reference. */
import * as React from 'react';
import { trans } from './words';

interface ChipProps {
  label: string;
  tone?: 'plain' | 'good' | 'bad' | 'warn' | 'busy';
  title?: string;
  onClick?: () => void;
  onRemove?: () => void;
}

export function Chip(props: ChipProps): JSX.Element {
  const className = `sp-Chip sp-mod-${props.tone ?? 'plain'}`;
  const word = props.onClick ? (
    <button type="button" onClick={props.onClick}>
      {props.label}
    </button>
  ) : (
    <span>{props.label}</span>
  );
  return (
    <span className={className} title={props.title}>
      {word}
      {props.onRemove && (
        <button
          type="button"
          className="sp-Chip-remove"
          aria-label={trans.__('Remove %1', props.label)}
          onClick={props.onRemove}
        >
          ×
        </button>
      )}
    </span>
  );
}
