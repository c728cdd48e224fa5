/** What a card says and what its buttons may do; anything else is not drawn. Pure. */

export interface Deed {
  label: string;
  act: 'schedule' | 'experiment' | 'download' | 'file' | 'save';
  arguments: Record<string, unknown>;
}

export interface CardData {
  title: string;
  lines: Array<[string, string]>;
  deeds: Deed[];
}

const ACTS: readonly string[] = ['schedule', 'experiment', 'download', 'file', 'save'];
const ADDRESS = /^\/(?:conversations\/[\w-]+\/export|exports\/csv)(?:\?[^#]*)?$/;

/** Read a card; null where it is none. Its buttons are a few that we know, with our own addresses. */
export function read(data: unknown): CardData | null {
  if (!isObject(data) || typeof data.title !== 'string') {
    return null;
  }
  const lines = list(data.lines).filter(
    (line): line is [string, string] =>
      Array.isArray(line) && line.length === 2 && line.every(part => typeof part === 'string')
  );
  const deeds = list(data.deeds).flatMap((deed): Deed[] => {
    const isKnown =
      isObject(deed) &&
      typeof deed.label === 'string' &&
      ACTS.includes(String(deed.act)) &&
      isObject(deed.arguments);
    if (!isKnown) {
      return [];
    }
    const { address } = deed.arguments as Record<string, unknown>;
    const isOurs = typeof address !== 'string' || ADDRESS.test(address);
    return isOurs ? [deed as unknown as Deed] : [];
  });
  return { title: data.title, lines, deeds };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
