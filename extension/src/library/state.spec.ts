/** The list, the open block, what is kept, and the actions, over a server that answers as told. */
import { describe, expect, it, vi } from 'vitest';
import { Refusal, type Api } from '../api/client';
import { EventDispatcher } from '../api/feed';
import type { CodeBlock, FoundBlocks } from '../api/schema';
import { CodeActions } from './actions';
import { Kept } from './saving/kept';
import { splitTags } from './page/opened';
import { LibraryState } from './state';

function block(id: string, change: Partial<CodeBlock> = {}): CodeBlock {
  return {
    id,
    name: id,
    language: 'python',
    code: `${id} = 1`,
    description: '',
    tags: [],
    facts: {
      imports: [], defines: [], needs: [], packages: [], functions: [], classes: [], datasets: [],
      columns: [], makes: []
    },
    message_id: null,
    uses: 0,
    last_outcome: null,
    last_error: '',
    last_run_at: null,
    ok_runs: 0,
    failed_runs: 0,
    proven_with: {},
    output_id: '',
    fields: [],
    created_at: '2026-11-21T10:00:00Z',
    updated_at: '2026-11-21T10:00:00Z',
    ...change
  };
}

type Answer = (options: { query?: Record<string, unknown>; body?: Record<string, unknown> }) => unknown;

function found(blocks: CodeBlock[], { query }: Parameters<Answer>[0]): FoundBlocks {
  return {
    blocks: blocks.map(one => ({ block: one, reason: 'name', marks: [] })),
    has_more: blocks.length >= Number(query?.limit),
    wrongs: [],
    without: [],
    was_cut: false,
    is_reading: false
  };
}

function server(answers: Record<string, Answer>) {
  const asked: string[] = [];
  const feed = new EventDispatcher();
  const known: Record<string, Answer> = {
    'GET /found-blocks': () => [],
    'GET /code-blocks-by-language': () => [],
    'GET /found-block-filters': () => [],
    'GET /code-blocks/{block_id}/revisions': () => [],
    'GET /code-blocks/{block_id}/uses': () => [],
    ...answers
  };
  const api = {
    call: async (route: string, options = {}): Promise<unknown> => {
      asked.push(route);
      const answer = await known[route](options);
      return route === 'GET /found-blocks' ? found(answer as CodeBlock[], options) : answer;
    },
    url: () => ''
  } as unknown as Api;
  return { sponde: { api, feed }, asked, feed };
}

const settle = (): Promise<void> => new Promise(resolve => setTimeout(resolve));

describe('the list', () => {
  it('is fetched when the panel is first seen, and only then', async () => {
    const { sponde, asked } = server({ 'GET /found-blocks': () => [block('a')] });
    const state = new LibraryState(sponde);
    expect(state.isLoading).toBe(true);
    state.start();
    state.start();
    await settle();
    expect(asked.filter(route => route === 'GET /found-blocks')).toHaveLength(1);
    expect(state.blocks.map(one => one.id)).toEqual(['a']);
    expect(state.isLoading).toBe(false);
  });

  it('shows what the last letters found, whatever comes in between', async () => {
    const waiting: Array<(blocks: CodeBlock[]) => void> = [];
    const { sponde } = server({
      'GET /found-blocks': () => new Promise(resolve => waiting.push(resolve))
    });
    const state = new LibraryState(sponde);
    void state.search('a');
    void state.search('ab');
    waiting[1]([block('ab')]);
    await settle();
    waiting[0]([block('a')]);
    await settle();
    expect(state.query).toBe('ab');
    expect(state.blocks.map(one => one.id)).toEqual(['ab']);
    expect(state.selectedId).toBe('ab');
  });

  it('gives what the last letters found to an Enter that came before the answer', async () => {
    const waiting: Array<(blocks: CodeBlock[]) => void> = [];
    const { sponde } = server({
      'GET /found-blocks': () => new Promise(resolve => waiting.push(resolve))
    });
    const state = new LibraryState(sponde);
    void state.search('a');
    const found = state.found();
    void state.search('ab');
    waiting[0]([block('a')]);
    await settle();
    waiting[1]([block('ab')]);
    expect((await found)?.id).toBe('ab');
    expect((await state.found())?.id).toBe('ab');
  });

  it('chooses with the arrows, and stops at both ends', async () => {
    const { sponde } = server({ 'GET /found-blocks': () => [block('a'), block('b')] });
    const state = new LibraryState(sponde);
    await state.refresh();
    expect(state.selected).toBe(null);
    const seen = [1, 1, 1, -1, -1].map(step => {
      state.select(step);
      return state.selectedId;
    });
    expect(seen).toEqual(['a', 'b', 'b', 'a', 'a']);
  });

  it('adds pages without doubles', async () => {
    const all = Array.from({ length: 60 }, (_, number) => block(`b${number}`));
    const { sponde } = server({
      'GET /found-blocks': ({ query }) => {
        const { offset, limit } = query as { offset: number; limit: number };
        return all.slice(Math.max(0, offset - 1), offset + limit);
      }
    });
    const state = new LibraryState(sponde);
    await state.refresh();
    expect(state.hasMore).toBe(true);
    await state.more();
    expect(state.blocks).toHaveLength(60);
    expect(state.hasMore).toBe(false);
  });

  it('keeps what it shows when the server cannot be asked, and says so', async () => {
    const answer = vi.fn(() => [block('a')] as unknown);
    const { sponde } = server({ 'GET /found-blocks': answer });
    const state = new LibraryState(sponde);
    await state.refresh();
    answer.mockImplementation(() => {
      throw new Refusal(0, 'offline', 'The Jupyter server does not answer.', '');
    });
    await state.search('x');
    expect(state.blocks).toHaveLength(1);
    expect((state.error as Refusal).code).toBe('offline');
  });

  it('follows what is told of its blocks', async () => {
    const { sponde, feed } = server({ 'GET /found-blocks': () => [block('a'), block('b')] });
    const state = new LibraryState(sponde);
    await state.refresh();
    feed.dispatch('CodeBlockChanged', { block: block('a', { last_outcome: 'ok' }) });
    expect(state.blocks[0].last_outcome).toBe('ok');
    state.select(1);
    feed.dispatch('CodeBlockRemoved', { block_id: 'a' });
    expect(state.blocks.map(one => one.id)).toEqual(['b']);
    expect(state.selectedId).toBe('b');
  });
});

