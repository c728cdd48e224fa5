/** What is said of calls and tools. Pure. */
import type { Message, ToolCall } from '../api/schema';
import { trans } from '../ui/words';

/** How a call stands, in a word or two. */
export function statusOf(call: ToolCall): string {
  switch (call.status) {
    case 'waiting':
      return trans.__('waits for you');
    case 'running':
      return call.progress || trans.__('running…');
    case 'succeeded':
      return call.duration_ms === null ? trans.__('done') : took(call.duration_ms);
    case 'failed':
      return trans.__('failed');
    case 'refused':
      return trans.__('not allowed');
    case 'stopped':
      return trans.__('stopped');
  }
}

export function took(ms: number): string {
  if (ms < 1000) {
    return trans.__('%1 ms', Math.max(1, Math.round(ms)));
  }
  return trans.__('%1 s', (ms / 1000).toFixed(ms < 10_000 ? 1 : 0));
}

/** Who reads the result, and whether it leaves this machine. */
export function readerOf(call: ToolCall, message: Message): string {
  const sent = message.receipt;
  if (!sent) {
    return '';
  }
  if (sent.is_local) {
    return trans.__('%1 reads the result on this machine; nothing leaves it.', sent.model);
  }
  const reads = trans.__('%1 at %2 reads the result: it leaves this machine.', sent.model, sent.provider);
  if (call.tool === 'run_sql' || call.tool === 'describe_dataset') {
    return `${reads} ${trans.__('Of rows it reads what the datasets’ policies let through; you see the whole table.')}`;
  }
  return reads;
}

/** "5 calls: Run SQL ×3, Read a file ×2". */
export function summaryOf(calls: readonly ToolCall[]): string {
  const counts = new Map<string, number>();
  calls.forEach(({ label }) => counts.set(label, (counts.get(label) ?? 0) + 1));
  const parts = [...counts].map(([label, count]) => (count > 1 ? `${label} ×${count}` : label));
  return trans._n('%1 call: %2', '%1 calls: %2', calls.length, parts.join(', '));
}

/** From so many on those that went well are folded. */
const MANY = 4;

/** Join neighbours that went well and have nothing to show; the rest stand alone. */
export function grouped(calls: readonly ToolCall[]): ToolCall[][] {
  const groups: ToolCall[][] = [];
  let quiet: ToolCall[] = [];
  const close = (): void => {
    groups.push(...(quiet.length >= MANY ? [quiet] : quiet.map(call => [call])));
    quiet = [];
  };
  for (const call of calls) {
    if (call.status === 'succeeded') {
      quiet.push(call);
    } else {
      close();
      groups.push([call]);
    }
  }
  close();
  return groups;
}

/** How a call came to be carried out. */
export function allowedBy(call: ToolCall): string {
  switch (call.allowed) {
    case 'once':
      return trans.__('You allowed it once.');
    case 'always':
      return trans.__('You always allow it.');
    case 'refuse':
      return trans.__('You did not allow it.');
    case 'never':
      return trans.__('You never allow it.');
    default:
      return '';
  }
}

/** An argument's value as a person reads it. */
export function valueOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Split a command line as a shell does, without running one: quotes and backslashes only. */
export function wordsOf(line: string): string[] {
  const found = line.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return found.map(word =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g, (_, double, single, escaped) =>
      double !== undefined ? double.replace(/\\(["\\])/g, '$1') : (single ?? escaped)
    )
  );
}

/** Read `NAME=value` or `Name: value` lines; a line that is neither is given back as wrong. */
export function pairsOf(text: string): { pairs: Record<string, string>; wrong: string } {
  const pairs: Record<string, string> = {};
  for (const line of text.split('\n').map(one => one.trim()).filter(Boolean)) {
    const found = /^([A-Za-z0-9_-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (!found) {
      return { pairs, wrong: line };
    }
    pairs[found[1]] = found[2];
  }
  return { pairs, wrong: '' };
}
