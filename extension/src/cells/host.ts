/** Puts our strips below cells, and keeps them there when cells move. Knows no server. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import { PanelLayout, type Widget } from '@lumino/widgets';
import type * as React from 'react';

export type Place = 'input' | 'end';

class StripWidget extends ReactWidget {
  constructor(private readonly _draw: () => React.ReactElement) {
    super();
    this.addClass('sp-CellStrip');
    // The notebook's keys and clicks are not meant for what stands in here.
    this.node.dataset.lmSuppressShortcuts = 'true';
    ['mousedown', 'dblclick', 'contextmenu'].forEach(kind =>
      this.node.addEventListener(kind, event => event.stopPropagation())
    );
  }

  render(): React.ReactElement {
    return this._draw();
  }
}

/** Add a strip to a cell: below what is typed, or at its end. */
export function addStrip(cell: Cell, place: Place, draw: () => React.ReactElement): Widget {
  const strip = new StripWidget(draw);
  const layout = cell.layout as PanelLayout;
  const name = place === 'input' ? 'jp-Cell-inputWrapper' : 'jp-CellFooter';
  const at = layout.widgets.findIndex(widget => widget.hasClass(name));
  const index = at < 0 ? layout.widgets.length : place === 'input' ? at + 1 : at;
  layout.insertWidget(index, strip);
  return strip;
}
