/** The conversations and the one that is open. Asks the server, hears its stream; no React. */
import { ISignal, Signal } from '@lumino/signaling';
import { Refusal } from '../api/client';
import type { Command, Conversation, Message, MessageGrew, NewMessage, QueuedQuestion, Receipt, Reference } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { Beside } from './answers/beside';
import { painted } from './markdown/pace';
import { Ratings } from './answers/ratings';
import type { Drafted } from './receipt/draft';
import { Replays } from './replays';
import { Thread } from './thread';

/** What is kept of this tab when it is loaded again. */
export interface Memory {
  read(key: string): string;
  write(key: string, value: string): void;
}

/** What a question carries besides its text. */
export interface Carried {
  /** What hangs on it. */
  references?: readonly Reference[];
  /** Who answers, where not those that are picked. */
  modelId?: string;
  personaId?: string;
}

/** A question that the server has not confirmed. */
export interface Sending extends Carried {
  text: string;
  parentId: string | null;
  /** Why it could not be sent. */
  error: Refusal | null;
  /** Stop was asked for before the answer had a name. */
  isStopped: boolean;
  /** The question as the stream told of it, before the request was answered. */
  heardId: string;
}

/** A question that waits until it is known where it goes, and who can answer. */
export interface Held {
  readonly text: string;
  readonly carried: Carried;
  /** Told with its answer, or with nothing where it was taken back. */
  readonly done: (answer: Message | null | Promise<Message | null>) => void;
}

/** What models are being chosen for. */
export type Choosing =
  | { kind: 'ask' }
  | { kind: 'compare'; answer: Message }
  | { kind: 'replay'; conversation: Conversation };

/** How many models may answer at once. */
export const MOST_MODELS = 4;

/** Stands for a conversation that begins with its first question. */
const NEW = 'new';
const GAP_WAIT = 300;
/** Conversations of more messages are opened by their outline. */
const MOST_WHOLE = 400;
const LOOKED_AT = 24;
/** How many of the last messages are near enough to the end to begin there. */
const AT_END = 6;
/** How many messages before and after those that are looked at are fetched along. */
const AROUND = 40;
const STREAM_WAIT = 2000;

export class ChatState {
  /** Told when anything but an answer's text has changed. */
  readonly changed: ISignal<this, void>;
  /** Told with the id of an answer that grew. */
  readonly grew: ISignal<this, string>;
  /** Told with the id of a message that is to be scrolled to. */
  readonly revealed: ISignal<this, string>;
  /** Told when the composer must show another text. */
  readonly draftChanged: ISignal<this, void>;

  conversations: Conversation[] = [];
  commands: Command[] = [];
  /** The open conversation; null for one that is not begun. */
  current: Conversation | null = null;
  thread = new Thread();
  isLoading = true;
  error: unknown = null;
  sending: Sending | null = null;
  /** What was asked before it was known where to and whom, in its order. */
  held: readonly Held[] = [];
  /** The questions that wait here for the answer before them, the next one first. */
  queue: readonly QueuedQuestion[] = [];
  /** The answers that were asked to stop. */
  stopping: ReadonlySet<string> = new Set();
  /** What the list of models is open for; null while it is closed. */
  choosing: Choosing | null = null;
  /** Whether there is such a persona; whoever knows them says so. */
  hasPersona: (id: string) => boolean = () => true;
  /** Whether it is known who can be asked; whoever knows says so, and calls `sendHeld` then. */
  isReady: () => boolean = () => true;
  private _personaId: string | null = null;
  private _withoutTools: boolean | null = null;
  /** What comes beside answers' texts. */
  readonly beside: Beside;
  readonly ratings: Ratings;
  readonly replays: Replays;
  /** The notebook that is open beside the chat; its folder's instructions hold. */
  notebook: () => string = () => '';
  /** Told of every answer that this tab asked for. */
  onAsked: (messageId: string) => void = () => undefined;

  private readonly _changed = new Signal<this, void>(this);
  private readonly _grew = new Signal<this, string>(this);
  private readonly _revealed = new Signal<this, string>(this);
  private readonly _draftChanged = new Signal<this, void>(this);
  private _start: Promise<void> | null = null;
  /** Until the question that is being sent, or is to wait, is there, or could not be sent. */
  private _isSent: Promise<unknown> = Promise.resolve();
  /** What is heard of conversations that may be the one that is being begun; null: none is. */
  private _unclaimed: Array<{ id: string; hear: () => void }> | null = null;
  private _isHearing = false;
  private _isRestored = false;
  /** The conversation that is being opened again and not known yet. */
  private _restoring = '';
  private readonly _asked = new Set<string>();
  /** The conversations whose ends were in sight, until they go on. */
  private readonly _looked = new Set<string>();
  private _gapTimer: ReturnType<typeof setTimeout> | null = null;

