/**
 * The messages of one conversation, as a tree: what is shown, and growing text joined without a
 * loss or a double. Does not fetch.
 */
import type { Message, MessageGrew, Outline } from '../api/schema';
import { further } from './answers/calls';

/** What a piece of text did: made a message longer, left a hole in it, or was known already. */
export type Growth = 'grew' | 'gap' | 'known';

export class Thread {
  private readonly _messages = new Map<string, Message>();
  /** Pieces that came before the text in front of them. */
  private readonly _waiting = new Map<string, MessageGrew[]>();
  /** Which child is shown, where a person chose another than the newest. */
  private readonly _chosen = new Map<string, string>();
  /** The questions whose answers stand side by side though one of them is kept. */
  private readonly _opened = new Set<string>();
  private _children: Map<string, string[]> | null = null;
  private _path: string[] | null = null;
  /** What the first message that is known follows; empty: nothing. */
  private _root = '';

  /** The messages of which only the place is known, and how long their texts are. */
  private readonly _stubs = new Map<string, number>();

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

  /** Whether a message's text is not here yet. */
  lacks(id: string): boolean {
    return this._stubs.has(id);
  }

  /** How many characters a message has, whether they are here or not. */
  lengthOf(id: string): number {
    return this._stubs.get(id) ?? this._messages.get(id)?.text.length ?? 0;
  }

  /** Begin with the end of a long conversation, until its shape is known. */
  putEnd(messages: readonly Message[]): void {
    this._root = messages[0]?.parent_id ?? '';
    this._path = null;
  }

  /** Take the shape of a long conversation; the texts are put as they come. */
  putOutline(outline: Outline, conversationId: string): void {
    const { ids, parents, lengths, kept, rounds } = outline;
    const questions = new Set(outline.questions);
    const streaming = new Set(outline.streaming);
    const known = new Map(this._messages);
    const all = this._messages;
    all.clear(); // in their order, with what is known of them
    for (let at = 0; at < ids.length; at += 1) {
      const id = ids[at];
      const there = known.get(id);
      if (there) {
        known.delete(id);
        all.set(id, there);
        continue;
      }
      const parent = parents.length ? parents[at] : at - 1;
      const [round = '', model = ''] = rounds[at] ?? [];
      all.set(id, {
        ...EMPTY,
        id,
        conversation_id: conversationId,
        role: questions.has(at) ? 'user' : 'assistant',
        status: streaming.has(at) ? 'streaming' : 'complete',
        parent_id: parent < 0 ? null : ids[parent],
        kept_id: kept[at] ?? '',
        round_id: round,
        model_id: model
      });
      this._stubs.set(id, lengths[at]);
    }
    known.forEach((message, id) => all.set(id, message));
    this._root = '';
    this._children = null;
    this._path = null;
  }

