/** A column's values in a picture the size of a word: bins, or the most frequent values. */
import * as React from 'react';
import type { Column } from '../api/schema';
import { trans } from '../ui/words';
import { count, edge } from './words';

const HEIGHT = 20;

interface Bar {
  label: string;
  count: number;
}

export function barsOf(column: Column): Bar[] {
  const spread = column.histogram;
  if (spread && spread.counts.length > 1) {
    return spread.counts.map((number, place) => ({
      label: `${edge(column.kind, spread.edges[place])} – ${edge(column.kind, spread.edges[place + 1])}`,
      count: number
    }));
  }
  return column.top.map(top => ({ label: top.value, count: top.count }));
}

interface ChartProps {
  column: Column;
  width: number;
  height?: number;
}

export function Chart({ column, width, height = HEIGHT }: ChartProps): JSX.Element | null {
  const bars = barsOf(column);
  const most = Math.max(...bars.map(bar => bar.count), 1);
  if (!bars.length || (column.kind === 'text' && most < 2)) {
    return null;
  }
  const step = width / Math.max(bars.length, 6);
  const gap = step > 4 ? 1 : 0.5;
  return (
    <svg
      className={`sp-Chart sp-mod-${column.histogram ? 'spread' : 'values'}`}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={trans.__('How the values of %1 are spread', column.name)}
    >
      {bars.map((bar, place) => {
        const tall = bar.count ? Math.max(1.5, (bar.count / most) * height) : 0;
        return (
          <g key={place}>
            <title>{`${bar.label}: ${count(bar.count)}`}</title>
            <rect className="sp-Chart-reach" x={place * step} y={0} width={step} height={height} />
            <rect
              className="sp-Chart-bar"
              x={place * step}
              y={height - tall}
              width={Math.max(step - gap, 1)}
              height={tall}
            />
          </g>
        );
      })}
      <line x1={0} x2={width} y1={height - 0.25} y2={height - 0.25} />
    </svg>
  );
}
