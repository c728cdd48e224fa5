/** What is in the kernel of a notebook, asked without disturbing it. */
import { Token } from '@lumino/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';

/** A variable of a running kernel. */
export interface Variable {
  name: string;
  /** Its type, such as DataFrame. */
  type: string;
  /** Its shape or length in words, such as "1,000 × 12"; empty where it has none. */
  shape: string;
}

/** What a block of code meets in a kernel. */
export interface Around {
  variables: Array<Variable & { columns: string[] }>;
  /** Those of the imports asked about that the kernel cannot find. */
  missing: string[];
}

export interface IKernels {
  /** The notebook that was used last; null where none is open. */
  readonly notebook: NotebookPanel | null;
  /**
   * The variables that a person made in a notebook's kernel. Nothing runs in the person's
   * namespace, no counter moves, no history is kept; a busy kernel gives what was known before.
   */
  variables(notebook?: NotebookPanel | null): Promise<Variable[]>;
  /**
   * The variables with the names of their columns, and which imports the kernel cannot find;
   * nothing is imported. Null where no idle Python kernel is there to ask.
   */
  around(imports: readonly string[], notebook?: NotebookPanel | null): Promise<Around | null>;
  /** What a person would see of a variable: type, shape, columns with types, the first rows. */
  look(name: string, rows?: number, notebook?: NotebookPanel | null): Promise<string>;
}

export const IKernels = new Token<IKernels>('sponde-lab:IKernels', 'What is in the kernel of a notebook.');
