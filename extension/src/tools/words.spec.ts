/** What is said of calls, and how a command line and its environment are read. */
import { describe, expect, it } from 'vitest';
import type { ToolCall } from '../api/schema';
import { message, toolCall } from '../chat/fixture';
import { asText } from './outputs';
import { grouped, pairsOf, readerOf, statusOf, summaryOf, took, wordsOf } from './words';

function call(id: string, given: Partial<ToolCall> = {}): ToolCall {
  return toolCall(id, { duration_ms: 1234, ...given });
}

describe('a call in words', () => {
  it('says how it stands', () => {
    expect(statusOf(call('a'))).toBe('1.2 s');
    expect(statusOf(call('a', { status: 'running', progress: '1 of 3' }))).toBe('1 of 3');
    expect(took(0.2)).toBe('1 ms');
    expect(took(45_000)).toBe('45 s');
  });

  it('says who reads the result and whether it leaves this machine', () => {
    const to = (is_local: boolean) =>
      message('m1', {
        receipt: {
          model: 'large',
          provider: 'Elsewhere',
          address: '',
          is_local,
          tokens: 1,
          model_id: '',
          exposed: [],
          pieces: 1
        }
      });
    expect(readerOf(call('a'), to(true))).toContain('nothing leaves it');
    expect(readerOf(call('a'), to(false))).toContain('it leaves this machine. Of rows');
    expect(readerOf(call('a', { tool: 'x' }), to(false))).not.toContain('policies');
  });

  it('counts many in one line', () => {
    const files = call('c', { label: 'Read a file' });
    expect(summaryOf([call('a'), call('b'), files])).toBe('3 calls: Run SQL ×2, Read a file');
  });
});

describe('many calls', () => {
  it('fold where they went well and stand alone where they did not', () => {
    const quiet = ['a', 'b', 'c', 'd'].map(id => call(id));
    expect(grouped([...quiet, call('e', { status: 'failed' }), call('f')])).toHaveLength(3);
    expect(grouped(quiet.slice(0, 3))).toHaveLength(3);
    expect(grouped([...quiet, call('w', { status: 'waiting' })])[1][0].id).toBe('w');
  });
});

describe('what a person enters for a server', () => {
  it('is split as a shell splits it, and nothing of it is run', () => {
    expect(wordsOf('uvx "a b" \'c d\' e\\ f --x="1 2" $(rm) ;')).toEqual([
      'uvx', 'a b', 'c d', 'e f', '--x=1 2', '$(rm)', ';'
    ]);
    expect(wordsOf('  ')).toEqual([]);
  });

  it('is read line by line', () => {
    expect(pairsOf('A=1\n\nAuthorization: Bearer x=y\n')).toEqual({
      pairs: { A: '1', Authorization: 'Bearer x=y' },
      wrong: ''
    });
    expect(pairsOf('A=1\nnothing').wrong).toBe('nothing');
  });
});

describe('the outputs of a cell', () => {
  it('are text without colours; pictures are named', () => {
    expect(
      asText([
        { output_type: 'stream', name: 'stdout', text: 'one\n' },
        {
          output_type: 'display_data',
          metadata: {},
          data: { 'image/png': 'x', 'text/plain': '<Figure>' }
        },
        {
          output_type: 'error',
          ename: 'ValueError',
          evalue: 'bad',
          traceback: ['\u001b[31mValueError\u001b[0m: bad']
        }
      ])
    ).toBe('one\n\n[a picture (image/png), shown in the notebook]\nValueError: bad');
  });
});
