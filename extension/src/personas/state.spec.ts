/** The personas and templates as a tab knows them. */
import { Signal } from '@lumino/signaling';
import { describe, expect, it } from 'vitest';
import type { ISponde } from '../api/tokens';
import { PersonasState } from './state';

type Answer = (options: { body?: unknown; path?: unknown }) => unknown;

function made(answers: Record<string, Answer>): {
  state: PersonasState;
  asked: string[];
  tell: (kind: string) => void;
} {
  const asked: string[] = [];
  const heard = new Map<string, () => void>();
  const call = async (route: string, options = {}): Promise<unknown> => {
    asked.push(route);
    return (answers[route] ?? (() => []))(options);
  };
  const feed = { on: (kind: string, then: () => void) => heard.set(kind, then), reset: new Signal({}) };
  const state = new PersonasState({ api: { call, url: (route: string) => route }, feed } as unknown as ISponde);
  return { state, asked, tell: kind => heard.get(kind)?.() };
}

describe('personas and templates', () => {
  it('are fetched together, and again when one changed elsewhere', async () => {
    const { state, asked, tell } = made({ 'GET /personas': () => [{ id: 'a' }] });
    await state.load();
    expect(state.personas).toEqual([{ id: 'a' }]);
    tell('PersonaChanged');
    tell('TemplateRemoved');
    expect(asked.filter(route => route === 'GET /templates')).toHaveLength(3);
  });

  it('are made or changed by the same door; what does not fit is thrown to the form', async () => {
    const { state, asked } = made({
      'PUT /personas/{persona_id}': () => {
        throw new Error('no');
      }
    });
    await state.savePersona('', { name: 'x' } as never);
    expect(asked[0]).toBe('POST /personas');
    await expect(state.savePersona('a', { name: 'x' } as never)).rejects.toThrow('no');
  });

  it('say why a file was refused, and keep what is there', async () => {
    const { state } = made({
      'GET /templates': () => [{ id: 't' }],
      'POST /template-file': () => {
        throw new Error('no templates');
      }
    });
    expect(await state.take('{"templates": []}')).toBeNull();
    expect(state.error).toBeInstanceOf(Error);
    expect(state.templates).toEqual([{ id: 't' }]);
    expect(await state.take('not json')).toBeNull();
    state.dismiss();
    expect(state.error).toBeNull();
  });
});
