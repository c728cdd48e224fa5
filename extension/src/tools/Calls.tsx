/** The calls at one place of an answer: a card each; many that have ended fold into one line. */
import * as React from 'react';
import type { ToolCall } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { CallCard } from './CallCard';
import type { CallsProps } from './tokens';
import { summaryOf } from './words';

/** From so many on those that have ended are folded. */
const MANY = 4;

export interface CardsProps extends CallsProps {
  sponde: ISponde;
  onDecided(call: ToolCall): void;
  onTools(): void;
}

export function Calls(props: CardsProps): JSX.Element {
  const { calls } = props;
  const groups = React.useMemo(() => grouped(calls), [calls]);
  return (
    <div className="sp-Calls">
      {groups.map(group =>
        group.length === 1 ? (
          <CallCard key={group[0].id} {...props} call={group[0]} />
        ) : (
          <details key={group[0].id} className="sp-Calls-many">
            <summary>{summaryOf(group)}</summary>
            {group.map(call => (
              <CallCard key={call.id} {...props} call={call} />
            ))}
          </details>
        )
      )}
    </div>
  );
}

/** Join neighbours that went well and have nothing to show; the rest stand alone. */
export function grouped(calls: readonly ToolCall[]): ToolCall[][] {
  const groups: ToolCall[][] = [];
  let quiet: ToolCall[] = [];
  const close = (): void => {
    groups.push(...(quiet.length >= MANY ? [quiet] : quiet.map(call => [call])));
    quiet = [];
  };
  for (const call of calls) {
    if (call.status === 'succeeded') {
      quiet.push(call);
    } else {
      close();
      groups.push([call]);
    }
  }
  close();
  return groups;
}
