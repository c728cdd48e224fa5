/** What an engine is busy with now, looked at every two seconds for as long as it is seen. */
import * as React from 'react';
import type { EngineMonitor } from '../api/schema';
import { Busy } from '../ui/Busy';
import { ErrorNote } from '../ui/ErrorNote';
import { gigabytes, line, pace, seconds } from './figures';

const EVERY = 2000;
const KEPT = 60;
const WIDTH = 160;
const HEIGHT = 34;

interface MonitorProps {
  /** Asks the server for the figures of now. */
  ask: () => Promise<EngineMonitor>;
}

export function MonitorView(props: MonitorProps): JSX.Element {
  const box = React.useRef<HTMLDivElement>(null);
  const [seen, setSeen] = React.useState<EngineMonitor[]>([]);
  const [error, setError] = React.useState<unknown>(null);
  const ask = React.useRef(props.ask);
  ask.current = props.ask;
  React.useEffect(() => {
    let isGone = false;
    let isAsking = false;
    const look = async (): Promise<void> => {
      // A hidden tab, or a page behind another: nobody sees it, so nothing is asked.
      if (isAsking || document.hidden || box.current?.offsetParent === null) {
        return;
      }
      isAsking = true;
      try {
        const figures = await ask.current();
        if (!isGone) {
          setSeen(before => [...before.slice(1 - KEPT), figures]);
          setError(null);
        }
      } catch (refusal) {
        if (!isGone) {
          setError(refusal);
        }
      }
      isAsking = false;
    };
    void look();
    const timer = setInterval(() => void look(), EVERY);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, []);
  const now = seen[seen.length - 1];
  return (
    <div className="sp-Monitor" ref={box}>
      <ErrorNote error={error} />
      {!now && !error && <Busy label="Reading the engine’s figures…" />}
      {now && (
        <>
          <p className={`sp-Monitor-verdict ${now.blamed ? 'sp-mod-slow' : ''}`} role="status">
            {now.sentence}
          </p>
          {now.is_known && <Figures seen={seen} now={now} />}
          <Hardware now={now} />
        </>
      )}
    </div>
  );
}

function Figures({ seen, now }: { seen: EngineMonitor[]; now: EngineMonitor }): JSX.Element {
  return (
    <div className="sp-Monitor-figures">
      <Figure
        label="Requests"
        value={`${now.running}`}
        more={now.waiting ? `${now.waiting} waiting` : 'none waiting'}
        values={seen.map(one => one.running)}
        others={seen.map(one => one.waiting)}
        least={2}
      />
      <Figure
        label="Tokens a second"
        value={pace(now.tokens_per_second)}
        more={`reads ${pace(now.prompt_tokens_per_second)}`}
        values={seen.map(one => one.tokens_per_second)}
        least={10}
      />
      <Figure
        label="Cache in use"
        value={`${Math.round(100 * now.cache_use)} %`}
        more={now.preemptions ? `${now.preemptions} put aside` : 'for conversations'}
        values={seen.map(one => one.cache_use)}
        least={1}
      />
      <Figure
        label="First token"
        value={seconds(now.first_token_seconds)}
        more={
          now.added_ms === null
            ? 'in the last minute'
            : `Sponde adds ${Math.round(now.added_ms)} ms`
        }
        values={seen.map(one => one.first_token_seconds)}
        least={0.05}
      />
    </div>
  );
}

interface FigureProps {
  label: string;
  value: string;
  more: string;
  values: (number | null)[];
  /** A second line under the first. */
  others?: number[];
  /** What the full height is at least. */
  least: number;
}

function Figure(props: FigureProps): JSX.Element {
  const most = Math.max(props.least, ...props.values.map(one => one ?? 0), ...(props.others ?? []));
  const draw = (values: (number | null)[]): string[] => line(values, KEPT, WIDTH, HEIGHT, most);
  return (
    <div className="sp-Monitor-figure">
      <div className="sp-Monitor-label">{props.label}</div>
      <div className="sp-Monitor-value">{props.value}</div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <line className="sp-Monitor-ground" x1={0} x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} />
        {draw(props.values).map((points, index) => (
          <polyline key={index} points={points} />
        ))}
        {props.others &&
          draw(props.others).map((points, index) => (
            <polyline key={index} className="sp-mod-second" points={points} />
          ))}
      </svg>
      <div className="sp-Quiet">{props.more}</div>
    </div>
  );
}

function Hardware({ now }: { now: EngineMonitor }): JSX.Element | null {
  if (!now.gpus.length && !now.memory_bytes && !now.in_flight) {
    return null;
  }
  return (
    <ul className="sp-Monitor-hardware">
      {now.gpus.map(gpu => (
        <li key={gpu.index}>
          <span>{gpu.name}</span>
          <meter
            min={0}
            max={gpu.total_bytes}
            value={gpu.total_bytes - gpu.free_bytes}
            aria-label={`Memory of ${gpu.name}`}
          />
          <span>
            {gigabytes(gpu.total_bytes - gpu.free_bytes)} of {gigabytes(gpu.total_bytes)}
            {gpu.temperature !== null && ` · ${Math.round(gpu.temperature)} °C`}
            {gpu.busy !== null && ` · ${Math.round(100 * gpu.busy)} % busy`}
          </span>
        </li>
      ))}
      {now.memory_bytes > 0 && <li>{gigabytes(now.memory_bytes)} of main memory</li>}
      <li>
        {now.in_flight === 1 ? '1 request' : `${now.in_flight} requests`} on the way through Sponde
      </li>
    </ul>
  );
}
