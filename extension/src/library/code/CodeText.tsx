/** Code as JupyterLab draws it: coloured to read, or in its own editor to change. */
import { CodeEditor, CodeEditorWrapper, type IEditorServices } from '@jupyterlab/codeeditor';
import type { IEditorLanguage, IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { markNode, type Span } from '../finding/spans';

/** What drawing code needs of JupyterLab. */
export interface CodeMeans {
  editors: IEditorServices;
  languages: IEditorLanguageRegistry;
  /** Offers completion in an editor, where JupyterLab has a completer. */
  complete?: (field: CodeEditorWrapper) => void;
}

export function languageOf(means: CodeMeans, language: string): IEditorLanguage | null {
  if (!language || language === 'text') {
    return null;
  }
  return means.languages.findByName(language) ?? means.languages.findByExtension([language]);
}

interface CodeReadProps {
  means: CodeMeans;
  code: string;
  language: string;
  className?: string;
  /** What was looked for in it. */
  spans?: readonly Span[];
}

/** Code to read. */
export const CodeRead = React.memo(function CodeRead(props: CodeReadProps): JSX.Element {
  const { means, code, language, spans } = props;
  const marked = JSON.stringify(spans ?? []);
  const host = React.useRef<HTMLPreElement>(null);
  React.useLayoutEffect(() => {
    const made = document.createElement('code');
    let isLatest = true;
    if (host.current) {
      host.current.textContent = code; // there at once, in colour a moment later
      markNode(host.current, spans ?? []);
    }
    void means.languages.highlight(code, languageOf(means, language), made).then(() => {
      if (isLatest) {
        markNode(made, spans ?? []);
        host.current?.replaceChildren(...made.childNodes);
      }
    });
    return () => {
      isLatest = false;
    };
  }, [means, code, language, marked]);
  return <pre ref={host} className={`sp-CodeRead ${props.className ?? ''}`} />;
});

interface CodeFieldProps {
  means: CodeMeans;
  label: string;
  code: string;
  language: string;
  onChange: (code: string) => void;
}

/** Code to change, in JupyterLab's own editor. */
export function CodeField(props: CodeFieldProps): JSX.Element {
  const { means, code, language, label } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const editor = React.useRef<CodeEditorWrapper | null>(null);
  const onChange = React.useRef(props.onChange);
  onChange.current = props.onChange;

  React.useLayoutEffect(() => {
    const model = new CodeEditor.Model();
    const made = new CodeEditorWrapper({
      model,
      factory: means.editors.factoryService.newInlineEditor,
      editorOptions: {
        config: { lineNumbers: true, lineWrap: false, autoClosingBrackets: true, matchBrackets: true }
      }
    });
    made.addClass('sp-CodeField-editor');
    if (host.current) {
      Widget.attach(made, host.current);
    }
    means.complete?.(made);
    model.sharedModel.changed.connect(shared => onChange.current(shared.getSource()));
    editor.current = made;
    return () => {
      editor.current = null;
      if (made.isAttached) {
        Widget.detach(made);
      }
      made.dispose();
      model.dispose();
    };
  }, [means]);

  React.useLayoutEffect(() => {
    const model = editor.current?.model;
    if (model && model.sharedModel.getSource() !== code) {
      model.sharedModel.setSource(code);
    }
  }, [code]);

  React.useLayoutEffect(() => {
    const made = editor.current;
    if (made) {
      made.model.mimeType = means.editors.mimeTypeService.getMimeTypeByLanguage({ name: language });
      made.node.querySelector('.cm-content')?.setAttribute('aria-label', label);
    }
  }, [means, language, label]);

  return <div ref={host} className="sp-CodeField" />;
}
