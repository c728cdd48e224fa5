/** The line says to whom, how much and what of the data; nothing that leaves is overlooked. */
import { describe, expect, it } from 'vitest';
import type { Receipt, SentPart } from '../../api/schema';
import { cutOf, lineOf, titleOf, tokensOf } from './words';

const part = (given: Partial<SentPart>): SentPart => ({
  kind: 'dataset',
  name: 'sales',
  tokens: 10,
  turn: 0,
  at: 0,
  length: 0,
  dataset_id: 'd',
  policy: 'statistics',
  rows: 0,
  has_statistics: true,
  is_past: false,
  ...given
});

const receipt = (given: Partial<Receipt>): Receipt => ({
  model: 'gpt-4o',
  provider: 'OpenAI',
  address: 'https://api.openai.com/v1',
  is_local: false,
  turns: [],
  tokens: 1240,
  model_id: 'p/gpt-4o',
  tools: [],
  parts: [],
  cuts: [],
  room: 0,
  requests: [],
  exposed: [],
  pieces: 0,
  ...given
});

describe('a receipt in one line', () => {
  it('says how much goes where', () => {
    const line = lineOf([receipt({ parts: [part({}), part({ name: 'shops' })], cuts: [{ kind: 'turns', name: '', count: 3 }] })]);
    expect(line.size).toBe(`≈ ${(1240).toLocaleString()} tokens to gpt-4o at OpenAI`);
    expect(line.where).toBe('leaves this machine');
    expect(line.warning).toBe('');
    expect(line.rest).toEqual(['2 datasets (statistics)', '3 older turns left out']);
  });

  it('says clearly that rows leave', () => {
    const parts = [part({ rows: 20, policy: 'rows' }), part({ name: 'shops' })];
    expect(lineOf([receipt({ parts })]).warning).toBe('with 20 rows of sales');
    const here = lineOf([receipt({ parts, is_local: true })]);
    expect([here.where, here.warning]).toEqual(['stays on this machine', '']);
  });

  it('names the largest of several, and that one of them is elsewhere', () => {
    const line = lineOf([receipt({ is_local: true, tokens: 90 }), receipt({})]);
    expect([line.size, line.where]).toEqual([`≈ ${(1240).toLocaleString()} tokens to 2 models`, 'leaves this machine']);
  });
});

describe('the parts of a receipt', () => {
  it('are called by what they are', () => {
    expect(titleOf(part({ rows: 1 }))).toBe('sales (1 row)');
    expect(titleOf(part({ has_statistics: false }))).toBe('sales (names and types)');
    expect(titleOf(part({ kind: 'project', name: '.sponde/instructions.md' }))).toContain('.sponde/instructions.md');
    expect(tokensOf(1)).toBe('1 token');
    expect(tokensOf(1500)).toBe(`${(1500).toLocaleString()} tokens`);
  });

  it('say in a sentence why something is missing', () => {
    expect(cutOf({ kind: 'rows', name: 'sales', count: 12 })).toBe('12 rows of sales: there is no room for them.');
    expect(cutOf({ kind: 'withheld', name: 'sales', count: 1 })).toContain('policy of sales');
  });
});