  /** Models that cannot be asked any more are passed over. */
  constructor(
    readonly sponde: ISponde,
    readonly memory: Memory,
    private readonly _isThere: (modelId: string) => boolean = () => true
  ) {
    this.changed = this._changed;
    this.ratings = new Ratings(sponde);
    this.replays = new Replays(sponde);
    this.grew = this._grew;
    this.draftChanged = this._draftChanged;
    this.revealed = this._revealed;
    const { feed } = sponde;
    this.beside = new Beside(feed);
    feed.on('MessageGrew', piece => this._heardGrowth(piece));
    feed.on('MessageChanged', ({ message }) => this._heardMessage(message));
    feed.on('ConversationChanged', ({ conversation }) => this._heardConversation(conversation));
    feed.on('QueueChanged', ({ conversation_id, questions }) =>
      this._heardQueue(conversation_id, questions)
    );
    feed.on('ConversationRemoved', ({ conversation_id }) => this._heardRemoval(conversation_id));
    feed.reset.connect(() => {
      if (this._isHearing) {
        void this.refresh();
      }
    });
    feed.connectedChanged.connect(() => this._changed.emit());
  }

  get isConnected(): boolean {
    return this.sponde.feed.connected;
  }

  /** How many conversations have an answer that no tab has shown yet. */
  get unread(): number {
    return this.conversations.filter(({ is_unread }) => is_unread).length;
  }

  /** Whether an answer is on its way. */
  get isAnswering(): boolean {
    const isSending = this.sending !== null && this.sending.error === null;
    return isSending || this.thread.ends.some(({ status }) => status === 'streaming');
  }

  /** Open what was open when this tab was left. */
  async start(): Promise<void> {
    if (!this._start) {
      this._start = this._hear().then(() => this.refresh());
    }
    await this._start;
    this._draftChanged.emit();
  }

  /** Fetch everything again: events may have been missed. */
  async refresh(): Promise<void> {
    this._isHearing = true;
    await this._load(async () => {
      // What is shown first: the list of conversations does not hold it up.
      const shown = !this._isRestored
        ? this._restore()
        : this.current && this._fetchAll(this.current.id);
      await Promise.all([shown, this._fetchLists()]);
    });
    this.sendHeld();
  }

  private async _fetchLists(): Promise<void> {
    [this.conversations, this.commands] = await Promise.all([
      this.sponde.api.call('GET /conversations'),
      this.sponde.api.call('GET /commands')
    ]);
  }

