/** Where a dragged block lands in a notebook: between cells, at the end, or in a cell's place. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Drag } from '@lumino/dragdrop';
import '../../../style/fitting.css';

export interface Landing {
  panel: NotebookPanel;
  at: number;
  /** Whether the cell there goes: Shift was held. */
  replaces: boolean;
}

const REPLACED = 'sp-mod-replaced';
const AT_END = 'sp-mod-dropAtEnd';
const LINE = 'jp-mod-dropTarget';

/**
 * Follow a drag over notebooks until `stop` is called. JupyterLab draws the line above the cell that
 * a drop goes before; the line at the end and the frame around a cell to be replaced are ours.
 */
export function followDrag(
  panels: () => NotebookPanel[],
  land: (landing: Landing) => void
): () => void {
  let marked: Element | null = null;
  const mark = (node: Element | null, name: string): void => {
    marked?.classList.remove(REPLACED, AT_END);
    marked = node;
    marked?.classList.add(name);
  };
  const find = (event: Event): Landing | null => {
    const target = event.target as Node;
    const panel = panels().find(one => one.content.node.contains(target));
    if (!panel) {
      return null;
    }
    const cells = panel.content.widgets;
    const at = cells.findIndex(cell => cell.node.contains(target));
    const replaces = at >= 0 && (event as Drag.Event).shiftKey;
    return { panel, at: at < 0 ? cells.length : at, replaces };
  };
  const over = (event: Event): void => {
    const landing = find(event);
    if (!landing) {
      mark(null, '');
      return;
    }
    const { panel, at, replaces } = landing;
    if (replaces) {
      take(event);
      panel.content.node.querySelectorAll(`.${LINE}`).forEach(node => node.classList.remove(LINE));
      mark(panel.content.widgets[at].node, REPLACED);
    } else {
      mark(at === panel.content.widgets.length ? panel.content.node : null, AT_END);
    }
  };
  const drop = (event: Event): void => {
    const landing = find(event);
    if (landing) {
      take(event);
      landing.panel.content.node
        .querySelectorAll(`.${LINE}`)
        .forEach(node => node.classList.remove(LINE));
      land(landing);
    }
    mark(null, '');
  };
  const listeners: Array<[string, (event: Event) => void]> = [
    ['lm-dragover', over],
    ['lm-drop', drop]
  ];
  listeners.forEach(([kind, listen]) => document.addEventListener(kind, listen, true));
  return () => {
    mark(null, '');
    listeners.forEach(([kind, listen]) => document.removeEventListener(kind, listen, true));
  };
}

/** Answer a drag event in the notebook's place. */
function take(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
  (event as Drag.Event).dropAction = 'copy';
}
