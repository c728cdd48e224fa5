/** Usage by model, person, conversation or program: tables that are sorted by their heads. */
import * as React from 'react';
import type { Grouping, Sums, UsageGroup } from '../api/schema';
import type { UsageProps } from './section';
import { KINDS, count, modelName, money, providerName, time } from './words';

const TABS: ReadonlyArray<{ by: Grouping; label: string; one: string }> = [
  { by: 'model', label: 'Models', one: 'Model' },
  { by: 'person', label: 'People', one: 'Person' },
  { by: 'conversation', label: 'Conversations', one: 'Conversation' },
  { by: 'kind', label: 'Programs', one: 'Program' },
  { by: 'token', label: 'Tokens for programs', one: 'Token' }
];

interface Head {
  label: string;
  title?: string;
  of: (sums: Sums) => number;
  draw: (sums: Sums, currency: string) => string;
}

const HEADS: readonly Head[] = [
  { label: 'Requests', of: sums => sums.requests, draw: sums => count(sums.requests) },
  { label: 'Read', title: 'Tokens read', of: sums => sums.prompt_tokens, draw: sums => count(sums.prompt_tokens) },
  {
    label: 'Written',
    title: 'Tokens written',
    of: sums => sums.completion_tokens,
    draw: sums => count(sums.completion_tokens)
  },
  {
    label: 'Cost',
    of: sums => sums.cost,
    draw: (sums, currency) =>
      sums.unpriced > 0 && sums.cost === 0 ? 'no price' : money(sums.cost, currency)
  },
  {
    label: 'Failed',
    title: 'Failed, cut off, or refused before being sent',
    of: sums => sums.failed + sums.refused,
    draw: sums => count(sums.failed + sums.refused)
  },
  {
    label: 'First word',
    title: 'Half of the answers began within this time, and 19 of 20 within the second',
    of: sums => sums.first_token_p50_ms ?? Infinity,
    draw: sums =>
      sums.first_token_p50_ms === null
        ? '–'
        : `${time(sums.first_token_p50_ms)} · ${time(sums.first_token_p95_ms)}`
  },
  {
    label: 'Whole',
    title: 'Half of the answers ended within this time, and 19 of 20 within the second',
    of: sums => sums.duration_p50_ms ?? Infinity,
    draw: sums =>
      sums.duration_p50_ms === null
        ? '–'
        : `${time(sums.duration_p50_ms)} · ${time(sums.duration_p95_ms)}`
  }
];
const FEW = 10;

export function Groups(props: UsageProps): JSX.Element {
  const { state } = props;
  const [by, setBy] = React.useState<Grouping>('model');
  const [sort, setSort] = React.useState({ at: -1, isUp: false });
  const [isWhole, setWhole] = React.useState(false);
  const groups = (state.reports.get(by)?.groups ?? []).filter(
    group => group.key || by === 'person' || by === 'model'
  );
  const tabs = TABS.filter(
    tab => tab.by !== 'token' || state.reports.get('token')?.groups.some(group => group.key)
  );
  const sorted = sort.at < 0 ? groups : [...groups].sort(byHead(HEADS[sort.at], sort.isUp));
  const shown = isWhole ? sorted : sorted.slice(0, FEW);
  const one = TABS.find(tab => tab.by === by)?.one ?? '';
  return (
    <section aria-label="Sums">
      <div className="sp-Usage-tabs" role="group" aria-label="Summed by">
        {tabs.map(tab => (
          <button
            key={tab.by}
            type="button"
            aria-pressed={tab.by === by}
            onClick={() => setBy(tab.by)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {shown.length === 0 ? (
        <p className="sp-Quiet">Nothing in this period.</p>
      ) : (
        <div className="sp-Usage-wide">
          <table className="sp-Table sp-Usage-table">
            <thead>
              <tr>
                <th>{one}</th>
                {HEADS.map((head, at) => (
                  <th
                    key={head.label}
                    title={head.title}
                    aria-sort={
                      sort.at === at ? (sort.isUp ? 'ascending' : 'descending') : undefined
                    }
                  >
                    <button
                      type="button"
                      onClick={() => setSort({ at, isUp: sort.at === at && !sort.isUp })}
                    >
                      {head.label}
                      {sort.at === at ? (sort.isUp ? ' ↑' : ' ↓') : ''}
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(group => (
                <tr key={group.key}>
                  <th scope="row">
                    <Name {...props} by={by} id={group.key} />
                  </th>
                  {HEADS.map(head => (
                    <td key={head.label}>{head.draw(group.sums, state.currency)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {sorted.length > FEW && (
        <button type="button" className="sp-Link" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show the first ten' : `Show all ${sorted.length.toLocaleString()}`}
        </button>
      )}
    </section>
  );
}

const byHead =
  (head: Head, isUp: boolean) =>
  (a: UsageGroup, b: UsageGroup): number =>
    (head.of(a.sums) - head.of(b.sums) || 0) * (isUp ? 1 : -1);

/** What an id is called; a conversation's name opens it. */
export function Name(props: UsageProps & { by: Grouping; id: string }): JSX.Element {
  const { by, id, state, models, onConversation } = props;
  if (by === 'model') {
    return (
      <span title={id}>
        {modelName(id, models.models)}{' '}
        <span className="sp-Quiet">{providerName(id, models.models)}</span>
      </span>
    );
  }
  if (by === 'conversation') {
    const title = state.names.get(id);
    return title ? (
      <button type="button" className="sp-Link" onClick={() => onConversation(id)}>
        {title}
      </button>
    ) : (
      <span className="sp-Quiet">Deleted conversation</span>
    );
  }
  if (by === 'person') {
    return id ? (
      <span>{id}</span>
    ) : (
      <span
        className="sp-Quiet"
        title="Whoever logs in with Jupyter's token, and every program that uses it: Jupyter knows no name for them."
      >
        Without a name
      </span>
    );
  }
  if (by === 'kind') {
    return <span>{KINDS[id as keyof typeof KINDS] ?? id}</span>;
  }
  return <span title={id}>{state.names.get(id) ?? `Revoked token …${id.slice(-6)}`}</span>;
}
