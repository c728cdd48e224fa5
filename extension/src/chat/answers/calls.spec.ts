/** Calls in an answer: their places in its text, and how far they are known. */
import { describe, expect, it } from 'vitest';
import type { CallStatus, ToolCall } from '../../api/schema';
import { further } from './calls';
import { message, toolCall } from '../fixture';

function call(id: string, status: CallStatus): ToolCall {
  return toolCall(id, { status });
}

const streaming = (...calls: ToolCall[]) => message('m1', { status: 'streaming', calls });

describe('a message that is fetched while its calls go on', () => {
  it('keeps what was heard to be further', () => {
    const found = further(
      streaming(call('a', 'succeeded'), call('b', 'waiting')),
      streaming(call('a', 'waiting'), call('b', 'running'))
    );
    expect(found.calls.map(({ status }) => status)).toEqual(['succeeded', 'running']);
  });

  it('keeps calls that were heard of after it was written down', () => {
    const found = further(streaming(call('a', 'succeeded'), call('b', 'waiting')), streaming());
    expect(found.calls.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('is believed where it has ended', () => {
    const ended = message('m1', { calls: [call('a', 'stopped')] });
    expect(further(streaming(call('a', 'waiting'), call('b', 'waiting')), ended).calls).toEqual(
      ended.calls
    );
  });
});
