/** What is selected, what is chosen of a file at first, and what a save says. */
import { Notification } from '@jupyterlab/apputils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BlockSource, CodePiece, SavedBlock } from '../../api/schema';
import { worthOf } from './Pieces';
import { COMPARE, MERGE, tellSaved } from './saved';
import { chosenText } from './selection';
import { placeOf } from '../sources/Sources';

vi.mock('@jupyterlab/apputils', () => ({
  Notification: { info: () => '', success: () => '' }
}));
vi.mock('@jupyterlab/ui-components', () => ({ ReactWidget: class {} }));

const piece = (given: Partial<CodePiece>): CodePiece => ({
  code: 'x = 1',
  name: 'x',
  language: 'python',
  is_worth: true,
  cell_id: '',
  line: 0,
  block_id: null,
  ...given
});

function editor(source: string, from: number, to: number, mimeType = 'text/x-ipython') {
  const position = (offset: number) => ({
    line: source.slice(0, offset).split('\n').length - 1,
    column: 0,
    offset
  });
  return {
    getSelection: () => ({ start: position(from), end: position(to) }),
    getOffsetAt: ({ offset }: { offset: number }) => offset,
    model: { mimeType, sharedModel: { getSource: () => source } }
  };
}

describe('What is selected', () => {
  it('is taken from the active cell, with the blanks before it', () => {
    const cell = { editor: editor('if x:\n    y = 1\n', 10, 15), model: { id: 'c' } };
    const widget = { content: { activeCell: cell }, context: { path: 'a.ipynb' } };
    expect(chosenText(widget as never)).toEqual({
      text: '    y = 1',
      language: '',
      path: 'a.ipynb',
      cellId: 'c',
      line: 2
    });
  });

  it('is taken from a file, whose language its editor knows', () => {
    const widget = { content: { editor: editor('x <- 1', 0, 6, 'text/x-rsrc') }, context: { path: 'a.R' } };
    expect(chosenText(widget as never)).toMatchObject({ text: 'x <- 1', language: 'r', line: 1 });
  });

  it('is nothing where nothing is', () => {
    expect(chosenText(null)).toBeNull();
    vi.stubGlobal('document', { getSelection: () => null });
    const widget = { console: { promptCell: { editor: editor('x', 1, 1) } } };
    expect(chosenText(widget as never)).toBeNull();
    vi.unstubAllGlobals();
  });
});

describe('What is chosen of a file at first', () => {
  it('is what is more than a look, and not kept yet', () => {
    const pieces = [piece({}), piece({ is_worth: false }), piece({ block_id: 'b' })];
    expect(worthOf(pieces)).toEqual([0]);
  });
});

describe('A place', () => {
  it('is named by its kind and its file', () => {
    const source = { id: 's', block_id: 'b', label: '', path: 'work/a.py', message_id: null, cell_id: '', line: 7, noted_at: '' };
    const named = (kind: BlockSource['kind'], label = '') => placeOf({ ...source, kind, label });
    expect(named('file')).toBe('a.py, line 7');
    expect(named('cell')).toBe('Cell in a.py');
    expect(named('answer', 'Sales')).toBe('Answer in “Sales”');
    expect(placeOf({ ...source, kind: 'paste', path: '' })).toBe('Pasted');
  });
});

describe('A save', () => {
  afterEach(() => void vi.restoreAllMocks());
  const block = { id: 'n', name: 'new', is_new: true, near: null } as unknown as SavedBlock;
  const commands = { execute: vi.fn(() => Promise.resolve()) };

  it('offers to make near-twins one', () => {
    const info = vi.spyOn(Notification, 'info').mockReturnValue('');
    const near = { block_id: 'o', name: 'old', likeness: 0.9, differs_in_names: false, differs_in_values: false };
    tellSaved(commands as never, { ...block, near });
    const [text, options] = info.mock.calls[0];
    expect(text).toBe('Kept as “new”. Nearly the same as “old”.');
    options!.actions!.forEach(action => action.callback({ preventDefault: () => undefined } as MouseEvent));
    const args = { block_id: 'n', other_id: 'o' };
    expect(commands.execute.mock.calls).toEqual([[COMPARE, args], [MERGE, args]]);
  });

  it('says where the code was kept already', () => {
    const info = vi.spyOn(Notification, 'info').mockReturnValue('');
    tellSaved(commands as never, { ...block, is_new: false });
    expect(info.mock.calls[0][0]).toBe('“new” holds this code already.');
  });
});
