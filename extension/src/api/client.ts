/** Typed calls to the server's routes. The only file that fetches; knows no slice. */
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Routes } from './schema';

export type Route = keyof Routes;

/** The server said no: what is wrong, and the way out. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string
  ) {
    super(message);
  }

  /** Any failure as a refusal, so that one component can draw it. */
  static from(error: unknown): Refusal {
    if (error instanceof Refusal) {
      return error;
    }
    if (error instanceof ServerConnection.NetworkError || error instanceof TypeError) {
      return new Refusal(
        0,
        'offline',
        'The Jupyter server does not answer.',
        'Check that it is running; your work here is kept and you can try again.'
      );
    }
    const message = error instanceof Error ? error.message : String(error);
    return new Refusal(0, 'internal', message, '');
  }
}

export interface CallOptions<R extends Route> {
  path?: Routes[R]['path'];
  query?: Routes[R]['query'];
  body?: Routes[R]['body'];
  /** A body of bytes, for the routes that take one. */
  bytes?: ArrayBuffer;
  signal?: AbortSignal;
}

/** What states need of the server; tests give a plain object. */
export interface Api {
  /** Call a route, such as `call('GET /datasets/{dataset_id}', { path: { dataset_id } })`. */
  call<R extends Route>(route: R, options?: CallOptions<R>): Promise<Routes[R]['answer']>;
  /** The full address of a route, for links and downloads. */
  url<R extends Route>(route: R, options?: CallOptions<R>): string;
}

export class ServerApi implements Api {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  async call<R extends Route>(
    route: R,
    options: CallOptions<R> = {}
  ): Promise<Routes[R]['answer']> {
    const method = route.slice(0, route.indexOf(' '));
    const init: RequestInit = { method, signal: options.signal };
    if (options.body !== undefined) {
      init.body = JSON.stringify(options.body);
    } else if (options.bytes) {
      init.body = options.bytes;
      init.headers = { 'Content-Type': 'application/octet-stream' };
    }
    const response = await ServerConnection.makeRequest(
      this.url(route, options),
      init,
      this._settings
    );
    if (!response.ok) {
      throw await refusal(response);
    }
    if (response.status === 204) {
      return null as Routes[R]['answer'];
    }
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json');
    return (isJson ? await response.json() : await response.blob()) as Routes[R]['answer'];
  }

  url<R extends Route>(route: R, options: CallOptions<R> = {}): string {
    const given: Record<string, string> = options.path ?? {};
    const path = route
      .slice(route.indexOf(' ') + 1)
      .replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(given[name]));
    const query = Object.entries(options.query ?? {}).filter(([, value]) => value !== undefined);
    return (
      URLExt.join(this._settings.baseUrl || PageConfig.getBaseUrl(), 'sponde/api', path) +
      (query.length ? URLExt.objectToQueryString(Object.fromEntries(query) as never) : '')
    );
  }
}

async function refusal(response: Response): Promise<Refusal> {
  try {
    const body = await response.json();
    return new Refusal(response.status, body.code ?? '', body.message ?? response.statusText, body.hint ?? '');
  } catch {
    return new Refusal(response.status, '', `The server answered ${response.status}.`, '');
  }
}
