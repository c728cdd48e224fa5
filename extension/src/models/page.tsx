/** The Models page: its sections on the left, the chosen one beside them. */
import { ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import type { ModelsSection } from './tokens';

/** Which sections there are, and which is shown. */
export class ModelsSections {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  private _sections: ModelsSection[] = [];
  private _shown = '';

  constructor() {
    this.changed = this._changed;
  }

  get sections(): readonly ModelsSection[] {
    return this._sections;
  }

  get shown(): ModelsSection | undefined {
    return this._sections.find(section => section.id === this._shown) ?? this._sections[0];
  }

  add(section: ModelsSection): void {
    this._sections = [...this._sections, section].sort((a, b) => a.rank - b.rank);
    this._changed.emit();
  }

  show(id: string): void {
    this._shown = id;
    this._changed.emit();
  }
}

export function ModelsPage(props: { sections: ModelsSections }): JSX.Element {
  const { sections } = props;
  useSignal(sections.changed);
  const shown = sections.shown;
  return (
    <div className="sp-ModelsPage">
      <nav className="sp-ModelsPage-nav" aria-label={trans.__('Models')}>
        {sections.sections.map(section => (
          <button
            key={section.id}
            type="button"
            aria-current={section === shown ? 'page' : undefined}
            onClick={() => sections.show(section.id)}
          >
            {section.label}
          </button>
        ))}
      </nav>
      <main className="sp-Scroll" key={shown?.id}>
        <div className="sp-Page">{shown?.draw()}</div>
      </main>
    </div>
  );
}
