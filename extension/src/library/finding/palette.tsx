/** The search over the notebook: type, choose with the arrows, Enter puts the block into the cell. */
import { ReactWidget } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Empty } from '../../ui/Empty';
import { ErrorNote } from '../../ui/ErrorNote';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { Keys } from '../list/Keys';
import { CodeRead, type CodeMeans } from '../code/CodeText';
import type { Finding } from './finding';
import { Marked } from './Marked';
import { NothingFound } from './NothingFound';
import { SearchField } from './SearchField';
import { linesAround, spansOf } from './spans';
import '../../../style/palette.css';

const PREVIEW_LINES = 14;
const LONGEST_LINE = 200;
/** The next page is fetched when so many blocks are left below. */
const AHEAD = 10;

export interface PaletteMeans {
  finding: Finding;
  means: CodeMeans;
  insert: (block: CodeBlock, run: boolean) => void;
  open: (block: CodeBlock) => void;
}

let shown: Palette | null = null;

/** Open it, or give it the keyboard where it is open. */
export function openPalette(given: PaletteMeans): void {
  if (!shown) {
    shown = new Palette(given);
    Widget.attach(shown, document.body);
    void given.finding.refresh();
  }
  shown.focus();
}

class Palette extends ReactWidget {
  private readonly _input = React.createRef<HTMLInputElement>();
  /** Where the keyboard was. */
  private readonly _before = document.activeElement;

  constructor(private readonly _given: PaletteMeans) {
    super();
    this.addClass('sp-Palette');
    // Its keys are its own: Ctrl+Enter runs no cell behind it.
    this.node.dataset.lmSuppressShortcuts = 'true';
    this.node.addEventListener('mousedown', event => {
      if (event.target === this.node) {
        event.preventDefault();
        this.end();
      }
    });
  }

  focus(): void {
    void this.renderPromise?.then(() => this._input.current?.select());
  }

  /** Close it; the keyboard goes back to where it was, unless a block is put into a cell. */
  end(goesBack = true): void {
    shown = null;
    this.dispose();
    if (goesBack && this._before instanceof HTMLElement && this._before.isConnected) {
      this._before.focus();
    }
  }

  protected onAfterAttach(): void {
    this.update();
  }

  protected render(): JSX.Element {
    const { insert, open } = this._given;
    return (
      <PaletteView
        {...this._given}
        input={this._input}
        close={() => this.end()}
        insert={(block, run) => {
          this.end(false);
          insert(block, run);
        }}
        open={block => {
          this.end(false);
          open(block);
        }}
      />
    );
  }
}

interface ViewProps extends PaletteMeans {
  input: React.RefObject<HTMLInputElement>;
  close: () => void;
}

function PaletteView(props: ViewProps): JSX.Element {
  const { finding, input, close } = props;
  useSignal(finding.changed);
  const [at, setAt] = React.useState(0);
  const { blocks } = finding;
  const chosen = Math.min(at, blocks.length - 1);
  const block = blocks[chosen] as CodeBlock | undefined;
  const list = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (finding.hasMore && chosen >= blocks.length - AHEAD) {
      void finding.more();
    }
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, blocks.length]);
  React.useEffect(() => input.current?.select(), []);

  const take = async (event: React.KeyboardEvent): Promise<void> => {
    const opens = event.shiftKey || event.altKey;
    const runs = event.ctrlKey || event.metaKey;
    await finding.answered(); // Enter may come before the answer
    const found = finding.blocks[Math.min(at, finding.blocks.length - 1)] as CodeBlock | undefined;
    if (found && opens) {
      props.open(found);
    } else if (found) {
      props.insert(found, runs);
    }
  };
  const onKey = (event: React.KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps) {
      setAt(Math.max(0, Math.min(chosen + steps[event.key], blocks.length - 1)));
    } else if (event.key === 'Enter' && !event.repeat) {
      void take(event);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div
      role="dialog"
      aria-modal="true"
      aria-label={trans.__('Search the code library')}
      className="sp-Palette-box"
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          close();
        } else if (event.key === 'Tab') {
          keepInside(event);
        }
        event.stopPropagation();
      }}
    >
      <SearchField
        ref={input}
        finding={finding}
        onType={text => {
          setAt(0);
          void finding.type(text);
        }}
        onKeyDown={onKey}
        activeId={block && `sp-found-${block.id}`}
      />
      <ErrorNote error={finding.error} onRetry={() => void finding.refresh()} />
      <div className="sp-Palette-found">
        {blocks.length > 0 ? (
          <>
            <div
              ref={list}
              className="sp-Palette-list"
              role="listbox"
              aria-label={trans.__('Code blocks')}
            >
              {blocks.map((one, place) => (
                <Hit
                  key={one.id}
                  block={one}
                  finding={finding}
                  isChosen={place === chosen}
                  onPoint={() => setAt(place)}
                  onTake={event => props.insert(one, event.ctrlKey || event.metaKey)}
                />
              ))}
            </div>
            {block && <Preview {...props} block={block} />}
          </>
        ) : finding.isLoading ? (
          <Busy label={trans.__('Opening the library…')} />
        ) : finding.isNarrowed ? (
          <NothingFound finding={finding} />
        ) : (
          !finding.error && (
            <Empty
              title={trans.__('Nothing is kept yet')}
              text={trans.__(
                'Save a code block from an answer in the chat, or a cell of a notebook: you find it here.'
              )}
            />
          )
        )}
      </div>
      <Keys canClose />
    </div>
  );
}

interface HitProps {
  block: CodeBlock;
  finding: Finding;
  isChosen: boolean;
  onPoint: () => void;
  onTake: (event: React.MouseEvent) => void;
}

function Hit({ block, finding, isChosen, onPoint, onTake }: HitProps): JSX.Element {
  const why = finding.why(block.id);
  const about = block.description || (block.code.split('\n').find(line => line.trim()) ?? '').trim();
  return (
    <div
      id={`sp-found-${block.id}`}
      role="option"
      aria-selected={isChosen}
      className="sp-Palette-hit"
      onMouseDown={event => event.preventDefault()}
      onMouseMove={() => isChosen || onPoint()}
      onClick={onTake}
    >
      <span className="sp-Palette-name">
        <Marked text={block.name} spans={spansOf(why?.marks, 'name')} />
      </span>
      <span className="sp-Palette-reason">{why?.reason || block.language}</span>
      <span className="sp-Palette-about">
        {block.description ? (
          <Marked text={about} spans={spansOf(why?.marks, 'description')} />
        ) : (
          about
        )}
      </span>
    </div>
  );
}

function Preview({ block, finding, means }: ViewProps & { block: CodeBlock }): JSX.Element {
  const spans = spansOf(finding.why(block.id)?.marks, 'code');
  const shownLines = linesAround(block.code, spans, PREVIEW_LINES, LONGEST_LINE);
  return (
    <div className="sp-Palette-preview">
      <CodeRead
        means={means}
        code={shownLines.text}
        language={block.language}
        spans={shownLines.spans}
      />
    </div>
  );
}

/** Tab goes round inside the dialog. */
function keepInside(event: React.KeyboardEvent<HTMLElement>): void {
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, button')];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[(at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length];
  event.preventDefault();
  next.focus();
}
