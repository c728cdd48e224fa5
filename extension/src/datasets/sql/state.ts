/** One tab of SQL: its text, the query that runs, what came of it, the history. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal, type Api } from '../../api/client';
import type { DatasetQuery, DownloadFormat } from '../../api/schema';
import type { Keeper } from './kept';
import { resultOf, type ResultSource } from './answer';
import { statementAt, statementsOf } from './statements';

/** A stretch of the text that is wrong. */
export interface Wrong {
  from: number;
  to: number;
  message: string;
}

const WAIT = 20;
const LISTED = 50;

export class SqlState {
  text: string;
  query: DatasetQuery | null = null;
  source: ResultSource | null = null;
  /** Why nothing came of it, where the server did not say so of the query. */
  error: Refusal | null = null;
  wrong: Wrong | null = null;
  isRunning = false;
  /** When the running query began, in milliseconds. */
  began = 0;
  history: DatasetQuery[] = [];
  hasMore = false;
  search = '';
  historyError: Refusal | null = null;
  isHistoryShown = false;
  making: DownloadFormat | null = null;
  /** When the file was begun, in milliseconds. */
  makingSince = 0;
  private readonly _changed = new Signal<SqlState, void>(this);
  private _id = '';
  private _start = 0;
  private _ran = '';
  private _making: AbortController | null = null;
  private _asked = 0;
  /** Whether the server has said the id of the query that runs. */
  private _isBegun = false;
  private _isUnwanted = false;

  constructor(
    private readonly _api: Api,
    private readonly _tab: string,
    private readonly _keeper: Keeper,
    given = ''
  ) {
    const kept = _keeper.get(_tab);
    this.text = kept.text || given;
    this._id = kept.queryId;
    this._keep();
  }

  get changed(): ISignal<SqlState, void> {
    return this._changed;
  }

  write(text: string): void {
    if (text === this.text) {
      return;
    }
    this.text = text;
    this.wrong = null;
    this._keep();
    this._changed.emit();
  }

  /** Show again what the tab showed before the page was loaded anew. */
  async restore(): Promise<void> {
    if (!this._id) {
      return;
    }
    try {
      this._take(await this._get(0));
      if (this.query?.status === 'running') {
        this.began = Date.parse(this.query.started_at);
        this._isBegun = true;
        await this._follow();
      }
    } catch (error) {
      this._forget(error);
    }
    this._changed.emit();
  }

  /** Run what is selected, one statement after the other, or the statement that the cursor stands in. */
  async run(from: number, to: number): Promise<void> {
    if (this.isRunning) {
      return;
    }
    const chosen = from === to ? [statementAt(this.text, from)] : statementsOf(this.text.slice(from, to));
    const shift = from === to ? 0 : from;
    for (const one of chosen) {
      if (one && !(await this._run(one.text, one.start + shift))) {
        break;
      }
    }
    if (this.isHistoryShown) {
      await this.list();
    }
  }

  async cancel(): Promise<void> {
    if (!this.isRunning) {
      return;
    }
    if (!this._isBegun) {
      this._isUnwanted = true; // stopped as soon as the server says which one it is
      return;
    }
    try {
      await this._api.call('POST /dataset-queries/{query_id}/cancel', { path: { query_id: this._id } });
    } catch (error) {
      this.error = Refusal.from(error);
      this._changed.emit();
    }
  }

  dismiss(): void {
    this.error = null;
    this._changed.emit();
  }

  // -- the history -----------------------------------------------------------------------------

  async showHistory(isShown: boolean): Promise<void> {
    this.isHistoryShown = isShown;
    this._changed.emit();
    if (isShown) {
      await this.list();
    }
  }

  async find(search: string): Promise<void> {
    this.search = search;
    this._changed.emit();
    await this.list();
  }

  async list(more = false): Promise<void> {
    const asked = ++this._asked;
    const before = more ? this.history[this.history.length - 1]?.id : undefined;
    try {
      const found = await this._api.call('GET /dataset-queries', {
        query: { search: this.search, before, limit: LISTED }
      });
      if (asked !== this._asked) {
        return;
      }
      this.history = more ? [...this.history, ...found] : found;
      this.hasMore = found.length === LISTED;
      this.historyError = null;
    } catch (error) {
      this.historyError = Refusal.from(error);
    }
    this._changed.emit();
  }

