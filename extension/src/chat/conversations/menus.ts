/** Small menus that are made when they are opened: JupyterLab's own look and keys. */
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import type { Menu } from '@lumino/widgets';

export type Entry =
  | { label: string; run: () => void; isOn?: boolean }
  | { label: string; entries: readonly Entry[] }
  | null;

/** Show a menu; null draws a line between. */
export function showMenu(entries: readonly Entry[], x: number, y: number): void {
  const commands = new CommandRegistry();
  const menu = made(commands, entries);
  menu.aboutToClose.connect(() => {
    setTimeout(() => menu.dispose(), 0);
  });
  menu.open(x, y);
}

function made(commands: CommandRegistry, entries: readonly Entry[]): Menu {
  const menu = new MenuSvg({ commands });
  menu.addClass('sp-ConversationMenu');
  entries.forEach((entry, at) => {
    if (entry === null) {
      menu.addItem({ type: 'separator' });
    } else if ('entries' in entry) {
      const submenu = made(commands, entry.entries);
      submenu.title.label = entry.label;
      menu.addItem({ type: 'submenu', submenu });
    } else {
      const command = `${menu.id}:${at}:${entry.label}`;
      commands.addCommand(command, {
        label: entry.label,
        isToggled: () => Boolean(entry.isOn),
        isToggleable: entry.isOn !== undefined,
        // After the menu has closed, so that what it opens keeps the focus.
        execute: () => void setTimeout(entry.run, 0)
      });
      menu.addItem({ command });
    }
  });
  return menu;
}
