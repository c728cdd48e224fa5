/** What a model may read of a dataset: chosen from four, with a sentence what that means. */
import * as React from 'react';
import type { Policy } from '../api/schema';
import { trans } from './words';
import '../../style/receipt.css';

export interface PolicyChoice {
  policy: Policy;
  rows: number;
}

interface PolicyProps {
  name: string;
  choice: PolicyChoice;
  onChange: (choice: PolicyChoice) => void;
}

const MOST_ROWS = 1000;
const ORDER: readonly Policy[] = ['schema', 'statistics', 'rows', 'everything'];

export function PolicyField(props: PolicyProps): JSX.Element {
  const { name, choice } = props;
  const id = React.useId();
  const [typed, setTyped] = React.useState(String(choice.rows));
  React.useEffect(() => setTyped(String(choice.rows)), [choice.rows]);
  const keep = (): void => {
    const rows = Math.min(MOST_ROWS, Math.max(1, Math.round(Number(typed)) || choice.rows));
    setTyped(String(rows));
    if (rows !== choice.rows) {
      props.onChange({ ...choice, rows });
    }
  };
  return (
    <div className="sp-Policy">
      <label htmlFor={id}>{trans.__('A model may read')}</label>
      <select
        id={id}
        aria-label={trans.__('What a model may read of %1', name)}
        aria-describedby={`${id}-note`}
        value={choice.policy}
        onChange={event => props.onChange({ ...choice, policy: event.target.value as Policy })}
      >
        {ORDER.map(policy => (
          <option key={policy} value={policy}>
            {labelOf(policy)}
          </option>
        ))}
      </select>
      {choice.policy === 'rows' && (
        <input
          type="number"
          min={1}
          max={MOST_ROWS}
          value={typed}
          aria-label={trans.__('How many rows of %1', name)}
          onChange={event => setTyped(event.target.value)}
          onBlur={keep}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              event.preventDefault();
              keep();
            }
          }}
        />
      )}
      <div className="sp-Policy-note" id={`${id}-note`}>
        {meaningOf(choice)}
      </div>
    </div>
  );
}

function labelOf(policy: Policy): string {
  return {
    schema: trans.__('Names and types'),
    statistics: trans.__('Names, types and statistics'),
    rows: trans.__('Also some rows'),
    everything: trans.__('Everything that fits')
  }[policy];
}

function meaningOf({ policy, rows }: PolicyChoice): string {
  return {
    schema: trans.__('No value of it is sent: only what its columns are called and hold.'),
    statistics: trans.__('Gaps, lowest and highest, means and frequent values are sent. No row is.'),
    rows: trans._n('The first row is sent as it is.', 'The first %1 rows are sent as they are.', rows),
    everything: trans.__('As many rows are sent, as they are, as fit into the question.')
  }[policy];
}
