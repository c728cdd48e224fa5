/** What is drawn of a long list, and how two texts are laid side by side and told in words. */
import { describe, expect, it, vi } from 'vitest';
import type { Api } from '../../api/client';
import { EventDispatcher } from '../../api/feed';
import type { CodeBlock, Revision } from '../../api/schema';
import { besideEachOther } from '../code/beside';
import { causeWords, changeWords } from '../page/changes';
import { Drafts } from '../page/drafts';
import { wordsOf } from '../code/languageWords';
import { Look } from './look';
import { Many } from '../bulk/many';
import { OpenBlock } from '../page/opened';
import { linesOf, marked } from '../code/letters';
import { between, placeOf, rowsOf, scrolledTo, wholeHeight } from './windowed';

describe('a long list', () => {
  it('draws what is seen, and nothing of ten thousand others', () => {
    const rows = rowsOf(Array.from({ length: 10_000 }, () => 30), 1);
    expect(wholeHeight(rows)).toBe(300_000);
    expect(between(rows, 3000, 3600, 10_000)).toEqual([100, 121]);
    expect(between(rows, -300, 500, 10_000)).toEqual([0, 17]);
    expect(between(rows, 299_990, 400_000, 10_000)).toEqual([9999, 10_000]);
  });

  it('lays cards out in rows that are as high as their highest', () => {
    const rows = rowsOf([10, 40, 20, 30, 5], 2);
    expect(rows.tops).toEqual([0, 40, 70, 75]);
    expect(placeOf(rows, 3)).toEqual({ top: 40, height: 30 });
    expect(between(rows, 45, 60, 5)).toEqual([2, 4]);
    expect(between(rowsOf([], 2), 0, 100, 0)).toEqual([0, 0]);
  });

  it('is scrolled as little as is needed', () => {
    const rows = rowsOf([30, 30, 30, 30], 1);
    expect(scrolledTo(rows, 0, 45, 60)).toBe(0);
    expect(scrolledTo(rows, 3, 0, 60)).toBe(60);
    expect(scrolledTo(rows, 1, 15, 60)).toBe(15);
  });
});

describe('two texts', () => {
  it('stand side by side, with room where one has a line more', () => {
    const pairs = besideEachOther('a\nb\nc', 'a\nB\nextra\nc');
    expect(pairs).toEqual([
      { kind: 'same', left: { line: 0 }, right: { line: 0 } },
      { kind: 'changed', left: { line: 1, mark: undefined }, right: { line: 1, mark: undefined } },
      { kind: 'changed', left: null, right: { line: 2, mark: undefined } },
      { kind: 'same', left: { line: 2 }, right: { line: 3 } }
    ]);
    expect(besideEachOther('same', 'same')).toEqual([]);
  });

  it('leave out what is the same far from a change, and count on', () => {
    const long = Array.from({ length: 20 }, (_, at) => `line ${at}`);
    const pairs = besideEachOther(long.join('\n'), [...long.slice(0, 19), 'other'].join('\n'));
    expect(pairs[0]).toEqual({ kind: 'skipped', lines: 17 });
    expect(pairs[pairs.length - 1]).toMatchObject({ left: { line: 19 }, right: { line: 19 } });
  });

  it('keep their colours when they are cut into lines and marked', () => {
    const lines = linesOf([
      { text: 'def', className: 'k' },
      { text: ' f():\n  x', className: '' }
    ]);
    expect(lines.map(line => line.map(piece => piece.text))).toEqual([['def', ' f():'], ['  x']]);
    expect(marked(lines[0], [2, 5]).map(piece => [piece.text, piece.isMarked])).toEqual([
      ['de', false], ['f', true], [' f', true], ['():', false]
    ]);
  });

  it('are told apart in words', () => {
    const text = { name: 'a', language: 'python', code: 'x\ny', description: '', tags: ['one'] };
    const now = { ...text, code: 'x\nz\nw', tags: ['two'], name: 'b', description: 'Told' };
    expect(changeWords(text, now)).toBe(
      'code +2 −1 · renamed from a · description written · tags + two, − one'
    );
    expect(changeWords(text, text)).toBe('nothing but spaces');
    const revision = { cause: 'restore', changed_by: 'ada' } as Revision;
    expect(causeWords(revision, 'ada')).toBe('restored by you');
    expect(causeWords({ ...revision, cause: 'edit', changed_by: '' }, 'ada')).toBe('edited');
  });
});

const block = (id: string, change: Partial<CodeBlock> = {}): CodeBlock =>
  ({ id, name: id, language: 'python', code: 'x', description: '', tags: [], uses: 0, ...change }) as CodeBlock;

