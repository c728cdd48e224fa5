/** Draws the Jobs page: runs as they go on, and schedules. */
import {
  closeIcon,
  deleteIcon,
  editIcon,
  fileIcon,
  listIcon,
  refreshIcon,
  runIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { JobDefinition, Run } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { ago, duration } from '../ui/time';
import { useSignal } from '../ui/useSignal';
import type { JobsState } from './state';
import {
  STATUS_WORDS,
  TONES,
  asText,
  dueText,
  fileName,
  isLive,
  readable,
  seconds,
  why
} from './words';
import '../../style/jobs.css';

export interface JobsProps {
  state: JobsState;
  onOpen: (path: string) => void;
  onEdit: (definition: JobDefinition) => void;
  onRemove: (definition: JobDefinition) => void;
  /** Opens the form for the notebook in front; undefined where there is none. */
  onNew?: () => void;
  /** Compares two versions of a notebook; undefined where nothing can. */
  onCompare?: () => void;
}

export function JobsView(props: JobsProps): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  useTick(state.runs.some(isLive));
  return (
    <div className="sp-Scroll sp-Jobs">
      <div className="sp-Page">
        <div className="sp-Jobs-head">
          <h1>Jobs</h1>
          <div className="sp-Jobs-headActions">
            {props.onCompare && (
              <Button label="Compare two versions…" onClick={props.onCompare} />
            )}
            {props.onNew && (
              <Button label="Run with parameters…" kind="accept" onClick={props.onNew} />
            )}
          </div>
        </div>
        <Tabs state={state} />
        <ErrorNote
          error={state.error}
          onRetry={state.isLoaded ? undefined : () => void state.load()}
          onDismiss={state.isLoaded ? () => state.dismiss() : undefined}
        />
        {!state.isLoaded && !state.error && <Busy label="Reading runs and schedules…" />}
        {state.isLoaded && (state.tab === 'runs' ? <Runs {...props} /> : <Schedules {...props} />)}
      </div>
    </div>
  );
}

/** Draw once a second while something goes on, so that its time does. */
function useTick(isOn: boolean): void {
  const [, redraw] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    if (!isOn) {
      return;
    }
    const timer = setInterval(redraw, 1000);
    return () => clearInterval(timer);
  }, [isOn]);
}

function Tabs({ state }: { state: JobsState }): JSX.Element {
  const going = state.runs.filter(isLive).length;
  const labels = {
    runs: going ? `Runs (${going} going)` : 'Runs',
    schedules: state.definitions.length ? `Schedules (${state.definitions.length})` : 'Schedules'
  };
  return (
    <div className="sp-Jobs-tabs" role="tablist" aria-label="Jobs">
      {(['runs', 'schedules'] as const).map(tab => (
        <button
          key={tab}
          type="button"
          role="tab"
          aria-selected={state.tab === tab}
          onClick={() => state.show(tab)}
        >
          {labels[tab]}
        </button>
      ))}
    </div>
  );
}

function Runs(props: JobsProps): JSX.Element {
  const { state } = props;
  if (state.runs.length === 0) {
    return (
      <Empty
        title="Nothing has run yet"
        text="Open a notebook and choose “Run with parameters…” in its toolbar, or in the menu of a notebook in the file browser. It runs in a process of its own; the notebook that you edit stays as it is."
      />
    );
  }
  return (
    <ul className="sp-Jobs-list" aria-label="Runs">
      {state.runs.map(run => (
        <RunRow key={run.id} run={run} {...props} />
      ))}
    </ul>
  );
}

function RunRow({ run, state, onOpen }: JobsProps & { run: Run }): JSX.Element {
  const took = seconds(run);
  const log = state.logs.get(run.id);
  return (
    <li className="sp-Run" data-status={run.status}>
      <div className="sp-Run-line">
        <div className="sp-Run-status">
          <Chip label={STATUS_WORDS[run.status]} tone={TONES[run.status]} />
        </div>
        <div className="sp-Run-main">
          <button type="button" className="sp-Run-name" title={run.notebook} onClick={() => onOpen(run.notebook)}>
            {fileName(run.notebook)}
          </button>
          {run.origin === 'schedule' && <span className="sp-Quiet"> by schedule</span>}
          <Given values={run.parameters} />
        </div>
        <div className="sp-Run-time sp-Quiet">
          <span title={new Date(run.created_at).toLocaleString()}>{ago(run.created_at)}</span>
          {took !== null && <span>{duration(took)}</span>}
        </div>
        <RunActions run={run} state={state} onOpen={onOpen} isLogOpen={log !== undefined} />
      </div>
      {isLive(run) && run.status !== 'queued' && <Progress run={run} />}
      {run.status === 'queued' && (
        <div className="sp-Run-note sp-Quiet">It starts when one of the other runs has ended.</div>
      )}
      {why(run) && <div className="sp-Run-note sp-Run-error">{why(run)}</div>}
      {run.metrics.length > 0 && (
        <div className="sp-Run-metrics">
          {run.metrics.map(({ name, value }) => (
            <span key={name} className="sp-Run-metric" title={`${name} = ${value}`}>
              <span className="sp-Quiet">{name}</span> {readable(value)}
            </span>
          ))}
        </div>
      )}
      {log !== undefined && (
        <pre className="sp-Run-log" tabIndex={0} aria-label="Log">
          {log}
        </pre>
      )}
    </li>
  );
}

