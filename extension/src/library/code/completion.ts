/** Completion in the library's editor: JupyterLab's own completer, with the words of the language. */
import type { CodeEditorWrapper } from '@jupyterlab/codeeditor';
import type { ICompletionProvider, ICompletionProviderManager } from '@jupyterlab/completer';
import type { Session } from '@jupyterlab/services';

/** Marks the editors that are ours. */
export const FIELD = 'sp-CodeField-editor';

export type Complete = (field: CodeEditorWrapper) => void;

/** Offer completion to editors of the library; a kernel that runs in a notebook is asked, too. */
export function completion(
  manager: ICompletionProviderManager,
  session: () => Session.ISessionConnection | null
): Complete {
  manager.registerProvider(words);
  let count = 0;
  return field => {
    field.id = `sp-library-code-${++count}`;
    const ready = manager.updateCompleter({ widget: field, editor: field.editor, session: session() });
    field.node.addEventListener('keydown', event => onKey(event, manager, field, ready), true);
  };
}

function onKey(
  event: KeyboardEvent,
  manager: ICompletionProviderManager,
  field: CodeEditorWrapper,
  ready: Promise<void>
): void {
  const host = field.editor.host;
  const isOpen = host.classList.contains('jp-mod-completer-active');
  const { line, column } = field.editor.getCursorPosition();
  const isAfterWord = /[\w.]$/.test((field.editor.getLine(line) ?? '').slice(0, column));
  const asks =
    (event.key === 'Tab' && !event.shiftKey && isAfterWord) ||
    (event.key === ' ' && event.ctrlKey);
  if (isOpen && (event.key === 'Enter' || event.key === 'Tab')) {
    manager.select(field.id);
  } else if (!isOpen && asks) {
    // Somebody may type before the completer knows of the editor.
    void ready.then(() => manager.invoke(field.id));
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** The words of the language; the words of the text itself and the kernel's are JupyterLab's. */
const words: ICompletionProvider = {
  identifier: 'sponde:library-words',
  rank: 400,
  isApplicable: async ({ widget }) => widget.hasClass(FIELD),
  fetch: async ({ text, offset }, { editor }) => {
    const { wordsOf } = await import('./languageWords');
    const start = offset - (/\w*$/.exec(text.slice(0, offset))?.[0].length ?? 0);
    const isMember = text[start - 1] === '.';
    const begun = text.slice(start, offset);
    const items = isMember ? [] : wordsOf(editor?.model.mimeType ?? '', begun);
    return { start, end: offset, items: items.map(label => ({ label, type: 'keyword' })) };
  }
};
