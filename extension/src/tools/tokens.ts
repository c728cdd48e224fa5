/** Tools that a browser tab carries out: those that touch open notebooks. Others may add theirs. */
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ToolCall, ToolResult } from '../api/schema';

/** Carries out the calls of one tool whose place is the tab. */
export interface TabTool {
  /** The tool's name, as the server offers it. */
  readonly name: string;
  /** Whether this tab can do it now; one that cannot leaves the call to another tab. */
  isAble(call: ToolCall): boolean;
  /** Does it, after the person allowed it; a thrown error becomes the call's failure. */
  run(call: ToolCall): Promise<ToolResult>;
}

export interface ITools {
  add(tool: TabTool): IDisposable;
}

export const ITools = new Token<ITools>('sponde-lab:ITools', 'Tools that a browser tab carries out.');
