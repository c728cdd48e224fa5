/** Draws the parts of an answer with JupyterLab's own renderers: prose, code, tables and pictures. */
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { MimeModel, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { editIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { Refusal } from '../../api/client';
import type { Message, Output, ToolCall } from '../../api/schema';
import type { ICheckpoints } from '../../checkpoints/tokens';
import type { IPersonas } from '../../personas/tokens';
import { trans } from '../../ui/words';
import { CARD, type CardView } from '../cards/late';
import type { ICodeActions, ShownCode } from '../../library/tokens';
import type { ITools } from '../../tools/tokens';
import { Button } from '../../ui/Button';
import { append } from './appending';
import { Pace } from './pace';

/** What drawing needs of JupyterLab. */
export interface Means {
  rendermime: IRenderMimeRegistry;
  languages: IEditorLanguageRegistry;
  codeActions: ICodeActions | null;
  /** Says below an answer what its turn changed. */
  checkpoints: ICheckpoints | null;
  /** Draws the cards of commands; null where nothing can be done with them. */
  card: CardView | null;
  /** Who can be asked, and questions to ask again. */
  personas: IPersonas | null;
  /** Draws the calls of tools in an answer. */
  tools: ITools | null;
  /** Changes with JupyterLab's theme. */
  theme: string;
  /** Put a text into the composer. */
  write: (text: string) => void;
}

export const MeansContext = React.createContext<Means | null>(null);

function useMeans(): Means {
  const means = React.useContext(MeansContext);
  if (!means) {
    throw new Error('Nothing to draw with.');
  }
  return means;
}

/** Told when a part begins to draw and when it is there, so that its place can be held. */
export const SettleContext = React.createContext<{ begin(): () => void }>({
  begin: () => () => undefined
});

interface RenderedProps {
  mime: string;
  data: Output['data'];
  metadata?: Record<string, unknown>;
  className: string;
  /** Changes where it must be drawn again though its data is the same. */
  version?: string;
}

/** One of JupyterLab's renderers, drawn again when its data changes. */
const Rendered = React.memo(function Rendered(props: RenderedProps): JSX.Element {
  const { mime, data, metadata } = props;
  const { rendermime } = useMeans();
  const settle = React.useContext(SettleContext);
  const host = React.useRef<HTMLDivElement>(null);
  const held = React.useRef<{ renderer: IRenderMime.IRenderer; pace: Pace } | null>(null);
  React.useLayoutEffect(() => {
    const renderer = rendermime.createRenderer(mime);
    const pace = new Pace();
    held.current = { renderer, pace };
    if (host.current) {
      Widget.attach(renderer, host.current);
    }
    return () => {
      pace.end();
      held.current = null;
      renderer.dispose();
    };
  }, [rendermime, mime]);
  const isFirst = React.useRef(true);
  const shown = React.useRef<Output['data']>(null);
  React.useLayoutEffect(() => {
    const drawn = settle.begin();
    const draw = async (): Promise<void> => {
      const model = new MimeModel({
        data: { [mime]: data as never },
        metadata: { [mime]: (metadata ?? {}) as never },
        trusted: false
      });
      // Nothing jumps while it is drawn again; prose is replaced at one blow.
      const node = mime === 'text/markdown' ? null : host.current;
      if (node) {
        node.style.minHeight = `${node.offsetHeight}px`;
      }
      try {
        await held.current?.renderer.renderModel(model);
      } finally {
        if (node) {
          node.style.minHeight = '';
        }
        drawn();
      }
    };
    const before = shown.current;
    shown.current = data;
    const pace = held.current?.pace;
    if (isFirst.current) {
      isFirst.current = false;
      void draw();
    } else if (pace && host.current && grewByLetters(mime, host.current, before, data, pace)) {
      drawn();
      pace.drawInQuiet(draw);
    } else {
      pace?.draw(draw);
    }
    return drawn;
  }, [mime, data, metadata, props.version]);
  return <div ref={host} className={props.className} />;
});

/** Whether what is new of a growing text could be added to what is drawn. */
function grewByLetters(
  mime: string,
  host: HTMLElement,
  before: Output['data'],
  after: Output['data'],
  pace: Pace
): boolean {
  return (
    mime === 'text/markdown' &&
    typeof before === 'string' &&
    typeof after === 'string' &&
    before !== after &&
    !pace.isBehind &&
    append(host, before, after)
  );
}

/** Markdown without fences. */
export function Prose(props: { text: string }): JSX.Element {
  return <Rendered mime="text/markdown" data={props.text} className="sp-Prose" />;
}

/** A very long paragraph in pieces, of which only the last is drawn again while it grows. */
export function FlowingProse(props: { texts: readonly string[] }): JSX.Element {
  return (
    <div className="sp-Prose sp-mod-flowing">
      {props.texts.map((text, index) => (
        <React.Fragment key={index}>
          {index > 0 && ' '}
          <Rendered mime="text/markdown" data={text} className="sp-Prose-piece" />
        </React.Fragment>
      ))}
    </div>
  );
}

// -- code ------------------------------------------------------------------------------------

interface CodeProps {
  code: string;
  language: string;
  /** Whether nothing more comes. */
  closed: boolean;
  messageId: string;
}

export const Code = React.memo(function Code(props: CodeProps): JSX.Element {
  const { code, language, closed, messageId } = props;
  return (
    <div className="sp-Code" data-language={language}>
      <div className="sp-Code-bar">
        <span className="sp-Code-language">{language || trans.__('text')}</span>
        {closed && isQuestion(code) ? (
          <AskAction text={code} />
        ) : closed ? (
          <CodeActions code={code} language={language} messageId={messageId} />
        ) : (
          <span className="sp-Quiet">{trans.__('writing…')}</span>
        )}
      </div>
      <Highlighted code={code} language={language} />
    </div>
  );
});

/** A command that an answer suggests: something to ask, not to run. */
function isQuestion(code: string): boolean {
  return /^\/[a-z]+ [^\n]+$/.test(code);
}

function AskAction(props: { text: string }): JSX.Element {
  const { write } = useMeans();
  return (
    <span className="sp-Code-actions">
      <Button
        label={trans.__('Put into the question')}
        icon={editIcon}
        iconOnly
        onClick={() => write(props.text)}
      />
    </span>
  );
}

function CodeActions(props: ShownCode): JSX.Element {
  const { codeActions } = useMeans();
  const [said, setSaid] = React.useState('');
  const [error, setError] = React.useState<Refusal | null>(null);
  const [running, setRunning] = React.useState('');
  React.useEffect(() => {
    const timer = said ? setTimeout(() => setSaid(''), 2000) : undefined;
    return () => clearTimeout(timer);
  }, [said]);
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const heard = (): void => redraw();
    codeActions?.changed.connect(heard);
    return () => {
      codeActions?.changed.disconnect(heard);
    };
  }, [codeActions]);
  const actions = codeActions?.list(props) ?? [];
  return (
    <>
      <span className="sp-Code-said" role="status">
        {said}
      </span>
      <span className="sp-Code-actions">
        {actions.map(action => (
          <button
            key={action.id}
            type="button"
            className="sp-Button sp-IconButton"
            title={action.label}
            aria-label={action.label}
            data-action={action.id}
            disabled={running !== ''}
            onClick={() => {
              setError(null);
              setRunning(action.id);
              action
                .run(props)
                .then(setSaid, failure => setError(Refusal.from(failure)))
                .finally(() => setRunning(''));
            }}
          >
            <action.icon.react tag="span" className="sp-Button-icon" width="16px" height="16px" />
          </button>
        ))}
      </span>
      {error && (
        <div className="sp-Code-error" role="alert">
          {error.message} {error.hint}
        </div>
      )}
    </>
  );
}

