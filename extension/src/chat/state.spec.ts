/** Joining growing answers: nothing lost, nothing doubled. */
import { describe, expect, it, vi } from 'vitest';
import { Refusal, type Api } from '../api/client';
import { EventDispatcher } from '../api/feed';
import type { Conversation, Message, Reference } from '../api/schema';
import { conversation as made, message as fixture } from './fixture';
import { ChatState, type Memory } from './state';

const conversation = (id: string, updated = '2026-11-21T10:00:00Z'): Conversation =>
  made(id, { updated_at: updated });

const message = (id: string, given: Partial<Message> = {}): Message =>
  fixture(id, { conversation_id: 'c1', ...given });

type Answer = unknown | ((options: { body?: { text: string } }) => unknown);

/** A server that answers from a table; a function is asked each time. */
function begin(answers: Record<string, Answer>, remembered: Record<string, string> = {}) {
  const asked: string[] = [];
  const feed = new EventDispatcher();
  feed.connected = true;
  const api = {
    call: async (
      route: string,
      options: { body?: { text: string }; path?: { conversation_id: string } } = {}
    ) => {
      asked.push(route);
      if (route === OPENING && !(route in answers)) {
        const id = options.path?.conversation_id ?? '';
        const messages = answers['GET /conversations/{conversation_id}/messages'];
        return { conversation: conversation(id), messages, is_whole: true, is_straight: true };
      }
      const answer = answers[route];
      const given = typeof answer === 'function' ? await answer(options) : answer;
      if (given instanceof Error) {
        throw given;
      }
      return given;
    },
    url: () => ''
  } as unknown as Api;
  const kept: Record<string, string> = { ...remembered };
  const memory: Memory = {
    read: key => kept[key] ?? '',
    write: (key, value) => (kept[key] = value)
  };
  return { state: new ChatState({ api, feed }, memory), feed, asked, kept };
}

const OPENING = 'GET /conversations/{conversation_id}/opening';
const OUTLINE = 'GET /conversations/{conversation_id}/outline';
const EMPTY = {
  'GET /conversations': [],
  'GET /commands': [],
  'GET /conversations/{conversation_id}/messages': [],
  'GET /conversations/{conversation_id}/ratings': [],
  'GET /conversations/{conversation_id}/replays': []
};
const ASK = 'POST /conversations/{conversation_id}/messages';
const QUEUE = 'POST /conversations/{conversation_id}/queue';
const quote: Reference = {
  kind: 'quote',
  name: 'a part',
  id: 'a1:5',
  path: '',
  text: 'a part of it',
  language: ''
};
const STOP = 'POST /messages/{message_id}/stop';

const asking = {
  ...EMPTY,
  'POST /conversations': conversation('c1'),
  [ASK]: ({ body }: { body?: { text: string } }) => ({
    question: message('q1', { role: 'user', text: body?.text ?? '' }),
    answer: message('a2', { parent_id: 'q1', status: 'streaming' }),
    answers: [message('a2', { parent_id: 'q1', status: 'streaming' })],
    conversation: conversation('c1')
  }),
  [STOP]: message('a2', { parent_id: 'q1', status: 'stopped' })
};

const grew = (at: number, text: string) => ({
  conversation_id: 'c1',
  message_id: 'a2',
  at,
  text
});

