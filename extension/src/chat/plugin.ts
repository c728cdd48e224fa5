/** The chat panel in the right side bar, and the commands around it. */
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IThemeManager, Notification } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { PageConfig } from '@jupyterlab/coreutils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Menu } from '@lumino/widgets';
import * as React from 'react';
import type { Conversation } from '../api/schema';
import { ISponde } from '../api/tokens';
import { IDatasets } from '../datasets/tokens';
import { ICodeActions } from '../library/tokens';
import { IModels } from '../models/tokens';
import { chatIcon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { focusWhenDrawn } from '../ui/focus';
import { wary, type Means } from './drawing';
import { Names } from './names';
import { ChatView } from './panel';
import { ChatState, type Memory } from './state';

const OPEN = 'sponde:chat:open';
const NEW = 'sponde:chat:new';
const ASK = 'sponde:chat:ask';
const WRITE = 'sponde:chat:write';
const RENAME = 'sponde:chat:rename';
const REMOVE = 'sponde:chat:remove';
const MODELS = 'sponde:models:open';
const EXPORT = 'sponde:publish:export-conversation';
const ADD_DATA = 'sponde:datasets:open';

const NOTHING = { args: { type: 'object', properties: {} } } as const;
const TEXT = { args: { type: 'object', properties: { text: { type: 'string' } } } } as const;

export const chatPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:chat',
  description: 'Asks commands and language models about the data.',
  autoStart: true,
  requires: [ISponde, IModels, IRenderMimeRegistry, IEditorLanguageRegistry],
  optional: [IDatasets, ICodeActions, ILayoutRestorer, ICommandPalette, IThemeManager],
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
    themes: IThemeManager | null
  ) => {
    const { commands } = app;
    const state = new ChatState(sponde, tabMemory());
    const names = new Names(sponde, datasets);
    let means: Means = {
      rendermime: wary(rendermime),
      languages,
      codeActions,
      theme: '',
      write: text => {
        state.write(text);
        show();
      }
    };
    let isRenaming = false;

    const panel = new Panel(
      { id: 'sponde-chat', title: 'Chat', icon: chatIcon, place: 'side' },
      () =>
        React.createElement(ChatView, {
          state,
          models,
          names,
          means,
          isRenaming,
          setRenaming,
          onMenu: (x: number, y: number) => menu.open(x, y, { horizontalAlignment: 'right' }),
          onRemove: remove,
          onAddData: commands.hasCommand(ADD_DATA) ? () => void commands.execute(ADD_DATA) : null
        })
    );
    panel.addClass('sp-Chat');
    app.shell.add(panel, 'right', { rank: 100, type: 'Sponde' });
    restorer?.add(panel, panel.id);

    function setRenaming(renaming: boolean): void {
      isRenaming = renaming;
      panel.update();
    }

    function show(): void {
      app.shell.activateById(panel.id);
      focusWhenDrawn(() => panel.node.querySelector<HTMLElement>('.sp-Composer-input'));
    }

    async function remove({ id, title }: Conversation): Promise<void> {
      if (await state.remove(id)) {
        Notification.info(`Deleted “${title}”.`, {
          autoClose: 8000,
          actions: [{ label: 'Undo', callback: () => void state.restore(id) }]
        });
      }
    }

    commands.addCommand(OPEN, {
      label: 'Chat',
      caption: 'Ask about your data',
      icon: chatIcon,
      describedBy: NOTHING,
      execute: show
    });
    commands.addCommand(NEW, {
      label: 'New Conversation',
      describedBy: NOTHING,
      execute: () => {
        state.begin();
        show();
      }
    });
    commands.addCommand(ASK, {
      label: 'Ask in the Chat',
      describedBy: TEXT,
      execute: async args => {
        show();
        await state.start();
        await state.ask(String(args.text ?? ''));
      }
    });
    commands.addCommand(WRITE, {
      label: 'Write into the Chat',
      describedBy: TEXT,
      execute: async args => {
        await state.start();
        state.write(String(args.text ?? ''));
        show();
      }
    });
    commands.addCommand(RENAME, {
      label: 'Rename Conversation…',
      describedBy: NOTHING,
      isEnabled: () => state.current !== null,
      execute: () => setRenaming(true)
    });
    commands.addCommand(REMOVE, {
      label: 'Delete Conversation',
      describedBy: NOTHING,
      isEnabled: () => state.current !== null,
      execute: () => (state.current ? remove(state.current) : undefined)
    });
    [OPEN, NEW].forEach(command => palette?.addItem({ command, category: 'Sponde' }));

    const menu = new Menu({ commands });
    menu.addClass('sp-ChatMenu');
    menu.aboutToClose.connect(() => panel.node.focus());
    const fillMenu = (): void => {
      menu.clearItems();
      menu.addItem({ command: RENAME });
      menu.addItem({ command: REMOVE });
      const conversation_id = state.current?.id;
      if (conversation_id && commands.hasCommand(EXPORT)) {
        menu.addItem({ type: 'separator' });
        for (const format of ['notebook', 'markdown']) {
          menu.addItem({ command: EXPORT, args: { conversation_id, format } });
        }
      }
      menu.addItem({ type: 'separator' });
      menu.addItem({ command: MODELS });
    };
    state.changed.connect(fillMenu);
    fillMenu();

    themes?.themeChanged.connect((_, { newValue }) => {
      means = { ...means, theme: newValue };
      panel.update();
    });
    void app.restored.then(() => state.start());
  }
};

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