function Progress({ run }: { run: Run }): JSX.Element {
  if (run.cells === 0) {
    return <Busy label="Starting the kernel…" />;
  }
  const label =
    run.cell < run.cells ? `Cell ${run.cell + 1} of ${run.cells}` : 'Saving the executed notebook';
  return <Busy label={label} progress={run.cell / run.cells} />;
}

function RunActions(props: {
  run: Run;
  state: JobsState;
  onOpen: (path: string) => void;
  isLogOpen: boolean;
}): JSX.Element {
  const { run, state, onOpen } = props;
  return (
    <div className="sp-Run-actions">
      {run.result && !isLive(run) && (
        <Button
          label="Open result"
          icon={fileIcon}
          iconOnly
          onClick={() => onOpen(run.result as string)}
        />
      )}
      {isLive(run) ? (
        <Button
          label={state.isCancelling(run) ? 'Cancelling…' : 'Cancel'}
          icon={closeIcon}
          iconOnly
          disabled={state.isCancelling(run)}
          onClick={() => void state.cancel(run)}
        />
      ) : (
        <Button
          label="Run again"
          icon={refreshIcon}
          iconOnly
          onClick={() => void state.runAgain(run)}
        />
      )}
      {run.started_at && (
        <Button
          label="Log"
          icon={listIcon}
          iconOnly
          pressed={props.isLogOpen}
          onClick={() => void state.toggleLog(run)}
        />
      )}
    </div>
  );
}

function Given({ values }: { values: Record<string, unknown> }): JSX.Element | null {
  const entries = Object.entries(values);
  if (entries.length === 0) {
    return null;
  }
  return (
    <div className="sp-Run-given">
      {entries.map(([name, value]) => (
        <Chip
          key={name}
          label={`${name} = ${value === null ? 'None' : asText(value)}`}
          title={`${name} = ${value === null ? 'None' : asText(value)}`}
        />
      ))}
    </div>
  );
}

function Schedules(props: JobsProps): JSX.Element {
  const { state } = props;
  if (state.definitions.length === 0) {
    return (
      <Empty
        title="No schedules yet"
        text="Open a notebook, choose “Run with parameters…”, then “Schedule…”: it runs every hour, every morning, or by any cron line, as long as this server is on."
      />
    );
  }
  return (
    <ul className="sp-Jobs-list" aria-label="Schedules">
      {state.definitions.map(definition => (
        <ScheduleRow key={definition.id} definition={definition} {...props} />
      ))}
    </ul>
  );
}

function ScheduleRow(props: JobsProps & { definition: JobDefinition }): JSX.Element {
  const { definition, state } = props;
  const { schedule, next_at } = definition;
  const last = state.lastRun(definition);
  return (
    <li className={`sp-Run sp-Schedule ${definition.is_enabled ? '' : 'sp-mod-off'}`}>
      <div className="sp-Run-line">
        <div className="sp-Run-status">
          <button
            type="button"
            role="switch"
            className="sp-Switch"
            aria-checked={definition.is_enabled}
            aria-label={`${definition.name} runs by its schedule`}
            title={definition.is_enabled ? 'On: click to pause' : 'Off: click to resume'}
            onClick={() => void state.setEnabled(definition, !definition.is_enabled)}
          />
        </div>
        <div className="sp-Run-main">
          <button
            type="button"
            className="sp-Run-name"
            title={definition.notebook}
            onClick={() => props.onOpen(definition.notebook)}
          >
            {definition.name}
          </button>
          <div>{state.words(definition)}</div>
          <Given values={definition.parameters} />
        </div>
        <div className="sp-Run-time sp-Quiet">
          <span title={schedule ? `${schedule.cron} (${schedule.time_zone})` : undefined}>
            {next_at && schedule
              ? `Next ${dueText(next_at, schedule.time_zone)}`
              : definition.is_enabled
                ? 'No more due'
                : 'Off'}
          </span>
          <span>{schedule?.time_zone}</span>
          {last && (
            <span>
              <Chip label={STATUS_WORDS[last.status]} tone={TONES[last.status]} title={why(last)} />{' '}
              {ago(last.created_at)}
            </span>
          )}
        </div>
        <div className="sp-Run-actions">
          <Button
            label="Run now"
            icon={runIcon}
            iconOnly
            onClick={() => void state.runNow(definition)}
          />
          <Button label="Edit" icon={editIcon} iconOnly onClick={() => props.onEdit(definition)} />
          <Button
            label="Delete"
            icon={deleteIcon}
            iconOnly
            onClick={() => props.onRemove(definition)}
          />
        </div>
      </div>
    </li>
  );
}
