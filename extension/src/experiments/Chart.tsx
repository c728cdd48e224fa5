/** Every run as a dot, each version's mean with its interval, and the difference between them. */
import * as React from 'react';
import type { Comparison, ExperimentReport } from '../api/schema';
import { say, span, ticks } from './numbers';

const LEFT = 64;
const RIGHT = 16;
const BAND = 46;

interface Dot {
  variant: number;
  number: number;
  value: number;
}

export function Chart(props: { report: ExperimentReport }): JSX.Element {
  const [ref, width] = useWidth();
  return (
    <div className="sp-Effect" ref={ref}>
      <Drawing report={props.report} width={width} />
    </div>
  );
}

function Drawing(props: { report: ExperimentReport; width: number }): JSX.Element | null {
  const { width } = props;
  const { experiment, trials } = props.report;
  const dots: Dot[] = trials.flatMap(trial =>
    trial.metrics
      .filter(({ name, value }) => name === experiment.goal.metric && Number.isFinite(value))
      .filter(() => trial.status === 'succeeded')
      .map(({ value }) => ({ variant: trial.variant, number: trial.number, value }))
  );
  if (!dots.length) {
    return null;
  }
  const goal = experiment.verdict?.comparisons[0] ?? null;
  const ends = (goal?.groups ?? []).flatMap(({ mean }) => [mean?.low, mean?.high]);
  const [low, high] = span([...dots.map(dot => dot.value), ...ends.filter(isNumber)]);
  const x = (value: number): number =>
    LEFT + ((value - low) / (high - low)) * Math.max(1, width - LEFT - RIGHT);
  const height = 2 * BAND + 34;
  const axis = 2 * BAND + 4;
  return (
    <>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`${experiment.goal.metric} of every run: ${dots.length} values from ${say(
          Math.min(...dots.map(dot => dot.value))
        )} to ${say(Math.max(...dots.map(dot => dot.value)))}.`}
      >
        <line className="sp-Effect-axis" x1={LEFT} x2={width - RIGHT} y1={axis} y2={axis} />
        {ticks(low, high, Math.max(2, width / 110)).map(tick => (
          <g key={tick}>
            <line className="sp-Effect-grid" x1={x(tick)} x2={x(tick)} y1={4} y2={axis} />
            <text className="sp-Effect-tick" x={x(tick)} y={axis + 15} textAnchor="middle">
              {say(tick)}
            </text>
          </g>
        ))}
        <text className="sp-Effect-tick" x={width - RIGHT} y={axis + 28} textAnchor="end">
          {experiment.goal.metric}
        </text>
        {experiment.is_paired && <Pairs dots={dots} x={x} />}
        {experiment.variants.map((variant, index) => (
          <g key={variant.name} className={`sp-Effect-variant sp-mod-${index ? 'second' : 'first'}`}>
            <text className="sp-Effect-name" x={LEFT - 12} y={middle(index) + 4} textAnchor="end">
              {variant.name.length > 8 ? `${variant.name.slice(0, 7)}…` : variant.name}
              <title>{variant.name}</title>
            </text>
            {goal && <Mean comparison={goal} index={index} x={x} />}
            {dots
              .filter(dot => dot.variant === index)
              .map(dot => (
                <circle key={dot.number} cx={x(dot.value)} cy={dotY(dot)} r={4}>
                  <title>{`${variant.name}, run ${dot.number}: ${say(dot.value)}`}</title>
                </circle>
              ))}
          </g>
        ))}
      </svg>
      {goal && (
        <Difference
          comparison={goal}
          width={width}
          names={experiment.variants.map(variant => variant.name)}
        />
      )}
    </>
  );
}

/** A line for each pair that shares a seed. */
function Pairs(props: { dots: Dot[]; x: (value: number) => number }): JSX.Element {
  const { dots, x } = props;
  const second = new Map(dots.filter(dot => dot.variant === 1).map(dot => [dot.number, dot]));
  return (
    <g>
      {dots
        .filter(dot => dot.variant === 0)
        .map(dot => {
          const other = second.get(dot.number);
          return (
            other && (
              <line
                key={dot.number}
                className="sp-Effect-pair"
                x1={x(dot.value)}
                y1={dotY(dot)}
                x2={x(other.value)}
                y2={dotY(other)}
              />
            )
          );
        })}
    </g>
  );
}

function Mean(props: {
  comparison: Comparison;
  index: number;
  x: (value: number) => number;
}): JSX.Element | null {
  const mean = props.comparison.groups[props.index].mean;
  if (!mean) {
    return null;
  }
  const { x } = props;
  const y = middle(props.index);
  const hasInterval = isNumber(mean.low) && isNumber(mean.high);
  return (
    <g className="sp-Effect-mean">
      {hasInterval && (
        <rect
          x={x(mean.low ?? 0)}
          y={y - 9}
          width={Math.max(0, x(mean.high ?? 0) - x(mean.low ?? 0))}
          height={18}
          rx={2}
        />
      )}
      <line x1={x(mean.value)} x2={x(mean.value)} y1={y - 14} y2={y + 14} />
      <title>
        {`mean ${say(mean.value)}` +
          (hasInterval ? `, 95 % interval ${say(mean.low ?? 0)} to ${say(mean.high ?? 0)}` : '')}
      </title>
    </g>
  );
}

/** The difference with its interval, and where no difference would be. */
function Difference(props: {
  comparison: Comparison;
  width: number;
  names: readonly string[];
}): JSX.Element | null {
  const { comparison, width, names } = props;
  const found = comparison.difference;
  if (!found || !isNumber(found.low) || !isNumber(found.high)) {
    return null;
  }
  const [low, high] = span([0, found.low, found.high]);
  const x = (value: number): number =>
    LEFT + ((value - low) / (high - low)) * Math.max(1, width - LEFT - RIGHT);
  return (
    <svg
      width={width}
      height={62}
      role="img"
      aria-label={`${names[1]} less ${names[0]}: ${say(found.value)}, 95 % interval ${say(found.low)} to ${say(found.high)}.`}
    >
      <text className="sp-Effect-tick" x={LEFT - 12} y={24} textAnchor="end">
        {names.every(name => name.length < 3) ? `${names[1]} − ${names[0]}` : 'difference'}
      </text>
      <line className="sp-Effect-zero" x1={x(0)} x2={x(0)} y1={4} y2={38} />
      <line className="sp-Effect-reach" x1={x(found.low)} x2={x(found.high)} y1={20} y2={20} />
      <rect className="sp-Effect-found" x={x(found.value) - 4} y={16} width={8} height={8} />
      {ticks(low, high, Math.max(2, width / 110)).map(tick => (
        <text key={tick} className="sp-Effect-tick" x={x(tick)} y={54} textAnchor="middle">
          {say(tick)}
        </text>
      ))}
    </svg>
  );
}

const middle = (index: number): number => 4 + BAND / 2 + index * BAND;

/** Dots of equal value stay apart. */
const dotY = (dot: Dot): number => middle(dot.variant) + (((dot.number * 7) % 5) - 2) * 3;

const isNumber = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined;

/** The width that there is, also after the page was made narrower. */
function useWidth(): [React.RefObject<HTMLDivElement>, number] {
  const ref = React.useRef<HTMLDivElement>(null);
  const [width, setWidth] = React.useState(640);
  React.useLayoutEffect(() => {
    const node = ref.current;
    if (!node) {
      return;
    }
    const measure = (): void => setWidth(Math.max(220, Math.floor(node.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
