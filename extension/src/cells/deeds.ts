/** Asks about cells and shows what is proposed. Fetched when it is first used. */
import { Notification } from '@jupyterlab/apputils';
import type { CodeCell } from '@jupyterlab/cells';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { Message } from '../api/schema';
import type { ISponde } from '../api/tokens';
import type { ICheckpoints } from '../checkpoints/tokens';
import type { IChat } from '../chat/tokens';
import type { IKernels } from '../kernels/tokens';
import type { IModels } from '../models/tokens';
import { focusWhenDrawn } from '../ui/focus';
import { trans } from '../ui/words';
import { actionOf, type ActionId } from './actions';
import { Along, nameOf } from './along';
import { codeFor } from './answer';
import type { Hunk } from '../ui/diff';
import { addStrip } from './host';
import { Proposal } from './proposal';
import { QUESTIONS } from './questions';
import { Strip, type StripDeeds } from './Strip';
import { tidied } from './tidying';

export interface Means {
  sponde: ISponde;
  chat: IChat;
  models: IModels;
  kernels: IKernels | null;
  checkpoints: ICheckpoints | null;
  languages: IEditorLanguageRegistry;
  /** Who answers, and where, as a sentence. */
  whoAnswers: () => string;
}

interface Shown {
  proposal: Proposal;
  strip: Widget | null;
  /** Where its cell stands, for when it is gone. */
  at: number;
}

export class CellDeeds {
  private readonly _along: Along;
  private readonly _shown: Shown[] = [];
  private readonly _changing = new Set<Proposal>();
  private readonly _watched = new WeakSet<NotebookPanel>();
  private readonly _strip: StripDeeds;

  constructor(private readonly _means: Means) {
    this._along = new Along(_means.sponde, _means.kernels);
    this._strip = {
      languages: _means.languages,
      ask: (proposal, wish) => void this._ask(proposal, wish),
      stop: proposal => void this._stop(proposal),
      again: proposal => void this._ask(proposal, proposal.wish),
      accept: (proposal, hunk) => void this._accept(proposal, hunk),
      reject: (proposal, hunk) => this._reject(proposal, hunk),
      insert: proposal => void this._insert(proposal),
      leave: proposal => this._leave(proposal),
      openChat: () => void _means.chat.write('')
    };
  }

  /** Do something with a cell. */
  async act(id: ActionId, panel: NotebookPanel, cell: CodeCell): Promise<void> {
    const action = actionOf(id);
    const source = cell.model.sharedModel.getSource();
    if (!source.trim() && id !== 'generate') {
      Notification.warning(trans.__('The cell is empty: there is nothing to ask about.'), {
        autoClose: 5000
      });
      return;
    }
    if (id !== 'tidy' && !this._hasModel()) {
      return;
    }
    const name = nameOf(panel, cell);
    if (action.outcome === 'read') {
      await this._told(this._question(panel, cell, QUESTIONS[action.id](name, '')));
      return;
    }
    const proposal = new Proposal(action, panel, cell.model.id, name, source);
    proposal.asked = this._means.whoAnswers();
    if (id === 'generate') {
      proposal.status = 'wish';
      this._show(proposal);
      focusWhenDrawn(() => this._find(proposal)?.strip?.node.querySelector('input'));
      return;
    }
    if (id === 'tidy') {
      proposal.asked = '';
      this._show(proposal);
      if (await this._tidy(proposal, source)) {
        return;
      }
      if (!this._hasModel(trans.__('The kernel has neither Ruff nor Black, and'))) {
        this._remove(proposal);
        return;
      }
      proposal.set({ asked: this._means.whoAnswers() });
    } else {
      this._show(proposal);
    }
    await this._ask(proposal, '');
  }

  /** Accept or reject what is proposed for a cell; false where nothing is. */
  decide(cell: CodeCell, isAccepted: boolean): boolean {
    const shown = this._shown.find(({ proposal }) => proposal.cellId === cell.model.id);
    if (!shown || (isAccepted && shown.proposal.status !== 'ready')) {
      return false;
    }
    const { proposal } = shown;
    if (!isAccepted) {
      this._reject(proposal);
    } else if (proposal.isChange && !proposal.isStale) {
      void this._accept(proposal);
    } else {
      void this._insert(proposal);
    }
    return true;
  }

  /** Whether something is proposed for a cell. */
  has(cell: CodeCell): boolean {
    return this._shown.some(({ proposal }) => proposal.cellId === cell.model.id);
  }

  // -- asking ---------------------------------------------------------------------------------

