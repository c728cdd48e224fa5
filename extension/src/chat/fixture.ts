/** A message as the specs need it. Not part of what is served. */
import type { Message } from '../api/schema';

export function message(id: string, given: Partial<Message> = {}): Message {
  return {
    id,
    conversation_id: 'c',
    role: 'assistant',
    text: '',
    parent_id: null,
    status: 'complete',
    references: [],
    outputs: [],
  calls: [],
    receipt: null,
    usage: null,
    took: null,
    failure: null,
    model_id: '',
    round_id: '',
    kept_id: '',
    is_blind: false,
    created_at: `2026-11-21T10:00:0${id.slice(-1)}Z`,
    ...given
  };
}
