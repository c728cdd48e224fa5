/** Holds an import as it is read, shown and kept, and an export as it is written. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type {
  BlockExport,
  BlockImport,
  ImportPair,
  ImportRow,
  NewBlockExport,
  RowChoice,
  RowState
} from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { fetchFile } from '../../ui/fetchFile';

const PIECE = 1_000_000;
const PAGE = 100;
const WORKS = ['receiving', 'reading', 'working'];
/** An answer may come later than the event that tells more: what goes back is old. */
const ORDER = ['receiving', 'reading', 'ready', 'working', 'done', 'undone'];

export class Transfers {
  readonly changed: ISignal<this, void>;
  importing: BlockImport | null = null;
  rows: ImportRow[] = [];
  /** How many rows of the state that is shown there are. */
  total = 0;
  shown: RowState | '' = '';
  choices: Record<string, RowChoice> = {};
  near: RowChoice | null = null;
  /** From 0 to 1 while a file is sent. */
  sent: number | null = null;
  past: BlockImport[] = [];
  exporting: BlockExport | null = null;
  error: unknown = null;

  private readonly _changed = new Signal<this, void>(this);
  private _asked = 0;

  constructor(
    private readonly _sponde: ISponde,
    /** Hand a file to the browser. */
    private readonly _download: (url: string) => void = fetchFile
  ) {
    this.changed = this._changed;
    _sponde.feed.on('ImportChanged', ({ transfer }) => this._heard(transfer));
    _sponde.feed.on('ExportChanged', ({ transfer }) => this._written(transfer));
  }

  get isBusy(): boolean {
    return this.sent !== null || WORKS.includes(this.importing?.status ?? '');
  }

  /** How many blocks would be kept now. */
  get wanted(): number {
    const one = this.importing;
    if (!one) {
      return 0;
    }
    const left = Object.values(this.choices).filter(choice => choice === 'skip').length;
    const near = this.near === 'skip' ? this._nearUnchosen : 0;
    return one.new + one.same + one.near - left - near;
  }

  private get _nearUnchosen(): number {
    const chosen = this.rows.filter(row => row.state === 'near' && row.at in this.choices).length;
    return (this.importing?.near ?? 0) - chosen;
  }

  // -- in ------------------------------------------------------------------------------------

  /** Send a file in pieces, and have it read. */
  async send(file: File): Promise<void> {
    await this._guarded(async () => {
      this._reset(
        await this._sponde.api.call('POST /code-block-imports', { body: { filename: file.name } })
      );
      const import_id = this.importing!.id;
      this.sent = 0;
      this._changed.emit();
      for (let at = 0; at < file.size; at += PIECE) {
        const data = await base64(file.slice(at, at + PIECE));
        if (this.importing?.id !== import_id || this.importing.status === 'cancelled') {
          return;
        }
        await this._sponde.api.call('POST /code-block-imports/{import_id}/pieces', {
          path: { import_id },
          body: { at, data }
        });
        this.sent = Math.min(1, (at + PIECE) / file.size);
        this._changed.emit();
      }
      this.sent = null;
      await this._sponde.api
        .call('POST /code-block-imports/{import_id}/read', { path: { import_id } })
        .then(one => this._heard(one));
    });
    this.sent = null;
    this._changed.emit();
  }

  /** Have a file read that lies on the server. */
  async take(path: string): Promise<void> {
    await this._guarded(async () =>
      this._reset(await this._sponde.api.call('POST /code-block-imports', { body: { path } }))
    );
    await this._refresh();
  }

  async show(state: RowState | ''): Promise<void> {
    this.shown = state;
    this.rows = [];
    await this.more();
  }

  async more(): Promise<void> {
    const import_id = this.importing?.id;
    if (!import_id) {
      return;
    }
    const asked = ++this._asked;
    await this._guarded(async () => {
      const found = await this._sponde.api.call('GET /code-block-imports/{import_id}/rows', {
        path: { import_id },
        query: { state: this.shown || undefined, offset: this.rows.length, limit: PAGE }
      });
      if (asked === this._asked) {
        this.rows = [...this.rows, ...found.rows];
        this.total = found.total;
      }
    });
  }

  choiceOf(row: ImportRow): RowChoice {
    return this.choices[row.at] ?? (row.state === 'near' ? this.near : null) ?? row.choice;
  }

  choose(row: ImportRow, choice: RowChoice): void {
    this.choices = { ...this.choices, [row.at]: choice };
    this._changed.emit();
  }

  /** Decide on all that are nearly the same at once. */
  chooseNear(choice: RowChoice): void {
    const near = new Set(this.rows.filter(row => row.state === 'near').map(row => String(row.at)));
    this.choices = Object.fromEntries(Object.entries(this.choices).filter(([at]) => !near.has(at)));
    this.near = choice;
    this._changed.emit();
  }

