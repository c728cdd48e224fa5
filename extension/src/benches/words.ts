/** Benchmarks in words and numbers. Pure. */
import type { Bench, BenchPoint } from '../api/schema';

export const STATUS_WORDS: Record<Bench['status'], string> = {
  queued: 'Waiting',
  running: 'Measuring',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Stopped',
  interrupted: 'Interrupted'
};

export const TONES = {
  queued: 'plain',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  cancelled: 'plain',
  interrupted: 'warn'
} as const;

export const TOOL_WORDS: Record<Bench['tool'], string> = {
  ours: 'Sponde’s client',
  vllm: 'vLLM bench serve'
};

export const isLive = (bench: Bench): boolean =>
  bench.status === 'queued' || bench.status === 'running';

/** Which model, as one says it: its name, and its version where there are several. */
export const nameOf = (bench: Bench): string =>
  bench.version > 1 ? `${bench.model} (version ${bench.version})` : bench.model;

/** What a series of points is called in a drawing. */
export const contextText = (context: number): string => `${context.toLocaleString('en')} to read`;

export function tokens(value: number | null): string {
  if (value === null) {
    return '–';
  }
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

export function milliseconds(value: number | null): string {
  if (value === null) {
    return '–';
  }
  return value < 10_000 ? `${Math.round(value).toLocaleString('en')} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** Whole numbers that a person wrote with commas or blanks between; null where one is none. */
export function numbers(text: string): number[] | null {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const found = words.map(word => (/^\d{1,7}$/.test(word) ? Number(word) : NaN));
  return found.length && found.every(Number.isFinite) ? found : null;
}

export interface Change {
  context: number;
  streams: number;
  first: BenchPoint;
  second: BenchPoint;
}

/** The points that two benchmarks have in common. */
export function shared(one: Bench, other: Bench): Change[] {
  return one.points.flatMap(first => {
    const second = other.points.find(
      point => point.context === first.context && point.streams === first.streams
    );
    return second ? [{ context: first.context, streams: first.streams, first, second }] : [];
  });
}

/** How much a figure changed, such as "1.5 times" or "−20 %". */
export function ratio(before: number | null, after: number | null): string {
  if (before === null || after === null || before <= 0) {
    return '–';
  }
  const times = after / before;
  if (times >= 2) {
    return `${times.toFixed(1)} times`;
  }
  const percent = Math.round(100 * (times - 1));
  return percent === 0 ? 'the same' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
}

/** What two benchmarks differ in beside their figures: then they are not alike. */
export function differences(one: Bench, other: Bench): string[] {
  const found: string[] = [];
  if (one.tool !== other.tool) {
    found.push(`${TOOL_WORDS[one.tool]} measured the first, ${TOOL_WORDS[other.tool]} the second`);
  }
  if (one.machine !== other.machine) {
    found.push('they ran on different machines');
  }
  if (one.answer_tokens !== other.answer_tokens) {
    found.push(`answers of ${one.answer_tokens} and of ${other.answer_tokens} tokens were asked for`);
  }
  return found;
}
