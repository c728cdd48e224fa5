/** Holds the block that is open: its draft, its past, and what is wrong with it. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal } from '../../api/client';
import type { CodeBlock, Revision } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import type { Draft, Drafts } from './drafts';

export type WrongField = 'name' | 'code' | '';

/** The block that is open. */
export interface Detail {
  block: CodeBlock;
  draft: Draft;
  /** What the draft was begun from. */
  base: Draft;
  revisions: Revision[];
  /** The revision that is compared with the block. */
  shownRevision: string;
  isSaving: boolean;
  error: unknown;
  /** The field that the error speaks of. */
  wrong: WrongField;
}

const NAME = /^[A-Za-z_][\w-]{0,63}$/;

export class OpenBlock {
  readonly changed: ISignal<this, void>;
  detail: Detail | null = null;
  /** What could not be opened. */
  error: unknown = null;

  private readonly _changed = new Signal<this, void>(this);

  constructor(
    private readonly _sponde: ISponde,
    private readonly _drafts: Drafts
  ) {
    this.changed = this._changed;
  }

  get isDirty(): boolean {
    const detail = this.detail;
    return Boolean(detail) && !isSame(detail!.draft, draftOf(detail!.block));
  }

  /** Whether somebody else changed the block while it was being edited. */
  get isOvertaken(): boolean {
    const detail = this.detail;
    return Boolean(detail) && this.isDirty && !isSame(detail!.base, draftOf(detail!.block));
  }

  /** Whether a block has changes that are not saved. */
  hasDraft(blockId: string): boolean {
    return this._drafts.has(blockId);
  }

  /** Show a block, at once where it is known, with its revisions a moment later. */
  async open(blockId: string, known?: CodeBlock): Promise<void> {
    if (known && this.detail?.block.id !== blockId) {
      this._show(known);
    }
    try {
      const block = await this._sponde.api.call('GET /code-blocks/{block_id}', {
        path: { block_id: blockId }
      });
      if (this.detail?.block.id !== blockId) {
        this._show(block);
      }
      await this._fetchPast(blockId);
    } catch (error) {
      this._failed(blockId, error);
    }
  }

  close(): void {
    this.detail = null;
    this._changed.emit();
  }

  edit(change: Partial<Draft>): void {
    if (!this.detail) {
      return;
    }
    const draft = { ...this.detail.draft, ...change };
    const wrong = 'name' in change && draft.name && !NAME.test(draft.name) ? 'name' : '';
    const stays = !wrong && this.detail.wrong && !(this.detail.wrong in change);
    this.detail = {
      ...this.detail,
      draft,
      error: stays ? this.detail.error : null,
      wrong: stays ? this.detail.wrong : wrong
    };
    const { block, base } = this.detail;
    if (this.isDirty) {
      this._drafts.put(block.id, { draft, base });
    } else {
      this._drafts.drop(block.id);
    }
    this._changed.emit();
  }

  discard(): void {
    if (this.detail) {
      const draft = draftOf(this.detail.block);
      this.detail = { ...this.detail, base: draft, error: null, wrong: '' };
      this.edit(draft);
    }
  }

  /** Keep the draft; what the block was becomes a revision. */
  async save(): Promise<boolean> {
    const detail = this.detail;
    if (!detail || !this.isDirty || detail.isSaving) {
      return false;
    }
    const { name, description, language, code, tags } = detail.draft;
    return this._write(detail.block.id, () =>
      this._sponde.api.call('PATCH /code-blocks/{block_id}', {
        path: { block_id: detail.block.id },
        body: { name, description, language, code, tags: splitTags(tags) }
      })
    );
  }

  showRevision(revisionId: string): void {
    if (this.detail) {
      this.detail = { ...this.detail, shownRevision: revisionId };
      this._changed.emit();
    }
  }

  /** Make the open block what it was; what it was until now is its latest revision then. */
  async restoreRevision(revisionId: string): Promise<boolean> {
    const detail = this.detail;
    if (!detail) {
      return false;
    }
    return this._write(detail.block.id, () =>
      this._sponde.api.call('POST /code-blocks/{block_id}/revisions/{revision_id}/restore', {
        path: { block_id: detail.block.id, revision_id: revisionId }
      })
    );
  }

