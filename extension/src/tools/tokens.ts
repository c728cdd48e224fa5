/** Tools that a browser tab carries out: those that touch open notebooks. Others may add theirs. */
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type * as React from 'react';
import type { Message, Output, ToolCall, ToolResult } from '../api/schema';

/** Carries out the calls of one tool whose place is the tab. */
export interface TabTool {
  /** The tool's name, as the server offers it. */
  readonly name: string;
  /** Whether this tab can do it now; one that cannot leaves the call to another tab. */
  isAble(call: ToolCall): boolean;
  /** Does it, after the person allowed it; a thrown error becomes the call's failure. */
  run(call: ToolCall): Promise<ToolResult>;
}

/** What the cards of calls need of whoever shows the answer. */
export interface CallsProps {
  /** The answer in which they stand. */
  message: Message;
  /** Those that stand at one place, in their order. */
  calls: readonly ToolCall[];
  /** Draw code in a language. */
  drawCode(code: string, language: string): React.ReactNode;
  /** Draw a table or a picture. */
  drawOutput(output: Output): React.ReactNode;
  /** End the answer. */
  onStop(): void;
}

export interface ITools {
  add(tool: TabTool): IDisposable;
  /** The cards of calls in an answer: what is asked, by whom it is read, and what came of it. */
  readonly Calls: React.ComponentType<CallsProps>;
  /** Note that this tab asked for an answer: its calls are carried out here where they can be. */
  asked(messageId: string): void;
}

export const ITools = new Token<ITools>('sponde-lab:ITools', 'Tools that a browser tab carries out.');
