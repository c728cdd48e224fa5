/** Prose and code of growing answers, over the fence cases that the server is tested on too. */
import { describe, expect, it } from 'vitest';
import { split, Splitter, type CodeSegment, type Segment } from './segments';

interface Case {
  name: string;
  text: string;
  fences: Array<{ language: string; code: string; closed: boolean }>;
}

const SHARED = '../../../../tests/library/fences.json';
const { default: { cases: shared } } = (await import(/* @vite-ignore */ SHARED)) as {
  default: { cases: Case[] };
};

const codeOf = (segments: Segment[]): Case['fences'] =>
  segments
    .filter((segment): segment is CodeSegment => segment.kind === 'code')
    .map(({ language, code, closed }) => ({ language, code, closed }));

const proseOf = (segments: Segment[]): string[] =>
  segments.flatMap(segment => (segment.kind === 'prose' ? [segment.text.trim()] : []));

describe('the cases shared with the server', () => {
  it.each(shared.map(found => [found.name, found] as const))('%s', (_, { text, fences }) => {
    expect(codeOf(split(text))).toEqual(
      fences.map(({ language, code, closed }) => ({ language, code, closed }))
    );
  });

  it.each(shared.map(found => [found.name, found] as const))(
    '%s, letter by letter',
    (_, { text }) => {
      const splitter = new Splitter();
      let closed: Segment[] = [];
      for (const letter of text) {
        splitter.push(letter);
        const now = splitter.segments();
        closed.forEach((segment, index) => expect(now[index]).toBe(segment));
        closed = now.filter(segment => segment.closed);
      }
      splitter.end();
      expect(splitter.segments()).toEqual(split(text));
    }
  );
});

describe('prose around fences', () => {
  it('keeps prose before, between and after', () => {
    const segments = split('One.\n\n```python\nx = 1\n```\n\nTwo.\n\n~~~\ny\n~~~\nThree.');
    expect(segments.map(segment => segment.kind)).toEqual([
      'prose',
      'code',
      'prose',
      'code',
      'prose'
    ]);
    expect(proseOf(segments)).toEqual(['One.', 'Two.', 'Three.']);
  });

  it('takes the indentation of a list item from the prose that follows its code', () => {
    const segments = split('1. Load:\n\n   ```python\n   x\n   ```\n\n   Then look.\n2. Plot.');
    expect(proseOf(segments)).toEqual(['1. Load:', 'Then look.\n2. Plot.']);
  });

  it('keeps the marker of an item that begins with a fence', () => {
    expect(proseOf(split('2. ```sh\n   ls\n   ```\n3. Done.'))).toEqual(['2.', '3. Done.']);
  });

  it('keeps the quote around what follows a quoted fence', () => {
    expect(proseOf(split('> See:\n> ```\n> x\n> ```\n> after'))).toEqual(['> See:', '> after']);
  });

  it('cuts long prose at a blank line between blocks and nowhere else', () => {
    const paragraph = 'word '.repeat(300).trim();
    const item = `- ${paragraph}`;
    const segments = split([paragraph, paragraph, item, item, paragraph].join('\n\n'));
    expect(proseOf(segments)).toEqual([paragraph, paragraph, `${item}\n\n${item}`, paragraph]);
  });

  it('does not cut inside an HTML element that holds blocks', () => {
    const paragraph = 'word '.repeat(300).trim();
    const text = `<details>\n\n${paragraph}\n\n${paragraph}\n\n</details>\n\nafter`;
    expect(proseOf(split(text))).toEqual([text.replace('\n\nafter', ''), 'after']);
  });
});

describe('a growing answer', () => {
  it('shows the line that is being written', () => {
    const splitter = new Splitter();
    splitter.push('Hello wor');
    expect(splitter.segments()).toEqual([{ kind: 'prose', text: 'Hello wor', closed: false }]);
  });

  it('does not show a fence before it is known to be one', () => {
    const splitter = new Splitter();
    splitter.push('Look:\n``');
    expect(proseOf(splitter.segments())).toEqual(['Look:']);
    splitter.push('`pyth');
    expect(proseOf(splitter.segments())).toEqual(['Look:']);
    splitter.push('on\nx = 1\n``');
    expect(codeOf(splitter.segments())).toEqual([
      { language: 'python', code: 'x = 1', closed: false }
    ]);
    splitter.push('`\n');
    expect(codeOf(splitter.segments())[0].closed).toBe(true);
  });

  it('finds every block of a long text that comes in small pieces', () => {
    const text = 'A line of prose.\n\n```python\nx = 1\n```\n'.repeat(2700);
    const splitter = new Splitter();
    for (let at = 0; at < text.length; at += 20) {
      splitter.push(text.slice(at, at + 20));
    }
    splitter.end();
    expect(codeOf(splitter.segments())).toHaveLength(2700);
  });
});

describe('a very long paragraph', () => {
  const pushed = (text: string, size = 7): Segment[] => {
    const splitter = new Splitter();
    for (let at = 0; at < text.length; at += size) {
      splitter.push(text.slice(at, at + size));
    }
    splitter.end();
    return splitter.segments();
  };
  const words = (count: number, word = 'word'): string =>
    Array.from({ length: count }, (_, at) => `${word}${at}`).join(' ');

  it('goes on in further segments, so that its beginning is not drawn again', () => {
    const segments = pushed(`${words(2000)}\n\nThe end.`);
    const sizes = segments.map(segment => (segment.kind === 'prose' ? segment.text.length : 0));
    expect(Math.max(...sizes)).toBeLessThan(4000);
    expect(segments.length).toBeGreaterThan(4);
    expect(proseOf(segments).join(' ')).toBe(`${words(2000)}\n\nThe end.`);
    const flows = segments.map(segment => segment.kind === 'prose' && segment.flows === true);
    expect(flows.lastIndexOf(true)).toBe(segments.length - 2);
  });

  it('is cut between its lines, too', () => {
    const lines = Array.from({ length: 300 }, (_, at) => `line ${at} of it`).join('\n');
    const segments = pushed(lines);
    expect(segments.length).toBeGreaterThan(2);
    expect(proseOf(segments).join('\n')).toBe(lines);
  });

  it.each([
    ['emphasis', `**${words(900)}`],
    ['a link', `[${words(900)}`],
    ['a tag', `<b title="${words(900)}`],
    ['code', `\`${words(900)}`],
    ['a quote', `> ${words(900)}`],
    ['a list', `- ${words(900)}`],
    ['a heading', `# ${words(900)}`]
  ])('is not cut inside %s', (_, text) => {
    expect(pushed(text).length).toBe(1);
  });

  it('is cut behind emphasis, code and links that have ended', () => {
    const text = `${words(300)} **bold** and \`code\` and [a](https://example.org/x) snake_case ${words(900)}`;
    expect(pushed(text).length).toBeGreaterThan(3);
    expect(proseOf(pushed(text)).join(' ')).toBe(text);
  });

  it('lets no piece begin with what would be a block of its own', () => {
    for (const mark of ['1. one', '- one', '# one', '> one', '+ one', '=== one']) {
      const segments = pushed(`${words(240)} ${Array.from({ length: 400 }, () => mark).join(' ')}`, 3);
      proseOf(segments).forEach(text => expect(text).toMatch(/^[a-z]/));
    }
  });
});
