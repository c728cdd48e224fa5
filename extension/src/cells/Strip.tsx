/** What stands below a cell while a model is asked about it, and what it proposes. */
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';
import { Button } from '../ui/Button';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import { rows, type Hunk, type Row } from '../ui/diff';
import type { Proposal } from './proposal';

export interface StripDeeds {
  languages: IEditorLanguageRegistry;
  ask: (proposal: Proposal, wish: string) => void;
  stop: (proposal: Proposal) => void;
  again: (proposal: Proposal) => void;
  accept: (proposal: Proposal, hunk?: Hunk) => void;
  reject: (proposal: Proposal, hunk?: Hunk) => void;
  insert: (proposal: Proposal) => void;
  /** Give the keyboard back to the cell. */
  leave: (proposal: Proposal) => void;
  openChat: (proposal: Proposal) => void;
}

interface StripProps {
  proposal: Proposal;
  deeds: StripDeeds;
}

export function Strip({ proposal, deeds }: StripProps): JSX.Element {
  useSignal(proposal.changed);
  const { status } = proposal;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const isAccel = (event.ctrlKey || event.metaKey) && event.altKey;
    if (event.key === 'Escape') {
      event.stopPropagation();
      deeds.leave(proposal);
    } else if (isAccel && event.key === 'Enter' && status === 'ready') {
      event.preventDefault();
      deeds.accept(proposal);
    } else if (isAccel && event.key === 'Backspace') {
      event.preventDefault();
      deeds.reject(proposal);
    }
  };
  return (
    <section
      className="sp-CellStrip-body"
      aria-label={trans.__('%1: %2', proposal.action.label(), proposal.name)}
      data-status={status}
      onKeyDown={onKeyDown}
    >
      {status === 'wish' ? (
        <Wish proposal={proposal} deeds={deeds} />
      ) : (
        <>
          <Head proposal={proposal} deeds={deeds} />
          {status === 'ready' && !proposal.isStale && <Diff proposal={proposal} deeds={deeds} />}
        </>
      )}
    </section>
  );
}

function Wish({ proposal, deeds }: StripProps): JSX.Element {
  const [wish, setWish] = React.useState(proposal.wish);
  const place = React.useId();
  const ask = (event: React.SyntheticEvent): void => {
    event.preventDefault();
    if (wish.trim()) {
      deeds.ask(proposal, wish.trim());
    }
  };
  return (
    <form className="sp-CellStrip-wish" onSubmit={ask}>
      <label htmlFor={place}>{trans.__('What should the next cell do?')}</label>
      <input
        id={place}
        className="jp-mod-styled sp-CellStrip-input"
        value={wish}
        onChange={event => setWish(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
            ask(event);
          }
        }}
        placeholder={trans.__('Plot the sales by month')}
        autoComplete="off"
      />
      <button type="submit" className="sp-Button jp-mod-styled jp-mod-accept" disabled={!wish.trim()}>
        {trans.__('Ask')}
      </button>
      <Button kind="quiet" label={trans.__('Close')} onClick={() => deeds.leave(proposal)} />
      <span className="sp-CellStrip-note">
        {trans.__('%1 Enter asks, Esc closes.', proposal.asked).trim()}
      </span>
    </form>
  );
}

function Head({ proposal, deeds }: StripProps): JSX.Element {
  const { status, isStale, isChange } = proposal;
  const count = status === 'ready' && isChange ? proposal.hunks.length : 0;
  return (
    <header className="sp-CellStrip-head">
      <span className="sp-CellStrip-words" role="status">
        {words(proposal, count)}
        {proposal.note && <span className="sp-CellStrip-note"> {proposal.note}</span>}
      </span>
      <span className="sp-CellStrip-buttons">
        {status === 'asking' && (
          <Button kind="quiet" label={trans.__('Stop')} onClick={() => deeds.stop(proposal)} />
        )}
        {status === 'failed' && (
          <Button label={trans.__('Try again')} onClick={() => deeds.again(proposal)} />
        )}
        {proposal.messageId && status !== 'asking' && status !== 'ready' && (
          <Button
            kind="quiet"
            label={trans.__('Open the chat')}
            onClick={() => deeds.openChat(proposal)}
          />
        )}
        {status === 'ready' && isStale && (
          <Button
            label={trans.__('Compare with it as it is')}
            onClick={() => proposal.rebase()}
          />
        )}
        {status === 'ready' && (isStale || !isChange) && (
          <Button
            kind={isStale ? 'plain' : 'accept'}
            label={trans.__('Insert below')}
            title={isStale ? undefined : trans.__('Insert below (Ctrl Alt Enter)')}
            onClick={() => deeds.insert(proposal)}
          />
        )}
        {status === 'ready' && !isStale && isChange && count > 0 && (
          <Button
            kind="accept"
            label={count > 1 ? trans.__('Accept all') : trans.__('Accept')}
            title={trans.__('Accept (Ctrl Alt Enter)')}
            onClick={() => deeds.accept(proposal)}
          />
        )}
        {status !== 'asking' && (
          <Button
            kind="quiet"
            label={status === 'ready' && (count > 0 || !isChange) ? trans.__('Reject') : trans.__('Close')}
            title={trans.__('Ctrl Alt Backspace')}
            onClick={() => deeds.reject(proposal)}
          />
        )}
      </span>
    </header>
  );
}