  /** Ask again for the open block and its past: many blocks were changed. */
  refresh(): void {
    const open = this.detail?.block.id;
    if (open) {
      void this._sponde.api
        .call('POST /code-blocks-by-id', { body: { ids: [open] } })
        .then(([block]) => {
          if (!block) {
            return this.heardRemoved(open);
          }
          this.heard(block);
          return this._fetchPast(open);
        })
        .catch(() => undefined); // its past is asked for again when it is opened
    }
  }

  heard(block: CodeBlock): void {
    const detail = this.detail;
    if (detail?.block.id !== block.id) {
      return;
    }
    // What is being edited stays; an untouched draft follows the block.
    const now = draftOf(block);
    const mine = this.isDirty && !isSame(detail.draft, now);
    const same = { ...detail, block };
    this.detail = mine ? same : { ...same, draft: now, base: now };
    if (!mine) {
      this._drafts.drop(block.id);
    }
    this._changed.emit();
  }

  heardRemoved(blockId: string): void {
    if (this.detail?.block.id === blockId) {
      this.close();
    }
  }

  private async _fetchPast(blockId: string): Promise<void> {
    const path = { block_id: blockId };
    const revisions = await this._sponde.api.call('GET /code-blocks/{block_id}/revisions', { path });
    if (this.detail?.block.id === blockId) {
      this.detail = { ...this.detail, revisions };
      this._changed.emit();
    }
  }

  private async _write(blockId: string, work: () => Promise<CodeBlock>): Promise<boolean> {
    const sent = this.detail?.draft;
    if (this.detail) {
      this.detail = { ...this.detail, isSaving: true, error: null, wrong: '' };
      this._changed.emit();
    }
    try {
      const block = await work();
      const now = draftOf(block);
      if (this.detail?.block.id === blockId) {
        // What was typed while the server worked is not saved yet.
        const { draft } = this.detail;
        const isNewer = !isSame(draft, now) && Boolean(sent) && !isSame(draft, sent ?? now);
        this.detail = {
          ...this.detail,
          block,
          draft: isNewer ? this.detail.draft : now,
          base: now,
          isSaving: false,
          shownRevision: ''
        };
        if (!isNewer) {
          this._drafts.drop(blockId);
        }
      } else {
        this._drafts.drop(blockId);
      }
      this._changed.emit();
      await this._fetchPast(blockId);
      return true;
    } catch (error) {
      await this._failed(blockId, error);
      return false;
    }
  }

  private _show(block: CodeBlock): void {
    const kept = this._drafts.get(block.id);
    const now = draftOf(block);
    this.error = null;
    this.detail = {
      block,
      draft: kept?.draft ?? now,
      base: kept?.base ?? now,
      revisions: [],
      shownRevision: '',
      isSaving: false,
      error: null,
      wrong: ''
    };
    this._changed.emit();
  }

  private async _failed(blockId: string, error: unknown): Promise<void> {
    const wrong = await this._wrongField(blockId, Refusal.from(error));
    if (this.detail?.block.id === blockId) {
      this.detail = { ...this.detail, isSaving: false, error, wrong };
    } else {
      this.error = error;
    }
    this._changed.emit();
  }

  /** Find the field that a refusal speaks of, so that it stands beside it. */
  private async _wrongField(blockId: string, refusal: Refusal): Promise<WrongField> {
    const draft = this.detail?.draft;
    if (!draft || ![400, 409, 413].includes(refusal.status)) {
      return '';
    }
    if (!NAME.test(draft.name)) {
      return 'name';
    }
    if (refusal.status !== 409) {
      return 'code';
    }
    try {
      const other = await this._sponde.api.call('GET /code-blocks-by-name/{name}', {
        path: { name: draft.name }
      });
      return other.id === blockId ? 'code' : 'name';
    } catch {
      return 'code'; // nobody has the name: the code is what is there already
    }
  }
}

function draftOf(block: CodeBlock): Draft {
  const { name, description, language, code } = block;
  return { name, description, language, code, tags: block.tags.join(', ') };
}

function isSame(one: Draft, other: Draft): boolean {
  return (Object.keys(one) as Array<keyof Draft>).every(key => one[key] === other[key]);
}

/** Tags as typed, between commas. */
export function splitTags(text: string): string[] {
  return text
    .split(',')
    .map(tag => tag.trim())
    .filter(tag => tag);
}
