/** What other slices and extensions do with the chat: ask in it, and add to what can be named. */
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { MimeData } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Message, Reference, ReferenceKind } from '../api/schema';

/** Something that can be named with an @, as the composer offers it. */
export interface Nameable {
  kind: ReferenceKind;
  /** What stands behind the @; what its chip says. */
  name: string;
  id: string;
  /** A few quiet words: a type, a shape, a path. */
  detail: string;
}

/** Knows one kind of thing that questions can name. */
export interface ReferenceSource {
  readonly kind: ReferenceKind;
  /** The heading above its offers, such as "Cells". */
  readonly label: string;
  /** Lower ranks stand higher. */
  readonly rank: number;
  /** What fits what was typed behind the @; quick, and empty rather than an error. */
  find(typed: string): Promise<Nameable[]>;
  /** The reference as it is sent, with the text as the tab sees it now; null where it is gone. */
  take(offer: Nameable): Promise<Reference | null>;
  /** Show what a reference names. */
  open(reference: Reference): Promise<void>;
  /** What was dragged here, if it is of this kind; synchronous, as drags are. */
  dropped?(data: MimeData, source: unknown): Promise<readonly Reference[]> | null;
}

/** A question from elsewhere than the composer. */
export interface Question {
  text: string;
  references?: readonly Reference[];
  modelId?: string;
  personaId?: string;
  /** Begin a new conversation for it. */
  isNew?: boolean;
  /** Leave the keyboard where it is. */
  isQuiet?: boolean;
}

export interface IChat {
  /** Show the chat that was used last, put this into its composer, and give it the focus. */
  write(text: string, references?: readonly Reference[]): Promise<void>;
  /** Show the chat and ask at once; gives the answer as it begins, null where it could not be asked. */
  ask(question: Question): Promise<Message | null>;
  /** Wait for an answer's end. */
  ended(messageId: string): Promise<Message>;
  /** Add a kind of thing that can be named. */
  addSource(source: ReferenceSource): IDisposable;
  readonly sources: readonly ReferenceSource[];
  readonly sourcesChanged: ISignal<unknown, void>;
}

export const IChat = new Token<IChat>('sponde-lab:IChat', 'The chat: ask in it, name things in it.');
