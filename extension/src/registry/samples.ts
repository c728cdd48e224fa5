/** Records that the tests of this slice begin with; not part of what is built. */
import type { ModelVersion } from '../api/schema';

export const version: ModelVersion = {
  model: 'm',
  number: 1,
  source: 'hub',
  reference: 'makers/m',
  revision: '0123456789abcdef',
  path: '/models/m/1',
  size_bytes: 2e6,
  done_bytes: 2e6,
  status: 'ready',
  failure: '',
  is_owned: true,
  context_length: 4096,
  architecture: 'Qwen2ForCausalLM',
  removed_at: null,
  id: 'v1',
  created_at: '2026-11-21T10:00:00Z'
};
