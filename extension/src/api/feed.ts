/** The tab's one stream of events: joined again by itself, without a loss. Knows no slice. */
import { ServerConnection } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';
import type { FeedEvents } from './schema';

type Listener<K extends keyof FeedEvents> = (event: FeedEvents[K]) => void;

/** What states need of the stream; tests give a plain object. */
export interface Feed {
  /** Hear every later event of a kind. */
  on<K extends keyof FeedEvents>(kind: K, listener: Listener<K>): void;
  /** Told when events may have been missed: fetch the truth again. */
  readonly reset: ISignal<Feed, void>;
  /** Whether the server can be heard now. */
  readonly connected: boolean;
  readonly connectedChanged: ISignal<Feed, boolean>;
}

export class EventDispatcher implements Feed {
  readonly reset: Signal<Feed, void> = new Signal<Feed, void>(this);
  readonly connectedChanged: Signal<Feed, boolean> = new Signal<Feed, boolean>(this);
  connected = false;
  private readonly _listeners = new Map<string, Array<(event: never) => void>>();

  on<K extends keyof FeedEvents>(kind: K, listener: Listener<K>): void {
    const known = this._listeners.get(kind) ?? [];
    known.push(listener as (event: never) => void);
    this._listeners.set(kind, known);
  }

  /** Hand one event to those who asked for its kind. */
  dispatch(kind: string, data: unknown): void {
    if (kind === 'Reset') {
      this.reset.emit();
      return;
    }
    for (const listener of this._listeners.get(kind) ?? []) {
      listener(data as never);
    }
  }

  protected setConnected(connected: boolean): void {
    if (this.connected !== connected) {
      this.connected = connected;
      this.connectedChanged.emit(connected);
    }
  }
}

/**
 * The server says something every 15 seconds: after so long a silence the network is gone, though
 * nobody said so; in milliseconds.
 */
const SILENCE = 50_000;
const LOOK = 5_000;

/** Reads `GET /stream` and comes back after each loss with the number it saw last. */
export class ServerFeed extends EventDispatcher {
  private _after = '';

  constructor(
    private readonly _url: (after: string) => string,
    private readonly _settings: ServerConnection.ISettings
  ) {
    super();
  }

  async follow(): Promise<never> {
    let wait = 250;
    for (;;) {
      try {
        await this._read(() => (wait = 250));
      } catch {
        // Whatever ended it (server gone, network, laptop asleep): try again, ever more slowly.
      }
      this.setConnected(false);
      await new Promise(resolve => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, 10_000);
    }
  }

  private async _read(joined: () => void): Promise<void> {
    const leaving = new AbortController();
    let last = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - last > SILENCE) {
        leaving.abort();
      }
    }, LOOK);
    try {
      await this._follow(leaving.signal, () => {
        last = Date.now();
        joined();
      });
    } finally {
      clearInterval(watch);
    }
  }

  private async _follow(signal: AbortSignal, joined: () => void): Promise<void> {
    const response = await ServerConnection.makeRequest(
      this._url(this._after),
      { headers: { Accept: 'text/event-stream' }, signal },
      this._settings
    );
    if (!response.ok || !response.body) {
      throw new Error(`The stream answered ${response.status}.`);
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      this.setConnected(true);
      joined();
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop() ?? '';
      blocks.forEach(block => this._dispatchBlock(block));
    }
  }

  private _dispatchBlock(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const colon = line.indexOf(': ');
      if (colon > 0) {
        fields.set(line.slice(0, colon), line.slice(colon + 2));
      }
    }
    const kind = fields.get('event');
    if (!kind) {
      return;
    }
    this._after = fields.get('id') ?? this._after;
    this.dispatch(kind, JSON.parse(fields.get('data') ?? '{}'));
  }
}
