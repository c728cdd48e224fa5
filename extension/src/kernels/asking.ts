/** Asks a running kernel about its variables: silently, only while it is idle, never for long. */
import type { Kernel } from '@jupyterlab/services';
import { trans } from '../ui/words';
import type { Around, Variable } from './tokens';
import { PROGRAM } from './program';

/** Nobody waits longer for a kernel that is said to be idle, in milliseconds. */
export const PATIENCE = 3000;

/** Whether a kernel can be asked without standing in a person's way. */
export function isFree(kernel: Kernel.IKernelConnection): boolean {
  return kernel.status === 'idle' && kernel.connectionStatus === 'connected' && !kernel.hasPendingInput;
}

export async function isPython(kernel: Kernel.IKernelConnection): Promise<boolean> {
  return (await kernel.info).language_info.name === 'python';
}

export async function variables(kernel: Kernel.IKernelConnection): Promise<Variable[]> {
  const found = (await ask(kernel, ['variables'])) as Array<[string, string, string]>;
  return found.map(([name, type, shape]) => ({ name, type, shape }));
}

/** The variables with their columns, and which of these imports cannot be found. */
export async function around(
  kernel: Kernel.IKernelConnection,
  imports: readonly string[]
): Promise<Around> {
  const [known, missing] = (await ask(kernel, ['around', imports])) as [
    Array<[string, string, string, string[]]>,
    string[]
  ];
  return {
    variables: known.map(([name, type, shape, columns]) => ({ name, type, shape, columns })),
    missing
  };
}

/** What there is to see of a variable; null where there is none of this name. */
export async function look(
  kernel: Kernel.IKernelConnection,
  name: string,
  rows: number
): Promise<string | null> {
  return (await ask(kernel, ['look', name, rows])) as string | null;
}

/**
 * A silent request without code moves no counter and keeps no history; its expression works in a
 * scope of its own. What it gives comes as base64: a string whose repr needs no reading.
 */
async function ask(kernel: Kernel.IKernelConnection, asked: unknown[]): Promise<unknown> {
  const expression =
    `(lambda scope: (__import__("builtins").exec(${JSON.stringify(PROGRAM)}, scope), ` +
    `scope["given"])[1])({"asked": ${JSON.stringify(asked)}})`;
  const future = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    allow_stdin: false,
    stop_on_error: false,
    user_expressions: { given: expression }
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const reply = await Promise.race([
      future.done,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(trans.__('The kernel does not answer.'))), PATIENCE);
      })
    ]);
    return read(reply.content);
  } finally {
    clearTimeout(timer);
    future.dispose();
  }
}

/** Read what the expression gave, or throw where it failed. */
export function read(content: unknown): unknown {
  const { user_expressions: given } = content as {
    user_expressions?: { given?: { status: string; data?: Record<string, string>; evalue?: string } };
  };
  const text = given?.given?.data?.['text/plain'];
  if (given?.given?.status !== 'ok' || text === undefined) {
    throw new Error(given?.given?.evalue ?? trans.__('The kernel did not say.'));
  }
  return JSON.parse(atob(text.slice(1, -1)));
}
