/** A cell's value as a person reads it, by the language of the browser. Pure. */
import type { GridColumn } from './source';

const LONGEST = 300;
let language: string | undefined;
let whole = new Intl.NumberFormat(language);
let broken = new Intl.NumberFormat(language, { maximumFractionDigits: 20 });

/** Write numbers as this language does; undefined: as the browser does. */
export function speakNumbers(tag: string | undefined): void {
  language = tag;
  whole = new Intl.NumberFormat(tag);
  broken = new Intl.NumberFormat(tag, { maximumFractionDigits: 20 });
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
    if (Number.isInteger(value)) {
      return isPlain(column.name) ? String(value) : whole.format(value);
    }
    const far = Math.abs(value);
    return far >= 1e15 || far < 1e-6 ? String(value) : broken.format(value);
  }
  if (typeof value === 'boolean') {
    return String(value);
  }
  const text = String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text.replace(/[\r\n\t]+/g, ' ↵ ');
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
