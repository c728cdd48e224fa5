/** How numbers and reasons of training are said. Pure. */
import type { LeftOutReason, NamedCount, Training } from '../api/schema';
import { duration } from '../ui/time';

/** A count with its noun, such as "1 row" or "1,204 rows". */
export function some(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Counts by name, the first few of them. */
export function listed(counts: readonly NamedCount[], most = 6): string {
  const named = counts.slice(0, most).map(one => `${one.name} (${one.count.toLocaleString('en')})`);
  const rest = counts.length - most;
  return [...named, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

export const REASONS: Record<LeftOutReason, string> = {
  person: 'taken out by hand',
  cut: 'the answer was cut',
  failed: 'the answer failed',
  disliked: 'disliked',
  no_model: 'a command answered, no model',
  empty: 'empty',
  roles: 'roles do not alternate',
  too_long: 'too long',
  secret: 'looks like a secret',
  duplicate: 'said twice',
  near_duplicate: 'nearly said twice'
};

/** Reasons that a person may overrule. */
export const BY_HAND: readonly LeftOutReason[] = ['person', 'secret'];

/** How far a training is, in one line. */
export function standing(training: Training): string {
  const { status, settings, step, seconds_left } = training;
  if (status === 'queued') {
    return 'Waiting for its turn';
  }
  if (status !== 'running') {
    return training.message;
  }
  if (!step || training.doing !== 'training') {
    return `${training.doing || 'starting'}…`;
  }
  const loss = training.points[training.points.length - 1]?.loss.toFixed(2);
  const left = seconds_left ? `, ${duration(seconds_left)} left` : '';
  return `Step ${step} of ${settings.steps}, loss ${loss}${left}`;
}

/** What a finished training has changed, such as "loss 4.19 → 0.31; kept back 3.90 → 1.20". */
export function result(training: Training): string {
  const ends = (points: Training['points']): string =>
    `${points[0].loss.toFixed(2)} → ${points[points.length - 1].loss.toFixed(2)}`;
  const parts = training.points.length > 1 ? [`loss ${ends(training.points)}`] : [];
  if (training.validation.length > 1) {
    parts.push(`rows kept back ${ends(training.validation)}`);
  }
  return parts.join('; ');
}

/** A curve through points, for a drawing of this size: an SVG path. */
export function curve(
  points: Training['points'],
  most: { step: number; loss: number },
  width: number,
  height: number
): string {
  return points
    .map(({ step, loss }, n) => {
      const x = (step / Math.max(1, most.step)) * width;
      const y = height - (loss / (most.loss || 1)) * height;
      return `${n ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
