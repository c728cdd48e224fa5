/** What JupyterLab fetches of a translation (tests/house/test_translation.py) is what is said. */
import { readFileSync } from 'node:fs';
import { nullTranslator, TranslationManager, type ITranslatorConnector } from '@jupyterlab/translation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { speak, trans } from './words';

const german: unknown = JSON.parse(
  readFileSync(new URL('../../../tests/house/german.json', import.meta.url), 'utf8')
);

/** The language that JupyterLab's own server would give. */
async function languageOf(data: unknown): Promise<TranslationManager> {
  const server = { fetch: async () => ({ data, message: '' }) } as unknown as ITranslatorConnector;
  const manager = new TranslationManager('', undefined, undefined, server);
  await manager.fetch('de_DE');
  return manager;
}

describe('the words of the chat', () => {
  // Where JupyterLab reads the page's language.
  beforeEach(() => vi.stubGlobal('document', { documentElement: { getAttribute: () => 'en' } }));
  afterEach(() => {
    vi.unstubAllGlobals();
    speak(nullTranslator);
  });

  it('are said in the language that JupyterLab was set to', async () => {
    speak(await languageOf({ sponde: german }));
    expect(trans.__('Ask about your data')).toBe('Frag deine Daten');
    expect(trans.__('Waiting for %1…', 'granite')).toBe('Warte auf granite …');
    expect(trans._n('%2 row', '%2 rows', 1, '1')).toBe('1 Zeile');
    expect(trans._n('%2 row', '%2 rows', 1500, '1.500')).toBe('1.500 Zeilen');
  });

  it('stay English where a translation has none', async () => {
    speak(await languageOf({ sponde: german }));
    expect(trans.__('Answer %1', 'A')).toBe('Answer A');
    expect(trans._n('%1 answer', '%1 answers side by side', 3)).toBe('3 answers side by side');
  });
});
