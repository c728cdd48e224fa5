/** What is selected in the widget that a person works in: a cell, a file, a console, a text. */
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { Widget } from '@lumino/widgets';

export interface Chosen {
  text: string;
  /** As the editor says; empty where nobody knows. */
  language: string;
  path: string;
  cellId: string;
  /** Counted from 1. */
  line: number;
}

/** The parts of notebooks, file editors and consoles that are looked at: their packages differ. */
interface Parts {
  content?: {
    editor?: CodeEditor.IEditor;
    activeCell?: { editor?: CodeEditor.IEditor | null; model: { id: string } } | null;
  };
  context?: { path: string };
  console?: {
    promptCell?: { editor?: CodeEditor.IEditor | null } | null;
    sessionContext?: { path: string };
  };
}

export function chosenText(widget: Widget | null): Chosen | null {
  if (!widget) {
    return null;
  }
  const { content, context, console: prompt } = widget as unknown as Parts;
  const cell = content?.activeCell;
  const path = context?.path ?? prompt?.sessionContext?.path ?? '';
  for (const editor of [cell?.editor, content?.editor, prompt?.promptCell?.editor]) {
    const found = editor ? inEditor(editor) : null;
    if (found) {
      return { ...found, path, cellId: cell ? cell.model.id : '' };
    }
  }
  // What was run in a console, or a text that is shown.
  const shown = document.getSelection();
  const text = shown && widget.node.contains(shown.anchorNode) ? shown.toString() : '';
  return text.trim() ? { text, language: '', path, cellId: '', line: 0 } : null;
}

function inEditor(editor: CodeEditor.IEditor): Omit<Chosen, 'path' | 'cellId'> | null {
  const { start, end } = editor.getSelection();
  const source = editor.model.sharedModel.getSource();
  const [from, to] = [editor.getOffsetAt(start), editor.getOffsetAt(end)].sort((a, b) => a - b);
  if (from === to) {
    return null;
  }
  // From the beginning of its line, so that the server can take the indent away.
  const begin = source.slice(0, from).lastIndexOf('\n') + 1;
  const blank = source.slice(begin, from);
  const text = (blank.trim() ? '' : blank) + source.slice(from, to);
  return {
    text,
    language: languageOf(editor.model.mimeType),
    line: Math.min(start.line, end.line) + 1
  };
}

/** Python is left to the server, who knows magics; `text/x-rsrc` is R. */
function languageOf(mime: string): string {
  const name = mime.replace(/^(text|application)\/(x-)?/, '');
  return name.includes('python') || name === 'plain' ? '' : name === 'rsrc' ? 'r' : name;
}