  private async _ask(proposal: Proposal, wish: string): Promise<void> {
    const { cell, panel, action } = proposal;
    if (!cell) {
      return;
    }
    const hadFocus = this._find(proposal)?.strip?.node.contains(document.activeElement);
    proposal.isStopped = false;
    proposal.set({ status: 'asking', wish, note: '', messageId: '', asked: this._means.whoAnswers() });
    if (proposal.isStale) {
      proposal.rebase();
    }
    if (hadFocus) {
      this._focus(proposal, 'command');
    }
    try {
      const text = QUESTIONS[action.id](proposal.name, wish);
      const answer = await this._question(panel, cell, text, action.id === 'fix');
      if (!answer) {
        this._remove(proposal); // it waits in the chat's queue, or was refused there
        return;
      }
      proposal.set({ messageId: answer.id });
      if (proposal.isStopped) {
        await this._stop(proposal);
      }
      const ended = await this._means.chat.ended(answer.id);
      this._answered(proposal, ended);
    } catch (error) {
      const { message, hint } = Refusal.from(error);
      proposal.set({ status: 'failed', note: `${message} ${hint}`.trim() });
    }
  }

  private async _question(
    panel: NotebookPanel,
    cell: CodeCell,
    text: string,
    withError = false
  ): Promise<Message | null> {
    const references = await this._along.gather(panel, cell, withError);
    // A conversation of its own: what was said before has nothing to do with this cell.
    return this._means.chat.ask({ text, references, isNew: true, isQuiet: true });
  }

  private _answered(proposal: Proposal, answer: Message): void {
    const code = codeFor(answer.text, proposal.base, proposal.isChange);
    if (answer.status === 'failed' || (answer.failure && code === null)) {
      const { message = '', hint = '' } = answer.failure ?? {};
      proposal.set({ status: 'failed', note: `${message} ${hint}`.trim() });
    } else if (answer.status === 'stopped') {
      proposal.set({ status: 'stopped' });
    } else if (code === null) {
      proposal.set({ status: 'none' });
    } else {
      const isCut = answer.status !== 'complete';
      const note = isCut ? trans.__('The answer was cut: the code may not be whole.') : '';
      proposal.set({ status: 'ready', code, note });
      if (!proposal.cell) {
        this._offerElsewhere(proposal);
      }
    }
  }

  private async _stop(proposal: Proposal): Promise<void> {
    proposal.isStopped = true;
    if (!proposal.messageId) {
      return; // as soon as the answer has begun
    }
    const path = { message_id: proposal.messageId };
    await this._told(this._means.sponde.api.call('POST /messages/{message_id}/stop', { path }));
  }

  private async _tidy(proposal: Proposal, source: string): Promise<boolean> {
    const found = await tidied(proposal.panel, source);
    if (!found?.tool) {
      return false;
    }
    if (found.code === undefined) {
      const note = trans.__('%1 could not format it: %2', found.tool, found.error ?? '');
      proposal.set({ status: 'failed', note });
    } else {
      const note = trans.__('By %1 in the kernel’s environment; no model was asked.', found.tool);
      proposal.set({ status: 'ready', code: found.code, note });
    }
    return true;
  }

  private _hasModel(before = ''): boolean {
    const { models } = this._means;
    if (models.chosen || !models.isKnown) {
      return true;
    }
    const said = trans.__('no language model is connected, so nobody can answer.');
    const text = before ? `${before} ${said}` : said[0].toUpperCase() + said.slice(1);
    Notification.warning(text, {
      autoClose: 15_000,
      actions: [
        { label: trans.__('Connect a model…'), displayType: 'accent', callback: () => models.open() }
      ]
    });
    return false;
  }

  // -- deciding -------------------------------------------------------------------------------

  private async _accept(proposal: Proposal, hunk?: Hunk): Promise<void> {
    if (!proposal.isChange) {
      await this._insert(proposal);
      return;
    }
    if (!(await this._change(proposal, () => proposal.take(hunk)))) {
      return;
    }
    if (!proposal.isStale && !proposal.hunks.length) {
      this._remove(proposal);
      this._focus(proposal, 'edit');
    }
  }

  private _reject(proposal: Proposal, hunk?: Hunk): void {
    if (hunk) {
      proposal.reject(hunk);
    }
    if (!hunk || !proposal.hunks.length) {
      if (proposal.status === 'asking') {
        void this._stop(proposal);
      }
      this._remove(proposal);
      this._focus(proposal, 'command');
    }
  }

  /** Change a notebook so that the answer's line can go back; false where that was refused. */
  private async _change(proposal: Proposal, change: () => void): Promise<boolean> {
    const { messageId, panel } = proposal;
    if (this._changing.has(proposal) || panel.isDisposed) {
      return false;
    }
    this._changing.add(proposal);
    try {
      // What no model was asked for has no answer to stand under.
      const { checkpoints } = this._means;
      const done = messageId ? await checkpoints?.before(messageId, [panel.context.path]) : undefined;
      if (panel.isDisposed) {
        return false;
      }
      change();
      if (done) {
        void this._told(done());
      }
      return true;
    } catch (error) {
      await this._told(Promise.reject(error));
      return false;
    } finally {
      this._changing.delete(proposal);
    }
  }

