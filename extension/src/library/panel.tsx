/** Draws the Library panel: the search and its blocks. Fetches nothing. */
import { saveIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CodeBlock } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { PanelHeader } from '../ui/Panel';
import { useSignal } from '../ui/useSignal';
import { BlockDeeds, OutcomeMark, type LibraryViewProps } from './block';
import { CodeRead } from './CodeText';
import { BlockDetail } from './detail';
import { Search } from './Search';

const PREVIEW_LINES = 3;
const KEYS = [
  ['↑ ↓', 'choose'],
  ['Enter', 'insert'],
  ['Ctrl Enter', 'insert and run'],
  ['Shift Enter', 'open']
];

export function LibraryView(props: LibraryViewProps): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  return state.opened.detail ? <BlockDetail {...props} detail={state.opened.detail} /> : <BlockList {...props} />;
}

function BlockList(props: LibraryViewProps): JSX.Element {
  const { state, deeds } = props;
  return (
    <>
      <PanelHeader title="Code library">
        <Button
          label="Save the active cell"
          icon={saveIcon}
          iconOnly
          onClick={deeds.saveActiveCell}
        />
      </PanelHeader>
      <Search {...props} />
      <ErrorNote error={state.error} onRetry={() => void state.refresh()} />
      <Found {...props} />
    </>
  );
}

function Found(props: LibraryViewProps): JSX.Element {
  const { state, deeds } = props;
  if (state.isLoading) {
    return <Busy label="Opening the library…" />;
  }
  if (!state.blocks.length) {
    return state.isNarrowed ? (
      <Empty
        title="Nothing found"
        text="No block has all of these words in its code, name, description or tags."
      >
        <Button label="Show all blocks" onClick={() => void state.showAll()} />
      </Empty>
    ) : state.error ? (
      <></>
    ) : (
      <Empty
        title="Keep code that works"
        text="Save a code block from an answer in the chat, or a cell of a notebook. You find it here again, see whether it ran, and put it into any notebook."
      >
        <Button label="Save the active cell" onClick={deeds.saveActiveCell} />
      </Empty>
    );
  }
  return (
    <div className="sp-Scroll">
      <div className="sp-Library-list" role="list" aria-label="Code blocks">
        {state.blocks.map(block => (
          <Card key={block.id} {...props} block={block} isSelected={block.id === state.selectedId} />
        ))}
      </div>
      {state.hasMore && (
        <div className="sp-Library-more">
          <Button label="Show more" kind="quiet" onClick={() => void state.more()} />
        </div>
      )}
      <div className="sp-Library-keys" aria-hidden="true">
        {KEYS.map(([key, deed]) => (
          <span key={key}>
            <span className="sp-Key">{key}</span> {deed}
          </span>
        ))}
      </div>
    </div>
  );
}

interface CardProps extends LibraryViewProps {
  block: CodeBlock;
  isSelected: boolean;
}

function Card(props: CardProps): JSX.Element {
  const { block, isSelected, state, deeds, means } = props;
  const place = React.useRef<HTMLDivElement>(null);
  const wasDragged = React.useRef(false);
  React.useEffect(() => {
    if (isSelected) {
      place.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [isSelected]);
  return (
    <div
      ref={place}
      role="listitem"
      className={`sp-Card ${isSelected ? 'sp-mod-selected' : ''}`}
      aria-current={isSelected}
      onMouseDown={event => {
        wasDragged.current = false;
        deeds.drag(event, block, () => (wasDragged.current = true));
      }}
      onClick={() => !wasDragged.current && void state.open(block.id)}
    >
      <div className="sp-Card-head">
        <button
          type="button"
          className="sp-Card-name"
          title={`Open ${block.name}`}
          onClick={event => {
            event.stopPropagation();
            void state.open(block.id);
          }}
        >
          {block.name}
        </button>
        <div className="sp-Card-deeds" onClick={event => event.stopPropagation()}>
          <BlockDeeds block={block} deeds={deeds} />
        </div>
      </div>
      {block.description && <div className="sp-Card-description">{block.description}</div>}
      <CodeRead means={means} code={preview(block.code)} language={block.language} />
      <div className="sp-Card-foot">
        <OutcomeMark block={block} />
        <span>{block.language}</span>
        {block.uses > 0 && <span>{block.uses === 1 ? 'used once' : `used ${block.uses} times`}</span>}
        {block.tags.map(tag => (
          <Chip key={tag} label={tag} />
        ))}
      </div>
    </div>
  );
}

function preview(code: string): string {
  const lines = code.split('\n').filter(line => line.trim());
  const shown = lines.slice(0, PREVIEW_LINES).map(line => line.slice(0, 160));
  return shown.join('\n') + (lines.length > PREVIEW_LINES ? '\n…' : '');
}
