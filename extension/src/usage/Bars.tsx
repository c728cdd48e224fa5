/** Days as bars: small, without axes; each says its day and figures when it is pointed at. */
import * as React from 'react';
import type { Sums, UsageReport } from '../api/schema';
import { barsOf, count, dayText, money, tokens, type Bar } from './words';

const HEIGHT = 96;
const WIDTH = 720;

type Measure = 'cost' | 'tokens' | 'requests';

const MEASURES: Record<Measure, { label: string; of: (sums: Sums) => number }> = {
  cost: { label: 'Cost', of: sums => sums.cost },
  tokens: { label: 'Tokens', of: tokens },
  requests: { label: 'Requests', of: sums => sums.requests }
};

export function Bars({ report }: { report: UsageReport }): JSX.Element | null {
  const hasCost = report.total.cost > 0;
  const [wanted, setWanted] = React.useState<Measure>('tokens');
  const measure = wanted === 'cost' && !hasCost ? 'tokens' : wanted;
  const bars = barsOf(report.groups, report.since, report.until, MEASURES[measure].of);
  if (bars.length < 2) {
    return null;
  }
  const say = (value: number): string =>
    measure === 'cost' ? money(value, report.currency) : `${count(value)} ${measure}`;
  const most = Math.max(...bars.map(bar => bar.value));
  const perWhat = bars[0].label.length === 7 ? 'month' : 'day';
  return (
    <figure className="sp-Usage-bars">
      <figcaption>
        <span className="sp-Usage-measures" role="group" aria-label="What the bars show">
          {(Object.keys(MEASURES) as Measure[])
            .filter(one => one !== 'cost' || hasCost)
            .map(one => (
              <button
                key={one}
                type="button"
                aria-pressed={one === measure}
                onClick={() => setWanted(one)}
              >
                {MEASURES[one].label} a {perWhat}
              </button>
            ))}
        </span>
        <span className="sp-Quiet">{most > 0 ? `most: ${say(most)}` : 'nothing'}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${MEASURES[measure].label} for each ${perWhat}, at most ${say(most)}`}
      >
        {bars.map((bar, place) => (
          <Column key={bar.label} bar={bar} place={place} of={bars.length} most={most} say={say} />
        ))}
      </svg>
      <div className="sp-Usage-days sp-Quiet">
        <span>{dayText(bars[0].label)}</span>
        <span>{dayText(bars[bars.length - 1].label)}</span>
      </div>
    </figure>
  );
}

function Column(props: {
  bar: Bar;
  place: number;
  of: number;
  most: number;
  say: (value: number) => string;
}): JSX.Element {
  const { bar, place, most } = props;
  const step = WIDTH / Math.max(props.of, 7);
  const tall = bar.value > 0 ? Math.max(2, (bar.value / most) * (HEIGHT - 2)) : 0;
  const wrong = bar.sums ? bar.sums.failed + bar.sums.refused : 0;
  return (
    <g className="sp-Usage-day">
      <title>
        {`${dayText(bar.label)}: ${bar.value > 0 ? props.say(bar.value) : 'nothing'}` +
          (wrong ? `, ${wrong} failed or refused` : '')}
      </title>
      <rect className="sp-Usage-reach" x={place * step} y={0} width={step} height={HEIGHT} />
      <rect
        className="sp-Usage-bar"
        x={place * step + step * 0.1}
        y={HEIGHT - tall}
        width={Math.max(step * 0.8, 1)}
        height={tall}
      />
      <rect
        className="sp-Usage-ground"
        x={place * step + step * 0.1}
        y={HEIGHT - 1}
        width={Math.max(step * 0.8, 1)}
        height={1}
      />
    </g>
  );
}