describe('asking', () => {
  it('begins a conversation with its first question', async () => {
    const { state, kept } = begin(asking);
    await state.start();
    await state.ask('  What is there?  ');
    expect(state.current?.id).toBe('c1');
    expect(state.thread.path).toEqual(['q1', 'a2']);
    expect(state.thread.get('q1')?.text).toBe('What is there?');
    expect(state.isAnswering).toBe(true);
    expect(kept['conversation']).toBe('c1');
  });

  it('begins it with one request, and misses nothing that is told before the answer', async () => {
    let answer: (asked: unknown) => void = () => undefined;
    const waiting = new Promise(resolve => (answer = resolve));
    const { state, feed, asked } = begin({ ...asking, [ASK]: () => waiting });
    await state.start();
    const sent = state.ask('Hello');
    state.keepDraft('and then?');
    const question = message('q1', { role: 'user', text: 'Hello' });
    const growing = message('a2', { parent_id: 'q1', status: 'streaming' });
    feed.dispatch('MessageChanged', { message: question });
    feed.dispatch('MessageChanged', { message: growing });
    feed.dispatch('MessageGrew', grew(0, 'One '));
    feed.dispatch('MessageGrew', { ...grew(0, 'of another'), conversation_id: 'c9', message_id: 'a9' });
    answer({ question, answer: growing, answers: [growing], conversation: conversation('c1') });
    await sent;
    feed.dispatch('MessageGrew', grew(4, 'two'));
    expect(state.thread.get('a2')?.text).toBe('One two');
    expect(state.thread.get('a9')).toBeUndefined();
    expect(state.thread.hasGap).toBe(false);
    expect(state.current?.id).toBe('c1');
    expect(state.draft).toBe('and then?');
    expect(asked.filter(route => route.startsWith('POST /conversations'))).toEqual([ASK]);
  });

  it('holds a question until models are known, and sends it then in its order', async () => {
    const { state, kept } = begin(asking);
    let isKnown = false;
    state.isReady = () => isKnown;
    void state.ask('Early');
    await state.start();
    expect(state.held.map(({ text }) => text)).toEqual(['Early']);
    // It is the draft too, for who reloads once more, but is not shown twice.
    expect(kept['draft:']).toBe('Early');
    expect(state.draft).toBe('');
    void state.ask('Dropped');
    const answer = state.ask('/help');
    state.takeHeld(state.held[1], true);
    isKnown = true;
    state.sendHeld();
    expect(state.held).toEqual([]);
    await answer;
    await vi.waitFor(() => expect(state.thread.get('q1')?.text).toBe('Early'));
    expect(kept['draft:']).toBe('');
  });

  it('gives a question that waits back to be changed, also where another is opened', async () => {
    const { state } = begin({ ...asking, 'GET /conversations': [conversation('c1'), conversation('c2')] });
    state.isReady = () => false;
    await state.start();
    const early = state.ask('Early');
    state.takeHeld(state.held[0], false);
    expect(await early).toBeNull();
    expect(state.draft).toBe('Early');
    void state.ask('Again');
    await state.open('c2');
    expect(state.held).toEqual([]);
    expect(state.draft).toBe('');
    state.begin();
    expect(state.draft).toBe('Again');
  });

  it('keeps what is written while the conversation is not known yet', async () => {
    const { state, kept } = begin(asking, { conversation: 'c1', 'draft:c1': 'half a' });
    expect(state.draft).toBe('half a');
    state.keepDraft('half a sentence');
    await state.start();
    expect(state.draft).toBe('half a sentence');
    expect(kept['draft:']).toBeUndefined();
  });

  it('keeps a question that could not be sent, and sends it again', async () => {
    const refusal = new Refusal(503, 'unavailable', 'Not now.', 'Later.');
    const answers: Record<string, Answer> = { ...asking, [ASK]: refusal };
    const { state } = begin(answers);
    await state.start();
    await state.ask('Hello');
    expect(state.sending?.error).toBe(refusal);
    expect(state.isAnswering).toBe(false);
    answers[ASK] = asking[ASK];
    await state.resend();
    expect(state.sending).toBe(null);
    expect(state.thread.path).toEqual(['q1', 'a2']);
  });

  it('gives a question that could not be sent back to the composer', async () => {
    const { state } = begin({ ...asking, [ASK]: new Refusal(503, '', 'Not now.', '') });
    await state.start();
    await state.ask('Hello');
    state.takeBack();
    expect(state.draft).toBe('Hello');
    expect(state.sending).toBe(null);
  });

  it('stops an answer before it has a name', async () => {
    let go: () => void = () => undefined;
    const held = new Promise<void>(resolve => (go = resolve));
    const { state, asked } = begin({
      ...asking,
      [ASK]: async (options: { body?: { text: string } }) => {
        await held;
        return asking[ASK](options);
      }
    });
    await state.start();
    const asks = state.ask('Hello');
    await state.stop();
    expect(asked).not.toContain(STOP);
    go();
    await asks;
    expect(asked).toContain(STOP);
  });

  it('lets questions wait on the server while an answer comes', async () => {
    const bodies: unknown[] = [];
    const { state, feed, asked } = begin({ ...asking, [QUEUE]: ({ body }: { body?: unknown }) => bodies.push(body) });
    await state.start();
    await state.ask('First');
    await state.ask('Second', { references: [quote] });
    expect(bodies).toEqual([
      { message: { text: 'Second', model_id: undefined, references: [quote] }, after_id: 'q1' }
    ]);
    const waiting = { id: 'w1', message: { text: 'Second', references: [quote] } };
    feed.dispatch('QueueChanged', { conversation_id: 'c1', questions: [waiting] });
    expect(state.queue.map(({ id }) => id)).toEqual(['w1']);
    // The server asks it: this tab does not.
    feed.dispatch('MessageChanged', { message: message('a2', { parent_id: 'q1', text: 'Yes.' }) });
    expect(asked.filter(route => route === ASK)).toHaveLength(1);
    feed.dispatch('QueueChanged', { conversation_id: 'other', questions: [] });
    expect(state.queue).toHaveLength(1);
  });

  it('lets questions wait in the order in which they were written', async () => {
    const bodies: Array<{ message: { text: string } }> = [];
    const going: Array<() => void> = [];
    const { state } = begin({
      ...asking,
      [QUEUE]: ({ body }: { body?: unknown }) => {
        bodies.push(body as never);
        return new Promise<void>(go => going.push(go));
      }
    });
    await state.start();
    await state.ask('First');
    const waits = ['Second', 'Third'].map(text => state.ask(text));
    await vi.waitFor(() => expect(bodies).toHaveLength(1));
    going[0]();
    await vi.waitFor(() => expect(bodies).toHaveLength(2));
    going[1]();
    await Promise.all(waits);
    expect(bodies.map(({ message: { text } }) => text)).toEqual(['Second', 'Third']);
  });

  it('gives a question back that cannot wait', async () => {
    const { state } = begin({ ...asking, [QUEUE]: new Refusal(409, 'conflict', 'Full.', 'Wait.') });
    await state.start();
    await state.ask('First');
    await state.ask('Second', { references: [quote] });
    expect(state.draft).toBe('Second');
    expect(state.chips).toEqual([quote]);
    expect(state.error).toBeInstanceOf(Refusal);
  });

  it('takes a waiting question back behind what is being written, once', async () => {
    const taken = { id: 'w1', message: { text: 'Second', references: [quote] } };
    const { state } = begin({ ...asking, 'DELETE /queued-questions/{queued_id}': taken });
    await state.start();
    state.write('Draft');
    await state.changeQueued('w1');
    expect(state.draft).toBe('Draft\n\nSecond');
    expect(state.chips).toEqual([quote]);
  });

  it('leaves a question that was asked meanwhile alone', async () => {
    const gone = new Refusal(404, 'not_found', 'Asked.', 'Look above.');
    const { state } = begin({ ...asking, 'DELETE /queued-questions/{queued_id}': gone });
    await state.start();
    await state.changeQueued('w1');
    expect(state.draft).toBe('');
    expect(state.error).toBe(gone);
  });

  it('keeps what hangs on a draft, by conversation', async () => {
    const { state } = begin({ ...asking, 'GET /conversations': [conversation('c2')] });
    await state.start();
    state.attach([quote]);
    state.attach([{ ...quote, text: 'seen again' }]);
    expect(state.chips).toEqual([{ ...quote, text: 'seen again' }]);
    await state.open('c2');
    expect(state.chips).toEqual([]);
    state.begin();
    expect(state.chips).toHaveLength(1);
  });
});

