/** Training sets, the one that is looked at, and the trainings. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type {
  Conversation,
  LikedAnswers,
  NewTraining,
  NewTrainingSet,
  Training,
  TrainingEstimate,
  TrainingRoom,
  TrainingRow,
  TrainingSet,
  TrainingSetVersion
} from '../api/schema';
import type { ISponde } from '../api/tokens';

export type View = 'home' | 'new' | 'set' | 'train';
export type RowsTab = 'train' | 'validation' | 'out';

const PAGE = 20;

export class TuningState {
  readonly changed: ISignal<this, void>;
  view: View = 'home';
  isKnown = false;
  /** Why what is shown could not be had, or done. */
  error: unknown = null;
  sets: readonly TrainingSet[] = [];
  trainings: readonly Training[] = [];
  liked: LikedAnswers | null = null;
  conversations: readonly Conversation[] = [];
  /** The set that is looked at, or trained on. */
  setId = '';
  /** Which version of it; 0: the latest. */
  version = 0;
  versions: readonly TrainingSetVersion[] = [];
  tab: RowsTab = 'train';
  rows: readonly TrainingRow[] | null = null;
  total = 0;
  room: TrainingRoom | null = null;
  estimate: TrainingEstimate | null = null;
  /** Why there is no estimate. */
  estimateError: unknown = null;
  isSending = false;
  formError: unknown = null;
  private readonly _changed = new Signal<this, void>(this);
  private _isWatched = false;
  private _asked = 0;
  /** How many changes were heard of. */
  private _heard = 0;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    _sponde.feed.on('TrainingSetChanged', ({ training_set }) => this._hearSet(training_set));
    _sponde.feed.on('TrainingSetRemoved', ({ set_id }) => this._hearRemoved(set_id));
    _sponde.feed.on('TrainingChanged', ({ training }) => this._hearTraining(training));
    _sponde.feed.reset.connect(() => void (this._isWatched && this.load()));
  }

  get set(): TrainingSet | null {
    return this.sets.find(one => one.id === this.setId) ?? null;
  }

  /** The card of the version that is shown. */
  get shown(): TrainingSetVersion | null {
    return this.versions.find(one => one.number === this.version) ?? null;
  }

  get isLatest(): boolean {
    return this.version === 0 || this.version === this.set?.version;
  }

  /** The first time that somebody looks. */
  watch(): void {
    if (!this._isWatched) {
      this._isWatched = true;
      void this.load();
    }
  }

  async load(): Promise<void> {
    const { api } = this._sponde;
    await this._work(async () => {
      const heard = this._heard;
      const [sets, trainings, liked] = await Promise.all([
        api.call('GET /training-sets'),
        api.call('GET /trainings'),
        api.call('GET /liked-answers')
      ]);
      if (heard !== this._heard) {
        // What was heard meanwhile may be newer than the answers: a deleted set would come back.
        return this.load();
      }
      this.sets = sets;
      this.trainings = trainings;
      this.liked = liked;
      this.isKnown = true;
    });
  }

  home(): void {
    this._show('home');
    void this.load();
  }

  // -- sets ---------------------------------------------------------------------------------

  async begin(): Promise<void> {
    this._show('new');
    await this._work(async () => {
      [this.liked, this.conversations] = await Promise.all([
        this._sponde.api.call('GET /liked-answers'),
        this._sponde.api.call('GET /conversations')
      ]);
    });
  }

  /** Make a set and show it; the form says why where that cannot be. */
  async make(entered: NewTrainingSet): Promise<void> {
    await this._send(async () => {
      const made = await this._sponde.api.call('POST /training-sets', { body: entered });
      this._hearSet(made);
      await this.open(made.id);
    });
  }

  async open(setId: string, version = 0): Promise<void> {
    this.setId = setId;
    this.version = version;
    this.versions = [];
    this.tab = 'train';
    this.rows = null;
    this._show('set');
    await this._work(async () => {
      this.versions = await this._sponde.api.call('GET /training-sets/{set_id}/versions', {
        path: { set_id: setId }
      });
    });
    this.version = this.version || (this.versions[0]?.number ?? 0);
    await this.showRows();
  }

  /** Show the rows of a tab, from the first one on. */
  async showRows(tab: RowsTab = this.tab): Promise<void> {
    this.tab = tab;
    await this._loadRows(0, PAGE);
  }

  async showMoreRows(): Promise<void> {
    await this._loadRows(this.rows?.length ?? 0, PAGE);
  }

  /** Take a row out, or put it back. */
  async setExcluded(row: TrainingRow, isExcluded: boolean): Promise<void> {
    await this._work(async () => {
      const made = await this._sponde.api.call('PATCH /training-rows/{row_id}', {
        path: { row_id: row.id },
        body: { is_excluded: isExcluded }
      });
      this._hearSet(made);
      await this._reopen(made);
    });
  }

  /** Gather the set anew, as its next version. */
  async remake(): Promise<void> {
    await this._send(async () => {
      const made = await this._sponde.api.call('POST /training-sets/{set_id}/versions', {
        path: { set_id: this.setId },
        body: {}
      });
      this._hearSet(made);
      await this._reopen(made);
    });
  }

  async rename(name: string): Promise<void> {
    await this._work(async () => {
      const made = await this._sponde.api.call('PATCH /training-sets/{set_id}', {
        path: { set_id: this.setId },
        body: { name }
      });
      this._hearSet(made);
    });
  }

  /** Delete a set; true where that went well. */
  async remove(setId: string): Promise<boolean> {
    const isDone = await this._work(() =>
      this._sponde.api.call('DELETE /training-sets/{set_id}', { path: { set_id: setId } })
    );
    if (isDone) {
      this._hearRemoved(setId);
    }
    return isDone;
  }

  async restore(setId: string): Promise<void> {
    await this._work(async () => {
      const made = await this._sponde.api.call('POST /training-sets/{set_id}/restore', {
        path: { set_id: setId }
      });
      this._hearSet(made);
    });
  }

  fileUrl(name: string): string {
    return this._sponde.api.url('GET /training-sets/{set_id}/files/{name}', {
      path: { set_id: this.setId, name },
      query: { version: this.version }
    });
  }

  // -- trainings ----------------------------------------------------------------------------

  /** Show the form that trains on a set. */
  async plan(setId: string): Promise<void> {
    this.setId = setId;
    this.estimate = null;
    this.estimateError = null;
    this._show('train');
    await this._work(async () => {
      this.room = await this._sponde.api.call('GET /training-room');
    });
  }

  /** Ask what a training would take; the answer to the latest question counts. */
  async weigh(entered: NewTraining): Promise<void> {
    const asked = ++this._asked;
    let estimate: TrainingEstimate | null = null;
    let failure: unknown = null;
    try {
      estimate = await this._sponde.api.call('POST /training-estimates', { body: entered });
    } catch (error) {
      failure = error;
    }
    if (asked === this._asked) {
      this.estimate = estimate;
      this.estimateError = failure;
      this._changed.emit();
    }
  }

  async train(entered: NewTraining): Promise<void> {
    await this._send(async () => {
      this._hearTraining(await this._sponde.api.call('POST /trainings', { body: entered }));
      this.home();
    });
  }

  async cancel(training: Training): Promise<void> {
    await this._work(async () => {
      const path = { training_id: training.id };
      this._hearTraining(await this._sponde.api.call('POST /trainings/{training_id}/cancel', { path }));
    });
  }

  // -- what happens -------------------------------------------------------------------------

  private _show(view: View): void {
    this.view = view;
    this.error = null;
    this.formError = null;
    this._changed.emit();
  }

  private async _reopen(made: TrainingSet): Promise<void> {
    const isNext = made.version !== this.version;
    this.version = made.version;
    this.versions = await this._sponde.api.call('GET /training-sets/{set_id}/versions', {
      path: { set_id: made.id }
    });
    await this._loadRows(0, isNext ? PAGE : Math.max(PAGE, this.rows?.length ?? 0));
  }

  private async _loadRows(offset: number, limit: number): Promise<void> {
    const { setId, tab } = this;
    await this._work(async () => {
      const found = await this._sponde.api.call('GET /training-sets/{set_id}/rows', {
        path: { set_id: setId },
        query: {
          version: this.version,
          is_out: tab === 'out',
          part: tab === 'out' ? undefined : tab,
          offset,
          limit
        }
      });
      if (setId === this.setId && tab === this.tab) {
        this.rows = offset ? [...(this.rows ?? []), ...found.rows] : found.rows;
        this.total = found.total;
      }
    });
  }

  private _hearSet(made: TrainingSet): void {
    this._heard++;
    const rest = this.sets.filter(one => one.id !== made.id);
    this.sets = [made, ...rest].sort((a, b) => b.updated_at.localeCompare(a.updated_at));
    this._changed.emit();
  }

  private _hearRemoved(setId: string): void {
    this._heard++;
    this.sets = this.sets.filter(one => one.id !== setId);
    if (this.setId === setId && this.view !== 'new') {
      this.view = 'home';
    }
    this._changed.emit();
  }

  /** Late news of progress do not bring an ended training back. */
  private _hearTraining(training: Training): void {
    const known = this.trainings.find(one => one.id === training.id);
    if (known?.ended_at && !training.ended_at) {
      return;
    }
    this._heard++;
    const rest = this.trainings.filter(one => one.id !== training.id);
    this.trainings = [training, ...rest].sort((a, b) => b.id.localeCompare(a.id));
    this._changed.emit();
  }

  private async _send(work: () => Promise<unknown>): Promise<void> {
    this.isSending = true;
    this.formError = null;
    this._changed.emit();
    try {
      await work();
    } catch (error) {
      this.formError = error;
    }
    this.isSending = false;
    this._changed.emit();
  }

  private async _work(work: () => Promise<unknown>): Promise<boolean> {
    this.error = null;
    try {
      await work();
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
    return !this.error;
  }
}
