/** What a turn of the chat asks before it changes cells or files: that one can go back. */
import { Token } from '@lumino/coreutils';
import type * as React from 'react';

export interface ICheckpoints {
  /**
   * Keep notebooks and files as they are now, open ones with their unsaved edits, before a turn
   * changes them. Call what it resolves to once the change is made: what stands then is the
   * turn's, and what is different later is the person's. Several changes of one turn are one
   * checkpoint: ask before each. Rejects where nothing could be kept; do not change anything then.
   *
   * @param messageId the answer whose turn it is
   * @param paths as JupyterLab names them, from the root folder; they need not exist yet
   */
  before(messageId: string, paths: readonly string[]): Promise<() => Promise<void>>;

  /** What a turn changed, with "Go back"; draws nothing where it changed nothing. */
  readonly Turn: React.ComponentType<{ messageId: string }>;
}

export const ICheckpoints = new Token<ICheckpoints>(
  'sponde-lab:ICheckpoints',
  'Keeps notebooks and files before a turn of the chat changes them.'
);
