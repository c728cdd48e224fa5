/** Moments and durations in words. */
import { trans } from './words';

const UNITS: Array<[Intl.RelativeTimeFormatUnit, number]> = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60]
];

/** How long ago, such as "3 minutes ago"; older than a week, the date. */
export function ago(moment: string, now: number = Date.now()): string {
  const seconds = (new Date(moment).getTime() - now) / 1000;
  if (Math.abs(seconds) > 7 * 86_400) {
    return new Date(moment).toLocaleDateString();
  }
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) {
      return format.format(Math.round(seconds / size), unit);
    }
  }
  return seconds > 0 ? trans.__('in less than a minute') : trans.__('just now');
}

/** A duration in seconds, such as "0.8 s", "42 s", "3 min 5 s". */
export function duration(seconds: number): string {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 60) {
    return `${Math.round(seconds)} s`;
  }
  const whole = Math.round(seconds);
  return trans.__('%1 min %2 s', Math.floor(whole / 60), whole % 60);
}
