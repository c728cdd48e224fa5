/** The notebooks that a command is about: selected in the file browser, or open and not yet saved. */
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';

/** The path of the first notebook that is selected in the file browser. */
export function selectedNotebook(files: IDefaultFileBrowser | null): string | null {
  for (const item of files?.selectedItems() ?? []) {
    if (item.type === 'notebook') {
      return item.path;
    }
  }
  return null;
}

/** Save a notebook that is open and changed, so that what is on the disk is what the person sees. */
export async function saveIfOpen(
  notebooks: INotebookTracker | null,
  isMeant: (path: string) => boolean
): Promise<void> {
  const open = notebooks?.find(panel => isMeant(panel.context.path));
  if (open?.context.model.dirty) {
    await open.context.save();
  }
}
