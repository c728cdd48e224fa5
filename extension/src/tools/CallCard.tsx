/** One call: what exactly is asked, who reads the result, the person's yes or no, what came of it. */
import { checkIcon, closeIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { Decision, ToolCall } from '../api/schema';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { trans } from '../ui/words';
import type { CardsProps } from './Calls';
import { allowedBy, readerOf, statusOf, valueOf } from './words';

type CardProps = CardsProps & { call: ToolCall };

export function CallCard(props: CardProps): JSX.Element {
  const { call } = props;
  const isOpen = call.status === 'waiting' || call.status === 'running';
  const node = React.useRef<HTMLElement>(null);
  /** Whether it was decided here: the buttons go, and the keyboard stays in the card. */
  const isOurs = React.useRef(false);
  React.useEffect(() => {
    const card = node.current;
    const { activeElement } = document;
    const isFree = activeElement === document.body || card?.contains(activeElement);
    if (card && isOurs.current && call.status !== 'waiting' && isFree) {
      card.querySelector<HTMLElement>('summary, .sp-Call-buttons button')?.focus();
    }
    isOurs.current = isOurs.current && isOpen;
  }, [call.status, isOpen]);
  const onDecided = (decided: ToolCall): void => {
    isOurs.current = true;
    props.onDecided(decided);
  };
  return (
    <section
      ref={node}
      className={`sp-Call sp-mod-${call.status}`}
      aria-label={trans.__('Call of a tool: %1', call.label)}
      data-call={call.id}
      data-status={call.status}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          const chat = event.currentTarget.closest('.sp-Chat');
          chat?.querySelector<HTMLElement>('.sp-Composer-input')?.focus();
          event.stopPropagation();
        }
      }}
    >
      {isOpen ? <Open {...props} onDecided={onDecided} /> : <Ended {...props} />}
    </section>
  );
}

// -- before and while -------------------------------------------------------------------------

function Open(props: CardProps): JSX.Element {
  const { call, message } = props;
  const isWaiting = call.status === 'waiting';
  return (
    <>
      <div className="sp-Call-head">
        <span className="sp-Call-label">{call.label}</span>
        <Source call={call} />
        <span className="sp-Call-status">{statusOf(call)}</span>
      </div>
      <What {...props} />
      {call.notice && (
        <div className="sp-Call-notice" role="note">
          {call.notice}
        </div>
      )}
      <div className="sp-Call-reader">{readerOf(call, message)}</div>
      {isWaiting ? <Buttons {...props} /> : <Running {...props} />}
    </>
  );
}

function Source({ call }: { call: ToolCall }): JSX.Element | null {
  return call.source === 'sponde' ? null : (
    <Chip label={call.source} title={trans.__('A tool of the MCP server %1', call.source)} />
  );
}

