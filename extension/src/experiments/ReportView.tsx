/** One experiment: how far it is, the verdict in plain words, the chart, and every run. */
import * as React from 'react';
import type { Comparison, Estimate, ExperimentReport, Trial } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ago, duration } from '../ui/time';
import { Chart } from './Chart';
import { hasWidth, say } from './numbers';
import type { ExperimentsState } from './state';

interface ReportViewProps {
  state: ExperimentsState;
  report: ExperimentReport;
  onOpenNotebook: (path: string) => void;
}

export function ReportView(props: ReportViewProps): JSX.Element {
  const { state, report } = props;
  const { experiment, trials, done } = report;
  const { goal, verdict } = experiment;
  return (
    <>
      <p className="sp-Quiet">
        {`${experiment.repeats} ${experiment.repeats === 1 ? 'run' : 'runs'} of each version`}
        {`, compared by ${goal.metric} (${goal.direction} is better)`}
        {experiment.is_paired && ', in pairs that share a seed'}
        {`, begun ${ago(experiment.created_at)}`}
      </p>
      <Versions report={report} />
      {experiment.status === 'running' && (
        <div className="sp-Experiment-progress">
          <Busy
            label={`${done} of ${trials.length} runs done; the verdict comes when all are in`}
            progress={done / trials.length}
          />
          <Button label="Cancel" onClick={() => void state.cancel()} />
        </div>
      )}
      {experiment.status === 'cancelled' && (
        <div className="sp-Verdict" role="status">
          This experiment was cancelled, so there is no verdict: what was seen until then may be
          chance.
        </div>
      )}
      {verdict && (
        <div className={`sp-Verdict sp-mod-${verdict.outcome}`} role="status">
          {verdict.sentence}
        </div>
      )}
      <Chart report={report} />
      {verdict && <Comparisons report={report} comparisons={verdict.comparisons} />}
      <h2>Runs</h2>
      <div className="sp-Experiment-wide">
        <table className="sp-Table">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Version</th>
              <th scope="col">State</th>
              <th scope="col" className="sp-mod-number">
                {goal.metric}
              </th>
              <th scope="col" className="sp-mod-number">
                Time
              </th>
              <th scope="col">Notebook</th>
            </tr>
          </thead>
          <tbody>
            {trials.map(trial => (
              <Run key={trial.id} trial={trial} {...props} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What each version is: its notebook where they differ, and its own values. */
function Versions(props: { report: ExperimentReport }): JSX.Element {
  const { variants } = props.report.experiment;
  const isOneNotebook = variants[0].notebook === variants[1].notebook;
  return (
    <dl className="sp-Experiment-versions">
      {isOneNotebook && (
        <>
          <dt>Notebook</dt>
          <dd>{variants[0].notebook}</dd>
        </>
      )}
      {variants.map((variant, index) => {
        const given = Object.entries(variant.parameters).map(
          ([name, value]) => `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`
        );
        return (
          <React.Fragment key={variant.name}>
            <dt className={`sp-mod-${index ? 'second' : 'first'}`}>{variant.name}</dt>
            <dd>
              {!isOneNotebook && `${variant.notebook}: `}
              {given.length ? given.join(', ') : 'the notebook’s own values'}
            </dd>
          </React.Fragment>
        );
      })}
    </dl>
  );
}

const FINDINGS = {
  winner: 'differs',
  undecided: 'may be chance',
  same: 'the same',
  too_few: 'too few values'
} as const;

function Comparisons(props: {
  report: ExperimentReport;
  comparisons: readonly Comparison[];
}): JSX.Element {
  const { variants } = props.report.experiment;
  const names = variants.map(variant => variant.name);
  return (
    <>
      <h2>Means with 95 % intervals</h2>
      <div className="sp-Experiment-wide">
        <table className="sp-Table">
          <thead>
            <tr>
              <th scope="col">Metric</th>
              {names.map(name => (
                <th scope="col" key={name} className="sp-mod-number">
                  {name}
                </th>
              ))}
              <th scope="col" className="sp-mod-number">{`${names[1]} less ${names[0]}`}</th>
              <th scope="col">Finding</th>
            </tr>
          </thead>
          <tbody>
            {props.comparisons.map((comparison, n) => (
              <tr key={comparison.metric} className={n ? '' : 'sp-mod-goal'}>
                <th scope="row">{comparison.metric}</th>
                {comparison.groups.map((group, index) => (
                  <td key={index} className="sp-mod-number">
                    <Sure estimate={group.mean} />
                  </td>
                ))}
                <td className="sp-mod-number">
                  <Sure estimate={comparison.difference} />
                </td>
                <td>{FINDINGS[comparison.outcome]}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">runs that succeeded</th>
              {variants.map((variant, index) => (
                <td key={variant.name} className="sp-mod-number">
                  {succeeded(props.report, index)} of {props.report.experiment.repeats}
                </td>
              ))}
              <td />
              <td />
            </tr>
          </tbody>
        </table>
      </div>
      {props.comparisons.length > 1 && (
        <p className="sp-Quiet">
          Only the first line decides. The others were looked at besides: one in twenty such
          intervals misses by chance.
        </p>
      )}
    </>
  );
}

/** A number, and below it how sure it is. */
function Sure(props: { estimate: Estimate | null }): JSX.Element {
  const { estimate } = props;
  return (
    <>
      {estimate ? say(estimate.value) : '–'}
      {estimate && hasWidth(estimate) && (
        <div className="sp-Experiment-interval">
          {`${say(estimate.low)} to ${say(estimate.high)}`}
        </div>
      )}
    </>
  );
}

const succeeded = (report: ExperimentReport, variant: number): number =>
  report.trials.filter(trial => trial.variant === variant && trial.status === 'succeeded').length;

const TONES: Readonly<Record<string, 'good' | 'bad' | 'busy' | 'plain'>> = {
  succeeded: 'good',
  failed: 'bad',
  timed_out: 'bad',
  lost: 'bad',
  running: 'busy',
  starting: 'busy'
};

function Run(props: ReportViewProps & { trial: Trial }): JSX.Element {
  const { trial, report } = props;
  const { goal, variants } = report.experiment;
  const metric = trial.metrics.find(({ name }) => name === goal.metric);
  const word = trial.status ? trial.status.replace('_', ' ') : 'waiting';
  const { result } = trial;
  return (
    <tr>
      <td>{trial.number}</td>
      <td>{variants[trial.variant].name}</td>
      <td>
        <Chip label={word} tone={TONES[trial.status ?? ''] ?? 'plain'} />
        {trial.problem && <div className="sp-Experiment-problem">{trial.problem}</div>}
      </td>
      <td className="sp-mod-number">{metric ? say(metric.value) : '–'}</td>
      <td className="sp-mod-number">{trial.seconds === null ? '–' : duration(trial.seconds)}</td>
      <td>
        {result && (
          <button type="button" className="sp-Link" onClick={() => props.onOpenNotebook(result)}>
            Open
          </button>
        )}
      </td>
    </tr>
  );
}
