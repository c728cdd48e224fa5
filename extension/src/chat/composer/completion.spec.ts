/** What is completed while a question is typed. */
import { describe, expect, it } from 'vitest';
import type { Command } from '../../api/schema';
import { complete, datasetAt, type Known } from './completion';

const command = (name: string, usage: string, summary: string): Command => ({
  name,
  usage,
  summary,
  arguments: [],
  examples: [],
  description: '',
  is_read_only: true
});

const known: Known = {
  commands: [
    command('profile', '/profile @dataset', 'Columns and values'),
    command('plot', '/plot @dataset column [by column]', 'Draw'),
    command('sql', '/sql SELECT … FROM dataset', 'Ask')
  ],
  names: [
    { kind: 'dataset', name: 'bird_strikes', detail: '10,000 rows' },
    { kind: 'dataset', name: 'early_birds', detail: '' },
    { kind: 'code_block', name: 'clean-dates', detail: 'python' }
  ],
  columns: name =>
    name === 'bird_strikes'
      ? [
          { name: 'Altitude', detail: 'number' },
          { name: 'Cost: Total $', detail: 'number' }
        ]
      : []
};

const labels = (text: string, caret = text.length): string[] =>
  complete(text, caret, known)?.offers.map(offer => offer.label) ?? [];

describe('commands', () => {
  it('come after a slash at the beginning', () => {
    expect(labels('/')).toEqual(['/profile', '/plot', '/sql']);
    expect(labels('/pl')).toEqual(['/plot']);
    expect(labels('see /pl')).toEqual([]);
  });

  it('replace what was typed', () => {
    expect(complete('/pl', 3, known)).toMatchObject({ from: 0, to: 3 });
  });
});

describe('names', () => {
  it('come after an @, those that begin with it first', () => {
    expect(labels('what is @')).toEqual(['@bird_strikes', '@early_birds', '@clean-dates']);
    expect(labels('what is @bird')).toEqual(['@bird_strikes', '@early_birds']);
  });

  it('are datasets alone in a command', () => {
    expect(labels('/profile @')).toEqual(['@bird_strikes', '@early_birds']);
  });

  it('are not offered inside an address of mail', () => {
    expect(labels('me@bird')).toEqual([]);
  });

  it('are completed in the middle of a text', () => {
    expect(complete('a @bi and more', 5, known)).toMatchObject({ from: 2, to: 5 });
  });
});

describe('columns', () => {
  it('come after the dataset of a command that takes columns', () => {
    expect(labels('/plot @bird_strikes ')).toEqual(['Altitude', 'Cost: Total $']);
    expect(labels('/profile @bird_strikes ')).toEqual([]);
  });

  it('with spaces are written in quotes', () => {
    const found = complete('/plot @bird_strikes co', 22, known);
    expect(found?.offers[0].insert).toBe('"Cost: Total $" ');
    expect(found?.from).toBe(20);
  });

  it('are found behind an open quote', () => {
    const text = '/plot @bird_strikes "Cost: T';
    expect(complete(text, text.length, known)).toMatchObject({ from: 20, to: 28 });
    expect(labels(text)).toEqual(['Cost: Total $']);
  });

  it('may be typed with its spaces and no quotes', () => {
    const text = '/plot @bird_strikes cost: to';
    expect(complete(text, text.length, known)).toMatchObject({ from: 20, to: text.length });
    const second = '/plot @bird_strikes Altitude by cost: to';
    expect(complete(second, second.length, known)?.from).toBe(32);
  });

  it('may be followed by a second one', () => {
    expect(labels('/plot @bird_strikes Altitude ')).toEqual(['by', 'Altitude', 'Cost: Total $']);
    expect(labels('/plot @bird_strikes "Cost: Total $" b')).toEqual(['by']);
    expect(labels('/plot @bird_strikes Altitude by ')).toEqual(['Altitude', 'Cost: Total $']);
  });

  it('name the dataset that they belong to', () => {
    expect(datasetAt('/plot @bird_strikes ', 20)).toBe('bird_strikes');
    expect(datasetAt('/plot @bird', 11)).toBe(null);
  });
});
