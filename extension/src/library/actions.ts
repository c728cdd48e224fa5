/** The list of what can be done with a code block: plugins add to it, panels show it. */
import { ISignal, Signal } from '@lumino/signaling';
import type { CodeAction, ICodeActions, ShownCode } from './tokens';

export class CodeActions implements ICodeActions {
  private readonly _changed = new Signal<ICodeActions, void>(this);
  private readonly _makers: Array<(code: ShownCode) => CodeAction> = [];

  get changed(): ISignal<ICodeActions, void> {
    return this._changed;
  }

  add(action: CodeAction): void {
    this.addFor(() => action);
  }

  /** Add an action whose label or icon depends on the code. */
  addFor(make: (code: ShownCode) => CodeAction): void {
    this._makers.push(make);
    this.tellChanged();
  }

  list(code: ShownCode): CodeAction[] {
    return this._makers
      .map(make => make(code))
      .filter(action => action.isVisible?.(code) ?? true)
      .sort((one, other) => one.rank - other.rank);
  }

  tellChanged(): void {
    this._changed.emit();
  }
}