  pair(at: number): Promise<ImportPair> {
    return this._sponde.api.call('GET /code-block-imports/{import_id}/rows/{at}', {
      path: { import_id: this.importing?.id ?? '', at: String(at) }
    });
  }

  async keep(): Promise<void> {
    await this._with('POST /code-block-imports/{import_id}/keep', {
      choices: this.choices,
      near: this.near
    });
  }

  async cancel(): Promise<void> {
    if (this.importing?.status === 'ready') {
      // Nothing was kept and nothing goes on: there is nothing to be told, either.
      const path = { import_id: this.importing.id };
      this.leave();
      await this._guarded(async () => {
        await this._sponde.api.call('POST /code-block-imports/{import_id}/cancel', { path });
      });
      return;
    }
    await this._with('POST /code-block-imports/{import_id}/cancel');
    if (this.importing && !WORKS.includes(this.importing.status) && !this.importing.added) {
      this.leave();
    }
  }

  /** Take back what an import did. */
  async undo(import_id: string): Promise<void> {
    await this._guarded(async () => {
      const done = await this._sponde.api.call('POST /code-block-imports/{import_id}/undo', {
        path: { import_id }
      });
      if (this.importing?.id === import_id) {
        this.importing = done;
      }
      await this.list();
    });
  }

  /** Go back to where a file is chosen. */
  leave(): void {
    this.importing = null;
    this.error = null;
    this._changed.emit();
    void this.list();
  }

  async list(): Promise<void> {
    await this._guarded(async () => {
      this.past = await this._sponde.api.call('GET /code-block-imports');
    });
  }

  // -- out -----------------------------------------------------------------------------------

  async export(body: NewBlockExport): Promise<void> {
    await this._guarded(async () => {
      const begun = await this._sponde.api.call('POST /code-block-exports', { body });
      if (this.exporting?.id !== begun.id) {
        this.exporting = begun;
      }
      this._written(
        await this._sponde.api.call('GET /code-block-exports/{export_id}', {
          path: { export_id: begun.id }
        })
      );
    });
  }

  async cancelExport(): Promise<void> {
    const export_id = this.exporting?.id ?? '';
    await this._guarded(async () => {
      await this._sponde.api.call('POST /code-block-exports/{export_id}/cancel', {
        path: { export_id }
      });
    });
  }

  // -- inside --------------------------------------------------------------------------------

  private _reset(begun: BlockImport): void {
    this.importing = begun;
    this.rows = [];
    this.total = 0;
    this.shown = '';
    this.choices = {};
    this.near = null;
    this._changed.emit();
  }

  private _heard(transfer: BlockImport): void {
    if (this.importing?.id !== transfer.id) {
      return;
    }
    const was = this.importing.status;
    if (isOlder(transfer, this.importing)) {
      return;
    }
    this.importing = transfer;
    this._changed.emit();
    if (transfer.status === 'ready' && was !== 'ready') {
      void this.show(transfer.broken || transfer.near ? '' : 'new');
    } else if (transfer.status !== was) {
      void this.list();
    }
  }

  private _written(transfer: BlockExport): void {
    const known = this.exporting;
    if (known && known.id !== transfer.id) {
      return;
    }
    if (known && isOlder(transfer, known)) {
      return;
    }
    const isNew = known?.status !== 'done';
    this.exporting = transfer;
    if (transfer.status === 'done' && isNew) {
      this._download(
        this._sponde.api.url('GET /code-block-exports/{export_id}/file', {
          path: { export_id: transfer.id }
        })
      );
    }
    this._changed.emit();
  }

  private async _refresh(): Promise<void> {
    const import_id = this.importing?.id;
    if (import_id) {
      await this._guarded(async () =>
        this._heard(
          await this._sponde.api.call('GET /code-block-imports/{import_id}', { path: { import_id } })
        )
      );
    }
  }

  private async _with(
    route: 'POST /code-block-imports/{import_id}/keep' | 'POST /code-block-imports/{import_id}/cancel',
    body?: { choices: Record<string, RowChoice>; near: RowChoice | null }
  ): Promise<void> {
    const path = { import_id: this.importing?.id ?? '' };
    await this._guarded(async () =>
      this._heard(await this._sponde.api.call(route, { path, body } as never))
    );
    await this._refresh();
  }

  private async _guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }
}

interface Going {
  status: string;
  done: number;
}

function isOlder(one: Going, known: Going): boolean {
  const rank = ({ status }: Going): number =>
    ORDER.indexOf(status) < 0 ? ORDER.indexOf('done') : ORDER.indexOf(status);
  return rank(one) < rank(known) || (one.status === known.status && one.done < known.done);
}

function base64(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('The file cannot be read.'));
    reader.readAsDataURL(piece);
  });
}
