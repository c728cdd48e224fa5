/** The filters of a search, as they stand in its text. The text is the truth; chips change it. Pure. */

const PIECE = /(?:([A-Za-z]+):)?(?:"([^"]*)"?|([^\s"]+))/g;

interface Piece {
  name: string;
  value: string;
  text: string;
}

function pieces(text: string): Piece[] {
  return [...text.matchAll(PIECE)].map(([whole, name = '', quoted, plain]) => ({
    name: name.toLowerCase(),
    value: quoted ?? plain ?? '',
    text: whole
  }));
}

/** The value of a filter, such as `model`; empty where it is not set. */
export function valueOf(text: string, name: string): string {
  return pieces(text).find(piece => piece.name === name)?.value ?? '';
}

/** Whether a filter such as `is:liked` is set. */
export function isSet(text: string, name: string, value: string): boolean {
  return pieces(text).some(
    piece => piece.name === name && piece.value.toLowerCase() === value
  );
}

/** Set a filter to one value, in the place of another one; empty takes it away. */
export function withValue(text: string, name: string, value: string): string {
  const others = pieces(text).filter(piece => piece.name !== name);
  return joined([...others.map(({ text: kept }) => kept), value && written(name, value)]);
}

/** Set a filter such as `is:liked`, or take it away. */
export function toggled(text: string, name: string, value: string): string {
  const others = pieces(text).filter(
    piece => piece.name !== name || piece.value.toLowerCase() !== value
  );
  const kept = others.map(({ text: one }) => one);
  return joined([...kept, isSet(text, name, value) ? '' : written(name, value)]);
}

function written(name: string, value: string): string {
  return /\s/.test(value) ? `${name}:"${value}"` : `${name}:${value}`;
}

function joined(parts: readonly string[]): string {
  return parts.filter(Boolean).join(' ');
}

/** The day so many days before now, as it stands behind `after:`. */
export function daysAgo(days: number, now: Date): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
