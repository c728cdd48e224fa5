/** Past conversations, and quoted parts of answers. */
import { ago } from '../../ui/time';
import { trans } from '../../ui/words';
import type { ReferenceSource } from '../tokens';
import { reference, type NamingMeans } from './means';

export function conversationSource({ state }: NamingMeans): ReferenceSource {
  return {
    kind: 'conversation',
    label: trans.__('Conversations'),
    rank: 80,
    find: async () =>
      state()
        .conversations.filter(({ id }) => id !== state().current?.id)
        .map(({ id, title, updated_at }) => ({
          kind: 'conversation',
          name: slug(title),
          id,
          detail: ago(updated_at)
        })),
    take: async ({ name, id }) => reference('conversation', name, id),
    open: ({ id }) => state().open(id)
  };
}

export function quoteSource({ state }: NamingMeans): ReferenceSource {
  return {
    kind: 'quote',
    label: trans.__('Quotes'),
    rank: 90,
    find: async () => [],
    take: async () => null,
    open: async ({ id }) => state().reveal(id.split(':')[0])
  };
}

/** A title as it can stand behind an @. */
function slug(title: string): string {
  const words = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
  const short = words.length > 40 ? words.slice(0, 40).replace(/-[^-]*$/, '') : words;
  return short.replace(/^-+|-+$/g, '') || 'conversation';
}
