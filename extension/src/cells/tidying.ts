/** Tidies by the formatter in the kernel's environment, without a model and without a trace. */
import type { NotebookPanel } from '@jupyterlab/notebook';

/** How long the formatter may take, in milliseconds. */
const PATIENCE = 30_000;

export interface Tidied {
  /** The formatter; empty where the kernel has none. */
  tool: string;
  code?: string;
  error?: string;
}

/** Format code in a notebook's kernel; null where no idle Python kernel with `sponde` is there. */
export async function tidied(panel: NotebookPanel, code: string): Promise<Tidied | null> {
  const kernel = panel.sessionContext.session?.kernel;
  const language = panel.content.model?.defaultKernelLanguage;
  if (!kernel || kernel.status !== 'idle' || language !== 'python') {
    return null;
  }
  const asking = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    stop_on_error: false,
    user_expressions: {
      tidied: `__import__("sponde.tidying", fromlist=["_"]).tidied(${JSON.stringify(code)})`
    }
  });
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE));
  try {
    const reply = await Promise.race([asking.done, late]);
    if (!reply || reply.content.status !== 'ok') {
      return null;
    }
    const said = reply.content.user_expressions.tidied as
      | { status: string; data?: { 'text/plain'?: string } }
      | undefined;
    const text = said?.status === 'ok' ? said.data?.['text/plain'] : undefined;
    return text ? (JSON.parse(text) as Tidied) : null;
  } catch {
    return null; // the kernel went away, or says something else
  } finally {
    asking.dispose();
  }
}
