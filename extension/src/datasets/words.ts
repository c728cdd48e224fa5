/** Numbers, sizes and moments in the words of the panel. */
import type { Column, ColumnKind } from '../api/schema';

const whole = new Intl.NumberFormat('en');

export const count = (number: number): string => whole.format(number);

export function many(number: number, one: string, more = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : more}`;
}

export function size(bytes: number): string {
  if (bytes < 1000) {
    return many(bytes, 'byte');
  }
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = -1;
  do {
    value /= 1000;
    unit++;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A number for reading: 4 figures, no needless digits. */
export function figure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) {
    return whole.format(value);
  }
  const distance = Math.abs(value);
  if (distance >= 1e15 || (distance < 1e-4 && value !== 0)) {
    return value.toExponential(3);
  }
  return new Intl.NumberFormat('en', { maximumSignificantDigits: distance >= 1000 ? 6 : 4 }).format(
    value
  );
}

/** A histogram's edge: a figure, or for dates the day or moment. */
export function edge(kind: ColumnKind, value: number): string {
  if (kind === 'date') {
    const text = new Date(value * 1000).toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ');
  }
  if (kind === 'time') {
    return new Date(value * 1000).toISOString().slice(11, 19);
  }
  return figure(value);
}

/** A bound as text: figures get their separators, the rest stays as it is. */
export function bound(column: Column, text: string): string {
  const value = Number(text);
  return column.kind === 'number' && Number.isFinite(value) && Math.abs(value) < 2 ** 53
    ? figure(value)
    : text;
}

export const SHORT_KIND: Record<ColumnKind, string> = {
  number: '123',
  text: 'Abc',
  date: 'Date',
  time: 'Time',
  boolean: 'T/F',
  other: '{ }'
};

/** A share in words: never 0 % or 100 % unless it is that. */
export function share(part: number, all: number): string {
  const percent = (100 * part) / Math.max(all, 1);
  if (percent > 0 && percent < 1) {
    return '<1 %';
  }
  if (percent > 99 && percent < 100) {
    return '>99 %';
  }
  return `${Math.round(percent)} %`;
}
