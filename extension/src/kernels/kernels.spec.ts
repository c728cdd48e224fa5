/** What is known of kernels, and when they are asked again. */
import { Signal } from '@lumino/signaling';
import { describe, expect, it, vi } from 'vitest';
import { Kernels } from './kernels';

vi.mock('./asking', () => ({
  isFree: (kernel: { status: string }) => kernel.status === 'idle',
  isPython: async (kernel: { language: string }) => kernel.language === 'python',
  variables: async (kernel: { ask: () => unknown }) => kernel.ask(),
  look: async () => null
}));

function begin(language = 'python') {
  let count = 0;
  const kernel = {
    status: 'idle',
    language,
    ask: () => {
      count += 1;
      return [{ name: `x${count}`, type: 'int', shape: '' }];
    }
  } as Record<string, unknown>;
  kernel.iopubMessage = new Signal(kernel);
  kernel.statusChanged = new Signal(kernel);
  const panel = { sessionContext: { session: { kernel } } };
  const tracker = { currentWidget: panel, find: () => panel };
  const kernels = new Kernels(tracker as never);
  const names = async () => (await kernels.variables()).map(({ name }) => name);
  const hear = (type: string) =>
    (kernel.iopubMessage as Signal<unknown, unknown>).emit({ header: { msg_type: type } });
  return { kernel, kernels, names, hear };
}

describe('the variables of a kernel', () => {
  it('are asked for once until cells have run', async () => {
    const { names, hear } = begin();
    expect(await names()).toEqual(['x1']);
    hear('status');
    expect(await names()).toEqual(['x1']);
    hear('execute_input');
    expect(await names()).toEqual(['x2']);
  });

  it('are those that were known while it is busy', async () => {
    const { kernel, names, hear } = begin();
    await names();
    hear('execute_input');
    kernel.status = 'busy';
    expect(await names()).toEqual(['x1']);
    kernel.status = 'idle';
    expect(await names()).toEqual(['x2']);
  });

  it('are forgotten when it starts again', async () => {
    const { kernel, names } = begin();
    await names();
    kernel.status = 'restarting';
    (kernel.statusChanged as Signal<unknown, string>).emit('restarting');
    expect(await names()).toEqual([]);
  });

  it('of another language than Python are none', async () => {
    const { names } = begin('R');
    expect(await names()).toEqual([]);
  });
});

describe('a look at a variable', () => {
  it('is refused in a sentence while the kernel is busy, and where there is none', async () => {
    const { kernel, kernels } = begin();
    await expect(kernels.look('x')).rejects.toMatchObject({ status: 404 });
    kernel.status = 'busy';
    await expect(kernels.look('x')).rejects.toMatchObject({ status: 409 });
    await expect(kernels.look('x', 0, null)).rejects.toMatchObject({ status: 503 });
  });
});