function words(proposal: Proposal, count: number): string {
  switch (proposal.status) {
    case 'asking':
      return proposal.asked
        ? trans.__('%1 The answer grows in the chat.', proposal.asked)
        : trans.__('Tidying…');
    case 'none':
      return trans.__('The answer holds no Python code that fits. It stands in the chat.');
    case 'stopped':
      return trans.__('Stopped. What came stands in the chat.');
    case 'failed':
      return '';
    default:
      if (proposal.isStale) {
        return trans.__('The cell was changed since it was asked about.');
      }
      if (!proposal.isChange) {
        return trans.__('Proposed as a new cell:');
      }
      return count
        ? trans._n('Proposed: %1 change. The cell stays as it is until you accept.', 'Proposed: %1 changes. The cell stays as it is until you accept.', count)
        : trans.__('Nothing to change: the cell stays as it is.');
  }
}

function Diff({ proposal, deeds }: StripProps): JSX.Element {
  const { isChange } = proposal;
  const parts = isChange ? proposal.hunks : [];
  const drawn: Row[] = isChange
    ? rows(proposal.base, parts)
    : proposal.code.split('\n').map(text => ({ kind: 'added', text, hunk: 0 }));
  const code = drawn.map(({ text, kind }) => (kind === 'skipped' ? '' : text)).join('\n');
  const coloured = useColours(deeds.languages, code);
  return (
    <div className="sp-CellDiff" tabIndex={0} role="list" aria-label={trans.__('Changes')}>
      {drawn.map((row, at) => {
        const isFirst = row.hunk >= 0 && drawn[at - 1]?.hunk !== row.hunk;
        return (
          <div key={at} role="listitem" className={`sp-CellDiff-row sp-mod-${row.kind}`}>
            <span className="sp-CellDiff-sign" aria-hidden="true">
              {row.kind === 'added' ? '+' : row.kind === 'removed' ? '−' : ''}
            </span>
            <span className="sp-CellDiff-hidden">{nameOf(row)}</span>
            {row.kind === 'skipped' ? (
              <span className="sp-CellDiff-text">
                {trans._n('%1 line as it was', '%1 lines as they were', Number(row.text))}
              </span>
            ) : (
              <Line row={row} parts={coloured?.[at]} />
            )}
            {isFirst && isChange && parts.length > 1 && (
              <span className="sp-CellDiff-buttons">
                <Button
                  kind="quiet"
                  label={trans.__('Accept')}
                  title={trans.__('Accept this change')}
                  onClick={() => deeds.accept(proposal, parts[row.hunk])}
                />
                <Button
                  kind="quiet"
                  label={trans.__('Reject')}
                  title={trans.__('Reject this change')}
                  onClick={() => deeds.reject(proposal, parts[row.hunk])}
                />
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}

function nameOf({ kind }: Row): string {
  return kind === 'added' ? trans.__('Added:') : kind === 'removed' ? trans.__('Removed:') : '';
}

interface Part {
  text: string;
  className: string;
}

function Line({ row, parts }: { row: Row; parts?: Part[] }): JSX.Element {
  const style = row.mark && { left: `${row.mark[0]}ch`, width: `${row.mark[1] - row.mark[0]}ch` };
  return (
    <code className="sp-CellDiff-text">
      {style && <i className="sp-CellDiff-mark" style={style} aria-hidden="true" />}
      {parts
        ? parts.map((part, at) => (
            <span key={at} className={part.className}>
              {part.text}
            </span>
          ))
        : row.text}
    </code>
  );
}

/** The lines of a code in colour, as JupyterLab's editor would draw them; null until known. */
function useColours(languages: IEditorLanguageRegistry, code: string): Part[][] | null {
  const [drawn, setDrawn] = React.useState<{ code: string; lines: Part[][] } | null>(null);
  React.useEffect(() => {
    const host = document.createElement('code');
    let isLatest = true;
    const python = languages.findByName('python');
    void languages.highlight(code, python, host).then(
      () => isLatest && setDrawn({ code, lines: linesOf(host) }),
      () => undefined // it stays without colours
    );
    return () => {
      isLatest = false;
    };
  }, [languages, code]);
  return drawn?.code === code ? drawn.lines : null;
}

function linesOf(host: HTMLElement): Part[][] {
  const lines: Part[][] = [[]];
  host.childNodes.forEach(node => {
    const className = node instanceof HTMLElement ? node.className : '';
    (node.textContent ?? '').split('\n').forEach((text, at) => {
      if (at) {
        lines.push([]);
      }
      if (text) {
        lines[lines.length - 1].push({ text, className });
      }
    });
  });
  return lines;
}
