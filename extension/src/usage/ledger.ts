/** What the section of usage does: its state, the way to conversations, undo. */
import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { ISponde } from '../api/tokens';
import type { IModels } from '../models/tokens';
import { UsageSection } from './section';
import { UsageState } from './state';
import { offerUndo } from '../ui/offerUndo';
import { trans } from '../ui/words';

const CONVERSATION = 'sponde:chat:page';

/** Make the section; its state lives as long as the page. */
export function sectionOf(
  sponde: ISponde,
  models: IModels,
  commands: CommandRegistry
): React.ComponentType {
  const state = new UsageState(sponde);
  return () =>
    React.createElement(UsageSection, {
      state,
      models,
      onConversation: conversation => void commands.execute(CONVERSATION, { conversation }),
      onCopy: text => {
        Clipboard.copyToSystem(text);
        Notification.info(trans.__('The trace is copied.'), { autoClose: 2000 });
      },
      onRemovePrice: price =>
        void state.removePrice(price).then(isGone => {
          if (isGone) {
            offerUndo(trans.__('The price of %1 was deleted.', price.pattern), () =>
              state.restorePrice(price)
            );
          }
        }),
      onRemoveBudget: budget =>
        void state.removeBudget(budget).then(isGone => {
          if (isGone) {
            offerUndo(trans.__('The budget “%1” was deleted.', budget.title), () =>
              state.restoreBudget(budget)
            );
          }
        })
    });
}
