/** A small "Fix this error" below a cell's error, as long as the error is there. */
import type { CodeCell } from '@jupyterlab/cells';
import * as React from 'react';
import { Button } from '../ui/Button';
import { trans } from '../ui/words';
import { errorOf } from './along';
import { addStrip } from './host';

const offered = new WeakSet<CodeCell>();

/** Offer it where the cell's output has an error; it goes with the error. */
export function offerFix(cell: CodeCell, fix: () => void, explain: () => void, caption: string): void {
  if (offered.has(cell) || cell.isDisposed || !errorOf(cell)) {
    return;
  }
  offered.add(cell);
  void cell.ready.then(() => {
    if (cell.isDisposed || !errorOf(cell)) {
      offered.delete(cell);
      return;
    }
    const link = addStrip(cell, 'end', () =>
      React.createElement(
        'div',
        { className: 'sp-CellFix' },
        React.createElement(Button, {
          kind: 'quiet', label: trans.__('Fix this error'), title: caption, onClick: fix
        }),
        React.createElement(Button, {
          kind: 'quiet', label: trans.__('Explain the cell'), title: caption, onClick: explain
        })
      )
    );
    const { outputs } = cell.model;
    const look = (): void => {
      if (!errorOf(cell)) {
        outputs.changed.disconnect(look);
        offered.delete(cell);
        link.dispose();
      }
    };
    outputs.changed.connect(look);
    link.disposed.connect(() => outputs.changed.disconnect(look));
  });
}
