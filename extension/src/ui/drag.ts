/** Drags a thing out of a panel: a notebook takes it as a cell, the chat as a reference. */
import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import type * as React from 'react';
import type { Reference } from '../api/schema';

/** What JupyterLab's notebooks take (a list of cells). */
const CELLS = 'application/vnd.jupyter.cells';
/** What a chat takes: a reference, as JSON. */
export const REFERENCE = 'application/vnd.sponde.reference';
const FAR_ENOUGH = 6;

export interface Dragged {
  label: string;
  /** The cell that a notebook makes of it. */
  cell: { cell_type: 'code' | 'markdown'; source: string; metadata: object };
  text: string;
  reference: Reference;
}

/** Wait whether the pressed mouse moves far enough to mean a drag; `begins` is told when it does. */
export function watchDrag(
  event: React.MouseEvent,
  dragged: () => Dragged,
  begins: () => void,
  ended?: () => void
): void {
  if (event.button !== 0) {
    return;
  }
  const { clientX, clientY } = event;
  // A drag selects no text on its way: the next one would drag that text.
  const select = (started: Event): void => started.preventDefault();
  const letSelect = (): void => document.removeEventListener('selectstart', select, true);
  const stop = (): void => {
    document.removeEventListener('mousemove', move, true);
    document.removeEventListener('mouseup', release, true);
  };
  const release = (): void => {
    stop();
    letSelect();
  };
  const move = (moved: MouseEvent): void => {
    if (Math.hypot(moved.clientX - clientX, moved.clientY - clientY) < FAR_ENOUGH) {
      return;
    }
    stop();
    begins();
    void made(dragged()).start(moved.clientX, moved.clientY).then(() => {
      letSelect();
      ended?.();
    });
  };
  document.addEventListener('mousemove', move, true);
  document.addEventListener('mouseup', release, true);
  document.addEventListener('selectstart', select, true);
}

function made({ label, cell, text, reference }: Dragged): Drag {
  const mimeData = new MimeData();
  mimeData.setData(CELLS, [
    cell.cell_type === 'markdown' ? cell : { ...cell, outputs: [], execution_count: null }
  ]);
  mimeData.setData(REFERENCE, reference);
  mimeData.setData('text/plain', text);
  const image = document.createElement('div');
  image.className = 'sp-BlockDrag';
  image.textContent = label;
  return new Drag({ mimeData, dragImage: image, proposedAction: 'copy', supportedActions: 'copy' });
}
