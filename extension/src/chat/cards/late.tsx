/** Cards of commands: fetched when the first one is shown. */
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { ISponde } from '../../api/tokens';
import { lazily } from '../../ui/lazily';

export const CARD = 'application/vnd.sponde.card+json';

export type CardView = React.ComponentType<{ data: unknown }>;

export function makeCards(sponde: ISponde, commands: CommandRegistry): CardView {
  const View = lazily(async () => (await import('./Card')).Card);
  return ({ data }) => React.createElement(View, { data, sponde, commands });
}
