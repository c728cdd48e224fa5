/** Runs and schedules in words. Pure. */
import type { Parameter, Run, RunStatus } from '../api/schema';

export const STATUS_WORDS: Record<RunStatus, string> = {
  queued: 'Waiting',
  starting: 'Starting',
  running: 'Running',
  succeeded: 'Succeeded',
  failed: 'Failed',
  timed_out: 'Too long',
  cancelled: 'Cancelled',
  lost: 'Lost',
  skipped: 'Skipped',
  missed: 'Missed'
};

export const TONES: Record<RunStatus, 'plain' | 'good' | 'bad' | 'warn' | 'busy'> = {
  queued: 'plain',
  starting: 'busy',
  running: 'busy',
  succeeded: 'good',
  failed: 'bad',
  timed_out: 'bad',
  cancelled: 'plain',
  lost: 'bad',
  skipped: 'warn',
  missed: 'warn'
};

export function isLive(run: Run): boolean {
  return run.status === 'queued' || run.status === 'starting' || run.status === 'running';
}

/** Seconds that a run took, or has taken so far; null before it began. */
export function seconds(run: Run, now: number = Date.now()): number | null {
  if (!run.started_at) {
    return null;
  }
  const end = run.ended_at ? new Date(run.ended_at).getTime() : now;
  return Math.max(0, (end - new Date(run.started_at).getTime()) / 1000);
}

/** Why a run did not succeed, with the cell's number. */
export function why(run: Run): string {
  if (!run.error) {
    return '';
  }
  const { cell, name, message } = run.error;
  if (run.status !== 'failed') {
    return message;
  }
  const what = [name, message].filter(Boolean).join(': ');
  return cell ? `Cell [${cell}] failed: ${what}` : what;
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A value as a person would write it into the form. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A number with as many digits as are worth reading. */
export function readable(value: number): string {
  return Number.isInteger(value)
    ? value.toLocaleString()
    : value.toLocaleString(undefined, { maximumSignificantDigits: 5 });
}

const TYPE_WORDS: Record<Parameter['type'], string> = {
  int: 'Whole number',
  float: 'Number',
  str: '',
  bool: '',
  date: '',
  list: 'List in JSON',
  dict: 'Object in JSON',
  any: 'Any value'
};

/** The line under a parameter's input. */
export function hint(parameter: Parameter): string {
  const kind = parameter.choices ? '' : TYPE_WORDS[parameter.type];
  const optional = parameter.is_optional ? (kind ? 'may be left empty' : 'May be left empty') : '';
  const rest = [kind, optional].filter(Boolean).join(', ');
  return [parameter.help, rest].filter(Boolean).join(' · ');
}

/** A due time as its time zone's clocks show it. */
export function dueText(moment: string, zone: string): string {
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone
  };
  return new Date(moment).toLocaleString(undefined, options);
}

export type Preset = 'hourly' | 'daily' | 'weekdays' | 'weekly' | 'custom';

export const PRESETS: Array<[Preset, string]> = [
  ['hourly', 'Every hour'],
  ['daily', 'Every day'],
  ['weekdays', 'Every weekday (Monday to Friday)'],
  ['weekly', 'Every Monday'],
  ['custom', 'Custom (cron line)']
];

/** The cron line of a preset at a time such as 08:00. */
export function cronOf(preset: Exclude<Preset, 'custom'>, time: string): string {
  const [hour, minute] = time.split(':').map(Number);
  const at = `${minute || 0} ${hour || 0}`;
  return {
    hourly: '0 * * * *',
    daily: `${at} * * *`,
    weekdays: `${at} * * 1-5`,
    weekly: `${at} * * 1`
  }[preset];
}

/** Which preset a cron line is, and at which time. */
export function presetOf(cron: string): { preset: Preset; time: string } {
  const found = /^(\d{1,2}) (\d{1,2}|\*) \* \* (\*|1-5|1)$/.exec(cron);
  if (cron === '0 * * * *') {
    return { preset: 'hourly', time: '08:00' };
  }
  if (!found || found[2] === '*') {
    return { preset: 'custom', time: '08:00' };
  }
  const time = `${found[2].padStart(2, '0')}:${found[1].padStart(2, '0')}`;
  const preset = { '*': 'daily', '1-5': 'weekdays', '1': 'weekly' }[found[3]] as Preset;
  return { preset, time };
}