  /** Take a message as the server has it now; what we have heard beyond that stays. */
  put(message: Message): void {
    const isStub = this._stubs.delete(message.id);
    const known = isStub ? undefined : this._messages.get(message.id);
    if (known && known.status !== 'streaming' && message.status === 'streaming') {
      return; // an answer that was fetched before it ended
    }
    const isBehind =
      known !== undefined &&
      message.status === 'streaming' &&
      known.text.length > message.text.length;
    const now = known ? further(known, message) : message;
    this._messages.set(message.id, isBehind ? { ...now, text: known.text } : now);
    if (!known && !isStub) {
      this._children = null;
    }
    if (isStub) {
      this._sort(message.parent_id ?? '');
    }
    if (!known || known.kept_id !== message.kept_id || known.round_id !== message.round_id) {
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
      for (let shown = this._shown(this._root); shown !== undefined; shown = this._shown(shown)) {
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

  /** Show the branch that the server keeps, or else the newest. */
  unchoose(question: string): void {
    this._chosen.delete(question);
    this._path = null;
  }

  private _shown(parent: string): string | undefined {
    const siblings = this._byParent.get(parent);
    if (!siblings) {
      return undefined;
    }
    const round = this._openRound(parent, siblings);
    const kept = this._messages.get(parent)?.kept_id ?? '';
    if (round) {
      // One of them stands for all: always the same one, whichever ends first.
      return kept || (round.find(id => this._byParent.has(id)) ?? round[0]);
    }
    const chosen = this._chosen.get(parent);
    return chosen ?? (siblings.includes(kept) ? kept : siblings[siblings.length - 1]);
  }

  // -- several answers to one question --------------------------------------------------------

  /** The answers that stand side by side with this one, one of each model; none for a single one. */
  columns(answer: Message): readonly Message[] {
    const newest = new Map<string, Message>();
    for (const id of this._byParent.get(answer.parent_id ?? '') ?? []) {
      const found = this._messages.get(id);
      if (found?.round_id && found.round_id === answer.round_id) {
        newest.set(found.model_id, found);
      }
    }
    return newest.size > 1 ? [...newest.values()] : [];
  }

  /** Whether an answer is shown side by side with others. */
  isOpen(answer: Message): boolean {
    const question = this._messages.get(answer.parent_id ?? '');
    const isUndecided = question !== undefined && !question.kept_id;
    return (
      answer.round_id !== '' &&
      (isUndecided || this._opened.has(question?.id ?? '')) &&
      this.columns(answer).length > 1
    );
  }

  /** Show the answers to a question side by side, or only the one that is kept. */
  setOpen(question: string, isOpen: boolean): void {
    if (isOpen) {
      this._opened.add(question);
    } else {
      this._opened.delete(question);
    }
    this._chosen.delete(question);
    this._path = null;
  }

  /** The answers at the end of what is shown: one, or those that stand side by side. */
  get ends(): readonly Message[] {
    const { last } = this;
    if (!last) {
      return [];
    }
    return this.isOpen(last) ? this.columns(last) : [last];
  }

  /** What a question would follow: the last answer; of several, the one kept or first whole. */
  get tip(): Message | undefined {
    const { ends, last } = this;
    const question = this._messages.get(last?.parent_id ?? '');
    return (
      ends.find(({ id }) => id === question?.kept_id) ??
      ends.find(({ status }) => status === 'complete') ??
      ends.find(({ status }) => status !== 'streaming') ??
      last
    );
  }

  /** The ids of a round's answers, where they are to stand side by side. */
  private _openRound(parent: string, siblings: readonly string[]): readonly string[] | null {
    const question = this._messages.get(parent);
    if (!question) {
      return null;
    }
    const kept = this._messages.get(question.kept_id);
    if (kept && !this._opened.has(parent)) {
      return null;
    }
    const newest = kept ?? this._messages.get(siblings[siblings.length - 1]);
    if (!newest || !this.isOpen(newest)) {
      return null;
    }
    return siblings.filter(id => this._messages.get(id)?.round_id === newest.round_id);
  }

  /** Order siblings anew, once more is known of them than their place. */
  private _sort(parent: string): void {
    const siblings = this._children?.get(parent);
    if (siblings && siblings.length > 1) {
      this._children = null;
    }
  }

  private get _byParent(): Map<string, string[]> {
    if (!this._children) {
      const children = new Map<string, string[]>();
      for (const { id, parent_id } of this._messages.values()) {
        const siblings = children.get(parent_id ?? '');
        if (siblings) {
          siblings.push(id);
        } else {
          children.set(parent_id ?? '', [id]);
        }
      }
      for (const siblings of children.values()) {
        if (siblings.length > 1) {
          siblings.sort((one, other) => byAge(this._messages.get(one), this._messages.get(other)));
        }
      }
      this._children = children;
    }
    return this._children;
  }
}

/** What is not known of a message while only its place is. */
const EMPTY: Message = {
  id: '',
  conversation_id: '',
  role: 'user',
  status: 'complete',
  parent_id: null,
  kept_id: '',
  round_id: '',
  model_id: '',
  persona_id: '',
  notebook: '',
  without_tools: false,
  thought_ms: null,
  text: '',
  references: [],
  outputs: [],
  calls: [],
  receipt: null,
  usage: null,
  took: null,
  failure: null,
  thoughts: '',
  remark: '',
  continues_id: '',
  is_blind: false,
  created_at: ''
};

function byAge(one: Message | undefined, other: Message | undefined): number {
  const apart = Date.parse(one?.created_at ?? '') - Date.parse(other?.created_at ?? '');
  return apart || ((one?.id ?? '') < (other?.id ?? '') ? -1 : 1);
}
