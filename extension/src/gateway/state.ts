/** The tokens that programs ask models with, the form for one, and the one just made. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { GatewayToken, MadeToken, Scope } from '../api/schema';
import type { ISponde } from '../api/tokens';

/** A token as a person enters it. */
export interface TokenForm {
  name: string;
  scopes: readonly Scope[];
  /** Names between commas; none: all models. */
  models: string;
  /** Whole numbers; empty: no limit. */
  requestsPerMinute: string;
  parallel: string;
  tokensPerDay: string;
  /** Days until it ends, 0: never; null: as it is. */
  days: number | null;
}

export const NEW_TOKEN: TokenForm = {
  name: '',
  scopes: ['models:read', 'chat', 'embeddings'],
  models: '',
  requestsPerMinute: '',
  parallel: '',
  tokensPerDay: '',
  days: 90
};

export class AccessState {
  readonly changed: ISignal<this, void>;
  tokens: readonly GatewayToken[] = [];
  isKnown = false;
  /** Why the list could not be had. */
  error: unknown = null;
  /** The token whose form is open, 'new', or null. */
  edited: GatewayToken | 'new' | null = null;
  isSaving = false;
  formError: unknown = null;
  /** The token that was just made: what it says is shown this once. */
  made: MadeToken | null = null;
  /** What went wrong with one of them. */
  readonly failures = new Map<string, unknown>();
  private readonly _changed = new Signal<this, void>(this);
  private _isWatched = false;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const again = (): void => {
      if (this._isWatched) {
        void this.load();
      }
    };
    _sponde.feed.on('TokensChanged', again);
    _sponde.feed.reset.connect(again);
  }

  /** Fetch the list, and from now on whenever it may have changed. */
  async load(): Promise<void> {
    this._isWatched = true;
    try {
      this.tokens = await this._sponde.api.call('GET /gateway-tokens');
      this.isKnown = true;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this._changed.emit();
  }

  /** Open the form for a new token, or to change one. */
  edit(token: GatewayToken | 'new' | null): void {
    this.edited = token;
    this.formError = null;
    this._changed.emit();
  }

  /** Make or change what the form is open for; true where that went well. */
  async save(form: TokenForm, now: number = Date.now()): Promise<boolean> {
    const { edited } = this;
    if (!edited || this.isSaving) {
      return false;
    }
    this.isSaving = true;
    this.formError = null;
    this._changed.emit();
    try {
      const body = entered(form, now);
      if (edited === 'new') {
        this.made = await this._sponde.api.call('POST /gateway-tokens', { body });
      } else {
        await this._sponde.api.call('PATCH /gateway-tokens/{token_id}', {
          path: { token_id: edited.id },
          body: { ...body, is_endless: form.days === 0 }
        });
      }
      this.edited = null;
      await this.load();
      return true;
    } catch (error) {
      this.formError = error;
      return false;
    } finally {
      this.isSaving = false;
      this._changed.emit();
    }
  }

  /** Show the new token no more. */
  forget(): void {
    this.made = null;
    this._changed.emit();
  }

  async revoke(tokenId: string): Promise<void> {
    this.failures.delete(tokenId);
    try {
      await this._sponde.api.call('DELETE /gateway-tokens/{token_id}', {
        path: { token_id: tokenId }
      });
      if (this.made?.token.id === tokenId) {
        this.made = null;
      }
      await this.load();
    } catch (error) {
      this.failures.set(tokenId, error);
      this._changed.emit();
    }
  }
}

/** A token as the form shows it first. */
export function formOf(token: GatewayToken | 'new'): TokenForm {
  if (token === 'new') {
    return NEW_TOKEN;
  }
  const text = (limit: number): string => (limit ? String(limit) : '');
  return {
    name: token.name,
    scopes: token.scopes,
    models: token.models.join(', '),
    requestsPerMinute: text(token.requests_per_minute),
    parallel: text(token.parallel),
    tokensPerDay: text(token.tokens_per_day),
    days: null
  };
}

function entered(form: TokenForm, now: number) {
  const limit = (text: string): number => Math.round(Number(text)) || 0;
  return {
    name: form.name,
    scopes: [...form.scopes],
    models: form.models
      .split(',')
      .map(name => name.trim())
      .filter(Boolean),
    requests_per_minute: limit(form.requestsPerMinute),
    parallel: limit(form.parallel),
    tokens_per_day: limit(form.tokensPerDay),
    expires_at: form.days ? new Date(now + form.days * 86_400_000).toISOString() : null
  };
}
