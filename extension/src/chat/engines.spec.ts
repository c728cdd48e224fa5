/** What an answer that waits for an engine says. */
import { describe, expect, it } from 'vitest';
import type { Api } from '../api/client';
import { EventDispatcher } from '../api/feed';
import type { Engine, Model } from '../api/schema';
import { Engines } from './engines';
import { message } from './fixture';

const engine = (given: Partial<Engine>): Engine =>
  ({ id: 'e1', model: 'tiny', adapters: [], status: 'starting', doing: '', progress: null, restarts: 0, ...given }) as Engine;

async function begin(...engines: Engine[]) {
  const feed = new EventDispatcher();
  const api = { call: async () => engines, url: () => '' } as unknown as Api;
  const made = new Engines({ api, feed });
  await made.load();
  return { engines: made, feed };
}

const waiting = message('a1', { status: 'streaming', model_id: 'local/tiny' });

describe('an answer that waits', () => {
  it('says what its engine is doing, and how far it is', async () => {
    const { engines, feed } = await begin(engine({ doing: 'Loading weights…', progress: 0.4 }));
    expect(engines.doing(waiting)).toEqual({
      label: 'Starting tiny: loading weights…',
      progress: 0.4
    });
    feed.dispatch('EngineChanged', { engine: engine({ status: 'asleep' }) });
    expect(engines.doing(waiting)?.label).toBe('Waking tiny…');
    feed.dispatch('EngineChanged', { engine: engine({ restarts: 1 }) });
    expect(engines.doing(waiting)?.label).toBe('Restarting tiny…');
    feed.dispatch('EngineChanged', { engine: engine({ status: 'ready' }) });
    expect(engines.doing(waiting)?.label).toBe('Waiting for tiny…');
  });

  it('says nothing of engines where its model is elsewhere', async () => {
    const { engines } = await begin(engine({}));
    expect(engines.doing(message('a1', { status: 'streaming', model_id: 'p/tiny' }))).toBe(null);
    expect(engines.doing(message('a1', { status: 'streaming' }))).toBe(null);
  });

  it('is told of the engine that starts for its adapter', async () => {
    const { engines } = await begin(engine({}));
    const adapted = message('a1', { status: 'streaming', model_id: 'local/tiny-birds' });
    expect(engines.doing(adapted)?.label).toBe('Starting tiny-birds…');
  });

  it('names no model while names are hidden', async () => {
    const { engines } = await begin(engine({}));
    expect(engines.doing(waiting, true)?.label).toBe('Starting the model…');
  });
});

describe('a model of this machine', () => {
  it('is ready, asleep or will start', async () => {
    const { engines, feed } = await begin();
    const model = { id: 'local/tiny' } as Model;
    expect(engines.readiness(model)?.word).toBe('will start');
    feed.dispatch('EngineChanged', { engine: engine({ status: 'asleep' }) });
    expect(engines.readiness(model)?.word).toBe('asleep');
    feed.dispatch('EngineChanged', { engine: engine({ status: 'ready' }) });
    expect(engines.readiness(model)?.word).toBe('ready');
    feed.dispatch('EngineRemoved', { engine_id: 'e1' });
    expect(engines.readiness(model)?.word).toBe('will start');
    expect(engines.readiness({ id: 'p/tiny' } as Model)).toBe(null);
  });
});
