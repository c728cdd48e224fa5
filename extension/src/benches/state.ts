/** Benchmarks as the server knows them, the form for another, and which two are compared. */
import { ISignal, Signal } from '@lumino/signaling';
import type { Bench, Model } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { isLive, numbers } from './words';

export interface BenchForm {
  model: string;
  contexts: string;
  streams: string;
  requests: string;
  answer: string;
  tool: '' | Bench['tool'];
}

const FIRST: BenchForm = {
  model: '',
  contexts: '256, 1024',
  streams: '1, 2, 4',
  requests: '8',
  answer: '64',
  tool: ''
};

export class BenchesState {
  benches: Bench[] = [];
  form: BenchForm = { ...FIRST };
  isLoaded = false;
  isSending = false;
  /** What went wrong with the list. */
  error: unknown = null;
  /** What is wrong with the form. */
  formError: unknown = null;
  /** The ids of what is drawn: the second is compared with the first. */
  shown: string[] = [];
  private readonly _changed = new Signal<this, void>(this);

  constructor(private readonly _sponde: ISponde) {
    const { feed } = _sponde;
    feed.on('BenchChanged', ({ bench }) => this._put(bench));
    feed.on('BenchRemoved', ({ bench_id }) => this._drop(bench_id));
    feed.reset.connect(() => {
      if (this.isLoaded) {
        void this.load();
      }
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async load(): Promise<void> {
    try {
      this.benches = await this._sponde.api.call('GET /benches');
      this.isLoaded = true;
      this.error = null;
      if (this.shown.length === 0 && this.benches.length) {
        this.shown = [this.benches[0].id];
      }
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  /** The benchmarks that are drawn, the older one first: changes are from then to now. */
  get drawn(): Bench[] {
    return this.benches.filter(bench => this.shown.includes(bench.id)).reverse();
  }

  /** Draw a benchmark alone. */
  show(bench: Bench): void {
    this.shown = [bench.id];
    this._changed.emit();
  }

  /** Compare what is drawn with this one, or no longer. */
  compare(bench: Bench): void {
    const [first] = this.shown;
    if (this.shown.includes(bench.id)) {
      this.shown = this.shown.filter(id => id !== bench.id);
    } else {
      this.shown = first ? [first, bench.id] : [bench.id];
    }
    this._changed.emit();
  }

  edit(change: Partial<BenchForm>): void {
    this.form = { ...this.form, ...change };
    this.formError = null;
    this._changed.emit();
  }

  /** What is wrong with a field that holds numbers; undefined where nothing is. */
  wrong(field: 'contexts' | 'streams' | 'requests' | 'answer'): string | undefined {
    const found = numbers(this.form[field]);
    const isList = field === 'contexts' || field === 'streams';
    if (found && (isList || found.length === 1)) {
      return undefined;
    }
    return isList ? 'Whole numbers, commas between.' : 'One whole number.';
  }

  /** How many requests the form would make; 0 where it cannot be read. */
  get planned(): number {
    const [contexts, streams, requests] = (['contexts', 'streams', 'requests'] as const).map(field =>
      numbers(this.form[field])
    );
    if (!contexts || !streams || !requests) {
      return 0;
    }
    return contexts.length * streams.reduce((sum, one) => sum + Math.max(one, requests[0]), 0);
  }

  async start(model: Model): Promise<boolean> {
    const { contexts, streams, requests, answer, tool } = this.form;
    this.isSending = true;
    this.formError = null;
    this._changed.emit();
    try {
      const bench = await this._sponde.api.call('POST /benches', {
        body: {
          model_id: model.id,
          contexts: numbers(contexts) ?? [],
          streams: numbers(streams) ?? [],
          requests: numbers(requests)?.[0] ?? 0,
          answer_tokens: numbers(answer)?.[0] ?? 0,
          tool: tool || null
        }
      });
      this._put(bench);
      this.shown = [bench.id];
      return true;
    } catch (error) {
      this.formError = error;
      return false;
    } finally {
      this.isSending = false;
      this._changed.emit();
    }
  }

  /** Fill the form with what a benchmark was, to measure the same again. */
  again(bench: Bench): void {
    this.edit({
      model: bench.model_id,
      contexts: bench.contexts.join(', '),
      streams: bench.streams.join(', '),
      requests: `${bench.requests}`,
      answer: `${bench.answer_tokens}`,
      tool: bench.tool
    });
  }

  async cancel(bench: Bench): Promise<void> {
    await this._try(async () => {
      const path = { bench_id: bench.id };
      this._put(await this._sponde.api.call('POST /benches/{bench_id}/cancel', { path }));
    });
  }

  async remove(bench: Bench): Promise<void> {
    await this._try(async () => {
      const path = { bench_id: bench.id };
      await this._sponde.api.call('DELETE /benches/{bench_id}', { path });
      this._drop(bench.id);
    });
  }

  dismiss(): void {
    this.error = null;
    this._changed.emit();
  }

  /** Where a benchmark's figures are downloaded. */
  exportUrl(bench: Bench, format: 'csv' | 'json'): string {
    return this._sponde.api.url('GET /benches/{bench_id}/export', {
      path: { bench_id: bench.id },
      query: { format }
    });
  }

  private async _try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  private _put(bench: Bench): void {
    const known = this.benches.find(one => one.id === bench.id);
    if (!known) {
      this.benches = [bench, ...this.benches];
    } else if (!isLive(known) && isLive(bench)) {
      return; // late news of one that has ended
    } else {
      this.benches = this.benches.map(one => (one.id === bench.id ? bench : one));
    }
    this._changed.emit();
  }

  private _drop(id: string): void {
    this.benches = this.benches.filter(bench => bench.id !== id);
    this.shown = this.shown.filter(one => one !== id);
    this._changed.emit();
  }
}