/** The arguments, exactly: code as code, the rest as a small table. */
function What({ call, drawCode }: CardProps): JSX.Element | null {
  const code = call.code_argument ? call.arguments[call.code_argument] : undefined;
  const language = call.arguments.kind === 'markdown' ? 'markdown' : call.code_language;
  const rest = Object.entries(call.arguments).filter(([name]) => name !== call.code_argument);
  return (
    <>
      {typeof code === 'string' && <div className="sp-Call-code">{drawCode(code, language)}</div>}
      {rest.length > 0 && (
        <table className="sp-Call-arguments">
          <tbody>
            {rest.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{valueOf(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Buttons({ call, sponde, onDecided, onTools }: CardProps): JSX.Element {
  const [said, setSaid] = React.useState<Decision | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const decide = (decision: Decision): void => {
    setSaid(decision);
    setError(null);
    onDecided(call);
    sponde.api
      .call('POST /calls/{call_id}/decision', { path: { call_id: call.id }, body: { decision } })
      .catch((failure: unknown) => {
        // Where another tab was first, the card shows what was said there in a moment.
        setError(Refusal.from(failure));
        setSaid(null);
      });
  };
  const isBusy = said !== null;
  return (
    <>
      <ErrorNote error={error} onDismiss={() => setError(null)} />
      <div className="sp-Call-buttons" role="group" aria-label={trans.__('May it?')}>
        <Button
          label={trans.__('Allow once')}
          title={trans.__('Run it, this once')}
          kind="accept"
          disabled={isBusy}
          onClick={() => decide('once')}
        />
        {call.can_always && (
          <Button
            label={trans.__('Always here')}
            title={trans.__('Run %1 without a question in this conversation', call.label)}
            disabled={isBusy}
            onClick={() => decide('always')}
          />
        )}
        <Button
          label={trans.__('Don’t allow')}
          title={trans.__('Not this call; the model is told')}
          disabled={isBusy}
          onClick={() => decide('refuse')}
        />
        <Button
          label={trans.__('Never')}
          title={trans.__('Not this call, and do not offer %1 to models any more', call.label)}
          kind="quiet"
          disabled={isBusy}
          onClick={() => decide('never')}
        />
      </div>
      {!call.can_always && (
        <div className="sp-Call-hint">
          {call.notice
            ? trans.__('This is asked each time.')
            : trans.__('What changes or runs something is asked each time.')}{' '}
          {!call.notice && (
            <button type="button" className="sp-Link" onClick={onTools}>
              {trans.__('What tools may do…')}
            </button>
          )}
        </div>
      )}
      <Said text={trans.__('%1 waits for your permission. Alt+Y goes there.', call.label)} />
    </>
  );
}

/** Says something to a screen reader once it is there: a region that comes filled says nothing. */
function Said({ text }: { text: string }): JSX.Element {
  const [said, setSaid] = React.useState('');
  React.useEffect(() => {
    const timer = setTimeout(() => setSaid(text), 300);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <span className="sp-Hidden" role="status">
      {said}
    </span>
  );
}

function Running({ call, onStop }: CardProps): JSX.Element {
  const begun = React.useMemo(() => Date.now(), [call.id]);
  const [, tick] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.floor((Date.now() - begun) / 1000);
  return (
    <div className="sp-Call-buttons">
      <span className="sp-Call-time">
        {seconds > 0 ? trans.__('%1 s', String(seconds)) : trans.__('Begun')}
      </span>
      <Button label={trans.__('Stop')} icon={stopIcon} onClick={onStop} />
    </div>
  );
}

// -- after ------------------------------------------------------------------------------------

function Ended(props: CardProps): JSX.Element {
  const { call, drawOutput } = props;
  const { result, status } = call;
  const isWell = status === 'succeeded';
  const outputs = result?.outputs ?? [];
  const Icon = isWell ? checkIcon : closeIcon;
  return (
    <>
      <details className="sp-Call-details">
        <summary>
          <Icon.react tag="span" className="sp-Call-icon" width="14px" height="14px" />
          <span className="sp-Call-label">{call.label}</span>
          <Source call={call} />
          <span className="sp-Call-brief">{brief(call)}</span>
          <span className="sp-Call-status">{statusOf(call)}</span>
        </summary>
        <What {...props} />
        {isWell && result?.text && (
          <>
            <div className="sp-Call-caption">{trans.__('What the model read')}</div>
            <pre className="sp-Call-result" tabIndex={0}>
              {result.text}
            </pre>
          </>
        )}
        <div className="sp-Call-reader">{allowedBy(call)}</div>
      </details>
      {!isWell && result?.text && status !== 'refused' && (
        <div className="sp-Call-failure">{result.text}</div>
      )}
      {result?.shown && <div className="sp-Call-shown">{result.shown}</div>}
      {outputs.map((output, index) => (
        <div key={index} className="sp-Call-output" tabIndex={0}>
          {drawOutput(output)}
        </div>
      ))}
    </>
  );
}

/** The beginning of what was asked, on the line of a folded call. */
function brief(call: ToolCall): string {
  const given = Object.entries(call.arguments);
  const text =
    given.length === 1
      ? valueOf(given[0][1])
      : given.map(([name, value]) => `${name}: ${valueOf(value)}`).join(', ');
  return text.replace(/\s+/g, ' ').slice(0, 120);
}
