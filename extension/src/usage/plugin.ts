/** Usage on the Models page: its section, the way to conversations, undo. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { IModels } from '../models/tokens';
import { lazily } from '../ui/lazily';
import { UsageState } from './state';

const UsageSection = lazily(async () => (await import('./section')).UsageSection);

const CONVERSATION = 'sponde:chat:page';

export const usagePlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:usage',
  description: 'What models were asked, what it cost, and the budgets that stop it.',
  autoStart: true,
  requires: [ISponde, IModels],
  activate: (app: JupyterFrontEnd, sponde: ISponde, models: IModels) => {
    const state = new UsageState(sponde);
    const offerUndo = (text: string, undo: () => Promise<void>): void => {
      Notification.info(text, {
        autoClose: 8000,
        actions: [{ label: 'Undo', callback: () => void undo() }]
      });
    };
    models.addSection({
      id: 'usage',
      label: 'Usage',
      rank: 40,
      draw: () =>
        React.createElement(UsageSection, {
          state,
          models,
          onConversation: conversation => void app.commands.execute(CONVERSATION, { conversation }),
          onCopy: text => {
            Clipboard.copyToSystem(text);
            Notification.info('The trace is copied.', { autoClose: 2000 });
          },
          onRemovePrice: price =>
            void state.removePrice(price).then(isGone => {
              if (isGone) {
                offerUndo(`The price of ${price.pattern} was deleted.`, () =>
                  state.restorePrice(price)
                );
              }
            }),
          onRemoveBudget: budget =>
            void state.removeBudget(budget).then(isGone => {
              if (isGone) {
                offerUndo(`The budget “${budget.title}” was deleted.`, () =>
                  state.restoreBudget(budget)
                );
              }
            })
        })
    });
  }
};