  async forget(query: DatasetQuery): Promise<void> {
    try {
      await this._api.call('DELETE /dataset-queries/{query_id}', { path: { query_id: query.id } });
      this.history = this.history.filter(one => one.id !== query.id);
    } catch (error) {
      this.historyError = Refusal.from(error);
    }
    this._changed.emit();
  }

  async clear(): Promise<void> {
    try {
      await this._api.call('DELETE /dataset-queries');
    } catch (error) {
      this.historyError = Refusal.from(error);
    }
    await this.list();
  }

  // -- files -------------------------------------------------------------------------------------

  /** Have a file made of the result; gives the address that it is fetched from, once. */
  async download(format: DownloadFormat): Promise<string | null> {
    if (!this.query || this.making) {
      return null;
    }
    this.making = format;
    this.makingSince = Date.now();
    this._making = new AbortController();
    this._changed.emit();
    try {
      const made = await this._api.call('POST /dataset-downloads', {
        body: { format, query_id: this.query.id },
        signal: this._making.signal
      });
      return this._api.url('GET /dataset-downloads/{download_id}', { path: { download_id: made.id } });
    } catch (error) {
      if (!this._making.signal.aborted) {
        this.error = Refusal.from(error);
      }
      return null;
    } finally {
      this.making = null;
      this._changed.emit();
    }
  }

  stopMaking(): void {
    this._making?.abort();
  }

  // -- inside ------------------------------------------------------------------------------------

  /** Run one statement, which stands there in the text; gives whether it went well. */
  private async _run(sql: string, start: number): Promise<boolean> {
    this._start = start;
    this._ran = sql;
    this.error = null;
    this.wrong = null;
    this.isRunning = true;
    this._isBegun = this._isUnwanted = false;
    this.began = Date.now();
    this._changed.emit();
    try {
      const begun = await this._api.call('POST /dataset-queries', { body: { sql } });
      this._id = begun.id;
      this._isBegun = true;
      this._keep();
      if (this._isUnwanted) {
        await this.cancel();
      }
      await this._follow();
    } catch (error) {
      this.isRunning = false;
      this.error = Refusal.from(error);
    }
    this._changed.emit();
    return !this.error && this.query?.status === 'done';
  }

  private _get(wait: number): Promise<DatasetQuery> {
    return this._api.call('GET /dataset-queries/{query_id}', {
      path: { query_id: this._id },
      query: { wait }
    });
  }

  private async _follow(): Promise<void> {
    this.isRunning = true;
    this._changed.emit();
    try {
      let query = await this._get(WAIT);
      while (query.status === 'running') {
        query = await this._get(WAIT);
      }
      this._take(query);
    } finally {
      this.isRunning = false;
    }
  }

  private _take(query: DatasetQuery): void {
    this.query = query;
    const { failure, status } = query;
    this.source = status === 'done' ? resultOf(this._api, query) : null;
    if (failure && typeof failure.place === 'number') {
      // Characters beyond the basic ones count once on the server and twice here.
      const before = [...query.sql].slice(0, failure.place).join('').length;
      const size = [...query.sql].slice(failure.place, failure.place + (failure.length ?? 0)).join('').length;
      const start = this._ran === query.sql ? this._start : this.text.indexOf(query.sql);
      const isThere = start >= 0 && this.text.startsWith(query.sql, start);
      this.wrong = isThere
        ? { from: start + before, to: start + before + Math.max(1, size), message: failure.message }
        : null;
    }
    this._changed.emit();
  }

  private _forget(error: unknown): void {
    const refusal = Refusal.from(error);
    this.isRunning = false;
    if (refusal.status === 404) {
      this._id = '';
      this._keep();
    } else {
      this.error = refusal;
    }
  }

  private _keep(): void {
    this._keeper.put(this._tab, { text: this.text, queryId: this._id });
  }
}
