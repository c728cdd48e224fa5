/** A budget as a person enters it. */
import * as React from 'react';
import type { Budget, BudgetPeriod, BudgetScope, BudgetUnit, Grouping } from '../api/schema';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { TypedField } from '../ui/TypedField';
import type { UsageProps } from './section';
import { SCOPES, modelName } from './words';

const SUBJECTS: Partial<Record<BudgetScope, { label: string; hint: string; by: Grouping }>> = {
  person: { label: 'Person', hint: 'The name that they log in with.', by: 'person' },
  token: { label: 'Token', hint: 'A token of Access for programs.', by: 'token' },
  model: { label: 'Models', hint: 'A name or id; * stands for any letters.', by: 'model' },
  conversation: { label: 'Conversation', hint: 'One of those asked in this period.', by: 'conversation' }
};

interface BudgetFormProps extends UsageProps {
  budget: Budget | null;
  onEnd: () => void;
}

export function BudgetForm(props: BudgetFormProps): JSX.Element {
  const { state, budget } = props;
  const [name, setName] = React.useState(budget?.name ?? '');
  const [limit, setLimit] = React.useState(budget ? String(budget.limit) : '');
  const [unit, setUnit] = React.useState<BudgetUnit>(budget?.unit ?? 'cost');
  const [period, setPeriod] = React.useState<BudgetPeriod>(budget?.period ?? 'month');
  const [scope, setScope] = React.useState<BudgetScope>(budget?.scope ?? 'everyone');
  const [subject, setSubject] = React.useState(budget?.subject ?? '');
  const [warn, setWarn] = React.useState(String(Math.round(100 * (budget?.warn_share ?? 0.8))));
  const about = SUBJECTS[scope];
  const keep = async (): Promise<void> => {
    const body = { name, limit: Number(limit), unit, period, scope, subject };
    if (await state.keepBudget({ ...body, warn_share: Number(warn) / 100 }, budget?.id ?? '')) {
      props.onEnd();
    }
  };
  return (
    <form
      className="sp-BudgetForm"
      aria-label={budget ? 'Change the budget' : 'A new budget'}
      onSubmit={event => {
        event.preventDefault();
        void keep();
      }}
      onKeyDown={event => event.key === 'Escape' && props.onEnd()}
    >
      <TypedField
        label="At most"
        type="number"
        min={0}
        step="any"
        required
        autoFocus
        value={limit}
        onChange={setLimit}
      />
      <Field label="Counted in">
        <select value={unit} onChange={event => setUnit(event.target.value as BudgetUnit)}>
          <option value="cost">{state.currency || 'Cost'}</option>
          <option value="tokens">tokens, read and written</option>
          <option value="requests">requests</option>
        </select>
      </Field>
      <Field label="In each">
        <select value={period} onChange={event => setPeriod(event.target.value as BudgetPeriod)}>
          <option value="day">day</option>
          <option value="month">month</option>
        </select>
      </Field>
      <Field label="For">
        <select
          value={scope}
          onChange={event => {
            setScope(event.target.value as BudgetScope);
            setSubject('');
          }}
        >
          {(Object.keys(SCOPES) as BudgetScope[]).map(one => (
            <option key={one} value={one}>
              {SCOPES[one]}
            </option>
          ))}
        </select>
      </Field>
      {about && (
        <Field label={about.label} hint={about.hint}>
          {scope === 'model' || scope === 'person' ? (
            <input
              list="sp-budget-subjects"
              value={subject}
              onChange={event => setSubject(event.target.value)}
            />
          ) : (
            <select required value={subject} onChange={event => setSubject(event.target.value)}>
              <option value="">Choose one…</option>
              {choices(props, about.by, subject).map(([id, label]) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <TypedField
        label="Warn at"
        hint="% of it; 0: never"
        type="number"
        min={0}
        max={99}
        value={warn}
        onChange={setWarn}
      />
      <Field label="Name" hint="If you like.">
        <input value={name} maxLength={80} onChange={event => setName(event.target.value)} />
      </Field>
      <datalist id="sp-budget-subjects">
        {about &&
          choices(props, about.by, '').map(([id, label]) => (
            <option key={id} value={scope === 'model' ? label : id} />
          ))}
      </datalist>
      <div className="sp-BudgetForm-foot">
        <button type="submit" className="jp-mod-styled jp-mod-accept sp-Button">
          {budget ? 'Keep' : 'Add the budget'}
        </button>
        <Button label="Cancel" onClick={props.onEnd} />
      </div>
    </form>
  );
}

/** What can be chosen: what was asked in this period, and what was chosen before. */
function choices(props: UsageProps, by: Grouping, chosen: string): Array<[string, string]> {
  const { state, models } = props;
  const groups = state.reports.get(by)?.groups ?? [];
  const ids = groups.map(group => group.key).filter(key => key && key !== chosen);
  return [...(chosen ? [chosen] : []), ...ids].map(id => [
    id,
    by === 'model' ? modelName(id, models.models) : (state.names.get(id) ?? id)
  ]);
}
