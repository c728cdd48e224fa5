/** The chat panel in the right side bar, and the commands around it. */
import { type ILabShell, ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import {
  ICommandPalette,
  IThemeManager,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { DockLayout } from '@lumino/widgets';
import { Menu } from '@lumino/widgets';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { Conversation, Reference } from '../api/schema';
import { ISponde } from '../api/tokens';
import { ICheckpoints } from '../checkpoints/tokens';
import { IDatasets } from '../datasets/tokens';
import { IKernels } from '../kernels/tokens';
import { ICodeActions } from '../library/tokens';
import { IModels } from '../models/tokens';
import { IPersonas } from '../personas/tokens';
import { chatIcon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { focusWhenDrawn } from '../ui/focus';
import { offerUndo } from '../ui/offerUndo';
import { ITools } from '../tools/tokens';
import { trans } from '../ui/words';
import { makeCards } from './cards/late';
import { CommandOffers } from './composer/commandOffers';
import type { Means } from './markdown/drawing';
import { takeDrops, textOf } from './composer/drop';
import { countUnread, watchSeen } from './conversations/seen';
import { Engines } from './engines';
import { Chat } from './chat';
import { Names } from './composer/names';
import { ChatView } from './panel';
import { answerIn, quoteIn } from './composer/Quote';
import { ChatState, type Memory } from './state';
import { IChat } from './tokens';
import { wary } from './markdown/wary';
import { keepWriting } from './composer/writing';

const OPEN = 'sponde:chat:open';
const NEW = 'sponde:chat:new';
const ASK = 'sponde:chat:ask';
const WRITE = 'sponde:chat:write';
const RENAME = 'sponde:chat:rename';
const REMOVE = 'sponde:chat:remove';
const REPLAY = 'sponde:chat:replay';
const INSTRUCTIONS = 'sponde:chat:instructions';
const QUOTE = 'sponde:chat:quote';
const QUOTE_CODE = 'sponde:chat:quote-code';
const PAGE = 'sponde:chat:page';
const MODELS = 'sponde:models:open';
const EXPORT = 'sponde:publish:export-conversation';
const ADD_DATA = 'sponde:datasets:open';

/** Narrower windows have no room for a page beside the side panel, in pixels. */
const NARROW = 1000;
const NOTHING = { args: { type: 'object', properties: {} } } as const;
const CONVERSATION = {
  args: { type: 'object', properties: { conversation: { type: 'string' } } }
} as const;
const TEXT = { args: { type: 'object', properties: { text: { type: 'string' } } } } as const;

/** One place that shows a conversation: the side panel, or a page. */
interface Place {
  state: ChatState;
  panel: Panel;
  isRenaming: boolean;
}

export const chatPlugin: JupyterFrontEndPlugin<IChat> = {
  id: 'sponde-lab:chat',
  description: 'Asks commands and language models about the data.',
  autoStart: true,
  provides: IChat,
  requires: [ISponde, IModels, IRenderMimeRegistry, IEditorLanguageRegistry],
  optional: [IDatasets, ICodeActions, ILayoutRestorer, ICommandPalette, IThemeManager, IKernels, INotebookTracker, ICheckpoints, ITools, IPersonas],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    models: IModels,
    rendermime: IRenderMimeRegistry,
    languages: IEditorLanguageRegistry,
    datasets: IDatasets | null,
    codeActions: ICodeActions | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    themes: IThemeManager | null,
    kernels: IKernels | null,
    notebooks: INotebookTracker | null,
    checkpoints: ICheckpoints | null,
    tools: ITools | null,
    personas: IPersonas | null
  ): IChat => {
    const { commands } = app;
    const isThere = (id: string): boolean =>
      !models.isKnown ||
      models.models.some(model => model.id === id || model.aliases.includes(id));
    const memory = tabMemory();
    const state = new ChatState(sponde, memory, isThere);
    const means = {
      app,
      sponde,
      datasets,
      kernels,
      notebooks,
      state: () => last.state
    };
    let sources: Promise<void> | null = null;
    /** What can be named is fetched when something is. */
    const loadSources = (): Promise<void> => {
      sources ??= import('./named/all').then(
        ({ allSources }) => allSources(means).forEach(source => chat.addSource(source)),
        error => {
          sources = null;
          throw error;
        }
      );
      return sources;
    };
    const names = new Names(datasets, () => chat.sources, loadSources);
    names.commands = new CommandOffers(sponde);
    const engines = new Engines(sponde);
    const drawing = { rendermime: wary(rendermime), languages, codeActions, checkpoints, tools, personas, card: makeCards(sponde, commands) };
    let theme = '';

    let isWarm = false;
    /** JupyterLab fetches its Markdown parser when it is first used: before the first answer comes. */
    function warm(): void {
      if (!isWarm) {
        isWarm = true;
        rendermime.markdownParser?.render('').catch(() => (isWarm = false));
      }
    }

    const notebookPath = (): string =>
      app.serviceManager.contents.localPath(kernels?.notebook?.context.path ?? '');

    function place(state: ChatState, id: string, kind: 'side' | 'main'): Place {
      state.notebook = notebookPath;
      state.hasPersona = id => personas?.personas.some(one => one.id === id) === true;
      state.isReady = () => models.isKnown && (!state.current?.persona_id || personas?.personas.length !== 0);
      const send = (): void => state.sendHeld();
      models.changed.connect(send);
      personas?.changed.connect(send);
      const write = (text: string): void => {
        state.write(text);
        app.shell.activateById(id);
        focusInput(panel);
      };
      let means: Means = { ...drawing, theme, write };
      const panel = new Panel({ id, title: trans.__('Chat'), icon: chatIcon, place: kind }, () => {
        if (means.theme !== theme) {
          means = { ...means, theme };
        }
        return React.createElement(ChatView, {
          state,
          models,
          engines,
          names,
          means,
          isRenaming: made.isRenaming,
          setRenaming: renaming => setRenaming(made, renaming),
          onMenu: (x, y) => {
            target = made;
            fillMenu();
            menu.open(x, y, { horizontalAlignment: 'right' });
          },
          listing: {
            sponde,
            isPage: kind === 'main',
            onPage: conversation => void openPage(conversation),
            onExport: commands.hasCommand(EXPORT)
              ? (conversation_id, format) => void commands.execute(EXPORT, { conversation_id, format })
              : null
          },
          onAddData: commands.hasCommand(ADD_DATA) ? () => void commands.execute(ADD_DATA) : null,
          onPage: kind === 'side' ? () => void commands.execute(PAGE) : null,
          onBoth: (left, right) => {
            const first = openPage(left);
            openPage(right, { mode: 'split-right', ref: first.panel.id });
          },
          onReplay: modelId => void replay(state, modelId),
          onOpenReference: reference => told(names.open(reference)),
          onQuote: quote => attach(made, [quote])
        });
      });
      panel.addClass('sp-Chat');
      watchSeen(state, panel);
      state.onAsked = messageId => tools?.asked(messageId);
      const made: Place = { state, panel, isRenaming: false };
      panel.node.addEventListener('focusin', () => {
        warm();
        last = made;
      });
      takeDrops(panel.node, {
        onThings: (data, from) =>
          told(names.dropped(data, from).then(found => attach(made, found))),
        onFiles: (given, folders) =>
          told(takeIn(given, folders).then(found => attach(made, found)))
      });
      return made;
    }

    const side = place(state, 'sponde-chat', 'side');
    let target = side;
    /** The chat that was used last: the side panel, or a page. */
    let last = side;
    const chat = new Chat(sponde, isQuiet => {
      const used = last.panel.isDisposed ? side : last;
      app.shell.activateById(used.panel.id);
      if (!isQuiet) {
        focusInput(used.panel);
      }
      return used.state;
    });
    app.shell.add(side.panel, 'right', { rank: 100, type: 'Sponde' });
    restorer?.add(side.panel, side.panel.id);
    keepWriting(() => side.panel.node.querySelector<HTMLTextAreaElement>('.sp-Composer-input'), app.restored);
    countUnread(state, side.panel, trans.__('Chat'));

    /** Hang something on the question that is being written, and go on writing. */
    function attach(at: Place, references: readonly Reference[]): void {
      if (references.length) {
        at.state.attach(references);
        focusInput(at.panel);
      }
    }

    /** Files and folders of the person's computer: text hangs on the question, data becomes a dataset. */
    async function takeIn(given: File[], folders: FileSystemEntry[]): Promise<Reference[]> {
      const texts = await Promise.all(given.map(textOf));
      const data = given.filter((_, at) => texts[at] === null);
      const taken = data.length ? ((await datasets?.takeIn(data)) ?? []) : [];
      taken.push(...(folders.length ? ((await datasets?.takeFolders(folders)) ?? []) : []));
      const named = taken.map(({ id, name }): Reference => {
        return { kind: 'dataset', name, id, path: '', text: '', language: '' };
      });
      return [...texts.filter(one => one !== null), ...named];
    }

    function setRenaming(at: Place, renaming: boolean): void {
      at.isRenaming = renaming;
      at.panel.update();
    }

    function show(): void {
      app.shell.activateById(side.panel.id);
      focusInput(side.panel);
    }

    // -- pages --------------------------------------------------------------------------------

    const pages = new WidgetTracker<Panel>({ namespace: 'sponde-chat' });
    const open = new Map<string, Place>();
    /** States of pages that were closed: each hears the stream for good, so they are used again. */
    const spare: Array<{ state: ChatState; at: { conversation: string } }> = [];
    void restorer?.restore(pages, {
      command: PAGE,
      args: page => ({ conversation: page.node.dataset.conversation ?? '' }),
      name: page => page.node.dataset.conversation ?? ''
    });

    function openPage(conversation: string, options: { mode?: DockLayout.InsertMode; ref?: string } = {}): Place {
      if (window.innerWidth < NARROW && side.panel.isVisible) {
        (app.shell as unknown as Partial<ILabShell>).collapseRight?.();
      }
      const known = open.get(conversation);
      if (known) {
        app.shell.activateById(known.panel.id);
        return known;
      }
      const kept = spare.pop() ?? makeState();
      kept.at.conversation = conversation;
      // Asked for before the page is drawn.
      const begun = kept.state.start();
      warm();
      const made = place(kept.state, `sponde-chat-${conversation}`, 'main');
      const { panel } = made;
      panel.node.dataset.conversation = conversation;
      open.set(conversation, made);
      const name = (): void => {
        const { current } = kept.state;
        panel.title.label = current?.title ?? trans.__('Chat');
        panel.title.caption = panel.title.label;
        const was = panel.node.dataset.conversation ?? '';
        if (current && current.id !== was && !open.has(current.id)) {
          // Another conversation was opened in this page: it is that one's page now.
          open.delete(was);
          open.set(current.id, made);
          panel.node.dataset.conversation = current.id;
          kept.at.conversation = current.id;
          void pages.save(panel);
        }
      };
      kept.state.changed.connect(name);
      panel.disposed.connect(() => {
        kept.state.changed.disconnect(name);
        open.delete(panel.node.dataset.conversation ?? '');
        kept.state.begin();
        spare.push(kept);
        target = side;
      });
      void pages.add(panel);
      app.shell.add(panel, 'main', { ...options, type: 'Sponde' });
      app.shell.activateById(panel.id);
      void begun.then(() => {
        if (kept.state.current?.id !== conversation) {
          void kept.state.open(conversation);
        }
      });
      return made;
    }

    function makeState(): { state: ChatState; at: { conversation: string } } {
      const at = { conversation: '' };
      const own: Memory = {
        read: key => (key === 'conversation' ? at.conversation : memory.read(key)),
        write: (key, value) => key !== 'conversation' && memory.write(key, value)
      };
      return { state: new ChatState(sponde, own, isThere), at };
    }

    async function replay(state: ChatState, modelId: string): Promise<void> {
      const source = state.choosing?.kind === 'replay' ? state.choosing.conversation : state.current;
      const begun = source ? await state.replay(source, modelId) : '';
      if (begun) {
        await state.open(begun);
      }
    }

    async function remove(state: ChatState, { id, title }: Conversation): Promise<void> {
      if (await state.remove(id)) {
        offerUndo(trans.__('Deleted “%1”.', title), () => state.restore(id));
      }
    }

    commands.addCommand(OPEN, {
      label: () => trans.__('Chat'),
      caption: () => trans.__('Ask about your data'),
      icon: chatIcon,
      describedBy: CONVERSATION,
      execute: args => {
        show();
        // The library leads back to the answer that a block came from.
        if (typeof args.conversation === 'string') {
          const message = typeof args.message === 'string' ? args.message : '';
          return side.state.open(args.conversation, message);
        }
      }
    });
    commands.addCommand(NEW, {
      label: () => trans.__('New Conversation'),
      describedBy: NOTHING,
      execute: args => {
        state.begin();
        if (Array.isArray(args.references)) {
          state.write('', args.references as unknown as Reference[]);
        }
        show();
      }
    });
    commands.addCommand(ASK, {
      label: () => trans.__('Ask in the Chat'),
      describedBy: TEXT,
      execute: async args => {
        show();
        await state.start();
        await state.ask(String(args.text ?? ''));
      }
    });
    commands.addCommand(WRITE, {
      label: () => trans.__('Write into the Chat'),
      describedBy: TEXT,
      execute: async args => {
        await state.start();
        const given = Array.isArray(args.references) ? args.references : [];
        state.write(String(args.text ?? ''), given as unknown as Reference[]);
        show();
      }
    });
    commands.addCommand(RENAME, {
      label: () => trans.__('Rename Conversation…'),
      describedBy: NOTHING,
      isEnabled: () => target.state.current !== null,
      execute: () => setRenaming(target, true)
    });
    commands.addCommand(REMOVE, {
      label: () => trans.__('Delete Conversation'),
      describedBy: NOTHING,
      isEnabled: () => target.state.current !== null,
      execute: () => {
        const { current } = target.state;
        return current ? remove(target.state, current) : undefined;
      }
    });
    commands.addCommand(REPLAY, {
      label: () => trans.__('Replay on Another Model…'),
      caption: () => trans.__('Ask the same questions again, in a new conversation'),
      describedBy: NOTHING,
      isEnabled: () => target.state.current !== null && models.models.length > 0,
      execute: () => {
        const { current } = target.state;
        if (current) {
          target.state.openModels({ kind: 'replay', conversation: current });
        }
      }
    });
    commands.addCommand(PAGE, {
      label: () => trans.__('Open as Page'),
      caption: () => trans.__('Show the conversation in the main area'),
      icon: chatIcon,
      describedBy: CONVERSATION,
      isEnabled: args => typeof args.conversation === 'string' || side.state.current !== null,
      execute: args => {
        const id = typeof args.conversation === 'string' ? args.conversation : '';
        const conversation = id || side.state.current?.id;
        if (conversation) {
          openPage(conversation);
        }
      }
    });
    commands.addCommand(INSTRUCTIONS, {
      label: () => trans.__('Project Instructions…'),
      caption: () => trans.__('What every model reads with every question in this project'),
      describedBy: NOTHING,
      execute: async () => {
        const { writeInstructions } = await import('./receipt/Instructions');
        told(writeInstructions(sponde, notebookPath()));
      }
    });
    const quoted = (): Reference | null => quoteIn(last.panel.node) ?? answerIn(last.panel.node);
    commands.addCommand(QUOTE, {
      label: () => trans.__('Quote in the Question'),
      caption: () => trans.__('Ask about what is selected in an answer'),
      describedBy: NOTHING,
      isEnabled: () => quoted() !== null,
      execute: () => {
        const quote = quoted();
        if (quote) {
          attach(last, [quote]);
        }
      }
    });
    // Text that is selected takes no focus: the keys may reach the page's body only.
    // In our own panels the bindings of the page do not hold: they are written into.
    for (const selector of ['body', '.sp-Thread']) {
      commands.addKeyBinding({ command: QUOTE, keys: ['Alt Q'], selector });
    }
    commands.addCommand(QUOTE_CODE, {
      label: () => trans.__('Ask about Selected Code'),
      caption: () => trans.__('Hang what is selected in the editor, or the whole cell, on the question'),
      icon: chatIcon,
      describedBy: NOTHING,
      execute: () => told(names.beingWritten().then(found => attach(last, found)))
    });
    for (const selector of ['.jp-Notebook', '.jp-FileEditor']) {
      commands.addKeyBinding({ command: QUOTE_CODE, keys: ['Alt Q'], selector });
    }
    app.contextMenu.addItem({ command: QUOTE, selector: '.sp-Chat .sp-Answer', rank: 0 });
    [OPEN, NEW, PAGE, INSTRUCTIONS, QUOTE_CODE].forEach(command => palette?.addItem({ command, category: 'Sponde' }));

    const menu = new Menu({ commands });
    menu.addClass('sp-ChatMenu');
    menu.aboutToClose.connect(() => target.panel.node.focus());
    const fillMenu = (): void => {
      menu.clearItems();
      menu.addItem({ command: RENAME });
      menu.addItem({ command: REMOVE });
      const conversation_id = target.state.current?.id;
      menu.addItem({ type: 'separator' });
      menu.addItem({ command: REPLAY });
      menu.addItem({ command: INSTRUCTIONS });
      if (target === side) {
        menu.addItem({ command: PAGE });
      }
      if (conversation_id && commands.hasCommand(EXPORT)) {
        menu.addItem({ type: 'separator' });
        for (const format of ['notebook', 'markdown']) {
          menu.addItem({ command: EXPORT, args: { conversation_id, format } });
        }
      }
      menu.addItem({ type: 'separator' });
      menu.addItem({ command: MODELS });
    };
    fillMenu();

    themes?.themeChanged.connect((_, { newValue }) => {
      theme = newValue;
      [side, ...open.values()].forEach(({ panel }) => panel.update());
    });
    void app.restored.then(() => {
      void state.start();
      void engines.load();
    });
    return chat;
  }
};

/** Show what went wrong, where there is no place for it in the panel. */
function told(work: Promise<unknown>): void {
  work.catch(error => {
    const { message, hint } = Refusal.from(error);
    Notification.error(`${message} ${hint}`.trim(), { autoClose: 8000 });
  });
}

function focusInput(panel: Panel): void {
  focusWhenDrawn(() => panel.node.querySelector<HTMLElement>('.sp-Composer-input'));
}

/** What this tab remembers: its own words first, then those of the tab that was used last. */
function tabMemory(): Memory {
  const prefix = `sponde:chat:${PageConfig.getBaseUrl()}:`;
  return {
    read: key => {
      try {
        return sessionStorage.getItem(prefix + key) ?? localStorage.getItem(prefix + key) ?? '';
      } catch {
        return ''; // a browser that keeps nothing
      }
    },
    write: (key, value) => {
      try {
        for (const storage of [sessionStorage, localStorage]) {
          if (value) {
            storage.setItem(prefix + key, value);
          } else if (storage === sessionStorage) {
            storage.setItem(prefix + key, '');
          } else {
            storage.removeItem(prefix + key);
          }
        }
      } catch {
        // A browser that keeps nothing, or that is full.
      }
    }
  };
}
