/** Draws one found block: as a card with a preview, or as a line of the dense list. */
import * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import { Chip } from '../../ui/Chip';
import { ago } from '../../ui/time';
import { trans } from '../../ui/words';
import { BlockDeeds, OutcomeMark, usedTitle, usedWords, type LibraryViewProps } from '../block';
import { CodeRead } from '../code/CodeText';
import { LAST_OUTPUT_HEIGHT, LastOutput } from '../proof/LastOutput';
import type { LookKind } from './look';
import { linesAround, spansOf } from '../finding/spans';
import { Marked } from '../finding/Marked';
import { ProofMark } from '../proof/ProofMark';

const PREVIEW_LINES = 4;
const LONGEST_LINE = 160;
const LINE = 15;
const CARD_GAP = 8;
const ROW = 30;

export interface CardProps extends LibraryViewProps {
  block: CodeBlock;
  kind: LookKind;
  /** Where it stands in the list, from 0, and how many there are; -1 where nobody knows. */
  at: number;
  count: number;
  isSelected: boolean;
  isChosen: boolean;
  /** Whether it takes the keyboard when a person tabs into the list. */
  isStop: boolean;
  style: React.CSSProperties;
}

/** How high a block is drawn: known before it is, so that far ones need not be drawn. */
export function heightOf(block: CodeBlock, kind: LookKind, extra = 0): number {
  if (kind === 'list') {
    return ROW;
  }
  const code = previewLines(block.code).length * LINE + 8;
  const shown = block.output_id ? LAST_OUTPUT_HEIGHT : 0;
  return 13 + 24 + (block.description ? 18 : 0) + code + shown + extra + 22 + CARD_GAP;
}

export function Card(props: CardProps): JSX.Element {
  const { block, kind, isSelected, isChosen, state, many, deeds } = props;
  const wasDragged = React.useRef(false);
  const open = (event: React.MouseEvent): void => {
    if (event.shiftKey) {
      many.reach(block.id, state.selectedId);
    } else if (event.ctrlKey || event.metaKey) {
      many.toggle(block.id);
    } else {
      void state.open(block.id);
    }
  };
  const Inside = kind === 'list' ? Line : Whole;
  return (
    <div
      role="listitem"
      id={`sp-block-${block.id}`}
      className={[
        kind === 'list' ? 'sp-BlockRow' : 'sp-Card',
        isSelected ? 'sp-mod-selected' : '',
        isChosen ? 'sp-mod-chosen' : ''
      ].join(' ')}
      style={props.style}
      tabIndex={props.isStop ? 0 : -1}
      aria-current={isSelected}
      aria-label={isChosen ? trans.__('%1, chosen', block.name) : block.name}
      aria-posinset={props.at + 1}
      aria-setsize={props.count}
      onFocus={event => event.target === event.currentTarget && state.point(block.id)}
      onMouseDown={event => {
        wasDragged.current = false;
        if (event.shiftKey) {
          event.preventDefault(); // chooses blocks, not words
        } else {
          deeds.drag(event, block, () => (wasDragged.current = true));
        }
      }}
      onClick={event => !wasDragged.current && open(event)}
    >
      <div className="sp-Card-inside">
        <Inside {...props} open={open} />
      </div>
    </div>
  );
}

interface InsideProps extends CardProps {
  open: (event: React.MouseEvent) => void;
}

