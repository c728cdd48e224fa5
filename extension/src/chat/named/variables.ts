/** The variables of the kernel of the notebook that was used last. */
import { Dialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import { Refusal } from '../../api/client';
import { trans } from '../../ui/words';
import type { ReferenceSource } from '../tokens';
import { reference, type NamingMeans } from './means';
import { panelOf } from './notebooks';

/** How many rows a person sees of a table. A model is sent none: they are not its to read. */
const ROWS = 8;

export function variableSource(means: NamingMeans): ReferenceSource {
  const { kernels } = means;
  return {
    kind: 'variable',
    label: trans.__('Variables'),
    rank: 30,
    find: async () =>
      ((await kernels?.variables()) ?? []).map(({ name, type, shape }) => ({
        kind: 'variable',
        name,
        id: name,
        detail: [type, shape].filter(Boolean).join(' · ')
      })),
    take: async ({ name, detail }) => {
      const panel = kernels?.notebook;
      if (!kernels || !panel) {
        return null;
      }
      const path = panel.context.path;
      let text: string;
      try {
        text = await kernels.look(name, 0, panel);
      } catch (error) {
        if (Refusal.from(error).status === 404 || !detail) {
          return null;
        }
        text = `${name}: ${detail}`; // the kernel is busy: what was known of it
      }
      return reference('variable', name, name, { path, text, language: 'text' });
    },
    open: async ({ name, path, text }) => {
      let seen: string;
      try {
        seen = (await kernels?.look(name, ROWS, panelOf(means, path))) ?? text;
      } catch (error) {
        const { message } = Refusal.from(error);
        seen = `${message} ${trans.__('As it was when it was asked:')}\n\n${text}`;
      }
      const body = new Widget({ node: document.createElement('pre') });
      body.node.textContent = seen;
      body.node.tabIndex = 0;
      body.addClass('sp-VariableLook');
      await new Dialog({
        title: name,
        body,
        buttons: [Dialog.okButton({ label: trans.__('Close') })]
      }).launch();
    }
  };
}
