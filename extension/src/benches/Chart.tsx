/** A figure over the number of requests at once: a line for each context, dashed for the second. */
import * as React from 'react';
import type { Bench, BenchPoint } from '../api/schema';
import { contextText, nameOf } from './words';

const LEFT = 52;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 34;
const HEIGHT = 210;

interface ChartProps {
  benches: readonly Bench[];
  title: string;
  /** The figure; null where there is none. */
  value: (point: BenchPoint) => number | null;
  /** A worse figure that is drawn as a thin line up to it. */
  worse?: (point: BenchPoint) => number | null;
  say: (value: number | null) => string;
}

export function Chart(props: ChartProps): JSX.Element | null {
  const [ref, width] = useWidth();
  const { benches, value, worse } = props;
  const points = benches.flatMap(bench => bench.points);
  const known = points.flatMap(point => [value(point), worse?.(point) ?? null]).filter(isNumber);
  const streams = [...new Set(points.map(point => point.streams))].sort((a, b) => a - b);
  const contexts = [...new Set(points.map(point => point.context))].sort((a, b) => a - b);
  const most = Math.max(...known, 0);
  const marks = ticks(most);
  const top = marks[marks.length - 1] || 1;
  const step = (width - LEFT - RIGHT) / Math.max(1, streams.length);
  const x = (point: BenchPoint): number => LEFT + (streams.indexOf(point.streams) + 0.5) * step;
  const y = (one: number): number => TOP + (1 - one / top) * (HEIGHT - TOP - BOTTOM);
  return (
    <figure className="sp-BenchChart" ref={ref}>
      <figcaption>{props.title}</figcaption>
      {known.length > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`${props.title}: ${points
            .map(point => `${props.say(value(point))} at ${point.streams}, ${contextText(point.context)}`)
            .join('; ')}`}
        >
          {marks.map(mark => (
            <g key={mark}>
              <line className="sp-mod-grid" x1={LEFT} x2={width - RIGHT} y1={y(mark)} y2={y(mark)} />
              <text x={LEFT - 6} y={y(mark) + 4} textAnchor="end">
                {mark.toLocaleString('en')}
              </text>
            </g>
          ))}
          {streams.map((count, index) => (
            <text key={count} x={LEFT + (index + 0.5) * step} y={HEIGHT - 18} textAnchor="middle">
              {count}
            </text>
          ))}
          <text x={LEFT + (streams.length * step) / 2} y={HEIGHT - 3} textAnchor="middle">
            requests at once
          </text>
          {benches.flatMap((bench, order) =>
            contexts.map((context, series) => {
              const own = bench.points.filter(
                point => point.context === context && isNumber(value(point))
              );
              const name = `${nameOf(bench)}, ${contextText(context)}`;
              const shift = (series - (contexts.length - 1) / 2) * 5 + order * 2;
              return (
                <g key={`${bench.id}-${context}`} className={`sp-mod-series${series % 4} sp-mod-bench${order}`}>
                  <polyline
                    points={own
                      .map(point => `${x(point) + shift},${y(value(point) ?? 0)}`)
                      .join(' ')}
                  />
                  {own.map(point => (
                    <g key={point.streams}>
                      {isNumber(worse?.(point)) && (
                        <line
                          x1={x(point) + shift}
                          x2={x(point) + shift}
                          y1={y(value(point) ?? 0)}
                          y2={y(worse?.(point) ?? 0)}
                        />
                      )}
                      <circle cx={x(point) + shift} cy={y(value(point) ?? 0)} r={4}>
                        <title>{`${name}, ${point.streams} at once: ${props.say(value(point))}`}</title>
                      </circle>
                    </g>
                  ))}
                </g>
              );
            })
          )}
        </svg>
      )}
    </figure>
  );
}

/** What the lines are, once for all charts. */
export function Legend({ benches }: { benches: readonly Bench[] }): JSX.Element | null {
  const contexts = [...new Set(benches.flatMap(bench => bench.points.map(one => one.context)))].sort(
    (a, b) => a - b
  );
  if (contexts.length < 2 && benches.length < 2) {
    return null;
  }
  return (
    <ul className="sp-BenchLegend">
      {contexts.map((context, series) => (
        <li key={context} className={`sp-mod-series${series % 4}`}>
          <svg width={22} height={10} aria-hidden="true">
            <polyline points="0,5 22,5" />
            <circle cx={11} cy={5} r={4} />
          </svg>
          {contextText(context)}
        </li>
      ))}
      {benches.length > 1 &&
        benches.map((bench, order) => (
          <li key={bench.id} className={`sp-mod-bench${order}`}>
            <svg width={22} height={10} aria-hidden="true">
              <polyline points="0,5 22,5" />
            </svg>
            {order === 0 ? 'first' : 'second'}: {nameOf(bench)}
          </li>
        ))}
    </ul>
  );
}

/** Round numbers from 0 to above the largest value. */
export function ticks(most: number): number[] {
  if (!(most > 0)) {
    return [0, 1];
  }
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 2.5, 5, 10].map(one => one * power).find(one => most / one <= 4) ?? power;
  const count = Math.ceil((most / step) * 1.02);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

const isNumber = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/** The width that there is, also after the page was made narrower. */
function useWidth(): [React.RefObject<HTMLDivElement>, number] {
  const ref = React.useRef<HTMLDivElement>(null);
  const [width, setWidth] = React.useState(360);
  React.useLayoutEffect(() => {
    const node = ref.current;
    if (!node) {
      return;
    }
    const measure = (): void => setWidth(Math.max(200, Math.floor(node.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
