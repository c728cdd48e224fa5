/** What every slice's plugin asks for: the server's doors and its stream. */
import { Token } from '@lumino/coreutils';
import type { Api } from './client';
import type { Feed } from './feed';

export interface ISponde {
  readonly api: Api;
  readonly feed: Feed;
}

export const ISponde = new Token<ISponde>(
  'sponde-lab:ISponde',
  'The Sponde server: typed calls and the stream of events.'
);
