/** Records as the specs need them. Not part of what is served. */
import type { Conversation, Message, ToolCall } from '../api/schema';

export function conversation(id: string, given: Partial<Conversation> = {}): Conversation {
  return {
    id,
    title: `Title of ${id}`,
    created_at: '2026-11-21T10:00:00Z',
    updated_at: '2026-11-21T10:00:00Z',
    folder_id: '',
    is_pinned: false,
    is_archived: false,
    is_named: false,
    is_unread: false,
    persona_id: '',
    ...given
  };
}

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
    thoughts: '',
    thought_ms: null,
    remark: '',
    continues_id: '',
    persona_id: '',
    notebook: '',
    without_tools: false,
    model_id: '',
    round_id: '',
    kept_id: '',
    is_blind: false,
    created_at: `2026-11-21T10:00:0${id.slice(-1)}Z`,
    ...given
  };
}

/** A call of a tool that succeeded, as the specs need it. */
export function toolCall(id: string, given: Partial<ToolCall> = {}): ToolCall {
  return {
    id,
    status: 'succeeded',
    at: 0,
    tool: 'run_sql',
    label: 'Run SQL',
    arguments: {},
    place: 'server',
    result: null,
    call_id: id,
    message_id: 'm1',
    source: 'sponde',
    code_argument: '',
    code_language: '',
    notice: '',
    can_always: true,
    allowed: null,
    progress: '',
    began_at: '2026-11-21T10:00:00Z',
    duration_ms: null,
    ...given
  };
}
