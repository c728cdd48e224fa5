/** The section "Benchmarks" of the Models page: a form, the figures drawn, and what was measured. */
import { closeIcon, deleteIcon, downloadIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Bench } from '../api/schema';
import type { IModels } from '../models/tokens';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { ago } from '../ui/time';
import { useSignal } from '../ui/useSignal';
import { Chart, Legend } from './Chart';
import { BenchFormView } from './form';
import type { BenchesState } from './state';
import {
  STATUS_WORDS,
  TONES,
  TOOL_WORDS,
  differences,
  isLive,
  milliseconds,
  nameOf,
  ratio,
  shared,
  tokens
} from './words';
import '../../style/benches.css';

interface BenchesProps {
  state: BenchesState;
  models: IModels;
}

export function BenchesView(props: BenchesProps): JSX.Element {
  const { state, models } = props;
  useSignal(state.changed);
  useSignal(models.changed);
  React.useEffect(() => void state.load(), [state]);
  return (
    <div className="sp-Benches">
      <h2>Benchmarks</h2>
      <p className="sp-Quiet">
        How long a model lets you wait, and how fast it writes: alone, and with several requests at
        once. The figures are kept with the machine that they were taken on.
      </p>
      {models.models.length > 0 ? (
        <BenchFormView state={state} models={models} />
      ) : (
        models.isKnown && (
          <Empty
            title="No model to measure"
            text="Connect one, or add one to this machine; then it can be measured here."
          />
        )
      )}
      <ErrorNote error={state.error} onDismiss={() => state.dismiss()} />
      {!state.isLoaded && !state.error && <Busy label="Reading what was measured…" />}
      {state.drawn.length > 0 && <Report state={state} benches={state.drawn} />}
      {state.benches.length > 0 && <Measured state={state} />}
    </div>
  );
}

function Report({ state, benches }: { state: BenchesState; benches: Bench[] }): JSX.Element {
  const [first, second] = benches;
  return (
    <section className="sp-BenchReport" aria-label="Figures">
      {benches.map((bench, index) => (
        <Head key={bench.id} state={state} bench={bench} order={benches.length > 1 ? index : null} />
      ))}
      {benches.some(bench => bench.points.length > 0) && (
        <>
          <Legend benches={benches} />
          <div className="sp-BenchReport-charts">
            <Chart
              benches={benches}
              title="Tokens a second, all answers together"
              value={point => point.tokens_per_second}
              say={tokens}
            />
            <Chart
              benches={benches}
              title="Milliseconds to the first token (line: slowest of 20)"
              value={point => point.first_p50_ms}
              worse={point => point.first_p95_ms}
              say={milliseconds}
            />
          </div>
        </>
      )}
      {second ? <Comparison first={first} second={second} /> : <Figures bench={first} />}
    </section>
  );
}

function Head(props: { state: BenchesState; bench: Bench; order: number | null }): JSX.Element {
  const { state, bench, order } = props;
  const about = [bench.engine, bench.machine, bench.settings].filter(Boolean).join(' · ');
  return (
    <div className="sp-BenchHead">
      <div className="sp-BenchHead-line">
        <strong>
          {order !== null && `${order === 0 ? 'First' : 'Second'}: `}
          {nameOf(bench)}
        </strong>
        <Chip label={STATUS_WORDS[bench.status]} tone={TONES[bench.status]} />
        {bench.points.length > 0 && (
          <Chip label={`measured by ${TOOL_WORDS[bench.tool]}`} title={bench.workload} />
        )}
        <span className="sp-BenchHead-actions">
          {isLive(bench) ? (
            <Button label="Stop" onClick={() => void state.cancel(bench)} />
          ) : (
            <Button
              label="Measure the same again"
              icon={refreshIcon}
              iconOnly
              onClick={() => state.again(bench)}
            />
          )}
          {bench.points.length > 0 &&
            (['csv', 'json'] as const).map(format => (
              <a
                key={format}
                className="sp-BenchHead-export"
                href={state.exportUrl(bench, format)}
                download
                title={`Download the figures as ${format.toUpperCase()}`}
              >
                <downloadIcon.react tag="span" width="14px" height="14px" />
                {format.toUpperCase()}
              </a>
            ))}
        </span>
      </div>
      <div className="sp-Quiet">
        {about}
        {about && ' · '}
        {ago(bench.created_at)}
      </div>
      {bench.note && <div className="sp-Quiet">{bench.note}</div>}
      {isLive(bench) && (
        <Busy
          label={bench.status === 'queued' ? 'Waits for another benchmark' : bench.doing || 'Measuring'}
          progress={bench.status === 'running' ? bench.progress : undefined}
        />
      )}
      {bench.failure && (
        <div className="sp-ErrorNote" role="alert">
          <div className="sp-ErrorNote-message">{bench.failure}</div>
          {bench.hint && <div className="sp-ErrorNote-hint">{bench.hint}</div>}
        </div>
      )}
    </div>
  );
}

