/** Which tab carries a call out, and that no two do. */
import { describe, expect, it, vi } from 'vitest';
import { Refusal } from '../api/client';
import type { ToolCall } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { Carrier, WAITS } from './carrier';

const call = { id: 'c1', tool: 'run_cell', message_id: 'm1' } as ToolCall;

/** A server that lets the first tab claim; every tab hears the same events. */
function server() {
  const listeners = new Map<string, ((event: unknown) => void)[]>();
  const results: unknown[] = [];
  let owner = '';
  const sponde = {
    feed: {
      on: (name: string, listener: (event: unknown) => void) =>
        listeners.set(name, [...(listeners.get(name) ?? []), listener])
    },
    api: {
      call: async (route: string, { body, query }: { body: never; query?: never }) => {
        if (route.endsWith('/claim')) {
          const { tab_id } = body as { tab_id: string };
          if (owner && owner !== tab_id) {
            throw new Refusal(409, 'conflict', 'Another tab has it.', '');
          }
          owner = tab_id;
        } else {
          results.push({ ...(body as object), ...(query as object | undefined) });
        }
        return call;
      }
    }
  } as unknown as ISponde;
  const tell = (name: string, event: unknown): void =>
    listeners.get(name)?.forEach(listener => listener(event));
  return { sponde, results, tell };
}

function tab(sponde: ISponde, waited: number[] = []) {
  const waits: (() => void)[] = [];
  const wait = (ms: number): Promise<void> => {
    waited.push(ms);
    return new Promise(resolve => waits.push(resolve));
  };
  const carrier = new Carrier(sponde, wait, () => 'seen');
  const go = async (): Promise<void> => {
    waits.splice(0).forEach(resolve => resolve());
    await vi.waitFor(() => undefined);
    await new Promise(resolve => setTimeout(resolve));
  };
  return { carrier, go };
}

const able = (run: () => Promise<unknown>) => ({
  name: 'run_cell',
  isAble: () => true,
  run: run as never
});

describe('a call that was allowed', () => {
  it('is carried out by the tab that asked, and by no other', async () => {
    const { sponde, results, tell } = server();
    const waits: number[] = [];
    const [ours, other] = [tab(sponde, waits), tab(sponde)];
    const run = vi.fn(async () => ({ text: '42' }));
    const never = vi.fn();
    ours.carrier.add(able(run));
    other.carrier.add(able(never));
    ours.carrier.asked('m1');
    tell('CallAllowed', { conversation_id: 'x', call });
    expect(waits).toEqual([WAITS.ours]);
    await ours.go();
    await other.go();
    expect(run).toHaveBeenCalledOnce();
    expect(never).not.toHaveBeenCalled();
    expect(results).toEqual([{ text: '42', tab_id: ours.carrier.tabId }]);
  });

  it('goes to another tab where the one that asked has no notebook', async () => {
    const { sponde, results, tell } = server();
    const waits: number[] = [];
    const [ours, other] = [tab(sponde, waits), tab(sponde)];
    ours.carrier.decided('c1');
    other.carrier.add(able(async () => ({ text: 'there' })));
    tell('CallAllowed', { conversation_id: 'x', call });
    expect(waits).toEqual([WAITS.unable]);
    await other.go();
    await ours.go();
    expect(results).toMatchObject([{ text: 'there' }]);
  });

  it('fails with the way out where no tab is able', async () => {
    const { sponde, results, tell } = server();
    const ours = tab(sponde);
    ours.carrier.decided('c1');
    tell('CallAllowed', { conversation_id: 'x', call });
    await ours.go();
    expect(results).toMatchObject([{ is_failure: true, text: expect.stringContaining('Open one') }]);
  });

  it('is left alone once it was stopped', async () => {
    const { sponde, results, tell } = server();
    const ours = tab(sponde);
    const run = vi.fn();
    ours.carrier.add(able(run));
    ours.carrier.asked('m1');
    tell('CallAllowed', { conversation_id: 'x', call });
    tell('CallEnded', { call_id: 'c1' });
    await ours.go();
    expect(run).not.toHaveBeenCalled();
    expect(results).toEqual([]);
  });

  it('brings back what went wrong in a sentence', async () => {
    const { sponde, results, tell } = server();
    const ours = tab(sponde);
    ours.carrier.add(
      able(async () => {
        throw new Refusal(409, 'conflict', 'No kernel runs.', 'Start one.');
      })
    );
    ours.carrier.asked('m1');
    tell('CallAllowed', { conversation_id: 'x', call });
    await ours.go();
    expect(results).toMatchObject([{ is_failure: true, text: 'No kernel runs. Start one.' }]);
  });
});
