/** Calls in an answer as two readers of the same message know them: a call never goes back. */
import type { CallStatus, Message } from '../../api/schema';

const RANKS: Record<CallStatus, number> = {
  waiting: 0,
  running: 1,
  succeeded: 2,
  failed: 2,
  refused: 2,
  stopped: 2
};

/** Give a message that was fetched, with those calls that were heard to be further. */
export function further(known: Message, message: Message): Message {
  if (!known.calls.length) {
    return message;
  }
  const heard = new Map(known.calls.map(call => [call.id, call]));
  const calls = message.calls.map(call => {
    const other = heard.get(call.id);
    heard.delete(call.id);
    return other && RANKS[other.status] > RANKS[call.status] ? other : call;
  });
  const isStreaming = message.status === 'streaming';
  // An answer that was fetched before its last calls were made lacks them.
  return { ...message, calls: isStreaming ? [...calls, ...heard.values()] : calls };
}