describe('several blocks', () => {
  function many(answers: Record<string, unknown> = {}) {
    const asked: Array<[string, unknown]> = [];
    const api = {
      call: async (route: string, options: unknown) => {
        asked.push([route, options]);
        return answers[route] ?? { id: 'change', deed: 'tag', changed: ['a'], refused: [] };
      }
    } as unknown as Api;
    const list = {
      blocks: ['a', 'b', 'c', 'd'].map(id => block(id, { tags: id < 'c' ? ['x'] : ['x', 'y'] })),
      hasMore: false,
      more: async () => undefined
    };
    return { many: new Many({ api, feed: new EventDispatcher() }, list), asked, list };
  }

  it('are chosen one by one, in a row, and all', async () => {
    const { many: one, list } = many();
    one.toggle('b');
    one.reach('d');
    expect([...one.chosen]).toEqual(['b', 'c', 'd']);
    one.reach('a');
    expect([...one.chosen]).toEqual(['a', 'b']);
    expect(one.tags).toEqual([{ tag: 'x', blocks: 2 }]);
    one.clear();
    one.reach('c', 'b');
    expect([...one.chosen]).toEqual(['b', 'c']);
    list.hasMore = true;
    list.more = async () => {
      list.blocks = [...list.blocks, block('e')];
      list.hasMore = false;
    };
    await one.chooseAllFound();
    expect(one.chosen.size).toBe(5);
  });

  it('are changed in one request, which is taken back in one', async () => {
    const { many: one, asked } = many();
    const told = vi.fn();
    one.onDone = told;
    one.toggle('a');
    one.toggle('b');
    expect(await one.tag(['new'])).toBe(true);
    expect(asked[0][1]).toEqual({
      body: { deed: 'tag', block_ids: ['a', 'b'], add_tags: ['new'], remove_tags: [] }
    });
    expect(told).toHaveBeenCalledTimes(1);
    expect(one.undoLast()).toBe(true);
    expect(asked[1]).toEqual([
      'POST /code-blocks-many/{change_id}/undo', { path: { change_id: 'change' } }
    ]);
    expect(one.undoLast()).toBe(false);
  });

  it('that are deleted are no longer chosen', async () => {
    const { many: one } = many();
    one.chooseAll();
    await one.remove(['a', 'b']);
    expect([...one.chosen]).toEqual(['c', 'd']);
  });
});

describe('what is not saved', () => {
  const shelf = () => {
    let kept: string | null = null;
    return { read: () => kept, write: (text: string) => void (kept = text) };
  };

  it('is there again after another block was open, and after a reload', async () => {
    const there = shelf();
    const api = {
      call: async (route: string, { path }: { path: { block_id: string } }) =>
        route.endsWith('}') ? block(path.block_id) : []
    } as unknown as Api;
    const sponde = { api, feed: new EventDispatcher() };
    const drafts = new Drafts(there);
    const opened = new OpenBlock(sponde, drafts);
    await opened.open('a');
    opened.edit({ code: 'mine' });
    await opened.open('b');
    expect(opened.detail?.block.id).toBe('b');
    expect(opened.detail?.draft.code).toBe('x');
    await opened.open('a');
    expect(opened.detail?.draft.code).toBe('mine');
    drafts.flush();

    const reloaded = new OpenBlock(sponde, new Drafts(there));
    expect(reloaded.hasDraft('a')).toBe(true);
    await reloaded.open('a');
    expect(reloaded.isDirty).toBe(true);
    reloaded.heard(block('a', { code: 'theirs' }));
    expect(reloaded.detail?.draft.code).toBe('mine');
    expect(reloaded.isOvertaken).toBe(true);
    reloaded.discard();
    expect([reloaded.detail?.draft.code, reloaded.hasDraft('a')]).toEqual(['theirs', false]);
  });

  it('is told at the field that is wrong', async () => {
    const opened = new OpenBlock(
      { api: { call: async () => [] } as unknown as Api, feed: new EventDispatcher() },
      new Drafts(shelf())
    );
    await opened.open('a', block('a'));
    opened.edit({ name: 'no name' });
    expect(opened.detail?.wrong).toBe('name');
    opened.edit({ name: 'a_name' });
    expect(opened.detail?.wrong).toBe('');
  });
});

it('the look is remembered', () => {
  const kept = new Map<string, string>();
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  };
  const look = new Look(store);
  expect(look.kind).toBe('cards');
  look.kind = 'list';
  expect(new Look(store).kind).toBe('list');
});

it('the words of a language are offered as a person writes them', () => {
  expect(wordsOf('text/x-python', 'ret')).toEqual(['return']);
  expect(wordsOf('text/x-sql', 'sel')).toEqual(['select']);
  expect(wordsOf('text/x-sql', 'SEL')).toEqual(['SELECT']);
  expect(wordsOf('text/plain', 'a')).toEqual([]);
});
