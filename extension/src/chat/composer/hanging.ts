/** Which names stand in a text, and what hangs on it besides. Pure. */
import type { Reference } from '../../api/schema';

/** Whether two references name the same. */
export function isSame(one: Reference, other: Reference): boolean {
  return one.kind === other.kind && one.id === other.id && one.path === other.path;
}

/** Where a name stands behind an @ in a text; -1 where it does not. */
export function placeOf(name: string, text: string): number {
  const written = `@${name}`;
  for (let at = text.indexOf(written); at >= 0; at = text.indexOf(written, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + written.length] ?? ' ';
    if (!/[\p{L}\p{N}_@./]/u.test(before) && !/[\p{L}\p{N}_]/u.test(after)) {
      return at;
    }
  }
  return -1;
}

export function isNamed(reference: Reference, text: string): boolean {
  return placeOf(reference.name, text) >= 0;
}

/**
 * The chips of a text: those that were hung on it, and of those whose name was taken the ones
 * that still stand in it. Taking a name back from the text takes its chip; undo brings both back.
 */
export function chipsOf(
  text: string,
  hung: readonly Reference[],
  taken: readonly Reference[]
): readonly Reference[] {
  const named = taken.filter(reference => isNamed(reference, text));
  return [...hung.filter(one => !named.some(other => isSame(one, other))), ...named];
}

/** A text in which a name is only a word any more. */
export function unnamed(text: string, name: string): string {
  const at = placeOf(name, text);
  return at < 0 ? text : unnamed(text.slice(0, at) + text.slice(at + 1), name);
}

export interface Part {
  text: string;
  /** What it names, where it does. */
  reference?: Reference;
}

/** A question in pieces: its words, and the names in it. */
export function parts(text: string, references: readonly Reference[]): Part[] {
  const found = references
    .flatMap(reference => places(reference, text).map(at => ({ at, reference })))
    // Of two names that begin at one place the longer one is meant.
    .sort((one, other) => one.at - other.at || other.reference.name.length - one.reference.name.length);
  const given: Part[] = [];
  let end = 0;
  for (const { at, reference } of found) {
    if (at >= end) {
      given.push({ text: text.slice(end, at) }, { text: `@${reference.name}`, reference });
      end = at + reference.name.length + 1;
    }
  }
  given.push({ text: text.slice(end) });
  return given.filter(part => part.text !== '');
}

function places(reference: Reference, text: string): number[] {
  const found: number[] = [];
  for (let from = 0; ; ) {
    const at = placeOf(reference.name, text.slice(from));
    if (at < 0) {
      return found;
    }
    found.push(from + at);
    from += at + reference.name.length + 1;
  }
}

/** What a chip was when it was asked, in a few lines: its tooltip. */
export function told(reference: Reference): string {
  const { kind, name, path, text } = reference;
  const where = path && path !== name ? `${name} · ${path}` : name;
  const short = text.length > 600 ? `${text.slice(0, 600)}\n…` : text;
  return [`${kind.replace('_', ' ')}: ${where}`, short].filter(Boolean).join('\n\n');
}
