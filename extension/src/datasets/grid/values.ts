/** A cell's value as a person reads it, by the language of the browser. Pure. */
import { trans } from '../../ui/words';
import type { GridColumn } from './source';

const LONGEST = 300;
let language: string | undefined;
let whole = new Intl.NumberFormat(language);
let broken = new Intl.NumberFormat(language, { maximumFractionDigits: 20 });
let day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });

/** Write numbers and days as this language does; undefined: as the browser does. */
export function speakNumbers(tag: string | undefined): void {
  language = tag;
  whole = new Intl.NumberFormat(tag);
  broken = new Intl.NumberFormat(tag, { maximumFractionDigits: 20 });
  day = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone: 'UTC' });
}

/** Years and keys are read as they are; long whole numbers get their separators. */
const isPlain = (name: string): boolean => /(^|[_\s-])(id|key|code|zip|plz|year|jahr)$/i.test(name);

/** The value in short, for a cell: one line, by the locale. */
export function shown(value: unknown, column: GridColumn): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value === 'number' && column.kind === 'number') {
    if (!Number.isFinite(value)) {
      return String(value);
    }
    const far = Math.abs(value);
    if (far >= 1e15 || (far < 1e-6 && value !== 0)) {
      return String(value);
    }
    if (Number.isInteger(value)) {
      return isPlain(column.name) ? String(value) : whole.format(value);
    }
    return broken.format(value);
  }
  if (typeof value === 'boolean') {
    return String(value);
  }
  const text = String(value);
  if (column.kind === 'date') {
    return dated(text);
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text.replace(/[\r\n\t]+/g, ' ↵ ');
}

/** A day as the language writes it; a moment's time stays as it is, to the last digit. */
function dated(text: string): string {
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})(.*)$/.exec(text) ?? [];
  const moment = date ? Date.parse(`${date}T00:00:00Z`) : NaN;
  return Number.isNaN(moment) ? text : day.format(moment) + time;
}

/** The value whole, for copying and for reading it out: no separators, nothing cut. */
export function exact(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** Rows as tab-separated text; a cell with a tab, a line's end or a quote is quoted. */
export function tsv(rows: ReadonlyArray<readonly unknown[]>): string {
  const cell = (value: unknown): string => {
    const text = exact(value);
    return /[\t\r\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map(row => row.map(cell).join('\t')).join('\n');
}

/** A column's name as it stands in the file, where it could not be taken as it is. */
export function inFile(title: string): string {
  return title.trim() ? trans.__('in the file “%1”', title) : trans.__('no name in the file');
}
