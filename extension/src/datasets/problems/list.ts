/** What does not fit in a dataset's file: some of it at a time, by kind. Knows no React. */
import { Signal, type ISignal } from '@lumino/signaling';
import { Refusal, type Api } from '../../api/client';
import type { LinesAround, Problem, ProblemCode, ProblemKind, ProblemPage } from '../../api/schema';

export const AT_ONCE = 100;

export class ProblemList {
  page: ProblemPage | null = null;
  kind: ProblemKind | '' = '';
  offset = 0;
  error: Refusal | null = null;
  busy = false;
  /** The problem whose lines are shown, by its place on the page. */
  open: number | null = null;
  around: LinesAround | null = null;
  private readonly _changed = new Signal<ProblemList, void>(this);
  private _asked = 0;

  constructor(
    private readonly _api: Api,
    readonly id: string
  ) {}

  get changed(): ISignal<ProblemList, void> {
    return this._changed;
  }

  async load(): Promise<void> {
    const number = ++this._asked;
    this.busy = true;
    this._changed.emit();
    try {
      const page = await this._api.call('GET /datasets/{dataset_id}/problems', {
        path: { dataset_id: this.id },
        query: { kind: this.kind, offset: this.offset, limit: AT_ONCE }
      });
      if (number !== this._asked) {
        return;
      }
      this.page = page;
      this.error = null;
      if (!page.problems.length && (this.offset || this.kind)) {
        // What was looked at is mended: show what is left.
        this.kind = page.count ? this.kind : '';
        this.offset = 0;
        this.busy = false;
        return page.kinds.length ? await this.load() : undefined;
      }
    } catch (error) {
      if (number === this._asked) {
        this.error = Refusal.from(error);
      }
    } finally {
      if (number === this._asked) {
        this.busy = false;
        this._changed.emit();
      }
    }
  }

  async choose(kind: ProblemKind | ''): Promise<void> {
    this.kind = kind;
    await this.turn(0);
  }

  async turn(offset: number): Promise<void> {
    this.offset = Math.max(0, offset);
    this.open = null;
    await this.load();
  }

  /** Show a problem's lines in the file, or put them away. */
  async toggle(place: number): Promise<void> {
    this.around = null;
    this.open = this.open === place ? null : place;
    this._changed.emit();
    const problem = this.page?.problems[place];
    if (this.open === null || !problem?.line) {
      return;
    }
    try {
      const around = await this._api.call('GET /datasets/{dataset_id}/lines', {
        path: { dataset_id: this.id },
        query: { line: problem.line, around: 3 }
      });
      if (this.open === place) {
        this.around = around;
      }
    } catch (error) {
      this.error = Refusal.from(error);
    }
    this._changed.emit();
  }

  async code(problem: Problem): Promise<ProblemCode | null> {
    try {
      return await this._api.call('GET /datasets/{dataset_id}/problems/code', {
        path: { dataset_id: this.id },
        query: { kind: problem.kind, column: problem.column }
      });
    } catch (error) {
      this.error = Refusal.from(error);
      this._changed.emit();
      return null;
    }
  }

  /** Where the rows that are left out can be had as a file. */
  get rejectsUrl(): string {
    return this._api.url('GET /datasets/{dataset_id}/rejects', { path: { dataset_id: this.id } });
  }

  /** Where all of the list can be had as a file. */
  get listUrl(): string {
    return this._api.url('GET /datasets/{dataset_id}/problems/download', {
      path: { dataset_id: this.id }
    });
  }
}