describe('the stream', () => {
  it('makes answers grow, in this conversation only', async () => {
    const { state, feed } = begin(asking);
    await state.start();
    await state.ask('Hello');
    const heard: string[] = [];
    state.grew.connect((_, id) => heard.push(id));
    feed.dispatch('MessageGrew', grew(0, 'Hel'));
    feed.dispatch('MessageGrew', grew(0, 'Hello'));
    feed.dispatch('MessageGrew', { ...grew(5, '!'), conversation_id: 'other' });
    expect(state.thread.get('a2')?.text).toBe('Hello');
    expect(heard).toEqual(['a2', 'a2']);
  });

  it('fetches what it missed', async () => {
    const { state, feed } = begin({
      ...asking,
      'GET /conversations/{conversation_id}/messages': [
        message('q1', { role: 'user', text: 'Hello' }),
        message('a2', { parent_id: 'q1', status: 'streaming', text: 'Hello ' })
      ]
    });
    await state.start();
    await state.ask('Hello');
    feed.dispatch('MessageGrew', grew(6, 'you'));
    expect(state.thread.get('a2')?.text).toBe('');
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(state.thread.get('a2')?.text).toBe('Hello you');
  });

  it('that was lost makes everything be fetched again', async () => {
    const { state, feed, asked } = begin({
      ...asking,
      'GET /conversations/{conversation_id}/messages': [
        message('q1', { role: 'user' }),
        message('a2', { parent_id: 'q1', status: 'interrupted', text: 'Hel' })
      ]
    });
    await state.start();
    await state.ask('Hello');
    asked.length = 0;
    feed.reset.emit();
    await new Promise(resolve => setTimeout(resolve, 0));
    expect(asked).toContain(OPENING);
    expect(state.thread.get('a2')?.status).toBe('interrupted');
    expect(state.isAnswering).toBe(false);
  });

  it('shows a question once, whichever way it is heard of first', async () => {
    const answers = {
      ...asking,
      [ASK]: (options: { body?: { text: string } }) => {
        feed.dispatch('MessageChanged', {
          message: message('q1', { role: 'user', text: 'Hello' })
        });
        expect(state.sending?.heardId).toBe('q1');
        return asking[ASK](options);
      }
    };
    const { state, feed } = begin(answers, { conversation: 'c1' });
    await state.start();
    await state.ask('Hello');
    expect(state.thread.path).toEqual(['q1', 'a2']);
  });
});

