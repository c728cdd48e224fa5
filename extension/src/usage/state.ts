/** What was used in a period, the prices and the budgets, as the server knows them. */
import { ISignal, Signal } from '@lumino/signaling';
import type {
  BudgetState,
  Grouping,
  ModelRequest,
  NewBudget,
  NewPrice,
  RequestOutcome,
  Price,
  UsageReport
} from '../api/schema';
import type { ISponde } from '../api/tokens';
import { firstDay, type Period } from './words';

const GROUPINGS: readonly Grouping[] = ['day', 'model', 'person', 'conversation', 'kind', 'token'];
const PAGE = 50;
const AGAIN_MS = 2000;

export class UsageState {
  period: Period = 'days';
  reports = new Map<Grouping, UsageReport>();
  requests: ModelRequest[] = [];
  hasOlder = false;
  outcome: RequestOutcome | '' = '';
  prices: Price[] = [];
  history: Price[] = [];
  budgets: BudgetState[] = [];
  /** Titles of conversations and names of tokens, by id. */
  names = new Map<string, string>();
  isLoaded = false;
  error: unknown = null;
  private _viewers = 0;
  private _today = '';
  private _again: ReturnType<typeof setTimeout> | null = null;
  private _asked = 0;
  private readonly _changed = new Signal<this, void>(this);

  constructor(private readonly _sponde: ISponde) {
    const { feed } = _sponde;
    feed.on('UsageChanged', () => this._loadAgain());
    feed.reset.connect(() => this._loadAgain());
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get currency(): string {
    return this.reports.get('day')?.currency ?? '';
  }

  /** The address of the table of this period. */
  get table(): string {
    return this._sponde.api.url('GET /usage.csv', { query: this._days() });
  }

  /** Keep current for as long as someone looks; give what ends that. */
  watch(): () => void {
    this._viewers += 1;
    void this.load();
    return () => {
      this._viewers -= 1;
    };
  }

  async show(period: Period): Promise<void> {
    this.period = period;
    this._changed.emit();
    await this.load();
  }

  async filter(outcome: RequestOutcome | ''): Promise<void> {
    this.outcome = outcome;
    this._changed.emit();
    await this.load();
  }

  async load(keepsOlder = false): Promise<void> {
    const asked = ++this._asked;
    const { api } = this._sponde;
    try {
      if (!this._today) {
        this._today = (await api.call('GET /usage', { query: { by: 'day' } })).today;
      }
      const days = this._days();
      const [reports, requests, prices, history, budgets] = await Promise.all([
        Promise.all(GROUPINGS.map(by => api.call('GET /usage', { query: { ...days, by } }))),
        this._requests(''),
        api.call('GET /prices'),
        api.call('GET /prices/history'),
        api.call('GET /budgets')
      ]);
      if (asked !== this._asked) {
        return;
      }
      this.reports = new Map(reports.map(report => [report.by, report]));
      Object.assign(this, { prices, history, budgets });
      const fresh = new Set(requests.map(one => one.id));
      const last = requests[requests.length - 1]?.at ?? '';
      const older = keepsOlder
        ? this.requests.filter(one => one.at <= last && !fresh.has(one.id))
        : [];
      this.hasOlder = older.length ? this.hasOlder : requests.length === PAGE;
      this.requests = [...requests, ...older];
      this.isLoaded = true;
      this.error = null;
      if (reports[0].today !== this._today) {
        this._today = reports[0].today;
        this._loadAgain();
      }
      this._changed.emit();
      await this._findNames();
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  async loadOlder(): Promise<void> {
    await this._try(async () => {
      const older = await this._requests(this.requests[this.requests.length - 1]?.id ?? '');
      this.requests = [...this.requests, ...older];
      this.hasOlder = older.length === PAGE;
    });
  }

  dismiss(): void {
    this.error = null;
    this._changed.emit();
  }

  async setPrice(body: NewPrice): Promise<boolean> {
    return this._try(async () => {
      await this._sponde.api.call('PUT /prices', { body });
      await this.load();
    });
  }

  async removePrice(price: Price): Promise<boolean> {
    return this._try(async () => {
      await this._sponde.api.call('DELETE /prices/{price_id}', { path: { price_id: price.id } });
      await this.load();
    });
  }

  async restorePrice(price: Price): Promise<void> {
    await this._try(async () => {
      const path = { price_id: price.id };
      await this._sponde.api.call('POST /prices/{price_id}/restore', { path });
      await this.load();
    });
  }

  /** Keep a budget: a new one, or the one with this id. */
  async keepBudget(body: NewBudget, id: string): Promise<boolean> {
    return this._try(async () => {
      if (id) {
        await this._sponde.api.call('PUT /budgets/{budget_id}', { path: { budget_id: id }, body });
      } else {
        await this._sponde.api.call('POST /budgets', { body });
      }
      await this.load();
    });
  }

  async removeBudget({ budget }: BudgetState): Promise<boolean> {
    return this._try(async () => {
      const path = { budget_id: budget.id };
      await this._sponde.api.call('DELETE /budgets/{budget_id}', { path });
      await this.load();
    });
  }

  async restoreBudget({ budget }: BudgetState): Promise<void> {
    await this._try(async () => {
      const path = { budget_id: budget.id };
      await this._sponde.api.call('POST /budgets/{budget_id}/restore', { path });
      await this.load();
    });
  }

  private _days(): { since: string; until: string } {
    return { since: firstDay(this.period, this._today), until: this._today };
  }

  private _requests(before: string): Promise<ModelRequest[]> {
    const query = { ...this._days(), before, limit: PAGE };
    return this._sponde.api.call('GET /usage/requests', {
      query: this.outcome ? { ...query, outcome: this.outcome } : query
    });
  }

  /** Names for the ids that are shown; they come from other slices, which may not answer. */
  private async _findNames(): Promise<void> {
    const { api } = this._sponde;
    const [conversations, tokens] = await Promise.allSettled([
      api.call('GET /conversations', { query: { limit: 1000 } }),
      api.call('GET /gateway-tokens')
    ]);
    const names = new Map<string, string>();
    if (conversations.status === 'fulfilled') {
      conversations.value.forEach(one => names.set(one.id, one.title));
    }
    if (tokens.status === 'fulfilled') {
      tokens.value.forEach(one => names.set(one.id, one.name));
    }
    this.names = names;
  }

  private _loadAgain(): void {
    if (this._viewers > 0 && this._again === null) {
      this._again = setTimeout(() => {
        this._again = null;
        if (this._viewers > 0) {
          void this.load(true);
        }
      }, AGAIN_MS);
    }
  }

  private async _try(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.error = null;
      this._changed.emit();
      return true;
    } catch (error) {
      this.error = error;
      this._changed.emit();
      return false;
    }
  }
}
