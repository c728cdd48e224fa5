/** Drags a block out of the panel: a notebook takes it as a cell. */
import { Drag } from '@lumino/dragdrop';
import { MimeData } from '@lumino/coreutils';
import type * as React from 'react';
import type { CodeBlock } from '../api/schema';

/** What JupyterLab's notebooks take (a list of cells). */
const CELLS = 'application/vnd.jupyter.cells';
const FAR_ENOUGH = 6;

/** Wait whether the pressed mouse moves far enough to mean a drag; `begins` is told when it does. */
export function watchDrag(
  event: React.MouseEvent,
  block: CodeBlock,
  source: string,
  begins: () => void
): void {
  if (event.button !== 0) {
    return;
  }
  const { clientX, clientY } = event;
  const stop = (): void => {
    document.removeEventListener('mousemove', move, true);
    document.removeEventListener('mouseup', stop, true);
  };
  const move = (moved: MouseEvent): void => {
    if (Math.hypot(moved.clientX - clientX, moved.clientY - clientY) < FAR_ENOUGH) {
      return;
    }
    stop();
    begins();
    void dragged(block, source).start(moved.clientX, moved.clientY);
  };
  document.addEventListener('mousemove', move, true);
  document.addEventListener('mouseup', stop, true);
}

function dragged(block: CodeBlock, source: string): Drag {
  const mimeData = new MimeData();
  mimeData.setData(CELLS, [
    {
      cell_type: block.language === 'markdown' ? 'markdown' : 'code',
      source,
      metadata: { sponde: { block_id: block.id } },
      ...(block.language === 'markdown' ? {} : { outputs: [], execution_count: null })
    }
  ]);
  mimeData.setData('text/plain', block.code);
  const image = document.createElement('div');
  image.className = 'sp-BlockDrag';
  image.textContent = block.name;
  return new Drag({
    mimeData,
    dragImage: image,
    proposedAction: 'copy',
    supportedActions: 'copy'
  });
}