describe('conversations', () => {
  const two = {
    ...EMPTY,
    'GET /conversations': [conversation('c1'), conversation('c2')],
    'GET /conversations/{conversation_id}/messages': [message('q1', { role: 'user' })],
    'DELETE /conversations/{conversation_id}': null
  };

  it('are opened where this tab was left', async () => {
    const { state } = begin(two, { conversation: 'c2' });
    await state.start();
    expect(state.current?.id).toBe('c2');
    expect(state.thread.size).toBe(1);
  });

  it('are begun anew where that one was deleted meanwhile', async () => {
    const gone = new Refusal(404, 'not_found', 'There is no conversation c9.', 'Choose another.');
    const { state } = begin({ ...two, [OPENING]: gone }, { conversation: 'c9' });
    await state.start();
    expect(state.current).toBe(null);
    expect(state.error).toBe(null);
    expect(state.conversations.length).toBe(2);
  });

  it('show the end of a long one before the shape of the rest is there', async () => {
    const end = [message('m4', { parent_id: 'm3', role: 'user' }), message('m5', { parent_id: 'm4' })];
    const seen: string[][] = [];
    const outline = {
      ids: ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'],
      parents: [],
      lengths: [1, 1, 1, 1, 1, 1],
      questions: [0, 2, 4],
      kept: {},
      rounds: {},
      streaming: []
    };
    const long = {
      ...two,
      'GET /conversations/{conversation_id}/messages': [],
      [OPENING]: { conversation: conversation('c2'), messages: end, is_whole: false, is_straight: true },
      [OUTLINE]: () => {
        seen.push([...state.thread.path]);
        return outline;
      }
    };
    const { state } = begin(long, { conversation: 'c2' });
    await state.start();
    expect(seen).toEqual([['m4', 'm5']]);
    expect(state.thread.path).toEqual(outline.ids);
    expect(state.thread.lacks('m0')).toBe(true);
    // Where it was left at another place, or where it branches, its shape comes first.
    const left = begin({ ...long, [OUTLINE]: outline }, { conversation: 'c2', 'scroll:c2': '{"id": "m0"}' });
    await left.state.start();
    expect(left.state.thread.path).toEqual(outline.ids);
  });

  it('keep a draft each', async () => {
    const { state } = begin(two);
    await state.start();
    state.keepDraft('new one');
    await state.open('c1');
    expect(state.draft).toBe('');
    state.keepDraft('about c1');
    await state.open('c2');
    await state.open('c1');
    expect(state.draft).toBe('about c1');
  });

  it('come to the top when something is said in them', async () => {
    const { state, feed } = begin(two);
    await state.start();
    feed.dispatch('ConversationChanged', {
      conversation: conversation('c2', '2026-11-21T11:00:00Z')
    });
    expect(state.conversations.map(({ id }) => id)).toEqual(['c2', 'c1']);
  });

  it('that are deleted anywhere are left', async () => {
    const { state, feed } = begin(two, { conversation: 'c2' });
    await state.start();
    feed.dispatch('ConversationRemoved', { conversation_id: 'c2' });
    expect(state.current).toBe(null);
    expect(state.conversations.map(({ id }) => id)).toEqual(['c1']);
    expect(await state.remove('c1')).toBe(true);
    expect(state.conversations).toEqual([]);
  });

  it('that cannot be had say why', async () => {
    const refusal = new Refusal(0, 'offline', 'The Jupyter server does not answer.', '');
    const { state } = begin({ ...EMPTY, 'GET /conversations': refusal });
    await state.start();
    expect(state.error).toBe(refusal);
    expect(state.isLoading).toBe(false);
  });

  it('are opened where this tab was left also after a first failure', async () => {
    const answers: Record<string, Answer> = {
      ...two,
      'GET /conversations': new Refusal(0, 'offline', 'No answer.', '')
    };
    const { state } = begin(answers, { conversation: 'c2' });
    await state.start();
    answers['GET /conversations'] = two['GET /conversations'];
    await state.refresh();
    expect(state.current?.id).toBe('c2');
    expect(state.error).toBe(null);
  });

  it('are fetched once when the stream begins', async () => {
    const { state, feed, asked } = begin(two);
    feed.connected = false;
    const started = state.start();
    expect(asked).toEqual([]);
    feed.reset.emit();
    await started;
    expect(asked.filter(route => route === 'GET /conversations')).toHaveLength(1);
  });
});

