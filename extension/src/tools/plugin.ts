/** Tools that models may call: the tab's own, the cards in answers, the section of the Models page. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { ICheckpoints } from '../checkpoints/tokens';
import { IKernels } from '../kernels/tokens';
import { IModels } from '../models/tokens';
import { lazily } from '../ui/lazily';
import { trans } from '../ui/words';
import { Carrier } from './carrier';
import { ITools, type CallsProps } from './tokens';

const GO = 'sponde:tools:go-to-call';

export const toolsPlugin: JupyterFrontEndPlugin<ITools> = {
  id: 'sponde-lab:tools',
  description: 'Tools that models may call, each call with the person’s permission.',
  autoStart: true,
  provides: ITools,
  requires: [ISponde, IModels],
  optional: [IKernels, INotebookTracker, ICheckpoints],
  activate: (
    app: JupyterFrontEnd,
    sponde: ISponde,
    models: IModels,
    kernels: IKernels | null,
    notebooks: INotebookTracker | null,
    checkpoints: ICheckpoints | null
  ): ITools => {
    const carrier = new Carrier(sponde);
    if (kernels && notebooks) {
      const means = { kernels, checkpoints };
      for (const name of ['run_cell', 'insert_cell', 'look_at_variable'] as const) {
        carrier.add({
          name,
          isAble: () => kernels.notebook !== null,
          run: async call => (await import('./notebook'))[name](call, means)
        });
      }
    }
    const Cards = lazily(async () => (await import('./Calls')).Calls);
    const openTools = (): void => models.show('tools');
    const Calls = (props: CallsProps): JSX.Element =>
      React.createElement(Cards, {
        ...props,
        sponde,
        onDecided: call => carrier.decided(call.id),
        onTools: openTools
      });

    const Section = lazily(async () => {
      const { makeSection } = await import('./section');
      return makeSection(sponde);
    });
    models.addSection({
      id: 'tools',
      label: trans.__('Tools'),
      rank: 70,
      draw: () => React.createElement(Section)
    });

    app.commands.addCommand(GO, {
      label: trans.__('Go to the Call That Waits'),
      caption: trans.__('A tool that waits for your permission in the chat'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        const chat = document.activeElement?.closest('.sp-Chat') ?? document;
        const waiting = [...chat.querySelectorAll<HTMLElement>('.sp-Call.sp-mod-waiting button')];
        const seen = waiting.find(node => node.offsetParent !== null);
        seen?.scrollIntoView({ block: 'nearest' });
        seen?.focus();
      }
    });
    // Not a key binding: our panels keep JupyterLab's away from what is typed in them.
    document.addEventListener('keydown', event => {
      const { target } = event;
      if (event.altKey && event.code === 'KeyY' && !event.ctrlKey && !event.metaKey) {
        if (target instanceof Element && target.closest('.sp-Chat')) {
          event.preventDefault();
          void app.commands.execute(GO);
        }
      }
    });
    return {
      add: tool => carrier.add(tool),
      Calls,
      asked: messageId => carrier.asked(messageId)
    };
  }
};
