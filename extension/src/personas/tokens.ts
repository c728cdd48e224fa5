/** Who can be asked to answer, and questions to ask again: what the chat needs of them. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type * as React from 'react';
import type { Persona, Template } from '../api/schema';

export interface PickerProps {
  /** The chosen persona's id; empty: nobody in particular. */
  chosen: string;
  onChoose: (id: string) => void;
}

export interface FillProps {
  template: Template;
  /** The text with its places filled. */
  onDone: (text: string) => void;
  onCancel: () => void;
}

export interface IPersonas {
  readonly personas: readonly Persona[];
  readonly templates: readonly Template[];
  readonly changed: ISignal<unknown, void>;
  /** A small list beside the model. */
  readonly Picker: React.ComponentType<PickerProps>;
  /** The fields of a template's places. */
  readonly Fill: React.ComponentType<FillProps>;
  /** Keep a question as a template, after asking for its name. */
  saveTemplate(text: string): Promise<void>;
}

export const IPersonas = new Token<IPersonas>(
  'sponde-lab:IPersonas',
  'Who can be asked to answer, and questions to ask again.'
);
