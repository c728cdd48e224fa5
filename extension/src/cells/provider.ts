/** Offers completion of cells by a model to JupyterLab's inline completer; off by default. */
import type { IInlineCompletionProvider } from '@jupyterlab/completer';
import { chatIcon } from '../ui/icons';
import { trans } from '../ui/words';
import type { ISponde } from '../api/tokens';
import type { Inline } from './inline';

export function inlineProvider(
  sponde: ISponde,
  warn: (message: string) => void
): IInlineCompletionProvider {
  const settings = { model: '', lines: 6 };
  let inline: Inline | null = null;
  return {
    identifier: 'sponde',
    get name() {
      return trans.__('Sponde');
    },
    icon: chatIcon,
    get schema() {
      return {
        description: trans.__(
          'Code from a language model while you type. To a model that does not run on this machine go: the cell, the code of the cells above, and the names and columns of the datasets; never rows or outputs.'
        ),
        properties: {
          model: {
            title: trans.__('Model'),
            description: trans.__('A model’s name or alias; empty: the default one.'),
            type: 'string' as const
          },
          lines: {
            title: trans.__('Most lines'),
            description: trans.__('How many lines a proposal may have, 1 to 12.'),
            type: 'number' as const,
            minimum: 1,
            maximum: 12
          }
        },
        default: {
          enabled: false,
          timeout: 15_000,
          debouncerDelay: 350,
          autoFillInMiddle: true,
          model: '',
          lines: 6
        }
      };
    },
    configure: given => {
      settings.model = typeof given.model === 'string' ? given.model.trim() : '';
      settings.lines = Math.min(12, Math.max(1, Number(given.lines) || 6));
    },
    fetch: async (request, context) => {
      const { Inline } = await import('./inline');
      inline ??= new Inline(sponde, warn);
      // 0 is a key that asks for it (InlineCompletionTriggerKind.Invoke), 1 is typing.
      return inline.fetch(request, context, Number(context.triggerKind) === 0, settings);
    }
  };
}
