/** The places of a template, such as `{{dataset}}` or `{{limit=10}}`, and what fills them. Pure. */
import type { Variable } from '../api/schema';

const PLACE = /\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*(?:=[ \t]*([^{}\n]*?)[ \t]*)?\}\}/g;

/** The places in their order, each name once, with the first default that is said. */
export function places(text: string): Variable[] {
  const found = new Map<string, string>();
  for (const [, name, standard] of text.matchAll(PLACE)) {
    if (!found.get(name)) {
      found.set(name, standard ?? '');
    }
  }
  return [...found].map(([name, standard]) => ({ name, default: standard }));
}

/** The text with its places filled; what is filled in is not looked into again. */
export function filled(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(PLACE, (whole: string, name: string, _: string | undefined, at: number) => {
    const value = values.get(name) ?? '';
    if (name === 'dataset' && value && text[at - 1] !== '@') {
      return `@${value.replace(/^@/, '')}`;
    }
    if ((name === 'selection' || name === 'cell') && value.includes('\n')) {
      return fenced(value);
    }
    return name === 'dataset' ? value.replace(/^@/, '') : value;
  });
}

/** Code between fences that are longer than any inside it. */
function fenced(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `\n\n${fence}python\n${code.replace(/\n$/, '')}\n${fence}\n\n`;
}

/** A name for a template, made of its text's first words. */
export function nameFor(text: string): string {
  const words = text.replace(PLACE, ' ').toLowerCase().match(/[a-z][a-z0-9]*/g) ?? [];
  return words.slice(0, 3).join('-').slice(0, 40) || 'question';
}
