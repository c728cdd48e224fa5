/** The variables of kernels as far as they are known; asks again when cells have run since. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Refusal } from '../api/client';
import { trans } from '../ui/words';
import type { Around, IKernels, Variable } from './tokens';

interface Known {
  list: Variable[];
  /** Whether something ran since. */
  isStale: boolean;
  asked: Promise<Variable[]> | null;
}

export class Kernels implements IKernels {
  private readonly _known = new WeakMap<object, Known>();

  constructor(private readonly _tracker: INotebookTracker) {}

  get notebook(): NotebookPanel | null {
    return (
      this._tracker.currentWidget ??
      this._tracker.find(panel => panel.isVisible) ??
      this._tracker.find(() => true) ??
      null
    );
  }

  async variables(notebook: NotebookPanel | null = this.notebook): Promise<Variable[]> {
    const kernel = notebook?.sessionContext.session?.kernel;
    if (!kernel) {
      return [];
    }
    const known = this._follow(kernel);
    if (known.asked) {
      return known.asked;
    }
    if (!known.isStale || kernel.status !== 'idle') {
      return known.list;
    }
    known.asked = this._ask(kernel, known);
    try {
      return await known.asked;
    } finally {
      known.asked = null;
    }
  }

  async look(name: string, rows = 0, notebook: NotebookPanel | null = this.notebook): Promise<string> {
    const kernel = notebook?.sessionContext.session?.kernel;
    if (!kernel) {
      throw new Refusal(
        503,
        'unavailable',
        trans.__('No kernel runs.'),
        trans.__('Open the notebook and run a cell.')
      );
    }
    const asking = await import('./asking');
    if (!asking.isFree(kernel)) {
      throw new Refusal(
        409,
        'conflict',
        trans.__('The kernel is busy.'),
        trans.__('Look again when its cells have run.')
      );
    }
    const said = (await asking.isPython(kernel)) ? await asking.look(kernel, name, rows) : null;
    if (said === null) {
      throw new Refusal(
        404,
        'not_found',
        trans.__('The kernel has no variable “%1”.', name),
        trans.__('Run the cell that makes it.')
      );
    }
    return said;
  }

  async around(
    imports: readonly string[],
    notebook: NotebookPanel | null = this.notebook
  ): Promise<Around | null> {
    const kernel = notebook?.sessionContext.session?.kernel;
    const asking = kernel && (await import('./asking'));
    if (!asking || !asking.isFree(kernel)) {
      return null;
    }
    try {
      return (await asking.isPython(kernel)) ? await asking.around(kernel, imports) : null;
    } catch {
      return null; // it went away, or does not answer: what it holds is not known
    }
  }

  private async _ask(kernel: Kernel.IKernelConnection, known: Known): Promise<Variable[]> {
    try {
      const asking = await import('./asking');
      if (!asking.isFree(kernel) || !(await asking.isPython(kernel))) {
        return known.list;
      }
      known.isStale = false;
      known.list = await asking.variables(kernel);
    } catch {
      known.isStale = true; // asked again the next time; until then what was known stands
    }
    return known.list;
  }

  /** Hear when cells run: only then can there be something new. */
  private _follow(kernel: Kernel.IKernelConnection): Known {
    let known = this._known.get(kernel);
    if (!known) {
      const made: Known = { list: [], isStale: true, asked: null };
      known = made;
      this._known.set(kernel, made);
      kernel.iopubMessage.connect((_, message) => {
        const type = message.header.msg_type;
        // Our own silent requests make neither.
        if (type === 'execute_input' || type === 'comm_msg') {
          made.isStale = true;
        }
      });
      kernel.statusChanged.connect((_, status) => {
        if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
          made.list = [];
          made.isStale = true;
        }
      });
    }
    return known;
  }
}
