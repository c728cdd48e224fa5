/** The form that trains an adapter on a set: which base, how long, how wide, and what that takes. */
import * as React from 'react';
import type { NewTraining, TrainingEstimate } from '../api/schema';
import { Busy } from '../ui/Busy';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { Form, Submit } from '../ui/Form';
import { TypedField } from '../ui/TypedField';
import { Back } from './Back';
import type { TuningState } from './state';
import { some } from './words';

const WAIT_MS = 300;

export function TrainView(props: { state: TuningState }): JSX.Element {
  const { state } = props;
  const { room, set } = state;
  const [base, setBase] = React.useState('');
  const [name, setName] = React.useState('');
  const [steps, setSteps] = React.useState('100');
  const [rank, setRank] = React.useState('8');
  const [rate, setRate] = React.useState('0.0002');
  const [batch, setBatch] = React.useState('');
  const [tokens, setTokens] = React.useState('1024');
  const [seed, setSeed] = React.useState('0');
  const chosen = base || room?.bases[0]?.name || '';
  const entered: NewTraining = {
    set_id: state.setId,
    base: chosen,
    name,
    settings: {
      rank: Number(rank) || 0,
      steps: Number(steps) || 0,
      learning_rate: Number(rate) || 0,
      batch: Number(batch) || 0,
      most_tokens: Number(tokens) || 0,
      seed: Number(seed) || 0
    }
  };
  const asked = JSON.stringify(entered);
  React.useEffect(() => {
    if (!chosen) {
      return;
    }
    const timer = window.setTimeout(() => void state.weigh(JSON.parse(asked)), WAIT_MS);
    return () => window.clearTimeout(timer);
  }, [state, asked, chosen]);
  const submit = (): void => {
    if (room?.is_ready && !state.isSending) {
      void state.train(entered);
    }
  };
  return (
    <Form className="sp-Tuning" onSend={submit}>
      <Back state={state} />
      <h1>Train an adapter</h1>
      <ErrorNote error={state.error} onRetry={() => void state.plan(state.setId)} />
      {!room && !state.error && <Busy label="Looking for a Python that trains…" />}
      {room && !room.is_ready && (
        <div className="sp-ErrorNote" role="alert">
          <div className="sp-ErrorNote-message">{room.message}</div>
          <div className="sp-ErrorNote-hint">{room.hint}</div>
        </div>
      )}
      {room && set && (
        <>
          <p className="sp-Quiet">
            On {set.name}, version {set.version}: {some(set.card.train, 'row')} to train on,{' '}
            {set.card.validation.toLocaleString('en')} kept back. It computes on {room.device}.
          </p>
          <div className="sp-Tuning-fields">
            <Field label="Base" hint="A registered model whose files are here.">
              <select value={chosen} onChange={event => setBase(event.target.value)}>
                {room.bases.map(one => (
                  <option key={one.name} value={one.name}>
                    {one.name} (version {one.version})
                  </option>
                ))}
                {!room.bases.length && <option value="">None yet</option>}
              </select>
            </Field>
            <TypedField
              label="Name of the adapter"
              hint="The base's and the set's, where empty."
              name="name"
              spellCheck={false}
              value={name}
              onChange={setName}
            />
            <TypedField
              label="Steps"
              hint="How often it is corrected."
              type="number"
              name="steps"
              min={1}
              value={steps}
              onChange={setSteps}
            />
            <Field label="Rank" hint="More can learn more, and needs more memory.">
              <select value={rank} onChange={event => setRank(event.target.value)}>
                {['4', '8', '16', '32', '64'].map(one => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </Field>
          </div>
          <details className="sp-Tuning-more">
            <summary>More settings</summary>
            <div className="sp-Tuning-fields">
              <TypedField
                label="Learning rate"
                hint="How strongly, each time. Less for large bases."
                inputMode="decimal"
                name="rate"
                value={rate}
                onChange={setRate}
              />
              <TypedField
                label="Rows at once"
                hint="Empty: as many as fit, at most 8."
                type="number"
                min={1}
                value={batch}
                onChange={setBatch}
              />
              <TypedField
                label="Longest row (tokens)"
                hint="Longer ones are cut at their beginning."
                type="number"
                min={16}
                value={tokens}
                onChange={setTokens}
              />
              <TypedField
                label="Seed"
                hint="The same seed gives the same adapter."
                type="number"
                min={0}
                value={seed}
                onChange={setSeed}
              />
            </div>
          </details>
          {chosen && <EstimateView estimate={state.estimate} error={state.estimateError} />}
        </>
      )}
      <ErrorNote error={state.formError} />
      <div className="sp-Tuning-foot">
        <Submit label={state.isSending ? 'Starting…' : 'Train'} disabled={!room?.is_ready || !chosen || state.isSending} />
        {room?.is_ready && (
          <span className="sp-Quiet">Runs as a job; the adapter is registered at its end.</span>
        )}
      </div>
    </Form>
  );
}

function EstimateView(props: {
  estimate: TrainingEstimate | null;
  error: unknown;
}): JSX.Element | null {
  const { estimate, error } = props;
  if (error) {
    return <ErrorNote error={error} />;
  }
  if (!estimate) {
    return null;
  }
  const share = estimate.memory_bytes / Math.max(estimate.memory_bytes, estimate.free_bytes, 1);
  return (
    <div className={`sp-TuningEstimate ${estimate.fits ? '' : 'sp-mod-wrong'}`} role="status">
      <div className="sp-TuningEstimate-track">
        <div style={{ width: `${Math.max(1, 100 * share)}%` }} />
      </div>
      <span>{estimate.sentence}</span>
    </div>
  );
}
