/** Numbers, names and periods of usage in words. Pure. */
import type {
  BudgetScope,
  BudgetState,
  BudgetUnit,
  CallerKind,
  Model,
  RequestOutcome,
  Sums
} from '../api/schema';

export type Period = 'today' | 'week' | 'days' | 'month' | 'all';

export const PERIODS: ReadonlyArray<{ id: Period; label: string }> = [
  { id: 'today', label: 'Today' },
  { id: 'week', label: '7 days' },
  { id: 'days', label: '30 days' },
  { id: 'month', label: 'This month' },
  { id: 'all', label: 'All' }
];

export const KINDS: Record<CallerKind, string> = {
  chat: 'Chat',
  notebook: 'Notebooks',
  program: 'Other programs',
  benchmark: 'Benchmarks',
  completion: 'Completion in cells'
};

export const OUTCOMES: Record<RequestOutcome, string> = {
  answered: 'answered',
  stopped: 'stopped',
  cut: 'cut off',
  failed: 'failed',
  refused: 'refused'
};

export const TONES: Record<RequestOutcome, 'good' | 'plain' | 'warn' | 'bad'> = {
  answered: 'good',
  stopped: 'plain',
  cut: 'warn',
  failed: 'bad',
  refused: 'warn'
};

/** The first day of a period that ends on a day; days are texts such as 2026-11-21. */
export function firstDay(period: Period, today: string): string {
  switch (period) {
    case 'today':
      return today;
    case 'week':
      return dayBefore(today, 6);
    case 'days':
      return dayBefore(today, 29);
    case 'month':
      return `${today.slice(0, 8)}01`;
    case 'all':
      return '2000-01-01';
  }
}

export function dayBefore(day: string, count: number): string {
  // In UTC, where every day has 24 hours.
  return new Date(Date.parse(`${day}T00:00:00Z`) - count * 86_400_000).toISOString().slice(0, 10);
}

export interface Bar {
  label: string;
  value: number;
  sums: Sums | null;
}

/** A bar for each day from the first to the last, also for those on which nothing was asked. */
export function barsOf(
  groups: ReadonlyArray<{ key: string; sums: Sums }>,
  since: string,
  until: string,
  measure: (sums: Sums) => number
): Bar[] {
  const known = new Map(groups.map(group => [group.key, group.sums]));
  const first = groups.length && groups[0].key > since && since < '2001' ? groups[0].key : since;
  const bars: Bar[] = [];
  for (let day = first; day <= until && bars.length < 3700; day = dayBefore(day, -1)) {
    const sums = known.get(day) ?? null;
    bars.push({ label: day, value: sums ? measure(sums) : 0, sums });
  }
  return bars.length > 92 ? byMonth(bars) : bars;
}

function byMonth(bars: Bar[]): Bar[] {
  const months = new Map<string, Bar>();
  for (const bar of bars) {
    const label = bar.label.slice(0, 7);
    const known = months.get(label) ?? { label, value: 0, sums: null };
    months.set(label, { ...known, value: known.value + bar.value });
  }
  return [...months.values()];
}

/** A day as people write it, such as "Sat 21 Nov"; a month as "November 2026". */
export function dayText(day: string): string {
  const moment = new Date(`${day.length === 7 ? `${day}-01` : day}T00:00:00Z`);
  const style: Intl.DateTimeFormatOptions =
    day.length === 7
      ? { month: 'long', year: 'numeric' }
      : { weekday: 'short', day: 'numeric', month: 'short' };
  return moment.toLocaleDateString(undefined, { ...style, timeZone: 'UTC' });
}

/** A count that is short to read, such as 12,345 or 1.23 million. */
export function count(value: number): string {
  if (value >= 1e9) {
    return `${(value / 1e9).toFixed(2)} billion`;
  }
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} million` : Math.round(value).toLocaleString();
}

export function money(value: number, currency: string): string {
  const digits = value > 0 && value < 0.01 ? 5 : 2;
  try {
    return new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: digits
    }).format(value);
  } catch {
    return `${value.toFixed(digits)} ${currency}`;
  }
}

export function time(ms: number | null): string {
  if (ms === null) {
    return '–';
  }
  if (ms < 1000) {
    return `${Math.max(1, Math.round(ms))} ms`;
  }
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

export function tokens(sums: Sums): number {
  return sums.prompt_tokens + sums.completion_tokens;
}

/** What does not stand in the figures: what went wrong, how soon, what is not known surely. */
export function remarks(total: Sums): string[] {
  const said: string[] = [];
  const wrong = [
    total.failed && `${total.failed.toLocaleString()} failed or broke off`,
    total.stopped && `${total.stopped.toLocaleString()} ${were(total.stopped)} stopped by whoever asked`,
    total.refused && `${total.refused.toLocaleString()} ${were(total.refused)} refused before being sent`
  ].filter(Boolean);
  if (wrong.length) {
    said.push(`Of these, ${wrong.join(', ')}.`);
  }
  if (total.first_token_p50_ms !== null && total.first_token_p95_ms !== null) {
    said.push(
      `Half of the answers began within ${time(total.first_token_p50_ms)}, 19 of 20 within ${time(total.first_token_p95_ms)}.`
    );
  }
  const all = tokens(total);
  if (total.estimated_tokens > 0 && all > 0) {
    const share = (100 * total.estimated_tokens) / all;
    said.push(
      `${share < 1 ? 'Less than 1' : Math.round(share)}% of the tokens are estimated from the length of the text, because nobody counted them.`
    );
  }
  return said;
}

function were(value: number): string {
  return value === 1 ? 'was' : 'were';
}

/** What a model is called: by the list of models, or by what its id says. */
export function modelName(id: string, models: readonly Model[]): string {
  return models.find(model => model.id === id)?.name ?? (id.slice(id.indexOf('/') + 1) || id);
}

export function providerName(id: string, models: readonly Model[]): string {
  const known = models.find(model => model.id === id)?.provider_name;
  return known ?? (id.startsWith('local/') ? 'This machine' : 'no longer connected');
}

export const UNITS: Record<BudgetUnit, string> = {
  tokens: 'tokens',
  cost: 'cost',
  requests: 'requests'
};

export const SCOPES: Record<BudgetScope, string> = {
  everyone: 'Everyone together',
  person: 'One person',
  token: 'One Sponde token',
  model: 'Models by name',
  conversation: 'One conversation'
};

export function amount(value: number, unit: BudgetUnit, currency: string): string {
  return unit === 'cost' ? money(value, currency) : `${count(value)} ${UNITS[unit]}`;
}

/** How a budget stands, such as "80 of 100 requests". */
export function standing(state: BudgetState, currency: string): string {
  const { limit, unit } = state.budget;
  const used = unit === 'cost' ? money(state.used, currency) : count(state.used);
  return `${used} of ${amount(limit, unit, currency)}`;
}

export function level(state: BudgetState): 'full' | 'near' | 'fine' {
  const share = state.used / state.budget.limit;
  if (share >= 1) {
    return 'full';
  }
  return state.budget.warn_share > 0 && share >= state.budget.warn_share ? 'near' : 'fine';
}
