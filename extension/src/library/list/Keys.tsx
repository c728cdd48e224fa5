/** Tells which keys do what, below a list of blocks. */
import * as React from 'react';
import { trans } from '../../ui/words';

export function Keys({ canClose }: { canClose?: boolean }): JSX.Element {
  const keys = [
    ['↑ ↓', trans.__('choose')],
    ['Enter', trans.__('insert')],
    ['Ctrl Enter', trans.__('insert and run')],
    ['Shift Enter', trans.__('open')]
  ];
  if (canClose) {
    keys.push(['Esc', trans.__('close')]);
  }
  return (
    <div className="sp-Library-keys" aria-hidden="true">
      {keys.map(([key, deed]) => (
        <span key={key}>
          <span className="sp-Key">{key}</span> {deed}
        </span>
      ))}
    </div>
  );
}
