/** Says what a save did, and what may be done next. No React. */
import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { SavedBlock } from '../../api/schema';
import { trans } from '../../ui/words';

export const OPEN = 'sponde:library:open';
export const COMPARE = 'sponde:library:compare';
export const FIELDS = 'sponde:library:fields';
export const MERGE = 'sponde:library:merge';

/** Tell of a block that was kept: where a block is near to it, whether it is a revision of that. */
export function tellSaved(commands: CommandRegistry, block: SavedBlock): void {
  const open = {
    label: trans.__('Open'),
    callback: () => void commands.execute(OPEN, { block_id: block.id })
  };
  if (!block.is_new) {
    Notification.info(trans.__('“%1” holds this code already.', block.name), {
      autoClose: 5000,
      actions: [open]
    });
    return;
  }
  if (!block.near) {
    Notification.success(trans.__('Saved to the library as “%1”.', block.name), {
      autoClose: 5000,
      actions: [open]
    });
    return;
  }
  tellNear(commands, block);
}

/** Tell of the block that a new one is nearly the same as. */
export function tellNear(commands: CommandRegistry, block: SavedBlock): void {
  const near = block.near;
  if (!near) {
    return;
  }
  const args = { block_id: block.id, other_id: near.block_id };
  const text = near.differs_in_values
    ? trans.__('Kept as “%1”. It differs from “%2” in nothing but values.', block.name, near.name)
    : near.differs_in_names
    ? trans.__('Kept as “%1”. It differs from “%2” in names and values only.', block.name, near.name)
    : trans.__('Kept as “%1”. Nearly the same as “%2”.', block.name, near.name);
  Notification.info(text, {
    autoClose: 20_000,
    actions: [
      {
        label: trans.__('Show the difference'),
        callback: event => {
          event.preventDefault(); // the question stays until it is answered
          void commands.execute(COMPARE, args);
        }
      },
      ...(near.differs_in_values
        ? [
            {
              label: trans.__('Make one block with fields'),
              callback: () =>
                void commands.execute(FIELDS, { block_id: near.block_id, other_id: block.id })
            }
          ]
        : []),
      {
        label: trans.__('Make it a revision of %1', near.name),
        displayType: 'accent',
        callback: () => void commands.execute(MERGE, args)
      }
    ]
  });
}