describe('several models', () => {
  const KEEP = 'POST /messages/{message_id}/keep';
  const round = (id: string, model: string, given: Partial<Message> = {}): Message =>
    message(id, { parent_id: 'q1', model_id: model, round_id: 'r', ...given });
  const comparing = (sent: unknown[] = []) => ({
    ...asking,
    [ASK]: ({ body }: { body?: { text: string } }) => {
      sent.push(body);
      return {
        question: message('q1', { role: 'user', text: body?.text ?? '' }),
        answer: round('a2', 'one'),
        conversation: conversation('c1'),
        answers: [
          round('a2', 'one', { status: 'streaming' }),
          round('a3', 'two', { status: 'streaming' })
        ]
      };
    },
    [KEEP]: message('q1', { role: 'user', kept_id: 'a3' })
  });

  it('are asked at once, and stopped at once', async () => {
    const sent: Array<{ model_ids?: string[]; is_blind?: boolean }> = [];
    const { state, asked } = begin(comparing(sent));
    await state.start();
    state.pick(['one', 'two']);
    state.setBlind(true);
    await state.ask('Hello');
    expect(sent[0].model_ids).toEqual(['one', 'two']);
    expect(sent[0].is_blind).toBe(true);
    expect(state.thread.ends).toHaveLength(2);
    await state.stop();
    expect(asked.filter(route => route === STOP)).toHaveLength(2);
  });

  it('are waited for until the last has ended; one is kept and asked from then on', async () => {
    const { state, feed } = begin(comparing());
    await state.start();
    state.pick(['one', 'two']);
    await state.ask('Hello');
    feed.dispatch('MessageChanged', { message: round('a2', 'one', { text: 'Yes.' }) });
    expect(state.isAnswering).toBe(true);
    feed.dispatch('MessageChanged', { message: round('a3', 'two', { text: 'No.' }) });
    expect(state.isAnswering).toBe(false);
    await state.keep(round('a3', 'two'));
    expect(state.thread.path).toContain('a3');
    expect(state.picked).toEqual(['two']);
  });

  it('are remembered by conversation; a single one also for the next', async () => {
    const { state } = begin({ ...asking, 'GET /conversations': [conversation('c2')] });
    await state.start();
    state.pick(['one', 'two']);
    await state.open('c2');
    expect(state.picked).toEqual([]);
    state.pick(['three']);
    state.begin();
    expect(state.picked).toEqual(['three']);
  });

  it('that are not there any more are passed over', async () => {
    const { state } = begin(asking, { 'models:': 'gone' });
    await state.start();
    expect(state.picked).toEqual(['gone']);
    const wary = new ChatState(
      { api: {} as Api, feed: new EventDispatcher() },
      state.memory,
      id => id !== 'gone'
    );
    expect(wary.picked).toEqual([]);
  });
});
