/** Which language models can be asked, for slices that ask them. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Model } from '../api/schema';

/** One section of the Models page; the slice that owns the matter draws it. */
export interface ModelsSection {
  /** Stable, lower case: what `show` takes. */
  readonly id: string;
  readonly label: string;
  /** Lower ranks stand higher. */
  readonly rank: number;
  draw(): JSX.Element;
}

export interface IModels {
  /** The models that can be asked now. */
  readonly models: readonly Model[];
  /** The one that is asked when nobody chooses; null where there is none. */
  readonly chosen: Model | null;
  /** Whether the server has said which there are. */
  readonly isKnown: boolean;
  readonly changed: ISignal<unknown, void>;
  /** Ask this one from now on. */
  choose(modelId: string): Promise<void>;
  /** Open the dialog in which models are connected. */
  open(): void;
  /** Add a section to the Models page. */
  addSection(section: ModelsSection): void;
  /** Open the Models page, at a section. */
  show(section?: string): void;
}

export const IModels = new Token<IModels>(
  'sponde-lab:IModels',
  'The language models that can be asked.'
);
