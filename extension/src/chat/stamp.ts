/** What a message shows besides its growing text: it is drawn again when anything of it differs. */
import type { IModels } from '../models/tokens';
import type { IPersonas } from '../personas/tokens';
import type { ChatState } from './state';

/** How long words like “2 minutes ago” may stay, in milliseconds. */
const MINUTE = 60_000;

export function stampOf(
  state: ChatState,
  id: string,
  models: IModels,
  personas: IPersonas | null | undefined
): readonly unknown[] {
  const { thread } = state;
  const message = thread.get(id);
  if (!message) {
    return [];
  }
  const common = [
    message,
    thread.siblings(message).join(' '),
    state.isAnswering,
    models.models,
    models.chosen,
    personas?.personas,
    Math.floor(Date.now() / MINUTE)
  ];
  if (message.role === 'user') {
    const answer = thread.answerTo(message);
    return [...common, answer?.id, answer?.receipt, answer && thread.isOpen(answer)];
  }
  if (thread.isOpen(message)) {
    return [...common, {}]; // answers side by side are drawn again whatever changed
  }
  return [
    ...common,
    thread.columns(message).length,
    thread.get(message.parent_id ?? ''),
    state.stopping.has(id)
  ];
}
