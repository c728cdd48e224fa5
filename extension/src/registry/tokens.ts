/** What other slices add to the rows of models on this machine. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { ModelVersion, RegisteredModel } from '../api/schema';

/** A part of a registered model's row, drawn by the slice that owns the matter. */
export interface ModelStrip {
  /** Lower ranks stand higher. */
  readonly rank: number;
  /** Draw it for a model and the version of it that is in use; null where it has nothing to say. */
  draw(model: RegisteredModel, version: ModelVersion): JSX.Element | null;
}

/** Something that can be done with a registered model, in the menu of its row. */
export interface ModelAction {
  readonly label: string;
  /** Lower ranks stand higher. */
  readonly rank: number;
  /** Whether it is offered for this model. */
  isFor(model: RegisteredModel, version: ModelVersion | null): boolean;
  run(model: RegisteredModel, version: ModelVersion | null): void;
}

export interface IRegistry {
  /** The registered models, by name. */
  readonly models: readonly RegisteredModel[];
  /** Whether the server has said which there are. */
  readonly isKnown: boolean;
  readonly changed: ISignal<unknown, void>;
  /** Draw something in every row whose version in use is here. */
  addStrip(strip: ModelStrip): void;
  /** Offer something in every row. */
  addAction(action: ModelAction): void;
  /** Open the Models page at the models on this machine, at one of them. */
  show(name?: string): void;
}

export const IRegistry = new Token<IRegistry>(
  'sponde-lab:IRegistry',
  'The models that are registered by name.'
);
