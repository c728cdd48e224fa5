/** Which blocks of the library fit each dataset. No React. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { CommandRegistry } from '@lumino/commands';
import type { BlockFit, BlockFits } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { trans } from '../ui/words';

const SHOWN = 5;
const SETTLE = 400;

export class DatasetFits {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _known = new Map<string, { fits: BlockFits | null; error: unknown }>();
  private readonly _open = new Set<string>();
  private _timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly _sponde: ISponde,
    private readonly _commands: CommandRegistry
  ) {
    this.changed = this._changed;
    const forget = (): void => {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => {
        const names = [...this._known.keys()];
        this._known.clear();
        names.forEach(name => void this.look(name));
      }, SETTLE);
    };
    _sponde.feed.on('CodeBlockChanged', forget);
    _sponde.feed.on('CodeBlockRemoved', forget);
  }

  of(name: string): { fits: BlockFits | null; error: unknown } {
    return this._known.get(name) ?? { fits: null, error: null };
  }

  isOpen(name: string): boolean {
    return this._open.has(name);
  }

  toggle(name: string): void {
    if (!this._open.delete(name)) {
      this._open.add(name);
    }
    this._changed.emit();
  }

  async look(name: string): Promise<void> {
    if (this._known.has(name)) {
      return;
    }
    this._known.set(name, { fits: null, error: null });
    try {
      const fits = await this._sponde.api.call('GET /dataset-fits/{name}', {
        path: { name },
        query: { limit: SHOWN }
      });
      this._known.set(name, { fits, error: null });
    } catch (error) {
      this._known.set(name, { fits: null, error });
    }
    this._changed.emit();
  }

  insert(blockId: string, dataset: string): void {
    void this._commands.execute('sponde:library:insert', { block_id: blockId, dataset });
  }

  openBlock(blockId: string): void {
    void this._commands.execute('sponde:library:open', { block_id: blockId });
  }

  openAll(dataset: string): void {
    void this._commands.execute('sponde:library:open', { query: `fits:${dataset}` });
  }
}

interface Group {
  id: string;
  /** How many there are in all, which may be more than are listed. */
  words: string;
  fits: BlockFit[];
}

/** Put those that fit, that need something else too, and that do with any table under a line each. */
export function groupsOf({ count, any_table: anyTable, almost, fits }: BlockFits): Group[] {
  const groups: Group[] = [
    {
      id: 'fit',
      words: trans._n('%1 block fits this file', '%1 blocks fit this file', count, count),
      fits: fits.filter(fit => fit.is_whole && !fit.is_any)
    },
    {
      id: 'any',
      words: count
        ? trans._n('%1 more works on any table', '%1 more work on any table', anyTable, anyTable)
        : trans._n('%1 block works on any table', '%1 blocks work on any table', anyTable, anyTable),
      fits: fits.filter(fit => fit.is_whole && fit.is_any)
    },
    {
      id: 'almost',
      words:
        count || anyTable
          ? trans._n('%1 more needs something else too', '%1 more need something else too', almost, almost)
          : trans._n(
              '%1 block fits and needs something else too',
              '%1 blocks fit and need something else too',
              almost,
              almost
            ),
      fits: fits.filter(fit => !fit.is_whole)
    }
  ];
  return groups.filter(group => group.fits.length > 0);
}
