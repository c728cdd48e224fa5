/** The section "Training": sets, what is in one, and the trainings of adapters. */
import { deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Training, TrainingSet } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { ago } from '../ui/time';
import { useSignal } from '../ui/useSignal';
import { NewSetView } from './NewSet';
import { SetView } from './SetView';
import { TrainView } from './TrainForm';
import type { TuningState } from './state';
import { curve, result, some, standing } from './words';
import '../../style/tuning.css';

export interface TuningActions {
  /** Delete a set, with a way back. */
  onRemove: (made: TrainingSet) => void;
  /** Open the run of a training on the Jobs page. */
  onOpenRun: () => void;
  /** Fill in an experiment of an adapter against its base. */
  onCompare: (training: Training) => void;
  /** Show a registered model. */
  onShowModel: (name: string) => void;
}

export function TuningView(props: { state: TuningState } & TuningActions): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  React.useEffect(() => state.watch(), [state]);
  switch (state.view) {
    case 'new':
      return <NewSetView state={state} />;
    case 'set':
      return <SetView state={state} onRemove={props.onRemove} />;
    case 'train':
      return <TrainView state={state} />;
    default:
      return <Home {...props} />;
  }
}

function Home(props: { state: TuningState } & TuningActions): JSX.Element {
  const { state } = props;
  return (
    <div className="sp-Tuning">
      <div className="sp-Tuning-head">
        <h1>Training</h1>
        <Button label="New training set…" kind="accept" onClick={() => void state.begin()} />
      </div>
      <p className="sp-Quiet">
        Liked answers and chosen conversations become a training set; a set becomes an adapter that
        answers more like them.
        {state.liked && ` ${some(state.liked.count, 'answer')} liked so far.`}
      </p>
      <ErrorNote error={state.error} onRetry={() => void state.load()} />
      {!state.isKnown && !state.error && <Busy label="Looking for training sets…" />}
      {state.isKnown && !state.sets.length && (
        <Empty
          title="No training set yet"
          text="Like good answers in the chat with the thumb below them, or choose whole conversations. A set is checked, split and shown row by row before anything is trained."
        />
      )}
      {state.sets.map(made => (
        <SetRow key={made.id} made={made} {...props} />
      ))}
      {state.trainings.length > 0 && <h2>Trainings</h2>}
      {state.trainings.map(training => (
        <TrainingCardView key={training.id} training={training} {...props} />
      ))}
    </div>
  );
}

function SetRow(props: { made: TrainingSet; state: TuningState } & TuningActions): JSX.Element {
  const { made, state } = props;
  const { card } = made;
  const out = card.left_out.reduce((sum, one) => sum + one.count, 0);
  return (
    <section className="sp-TuningRow" aria-label={made.name}>
      <div className="sp-TuningRow-text">
        <button type="button" className="sp-Link" onClick={() => void state.open(made.id)}>
          {made.name}
        </button>
        <div className="sp-TuningRow-line sp-Quiet">
          <span>version {made.version}</span>
          <span>{some(card.train, 'row')} to train on</span>
          <span>{card.validation.toLocaleString('en')} kept back</span>
          {out > 0 && <span>{out.toLocaleString('en')} left out</span>}
          <span>{ago(made.updated_at)}</span>
        </div>
      </div>
      <div className="sp-TuningRow-actions">
        <Button
          label="Train…"
          disabled={!card.train}
          onClick={() => void state.plan(made.id)}
        />
        <Button
          label={`Delete ${made.name}`}
          icon={deleteIcon}
          iconOnly
          onClick={() => props.onRemove(made)}
        />
      </div>
    </section>
  );
}

const STATES = {
  queued: { label: 'waiting', tone: 'plain' },
  running: { label: 'training', tone: 'busy' },
  succeeded: { label: 'registered', tone: 'good' },
  failed: { label: 'failed', tone: 'bad' },
  cancelled: { label: 'cancelled', tone: 'warn' }
} as const;

function TrainingCardView(
  props: { training: Training; state: TuningState } & TuningActions
): JSX.Element {
  const { training, state } = props;
  const { label, tone } = STATES[training.status];
  const isLive = training.status === 'queued' || training.status === 'running';
  const share = training.step / Math.max(1, training.settings.steps);
  return (
    <section className="sp-TuningRow sp-mod-training" aria-label={`Training of ${training.adapter}`}>
      <div className="sp-TuningRow-text">
        <div className="sp-TuningRow-name">
          <span>{training.adapter}</span>
          <Chip label={label} tone={tone} />
        </div>
        <div className="sp-TuningRow-line sp-Quiet">
          <span>
            {training.set_name} v{training.set_version}
          </span>
          <span>
            base {training.base} v{training.base_version}
          </span>
          {training.device && <span>{training.device}</span>}
          <span>{ago(training.ended_at ?? training.created_at)}</span>
        </div>
        {isLive ? (
          <Busy label={standing(training)} progress={training.step ? share : undefined} />
        ) : (
          <div className="sp-TuningRow-line">{result(training)}</div>
        )}
        {training.status === 'failed' && (
          <div className="sp-ErrorNote" role="alert">
            <div className="sp-ErrorNote-message">{training.message}</div>
            <div className="sp-ErrorNote-hint">{training.hint}</div>
          </div>
        )}
        <div className="sp-TuningRow-actions">
          {training.status === 'succeeded' && (
            <>
              <Button label="Compare with the base…" onClick={() => props.onCompare(training)} />
              <Button label="Show" kind="quiet" onClick={() => props.onShowModel(training.adapter)} />
            </>
          )}
          {isLive && <Button label="Cancel" onClick={() => void state.cancel(training)} />}
          <Button label="Open the run" kind="quiet" onClick={props.onOpenRun} />
        </div>
      </div>
      <LossCurve training={training} />
    </section>
  );
}

const WIDTH = 180;
const HEIGHT = 64;

/** The loss over the steps: of the rows learned from, and of those kept back. */
function LossCurve(props: { training: Training }): JSX.Element | null {
  const { points, validation, settings } = props.training;
  if (points.length < 2) {
    return null;
  }
  const loss = Math.max(...points.map(one => one.loss), ...validation.map(one => one.loss));
  const most = { step: settings.steps, loss };
  return (
    <svg
      className="sp-LossCurve"
      viewBox={`-1 -2 ${WIDTH + 2} ${HEIGHT + 4}`}
      role="img"
      aria-label="Loss over the steps"
    >
      <path className="sp-mod-axis" d={`M0 ${HEIGHT}H${WIDTH}`} />
      <path d={curve(points, most, WIDTH, HEIGHT)} />
      {validation.length > 1 && (
        <path className="sp-mod-validation" d={curve(validation, most, WIDTH, HEIGHT)} />
      )}
    </svg>
  );
}
