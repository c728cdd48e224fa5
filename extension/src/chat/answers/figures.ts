/** An answer's figures in short words: how soon, how fast, how much. Pure. */
import type { Message } from '../../api/schema';
import { trans } from '../../ui/words';

/** Milliseconds as a person says them. */
export function seconds(ms: number): string {
  if (ms < 1000) {
    return `${Math.max(1, Math.round(ms))} ms`;
  }
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** Tokens a second, after the first one; null where that cannot be said. */
export function speed(message: Message): number | null {
  const { took, usage } = message;
  if (!took || took.first_token_ms === null || !usage || usage.completion_tokens < 2) {
    return null;
  }
  const ms = took.duration_ms - took.first_token_ms;
  return ms > 0 ? (1000 * (usage.completion_tokens - 1)) / ms : null;
}

/** What an answer cost; nothing where no price is known. */
export function cost(message: Message): string {
  const { usage } = message;
  if (!usage || usage.cost === null) {
    return '';
  }
  const digits = usage.cost > 0 && usage.cost < 0.01 ? 5 : 2;
  return `${usage.cost.toFixed(digits)} ${usage.currency}`.trim();
}

export interface Figure {
  label: string;
  value: string;
}

/** Everything that is known of how an answer came. */
export function figures(message: Message): Figure[] {
  const { took, usage } = message;
  const about = usage && !usage.is_counted ? '≈ ' : '';
  const rate = speed(message);
  const found: Array<Figure | null> = [
    took && took.first_token_ms !== null
      ? { label: trans.__('First token'), value: seconds(took.first_token_ms) }
      : null,
    rate !== null
      ? {
          label: trans.__('Speed'),
          value: about + trans.__('%1 tokens/s', rate < 10 ? rate.toFixed(1) : Math.round(rate))
        }
      : null,
    usage
      ? {
          label: trans.__('Length'),
          value: about + trans.__('%1 tokens', usage.completion_tokens.toLocaleString())
        }
      : null,
    cost(message) ? { label: trans.__('Cost'), value: cost(message) } : null
  ];
  return found.filter((figure): figure is Figure => figure !== null);
}
