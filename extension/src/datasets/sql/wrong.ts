/** Underlines what is wrong in an editor; it goes when the text changes. */
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import type { Wrong } from './state';

const mark = StateEffect.define<Wrong | null>();

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, change) => {
    let now = change.docChanged ? Decoration.none : marks;
    for (const effect of change.effects) {
      if (effect.is(mark)) {
        now = drawn(effect.value, change.state.doc.length);
      }
    }
    return now;
  },
  provide: it => EditorView.decorations.from(it)
});

function drawn(wrong: Wrong | null, length: number): DecorationSet {
  if (!wrong || !length) {
    return Decoration.none;
  }
  const from = Math.min(wrong.from, length - 1);
  const to = Math.max(from + 1, Math.min(wrong.to, length));
  const look = Decoration.mark({
    class: 'sp-Sql-wrong',
    attributes: { title: wrong.message, 'aria-invalid': 'true' }
  });
  return Decoration.set([look.range(from, to)]);
}

export const wrongMarks: Extension = field;

export function markWrong(view: EditorView, wrong: Wrong | null): void {
  view.dispatch({ effects: mark.of(wrong) });
}
