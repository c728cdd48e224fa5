/** What fits behind an @, gathered from every source as it comes: grouped, best first. No React. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { Nameable, ReferenceSource } from '../tokens';

/** Something that can be named, and who knows it. */
export interface Found extends Nameable {
  /** The same for the same thing, however often it is found. */
  key: string;
  source: ReferenceSource;
}

export interface Group {
  label: string;
  offers: readonly Found[];
}

/** How many of a kind are shown: fewer while nothing is typed, so that each kind is seen. */
const MOST_UNTYPED = 5;
const MOST_TYPED = 12;

export class Finder {
  readonly changed: ISignal<this, void>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _given = new Map<ReferenceSource, readonly Nameable[]>();
  private _typed: string | null = null;
  private _number = 0;
  private _groups: readonly Group[] = [];

  constructor(
    private readonly _sources: () => readonly ReferenceSource[],
    /** Fetches the sources that are fetched on first use. */
    private readonly _load: () => Promise<void>
  ) {
    this.changed = this._changed;
  }

  get groups(): readonly Group[] {
    return this._groups;
  }

  /** Look for what is being typed; null: nothing is. A slow source keeps nobody waiting. */
  look(typed: string | null): void {
    if (typed === this._typed) {
      return;
    }
    this._typed = typed;
    const number = ++this._number;
    if (typed === null) {
      this._given.clear();
      this._groups = [];
      return;
    }
    // What was found for the letters before stands until there is better.
    this._arrange();
    void this._load()
      .catch(() => undefined) // without them, what other slices added is offered
      .then(() => {
        if (number === this._number) {
          this._sources().forEach(source => void this._ask(source, typed, number));
        }
      });
  }

  private async _ask(source: ReferenceSource, typed: string, number: number): Promise<void> {
    let given: readonly Nameable[];
    try {
      given = await source.find(typed);
    } catch {
      given = [];
    }
    if (number === this._number) {
      this._given.set(source, given);
      this._arrange();
      this._changed.emit();
    }
  }

  private _arrange(): void {
    const typed = this._typed ?? '';
    const groups = this._sources().map(source => {
      const ranked = best(this._given.get(source) ?? [], typed);
      return {
        label: source.label,
        score: ranked[0]?.score ?? 9,
        rank: source.rank,
        offers: ranked
          .slice(0, typed ? MOST_TYPED : MOST_UNTYPED)
          .map(({ offer }) => ({ ...offer, source, key: `${offer.kind}:${offer.id}:${offer.name}` }))
      };
    });
    this._groups = groups
      .filter(({ offers }) => offers.length > 0)
      .sort((one, other) => one.score - other.score || one.rank - other.rank);
  }
}

/** Those that fit, the best first; as they were given where they fit alike. */
export function best(
  offers: readonly Nameable[],
  typed: string
): Array<{ offer: Nameable; score: number }> {
  return offers
    .map((offer, at) => ({ offer, at, score: score(offer, typed) }))
    .filter(found => found.score < 9)
    .sort((one, other) => one.score - other.score || one.at - other.at);
}

/** 0: exactly it; 1: begins so; 2: a word of it does; 3: holds it; 4: its details do; 9: no. */
function score(offer: Nameable, typed: string): number {
  if (!typed) {
    return 1;
  }
  const low = typed.toLowerCase();
  const name = offer.name.toLowerCase();
  if (name === low) {
    return 0;
  }
  if (name.startsWith(low)) {
    return 1;
  }
  if (name.split(/[\s._/-]+/).some(part => part.startsWith(low))) {
    return 2;
  }
  if (name.includes(low)) {
    return 3;
  }
  return offer.detail.toLowerCase().includes(low) ? 4 : 9;
}
