/** Lets a kernel measure its cells, before the first cell that carries a block runs in it. */
import type { Kernel } from '@jupyterlab/services';
import { NotebookActions, type INotebookTracker } from '@jupyterlab/notebook';

const LISTEN =
  'try:\n    from sponde.noting import listen as _l\n    _l(get_ipython())\n    del _l\n' +
  'except Exception:\n    pass';

const measuring = new WeakMap<Kernel.IKernelConnection, string>();

/** Ask a kernel to measure, once in its life. Its answer is not waited for: it keeps the order. */
function measureIn(kernel: Kernel.IKernelConnection | null | undefined, language: string): void {
  if (!kernel || language !== 'python' || measuring.has(kernel)) {
    return;
  }
  measuring.set(kernel, kernel.id);
  kernel.statusChanged.connect((_, status) => {
    if (status === 'restarting' || status === 'autorestarting') {
      measuring.delete(kernel);
    }
  });
  kernel
    .requestExecute({ code: LISTEN, silent: true, store_history: false })
    .done.catch(() => measuring.delete(kernel));
}

/** Before a cell that carries a block is run, its kernel is asked. */
export function measureMarked(tracker: INotebookTracker, isMarked: (metadata: unknown) => boolean): void {
  NotebookActions.executionScheduled.connect((_, { notebook, cell }) => {
    if (isMarked(cell.model.getMetadata('sponde'))) {
      const panel = tracker.find(one => one.content === notebook);
      measureIn(panel?.sessionContext.session?.kernel, notebook.model?.defaultKernelLanguage ?? '');
    }
  });
}
