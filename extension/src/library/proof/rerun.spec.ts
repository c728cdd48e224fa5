/** Stale blocks that are run again: progress, results and cancelling, over a server as told. */
import { describe, expect, it } from 'vitest';
import { Refusal, type Api } from '../../api/client';
import { EventDispatcher } from '../../api/feed';
import type { BlockTrial, StaleBlock } from '../../api/schema';
import { Rerun } from './rerun';
import { Trials } from '../trials/trials';

type Status = BlockTrial['status'];

/** A server whose trials end when they are told to. */
function server(names: string[], refused = '') {
  const feed = new EventDispatcher();
  const trials = new Map<string, BlockTrial>();
  const asked: string[] = [];
  let held: (() => void) | null = null;
  const end = (name: string, status: Status, change: Partial<BlockTrial> = {}): void => {
    const trial = { ...trials.get(name)!, status, ...change };
    trials.set(name, trial);
    feed.dispatch('TrialChanged', { trial });
  };
  const call = async (route: string, options: { body?: { block_id: string }; path?: { trial_id: string } } = {}): Promise<unknown> => {
    asked.push(`${route} ${options.body?.block_id ?? options.path?.trial_id ?? ''}`.trim());
    if (route === 'GET /stale-code-blocks') {
      return names.map(id => ({ block: { id, name: id }, moved: [] }) as unknown as StaleBlock);
    }
    if (route === 'POST /block-trials') {
      const id = options.body!.block_id;
      if (id === refused) {
        throw new Refusal(400, 'invalid', 'Nothing fits.', 'Choose a dataset.');
      }
      if (held) {
        await new Promise<void>(resolve => (held = resolve));
      }
      trials.set(id, { id, block_id: id, status: 'running', outputs: [] } as unknown as BlockTrial);
    } else if (route === 'POST /block-trials/{trial_id}/cancel') {
      end(options.path!.trial_id, 'cancelled');
    }
    return trials.get(options.body?.block_id ?? options.path?.trial_id ?? '');
  };
  const sponde = { api: { call, url: () => '' } as unknown as Api, feed };
  return {
    rerun: new Rerun(sponde, new Trials(sponde)),
    asked,
    end,
    hold: () => (held = () => undefined),
    release: () => held?.()
  };
}

const settle = (): Promise<void> => new Promise(resolve => setTimeout(resolve));

describe('running stale blocks again', () => {
  it('tries one after the other, counts them, and tells which are proven anew and which broke', async () => {
    const { rerun, end } = server(['a', 'b', 'c'], 'c');
    await rerun.load();
    const running = rerun.run();
    await settle();
    expect([rerun.isRunning, rerun.done]).toEqual([true, 0]);
    expect(rerun.rows.map(row => row.trial?.status)).toEqual(['running', undefined, undefined]);
    end('a', 'ok');
    await settle();
    expect(rerun.done).toBe(1);
    end('b', 'failed', { error_name: 'AttributeError' });
    await running;
    expect(rerun.rows.map(row => row.trial?.status)).toEqual(['ok', 'failed', undefined]);
    expect(rerun.rows[1].trial?.error_name).toBe('AttributeError');
    expect(rerun.rows[2].refusal?.message).toBe('Nothing fits.');
    expect([rerun.isRunning, rerun.done]).toEqual([false, 3]);
  });

  it('tries one alone where one is chosen', async () => {
    const { rerun, end, asked } = server(['a', 'b']);
    await rerun.load();
    rerun.choose('a', false);
    const running = rerun.run();
    await settle();
    end('b', 'ok');
    await running;
    expect(asked.filter(one => one.startsWith('POST'))).toEqual(['POST /block-trials b']);
  });

  it('ends what runs and begins no other when it is cancelled', async () => {
    const { rerun, asked } = server(['a', 'b']);
    await rerun.load();
    const running = rerun.run();
    await settle();
    await rerun.cancel();
    await running;
    expect(rerun.rows[0].trial?.status).toBe('cancelled');
    expect(asked).not.toContain('POST /block-trials b');
  });

  it('ends a trial that was just being begun when it is cancelled', async () => {
    const { rerun, hold, release } = server(['a', 'b']);
    await rerun.load();
    hold();
    const running = rerun.run();
    await settle();
    await rerun.cancel();
    release();
    await running;
    expect(rerun.rows.map(row => row.trial?.status)).toEqual(['cancelled', undefined]);
  });
});