  private async _insert(proposal: Proposal, at?: number): Promise<void> {
    let place = -1;
    const insert = (): void => {
      place = proposal.insert(at);
    };
    if (!(await this._change(proposal, insert))) {
      return;
    }
    this._remove(proposal);
    const notebook = proposal.panel.content;
    if (place >= 0) {
      notebook.deselectAll();
      notebook.activeCellIndex = place;
      void notebook.scrollToItem(place, 'smart').catch(() => undefined);
      void NotebookActions.focusActiveCell(notebook);
    }
  }

  /** Esc: close what is only begun; what is proposed stays, and the keyboard goes to the cell. */
  private _leave(proposal: Proposal): void {
    if (proposal.status === 'wish') {
      this._remove(proposal);
    }
    this._focus(proposal, 'command');
  }

  private _focus({ panel, cell }: Proposal, mode: 'edit' | 'command'): void {
    if (!cell) {
      return;
    }
    const notebook = panel.content;
    notebook.activeCellIndex = notebook.widgets.indexOf(cell);
    notebook.mode = mode;
    void NotebookActions.focusActiveCell(notebook, { preventScroll: true });
    if (mode === 'edit') {
      cell.editor?.focus();
    }
  }

  // -- strips ---------------------------------------------------------------------------------

  private _find(proposal: Proposal): Shown | undefined {
    return this._shown.find(shown => shown.proposal === proposal);
  }

  private _show(proposal: Proposal): void {
    this._shown
      .filter(shown => shown.proposal.cellId === proposal.cellId)
      .forEach(shown => this._remove(shown.proposal));
    const shown: Shown = { proposal, strip: null, at: 0 };
    this._shown.push(shown);
    this._watch(proposal.panel);
    this._attach(shown);
  }

  private _remove(proposal: Proposal): void {
    const shown = this._find(proposal);
    if (shown) {
      this._shown.splice(this._shown.indexOf(shown), 1);
      shown.strip?.dispose();
    }
  }

  /** Put a strip below its cell, if it is not there. */
  private _attach(shown: Shown): void {
    const { proposal } = shown;
    const cell = proposal.cell;
    if (!cell || (shown.strip && !shown.strip.isDisposed)) {
      return;
    }
    shown.at = proposal.panel.content.widgets.indexOf(cell);
    void cell.ready.then(() => {
      if (cell.isDisposed || !this._find(proposal) || (shown.strip && !shown.strip.isDisposed)) {
        return;
      }
      shown.strip = addStrip(cell, proposal.isChange ? 'input' : 'end', () =>
        React.createElement(Strip, { proposal, deeds: this._strip })
      );
      const tell = (): void => proposal.tell();
      cell.model.sharedModel.changed.connect(tell);
      shown.strip.disposed.connect(() => cell.model?.sharedModel.changed.disconnect(tell));
    });
  }

  /** Follow a notebook's cells: they may move, and go. */
  private _watch(panel: NotebookPanel): void {
    if (this._watched.has(panel)) {
      return;
    }
    this._watched.add(panel);
    panel.content.model?.cells.changed.connect(() => {
      // After the notebook has drawn it: a cell that moves goes and comes again.
      requestAnimationFrame(() => this._follow(panel));
    });
    panel.disposed.connect(() => {
      this._shown
        .filter(({ proposal }) => proposal.panel === panel)
        .forEach(({ proposal }) => this._remove(proposal));
    });
  }

  private _follow(panel: NotebookPanel): void {
    for (const shown of this._shown.filter(({ proposal }) => proposal.panel === panel)) {
      if (shown.proposal.cell) {
        this._attach(shown);
        shown.at = panel.content.widgets.indexOf(shown.proposal.cell);
      } else if (shown.proposal.status === 'ready') {
        this._offerElsewhere(shown.proposal);
      } else if (shown.proposal.status !== 'asking') {
        this._remove(shown.proposal);
      }
    }
  }

  /** The cell is gone: say so, and offer the code as a cell of its own. */
  private _offerElsewhere(proposal: Proposal): void {
    const at = this._find(proposal)?.at;
    this._remove(proposal);
    Notification.info(trans.__('The cell that a change was proposed for is gone.'), {
      autoClose: 15_000,
      actions: [
        {
          label: trans.__('Insert as a new cell'),
          callback: () => void this._insert(proposal, at)
        }
      ]
    });
  }

  private async _told(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const { message, hint } = Refusal.from(error);
      Notification.error(`${message} ${hint}`.trim(), { autoClose: 8000 });
    }
  }
}
