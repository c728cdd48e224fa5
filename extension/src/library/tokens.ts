/** What can be done with a code block, wherever it is shown: other slices and extensions add to it. */
import type { LabIcon } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { NewSource } from '../api/schema';

/** A code block on the screen, kept or not. */
export interface ShownCode {
  code: string;
  /** The language in lower case, such as "python"; empty where nobody said. */
  language: string;
  /** The id in the library, once kept. */
  blockId?: string;
  /** The message that it came from. */
  messageId?: string;
  /** The place that it came from, where that is no message. */
  source?: NewSource;
}

export interface CodeAction {
  id: string;
  label: string;
  icon: LabIcon;
  /** Lower ranks come first. */
  rank: number;
  /** Whether it makes sense for this code; always where left out. */
  isVisible?: (code: ShownCode) => boolean;
  /** Does it; what it resolves to is shown for a moment, such as "Copied". */
  run: (code: ShownCode) => Promise<string>;
}

export interface ICodeActions {
  add(action: CodeAction): void;
  /** The actions that make sense for this code, by rank. */
  list(code: ShownCode): CodeAction[];
  /** Told when the lists may be others: list again. */
  readonly changed: ISignal<ICodeActions, void>;
}

export const ICodeActions = new Token<ICodeActions>(
  'sponde-lab:ICodeActions',
  'What can be done with a code block.'
);
