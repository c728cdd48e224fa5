/** The parts of a dataset's page, in the order of their rank; each is fetched when first shown. */
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type * as React from 'react';
import type { Api } from '../../api/client';
import type { Dataset } from '../../api/schema';
import { trans } from '../../ui/words';
import type { DatasetsState } from '../state';
import type { GoneDeeds } from '../Vanished';

export interface SectionProps {
  dataset: Dataset;
  state: DatasetsState;
  api: Api;
  /** Go to another part of the page. */
  show: (section: string) => void;
  /** What only JupyterLab can do. */
  deeds: PageDeeds;
}

export interface PageDeeds extends GoneDeeds {
  /** Put code into the open notebook, in a new cell where the active one is taken. */
  insert: (code: string) => void;
  /** Run a command of JupyterLab's. */
  run: (command: string, args: ReadonlyPartialJSONObject) => void;
}

export interface Section {
  id: string;
  label: () => string;
  rank: number;
  load: () => Promise<React.ComponentType<SectionProps>>;
}

export const sections: Section[] = [
  {
    id: 'table',
    label: () => trans.__('Table'),
    rank: 10,
    load: async () => (await import('./Table')).Table
  },
  {
    id: 'profile',
    label: () => trans.__('Profile'),
    rank: 20,
    load: async () => (await import('./Profile')).Profile
  },
  {
    id: 'problems',
    label: () => trans.__('Problems'),
    rank: 30,
    load: async () => (await import('./Problems')).Problems
  },
  {
    id: 'history',
    label: () => trans.__('History'),
    rank: 40,
    load: async () => (await import('./History')).History
  }
];
