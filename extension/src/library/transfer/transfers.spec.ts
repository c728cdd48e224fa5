/** An import is sent in pieces and shown before it is kept; an export is downloaded once. */
import { describe, expect, it } from 'vitest';
import type { BlockExport, BlockImport, ImportRow } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { Transfers } from './transfers';

const IMPORT = {
  id: 'i', filename: 'a.json', status: 'receiving', done: 0, total: 0, new: 0, same: 0, near: 0,
  broken: 0, added: 0, revised: 0, noted: 0, refused: [], error: '', hint: '', made_at: ''
} as unknown as BlockImport;
const ROW = {
  at: 0, state: 'near', name: 'a', language: 'python', description: '', place: '', note: '',
  block_id: 'b', block_name: 'mine', likeness: 0.9, choice: 'keep'
} as ImportRow;

function world(answers: Record<string, unknown> = {}) {
  const asked: Array<[string, unknown]> = [];
  const heard: Record<string, (event: never) => void> = {};
  const sponde = {
    api: {
      call: async (route: string, options: { body?: unknown } = {}) => {
        asked.push([route, options.body]);
        const answer = answers[route];
        if (answer instanceof Error) {
          throw answer;
        }
        return answer ?? IMPORT;
      },
      url: (route: string) => route
    },
    feed: { on: (kind: string, listener: (event: never) => void) => (heard[kind] = listener) }
  } as unknown as ISponde;
  const downloads: string[] = [];
  const transfers = new Transfers(sponde, url => downloads.push(url));
  return { transfers, asked, heard, downloads };
}

describe('an import', () => {
  it('shows what is in a file once it is read, and keeps nothing by itself', async () => {
    const { transfers, asked, heard } = world({
      'GET /code-block-imports/{import_id}/rows': { rows: [ROW], total: 1 },
      'GET /code-block-imports': []
    });
    await transfers.take('a.json');
    heard.ImportChanged({ transfer: { ...IMPORT, status: 'ready', near: 1, total: 1 } } as never);
    await new Promise(resolve => setTimeout(resolve));
    expect(transfers.rows).toEqual([ROW]);
    expect(asked.map(([route]) => route)).not.toContain('POST /code-block-imports/{import_id}/keep');
  });

  it('takes one choice over the choice for all, and the last choice for all over both', async () => {
    const { transfers } = world();
    transfers.importing = { ...IMPORT, status: 'ready', near: 2, new: 1 };
    transfers.rows = [ROW, { ...ROW, at: 1 }];
    transfers.chooseNear('revise');
    transfers.choose(ROW, 'skip');
    expect([transfers.choiceOf(ROW), transfers.choiceOf({ ...ROW, at: 1 })]).toEqual(['skip', 'revise']);
    expect(transfers.wanted).toBe(2);
    transfers.chooseNear('skip');
    expect(transfers.choiceOf(ROW)).toBe('skip');
    expect(transfers.wanted).toBe(1);
  });

  it('tells what went wrong', async () => {
    const { transfers } = world({ 'POST /code-block-imports': new Error('No such file') });
    await transfers.take('a.json');
    expect(transfers.error).toEqual(new Error('No such file'));
    expect(transfers.importing).toBeNull();
  });
});

describe('an export', () => {
  const DONE = { id: 'e', status: 'done', total: 1, done: 1, filename: 'a.json' } as BlockExport;

  it('is downloaded once, whichever way its end is heard of', async () => {
    const { transfers, heard, downloads } = world({
      'POST /code-block-exports': { ...DONE, status: 'working' },
      'GET /code-block-exports/{export_id}': DONE
    });
    await transfers.export({ format: 'bundle' });
    heard.ExportChanged({ transfer: DONE } as never);
    expect(downloads).toHaveLength(1);
    heard.ExportChanged({ transfer: { ...DONE, status: 'working' } } as never);
    expect(transfers.exporting).toEqual(DONE); // what comes late says less
  });
});
