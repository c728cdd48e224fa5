/** The editor of SQL: JupyterLab's own, with completion, and with what is wrong underlined. */
import { CodeEditor, CodeEditorWrapper } from '@jupyterlab/codeeditor';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { trans } from '../../ui/words';
import { FIELD } from './plugin';
import type { SqlMeans } from './means';
import type { SqlState } from './state';
import { markWrong, wrongMarks } from './wrong';

export interface EditorHandle {
  /** What is selected, as places in the text; the cursor twice where nothing is. */
  selection(): [number, number];
  select(from: number, to: number): void;
  focus(): void;
}

interface EditorProps {
  state: SqlState;
  means: SqlMeans;
  onRun: () => void;
  onReady: (handle: EditorHandle) => void;
}

let made = 0;

export function Editor({ state, means, onRun, onReady }: EditorProps): JSX.Element {
  const host = React.useRef<HTMLDivElement>(null);
  const field = React.useRef<CodeEditorWrapper | null>(null);
  const run = React.useRef(onRun);
  run.current = onRun;
  const { text, wrong } = state;

  React.useLayoutEffect(() => {
    const model = new CodeEditor.Model({
      mimeType: String(means.editors.mimeTypeService.getMimeTypeByLanguage({ name: 'sql' }))
    });
    model.sharedModel.setSource(state.text);
    const wrapper = new CodeEditorWrapper({
      model,
      factory: means.editors.factoryService.newInlineEditor,
      editorOptions: {
        config: { lineNumbers: true, lineWrap: true, autoClosingBrackets: true, matchBrackets: true }
      }
    });
    wrapper.id = `sp-sql-${++made}`;
    wrapper.addClass(FIELD);
    const { editor: view } = wrapper.editor as CodeMirrorEditor;
    wrapper.editor.injectExtension(wrongMarks);
    if (host.current) {
      Widget.attach(wrapper, host.current);
    }
    // Before the editor's own keys: it would break the line.
    wrapper.node.addEventListener(
      'keydown',
      event => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.shiftKey)) {
          event.preventDefault();
          event.stopPropagation();
          run.current();
        }
      },
      true
    );
    means.completing.join(wrapper);
    wrapper.node.querySelector('.cm-content')?.setAttribute('aria-label', trans.__('SQL'));
    model.sharedModel.changed.connect(shared => state.write(shared.getSource()));
    field.current = wrapper;
    onReady({
      selection: () => {
        const { from, to } = view.state.selection.main;
        return [from, to];
      },
      select: (from, to) => {
        view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
        wrapper.editor.focus();
      },
      focus: () => wrapper.editor.focus()
    });
    return () => {
      field.current = null;
      if (wrapper.isAttached) {
        Widget.detach(wrapper);
      }
      wrapper.dispose();
      model.dispose();
    };
  }, [state, means]);

  React.useLayoutEffect(() => {
    const model = field.current?.model;
    if (model && model.sharedModel.getSource() !== text) {
      model.sharedModel.setSource(text);
    }
  }, [text]);

  React.useLayoutEffect(() => {
    const view = (field.current?.editor as CodeMirrorEditor | undefined)?.editor;
    if (view) {
      markWrong(view, wrong);
    }
  }, [wrong]);

  return <div ref={host} className="sp-Sql-editor" />;
}
