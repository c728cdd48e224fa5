/**
 * The messages of one conversation, as a tree: what is shown, and growing text joined without a
 * loss or a double. Does not fetch.
 */
import type { Message, MessageGrew } from '../api/schema';

/** What a piece of text did: made a message longer, left a hole in it, or was known already. */
export type Growth = 'grew' | 'gap' | 'known';

export class Thread {
  private readonly _messages = new Map<string, Message>();
  /** Pieces that came before the text in front of them. */
  private readonly _waiting = new Map<string, MessageGrew[]>();
  /** Which child is shown, where a person chose another than the newest. */
  private readonly _chosen = new Map<string, string>();
  private _children: Map<string, string[]> | null = null;
  private _path: string[] | null = null;

  get(id: string): Message | undefined {
    return this._messages.get(id);
  }

  get size(): number {
    return this._messages.size;
  }

  /** Whether pieces wait for text that only the server has. */
  get hasGap(): boolean {
    return this._waiting.size > 0;
  }

  /** Take a message as the server has it now; what we have heard beyond that stays. */
  put(message: Message): void {
    const known = this._messages.get(message.id);
    if (known && known.status !== 'streaming' && message.status === 'streaming') {
      return; // an answer that was fetched before it ended
    }
    const isBehind =
      known !== undefined &&
      message.status === 'streaming' &&
      known.text.length > message.text.length;
    this._messages.set(message.id, isBehind ? { ...message, text: known.text } : message);
    if (!known) {
      this._children = null;
      this._path = null;
    }
    if (message.status !== 'streaming') {
      this._waiting.delete(message.id);
    }
    this._join(message.id);
  }

  /** Add a piece of text to an answer. */
  grow(piece: MessageGrew): Growth {
    const id = piece.message_id;
    const message = this._messages.get(id);
    if (message && message.status !== 'streaming') {
      return 'known';
    }
    const have = message?.text.length ?? -1;
    if (piece.at > have || this._waiting.has(id)) {
      this._waiting.set(id, [...(this._waiting.get(id) ?? []), piece]);
      return this._join(id) ? 'grew' : 'gap';
    }
    const news = piece.text.slice(have - piece.at);
    if (!message || !news) {
      return 'known';
    }
    this._messages.set(id, { ...message, text: message.text + news });
    return 'grew';
  }

  /** Join the pieces that wait, as far as they fit; false where a hole is left. */
  private _join(id: string): boolean {
    const waiting = this._waiting.get(id);
    const message = this._messages.get(id);
    if (!waiting || !message) {
      return !waiting;
    }
    let text = message.text;
    const left: MessageGrew[] = [];
    for (const piece of [...waiting].sort((one, other) => one.at - other.at)) {
      if (piece.at > text.length) {
        left.push(piece);
      } else {
        text += piece.text.slice(text.length - piece.at);
      }
    }
    this._messages.set(id, { ...message, text });
    if (left.length) {
      this._waiting.set(id, left);
    } else {
      this._waiting.delete(id);
    }
    return left.length === 0;
  }

  // -- what is shown ------------------------------------------------------------------------

  /** The ids of the messages on the branch that is shown, first to last. */
  get path(): readonly string[] {
    if (!this._path) {
      this._path = [];
      for (let shown = this._shown(''); shown !== undefined; shown = this._shown(shown)) {
        this._path.push(shown);
      }
    }
    return this._path;
  }

  get last(): Message | undefined {
    const path = this.path;
    return this._messages.get(path[path.length - 1]);
  }

  /** The ids of a message and of those in its place on other branches, oldest first. */
  siblings(message: Message): readonly string[] {
    return this._byParent.get(message.parent_id ?? '') ?? [message.id];
  }

  /** Show the branch of this message. */
  choose(id: string): void {
    const message = this._messages.get(id);
    if (message) {
      this._chosen.set(message.parent_id ?? '', id);
      this._path = null;
    }
  }

  /** The answer that is shown under a question. */
  answerTo(question: Message): Message | undefined {
    return this._messages.get(this._shown(question.id) ?? '');
  }

  private _shown(parent: string): string | undefined {
    const siblings = this._byParent.get(parent);
    const chosen = this._chosen.get(parent);
    return siblings && (chosen ?? siblings[siblings.length - 1]);
  }

  private get _byParent(): Map<string, string[]> {
    if (!this._children) {
      const children = new Map<string, Message[]>();
      for (const message of this._messages.values()) {
        const parent = message.parent_id ?? '';
        children.set(parent, [...(children.get(parent) ?? []), message]);
      }
      this._children = new Map(
        [...children].map(([parent, siblings]) => [parent, siblings.sort(byAge).map(({ id }) => id)])
      );
    }
    return this._children;
  }
}

function byAge(one: Message, other: Message): number {
  return (
    Date.parse(one.created_at) - Date.parse(other.created_at) || (one.id < other.id ? -1 : 1)
  );
}
