/** The page of experiments: the list, the form, or one experiment. */
import { addIcon, caretLeftIcon, deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Experiment, ExperimentOverview } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { ago } from '../ui/time';
import { useSignal } from '../ui/useSignal';
import { FormView } from './FormView';
import { ReportView } from './ReportView';
import type { ExperimentsState } from './state';
import '../../style/experiments.css';

interface ExperimentsViewProps {
  state: ExperimentsState;
  onChoose: () => Promise<string | null>;
  onRemove: (experiment: Experiment) => void;
  onOpenNotebook: (path: string) => void;
}

export function ExperimentsView(props: ExperimentsViewProps): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  return (
    <div className="sp-Scroll">
      <div className="sp-Page sp-Experiments">
        {state.view === 'list' ? <List {...props} /> : <One {...props} />}
      </div>
    </div>
  );
}

function One(props: ExperimentsViewProps): JSX.Element {
  const { state } = props;
  const title = state.view === 'new' ? 'Compare two versions' : state.report?.experiment.name;
  return (
    <>
      <button type="button" className="sp-Link sp-Back" onClick={() => void state.showList()}>
        <caretLeftIcon.react tag="span" width="12px" height="12px" />
        All experiments
      </button>
      <h1>{title ?? 'Experiment'}</h1>
      <ErrorNote error={state.error} onRetry={() => void state.load()} />
      {state.view === 'new' ? (
        <FormView state={state} onChoose={props.onChoose} />
      ) : state.report ? (
        <ReportView state={state} report={state.report} onOpenNotebook={props.onOpenNotebook} />
      ) : (
        !state.error && <Busy label="Fetching the experiment…" />
      )}
    </>
  );
}

function List(props: ExperimentsViewProps): JSX.Element {
  const { state } = props;
  return (
    <>
      <div className="sp-Experiments-head">
        <h1>Experiments</h1>
        {state.experiments.length > 0 && (
          <Button label="Compare two versions…" icon={addIcon} onClick={() => void state.begin('')} />
        )}
      </div>
      <ErrorNote error={state.error} onRetry={() => void state.load()} />
      {!state.isKnown && !state.error && <Busy label="Looking for experiments…" />}
      {state.isKnown && !state.experiments.length && (
        <Empty
          title="No experiments yet"
          text="An experiment runs two versions of a notebook a number of times each and says whether a metric that they report really differs, or whether it may be chance."
        >
          <Button
            label="Compare two versions…"
            kind="accept"
            onClick={() => void state.begin('')}
          />
        </Empty>
      )}
      {state.experiments.map(overview => (
        <Row key={overview.experiment.id} overview={overview} {...props} />
      ))}
    </>
  );
}

function Row(props: ExperimentsViewProps & { overview: ExperimentOverview }): JSX.Element {
  const { overview, state } = props;
  const { experiment, done } = overview;
  const planned = experiment.repeats * 2;
  const isRunning = experiment.status === 'running';
  return (
    <section className="sp-ExperimentRow" aria-label={experiment.name}>
      <div className="sp-ExperimentRow-text">
        <button
          type="button"
          className="sp-Link sp-ExperimentRow-name"
          onClick={() => void state.show(experiment.id)}
        >
          {experiment.name}
        </button>
        <div>
          {experiment.verdict?.sentence ??
            (isRunning ? `${done} of ${planned} runs done` : 'Cancelled: there is no verdict.')}
        </div>
        <div className="sp-Quiet sp-ExperimentRow-line">
          {`by ${experiment.goal.metric}, begun ${ago(experiment.created_at)}`}
        </div>
      </div>
      {isRunning && <Chip label="running" tone="busy" />}
      <Button
        label={`Delete ${experiment.name}`}
        icon={deleteIcon}
        iconOnly
        onClick={() => props.onRemove(experiment)}
      />
    </section>
  );
}
