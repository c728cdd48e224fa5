/** Sizes, progress and states of models, in words. */
import type {
  DownloadProgressed,
  ModelVersion,
  RegisteredModel,
  VersionStatus
} from '../api/schema';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes, such as "3.1 GB". */
export function bytes(size: number): string {
  let amount = size;
  let unit = 0;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && amount < 9.95 ? 1 : 0;
  return `${amount.toFixed(digits)} ${UNITS[unit]}`;
}

/** How long something will take, roughly, such as "about 16 min". */
export function roughly(seconds: number): string {
  if (seconds < 10) {
    return 'a few seconds';
  }
  if (seconds < 55) {
    return `about ${Math.round(seconds / 10) * 10 || 10} s`;
  }
  if (seconds < 5400) {
    return `about ${Math.max(1, Math.round(seconds / 60))} min`;
  }
  return `about ${(seconds / 3600).toFixed(1)} h`;
}

/** Where a download is, such as "3.1 of 15 GB, 12 MB/s, about 16 min". */
export function progressText(now: DownloadProgressed): string {
  const [done, size] = [bytes(now.done_bytes), bytes(now.size_bytes)];
  const [amount, unit] = done.split(' ');
  const come = size.endsWith(` ${unit}`) ? `${amount} of ${size}` : `${done} of ${size}`;
  if (now.doing.startsWith('waiting') || now.bytes_per_second < 1) {
    return now.doing.startsWith('waiting') ? `${come}, ${now.doing}` : come;
  }
  const left = (now.size_bytes - now.done_bytes) / now.bytes_per_second;
  return `${come}, ${bytes(now.bytes_per_second)}/s, ${roughly(left)}`;
}

/** What a version's state is called; a whole one needs no word. */
export const STATUS_WORDS: Record<VersionStatus, string> = {
  absent: 'not here',
  downloading: 'downloading',
  paused: 'paused',
  ready: '',
  broken: 'damaged'
};

/** Where a version comes from, in words. */
export function sourceText(version: ModelVersion): string {
  switch (version.source) {
    case 'hub':
      return `${version.reference} at ${version.revision.slice(0, 7)}`;
    case 'provider':
      return `asked of its provider as ${version.reference.split('/').slice(1).join('/')}`;
    case 'training':
      return 'trained here';
    default:
      return version.is_owned ? `copied from ${version.reference}` : version.reference;
  }
}

/** The version that stands for a model in its row: the one in use, or the newest. */
export function shownVersion(model: RegisteredModel): ModelVersion | null {
  return (
    model.versions.find(version => version.number === model.current) ?? model.versions[0] ?? null
  );
}

/** What deleting would free. */
export function freed(versions: readonly ModelVersion[]): number {
  return versions
    .filter(version => version.is_owned)
    .reduce((sum, version) => sum + version.done_bytes, 0);
}

/** The id that a registered model is asked by. */
export function modelId(model: RegisteredModel): string {
  const version = shownVersion(model);
  return model.kind === 'remote' ? (version?.reference ?? '') : `local/${model.name}`;
}

/** A model's context length, such as "32k". */
export function tokens(count: number): string {
  return count >= 1024 ? `${Math.round(count / 1024)}k` : `${count}`;
}
