/** Numbers as people write them, and the ticks of an axis. Pure. */
import type { Estimate } from '../api/schema';

/** Four digits, whole numbers whole, seldom an exponent; the server's sentences do the same. */
export function say(value: number): string {
  if (value === 0) {
    return '0';
  }
  const size = Math.floor(Math.log10(Math.abs(value)));
  const text =
    size < -6 || size >= 15
      ? value.toExponential(3).replace(/\.?0+e/, 'e')
      : value.toFixed(Math.min(100, Math.max(0, 3 - size))).replace(/(\.\d*?)0+$/, '$1');
  return text.replace(/\.$/, '').replace(/-/g, '−');
}

/** Whether an estimate has an interval, and more than a point of it. */
export function hasWidth(estimate: Estimate): estimate is Estimate & { low: number; high: number } {
  return estimate.low !== null && estimate.high !== null && estimate.low !== estimate.high;
}

/** About `count` round numbers that lie between two others. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) {
    return [low];
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough) ?? rough;
  const found: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high + step * 1e-9; n++) {
    found.push(Number((n * step).toPrecision(12)));
  }
  return found;
}

/** The span of values with a little room at both ends; one value gets room of its own. */
export function span(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low) * 0.06 || Math.abs(low) * 0.1 || 1;
  return [low - room, high + room];
}
