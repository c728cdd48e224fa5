/** Places of templates, and what fills them. */
import { describe, expect, it } from 'vitest';
import { filled, nameFor, places } from './places';

const values = (pairs: Record<string, string>): Map<string, string> => new Map(Object.entries(pairs));

describe('places', () => {
  it('are found once each, with their defaults', () => {
    expect(places('{{a}} {{ b = 10 }} {{a=x}} {{1}} {{}} {b}')).toEqual([
      { name: 'a', default: 'x' },
      { name: 'b', default: '10' }
    ]);
  });

  it('are filled once: a value that looks like a place stays as it is', () => {
    expect(filled('{{a}} and {{b}}', values({ a: '{{b}}', b: '$&' }))).toBe('{{b}} and $&');
  });

  it('name datasets as questions do', () => {
    expect(filled('What is in {{dataset}}?', values({ dataset: 'sales' }))).toBe('What is in @sales?');
    expect(filled('/plot @{{dataset}}', values({ dataset: '@sales' }))).toBe('/plot @sales');
  });

  it('take code of several lines as a block whose fence nothing inside closes', () => {
    const text = filled('Explain {{cell}}', values({ cell: 'a = 1\n"""```"""\n' }));
    expect(text).toBe('Explain \n\n````python\na = 1\n"""```"""\n````\n\n');
  });
});

describe('a name for a template', () => {
  it('is made of its first words', () => {
    expect(nameFor('What is the Mean of {{column}}?')).toBe('what-is-the');
    expect(nameFor('{{selection}}')).toBe('question');
  });
});
