/** Joins the library to notebooks: drags that land, cells that remember, %use that is typed. */
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import type { Cells } from './cells';
import { watchDrag } from '../list/drag';
import type { Landing } from './drop';
import type { Origins } from './origins';
import type { CodeUse } from './use';
import { cellText } from './wrapping';

export interface NotebookMeans {
  sponde: ISponde;
  tracker: INotebookTracker;
  cells: Cells;
  use: CodeUse;
  languages: IEditorLanguageRegistry;
  open: (blockId: string) => void;
  /** Say what went wrong. */
  told: (work: Promise<unknown>) => void;
}

/** What was typed into cells that `%use` made other ones of. */
const USE = /^\s*%?use[ \t]/;

export function joinNotebooks(means: NotebookMeans): void {
  const { tracker, cells } = means;
  let made: Promise<Origins> | null = null;
  const origins = (): Promise<Origins> =>
    (made ??= import('./origins').then(({ Origins }) => new Origins(means)));

  const watch = async (panel: NotebookPanel): Promise<void> => {
    await panel.context.ready;
    const model = panel.content.model;
    const look = (): void => {
      if (panel.content.widgets.some(cell => cells.mark(cell).block_id)) {
        panel.content.modelContentChanged.disconnect(look);
        void origins().then(kept => kept.watch(panel));
      }
    };
    if (model && !panel.isDisposed) {
      panel.content.modelContentChanged.connect(look);
      look();
    }
  };
  tracker.forEach(panel => void watch(panel));
  tracker.widgetAdded.connect((_, panel) => void watch(panel));

  const typed = new WeakMap<object, string>();
  NotebookActions.executionScheduled.connect((_, { cell }) => {
    const source = cell.model.sharedModel.getSource();
    if (USE.test(source)) {
      typed.set(cell.model, source);
    }
  });
  NotebookActions.executed.connect((_, { notebook, cell, success }) => {
    const source = typed.get(cell.model);
    typed.delete(cell.model);
    const panel = tracker.find(one => one.content === notebook);
    if (source && success && panel && cell.model.sharedModel.getSource() !== source) {
      void origins().then(kept => means.told(kept.adopt(panel, cell, source)));
    }
  });
}

/** Drag a block out of the panel; a notebook takes it where it is dropped. */
export function dragBlock(
  means: NotebookMeans,
  event: React.MouseEvent,
  block: CodeBlock,
  begins: () => void
): void {
  const { tracker, cells, use, told } = means;
  const panel = cells.notebook;
  const text = cellText(
    block.code,
    block.language,
    panel ? cells.language(panel) : 'python',
    block.facts.datasets
  );
  let stop: (() => void) | null = null;
  let isOver = false;
  const land = ({ panel, at, replaces }: Landing): void =>
    told(
      use.insert(
        { code: block.code, language: block.language, blockId: block.id },
        { spot: { at, replaces }, focus: true },
        panel
      )
    );
  watchDrag(
    event,
    block,
    text,
    () => {
      begins();
      void import('./drop').then(({ followDrag }) => {
        if (!isOver) {
          stop = followDrag(() => listOf(tracker), land);
        }
      });
    },
    () => {
      isOver = true;
      stop?.();
    }
  );
}

function listOf(tracker: INotebookTracker): NotebookPanel[] {
  const found: NotebookPanel[] = [];
  tracker.forEach(panel => found.push(panel));
  return found;
}
