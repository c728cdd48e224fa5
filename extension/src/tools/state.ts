/** The tools with what is allowed of them, and the MCP servers; no React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { Allowance, NewToolServer, ToolServerState, ToolState } from '../api/schema';
import type { ISponde } from '../api/tokens';

export class ToolsState {
  tools: readonly ToolState[] = [];
  servers: readonly ToolServerState[] = [];
  isKnown = false;
  error: unknown = null;
  /** Servers that are being started, turned or removed. */
  readonly busy = new Set<string>();
  private _viewers = 0;
  private _asked = 0;
  private readonly _changed = new Signal<this, void>(this);

  constructor(private readonly _sponde: ISponde) {
    const again = (): void => {
      if (this._viewers > 0) {
        void this.load();
      }
    };
    _sponde.feed.on('ToolsChanged', again);
    _sponde.feed.reset.connect(again);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Keep current for as long as someone looks; give what ends that. */
  watch(): () => void {
    this._viewers += 1;
    void this.load();
    return () => {
      this._viewers -= 1;
    };
  }

  async load(): Promise<void> {
    const asked = ++this._asked;
    const { api } = this._sponde;
    try {
      const [servers, tools] = await Promise.all([
        api.call('GET /tool-servers'),
        api.call('GET /tools')
      ]);
      if (asked !== this._asked) {
        return;
      }
      Object.assign(this, { servers, tools, isKnown: true, error: null });
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  dismiss(): void {
    this.error = null;
    this._changed.emit();
  }

  allow(tool: string, allowance: Allowance): Promise<boolean> {
    const body = { tool, allowance };
    return this._try('', () => this._sponde.api.call('PUT /tools/permissions', { body }));
  }

  /** Ask again wherever it was allowed in one conversation, and everywhere. */
  forget(tool: string): Promise<boolean> {
    const path = { tool_name: tool };
    return this._try('', () =>
      this._sponde.api.call('DELETE /tools/permissions/{tool_name}', { path })
    );
  }

  /** Add a server; throws what is wrong with it, for the form. */
  async add(body: NewToolServer): Promise<void> {
    await this._sponde.api.call('POST /tool-servers', { body });
    await this.load();
  }

  turn(id: string, is_on: boolean): Promise<boolean> {
    return this._try(id, () =>
      this._sponde.api.call('PATCH /tool-servers/{server_id}', {
        path: { server_id: id },
        body: { is_on }
      })
    );
  }

  check(id: string): Promise<boolean> {
    return this._try(id, () =>
      this._sponde.api.call('POST /tool-servers/{server_id}/check', { path: { server_id: id } })
    );
  }

  remove(id: string): Promise<boolean> {
    return this._try(id, () =>
      this._sponde.api.call('DELETE /tool-servers/{server_id}', { path: { server_id: id } })
    );
  }

  restore(id: string): Promise<boolean> {
    return this._try(id, () =>
      this._sponde.api.call('POST /tool-servers/{server_id}/restore', { path: { server_id: id } })
    );
  }

  private async _try(id: string, work: () => Promise<unknown>): Promise<boolean> {
    this.busy.add(id);
    this._changed.emit();
    try {
      await work();
      this.error = null;
      await this.load();
      return true;
    } catch (error) {
      this.error = error;
      return false;
    } finally {
      this.busy.delete(id);
      this._changed.emit();
    }
  }
}
