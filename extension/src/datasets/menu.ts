/** All that can be done with one dataset, as a menu; fetched with the first one. */
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import type { Dataset } from '../api/schema';
import { trans } from '../ui/words';

export function openMenu(commands: CommandRegistry, { name }: Dataset, x: number, y: number): void {
  const menu = new Menu({ commands });
  menu.title.label = trans.__('What to do with %1', name);
  const add = (command: string, args = {}): void => {
    if (commands.hasCommand(command)) {
      menu.addItem({ command, args: { name, ...args } });
    }
  };
  add('sponde:datasets:open-page');
  add('sponde:datasets:sql');
  add('sponde:datasets:insert-code');
  menu.addItem({ type: 'separator' });
  add('sponde:datasets:rename');
  add('sponde:datasets:tag');
  add('sponde:datasets:open-page', { section: 'history' });
  menu.addItem({ type: 'separator' });
  add('sponde:datasets:remove');
  menu.aboutToClose.connect(() => requestAnimationFrame(() => menu.dispose()));
  menu.open(x, y);
}
