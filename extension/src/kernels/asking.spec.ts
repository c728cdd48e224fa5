/** Asking a kernel: when, and what its answer is. The program itself is tested in a real kernel. */
import { describe, expect, it } from 'vitest';
import { isFree, read, variables } from './asking';

const kernel = (given: object) =>
  ({ status: 'idle', connectionStatus: 'connected', hasPendingInput: false, ...given }) as never;
const answer = (value: unknown) => ({
  user_expressions: {
    given: { status: 'ok', data: { 'text/plain': `'${btoa(JSON.stringify(value))}'` } }
  }
});

describe('a kernel', () => {
  it('is asked only while it is idle and nobody types into it', () => {
    expect(isFree(kernel({}))).toBe(true);
    expect(isFree(kernel({ status: 'busy' }))).toBe(false);
    expect(isFree(kernel({ connectionStatus: 'connecting' }))).toBe(false);
    expect(isFree(kernel({ hasPendingInput: true }))).toBe(false);
  });

  it('is asked silently, without history, without a place for code', async () => {
    let sent: Record<string, unknown> = {};
    let isDisposed = false;
    const requestExecute = (content: Record<string, unknown>) => {
      sent = content;
      return {
        done: Promise.resolve({ content: answer([['df', 'DataFrame', '3 × 2']]) }),
        dispose: () => (isDisposed = true)
      };
    };
    expect(await variables(kernel({ requestExecute }))).toEqual([
      { name: 'df', type: 'DataFrame', shape: '3 × 2' }
    ]);
    expect(sent).toMatchObject({ code: '', silent: true, store_history: false, allow_stdin: false });
    expect(isDisposed).toBe(true);
  });

  it('that fails says why', () => {
    const failed = { user_expressions: { given: { status: 'error', evalue: 'no IPython' } } };
    expect(() => read(failed)).toThrow('no IPython');
    expect(() => read({ status: 'aborted' })).toThrow('did not say');
  });
});
