/** Draws the uses of a block by week: what ran, what failed, what was only put somewhere. */
import * as React from 'react';
import type { UsageWeek } from '../../api/schema';
import { trans } from '../../ui/words';

const HEIGHT = 40;
const STEP = 10;
const BAR = 8;

export function UsageChart({ weeks }: { weeks: readonly UsageWeek[] }): JSX.Element | null {
  const most = Math.max(0, ...weeks.map(total));
  if (!most) {
    return null;
  }
  const width = weeks.length * STEP;
  const words = chartWords(weeks);
  return (
    <figure className="sp-Usage">
      <svg
        viewBox={`0 0 ${width} ${HEIGHT + 1}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        {weeks.map((week, at) => (
          <Week key={week.begins_at} week={week} x={at * STEP} unit={HEIGHT / most} />
        ))}
        <line x1="0" y1={HEIGHT + 0.5} x2={width} y2={HEIGHT + 0.5} className="sp-Usage-line" />
      </svg>
      <figcaption className="sp-Quiet">
        <span>{day(weeks[0].begins_at)}</span>
        <span>{legend(weeks)}</span>
        <span>{trans.__('this week')}</span>
      </figcaption>
    </figure>
  );
}

function Week({ week, x, unit }: { week: UsageWeek; x: number; unit: number }): JSX.Element {
  let below = HEIGHT;
  const parts: Array<[string, number]> = [
    ['ok', week.ok],
    ['failed', week.failed],
    ['waiting', week.waiting]
  ];
  return (
    <g>
      <title>{weekWords(week)}</title>
      <rect x={x} y={0} width={STEP} height={HEIGHT} className="sp-Usage-place" />
      {parts.map(([kind, count]) => {
        const height = count * unit;
        below -= height;
        return count ? (
          <rect
            key={kind}
            x={x + (STEP - BAR) / 2}
            y={below}
            width={BAR}
            height={height}
            className={`sp-Usage-bar sp-mod-${kind}`}
          />
        ) : null;
      })}
    </g>
  );
}

function total(week: UsageWeek): number {
  return week.ok + week.failed + week.waiting;
}

function day(moment: string): string {
  return new Date(moment).toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}

/** Say what happened in a week: `week of 2 Nov: 3 ran, 1 failed`. */
export function weekWords(week: UsageWeek): string {
  return trans.__('Week of %1: %2', day(week.begins_at), countWords(week) || trans.__('not used'));
}

function countWords({ ok, failed, waiting }: Pick<UsageWeek, 'ok' | 'failed' | 'waiting'>): string {
  return [
    ok ? trans._n('%1 ran', '%1 ran', ok, ok) : '',
    failed ? trans._n('%1 failed', '%1 failed', failed, failed) : '',
    waiting ? trans._n('%1 not run', '%1 not run', waiting, waiting) : ''
  ]
    .filter(Boolean)
    .join(', ');
}

function legend(weeks: readonly UsageWeek[]): string {
  const sum = (kind: 'ok' | 'failed' | 'waiting'): number =>
    weeks.reduce((count, week) => count + week[kind], 0);
  return countWords({ ok: sum('ok'), failed: sum('failed'), waiting: sum('waiting') });
}

/** The chart in words, for who does not see it: the sum, then each week with a use. */
export function chartWords(weeks: readonly UsageWeek[]): string {
  const told = weeks.filter(total).map(weekWords);
  return trans.__('Uses in the last %1 weeks: %2. %3', weeks.length, legend(weeks), told.join('. '));
}