  /** Open what was open when this tab was left; nothing where that was deleted. */
  private async _restore(): Promise<void> {
    const { thread } = this;
    this._restoring = this.memory.read('conversation');
    try {
      if (this._restoring) {
        await this._fetchAll(this._restoring);
      }
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 404)) {
        throw error;
      }
    }
    if (this.thread === thread) {
      const { draft, chips } = this;
      this._restoring = '';
      this._isRestored = true;
      if (draft && !this.current) {
        this.keepDraft(draft, chips); // written for one that is gone
      }
    }
  }

  /** Wait for the stream, so that nothing told after the first fetch is missed; not for long. */
  private async _hear(): Promise<void> {
    const { feed } = this.sponde;
    if (!feed.connected) {
      await new Promise<void>(resolve => {
        const heard = (): void => {
          clearTimeout(timer);
          feed.reset.disconnect(heard);
          resolve();
        };
        const timer = setTimeout(heard, STREAM_WAIT);
        feed.reset.connect(heard);
      });
    }
  }

  // -- conversations ------------------------------------------------------------------------

  /** Open a conversation, where it was left or at a message. */
  async open(id: string, messageId = ''): Promise<void> {
    let found = this.conversations.find(conversation => conversation.id === id) ?? null;
    if (!found) {
      // One that was begun a moment ago, that is beyond the list, or that is put away.
      await this._act(async () => {
        found = await this.sponde.api.call('GET /conversations/{conversation_id}', {
          path: { conversation_id: id }
        });
      });
    }
    if (!messageId || this.current?.id !== id) {
      this._enter(found);
    }
    if (!found) {
      return;
    }
    if (messageId) {
      // Held before anything is drawn: the list of messages begins there.
      this.memory.write(`scroll:${id}`, JSON.stringify({ id: messageId, offset: 60 }));
    }
    await this._load(async () => {
      await this._fetchAll(id);
      if (messageId && this.current?.id === id) {
        this.reveal(messageId);
        const at = this.thread.path.indexOf(messageId);
        await this._fetch(this.thread.path.slice(Math.max(0, at - LOOKED_AT), at + LOOKED_AT));
      }
    });
    if (messageId && this.current?.id === id) {
      this.reveal(messageId);
    }
  }

  /** Show a conversation that begins with its first question. */
  begin(): void {
    this._enter(null);
  }

  async rename(id: string, title: string): Promise<void> {
    const known = this.conversations.find(conversation => conversation.id === id);
    if (!title.trim() || title.trim() === known?.title) {
      return;
    }
    await this._act(async () => {
      const renamed = await this.sponde.api.call('PATCH /conversations/{conversation_id}', {
        path: { conversation_id: id },
        body: { title: title.trim() }
      });
      this._heardConversation(renamed);
    });
  }

  /** Delete a conversation; true where that went well, so that an undo can be offered. */
  async remove(id: string): Promise<boolean> {
    return this._act(async () => {
      await this.sponde.api.call('DELETE /conversations/{conversation_id}', {
        path: { conversation_id: id }
      });
      this._heardRemoval(id);
    });
  }

  /** Note that the end of the open conversation is in someone's sight. */
  look(): void {
    const { current } = this;
    if (current) {
      this._looked.add(current.id);
      if (current.is_unread) {
        void this._see(current.id);
      }
    }
  }

  private async _see(id: string): Promise<void> {
    if (!this._asked.has(id)) {
      this._asked.add(id);
      try {
        await this.sponde.api.call('POST /conversations/{conversation_id}/seen', {
          path: { conversation_id: id }
        });
      } catch {
        // Nothing is lost: it stays marked, and the next look says it again.
      }
      this._asked.delete(id);
    }
  }

  async restore(id: string): Promise<void> {
    await this._act(async () => {
      const restored = await this.sponde.api.call(
        'POST /conversations/{conversation_id}/restore',
        { path: { conversation_id: id } }
      );
      this._heardConversation(restored);
      await this.open(id);
    });
  }

  // -- asking -------------------------------------------------------------------------------

  /** Ask at the end of the conversation; while an answer comes the question waits. */
  async ask(text: string, carried: Carried = {}): Promise<Message | null> {
    const question = text.trim();
    if (!question) {
      return null;
    }
    if (this.held.length || !this._canAsk(question)) {
      // It stays the draft, too: nothing is lost where the page is loaded once more.
      this.keepDraft(question, carried.references);
      return new Promise(done => {
        this.held = [...this.held, { text: question, carried, done }];
        this._changed.emit();
      });
    }
    return this._ask(question, carried);
  }

  /** Send what waits, once it is known where it goes and who can answer. */
  sendHeld(): void {
    let next = this.held[0];
    while (next && this._canAsk(next.text)) {
      this._letGo(next);
      next.done(this._ask(next.text, next.carried));
      next = this.held[0];
    }
  }

  /** Take a question back that waits; it can be changed, or is dropped. */
  takeHeld(held: Held, isDropped: boolean): void {
    this._letGo(held);
    held.done(null);
    if (isDropped) {
      this._changed.emit();
    } else {
      this._writeOn(held.text, held.carried.references ?? []);
    }
  }

  private _letGo(held: Held): void {
    if (this.memory.read(`draft:${this._writtenIn}`) === held.text) {
      this.keepDraft('');
    }
    this.held = this.held.filter(other => other !== held);
  }

  /** Commands need no model, but a conversation that is known. */
  private _canAsk(question: string): boolean {
    return this._isRestored && (question.startsWith('/') || this.isReady());
  }

  private async _ask(question: string, carried: Carried): Promise<Message | null> {
    if (this.isAnswering) {
      await this._wait(question, carried);
      return null;
    }
    return this._send(question, this.thread.tip?.id ?? null, carried);
  }

  /** Ask another question in a question's place. */
  async edit(question: Message, text: string, carried: Carried = {}): Promise<void> {
    if (text.trim() && !this.isAnswering) {
      await this._send(text.trim(), question.parent_id, carried);
    }
  }

  /** Answer a question once more. */
  async retry(answer: Message): Promise<void> {
    if (this.isAnswering && !this.thread.isOpen(answer)) {
      return;
    }
    const thread = this.thread;
    await this._act(async () => {
      const again = await this.sponde.api.call('POST /messages/{message_id}/retry', {
        path: { message_id: answer.id }
      });
      this.onAsked(again.id);
      thread.put(again);
      if (!thread.isOpen(again)) {
        thread.choose(again.id);
      }
    });
  }

  /** Go on with an answer that was cut, in one beside it. */
  async goOn(answer: Message): Promise<void> {
    const thread = this.thread;
    await this._act(async () => {
      const more = await this.sponde.api.call('POST /messages/{message_id}/continue', {
        path: { message_id: answer.id }
      });
      this.onAsked(more.id);
      thread.put(more);
      if (!thread.isOpen(more)) {
        thread.choose(more.id);
      }
    });
  }

  /** Stop the answer that is on its way, if need be before its first word. */
  async stop(): Promise<void> {
    if (this.sending && !this.sending.error) {
      this.sending = { ...this.sending, isStopped: true };
      this._changed.emit();
      return;
    }
    const growing = this.thread.ends.filter(({ status }) => status === 'streaming');
    await Promise.all(growing.map(({ id }) => this.stopOne(id)));
  }

  /** Stop one of several answers; the others go on. */
  async stopOne(id: string): Promise<void> {
    this.stopping = new Set([...this.stopping, id]);
    this._changed.emit();
    await this._act(async () => {
      const stopped = await this.sponde.api.call('POST /messages/{message_id}/stop', {
        path: { message_id: id }
      });
      if (this.current?.id === stopped.conversation_id) {
        this.thread.put(stopped);
      }
    });
    this.stopping = new Set([...this.stopping].filter(other => other !== id));
    this._changed.emit();
  }

  // -- several models -----------------------------------------------------------------------

  /** The models that are asked here; none: the default one. */
  get picked(): readonly string[] {
    return this.memory
      .read(`models:${this.current?.id ?? ''}`)
      .split('\n')
      .filter(id => id !== '' && this._isThere(id));
  }

  /** Ask these from now on, in this conversation; a single one in the next ones, too. */
  pick(ids: readonly string[]): void {
    this.memory.write(`models:${this.current?.id ?? ''}`, ids.join('\n'));
    if (ids.length < 2) {
      this.memory.write('models:', ids.join(''));
    }
    this._changed.emit();
  }

  /** Whether names are hidden until an answer is kept. */
  get isBlind(): boolean {
    return this.memory.read('blind') === 'yes';
  }

  setBlind(isBlind: boolean): void {
    this.memory.write('blind', isBlind ? 'yes' : '');
    this._changed.emit();
  }

  /** Open the list of models, or close it. */
  openModels(choosing: Choosing | null): void {
    this.choosing = choosing;
    this._changed.emit();
  }

  /** Ask further models what an answer answers, to see them side by side. */
  async compare(answer: Message, modelIds: readonly string[]): Promise<void> {
    const { thread } = this;
    await this._act(async () => {
      const answers = await this.sponde.api.call('POST /messages/{message_id}/compare', {
        path: { message_id: answer.id },
        body: { model_ids: [...modelIds] }
      });
      answers.forEach(given => thread.put(given));
      thread.unchoose(answer.parent_id ?? '');
    });
  }

  /** Let the conversation go on from one of several answers, and from its model. */
  async keep(answer: Message): Promise<void> {
    const { thread } = this;
    await this._act(async () => {
      const question = await this.sponde.api.call('POST /messages/{message_id}/keep', {
        path: { message_id: answer.id }
      });
      thread.put(question);
      thread.setOpen(question.id, false);
      this.pick([answer.model_id || (answer.receipt?.model_id ?? '')].filter(Boolean));
    });
  }

  /** Show the answers to a question side by side, or only the one that is kept. */
  setOpen(question: string, isOpen: boolean): void {
    this.thread.setOpen(question, isOpen);
    this._changed.emit();
  }

  /** A question as it would be sent now; `after` says what it follows, where not the end. */
  drafted(text: string, carried: Carried, after?: string | null): Drafted {
    const parent_id = after === undefined ? (this.thread.tip?.id ?? null) : after;
    return {
      conversationId: this.current?.id ?? '',
      message: { text: text.trim(), parent_id, ...this._along(carried) }
    };
  }

  /** What was sent for an answer, word by word. */
  receipt(answer: Message): Promise<Receipt> {
    return this.sponde.api.call('GET /messages/{message_id}/receipt', {
      path: { message_id: answer.id }
    });
  }

  /** Ask this conversation's questions again of another model; gives the new conversation's id. */
  async replay(conversation: Conversation, modelId: string): Promise<string> {
    let begun = '';
    await this._act(async () => {
      const isShown = this.current?.id === conversation.id;
      const leaf = isShown ? (this.thread.last?.id ?? '') : '';
      begun = (await this.replays.begin(conversation.id, modelId, leaf)).id;
      this.memory.write(`models:${begun}`, modelId);
    });
    return begun;
  }

  async stopReplay(id: string): Promise<void> {
    await this._act(() => this.replays.stop(id));
  }

  async resumeReplay(id: string): Promise<void> {
    await this._act(() => this.replays.resume(id));
  }

  /** Send a question again that could not be sent. */
  async resend(): Promise<void> {
    const { sending } = this;
    if (sending?.error) {
      await this._send(sending.text, sending.parentId, sending);
    }
  }

  /** Put a question that could not be sent back where it can be changed. */
  takeBack(): void {
    const { sending } = this;
    if (sending?.error) {
      this.sending = null;
      this._writeOn(sending.text, sending.references ?? []);
    }
  }

  // -- questions that wait ------------------------------------------------------------------

  /** Ask the next one now, however the answer before it ended. */
  async sendQueued(): Promise<void> {
    const { current } = this;
    if (current) {
      await this._act(async () => {
        await this.sponde.api.call('POST /conversations/{conversation_id}/queue/send', {
          path: { conversation_id: current.id }
        });
      });
    }
  }

  async moveQueued(id: string, place: number): Promise<void> {
    await this._act(async () => {
      await this.sponde.api.call('PATCH /queued-questions/{queued_id}', {
        path: { queued_id: id },
        body: { place }
      });
    });
  }

  async dropQueued(id: string): Promise<void> {
    await this._act(async () => {
      await this._takeQueued(id);
    });
  }

  /** Put a waiting question where it can be changed; one that was asked meanwhile stays asked. */
  async changeQueued(id: string): Promise<void> {
    await this._act(async () => {
      const { message } = await this._takeQueued(id);
      this._writeOn(message.text, message.references);
    });
  }

  /** Take a question out of the queue: only who gets it may use it. */
  private async _takeQueued(id: string): Promise<QueuedQuestion> {
    const taken = await this.sponde.api.call('DELETE /queued-questions/{queued_id}', {
      path: { queued_id: id }
    });
    this.queue = this.queue.filter(queued => queued.id !== id);
    return taken;
  }

  /** Let a question wait on the server, which asks it once the answer is there, whoever leaves. */
  private _wait(text: string, carried: Carried): Promise<void> {
    const message: NewMessage = { text, ...this._along(carried) };
    const { thread, _isSent: before } = this;
    // One after the other: those that travel at once may arrive in any order.
    const kept = before.then(() => this._queue(thread, message, carried));
    this._isSent = kept;
    return kept;
  }

  private async _queue(thread: Thread, message: NewMessage, carried: Carried): Promise<void> {
    const { last } = thread;
    const after = last?.role === 'user' ? last : thread.get(last?.parent_id ?? '');
    const isKept =
      after !== undefined &&
      (await this._act(async () => {
        // The stream tells of it, in its place among what becomes of it.
        await this.sponde.api.call('POST /conversations/{conversation_id}/queue', {
          path: { conversation_id: after.conversation_id },
          body: { message, after_id: after.id }
        });
      }));
    if (!isKept && this.thread === thread) {
      this._writeOn(message.text, carried.references ?? []);
    }
  }

  private _heardQueue(conversationId: string, queue: readonly QueuedQuestion[]): void {
    if (conversationId === this._here) {
      this.queue = queue;
      this._changed.emit();
    }
  }

  /** Put a text behind what stands in the composer. */
  private _writeOn(text: string, references: readonly Reference[]): void {
    const { draft, chips } = this;
    this.write(draft.trim() ? `${draft.trimEnd()}\n\n${text}` : text, [...chips, ...references]);
    this._changed.emit();
  }

  /** Show a message, on whatever branch it is. */
  reveal(id: string): void {
    if (!this.thread.get(id)) {
      return;
    }
    const shown = new Set(this.thread.path);
    for (let step = this.thread.get(id); step; step = this.thread.get(step.parent_id ?? '')) {
      if (!shown.has(step.id)) {
        this.thread.choose(step.id);
      }
    }
    this._changed.emit();
    this._revealed.emit(id);
  }

  /** Show the branch of this message. */
  choose(id: string): void {
    this.thread.choose(id);
    this._changed.emit();
  }

  dismissError(): void {
    this.error = null;
    this._changed.emit();
  }

  // -- the composer's text ------------------------------------------------------------------

  /** The conversation in whose composer something is written, also before that is known. */
  private get _writtenIn(): string {
    return this.current?.id ?? (this._isRestored ? '' : this.memory.read('conversation'));
  }

  get draft(): string {
    const text = this.memory.read(`draft:${this._writtenIn}`);
    return this._isHeld(text) ? '' : text;
  }

  private _isHeld(text: string): boolean {
    return this.held.some(held => held.text === text);
  }

  /** What hangs on the text in the composer. */
  get chips(): readonly Reference[] {
    if (this._isHeld(this.memory.read(`draft:${this._writtenIn}`))) {
      return [];
    }
    try {
      return JSON.parse(this.memory.read(`chips:${this._writtenIn}`) || '[]') as Reference[];
    } catch {
      return [];
    }
  }

  /** Keep what stands in the composer. */
  keepDraft(text: string, chips: readonly Reference[] = []): void {
    const id = this._writtenIn;
    this.memory.write(`draft:${id}`, text);
    this.memory.write(`chips:${id}`, chips.length ? JSON.stringify(chips) : '');
  }

  /** Put a text into the composer, with what hangs on it. */
  write(text: string, chips: readonly Reference[] = []): void {
    this.keepDraft(text, chips);
    this._draftChanged.emit();
  }

  /** Hang something on what stands in the composer. */
  attach(references: readonly Reference[]): void {
    const isNew = (one: Reference): boolean =>
      !references.some(({ kind, id, path }) => one.kind === kind && one.id === id && one.path === path);
    this.write(this.draft, [...this.chips.filter(isNew), ...references]);
  }

  // -- inside -------------------------------------------------------------------------------

  private _enter(conversation: Conversation | null): void {
    // What waits was meant for the conversation that is left: it stays in its composer.
    this.held.forEach(held => this.takeHeld(held, false));
    this._isRestored = true;
    this._restoring = '';
    this.current = conversation;
    this.thread = new Thread();
    this.isLoading = false;
    this.error = null;
    this.sending = null;
    this.queue = [];
    this.stopping = new Set();
    this.choosing = null;
    this._unclaimed = null;
    this._personaId = null;
    this._withoutTools = null;
    this.replays.enter(conversation?.id ?? '');
    this.memory.write('conversation', conversation?.id ?? '');
    this._changed.emit();
    this._draftChanged.emit();
  }

  private _send(text: string, parentId: string | null, carried: Carried): Promise<Message | null> {
    const sent = this._sendNow(text, parentId, carried);
    this._isSent = sent;
    return sent;
  }

  private async _sendNow(
    text: string,
    parentId: string | null,
    { references = [], modelId = '', personaId = this.personaId }: Carried
  ): Promise<Message | null> {
    const carried = { references, modelId, personaId };
    const sending: Sending = { text, parentId, ...carried, error: null, isStopped: false, heardId: '' };
    let begun: Message | null = null;
    this.sending = sending;
    this.error = null;
    const { thread } = this;
    const isOpen = (): boolean => this.thread === thread;
    const { picked } = this;
    const asked = this._along(carried);
    // On its way before anything is drawn. A first question begins its conversation.
    const isFirst = !this.current;
    this._unclaimed = isFirst ? [] : null;
    const sent = this.sponde.api.call('POST /conversations/{conversation_id}/messages', {
      path: { conversation_id: this.current?.id ?? NEW },
      body: { text, parent_id: parentId, ...asked }
    });
    this._changed.emit();
    try {
      const { question, answers, conversation } = await sent;
      if (isFirst && isOpen()) {
        this._claim(conversation, picked);
      }
      begun = answers[0] ?? null;
      thread.put(question);
      answers.forEach(answer => {
        this.onAsked(answer.id);
        thread.put(answer);
      });
      if (this.sending?.heardId !== question.id) {
        thread.choose(question.id); // else it was, and another version may be looked at by now
      }
      if (this.sending?.isStopped) {
        answers.forEach(({ id }) => void this.stopOne(id));
      }
      if (isOpen()) {
        this.sending = null;
      }
    } catch (error) {
      if (isOpen()) {
        this.sending = { ...sending, error: Refusal.from(error) };
      }
    }
    if (isOpen()) {
      this._unclaimed = null;
    }
    this._changed.emit();
    return begun;
  }

  /** Go on in the conversation that began with a question; what was told of it is heard now. */
  private _claim(made: Conversation, picked: readonly string[]): void {
    const { draft, chips, _unclaimed: heard } = this;
    this.keepDraft('');
    this.memory.write(`models:${made.id}`, picked.join('\n'));
    this.memory.write('models:', picked.length > 1 ? '' : picked.join(''));
    this.current = this.conversations.find(({ id }) => id === made.id) ?? made;
    this.keepDraft(draft, chips);
    this.replays.enter(made.id);
    this.memory.write('conversation', made.id);
    this._unclaimed = null;
    if (this.current === made) {
      this._heardConversation(made);
    }
    heard?.filter(({ id }) => id === made.id).forEach(({ hear }) => hear());
  }

  /** Who is asked in this conversation; empty: nobody in particular. */
  get personaId(): string {
    const id = this._personaId ?? this.current?.persona_id ?? '';
    return id && this.hasPersona(id) ? id : '';
  }

  setPersona(id: string): void {
    this._personaId = id;
    this._changed.emit();
  }

  /** Whether models are told of no tools here: as it was at the last question, until it is switched. */
  get withoutTools(): boolean {
    if (this._withoutTools !== null) {
      return this._withoutTools;
    }
    const { path } = this.thread;
    for (let at = path.length - 1; at >= 0; at -= 1) {
      const message = this.thread.get(path[at]);
      if (message?.role === 'user') {
        return message.without_tools;
      }
    }
    return false;
  }

  setTools(isOn: boolean): void {
    this._withoutTools = !isOn;
    this._changed.emit();
  }

  /** What goes along with a question: who is asked, and what hangs on it. */
  private _along({ references = [], modelId, personaId = this.personaId }: Carried): Partial<NewMessage> {
    const { picked, isBlind } = this;
    const several = !modelId && picked.length > 1;
    const notebook = this.notebook();
    return {
      ...(several ? { model_ids: [...picked], is_blind: isBlind } : { model_id: modelId || picked[0] }),
      ...(references.length ? { references: [...references] } : {}),
      ...(personaId ? { persona_id: personaId } : {}),
      ...(this.withoutTools ? { without_tools: true } : {}),
      ...(notebook ? { notebook } : {})
    };
  }

  private async _fetchAll(id: string): Promise<void> {
    const rest = await this._fetchEnd(id);
    await Promise.all([
      rest(),
      this._fetchQueue(id),
      this.ratings.load(id),
      this.replays.load(id)
    ]);
  }

  private async _fetchQueue(id: string): Promise<void> {
    const before = this.queue;
    const queue = await this.sponde.api.call('GET /conversations/{conversation_id}/queue', {
      path: { conversation_id: id }
    });
    // What was heard meanwhile is newer.
    if (this.queue === before) {
      this._heardQueue(id, queue);
    }
  }

  private async _fetchMessages(id: string): Promise<void> {
    const rest = await this._fetchEnd(id);
    await rest();
  }

  /** Show a short conversation, or the end of a long one; gives how to fetch its shape then. */
  private async _fetchEnd(id: string): Promise<() => Promise<void>> {
    const { thread } = this;
    const path = { conversation_id: id };
    const { conversation, messages, is_whole, is_straight } = await this.sponde.api.call(
      'GET /conversations/{conversation_id}/opening',
      { path, query: { most: MOST_WHOLE } }
    );
    if (this.thread !== thread) {
      return async () => undefined;
    }
    if (this._restoring === id) {
      this.current = conversation;
    }
    const isShown =
      is_whole || (thread.size === 0 && is_straight && this._isLeftAtEnd(id, messages));
    messages.forEach(message => thread.put(message));
    if (isShown) {
      if (!is_whole) {
        thread.putEnd(messages);
      }
      this._changed.emit();
    }
    return async () => {
      if (!is_whole) {
        await (isShown && painted());
        const outline = await this.sponde.api.call(
          'GET /conversations/{conversation_id}/outline',
          { path }
        );
        thread.putOutline(outline, id);
        await this._fetch(thread.path.slice(-LOOKED_AT));
      }
      this._changed.emit();
      if (thread.hasGap) {
        this._fillGap();
      }
    };
  }

  /** Whether a conversation was left where its last messages are. */
  private _isLeftAtEnd(id: string, messages: readonly Message[]): boolean {
    const place = this.memory.read(`scroll:${id}`);
    return !place || messages.slice(-AT_END).some(message => place.includes(message.id));
  }

  /** Fetch the messages of a long conversation that are looked at, where they are not here yet. */
  need(ids: readonly string[]): void {
    const wanted = ids.filter(id => this.thread.lacks(id) && !this._asked.has(id));
    if (wanted.length) {
      const { path } = this.thread;
      const first = Math.max(0, path.indexOf(ids[0]) - AROUND);
      const last = path.indexOf(ids[ids.length - 1]) + AROUND;
      void this._act(() => this._fetch(path.slice(first, last + 1)));
    }
  }

  private async _fetch(ids: readonly string[]): Promise<void> {
    const { thread, current } = this;
    const wanted = ids.filter(id => thread.lacks(id) && !this._asked.has(id));
    if (!wanted.length || !current) {
      return;
    }
    wanted.forEach(id => this._asked.add(id));
    try {
      const messages = await this.sponde.api.call(
        'GET /conversations/{conversation_id}/messages',
        { path: { conversation_id: current.id }, query: { ids: wanted.join(',') } }
      );
      messages.forEach(message => thread.put(message));
    } finally {
      wanted.forEach(id => this._asked.delete(id));
    }
  }

  /** Fetch what a hole in an answer lacks; the server saves a moment after it tells. */
  private _fillGap(): void {
    if (this._gapTimer !== null || !this.current) {
      return;
    }
    const { id } = this.current;
    this._gapTimer = setTimeout(() => {
      this._gapTimer = null;
      if (this.current?.id === id && this.thread.hasGap) {
        void this._act(() => this._fetchMessages(id));
      }
    }, GAP_WAIT);
  }

  private async _load(work: () => Promise<void>): Promise<void> {
    const { thread } = this;
    this.isLoading = true;
    this._changed.emit();
    try {
      await work();
      this.error = null;
    } catch (error) {
      if (this.thread === thread) {
        this.error = error;
      }
    }
    if (this.thread === thread) {
      this.isLoading = false;
    }
    this._changed.emit();
  }

  private async _act(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this._changed.emit();
      return true;
    } catch (error) {
      this.error = error;
      this._changed.emit();
      return false;
    }
  }

  /** The conversation whose messages are kept here. */
  private get _here(): string {
    return this.current?.id ?? this._restoring;
  }

  // -- what the server tells ----------------------------------------------------------------

  private _heardGrowth(piece: MessageGrew): void {
    if (piece.conversation_id !== this._here) {
      this._unclaimed?.push({ id: piece.conversation_id, hear: () => this._heardGrowth(piece) });
      return;
    }
    const growth = this.thread.grow(piece);
    if (growth === 'gap') {
      this._fillGap();
    } else if (growth === 'grew') {
      this._grew.emit(piece.message_id);
    }
  }

  private _heardMessage(message: Message): void {
    if (message.status === 'streaming') {
      this._looked.delete(message.conversation_id);
    }
    if (message.conversation_id !== this._here) {
      this._unclaimed?.push({ id: message.conversation_id, hear: () => this._heardMessage(message) });
      return;
    }
    this.thread.put(message);
    const { sending } = this;
    const isOurs = message.role === 'user' && message.parent_id === sending?.parentId;
    if (sending && !sending.heardId && isOurs && message.text === sending.text) {
      this.sending = { ...sending, heardId: message.id };
      this.thread.choose(message.id);
    }
    this._changed.emit();
  }

  private _heardConversation(conversation: Conversation): void {
    if (conversation.is_unread && this._looked.has(conversation.id)) {
      void this._see(conversation.id);
    }
    const others = this.conversations.filter(({ id }) => id !== conversation.id);
    this.conversations = [conversation, ...others].sort(
      (one, other) => Date.parse(other.updated_at) - Date.parse(one.updated_at)
    );
    if (this.current?.id === conversation.id) {
      this.current = conversation;
    }
    this._changed.emit();
  }

  private _heardRemoval(id: string): void {
    const isOther = (conversation: Conversation): boolean => conversation.id !== id;
    this.conversations = this.conversations.filter(isOther);
    if (this._here === id) {
      this._enter(null);
    }
    this._changed.emit();
  }
}
