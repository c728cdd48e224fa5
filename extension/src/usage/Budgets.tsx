/** Budgets: how much of each is used, where it warns, when it begins again. */
import { deleteIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { BudgetState } from '../api/schema';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { BudgetForm } from './BudgetForm';
import type { UsageProps } from './section';
import { level, standing } from './words';

const LEVELS = {
  full: { label: 'used up', tone: 'bad' },
  near: { label: 'nearly used', tone: 'warn' },
  fine: null
} as const;

export function Budgets(props: UsageProps): JSX.Element {
  const { state } = props;
  const [editing, setEditing] = React.useState('');
  const end = (): void => setEditing('');
  return (
    <section aria-label="Budgets">
      <div className="sp-Usage-head">
        <h2>Budgets</h2>
        {editing !== 'new' && <Button label="Add a budget" onClick={() => setEditing('new')} />}
      </div>
      {state.budgets.length === 0 && editing !== 'new' && (
        <p className="sp-Quiet">
          Nothing is limited. A budget warns when it is nearly used, then refuses requests before
          they are sent, until its day or month is over.
        </p>
      )}
      {editing === 'new' && <BudgetForm {...props} budget={null} onEnd={end} />}
      <ul className="sp-Usage-budgets">
        {state.budgets.map(one => (
          <li key={one.budget.id}>
            {editing === one.budget.id ? (
              <BudgetForm {...props} budget={one.budget} onEnd={end} />
            ) : (
              <Row {...props} one={one} onEdit={() => setEditing(one.budget.id)} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row(props: UsageProps & { one: BudgetState; onEdit: () => void }): JSX.Element {
  const { one, state } = props;
  const { budget } = one;
  const share = Math.min(1, one.used / budget.limit);
  const how = level(one);
  const word = LEVELS[how];
  const title = titleOf(props);
  return (
    <div className="sp-Budget" role="group" aria-label={title}>
      <div className="sp-Budget-line">
        <span className="sp-Budget-title">{title}</span>
        {word && <Chip label={word.label} tone={word.tone} />}
        <span className="sp-Budget-actions">
          <Button label={`Change ${title}`} icon={editIcon} iconOnly onClick={props.onEdit} />
          <Button
            label={`Delete ${title}`}
            icon={deleteIcon}
            iconOnly
            onClick={() => props.onRemoveBudget(one)}
          />
        </span>
      </div>
      <div
        className={`sp-Budget-track sp-mod-${how}`}
        role="meter"
        aria-valuemin={0}
        aria-valuemax={budget.limit}
        aria-valuenow={Math.min(one.used, budget.limit)}
        aria-label={standing(one, state.currency)}
      >
        <div className="sp-Budget-used" style={{ width: `${100 * share}%` }} />
        {budget.warn_share > 0 && (
          <div
            className="sp-Budget-warn"
            style={{ left: `${100 * budget.warn_share}%` }}
            title={`Warns at ${Math.round(100 * budget.warn_share)}%`}
          />
        )}
      </div>
      <div className="sp-Budget-line sp-Quiet">
        <span>{standing(one, state.currency)}</span>
        <span title={new Date(one.resets_at).toLocaleString()}>begins again {one.resets}</span>
      </div>
    </div>
  );
}

/** The server names budgets without knowing what ids are called. */
function titleOf({ one, state }: UsageProps & { one: BudgetState }): string {
  const { name, scope, subject, period } = one.budget;
  const known = state.names.get(subject);
  if (name || !known) {
    return one.title;
  }
  return scope === 'conversation' ? `“${known}”, a ${period}` : `${known}, a ${period}`;
}
