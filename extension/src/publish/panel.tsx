/** The page of dashboards: what is shown, where, and whether its notebook has changed since. */
import { copyIcon, deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Dashboard } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { ago } from '../ui/time';
import { useSignal } from '../ui/useSignal';
import type { PublishState } from './state';
import '../../style/publish.css';

interface DashboardsViewProps {
  state: PublishState;
  /** The full address of a dashboard. */
  address: (dashboard: Dashboard) => string;
  onCopy: (dashboard: Dashboard) => void;
  onUpdate: (dashboard: Dashboard) => void;
  onWithdraw: (dashboard: Dashboard) => void;
  onOpenNotebook: (path: string) => void;
}

export function DashboardsView(props: DashboardsViewProps): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  return (
    <div className="sp-Scroll">
      <div className="sp-Page sp-Dashboards">
        <h1>Dashboards</h1>
        <ErrorNote error={state.error} onRetry={() => void state.load()} />
        {!state.isKnown && !state.error && <Busy label="Looking for dashboards…" />}
        {state.isKnown && !state.dashboards.length && (
          <Empty
            title="Nothing is published yet"
            text="A dashboard shows a notebook's results and widgets without its code, to everyone who can log in here. Open a notebook and press “Publish as Dashboard” in its toolbar, or right-click one in the file browser."
          />
        )}
        {state.dashboards.map(dashboard => (
          <Row key={dashboard.publication.id} dashboard={dashboard} {...props} />
        ))}
      </div>
    </div>
  );
}

const STANDINGS = {
  same: null,
  changed: { label: 'notebook changed since', tone: 'warn' },
  missing: { label: 'notebook is gone', tone: 'bad' }
} as const;

function Row(props: DashboardsViewProps & { dashboard: Dashboard }): JSX.Element {
  const { dashboard, state } = props;
  const { id, name, source, updated_at } = dashboard.publication;
  const standing = STANDINGS[dashboard.standing];
  const isBusy = state.busy.has(id);
  return (
    <section className="sp-Dashboard" aria-label={name}>
      <div className="sp-Dashboard-text">
        <a
          className="sp-Dashboard-name"
          href={props.address(dashboard)}
          target="_blank"
          rel="noopener noreferrer"
        >
          {name}
        </a>
        <div className="sp-Dashboard-line">
          {dashboard.standing === 'missing' ? (
            <span>{source}</span>
          ) : (
            <button type="button" title="Open the notebook" onClick={() => props.onOpenNotebook(source)}>
              {source}
            </button>
          )}
          <span title={new Date(updated_at).toLocaleString()}>published {ago(updated_at)}</span>
          {standing && <Chip label={standing.label} tone={standing.tone} />}
        </div>
      </div>
      <div className="sp-Dashboard-actions">
        {dashboard.standing !== 'missing' && (
          <Button
            label="Update"
            kind={dashboard.standing === 'changed' ? 'accept' : 'plain'}
            title="Show the notebook as it is now, at the same address"
            disabled={isBusy}
            onClick={() => props.onUpdate(dashboard)}
          />
        )}
        <Button
          label={`Copy the link to ${name}`}
          icon={copyIcon}
          iconOnly
          onClick={() => props.onCopy(dashboard)}
        />
        <Button
          label={`Withdraw ${name}`}
          icon={deleteIcon}
          iconOnly
          disabled={isBusy}
          onClick={() => props.onWithdraw(dashboard)}
        />
      </div>
      <ErrorNote error={state.failures.get(id)} />
    </section>
  );
}
