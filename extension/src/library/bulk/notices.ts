/** Says what was done to blocks, each with its way back. No React. */
import { Notification } from '@jupyterlab/apputils';
import type { ManyChanged } from '../../api/schema';
import { trans } from '../../ui/words';
import type { Many } from './many';
import type { LibraryState } from '../state';

const LONG = 12_000;

/** Say what is done to many blocks, with an undo; `failed` shows what went wrong. */
export function sayDone(many: Many, failed: (error: unknown) => void): void {
  many.onFailed = failed;
  many.onDone = (done, name) => {
    const { changed, refused } = done;
    refused.forEach(sentence => failed(new Error(sentence)));
    if (changed.length) {
      offerUndo(many, done.id, doneWords(done, name));
    } else if (!refused.length) {
      Notification.info(trans.__('Nothing had to be changed.'), { autoClose: 4000 });
    }
  };
}

/** Make the open block what it was, with a way back. */
export async function restoreRevision(
  state: LibraryState,
  many: Many,
  revisionId: string
): Promise<void> {
  const block = state.opened.detail?.block;
  const latest = state.opened.detail?.revisions[0]?.id;
  if (!block || !(await state.opened.restoreRevision(revisionId))) {
    return;
  }
  const was = state.opened.detail?.revisions[0];
  if (!was || was.id === latest) {
    return; // it was this text already
  }
  many.remember(was.id, async () => {
    await state.open(block.id);
    await state.opened.restoreRevision(was.id);
  });
  offerUndo(many, was.id, trans.__('“%1” is what it was.', block.name));
}

function offerUndo(many: Many, id: string, sentence: string): void {
  Notification.info(sentence, {
    autoClose: LONG,
    actions: [{ label: trans.__('Undo'), callback: () => void many.undo(id) }]
  });
}

function doneWords({ deed, changed }: ManyChanged, name: string): string {
  const count = changed.length;
  if (deed === 'remove') {
    return name
      ? trans.__('“%1” was deleted from the library.', name)
      : trans._n('%1 block was deleted from the library.', '%1 blocks were deleted from the library.', count, count);
  }
  if (deed === 'restore') {
    return name
      ? trans.__('“%1” is in the library again.', name)
      : trans._n('%1 block is in the library again.', '%1 blocks are in the library again.', count, count);
  }
  return trans._n('The tags of %1 block were changed.', 'The tags of %1 blocks were changed.', count, count);
}
