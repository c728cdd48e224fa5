/** Engines in words: statuses, sizes, settings. Pure. */
import type { Engine, EngineSettings, EngineStatus } from '../api/schema';

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'busy';

export const STATUS_WORDS: Record<EngineStatus, string> = {
  stopped: 'Stopped',
  starting: 'Starting',
  ready: 'Ready',
  asleep: 'Asleep',
  stopping: 'Stopping',
  failed: 'Failed'
};

export const TONES: Record<EngineStatus, Tone> = {
  stopped: 'plain',
  starting: 'busy',
  ready: 'good',
  asleep: 'warn',
  stopping: 'busy',
  failed: 'bad'
};

export const QUANTIZATIONS: ReadonlyArray<[string, string]> = [
  ['', 'as the weights are'],
  ['fp8', 'fp8: half the memory, newer GPUs'],
  ['bitsandbytes', 'bitsandbytes: a quarter, slower']
];

export const NO_SETTINGS: EngineSettings = {
  context_length: 0,
  quantization: '',
  memory_share: 0,
  tensor_parallel: 0,
  max_streams: 0,
  more: [],
  is_pinned: false
};

/** What the one button that matters most does now; null where there is nothing to press. */
export function mainAction(engine: Engine | undefined): 'start' | 'stop' | 'wake' | 'retry' | null {
  switch (engine?.status) {
    case undefined:
    case 'stopped':
      return 'start';
    case 'failed':
      return 'retry';
    case 'asleep':
      return 'wake';
    case 'stopping':
      return null;
    default:
      return 'stop';
  }
}

/** What an engine is doing, as one begins a sentence. */
export function doing(engine: Engine): string {
  const text = engine.doing || (engine.status === 'stopping' ? 'ending its processes' : 'starting');
  return `${text[0].toUpperCase()}${text.slice(1)}…`;
}

/** How it runs, in a few words: the context length, what it was made smaller by. */
export function howItRuns(engine: Engine): string {
  const chosen = engine.chosen;
  if (!chosen || (engine.status !== 'ready' && engine.status !== 'asleep')) {
    return '';
  }
  return [
    chosen.context_length && `${chosen.context_length.toLocaleString()} tokens of context`,
    chosen.max_streams && `${chosen.max_streams} at a time`,
    chosen.quantization,
    chosen.tensor_parallel > 1 && `on ${chosen.tensor_parallel} GPUs`
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What smaller settings would be, the most telling first. */
export function smaller(settings: EngineSettings): string[] {
  return [
    settings.context_length ? `${settings.context_length.toLocaleString()} tokens` : '',
    settings.quantization,
    settings.max_streams ? `${settings.max_streams} at a time` : '',
    settings.memory_share ? `${Math.round(settings.memory_share * 100)} % of the memory` : ''
  ].filter(Boolean);
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

/** A command line that a shell takes. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** Words that a person wrote in one line, with quotes around those that hold blanks. */
export function splitWords(line: string): string[] {
  const found = line.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
  return found.map(word => word.replace(/^(['"])(.*)\1$/, '$2'));
}

/** A whole number from a field; 0, which means "chosen", where there is none. */
export function asCount(text: string): number {
  const value = Number.parseInt(text.replace(/[\s,.]/g, ''), 10);
  return Number.isFinite(value) && value > 0 ? value : 0;
}