/** Code coloured by JupyterLab's own editor languages. */
function Highlighted(props: { code: string; language: string }): JSX.Element {
  const { code, language } = props;
  const { languages } = useMeans();
  const host = React.useRef<HTMLElement>(null);
  const pace = React.useRef<Pace | null>(null);
  React.useEffect(() => {
    const made = new Pace();
    pace.current = made;
    return () => made.end();
  }, []);
  React.useLayoutEffect(() => {
    const spec = language
      ? (languages.findByName(language) ?? languages.findByExtension([language]))
      : null;
    if (host.current && !host.current.firstChild) {
      host.current.textContent = code; // its height is right from the first moment
    }
    const draw = async (): Promise<void> => {
      const made = document.createElement('code');
      await languages.highlight(code, spec, made);
      host.current?.replaceChildren(...made.childNodes);
    };
    if (pace.current) {
      pace.current.draw(draw);
    } else {
      void draw();
    }
  }, [code, language, languages]);
  return (
    <pre className="sp-Code-text" tabIndex={0}>
      <code ref={host} />
    </pre>
  );
}

// -- calls ------------------------------------------------------------------------------------

/** The calls of tools at one place of an answer. */
export function CallCards(props: {
  message: Message;
  calls: readonly ToolCall[];
  onStop: () => void;
}): JSX.Element | null {
  const { tools } = useMeans();
  return (
    tools && (
      <tools.Calls
        {...props}
        drawCode={(code, language) => <Highlighted code={code} language={language} />}
        drawOutput={output => <OutputView output={output} />}
      />
    )
  );
}

