/** All that does not fit in a dataset's file: filtered, paged, each with what can be done. Draws only. */
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Problem, Writing } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { count } from '../words';
import { AT_ONCE, type ProblemList } from './list';
import { choices, kindWord, linesInWords } from './words';

export interface ProblemDeeds {
  /** Keep this besides what is kept about how the file is read. */
  read: (part: Partial<Writing>) => void;
  insert: (code: string) => void;
  ask: (text: string) => void;
}

export function Listed({ list, deeds }: { list: ProblemList; deeds: ProblemDeeds }): JSX.Element {
  useSignal(list.changed);
  const { page, kind, offset, error, busy } = list;
  const all = page?.kinds.reduce((sum, one) => sum + one.count, 0) ?? 0;
  return (
    <section className="sp-Problems-list" aria-label={trans.__('Problems')}>
      <div className="sp-Problems-head">
        <h3>{all ? trans._n('%2 problem', '%2 problems', all, count(all)) : trans.__('Problems')}</h3>
        {all > 0 && (
          <a href={list.listUrl} download>
            {trans.__('Download the list')}
          </a>
        )}
        {page && page.rejects > 0 && (
          <a href={list.rejectsUrl} download>
            {trans._n('Download %2 rejected row', 'Download %2 rejected rows', page.rejects, count(page.rejects))}
          </a>
        )}
      </div>
      <ErrorNote error={error} onRetry={() => void list.load()} />
      {page?.lines && <p className="sp-Quiet sp-Problems-lines">{linesInWords(page.lines)}</p>}
      {page && all > 0 && (
        <div className="sp-Problems-kinds" role="group" aria-label={trans.__('Kinds of problems')}>
          <Kind label={trans.__('All')} number={all} pressed={!kind} onClick={() => void list.choose('')} />
          {page.kinds.map(one => (
            <Kind
              key={one.kind}
              label={kindWord(one.kind)}
              number={one.count}
              pressed={kind === one.kind}
              onClick={() => void list.choose(one.kind)}
            />
          ))}
        </div>
      )}
      {page && !all && (
        <p>{trans.__('Everything in the file fits: no line is left out, and none had to be mended.')}</p>
      )}
      {busy && !page && <Busy label={trans.__('Looking for problems…')} />}
      {page && page.problems.length > 0 && (
        <ul className="sp-Problems-rows">
          {page.problems.map((problem, place) => (
            <Row key={offset + place} problem={problem} place={place} list={list} deeds={deeds} />
          ))}
        </ul>
      )}
      {page && page.count > AT_ONCE && <Pages list={list} />}
    </section>
  );
}

function Kind(props: { label: string; number: number; pressed: boolean; onClick: () => void }): JSX.Element {
  return (
    <button type="button" className="sp-Chip-choice" aria-pressed={props.pressed} onClick={props.onClick}>
      {props.label} <span>{count(props.number)}</span>
    </button>
  );
}

function Pages({ list }: { list: ProblemList }): JSX.Element | null {
  const { page, offset } = list;
  if (!page) {
    return null;
  }
  const last = Math.min(offset + AT_ONCE, page.listed);
  return (
    <div className="sp-Problems-pages">
      <Button label={trans.__('Previous')} disabled={!offset} onClick={() => void list.turn(offset - AT_ONCE)} />
      <span role="status">{trans.__('%1–%2 of %3', count(offset + 1), count(last), count(page.count))}</span>
      <Button
        label={trans.__('Next')}
        disabled={last >= page.listed}
        onClick={() => void list.turn(offset + AT_ONCE)}
      />
      {page.listed < page.count && (
        <span className="sp-Quiet">
          {trans.__('The first %1 of each kind are listed; all are counted.', count(50_000))}
        </span>
      )}
    </div>
  );
}

interface RowProps {
  problem: Problem;
  place: number;
  list: ProblemList;
  deeds: ProblemDeeds;
}

function Row({ problem, place, list, deeds }: RowProps): JSX.Element {
  const isOpen = list.open === place;
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <li className={`sp-Problem ${isOpen ? 'sp-mod-open' : ''}`}>
      <button
        type="button"
        className="sp-Problem-toggle"
        aria-expanded={isOpen}
        onClick={() => void list.toggle(place)}
      >
        <Caret.react tag="span" width="14px" height="14px" />
        <span className="sp-Problem-line">
          {problem.line
            ? trans.__('Line %1', count(problem.line))
            : problem.row
              ? trans.__('Row %1', count(problem.row))
              : ''}
        </span>
        <span className="sp-Problem-kind">{kindWord(problem.kind)}</span>
        <span className="sp-Problem-message">{problem.message}</span>
        {!problem.column && problem.text && <code className="sp-Problem-text">{problem.text}</code>}
      </button>
      {isOpen && <Opened problem={problem} list={list} deeds={deeds} />}
    </li>
  );
}

function Opened({ problem, list, deeds }: Omit<RowProps, 'place'>): JSX.Element {
  const { around } = list;
  const [copied, setCopied] = React.useState(false);
  const withCode = async (use: (code: { code: string; chat: string }) => void) => {
    const code = await list.code(problem);
    if (code) {
      use(code);
    }
  };
  const copy = async () => {
    const line = around?.lines[problem.line - around.first];
    await navigator.clipboard.writeText(line ?? problem.text);
    setCopied(true);
  };
  return (
    <div className="sp-Problem-open">
      {around && (
        <ol className="sp-Lines" aria-label={trans.__('Lines of the file around it')}>
          {around.lines.map((line, place) => {
            const number = around.first + place;
            const isIt = number === problem.line;
            return (
              <li key={number} value={number} className={isIt ? 'sp-mod-it' : ''} aria-current={isIt || undefined}>
                <code>{line || ' '}</code>
              </li>
            );
          })}
        </ol>
      )}
      <div className="sp-Problem-deeds">
        {choices(problem).map(([label, part]) => (
          <Button key={label} label={label} onClick={() => deeds.read(part)} />
        ))}
        <Button
          label={trans.__('Insert code that mends it')}
          onClick={() => void withCode(({ code }) => deeds.insert(code))}
        />
        <Button
          label={trans.__('Clean it in the chat')}
          title={
            problem.column
              ? trans.__('Ask /clean about %1', problem.column)
              : trans.__('Ask /clean about all of it')
          }
          onClick={() => void withCode(({ chat }) => deeds.ask(chat))}
        />
        <Button kind="quiet" label={copied ? trans.__('Copied') : trans.__('Copy the line')} onClick={() => void copy()} />
      </div>
    </div>
  );
}
