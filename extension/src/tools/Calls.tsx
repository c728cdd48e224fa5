/** The calls at one place of an answer: a card each; many that have ended fold into one line. */
import * as React from 'react';
import type { ToolCall } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { CallCard } from './CallCard';
import type { CallsProps } from './tokens';
import { grouped, summaryOf } from './words';
import '../../style/tools.css';

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
