/** Lets other slices ask what is in the kernel of the notebook that was used last. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { Kernels } from './kernels';
import { IKernels } from './tokens';

export const kernelsPlugin: JupyterFrontEndPlugin<IKernels> = {
  id: 'sponde-lab:kernels',
  description: 'What is in the kernels of notebooks, asked without disturbing them.',
  autoStart: true,
  provides: IKernels,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker): IKernels => new Kernels(tracker)
};
