/** What can be done with a code block, added by whoever has something to do with it. */
import { describe, expect, it, vi } from 'vitest';
import { CodeActions } from './actions';
import type { CodeAction, ShownCode } from './tokens';

const action = (id: string, given: Partial<CodeAction> = {}): CodeAction =>
  ({ id, label: id, rank: 10, run: async () => '', ...given }) as CodeAction;
const shown = { code: 'x = 1', language: 'python' } as ShownCode;

describe('actions on a block', () => {
  it('come from any extension, in the order of their ranks', () => {
    const actions = new CodeActions();
    const heard = vi.fn();
    actions.changed.connect(heard);
    actions.add(action('late', { rank: 90 }));
    actions.add(action('early', { rank: 1 }));
    expect(actions.list(shown).map(({ id }) => id)).toEqual(['early', 'late']);
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('may depend on the code, and may not fit it', () => {
    const actions = new CodeActions();
    actions.addFor(code => action(`run ${code.language}`));
    actions.add(action('sql only', { isVisible: ({ language }) => language === 'sql' }));
    expect(actions.list(shown).map(({ id }) => id)).toEqual(['run python']);
  });
});