function Figures({ bench }: { bench: Bench }): JSX.Element | null {
  if (!bench.points.length) {
    return null;
  }
  const isCounted = bench.points.every(point => point.is_counted);
  return (
    <>
      <div className="sp-BenchTable">
        <table className="sp-Table">
          <thead>
            <tr>
              <th scope="col">At once</th>
              <th scope="col">Read</th>
              <th scope="col">First token</th>
              <th scope="col">Slowest of 20</th>
              <th scope="col">Tokens/s each</th>
              <th scope="col">Tokens/s all</th>
              <th scope="col">Written</th>
              <th scope="col">Failed</th>
            </tr>
          </thead>
          <tbody>
            {bench.points.map(point => (
              <tr key={`${point.context}-${point.streams}`}>
                <td>{point.streams}</td>
                <td title={`${point.context} were asked for`}>{Math.round(point.prompt_tokens)}</td>
                <td>{milliseconds(point.first_p50_ms)}</td>
                <td>{milliseconds(point.first_p95_ms)}</td>
                <td>{tokens(point.stream_tokens_per_second)}</td>
                <td>{tokens(point.tokens_per_second)}</td>
                <td>{Math.round(point.answer_tokens)}</td>
                <td title={point.errors.join('\n')}>
                  {point.failed} of {point.failed + point.requests}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="sp-Quiet">
        {bench.workload && `Requests: ${bench.workload}. `}
        {!isCounted && 'The server counts no tokens: pieces of the answers were counted instead.'}
      </p>
    </>
  );
}

function Comparison({ first, second }: { first: Bench; second: Bench }): JSX.Element {
  const both = shared(first, second);
  const unlike = differences(first, second);
  return (
    <>
      {unlike.length > 0 && (
        <p className="sp-BenchUnlike" role="note">
          Not quite alike: {unlike.join('; ')}.
        </p>
      )}
      {both.length === 0 && <p className="sp-Quiet">They have no figure in common.</p>}
      {both.length > 0 && (
        <div className="sp-BenchTable">
          <table className="sp-Table">
            <thead>
              <tr>
                <th scope="col">At once</th>
                <th scope="col">To read</th>
                <th scope="col">First token</th>
                <th scope="col">Change</th>
                <th scope="col">Tokens/s all</th>
                <th scope="col">Change</th>
              </tr>
            </thead>
            <tbody>
              {both.map(({ context, streams, first: one, second: other }) => (
                <tr key={`${context}-${streams}`}>
                  <td>{streams}</td>
                  <td>{context}</td>
                  <td>
                    {milliseconds(one.first_p50_ms)} → {milliseconds(other.first_p50_ms)}
                  </td>
                  <td>{ratio(one.first_p50_ms, other.first_p50_ms)}</td>
                  <td>
                    {tokens(one.tokens_per_second)} → {tokens(other.tokens_per_second)}
                  </td>
                  <td>{ratio(one.tokens_per_second, other.tokens_per_second)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Measured({ state }: { state: BenchesState }): JSX.Element {
  const [first] = state.shown;
  return (
    <section aria-label="What was measured">
      <h3>What was measured</h3>
      <ul className="sp-BenchList">
        {state.benches.map(bench => {
          const best = Math.max(0, ...bench.points.map(point => point.tokens_per_second));
          const isShown = state.shown.includes(bench.id);
          return (
            <li key={bench.id} aria-current={isShown ? 'true' : undefined}>
              <button type="button" className="sp-BenchList-name" onClick={() => state.show(bench)}>
                <strong>{nameOf(bench)}</strong>
                <span className="sp-Quiet">
                  {[bench.engine, ago(bench.created_at)].filter(Boolean).join(' · ')}
                </span>
              </button>
              {bench.status !== 'done' && (
                <Chip label={STATUS_WORDS[bench.status]} tone={TONES[bench.status]} />
              )}
              {best > 0 && <span className="sp-BenchList-best">{tokens(best)} tokens/s</span>}
              {first && first !== bench.id && bench.points.length > 0 && (
                <Button
                  label={isShown ? 'Compare no more' : 'Compare'}
                  kind="quiet"
                  pressed={isShown}
                  onClick={() => state.compare(bench)}
                />
              )}
              <Button
                label={isLive(bench) ? `Stop measuring ${bench.model}` : `Delete the figures of ${bench.model}`}
                icon={isLive(bench) ? closeIcon : deleteIcon}
                iconOnly
                onClick={() => void (isLive(bench) ? state.cancel(bench) : state.remove(bench))}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
