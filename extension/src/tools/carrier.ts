/**
 * Carries out the calls that were allowed and whose place is a tab. Several tabs hear of a call:
 * the one that asked or allowed it goes first, then the one that is looked at; whoever claims it
 * at the server does it, and no other.
 */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { UUID } from '@lumino/coreutils';
import { Refusal } from '../api/client';
import type { CallAllowed, ToolCall, ToolResult } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { trans } from '../ui/words';
import type { TabTool } from './tokens';

/** How long a tab waits before it claims, in milliseconds; hidden ones are late by themselves. */
export const WAITS = { ours: 0, focused: 200, seen: 500, hidden: 900, unable: 3000 } as const;
/** So often the server hears that the tab still lives, in milliseconds. */
const ALIVE = 15000;

export class Carrier {
  readonly tabId = UUID.uuid4();
  private readonly _tools = new Map<string, TabTool>();
  /** Answers that this tab asked for, and calls that were allowed here. */
  private readonly _ours = new Set<string>();
  private readonly _ended = new Set<string>();

  constructor(
    private readonly _sponde: ISponde,
    private readonly _wait: (ms: number) => Promise<void> = ms =>
      new Promise(resolve => setTimeout(resolve, ms)),
    private readonly _look: () => keyof typeof WAITS = looked
  ) {
    _sponde.feed.on('CallAllowed', event => void this._heard(event));
    _sponde.feed.on('CallEnded', ({ call_id }) => this._ended.add(call_id));
  }

  add(tool: TabTool): IDisposable {
    this._tools.set(tool.name, tool);
    return new DisposableDelegate(() => {
      this._tools.delete(tool.name);
    });
  }

  asked(messageId: string): void {
    this._ours.add(messageId);
  }

  decided(callId: string): void {
    this._ours.add(callId);
  }

  private async _heard({ call }: CallAllowed): Promise<void> {
    const tool = this._tools.get(call.tool);
    const isOurs = this._ours.has(call.message_id) || this._ours.has(call.id);
    const isAble = tool?.isAble(call) === true;
    if (!isAble && !isOurs) {
      return; // another tab may be able; this one was not asked
    }
    await this._wait(WAITS[isAble ? (isOurs ? 'ours' : this._look()) : 'unable']);
    if (this._ended.has(call.id) || !(await this._claim(call))) {
      return;
    }
    const again = setInterval(() => void this._claim(call), ALIVE);
    try {
      await this._tell(call, tool?.isAble(call) ? await tool.run(call) : unable());
    } catch (error) {
      await this._tell(call, failure(error));
    } finally {
      clearInterval(again);
    }
  }

  private async _claim(call: ToolCall): Promise<boolean> {
    try {
      await this._sponde.api.call('POST /calls/{call_id}/claim', {
        path: { call_id: call.id },
        body: { tab_id: this.tabId }
      });
      return true;
    } catch {
      return false; // another tab has it, or it has ended
    }
  }

  private async _tell(call: ToolCall, result: ToolResult): Promise<void> {
    try {
      await this._sponde.api.call('POST /calls/{call_id}/result', {
        path: { call_id: call.id },
        query: { tab_id: this.tabId },
        body: result
      });
    } catch (error) {
      if (Refusal.from(error).status !== 409) {
        throw error;
      } // else it was stopped meanwhile
    }
  }
}

/** How near this tab is to the person. */
function looked(): keyof typeof WAITS {
  if (document.hasFocus()) {
    return 'focused';
  }
  return document.visibilityState === 'visible' ? 'seen' : 'hidden';
}

function unable(): ToolResult {
  return failure(
    new Error(
      trans.__('No notebook is open in this browser. Open one, or make a new one, and ask again.')
    )
  );
}

function failure(error: unknown): ToolResult {
  const { message, hint } = Refusal.from(error);
  return { text: `${message} ${hint}`.trim(), shown: '', outputs: [], is_failure: true };
}
