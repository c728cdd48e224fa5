/** What the server offers while a command is written: columns, keys, notebooks, SQL. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { Suggestions } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import type { Completion, Offer } from './completion';

const WAIT = 60;

export class CommandOffers {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  private _text: string | null = null;
  private _caret = 0;
  private _found: { text: string; suggestions: Suggestions } | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
  }

  /** Ask what fits here, once no key was pressed for a moment; null: nothing is asked. */
  look(text: string | null, caret: number): void {
    if (this._text === text && this._caret === caret) {
      return;
    }
    this._text = text;
    this._caret = caret;
    clearTimeout(this._timer);
    if (text !== null) {
      this._timer = setTimeout(() => void this._ask(text, caret), WAIT);
    }
  }

  /** What is known to fit here; what was offered a key ago is narrowed until the server answers. */
  at(text: string, caret: number): Completion | null {
    const found = this._found;
    if (!found) {
      return null;
    }
    const { start, end, offers } = found.suggestions;
    const isSame = text === found.text && caret === end;
    const typed = text.slice(start, caret);
    const isLonger =
      caret > end &&
      offers.length > 0 &&
      text.slice(0, end) === found.text.slice(0, end) &&
      !/[\s,=]/.test(text.slice(end, caret));
    if (!isSame && !isLonger) {
      return null;
    }
    const low = typed.replace(/^[@"'`]/, '').toLowerCase();
    const fitting = isSame ? offers : offers.filter(({ label }) => label.toLowerCase().includes(low));
    return fitting.length
      ? { from: start, to: caret, offers: fitting.map(one => ({ ...one, kind: one.kind as Offer['kind'] })) }
      : null;
  }

  private async _ask(text: string, caret: number): Promise<void> {
    try {
      const suggestions = await this._sponde.api.call('POST /commands/complete', { body: { text, caret } });
      if (this._text === text && this._caret === caret) {
        this._found = { text, suggestions };
        this._changed.emit();
      }
    } catch {
      this._text = null; // asked again with the next key
    }
  }
}
