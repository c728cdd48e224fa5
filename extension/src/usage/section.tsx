/** The section Usage of the Models page: what was asked in a period, budgets, prices. */
import * as React from 'react';
import type { BudgetState, Price } from '../api/schema';
import type { IModels } from '../models/tokens';
import { Busy } from '../ui/Busy';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { useSignal } from '../ui/useSignal';
import { Bars } from './Bars';
import { Budgets } from './Budgets';
import { Groups } from './Groups';
import { Prices } from './Prices';
import { Requests } from './Requests';
import type { UsageState } from './state';
import { PERIODS, count, money, remarks, time } from './words';
import '../../style/usage.css';

export interface UsageProps {
  state: UsageState;
  models: IModels;
  onConversation: (id: string) => void;
  onCopy: (text: string) => void;
  onRemovePrice: (price: Price) => void;
  onRemoveBudget: (budget: BudgetState) => void;
}

export function UsageSection(props: UsageProps): JSX.Element {
  const { state, models } = props;
  useSignal(state.changed);
  useSignal(models.changed);
  React.useEffect(() => state.watch(), [state]);
  return (
    <div className="sp-Usage">
      <div className="sp-Usage-head">
        <h1>Usage</h1>
        <div className="sp-Usage-tabs" role="group" aria-label="Period">
          {PERIODS.map(({ id, label }) => (
            <button
              key={id}
              type="button"
              aria-pressed={id === state.period}
              onClick={() => void state.show(id)}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
      <ErrorNote
        error={state.error}
        onRetry={state.isLoaded ? undefined : () => void state.load()}
        onDismiss={state.isLoaded ? () => state.dismiss() : undefined}
      />
      {!state.isLoaded && !state.error && <Busy label="Adding up…" />}
      {state.isLoaded && <Loaded {...props} />}
    </div>
  );
}

function Loaded(props: UsageProps): JSX.Element {
  const report = props.state.reports.get('day');
  const isEmpty = !report || report.total.requests === 0;
  return (
    <>
      {isEmpty ? <Nothing {...props} /> : <Totals {...props} />}
      {report && !isEmpty && <Bars report={report} />}
      <Budgets {...props} />
      {!isEmpty && <h2>By model, person, conversation and program</h2>}
      {!isEmpty && <Groups {...props} />}
      {(!isEmpty || props.state.outcome !== '') && <Requests {...props} />}
      <Prices {...props} />
    </>
  );
}

function Nothing({ state }: UsageProps): JSX.Element {
  return state.period === 'all' ? (
    <Empty
      title="No model was asked yet"
      text="Every question of the chat, of notebooks and of other programs is counted here: its tokens, its cost, and how soon the answer came."
    />
  ) : (
    <Empty title="Nothing was asked in this period" text="Choose a longer one.">
      <button type="button" className="sp-Link" onClick={() => void state.show('all')}>
        Show everything
      </button>
    </Empty>
  );
}

function Totals({ state }: UsageProps): JSX.Element {
  const report = state.reports.get('day');
  if (!report) {
    return <></>;
  }
  const { total } = report;
  const cost =
    total.cost === 0 && total.unpriced > 0 ? 'no price' : money(total.cost, report.currency);
  return (
    <>
      <dl className="sp-Usage-totals">
        <Total label={total.requests === 1 ? 'request' : 'requests'} value={count(total.requests)} />
        <Total label="tokens read" value={count(total.prompt_tokens)} />
        <Total label="tokens written" value={count(total.completion_tokens)} />
        <Total label="cost" value={cost} />
        <Total label="to the first word (median)" value={time(total.first_token_p50_ms)} />
      </dl>
      <p className="sp-Usage-remarks">
        {remarks(total).join(' ')}
        {total.unpriced > 0 && (
          <>
            {' '}
            {count(total.unpriced)} {total.unpriced === 1 ? 'request counts' : 'requests count'} as
            free because the model has no price; set one under Prices.
          </>
        )}{' '}
        <span className="sp-Quiet">
          Days begin at midnight{report.time_zone ? ` in ${report.time_zone}` : ' where the server is'}.
        </span>{' '}
        <a className="sp-Usage-download" href={state.table} download>
          Download as CSV
        </a>
      </p>
    </>
  );
}

function Total(props: { label: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}
