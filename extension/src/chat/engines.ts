/** What the engines of this machine are doing, for answers that wait for one. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { Engine, Message, Model } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { trans } from '../ui/words';

const LOCAL = 'local/';

/** What an answer waits for, in words, and how far it is. */
export interface Doing {
  label: string;
  progress: number | null;
}

export class Engines {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  private _engines: Engine[] = [];

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const { feed } = _sponde;
    feed.on('EngineChanged', ({ engine }) => {
      this._engines = [engine, ...this._engines.filter(({ id }) => id !== engine.id)];
      this._changed.emit();
    });
    feed.on('EngineRemoved', ({ engine_id }) => {
      this._engines = this._engines.filter(({ id }) => id !== engine_id);
      this._changed.emit();
    });
    feed.reset.connect(() => void this.load());
  }

  async load(): Promise<void> {
    try {
      this._engines = await this._sponde.api.call('GET /engines');
      this._changed.emit();
    } catch {
      // Nothing is said about engines that cannot be had; their page says why.
    }
  }

  /** The engine that answers, or is to answer, for a model of this machine. */
  of(modelId: string): Engine | undefined {
    if (!modelId.startsWith(LOCAL)) {
      return undefined;
    }
    const name = modelId.slice(LOCAL.length);
    const serving = this._engines.filter(
      ({ model, adapters }) => model === name || adapters.includes(name)
    );
    return (
      serving.find(({ status }) => status === 'ready') ??
      serving.find(({ status }) => status !== 'stopped') ??
      serving[0]
    );
  }

  /** In a word, whether a model of this machine answers at once. */
  readiness(model: Model): { word: string; tone: 'good' | 'busy' | 'plain' | 'bad' } | null {
    if (!model.id.startsWith(LOCAL)) {
      return null;
    }
    switch (this.of(model.id)?.status) {
      case 'ready':
        return { word: trans.__('ready'), tone: 'good' };
      case 'starting':
        return { word: trans.__('starting'), tone: 'busy' };
      case 'asleep':
        return { word: trans.__('asleep'), tone: 'plain' };
      case 'failed':
        return { word: trans.__('failed'), tone: 'bad' };
      default:
        return { word: trans.__('will start'), tone: 'plain' };
    }
  }

  /** What the engine behind an answer without a word is doing; null where it has none. */
  doing(answer: Message, isBlind = false): Doing | null {
    const modelId = answer.receipt?.model_id ?? answer.model_id;
    if (!modelId.startsWith(LOCAL)) {
      return null;
    }
    const name = isBlind ? trans.__('the model') : modelId.slice(LOCAL.length);
    const engine = this.of(modelId) ?? this._starting();
    if (!engine || engine.status === 'ready') {
      return { label: trans.__('Waiting for %1…', name), progress: null };
    }
    const what = engine.doing.replace(/[….]+$/, '').replace(/^[A-Z](?=[a-z])/, letter => letter.toLowerCase());
    const work = what ? `${name}: ${what}` : name;
    const label =
      engine.status === 'asleep'
        ? trans.__('Waking %1…', work)
        : engine.restarts > 0
          ? trans.__('Restarting %1…', work)
          : engine.status === 'stopping'
            ? trans.__('Making room for %1…', work)
            : trans.__('Starting %1…', work);
    return { label, progress: engine.progress };
  }

  /** Where none is known by name (an adapter that is not loaded yet): the one that starts. */
  private _starting(): Engine | undefined {
    const starting = this._engines.filter(({ status }) => status === 'starting');
    return starting.length === 1 ? starting[0] : undefined;
  }
}