// -- outputs ---------------------------------------------------------------------------------

/** A table or a picture in an answer. */
export function OutputView(props: { output: Output }): JSX.Element {
  const { mime, data } = props.output;
  const { rendermime, theme, card: Card } = useMeans();
  const width = React.useRef<HTMLDivElement>(null);
  const measured = useWidth(width);
  const isPlot = mime.startsWith('application/vnd.vega');
  const metadata = React.useMemo(
    () => (isPlot ? { embed_options: { actions: PLOT_ACTIONS, config: plotConfig() } } : undefined),
    [isPlot, theme]
  );
  const fitted = React.useMemo(() => (isPlot ? fitPlot(data) : data), [isPlot, data]);
  if (mime === CARD && Card) {
    return <Card data={data} />;
  }
  if (!rendermime.getFactory(mime)) {
    return (
      <div className="sp-Quiet">
        {trans.__('There is an output of type %1, which JupyterLab cannot draw.', mime)}
      </div>
    );
  }
  return (
    <div ref={width} className={`sp-Output ${isPlot ? 'sp-mod-plot' : ''}`} data-mime={mime}>
      <Rendered
        mime={mime}
        data={fitted}
        metadata={metadata}
        version={isPlot ? `${theme} ${measured}` : theme}
        className="sp-Output-body"
      />
    </div>
  );
}

const PLOT_ACTIONS = { export: true, source: false, compiled: false, editor: false };

/** The width in steps, so that a picture is drawn again after its panel was resized. */
function useWidth(ref: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = React.useState(0);
  React.useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const observer = new ResizeObserver(([entry]) => {
      clearTimeout(timer);
      const now = Math.round(entry.contentRect.width / 10);
      timer = setTimeout(() => setWidth(before => (now && before !== now ? now : before)), 150);
    });
    if (ref.current) {
      observer.observe(ref.current);
    }
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [ref]);
  return width;
}

/** Let a plain picture take the width that is there; small multiples keep their own. */
function fitPlot(data: Output['data']): Output['data'] {
  const spec = data as Record<string, unknown> | null;
  if (!spec || typeof spec !== 'object') {
    return data;
  }
  const isMany = ['concat', 'hconcat', 'vconcat', 'facet', 'repeat'].some(key => key in spec);
  return isMany ? data : { ...spec, width: 'container', autosize: { type: 'fit', contains: 'padding' } };
}

/** The theme's colours and font, in Vega's words. */
function plotConfig(): Record<string, unknown> {
  const style = getComputedStyle(document.body);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  const text = of('--jp-ui-font-color1');
  const quiet = of('--jp-ui-font-color2');
  const line = of('--jp-border-color2');
  const words = { labelColor: quiet, titleColor: text, titleFontWeight: 500, labelFontSize: 11 };
  return {
    background: 'transparent',
    font: of('--jp-ui-font-family') || 'sans-serif',
    axis: { ...words, gridColor: line, domainColor: line, tickColor: line },
    legend: words,
    header: words,
    title: { color: text, fontWeight: 500 },
    text: { color: text },
    view: { stroke: 'transparent' }
  };
}