describe('the open block', () => {
  it('is dirty as soon as its draft is another text, and no longer when it is not', async () => {
    const { sponde } = server({ 'GET /code-blocks/{block_id}': () => block('a', { tags: ['x'] }) });
    const state = new LibraryState(sponde);
    await state.open('a');
    expect(state.opened.isDirty).toBe(false);
    state.opened.edit({ code: 'other' });
    expect(state.opened.isDirty).toBe(true);
    state.opened.edit({ code: 'a = 1' });
    expect(state.opened.isDirty).toBe(false);
    expect(state.opened.detail?.draft.tags).toBe('x');
  });

  it('is saved with its tags as a list, and its past is fetched again', async () => {
    const saved = vi.fn(({ body }) => block('a', body));
    const { sponde, asked } = server({
      'GET /code-blocks/{block_id}': () => block('a'),
      'PATCH /code-blocks/{block_id}': saved
    });
    const state = new LibraryState(sponde);
    await state.open('a');
    expect(await state.opened.save()).toBe(false);
    state.opened.edit({ tags: ' one, ,two words ', code: 'new' });
    asked.length = 0;
    expect(await state.opened.save()).toBe(true);
    expect(saved.mock.calls[0][0].body).toMatchObject({ tags: ['one', 'two words'], code: 'new' });
    expect(asked).toContain('GET /code-blocks/{block_id}/revisions');
    expect(state.opened.isDirty).toBe(false);
  });

  it('keeps the draft when it is refused', async () => {
    const { sponde } = server({
      'GET /code-blocks/{block_id}': () => block('a'),
      'PATCH /code-blocks/{block_id}': () => {
        throw new Refusal(409, 'conflict', 'Another code block has this name.', 'Choose another.');
      }
    });
    const state = new LibraryState(sponde);
    await state.open('a');
    state.opened.edit({ name: 'b' });
    expect(await state.opened.save()).toBe(false);
    expect(state.opened.detail?.draft.name).toBe('b');
    expect((state.opened.detail?.error as Refusal).code).toBe('conflict');
    expect(state.opened.detail?.isSaving).toBe(false);
  });

  it('follows the block while it is not edited, and keeps the draft while it is', async () => {
    const { sponde, feed } = server({ 'GET /code-blocks/{block_id}': () => block('a') });
    const state = new LibraryState(sponde);
    await state.open('a');
    feed.dispatch('CodeBlockChanged', { block: block('a', { description: 'told' }) });
    expect(state.opened.detail?.draft.description).toBe('told');
    state.opened.edit({ code: 'mine' });
    feed.dispatch('CodeBlockChanged', { block: block('a', { description: 'again' }) });
    expect(state.opened.detail?.draft).toMatchObject({ code: 'mine', description: 'told' });
    expect(state.opened.detail?.block.description).toBe('again');
    feed.dispatch('CodeBlockRemoved', { block_id: 'a' });
    expect(state.opened.detail).toBe(null);
  });
});

describe('what is kept', () => {
  it('is asked in one question, and again when a block changes', async () => {
    vi.useFakeTimers();
    const found = vi.fn(({ body }) =>
      (body.codes as string[]).includes('x')
        ? [{ code: 'x', block_id: 'b', name: 'named' }]
        : []
    );
    const { sponde, feed } = server({ 'POST /code-blocks-by-code': found });
    const kept = new Kept(sponde);
    expect([kept.find('x'), kept.find('y'), kept.find('x')]).toEqual([null, null, null]);
    await vi.advanceTimersByTimeAsync(200);
    expect(found).toHaveBeenCalledTimes(1);
    expect(kept.find('x')).toEqual({ id: 'b', name: 'named' });
    feed.dispatch('CodeBlockRemoved', { block_id: 'b' });
    expect(kept.find('x')).toBe(null);
    kept.add('y', block('why'));
    expect(kept.find('y')?.name).toBe('why');
    vi.useRealTimers();
  });
});

describe('actions', () => {
  it('are listed by rank, where they make sense', () => {
    const actions = new CodeActions();
    const shown = { code: 'x', language: 'sql' };
    const make = (id: string, rank: number, isVisible?: () => boolean) => ({
      id, rank, isVisible, label: id, icon: {} as never, run: async () => ''
    });
    actions.add(make('late', 30));
    actions.add(make('never', 5, () => false));
    actions.addFor(code => make(code.language, 10));
    expect(actions.list(shown).map(action => action.id)).toEqual(['sql', 'late']);
  });
});

it('tags stand between commas', () => {
  expect(splitTags(' a ,, b c,')).toEqual(['a', 'b c']);
});
