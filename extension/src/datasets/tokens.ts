/** The datasets, for other slices: the chat completes their names after an @. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Dataset, Profile } from '../api/schema';

export interface IDatasets {
  /** Those that are known now, newest first. */
  list(): Dataset[];
  /** What is known of one's contents; waits where it is still being read. */
  profile(id: string): Promise<Profile>;
  /** Upload files of the person's computer and register them; those that failed say so in the panel. */
  takeIn(files: File[]): Promise<Dataset[]>;
  /** The same of folders that were dropped: which of their files is asked. */
  takeFolders(folders: readonly FileSystemEntry[]): Promise<Dataset[]>;
  /** Told when the list, or one of them, has changed. */
  readonly changed: ISignal<unknown, void>;
}

export const IDatasets = new Token<IDatasets>(
  'sponde-lab:IDatasets',
  'The data files that people may talk about.'
);
