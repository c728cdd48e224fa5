/**
 * What a run in a cell proves: its time, memory and versions, as the kernel measured them, and what
 * the cell shows, small enough to keep. Asks the kernel silently; a kernel without `sponde` only
 * tells less.
 */
import type { CodeCell } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import type { Kernel } from '@jupyterlab/services';
import type { UseOutcome } from '../../api/schema';

export type Evidence = Partial<
  Pick<UseOutcome, 'seconds' | 'peak_bytes' | 'measured' | 'packages' | 'output'>
>;

const MOST_PICTURE = 65_536;
const MOST_TEXT = 200_000;
const PATIENCE = 15_000;

/** Gather what a cell's run proves. */
export async function evidence(cell: CodeCell, kernel: Kernel.IKernelConnection | null): Promise<Evidence> {
  const cellId = cell.model.id;
  const outputs = cell.isDisposed ? [] : cell.model.sharedModel.getOutputs();
  const [measured, output] = await Promise.all([
    kernel ? measuredIn(kernel, cellId) : ({} as Evidence),
    smallOutput(outputs)
  ]);
  return { ...measured, output };
}

/** Ask the kernel what it measured; nothing where it does not answer soon. */
async function measuredIn(kernel: Kernel.IKernelConnection, cellId: string): Promise<Evidence> {
  const future = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    user_expressions: {
      told: `__import__('sys').modules['sponde.noting'].told(get_ipython(), ${JSON.stringify(cellId)})`
    }
  });
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE));
  const reply = await Promise.race([future.done.catch(() => null), late]);
  if (!reply || reply.content.status !== 'ok') {
    future.dispose();
    return {};
  }
  const told = reply.content.user_expressions?.told as { data?: Record<string, string> } | undefined;
  const text = told?.data?.['text/plain']?.replace(/^'|'$/g, '') ?? '';
  try {
    return text ? (JSON.parse(atob(text)) as Evidence) : {};
  } catch {
    return {}; // said by something else than our own function
  }
}

/** The last picture or table of a cell, else its last text. */
async function smallOutput(outputs: IOutput[]): Promise<Record<string, string>> {
  let text = '';
  for (const output of [...outputs].reverse()) {
    const data = (output.data ?? {}) as Record<string, unknown>;
    const picture = joined(data['image/png']).replace(/\s/g, '');
    const drawing = joined(data['image/svg+xml']);
    const html = joined(data['text/html']);
    const plain = joined(data['text/plain']);
    if (picture) {
      const small = bytesOf(picture) > MOST_PICTURE ? await smaller(picture) : picture;
      return small ? { 'image/png': small, 'text/plain': plain } : { 'text/plain': plain };
    }
    if (drawing && drawing.length <= MOST_PICTURE) {
      return { 'image/svg+xml': drawing, 'text/plain': plain };
    }
    if (/<table\b/i.test(html)) {
      return { 'text/html': html.slice(0, MOST_TEXT), 'text/plain': plain.slice(0, MOST_TEXT) };
    }
    text ||= plain || (output.name === 'stdout' ? joined(output.text) : '');
  }
  return text.trim() ? { 'text/plain': text.slice(0, MOST_TEXT) } : {};
}

/** Draw a picture smaller until it may be kept; nothing where it cannot be. */
export async function smaller(picture: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  try {
    await image.decode();
  } catch {
    return '';
  }
  const canvas = document.createElement('canvas');
  for (let width = Math.min(image.naturalWidth, 900); width >= 120; width = Math.round(width * 0.72)) {
    canvas.width = width;
    canvas.height = Math.max(1, Math.round((image.naturalHeight * width) / image.naturalWidth));
    const pen = canvas.getContext('2d');
    if (!pen) {
      return '';
    }
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    const made = canvas.toDataURL('image/png').split(',')[1] ?? '';
    if (made && bytesOf(made) <= MOST_PICTURE) {
      return made;
    }
  }
  return '';
}

function bytesOf(base64: string): number {
  return (base64.length * 3) / 4;
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.join('') : typeof value === 'string' ? value : '';
}
