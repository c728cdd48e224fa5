/** What programs may call over MCP, and what they called. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { McpCall, McpState, McpTool } from '../api/schema';
import type { ISponde } from '../api/tokens';

const SHOWN = 50;

export class McpAccess {
  readonly changed: ISignal<this, void>;
  /** Null until known. */
  now: McpState | null = null;
  calls: readonly McpCall[] = [];
  error: unknown = null;
  /** Tools whose switch is on its way. */
  readonly switching = new Set<string>();
  private readonly _changed = new Signal<this, void>(this);
  private _isWatched = false;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const again = (): void => {
      if (this._isWatched) {
        void this.load();
      }
    };
    _sponde.feed.on('McpChanged', again);
    _sponde.feed.reset.connect(again);
  }

  /** Fetch what there is, and from now on whenever it may have changed. */
  async load(): Promise<void> {
    this._isWatched = true;
    try {
      [this.now, this.calls] = await Promise.all([
        this._sponde.api.call('GET /mcp'),
        this._sponde.api.call('GET /mcp/calls', { query: { limit: SHOWN } })
      ]);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  /** Let programs call a tool that changes something, or no more. */
  async allow(tool: McpTool, isAllowed: boolean): Promise<void> {
    this.switching.add(tool.name);
    this._changed.emit();
    try {
      await this._sponde.api.call('PUT /mcp/tools/{name}', {
        path: { name: tool.name },
        body: { is_allowed: isAllowed }
      });
      await this.load();
    } catch (error) {
      this.error = error;
    }
    this.switching.delete(tool.name);
    this._changed.emit();
  }
}
