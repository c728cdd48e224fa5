/** Something is going on: a line that moves and a word that says what. */
import * as React from 'react';

interface BusyProps {
  label: string;
  /** From 0 to 1; without it the line only moves. */
  progress?: number;
}

export function Busy(props: BusyProps): JSX.Element {
  const known = props.progress !== undefined;
  const percent = Math.round((props.progress ?? 0) * 100);
  return (
    <div className="sp-Busy" role="status">
      <div
        className="sp-Busy-track"
        role="progressbar"
        aria-label={props.label}
        aria-valuenow={known ? percent : undefined}
      >
        <div
          className={`sp-Busy-bar ${known ? '' : 'sp-mod-moving'}`}
          style={known ? { width: `${percent}%` } : undefined}
        />
      </div>
      <div className="sp-Busy-label">{props.label}</div>
    </div>
  );
}