function Whole(props: InsideProps): JSX.Element {
  const { block, deeds, means, state } = props;
  const { finding } = state;
  const why = finding.isNarrowed ? finding.why(block.id) : undefined;
  // What was looked for, with the lines around it; else the beginning.
  const shown = linesAround(block.code, spansOf(why?.marks, 'code'), PREVIEW_LINES, LONGEST_LINE);
  const used = why?.reason || usedWords(block);
  return (
    <>
      <div className="sp-Card-head">
        <Choose {...props} />
        <Name {...props} />
        <div className="sp-Card-deeds" onClick={event => event.stopPropagation()}>
          <BlockDeeds block={block} deeds={deeds} />
        </div>
      </div>
      {block.description && (
        <div className="sp-Card-description" title={block.description}>
          <Marked text={block.description} spans={spansOf(why?.marks, 'description')} />
        </div>
      )}
      <CodeRead
        means={means}
        code={shown.text}
        language={block.language}
        spans={shown.spans}
      />
      <LastOutput block={block} proofs={props.proofs} />
      <div className="sp-Card-foot">
        <ProofMark
          block={block}
          onOpen={() => {
            props.proofs.show(block.id);
            void state.open(block.id);
          }}
        />
        {used && (
          <span className="sp-Card-reason" title={why?.reason || usedTitle(block)}>
            {used}
          </span>
        )}
        {state.opened.hasDraft(block.id) && <Unsaved />}
        <span>{block.language}</span>
        <span title={new Date(block.updated_at).toLocaleString()}>{ago(block.updated_at)}</span>
        {block.tags.map(tag => (
          <Chip key={tag} label={tag} />
        ))}
      </div>
    </>
  );
}

function Line(props: InsideProps): JSX.Element {
  const { block, deeds, state } = props;
  return (
    <>
      <Choose {...props} />
      <OutcomeMark block={block} isShort />
      <Name {...props} />
      <span className="sp-BlockRow-text">{block.description || firstLine(block.code)}</span>
      {state.opened.hasDraft(block.id) && <Unsaved />}
      <span className="sp-BlockRow-tags">
        {block.tags.slice(0, 2).map(tag => (
          <Chip key={tag} label={tag} />
        ))}
      </span>
      <span className="sp-BlockRow-language">{block.language}</span>
      <span className="sp-BlockRow-age" title={usedTitle(block)}>
        {ago(block.updated_at)}
      </span>
      <div className="sp-Card-deeds" onClick={event => event.stopPropagation()}>
        <BlockDeeds block={block} deeds={deeds} />
      </div>
    </>
  );
}

function Choose({ block, isChosen, many, state }: InsideProps): JSX.Element {
  return (
    <input
      type="checkbox"
      className="sp-Choose"
      tabIndex={-1}
      checked={isChosen}
      aria-label={trans.__('Choose %1', block.name)}
      title={trans.__('Choose (Space)')}
      onChange={() => undefined}
      onClick={event => {
        event.stopPropagation();
        if (event.shiftKey) {
          many.reach(block.id, state.selectedId);
        } else {
          many.toggle(block.id);
        }
      }}
    />
  );
}

function Name({ block, open, state }: InsideProps): JSX.Element {
  const { finding } = state;
  const marks = finding.isNarrowed ? finding.why(block.id)?.marks : undefined;
  return (
    <button
      type="button"
      className="sp-Card-name"
      tabIndex={-1}
      title={trans.__('Open %1', block.name)}
      onClick={event => {
        event.stopPropagation();
        open(event);
      }}
    >
      <Marked text={block.name} spans={spansOf(marks, 'name')} />
    </button>
  );
}

function Unsaved(): JSX.Element {
  return (
    <span className="sp-Card-unsaved" title={trans.__('What you changed is not saved yet')}>
      {trans.__('unsaved')}
    </span>
  );
}

function previewLines(code: string): string[] {
  // Of a long block only the beginning is read: this is asked of every block of the list.
  const lines = code
    .slice(0, 2000)
    .split('\n')
    .filter(line => line.trim());
  const shown = lines.slice(0, PREVIEW_LINES).map(line => line.slice(0, LONGEST_LINE));
  if (lines.length > PREVIEW_LINES) {
    shown[PREVIEW_LINES - 1] += ' …';
  }
  return shown;
}

function firstLine(code: string): string {
  return code.slice(0, 400).split('\n').find(line => line.trim())?.trim() ?? '';
}
