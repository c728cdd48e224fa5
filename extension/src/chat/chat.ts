/** The chat as other slices and extensions use it: ask, wait, write, and add to what can be named. */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Message, Reference } from '../api/schema';
import type { ISponde } from '../api/tokens';
import type { ChatState } from './state';
import type { IChat, Question, ReferenceSource } from './tokens';

interface Waiting {
  resolve: (message: Message) => void;
  reject: (error: unknown) => void;
}

export class Chat implements IChat {
  readonly sourcesChanged: ISignal<this, void>;
  private readonly _sourcesChanged = new Signal<this, void>(this);
  /** Those who wait for answers' ends. */
  private readonly _waiting = new Map<string, Waiting[]>();
  private _sources: readonly ReferenceSource[] = [];

  /** `show` brings the chat that was used last to the front and gives what it shows. */
  constructor(
    private readonly _sponde: ISponde,
    private readonly _show: (isQuiet?: boolean) => ChatState
  ) {
    this.sourcesChanged = this._sourcesChanged;
    _sponde.feed.on('MessageChanged', ({ message }) => this._hear(message));
    _sponde.feed.reset.connect(() => [...this._waiting.keys()].forEach(id => this._look(id)));
  }

  get sources(): readonly ReferenceSource[] {
    return this._sources;
  }

  addSource(source: ReferenceSource): IDisposable {
    this._sources = [...this._sources, source].sort((one, other) => one.rank - other.rank);
    this._sourcesChanged.emit();
    return new DisposableDelegate(() => {
      this._sources = this._sources.filter(other => other !== source);
      this._sourcesChanged.emit();
    });
  }

  async write(text: string, references: readonly Reference[] = []): Promise<void> {
    const state = this._show();
    await state.start();
    state.write(text, references);
    this._show();
  }

  async ask(question: Question): Promise<Message | null> {
    const state = this._show(question.isQuiet);
    await state.start();
    if (question.isNew) {
      state.begin();
    }
    await idle(state);
    return state.ask(question.text, question);
  }

  async ended(messageId: string): Promise<Message> {
    return new Promise((resolve, reject) => {
      this._waiting.set(messageId, [...(this._waiting.get(messageId) ?? []), { resolve, reject }]);
      this._look(messageId);
    });
  }

  /** Ask whether an answer has ended already, or while events were missed. */
  private _look(messageId: string): void {
    this._sponde.api.call('GET /messages/{message_id}', { path: { message_id: messageId } }).then(
      message => this._hear(message),
      error => this._take(messageId).forEach(({ reject }) => reject(error))
    );
  }

  private _hear(message: Message): void {
    if (message.status !== 'streaming') {
      this._take(message.id).forEach(({ resolve }) => resolve(message));
    }
  }

  private _take(messageId: string): Waiting[] {
    const waiting = this._waiting.get(messageId) ?? [];
    this._waiting.delete(messageId);
    return waiting;
  }
}

/** Wait for the answer that is on its way. */
function idle(state: ChatState): Promise<void> {
  return new Promise(resolve => {
    const look = (): void => {
      if (!state.isAnswering) {
        state.changed.disconnect(look);
        resolve();
      }
    };
    state.changed.connect(look);
    look();
  });
}
