/** What is sent, part by part and word by word: sizes, what was left out, each dataset's policy. */
import * as React from 'react';
import type { Receipt, SentPart, Turn } from '../../api/schema';
import { PolicyField, type PolicyChoice } from '../../ui/Policy';
import { trans } from '../../ui/words';
import { cutOf, titleOf, tokensOf } from './words';

interface PartsProps {
  receipt: Receipt;
  /** Set a dataset's policy; null: it was sent already. */
  onPolicy: ((datasetId: string, choice: PolicyChoice) => void) | null;
}

export function Parts({ receipt, onPolicy }: PartsProps): JSX.Element {
  const { parts, turns, cuts } = receipt;
  const history = parts.filter(({ kind }) => kind === 'history' || kind === 'calls');
  const messages = history.filter(({ kind }) => kind === 'history').length;
  const [before, after] = [parts.filter(({ turn }) => turn === 0), parts.filter(isLate)];
  const further = turns.slice(receipt.requests[0] ?? turns.length);
  return (
    <div className="sp-Parts">
      {cuts.length > 0 && (
        <div className="sp-Cuts">
          <div className="sp-Cuts-title">{trans.__('Left out')}</div>
          <ul>
            {cuts.map((cut, index) => (
              <li key={index}>{cutOf(cut)}</li>
            ))}
          </ul>
        </div>
      )}
      {before.map((part, index) => (
        <PartView key={`${part.kind}-${part.name}-${index}`} part={part} text={textOf(part, turns)} onPolicy={onPolicy} />
      ))}
      {history.length > 0 && (
        <Folded title={trans._n('%1 earlier message', '%1 earlier messages', messages)} tokens={sum(history)}>
          {history.map((part, index) => (
            <div key={index} className="sp-Sent-turn">
              <div className="sp-Sent-role">{titleOf(part)}</div>
              <pre tabIndex={0}>{textOf(part, turns)}</pre>
            </div>
          ))}
        </Folded>
      )}
      {after.map((part, index) => (
        <PartView key={index} part={part} text={part.kind === 'tools' ? toolsOf(receipt) : textOf(part, turns)} onPolicy={null} />
      ))}
      <Folded title={trans.__('Every word, as it is sent')} tokens={receipt.tokens}>
        <Turns receipt={receipt} />
      </Folded>
      {further.length > 0 && (
        <Folded title={trans._n('%1 further request, with what tools gave', '%1 further requests, with what tools gave', Math.max(1, receipt.requests.length - 1))}>
          {further.map((turn, index) => (
            <TurnView key={index} turn={turn} />
          ))}
        </Folded>
      )}
    </div>
  );
}

/** The turns as they are, for receipts from before there were parts. */
export function Turns({ receipt }: { receipt: Receipt }): JSX.Element {
  return (
    <>
      {receipt.turns.map((turn, index) => (
        <TurnView key={index} turn={turn} />
      ))}
    </>
  );
}

function TurnView({ turn }: { turn: Turn }): JSX.Element {
  const roles = {
    system: trans.__('Instructions'),
    user: trans.__('You'),
    assistant: trans.__('Answer'),
    tool: trans.__('What a tool gave')
  };
  return (
    <div className="sp-Sent-turn">
      <div className="sp-Sent-role">{roles[turn.role]}</div>
      {turn.content && <pre tabIndex={0}>{turn.content}</pre>}
      {turn.calls.map(call => (
        <pre key={call.id} tabIndex={0}>{`${call.name}(${call.arguments})`}</pre>
      ))}
    </div>
  );
}

function PartView(props: {
  part: SentPart;
  text: string;
  onPolicy: PartsProps['onPolicy'];
}): JSX.Element {
  const { part, text, onPolicy } = props;
  return (
    <Folded title={titleOf(part)} tokens={part.tokens} isOpen={part.kind === 'question'}>
      {onPolicy && part.policy && (
        <PolicyField
          name={part.name}
          choice={{ policy: part.policy, rows: part.rows || 20 }}
          onChange={choice => onPolicy(part.dataset_id, choice)}
        />
      )}
      <pre tabIndex={0}>{text}</pre>
    </Folded>
  );
}

function Folded(props: {
  title: string;
  tokens?: number;
  isOpen?: boolean;
  children: React.ReactNode;
}): JSX.Element {
  const [isOpen, setOpen] = React.useState(props.isOpen ?? false);
  return (
    <details className="sp-Part" open={isOpen} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        <span className="sp-Part-title">{props.title}</span>
        {props.tokens !== undefined && <span className="sp-Quiet">{tokensOf(props.tokens)}</span>}
      </summary>
      {isOpen && <div className="sp-Part-text">{props.children}</div>}
    </details>
  );
}

const isLate = ({ kind }: SentPart): boolean => kind === 'question' || kind === 'tools';
const sum = (parts: readonly SentPart[]): number => parts.reduce((all, part) => all + part.tokens, 0);

function textOf({ turn, at, length }: SentPart, turns: readonly Turn[]): string {
  return turns[turn]?.content.slice(at, at + length) ?? '';
}

function toolsOf({ tools }: Receipt): string {
  return tools
    .map(tool => `${tool.name}: ${tool.description}\n${JSON.stringify(tool.parameters, null, 2)}`)
    .join('\n\n');
}
